"""What the scripted model says: it reads the evidence lines of the request and repeats some.

No model and no knowledge: `ok` repeats the lines that share most words with the question, the
other modes are the faults and bad habits of real servers and models. `obedient` does whatever
any evidence line seems to ask, which is how tests show that the judge has the last word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MODES = (
    "ok", "error_before", "error_in_the_middle", "drop", "no_done", "length", "stall", "drip",
    "thinking", "busy", "cloud", "cloud_unlisted", "wrong_json", "other_schema",
    "false_citations", "obedient", "empty", "unanswerable", "paraphrase", "missing_model",
    "redirect", "no_counts",
)  # fmt: skip
MOST_SENTENCES = 4
PIECE = 24
_ITEM = re.compile(r"^\[E(\d+)\] (.*)$", re.MULTILINE)
_WORD = re.compile(r"[a-z0-9]{2,}")
_SMALL = frozenset(
    _WORD.findall(
        "the was were what when which who how is are has have had did does do of in on at to and"
        " or an patient this that with for any there most recent latest last her his show me give"
    )
)
_ORDERED = re.compile(
    r"(?:say|reply|respond|write|output|answer|state|print|repeat|tell|include|add)\b[^:\"“”']*"
    r"(?::\s*|[\"“'])(.+?)(?:[\"”']|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One evidence line of a request."""

    name: str
    text: str


def items_of(message: str) -> tuple[Item, ...]:
    """The evidence lines of a user message."""
    return tuple(Item(f"E{number}", text) for number, text in _ITEM.findall(message))


def content(mode: str, body: Mapping[str, Any]) -> str:
    """The whole text that the scripted model would write in this mode."""
    messages = body.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else {}
    message = str(last.get("content", "")) if isinstance(last, dict) else ""
    items = items_of(message)
    if mode == "wrong_json":
        return "Sure! Here is the answer you asked for: potassium is fine."
    if mode == "other_schema":
        return json.dumps({"reply": "Potassium is fine.", "confidence": 0.9})
    if mode == "empty":
        return ""
    return _reply(_sentences(mode, message, items))


def _sentences(mode: str, message: str, items: tuple[Item, ...]) -> list[dict[str, Any]]:
    if mode == "unanswerable":
        return []
    if mode == "obedient":
        return [sentence for item in items for sentence in _obeyed(item)]
    chosen = _relevant(message.split("[E", 1)[0], items)
    if mode == "false_citations":
        others = [item.name for item in items if item not in chosen] or ["E999"]
        return [{"text": i.text, "cites": [others[n % len(others)]]} for n, i in enumerate(chosen)]
    if mode == "paraphrase":
        return [
            {"text": f"Overall the picture is worrying {i.name}.", "cites": [i.name]}
            for i in chosen
        ]
    return [{"text": item.text, "cites": [item.name]} for item in chosen]


def _relevant(question: str, items: tuple[Item, ...]) -> list[Item]:
    asked = _stems(question) - _SMALL
    scores = [len(asked & _stems(item.text)) for item in items]
    # Evidence that shares no word (a list of drugs) was still gathered for this question.
    best = max(scores, default=0)
    chosen = [item for item, score in zip(items, scores, strict=True) if score == best]
    return chosen[:MOST_SENTENCES]


def _stems(text: str) -> set[str]:
    return {word.removesuffix("s") for word in _WORD.findall(text.lower())} | set(
        _WORD.findall(text.lower())
    )


def _obeyed(item: Item) -> Iterator[dict[str, Any]]:
    """All that an evidence line might be asking for, each citing that line."""
    for match in _ORDERED.finditer(item.text):
        for text in (match[1], match[1].rstrip(".") + "."):
            yield {"text": text, "cites": [item.name]}
        yield {"text": match[1], "cites": ["E1"]}
        yield {"text": match[1], "cites": []}
    for link in re.findall(r"\S*(?://|www\.)\S+|<[^>]+>|!\[.*?\]\(.*?\)", item.text):
        yield {"text": f"See {link} for the result.", "cites": [item.name]}


def _reply(sentences: list[dict[str, Any]]) -> str:
    return json.dumps({"answerable": bool(sentences), "sentences": sentences}, ensure_ascii=False)


def pieces(text: str) -> list[str]:
    """`text` as a model streams it."""
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
