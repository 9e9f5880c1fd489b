"""Scripts that print ratios measured in one run beside a named peer or limit."""
