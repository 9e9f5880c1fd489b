"""The organism of an infection: what the laboratory's cultures and tests found, before notes.

Only a result that names something found is told: no growth, a negative and a pending result name
no organism. A specimen or site of the question ("in the blood") narrows to the cultures of it;
which infection a culture belongs to is not concluded beyond that.
"""

from __future__ import annotations

import re

from pipelines.answers.evidence.items import result_item
from pipelines.answers.evidence.note_fit import table
from pipelines.answers.evidence.stays import in_window, since
from pipelines.answers.question import ChartQuestion
from pipelines.charts.encounters import encounters
from pipelines.charts.labs import kinds, results
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence

MOST = 4


def organism_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The results that name an organism, the newest first; empty where none is asked for."""
    organism = next(row for row in table()["kind"] if row["name"] == "organism")
    if re.search(organism["asked"], question.text) is None:
        return []
    filed = re.compile(table()["microbiology"]["filed"])
    keys = [k.code_key for k in kinds(chart) if filed.search(k.display.lower())]
    found = [f for f in results(chart, keys) if f.value_text] if keys else []
    none = re.compile(table()["microbiology"]["none"])
    found = [f for f in found if not none.search((f.value_text or "").lower())]
    for site in table()["microbiology"]["site"]:
        if re.search(site["asked"], question.text) is not None:
            told = re.compile(site["filed"])
            found = [f for f in found if told.search(f"{f.display} {f.specimen or ''}".lower())]
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = [f for f in found if window and in_window(f.when, window)]
    return [result_item(fact) for fact in list(reversed(found))[:MOST]]
