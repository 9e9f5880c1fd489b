"""Sentences about allergies: the list, a named allergen, and what the record says against one.

The four states of a list are never mixed up: "not recorded" is no "none", and an incomplete
list answers nothing. An entry that is refuted or inactive answers "no" with its own words; an
allergen that no entry names is "not recorded" beside what is, never "not allergic".
"""

from __future__ import annotations

import re

from pipelines.answers.evidence.allergies import (
    LIST_UNAVAILABLE,
    OTHER_ALLERGY,
    PAST_ALLERGY,
    UNSORTED_ALLERGY,
)
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import abstained, computed, fact_of, lines
from pipelines.records.answers import Draft
from pipelines.records.evidence import Evidence, EvidenceSet

ALLERGIES_UNAVAILABLE = "The allergy list is unavailable: an allergy entry was refused at load."
ALLERGIES_NOT_RECORDED = "Allergies are not recorded in this chart; that does not mean none."
# "No known food allergy" says nothing of drugs.
_OF_A_KIND = re.compile(r"\b(?:food|environment\w*|insect|latex|animal)\b", re.IGNORECASE)


def write_allergies(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """The allergy list, or whether a named allergen is on it."""
    if any(LIST_UNAVAILABLE in searched for searched in evidence.searched):
        return abstained(ALLERGIES_UNAVAILABLE)
    entries = [i for i in evidence.items if i.kind == "allergy"]
    none_known = [i for i in entries if _is_none_known(i)]
    real = [i for i in entries if i not in none_known]
    past = [i for i in evidence.items if i.kind == PAST_ALLERGY]
    unsorted = [i for i in evidence.items if i.kind == UNSORTED_ALLERGY]
    if unsorted:
        return lines([*unsorted, *past])
    named = question.names or question.attribute
    kind_missing = question.group and not entries and evidence.items
    if kind_missing or (question.ask == "exists" and named):
        return _named(question, real, past, evidence)
    if real:
        return _real(question, real)
    if none_known:
        whole = not any(_OF_A_KIND.search(i.line) for i in none_known)
        rows = ((0,),) if question.ask in ("exists", "count") else _names(none_known)
        return lines(none_known, rows if whole else ())
    return lines(past) if past else abstained(ALLERGIES_NOT_RECORDED)


def _real(question: ChartQuestion, real: list[Evidence]) -> Draft:
    if question.ask == "count":
        noun = "allergy is" if len(real) == 1 else "allergies are"
        text = f"{len(real)} {noun} recorded."
        return Draft(True, (computed(text, real, "count", len(real)),), ((len(real),),))
    if question.ask == "exists":
        text = f"Yes: {real[0].line}"
        return Draft(True, (computed(text, real, "exists", 1), *lines(real[1:]).sentences), ((1,),))
    return lines(real, _names(real))


def _named(
    question: ChartQuestion, real: list[Evidence], past: list[Evidence], evidence: EvidenceSet
) -> Draft:
    """One allergen: on the list, recorded as refuted or past, or not among what is recorded."""
    if real:
        text = f"Yes: {real[0].line}"
        rest = lines([*real[1:], *past]).sentences
        return Draft(True, (computed(text, real, "exists", 1), *rest), ((1,),))
    others = [i for i in evidence.items if i.kind == OTHER_ALLERGY]
    if past:
        return lines([*past, *others], ((0,),))
    none_known = [i for i in others if _is_none_known(i) and not _OF_A_KIND.search(i.line)]
    if none_known:
        return lines(none_known, ((0,),))
    listed = [i for i in others if not _is_none_known(i)]
    patients = [i for i in evidence.items if i.kind == "patient"]
    if not listed or not patients:
        return abstained(ALLERGIES_NOT_RECORDED)
    text = f"No allergy to {_asked_for(question)} is recorded."
    absent = computed(text, patients[:1], "exists", 0)
    return Draft(True, (absent, *lines(listed).sentences), ((0,),))


def _asked_for(question: ChartQuestion) -> str:
    if question.attribute:
        return question.attribute
    return question.names[0].lower() if question.names else f"any {question.group}"


def _is_none_known(entry: Evidence) -> bool:
    return entry.line.startswith("Recorded: ")


def _names(entries: list[Evidence]) -> tuple[tuple[str, ...], ...]:
    return tuple((fact_of(i).display.lower(),) for i in entries)
