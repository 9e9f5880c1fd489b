"""How an item of evidence reads on one line, and whether a sentence repeats it.

Promises: the line that a model is shown (`shown`) is the line that its sentences are compared
with; it carries kind, date and the fact as written. `repeats` is exact but for case, spaces,
quotation marks and the full stop at the end: a whole line, the record's own text, or whole
sentences of either.
"""

from __future__ import annotations

import re

from pipelines.answers.verify.reading import sentences
from pipelines.answers.verify.safety import LEFT_OUT, clean, neutral
from pipelines.records.evidence import Evidence

_QUOTES = re.compile("[\"'\u2018\u2019\u201c\u201d\u00ab\u00bb`]")


def shown(item: Evidence) -> str:
    """The item's line without its mark: kind, date where the line has none, the fact."""
    line = neutral(item.line)
    kind = neutral(item.kind)
    day = (item.date or "")[:10]
    head = kind if not day or day in line else f"{kind} {day}"
    return line if line.casefold().startswith(f"{head}:".casefold()) else f"{head}: {line}"


def without_kind(sentence: str, item: Evidence) -> str:
    """The sentence without the kind and date that `shown` sets before the item's line."""
    head = shown(item).removesuffix(neutral(item.line))
    return sentence[len(head) :] if head and sentence.startswith(head) else sentence


def is_left_out(item: Evidence) -> bool:
    """Whether the item's line does not show its words, so that it carries nothing."""
    return LEFT_OUT in item.line


def repeats(sentence: str, item: Evidence) -> str | None:
    """The stretch of the item that `sentence` repeats word for word, or None."""
    wanted = _plain(sentence)
    if not wanted or is_left_out(item):
        return None
    # A fact's own text is a bare value ("5.9", "Positive"): to repeat that says nothing.
    own: tuple[str, ...] = (item.text, clean(item.text)) if item.passage is not None else ()
    for candidate in (*own, clean(item.line), shown(item)):
        if _plain(candidate) == wanted:
            return candidate
        spans = sentences(candidate)
        for first, (start, _) in enumerate(spans):
            for _, end in spans[first:]:
                if _plain(candidate[start:end]) == wanted and " " in wanted:
                    return candidate[start:end]
    return None


def _plain(text: str) -> str:
    return _QUOTES.sub("", neutral(text)).casefold().strip().rstrip(".!; ").strip()
