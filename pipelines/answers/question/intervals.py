"""Time between two events of stays, and the unit in which a time is wanted.

In: a question such as "how many days from the first discharge to the second admission". Out: the
two edges of stays that it names, or None where another word is left, because time between other
things (two results, two doses) is none of this reader's. An admission to intensive care without
a number of its own is that of the hospital stay it is told with.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.answers.question import ChartQuestion, StayEdge
from pipelines.answers.question.scope import position_of, positions, take_stays
from pipelines.answers.question.text import QuestionText, any_of, phrase, words

UNITS = {"minute": "minutes", "hour": "hours", "hr": "hours", "day": "days", "week": "weeks"}
_UNIT = re.compile(
    r"(?:how many|in|number of|total|^|calculate the|the|what is|of|,)\s*"
    r"(?:number of |total |full )?(?P<unit>minute|hour|hr|day|week)s?\b"
    r"|\b(?P<other>minute|hour|hr|day|week)s? (?:between|from|passed|elapsed|of stay)\b"
)
_CUE = phrase(
    r"how\s+long|how\s+much\s+time|how\s+many\s+(?:minutes|hours|hrs|days|weeks)|time|days|hours|hrs"
    r"|minutes|weeks|interval|gap|length\s+of\s+time|number\s+of\s+(?:days|hours|minutes|weeks)"
)
_REST = phrase(
    r"passed?|elapsed?|went\s+by|lie|lay|interval|gap|later|calculate|in|days?|hours?|hrs?|minutes?"
    r"|weeks?|stays?|number|time|total|how|long|take|took|until|before"
)


_DAYS = phrase(
    r"(?:on\s+)?(?:how\s+many|number\s+of|count\s+(?:of\s+)?(?:the\s+)?)\s*(?:the\s+)?"
    r"(?:different|distinct|separate|calendar|individual|single|unique)?\s*days(?:\s+on)?"
    r"|^days(?=\s+with)"
)
_TWO = re.compile(
    r"\b(?:first|earliest|initial)\b.*\b(?:and|to|until)\b.*\b(?:last|latest|second|most recent)\b"
)
_ELAPSED = phrase(
    r"how\s+long|how\s+much\s+time|how\s+many\s+(?:minutes|hours|hrs|days|weeks)|(?:in\s+)?(?:minutes|hours|hrs)"
    r"|(?:days|time|interval)(?=\s+(?:between|from|elapsed|passed))|passed|elapsed|in\s+days"
)


def take_lasting(text: QuestionText) -> str | None:
    """`elapsed` where the time between two results is asked for, `days` where days are counted."""
    if _TWO.search(text.whole) is not None:
        return "elapsed" if text.take_all(_ELAPSED) else None
    return "days" if text.take(_DAYS) is not None else None


def unit_of(text: QuestionText) -> str | None:
    """The unit that a length of time is wanted in, as it stands in the whole question."""
    found = _UNIT.search(text.whole)
    return UNITS[found["unit"] or found["other"]] if found is not None else None


@lru_cache(maxsize=2)
def _event(number: int) -> str:
    table = words()["stay"]
    place = any_of((*table["icu"], *table["hospital"]))
    n = str(number)
    deed = (
        r"(?:admission|admitted|entry|transfer(?:red)?|going|go|went|sent"
        r"|discharged?|leaving|leave)"
    )
    tail = rf"(?:\s+(?:to|from|into|for)\s+(?:the\s+)?(?P<to{n}>{place}))?"
    return (
        rf"(?:(?:the|their|his|her|its|this|patient|own)\s+)*(?:(?P<nth{n}>{any_of(tuple(positions()))})\s+)?"
        rf"(?:(?P<at{n}>{place})\s+)?(?:(?P<deed{n}>{deed}){tail}|(?P<bare{n}>{place}))"
    )


@lru_cache(maxsize=1)
def _forms() -> tuple[re.Pattern[str], ...]:
    one, other = _event(1), _event(2)
    who = r"(?:\s+(?:was|were|is|did|does|had|the|this|patient|pt|he|she|they|get|been))*"
    return (
        phrase(rf"(?:between|from)\s+{one}(?:\s+and|\s+to|\s+until|\s+till)\s+{other}"),
        phrase(rf"after\s+{one}{who}\s+{other}"),
    )


def read_interval(whole: QuestionText) -> ChartQuestion | None:
    """A question for the time between two edges of stays, or None."""
    text = QuestionText(whole.whole)
    text.text = whole.text
    if text.find(_CUE) is None:
        return None
    found = next((m for form in _forms() if (m := text.take(form)) is not None), None)
    if found is None:
        return None
    edges = tuple(_edge(found, str(n)) for n in (1, 2))
    stays = take_stays(text)
    text.take_all(_CUE)
    text.take_all(_REST)
    if text.left() or len(stays) > 1:
        return None
    stay = stays[0].stay if stays else None
    return ChartQuestion(
        whole.whole, "interval", "interval", edges=edges, stay=stay, unit=unit_of(whole)
    )


def _edge(found: re.Match[str], n: str) -> StayEdge:
    place = found[f"to{n}"] or found[f"at{n}"] or found[f"bare{n}"]
    deed = found[f"deed{n}"] or "admission"
    icu = place is not None and " ".join(place.split()) in words()["stay"]["icu"]
    end = re.match(r"discharge|leav", deed) is not None
    nth = position_of(found[f"nth{n}"]) if found[f"nth{n}"] else None
    return StayEdge("icu" if icu else "hospital", "end" if end else "start", nth)
