"""Answers: what is asked, the evidence for it, two writers, and the judge of both.

Haystack reads these three switches when it is first imported, and this file runs before any
module of the room: no usage statistics, no snapshots of failed runs (they hold chart text) and
no tracing of contents.
"""

import os

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "false"
os.environ["HAYSTACK_PIPELINE_SNAPSHOT_SAVE_ENABLED"] = "false"
os.environ["HAYSTACK_CONTENT_TRACING_ENABLED"] = "false"
