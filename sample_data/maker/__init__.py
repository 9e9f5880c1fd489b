"""Makes the sample charts: a story that a clinician can read becomes a FHIR R4 Bundle.

A story (`<story>/story.toml` and `notes/*.txt`) fixes what matters: every laboratory value,
every dose, every word of a note. Vital signs are fixed at their anchors and wander between them by
a generator seeded from `SEED`, the patient and the column, so the same story gives the same bytes.
Nothing here knows the app, reads a clock or uses the network.
"""

SEED = "chartroom-2026"
