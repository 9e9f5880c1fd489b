"""The one sentence of an answer that is declined: why, and the nearest thing that is there.

A thing that no entry is called by its name is said first, in place of words that "were not
understood"; then what lies nearest, as a name and a day. Nothing here is a value, and nothing is
cited. A question declined for what it is about (advice, another patient) has nothing near it.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.answers.question import ChartQuestion
from pipelines.records.answers import Draft
from pipelines.records.evidence import EvidenceSet

IN_NOTES = "{missing}, and no sentence of its notes answers that"


def with_nearest(draft: Draft, question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """The abstention with what the chart does not have and what it has near it."""
    if draft.answerable or draft.abstention is None:
        return draft
    said = draft.abstention.rstrip(".")
    if evidence.missing:
        in_notes = question.subject == "note"
        said = IN_NOTES.format(missing=evidence.missing) if in_notes else evidence.missing
    near = f"; {evidence.nearest}" if evidence.nearest else ""
    return replace(draft, abstention=f"{said}{near}.")


def scope_words(question: ChartQuestion) -> str:
    """` in the last 24 hours`, ` on 2026-11-20`, ` in the second icu stay`; empty for none."""
    stays = [question.stay, *(pick.stay for pick in question.picks)]
    stay = next((s for s in stays if s is not None), None)
    placed = stay.words.removeprefix("the ").replace("icu", "ICU") if stay is not None else ""
    said = f" in the {placed}" if placed else ""
    if question.window is None:
        return said
    words = question.window.words
    if not words[:1].isdigit():
        return f"{said} {words}"
    before = "from" if " to " in words else "on" if len(words) > len("2026-11") else "in"
    return f"{said} {before} {words}"
