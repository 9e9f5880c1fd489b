"""What a model's reply says, read whole or while it comes.

Promises: `draft_of` takes exactly the form asked for, no key twice, or raises `ModelUnavailable`.
`Sentences` gives a sentence out only when its object is closed and `"answerable": true` stood
before it, so that no half sentence and nothing of an answer that says "not answerable" is ever
given out; however the text is cut into pieces, it gives out a beginning of what `draft_of` will
read, in order. Text in another order or form gives out nothing and waits for the whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from pipelines.answers.ollama_server import EMBEDDED
from pipelines.errors import ModelUnavailable
from pipelines.records.answers import Draft, DraftSentence

UNKNOWN = 0
_NAME = re.compile(r"\[?E(\d{1,6})\]?")
_BLANK = " \t\r\n"
_BEGINNING = re.compile(
    r'[ \t\r\n]*\{[ \t\r\n]*"answerable"[ \t\r\n]*:[ \t\r\n]*true[ \t\r\n]*,[ \t\r\n]*'
    r'"sentences"[ \t\r\n]*:[ \t\r\n]*\['
)
LONGEST_BEGINNING = 1024


@dataclass(slots=True, repr=False)
class Sentences:
    """The sentences of a reply as they are complete; `begun` counts those that were opened."""

    numbers: frozenset[int]
    begun: int = 0
    _before: str = ""
    _waits_for: str = ""
    _object: list[str] = field(default_factory=list)
    _depth: int = 0
    _in_string: bool = False
    _escaped: bool = False
    _closed: bool = False

    def feed(self, piece: str) -> tuple[DraftSentence, ...]:
        """The sentences that are complete with this piece."""
        found: list[DraftSentence] = []
        for character in self._after_beginning(piece):
            if self._closed:
                break
            if not self._depth:
                self._between(character)
            elif (whole := self._inside(character)) is not None:
                try:
                    found.append(_sentence(_parsed(whole), self.numbers))
                except ModelUnavailable:
                    self._closed = True  # the whole reply will be refused with its reason
        return tuple(found)

    def _after_beginning(self, piece: str) -> str:
        """What of the piece comes after the list of sentences was opened."""
        if self._waits_for or self._closed:
            return piece
        self._before += piece
        match = _BEGINNING.match(self._before)
        if match is None:
            self._closed = len(self._before) > LONGEST_BEGINNING
            return ""
        self._waits_for = "{]"
        return self._before[match.end() :]

    def _between(self, character: str) -> None:
        """Between two objects; anything that JSON does not have there ends the reading."""
        if character in _BLANK:
            return
        if character not in self._waits_for or character == "]":
            self._closed = True
        elif character == ",":
            self._waits_for = "{"
        else:
            self.begun += 1
            self._inside(character)

    def _inside(self, character: str) -> str | None:
        """Within an object; its text when this character closes it."""
        self._object.append(character)
        if self._in_string:
            self._in_string = self._escaped or character != '"'
            self._escaped = character == "\\" and not self._escaped
        elif character == '"':
            self._in_string = True
        else:
            self._depth += (character in "{[") - (character in "}]")
        if self._depth:
            return None
        whole = "".join(self._object)
        self._object.clear()
        self._waits_for = ",]"
        return whole


def draft_of(reply: str, numbers: frozenset[int]) -> Draft:
    """The draft that a reply holds; a citation of what was not shown becomes number 0."""
    said = _parsed(reply)
    if not isinstance(said, dict) or set(said) != {"answerable", "sentences"}:
        other_form()
    answerable, sentences = said["answerable"], said["sentences"]
    if not isinstance(answerable, bool) or not isinstance(sentences, list):
        other_form()
    return Draft(answerable, tuple(_sentence(item, numbers) for item in sentences))


def other_form() -> NoReturn:
    """Refuse a reply that is JSON of another form."""
    raise ModelUnavailable(
        f"The model's answer did not have the form asked for; {EMBEDDED}", "other form"
    )


class _SaidTwice(ValueError):
    """An object has a key twice."""


def _parsed(text: str) -> object:
    fault = ""
    try:
        parsed: object = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)
    except _SaidTwice:
        fault = "twice"
    except (ValueError, RecursionError):
        fault = "not JSON"
    # Raised here, not in a handler: a JSON error carries the text that it read.
    if fault == "twice":
        other_form()
    if fault:
        raise ModelUnavailable(f"The model's answer was not JSON; {EMBEDDED}", fault)
    return parsed


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise _SaidTwice
    return said


def _sentence(item: object, numbers: frozenset[int]) -> DraftSentence:
    if not isinstance(item, dict) or set(item) != {"text", "cites"}:
        other_form()
    text, cites = item["text"], item["cites"]
    if not isinstance(text, str) or not isinstance(cites, list):
        other_form()
    if not all(isinstance(cite, str) for cite in cites):
        other_form()
    return DraftSentence(text, tuple(_number(cite, numbers) for cite in cites))


def _number(cite: str, numbers: frozenset[int]) -> int:
    match = _NAME.fullmatch(cite.strip())
    number = int(match[1]) if match else UNKNOWN
    return number if number in numbers else UNKNOWN


def _no_number(_constant: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")
