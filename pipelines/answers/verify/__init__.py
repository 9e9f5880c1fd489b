"""The judge: decides which drafted sentences may be shown, and knows neither writer.

`verify` is the entrance; each other file holds one thing that is checked.
"""
