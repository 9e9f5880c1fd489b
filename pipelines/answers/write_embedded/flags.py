"""Whether results were ever marked high, low or abnormal, and the range that a result carries.

"Ever" is told by the results so marked, the latest first, and counted over all of them; that none
was is told by the one that lies farthest that way, and only where every result has a mark or a
range to be marked by. A range is the result's own; none is taken from elsewhere.
"""

from __future__ import annotations

from pipelines.answers.evidence.items import marks, name_of, shown_value
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import computed, fact_of, lowered, sentence_of, was
from pipelines.records.answers import Cell, DraftSentence
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact

Part = tuple[list[DraftSentence], list[tuple[Cell, ...]]]
MARKS = {
    "high": frozenset({"H", "HH"}),
    "low": frozenset({"L", "LL"}),
    "abnormal": frozenset({"H", "HH", "L", "LL", "A", "AA"}),
}
MOST_OF_A_DAY = 4
FARTHEST = {"high": ("maximum",), "low": ("minimum",), "abnormal": ("maximum", "minimum")}


def write_flag(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """Whether a result is marked so by the record; None where the record cannot say."""
    asked = question.attribute or "abnormal"
    if question.every:
        return _ever(asked, items)
    if question.window is not None and not question.picks and len(items) > 1:
        return _in_window(asked, items)
    return _one(asked, items[0]) if _is_told(fact_of(items[0])) else None


def _in_window(asked: str, items: list[Evidence]) -> Part | None:
    """Of a stretch of time any result counts; for "normal" every one, the first that is not."""
    if not all(_is_told(fact_of(i)) for i in items):
        return None
    if asked == "normal":
        off = next((i for i in items if fact_of(i).flag is not None), items[0])
        return _one(asked, off)
    hits = [i for i in items if _holds(fact_of(i), asked)]
    if not hits:
        way = max if asked == "high" else min
        numbers = [i for i in items if fact_of(i).value is not None] or items
        return _one(asked, way(numbers, key=lambda i: fact_of(i).value or 0.0))
    told = [DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in hits[:MOST_OF_A_DAY]]
    return told, [(1,)]


def _one(asked: str, item: Evidence) -> Part:
    fact = fact_of(item)
    return [DraftSentence(sentence_of(fact), (item.number,))], [(int(_holds(fact, asked)),)]


def _is_told(fact: Fact) -> bool:
    return fact.flag is not None or fact.flag_source is not None


def _holds(fact: Fact, asked: str) -> bool:
    return fact.flag is None if asked == "normal" else fact.flag in MARKS[asked]


def _ever(asked: str, items: list[Evidence]) -> Part | None:
    told = [i for i in items if _is_told(fact_of(i))]
    found = [i for i in told if _holds(fact_of(i), asked)]
    if found:
        count = "1 result" if len(found) == 1 else f"{len(found)} results, the last"
        text = f"Yes, {count}: {sentence_of(fact_of(found[0]))}"
        return [computed(text, found, "count", len(found))], [(1,)]
    if len(told) < len(items) or asked == "normal":
        return None
    sentences = []
    for operation in FARTHEST[asked]:
        sign = -1 if operation == "maximum" else 1
        numbers = [i for i in items if fact_of(i).value is not None]
        if len(numbers) < len(items) or any(fact_of(i).comparator for i in items):
            return None
        ordered = sorted(numbers, key=lambda i: sign * (fact_of(i).value or 0.0))
        best = fact_of(ordered[0])
        word = "highest" if operation == "maximum" else "lowest"
        when = f" on {best.when.clock}" if best.when is not None else ""
        name = lowered(name_of(best))
        text = f"No: the {word} {name} {was(name)} {shown_value(best)}{marks(best)}{when}."
        sentences.append(computed(text, ordered, operation, best.value or 0.0, best.unit))
    return sentences, [(0,)]


def write_range(_question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """The range that a result carries, beside the result; None where it carries no numbers."""
    fact = fact_of(items[0])
    said = range_words(fact)
    if said is None or fact.reference_range is None:
        return None
    ends = (fact.reference_range.low, fact.reference_range.high)
    text = f"{sentence_of(fact).rstrip('.')}; {said}."
    row = tuple(end for end in ends if end is not None)
    return [DraftSentence(text, (items[0].number,))], [row]


def range_words(fact: Fact) -> str | None:
    """`range 3.5 to 5.1`, `range up to 0.5`, `range from 60`; None without numbers."""
    reference = fact.reference_range
    if reference is None or (reference.low is None and reference.high is None):
        return None
    low = f"{reference.low:g}" if reference.low is not None else None
    high = f"{reference.high:g}" if reference.high is not None else None
    if low and high:
        return f"range {low} to {high}"
    return f"range from {low}" if low else f"range up to {high}"
