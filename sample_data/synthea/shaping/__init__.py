"""What is done to Synthea's charts: what stays, what is rewritten, how they are packed."""
