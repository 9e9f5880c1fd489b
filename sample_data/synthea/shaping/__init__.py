"""What is done to Synthea's charts: which resources stay, what is rewritten, how they are packed."""
