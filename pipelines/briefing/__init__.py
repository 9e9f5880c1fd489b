"""What changed in a window of a chart, for the minutes before rounds.

Composes `charts` (what is recorded) and `answers.verify` (what may be said). Each section is one
file; `brief` puts them together; `render` writes Markdown. Nothing here reads a clock: "now" is
the chart's as-of.
"""
