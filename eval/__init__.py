"""Evaluation: question sets, pure metrics, runs, comparisons, a report page and a gate."""
