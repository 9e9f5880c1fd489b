"""Questions about records that are no results and no drugs, read by their words in any order.

The readers of single subjects know the usual ways of putting a question. This one comes where
they would decline, search notes, or answer with less than was asked, and knows no order of words:
phrases of `question_by_words.toml` say what is wanted, wherever they stand; all other words must
be held by the very records that are chosen (their names, their visit, place, reason, payer). One
word that nothing explains leaves the question to whoever had it before; so does a word that
negates, compares, supposes or speaks of somebody else.
"""

from __future__ import annotations

import re

from pipelines.answers.question import ChartQuestion, Pick
from pipelines.answers.question.against import take_windows
from pipelines.answers.question.codes import coded
from pipelines.answers.question.names import is_telling
from pipelines.answers.question.own_name import blank_own_name
from pipelines.answers.question.records import device_sort
from pipelines.answers.question.refused import not_for_this_chart
from pipelines.answers.question.scope import take_picks, take_stays
from pipelines.answers.question.spoken_reasons import names_a_stay
from pipelines.answers.question.text import QuestionText, asks_if
from pipelines.answers.question.words_asked import (
    CODES,
    MONEY,
    Asked,
    Scope,
    never,
    noun,
    yes_or_no,
)
from pipelines.answers.question.words_found import MARKED, Found, best
from pipelines.answers.question.words_held import closest
from pipelines.charts.question_names import has_notes
from pipelines.records.chart import Chart

SUBJECT = "record"
_NTH_DOSE = re.compile(
    r"\b(?:dose|shot|jab|booster)\s*(?:#|no\.?|number)?\s*(?P<n>[1-9]|one|two|three|four|five)\b"
)
_NUMBER_OF_VISIT = re.compile(
    r"\b(?:hospital\s+)?(?:visit|encounter|account|stay)\s*(?:\(\s*\w+\s*\)\s*)?(?:number|id|no)\b(?!\s+of\b(?!\s+the\b))"
    r"(?:\s+of\b)?"
)
_DIGITS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_MANY = re.compile(r"\b(?:all|each|every|dates|both|days|times|list)\b")
_FIRST_SEEN = re.compile(
    r"\bfirst (?=recorded|noted|diagnosed|coded|documented|listed|seen|entered|appeared|reported)"
)
# A dose is a vaccine's only where one is named: else it is that of the drug before.
_VACCINE = re.compile(r"\b(?:vaccin|immuni[sz]|inocul|vax|shots?\b|jabs?\b|boosters?\b)")
_ASKS_BEGUN = re.compile(
    r"\b(?:when|dates?|day|onset|since|began|begin|begun|start\w*|appear\w*|time|year|month"
    r"|first (?!hospital|icu))\b"
)
NAMED = ("problem", "procedure", "immunization", "allergy", "device")
_HAD = re.compile(r"\b(?:have|has|had|get|got|catch|caught)\b")
_WHICH = re.compile(r"\b(?:which|what|list|show|who|any)\b")


def by_words(question: str, chart: Chart) -> ChartQuestion | None:
    """The question as one for such records, or None where a word is left over."""
    text = coded(question, chart)
    if never(text.whole):
        return None
    refusal = not_for_this_chart(text, question, chart, notes=has_notes(chart))
    if refusal is not None and not _may_be_lifted(refusal.unless_records, text.whole):
        return None
    try:
        window, against = take_windows(text, chart.as_of)
    except ValueError:
        return None
    if against is not None:
        return None
    nth = text.take(_NTH_DOSE)
    if text.find(_NUMBER_OF_VISIT) is not None:
        text.take_all(_NUMBER_OF_VISIT)
        text.text = f"{text.text} encounter number"
    stays = take_stays(text)
    if text.find(_FIRST_SEEN) is not None:
        text.take_all(_FIRST_SEEN)
        text.text = f"{text.text} onset"
    picks = take_picks(text, ())
    if nth is not None:
        picks = (Pick(int(_DIGITS.get(nth["n"], 0) or nth["n"])),)
    scope = Scope(window, stays, picks)
    blank_own_name(text, chart)
    found = best(chart, text, scope)
    if found is None or _is_of_something_else(found, text):
        return None
    made = _question(text, scope, found)
    # "What was coded for the tobacco admission" asks for more than its tobacco use.
    of_a_stay = found.kind == "problem" and made.ask in ("list", "count")
    return None if of_a_stay and names_a_stay(text.whole, made.searched) else made


