"""The judge's own look at "a note disagrees with the record": both are read again.

It holds where the one cited sentence states a value, a dose or an allergen of the cited record's
thing and the record does not have it. Read by the rules that `evidence_conflicts` finds by, but
from the cited words alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.answers.evidence.conflicts import (
    drug_word,
    is_listed,
    says_none_known,
    stated_allergens,
    stated_dose,
    stated_value,
)
from pipelines.answers.verify.items import Item
from pipelines.answers.verify.numbers import quantities_in
from pipelines.records.facts import Fact

NO_CONFLICT = "the cited sentence does not contradict the cited record"


def broken_conflict(items: Sequence[Item]) -> str | None:
    """Why two cited items do not disagree, or None where they do."""
    texts = [i.evidence.passage.text for i in items if i.evidence.passage is not None]
    facts = [i for i in items if i.fact is not None]
    if len(texts) != 1 or len(facts) != 1:
        return "a disagreement cites one sentence and one record"
    fact = facts[0].fact
    return (
        None
        if fact is not None and _differs(fact, texts[0], facts[0].evidence.line)
        else (NO_CONFLICT)
    )


def _differs(fact: Fact, text: str, line: str) -> bool:
    if fact.kind == "allergy":
        named = any(not is_listed(s, fact.display.lower()) for s in stated_allergens(text))
        return named or says_none_known(text)
    if fact.kind == "medication":
        dose = stated_dose(drug_word(fact.display), text)
        numbers = [q.value for q in quantities_in(line.lower(), frozenset())]
        return dose is not None and float(dose[0]) not in [float(n) for n in numbers]
    said = stated_value(fact, text)
    return said is not None and fact.value is not None and float(said) != fact.value
