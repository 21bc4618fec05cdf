"""report-qa: answers about government reports, with the figure, the place, the period and the proof."""
