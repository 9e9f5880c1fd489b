"""Where a reading by words stands in for another one, and follow-ups on the records it found.

A question that its own reader understood stays with it, unless the words say more of what was
asked: a day, a count or a state where only the list was understood. What is declined, or searched
in notes, is tried by words.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.by_words import by_words, elements_of
from pipelines.answers.question.text import QuestionText, plain
from pipelines.answers.question.words_asked import (
    OF_BILLS,
    Asked,
    never,
    noun,
    said_in,
    take_cues,
)
from pipelines.records.chart import Chart

OF_OTHERS = ("result", "any_lab", "medication", "fluid", "interval", "code_status")
NAMED_KINDS = ("procedure", "immunization", "problem", "allergy", "plan", "bill")
OF_A_PLAN = ("status", "begun", "ended", "begun ended")
# "History of X" has the day on which that was filed, not that of X.
_OF_THE_PAST = re.compile(r"(?:personal |past )?history of\b")
OVERRIDDEN = ("problem", "procedure", "immunization", "allergy", "bill", "particular", "encounter")


def with_by_words(question: str, chart: Chart, strict: ChartQuestion) -> ChartQuestion:
    """The question as it was read, or by its words where that says more of what was asked."""
    if not _is_open(strict) or _is_of_something_else(question, strict):
        return strict
    found = by_words(question, chart)
    return found if found is not None and _says_more(found, strict) else strict


def _is_of_something_else(question: str, strict: ChartQuestion) -> bool:
    """Whether a result or a drug was named, and no kind of record: then no record is meant."""
    if strict.subject not in OF_OTHERS:
        return False
    said = plain(question)
    return not any(noun(kind).search(said) for kind in NAMED_KINDS)


def _is_open(strict: ChartQuestion) -> bool:
    """Whether another reading may stand in for this one."""
    if strict.decline is not None:
        return True
    if strict.subject == "note":
        return not strict.note_by_writer
    return strict.subject in OVERRIDDEN and strict.ask in ("list", "exists", "when", "count")


def _says_more(found: ChartQuestion, strict: ChartQuestion) -> bool:
    """Whether what was asked is told by it, and was not by the reading before."""
    if strict.decline is not None:
        return True
    if strict.subject in ("note", "encounter", "particular", "bill"):
        return _says_more_of(strict.subject, found, strict)
    told = found.ask == "told"
    if strict.ask == "list" and not strict.names and not found.searched:
        return False  # no word chose among all of them: the whole list says it
    if strict.ask == "count":
        fewer = set(found.names) < set(strict.names)
        return found.ask == "count" and fewer and found.relation == strict.subject
    if strict.ask == "when":
        same = bool(found.names) and set(found.names) <= set(strict.names)
        past = any(_OF_THE_PAST.match(name.lower()) for name in found.names)
        narrower = len(found.names) < len(strict.names) and not past
        narrower = narrower or found.relation == "procedure"
        return told and same and narrower
    as_it_stands = found.ask == "exists" and found.attribute == "status" and strict.ask == "list"
    return told or found.ask == "count" or as_it_stands


def _says_more_of(subject: str, found: ChartQuestion, strict: ChartQuestion) -> bool:
    """The same of subjects whose readers have elements of their own."""
    told = found.ask == "told"
    if subject == "note":  # of a reason notes say more than a record's few words
        why = "why" in (found.attribute or "").split()
        return found.relation == "procedure" if why else not strict.note_is("why")
    if subject == "encounter":
        of_icu = "icu" in (strict.relation, strict.stay.kind if strict.stay else None)
        return of_icu and told and found.relation == "visit" and bool(found.searched)
    if subject == "particular":
        return found.relation == "plan" and (found.attribute or "") in OF_A_PLAN
    if strict.ask != "list" or strict.attribute in ("diagnosis", "principal"):
        return False
    plain = strict.attribute is None and not strict.records
    return told and found.relation in OF_BILLS and (bool(found.searched) or plain)


def of_those_records(
    question: str, chart: Chart, before: str, alone: ChartQuestion
) -> ChartQuestion | None:
    """ "And who saw him then?": another element of the records of the question before, or None."""
    if alone.decline is None and alone.subject != "note":
        return None
    text = QuestionText(question)
    if never(text.whole):
        return None
    asked = Asked(text)
    take_cues(asked)
    text.take_all(said_in("harmless"))
    told = asked.wanted - {"count", "status", "amount"}
    if not told or text.left() or not asked.nouns <= {"visit"}:
        return None
    earlier = by_words(before, chart)
    if earlier is None or earlier.ask not in ("told", "list", "exists"):
        return None
    elements = elements_of(Asked(text, told))
    if not elements:
        return None
    return replace(earlier, text=text.whole, ask="told", attribute=" ".join(elements))
