"""The rule layer: context and Safe Harbor rules, then the found names wherever else they stand.

The rules are data (`rules_*.toml`); this file only runs them. A name that one rule was sure of is
looked for in the rest of the text, word by word, so that "Dr. Maria Lopez" also takes "Lopez" three
paragraphs on. It knows no chart and remembers nothing between texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipelines.privacy.hits import Hit
from pipelines.privacy.recognizers import guard
from pipelines.privacy.recognizers.checks import CHECKS
from pipelines.privacy.recognizers.exceptions import EXCEPTIONS
from pipelines.privacy.recognizers.rule_files import Rule, load

SURE_ENOUGH_TO_PROPAGATE = 0.65
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['-](?=[^\W\d_]))*\d{0,4}")


def find(text: str) -> list[Hit]:
    """Every hit of every rule in a reading, and the repetitions of the names found."""
    hits = [hit for rule in load() for hit in hits_of(rule, text)]
    return [*hits, *_repeated(hits, text)]


def hits_of(rule: Rule, text: str) -> Iterator[Hit]:
    """What one rule finds; overlapping matches are looked at one after the other."""
    position = 0
    while match := rule.pattern.search(text, position):
        start, end = match.span("phi")
        position = max(end, match.start() + 1)
        part = _kept(rule, text, start, end)
        if part is not None:
            yield Hit(part[0], part[1], rule.kind, rule.reason, rule.score)
            position = max(part[1], match.start() + 1)


def _kept(rule: Rule, text: str, start: int, end: int) -> tuple[int, int] | None:
    if rule.near and not rule.near.search(text[max(0, start - rule.window) : end + rule.window]):
        return None
    part = CHECKS[rule.guard](text, start, end) if rule.guard else (start, end)
    if part is None or (rule.also_not and EXCEPTIONS[rule.also_not](text, *part)):
        return None
    return part


def _repeated(hits: Iterable[Hit], text: str) -> Iterator[Hit]:
    words: dict[str, str] = {}
    for hit in hits:
        if hit.type == "PERSON" and hit.score >= SURE_ENOUGH_TO_PROPAGATE:
            for word in _NAME_WORD.findall(text[hit.start : hit.end]):
                if _worth_looking_for(word):
                    words.setdefault(word.lower(), hit.reason)
    if not words:
        return
    for found in _NAME_WORD.finditer(text):
        reason = words.get(found[0].lower())
        if reason and found[0][0].isupper():
            yield Hit(found.start(), found.end(), "PERSON", f"{reason}, repeated", 0.6)


def _worth_looking_for(word: str) -> bool:
    plain = word.lower()
    return len(word) > 2 and plain not in guard.not_names() and plain not in guard.eponyms()
