"""What is known of requests afterwards: counts, log lines, traces."""
