"""The writer that needs no model: sentences filled from facts, and notes word for word.

`write` is the entrance; the other files write about one subject each.
"""
