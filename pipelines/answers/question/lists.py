"""Questions about vaccines, procedures and problems, by their words or by the chart's own names.

A name that holds the words of the question does not always say that the thing is there: an
assessment, a screening or a removal is done *about* a thing, "no retinopathy" denies it and a
family history is somebody else's. The first says nothing and is passed over; the other two are
shown as they stand and never become a "yes". Whether somebody has a disease is decided by the
conditions, where the same words name one.
"""

from __future__ import annotations

import re

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.medications import NOW, Names
from pipelines.answers.question.names import (
    NamedThings,
    is_about,
    is_denied,
    is_doubted,
    names_a_condition,
    only,
    take_names,
)
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.scope import take_choice, take_picks
from pipelines.answers.question.text import QuestionText, is_bare, listed, phrase
from pipelines.answers.question.when import take_when
from pipelines.terms.vocabulary import entries_said

LISTS = ("immunization", "procedure", "problem")
_BEGUN = phrase(r"(?:start(?:ed)?|begin|begun|began|onset|since|first\s+noted|come\s+on)")
_ENDED = phrase(r"(?:end(?:ed)?|over|go\s+away|gone\s+away|resolve)")
_HAD = re.compile(r"\b(?:have|has|had|get|got|catch|caught)\b")
_NOTHING = re.compile(r"(?!)")


def read_lists(reading: Reading, chart_names: Names) -> ChartQuestion | None:
    """Immunizations, procedures and problems, or None where none of them is meant."""
    text = reading.text
    for subject in LISTS:
        known = chart_names.get("condition" if subject == "problem" else subject, ())
        worded = text.find(listed(subject)) is not None
        before = text.text
        named = _named(text, subject, known)
        if subject == "procedure" and not worded:
            named = _without_about(text, named)
            if _a_condition_decides(reading, before, named, chart_names):
                text.text = before
                continue
        if subject == "immunization" and not worded and _is_the_disease(reading, named):
            text.text = before
            continue
        alone = bool(named.displays) and (named.certain or subject == "immunization")
        said_otherwise = subject == "problem" and (names_a_condition(named) or _is_a_pain(named))
        if not worded and ((reading.results_named and not said_otherwise) or not alone):
            text.text = before
            continue
        return _asked(reading, subject, named, worded=worded)
    return None


def _is_a_pain(named: NamedThings) -> bool:
    """Whether a pain of some part of the body is named, and no score of pain."""
    return bool(named.words) and any("pain" in d.lower().split() for d in named.displays)


def _named(text: QuestionText, subject: str, known: tuple[str, ...]) -> NamedThings:
    """The names of one list; "heart disease" and "flu shot" are read before their own word."""
    if subject == "procedure":
        text.take_all(listed(subject))
        return take_names(text, known)
    named = take_names(text, known)
    text.take_all(listed(subject))
    return named


def _is_the_disease(reading: Reading, named: NamedThings) -> bool:
    """ "Has she had the flu" asks for the disease: the vaccine against it is no yes to that."""
    had = reading.yes_no or _HAD.search(reading.text.whole) is not None
    entries = (entry for said in named.words for entry in entries_said(said))
    return had and any(entry.kind == "problem" for entry in entries)


def _without_about(text: QuestionText, named: NamedThings) -> NamedThings:
    """Without procedures that are done about the thing, unless they are asked for or deny it."""
    return only(
        named, lambda d: not is_about(d, named.words, text.whole) or is_denied(d, named.words)
    )


def _a_condition_decides(
    reading: Reading, before: str, named: NamedThings, chart_names: Names
) -> bool:
    """Whether a condition is meant: asked to be had now, or named by more of the words."""
    text = reading.text
    begins = text.find(_BEGUN)  # a condition does, a procedure is done
    asks = NOW.match(text.whole) or text.find(listed("problem")) or begins
    if not named.displays:
        return False
    after, text.text = text.text, before
    conditions = take_names(text, chart_names.get("condition", ()))
    text.text = after
    more = len(" ".join(conditions.words)) - len(" ".join(named.words))
    return conditions.certain and (more > 0 or (more == 0 and bool(asks)))


def _asked(reading: Reading, subject: str, named: NamedThings, *, worded: bool) -> ChartQuestion:
    text = reading.text
    marks = (
        text.take_all(listed("problem", "active")),
        text.take_all(listed("problem", "resolved")),
    )
    total = take_choice(text, "total")
    ends = subject == "problem" and bool(text.take_all(_ENDED))
    text.take_all(_BEGUN if subject == "problem" and named.displays else _NOTHING)
    reading.when = take_when(text)
    text.take_all(listed("medication", "given"))
    text.take_all(phrase(r"list|all|any|the|history|known|done|doses?|still|stages?"))
    if subject == "procedure" and named.displays:
        text.take_all(phrase(r"placed|inserted|put\s+in|attempted|carried\s+out|tried"))
    reading.picks = take_picks(text, reading.stays)
    scoped = bool(reading.stays) or reading.window is not None
    ask = (
        "count"
        if total == "count"
        else "when"
        if reading.when
        else "exists"
        if (reading.yes_no or (is_bare(text) and not worded and scoped)) and named.displays
        else "list"
    )
    status = "active" if marks[0] else "resolved" if marks[1] or ends else None
    if subject == "problem" and status is None and NOW.match(text.whole):
        status = "active" if "history" not in text.whole else None
    if ask == "exists" and subject != "immunization":
        sure = only(named, lambda display: not is_doubted(display, named.words, text.whole))
        named, ask = (sure, ask) if sure.displays else (named, "list")
    return reading.made(
        subject, ask, names=named.displays, groups=named.groups, attribute=status, every=worded
    )