def _is_of_something_else(found: Found, text: QuestionText) -> bool:
    """Whether the records that hold the words are not what the words mean."""
    of_none = _names_nothing(found) or _is_any_dose(found, text.whole)
    return of_none or _is_of_another_sort(found, text)


def _names_nothing(found: Found) -> bool:
    """Whether the words that chose are of those that many names share ("type" of a blood type)."""
    if found.kind not in NAMED or found.kind in found.asked.nouns or not found.asked.said:
        return False
    return not any(is_telling(word) for said in found.asked.said for word in said.split())


def _is_of_another_sort(found: Found, text: QuestionText) -> bool:
    """Whether a device is none of the sort that is named: an external catheter is no Foley."""
    sort = device_sort(QuestionText(text.whole)) if found.kind == "device" else None
    if sort is None:
        return False
    filed = re.compile(sort)
    return not all(filed.search(name.lower()) for r in found.records for name in r.names[:1])


def _is_any_dose(found: Found, whole: str) -> bool:
    """Whether no vaccine is meant: "has she had the flu" asks for the disease."""
    if found.kind != "immunization" or _VACCINE.search(whole) is not None:
        return False
    return not found.asked.strong or (asks_if(whole) and _HAD.search(whole) is not None)


def _may_be_lifted(unless_records: bool, whole: str) -> bool:
    """Whether records may answer what a topic declines: codes and bills, or what a plan says."""
    return unless_records or noun("plan").search(whole) is not None


ORDER = (
    "amount", "paid", "decision", "payer", "begun", "when", "ended", "who", "where", "why",
    "setting", "lot", "serial", "number", "icd9", "icd10", "icd", "snomed", "cvx", "code",
    "activity", "status",
)  # fmt: skip


def elements_of(asked: Asked) -> tuple[str, ...]:
    """What is to be told of each record, in the order in which it is told."""
    wanted = set(asked.wanted)
    if "setting" in wanted:
        wanted -= {"left", "where", "ended"}
    if "left" in wanted:
        wanted = (wanted - {"left"}) | {"ended"}
    if wanted & {"begun", "ended"}:
        wanted.discard("when")  # "onset date": the date is that of the onset
    if wanted & MONEY:
        wanted -= {"when", "why", "payer", "where", "who", "status"}
    if "decision" in wanted:
        wanted -= {"paid", "amount"}
    if "paid" in wanted:
        wanted.discard("amount")
    if wanted - {"status", "count"}:
        wanted.discard("status")
    if wanted & CODES:
        wanted -= {"amount", *(("code",) if wanted & CODES != {"code"} else ())}
    return tuple(name for name in ORDER if name in wanted)


def _question(text: QuestionText, scope: Scope, found: Found) -> ChartQuestion:
    """The question for these records."""
    elements = elements_of(found.asked)
    asked_so = text.marked and elements == ("status",) and MARKED.search(text.whole) is not None
    yes_no = yes_or_no(text.whole) or (asked_so and not _WHICH.search(text.whole))
    counted = "count" in found.asked.wanted
    if yes_no and elements == ("begun",) and not _ASKS_BEGUN.search(text.whole):
        elements = ()  # "is it diagnosed" asks whether, not since when
    lists = elements in ((), ("status",))
    ask = (
        "count" if counted else "exists" if yes_no and lists else "list" if not elements else "told"
    )
    records = found.records
    if ask == "told" and not _MANY.search(text.whole) and elements != ("status",):
        records = closest(records, found.asked.said)
    if elements == ("status",) and not found.asked.strong and ask == "told":
        ask = "list"
    return ChartQuestion(
        text=text.whole, subject=SUBJECT, ask=ask, attribute=" ".join(elements) or None,
        names=tuple(dict.fromkeys(r.fact.display for r in records)),
        records=tuple(dict.fromkeys(r.fact.resource for r in records)),
        searched=tuple(dict.fromkeys(found.asked.said)), relation=found.kind,
        window=scope.window, stay=scope.stays[0].stay if scope.stays else None,
        picks=scope.picks, every=_MANY.search(text.whole) is not None,
    )  # fmt: skip
