"""Questions for intake and output: what of it, in which stretch of time.

They are read only where the chart counts by shift or day and the question names a time, because
one line of such a sheet is no day: "how much urine on Tuesday" is the sum of its shifts. A word
more (highest, average, hourly) leaves the question to the reader of results.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.text import QuestionText, any_of, asks_if, phrase
from pipelines.charts.labs import kinds
from pipelines.records.chart import Chart

TABLE = Path(__file__).with_name("question_fluids.toml")
_ELSE = phrase(r"why|when|who")


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The table of words."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def read_fluids(reading: Reading) -> ChartQuestion | None:
    """The question as one for amounts of a stretch of time, or None."""
    text = QuestionText(reading.text.text)
    if reading.window is None or text.find(_ELSE) is not None or asks_if(reading.text.whole):
        return None
    named = [f for f in table()["fluid"] if text.take_all(phrase(any_of(f["said"])))]
    text.take_all(phrase(any_of(table()["filler"])))
    if not named or text.left():
        return None
    titles = tuple(one["title"] for one in named if counted(reading.chart, one["filed"]))
    if len(titles) < len(named):
        return None
    return reading.made("fluid", "sum", names=titles)


def counted(chart: Chart, filed: str) -> tuple[tuple[str, bool], ...]:
    """Keys of the chart's shift and day amounts that are filed so; True = of a day."""
    found = []
    for kind in kinds(chart):
        name = kind.display.lower()
        of_day = re.search(table()["day"], name) is not None
        if re.search(filed, name) and (of_day or re.search(table()["shift"], name)):
            found.append((kind.code_key, of_day))
    return tuple(found)
