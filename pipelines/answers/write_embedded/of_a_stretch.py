"""What stands beside the one result that is told of a stretch of time with several.

Few are told each; of many how many they are and between what they lie, so that the last of a day
never looks like the only one.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.answers.evidence.items import name_of
from pipelines.answers.evidence.results import of_a_stretch
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.extremes import write_both, write_extreme
from pipelines.answers.write_embedded.parts import computed, fact_of, lowered
from pipelines.records.answers import DraftSentence
from pipelines.records.evidence import Evidence

MOST_OF_A_DAY = 4


def same_stretch(question: ChartQuestion, items: list[Evidence]) -> list[Evidence]:
    """The few other results of the days that were asked for."""
    few = of_a_stretch(question) and len(items) <= MOST_OF_A_DAY
    return items[1:] if few else []


def of_many(question: ChartQuestion, items: list[Evidence]) -> list[DraftSentence]:
    """Of many results of the days asked for, how many they are and between what they lie."""
    own = [i for i in items if fact_of(i).display == fact_of(items[0]).display]
    if not of_a_stretch(question) or len(own) <= 1:
        return []
    name = lowered(name_of(fact_of(own[0])))
    text = f"{len(own)} {name} results are recorded in that time; the last is told."
    count = computed(text, own, "count", len(own))
    ends = write_both(replace(question, extreme="minimum and maximum"), own, write_extreme)
    return [count, *(ends[0] if ends is not None else ())]
