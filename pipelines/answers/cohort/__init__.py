"""One question about many patients: each gets the question alone, and an answer that was judged."""
