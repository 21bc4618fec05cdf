"""Language models on this machine: recommended files, fetching them, and which one is set."""
