"""PHI out: text in, text without identifiers back, or a refusal.

Takes plain values (a text and, where there is a patient, the `ChartIdentifiers` of that chart) and
knows no chart, so it can be used alone. Three layers run inside Presidio: the chart's own
identifiers, rules, stock patterns. It promises that nothing known to be an identifier of the chart
is left in what it returns; it does not promise that a text is de-identified.
"""
