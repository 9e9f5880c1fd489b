"""One statement of the code status as one line, in the record's own words.

The line says what kind of record it is, its date, its status and what it says; it adds nothing
that the record does not have. The state that the record was read as stands in the item's
`concept`, so that the judge can reason with it; the words shown stay the record's.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.evidence.items import item
from pipelines.answers.evidence.leaves import leaf
from pipelines.answers.question import ChartQuestion
from pipelines.charts import sources
from pipelines.charts.code_states import concept_of
from pipelines.records.chart import Chart
from pipelines.records.consents import (
    CODE_STATUS,
    REPLACED_CODE_STATUS,
    CodeStatement,
)
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact

PREFIXES = {CODE_STATUS: "", REPLACED_CODE_STATUS: "Earlier: "}
NOT_IN_FORCE = "Not in force: "
# Elements that name who made, ordered, signed or agreed to a statement.
_PERSON = re.compile(
    r"(?P<role>requester|author|performer|recorder|asserter|grantor|grantee|verifiedWith)"
    r"(?:\[\d+\])?(?:\.actor)?\.(?:display|reference)"
)


def statement_item(
    chart: Chart, one: CodeStatement, kind: str, question: ChartQuestion
) -> Evidence:
    """A statement as an item of its kind; who is named in it is told where that is asked."""
    fact = one.fact
    persons = named_in(chart, fact.resource) if question.ask == "who" else ()
    if persons:
        fact = replace(fact, path=persons[0][1], quote=persons[0][2])
    else:
        fact = _worded(chart, one)
    fact = replace(fact, concept=concept_of(one.state))
    line = _line(one, PREFIXES.get(kind, NOT_IN_FORCE), tuple(f"{p[0]} {p[2]}" for p in persons))
    return replace(item(fact, line, f"Code status ({one.source})"), kind=kind)


def _worded(chart: Chart, one: CodeStatement) -> Fact:
    """Cited at the words themselves: of a consent, what it permits or denies."""
    if one.source != "consent":
        return one.fact
    told = one.wording.partition(" (")[0].partition(" ")[2]
    return leaf(chart, one.fact, told) if told else one.fact


def _line(one: CodeStatement, prefix: str, persons: tuple[str, ...]) -> str:
    fact = one.fact
    dated = f"of {fact.when.clock}" if fact.when is not None else "without a date"
    told = [fact.status] if fact.status and one.source != "observation" else []
    told += [f"ended {one.ended.clock}"] if one.ended is not None else []
    told += persons
    about = f" ({', '.join(told)})" if told else ""
    kind = one.source.capitalize() if not prefix else one.source
    return f"{prefix}{kind} {dated}{about}: {one.wording.rstrip('.')}."


def named_in(chart: Chart, resource: str) -> tuple[tuple[str, str, str], ...]:
    """Role, path and name of everyone whom the record names; a reference where it has no name."""
    found: dict[str, tuple[str, str, str]] = {}
    for path, value in sources.all_leaves(sources.raw(chart, resource)):
        match = _PERSON.fullmatch(path)
        if match is None:
            continue
        place = path.rpartition(".")[0]
        if place not in found or path.endswith(".display"):
            found[place] = (match["role"], path, value)
    return tuple(found.values())
