"""Lists set against another stretch: today's drugs that were not yesterday's.

In: "which drugs were given on one day but not on another". Out: the words of the first part alone
and the stretch or stay of the second, or None where the second names none. "The day before"
counts from the first stretch, so it is worked out by whoever knows that one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from pipelines.answers.question import ChartQuestion, StayWanted, Window
from pipelines.answers.question.scope import take_stays
from pipelines.answers.question.text import QuestionText, phrase
from pipelines.answers.question.window import take_window
from pipelines.records.moments import Moment

_NOT = re.compile(
    r"[,;]?\s*(?:\b(?:but|and|that|which|who)\s+)?(?:(?:was|were|had|did|has|have)\s+)?"
    r"(?:(?:not|never)\b|n't\b)\s*(?P<rest>.*)$|\b(?:except|excluding|without)\s+(?P<other>.*)$"
)
_DEED = phrase(
    r"given|received?|administered|taken|measured|done|tested|checked|drawn|been|already|those|ones"
    r"|yet|drugs?|medications?|meds|labs?|tests?|on|in|during|the|also|it|they|of|any|get|got|have|had"
)
_BEFORE = phrase(r"(?:the\s+)?(?:day\s+before|previous\s+day|preceding\s+day|day\s+prior)")
_LISTED = phrase(
    r"drugs?|medications?|meds|medicines?|labs?|(?:laboratory|lab)?\s*tests?|new\s+drugs?"
)


def take_against(
    text: QuestionText, as_of: Moment, window: Window | None
) -> tuple[Window | StayWanted | None, bool]:
    """The other stretch, taken out of the text; whether a "not" was there at all."""
    found = _NOT.search(text.text)
    if found is None or _LISTED.search(text.text[: found.start()]) is None:
        return None, False
    rest = QuestionText(found["rest"] or found["other"] or "")
    other: Window | StayWanted | None = None
    if rest.take(_BEFORE) is not None:
        other = _day_before(window)
    else:
        stays = take_stays(rest)
        other = stays[0].stay if stays else take_window(rest, as_of)
    rest.take_all(_DEED)
    if other is None or rest.left():
        return None, True
    text.blank(found.start(), len(text.text))
    return other, True


def take_windows(
    text: QuestionText, as_of: Moment
) -> tuple[Window | None, Window | StayWanted | None]:
    """The stretch that is asked about, and the one that it is set against."""
    kept = text.text
    window = take_window(text, as_of)
    against, negated = take_against(text, as_of, window)
    if negated and against is None:
        # The stretch behind "not" was read as the one asked about: read the first part alone.
        text.text = kept
        first = QuestionText(text.whole)
        first.text = kept[: (at := kept.rfind(" not "))] + " " * (len(kept) - at)
        window = take_window(first, as_of)
        text.text = first.text[:at] + kept[at:]
        against, _ = take_against(text, as_of, window)
    return window, against


def _day_before(window: Window | None) -> Window | None:
    if window is None or window.start is None:
        return None
    start = window.start.replace(hour=0, minute=0, second=0) - timedelta(days=1)
    return Window(start, start + timedelta(days=1, seconds=-1), "the day before")


def against(question: ChartQuestion) -> ChartQuestion:
    """The same question about the other stretch."""
    other = question.against
    return replace(
        question,
        window=other if isinstance(other, Window) else None,
        stay=other if isinstance(other, StayWanted) else None,
        against=None,
        picks=(),
    )
