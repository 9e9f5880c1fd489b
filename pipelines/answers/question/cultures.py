"""Questions for what a culture's bacteria resist: "was it resistant to cefepime".

They are read where the chart's cultures carry susceptibilities: as results of their own, or in
the laboratory's note. Every word beside the question's own must be one of such a culture (its
specimen, its organism, a drug that is named there); else the question is left to other readers.
"""

from __future__ import annotations

import re

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.text import QuestionText, key, phrase
from pipelines.charts.labs import kinds, results
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact

ASKED = phrase(
    r"(?:in)?sensitiv(?:e|ity|ities)|(?:non-?)?susceptib(?:le|ility|ilities)"
    r"|resistan(?:t|ce|ces)|antibiogram|sensis"
)
TOLD = re.compile(r"(?i)\b(?:resistan|suscept|sensitiv|intermediate)")
_AROUND = phrase(
    r"(?:antibiotics?|organisms?|bacteria|bugs?|cultures?|isolates?|germs?|pathogens?|profile"
    r"|pattern|report|grew|what|which|her|his)"
)
_FILED = re.compile(r"culture|\[susceptibility\]")
_WHY = phrase("why|how come")


def read_susceptibility(reading: Reading) -> ChartQuestion | None:
    """The question as one for susceptibilities that the chart holds, or None."""
    text = QuestionText(reading.text.text)
    if text.find(ASKED) is None or text.find(_WHY) is not None:
        return None
    text.take_all(ASKED)
    text.take_all(_AROUND)
    left = {word.removesuffix("s") for word in text.left()}
    meant = tuple(
        fact.resource
        for fact in told(reading.chart)
        if left <= {word.removesuffix("s") for word in key(all_words(fact)).split()}
    )
    if not meant:
        return None
    return reading.made("susceptibility", "list", records=meant)


def told(chart: Chart) -> tuple[Fact, ...]:
    """Cultures and tests of this chart that tell what an organism resists, in time order."""
    keys = [k.code_key for k in kinds(chart) if _FILED.search(k.display.lower())]
    found = results(chart, keys) if keys else ()
    return tuple(f for f in found if TOLD.search(f.note or "") or "[Susceptibility]" in f.display)


def all_words(fact: Fact) -> str:
    """The words that a question may name such a result by; an organism's genus by its letter."""
    said = f"{fact.display} {fact.value_text or ''} {fact.specimen or ''} {fact.note or ''}"
    genera = " ".join(f"{word[0]} {word}" for word in (fact.value_text or "x").split()[:1])
    return f"{said} {genera}"
