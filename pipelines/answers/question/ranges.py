"""Questions for the range that a result was given with, which a record carries or does not.

"What range was given with the last potassium" asks for this record's own range. What is normal
in general is no question to a chart, and is declined before this is read.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.reading import Reading, read_results
from pipelines.answers.question.text import phrase

_RANGE = phrase(
    r"(?P<own>(?:reference|normal|lab(?:oratory)?)\s+)?(?:ranges?|intervals?|limits)"
    r"(?:\s+(?:was|were|is|are|that\s+was))?(?P<given>\s+(?:given|reported|listed|printed|recorded))?"
    r"(?P<with>\s+with)?(?:\s+(?:of|for|by))?"
)
_COURSE = phrase(r"(?:in|out\s+of|within|outside(?:\s+of)?|during|over|what\s+is\s+the\s+normal)")


def read_range(reading: Reading) -> ChartQuestion | None:
    """The question for a result's own range, or None."""
    text = reading.text
    if reading.yes_no or text.find(_RANGE) is None or text.find(_COURSE) is not None:
        return None
    before = text.text
    said = text.take(_RANGE)
    asked = read_results(reading, reading.names)
    one = asked is not None and asked.ask == "value" and len(asked.things) == 1
    # "The potassium range" alone may as well mean from the lowest to the highest.
    named = said is not None and (said["own"] or said["given"] or said["with"])
    if asked is not None and one and (named or asked.picks) and not text.left():
        return replace(asked, ask="range")
    text.text = before
    return None
