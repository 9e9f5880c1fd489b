"""Quotations inside a sentence: word for word from the cited item, or the sentence is withheld.

Promises: a stretch between double quotation marks stands in the item as it is written there; what
the record denies around it, or says of a relative or as a possibility, is not cut off. Once it is
found its words count as the record's own, so that a quoted cause needs no second proof.
"""

from __future__ import annotations

import re

from pipelines.answers.verify.items import Item
from pipelines.answers.verify.lines import shown
from pipelines.answers.verify.reading import read
from pipelines.answers.verify.safety import neutral
from pipelines.answers.verify.scope import wrong_scope

_MARKS = '\u201c\u201d\u201e\u00ab\u00bb"'
_QUOTED = re.compile(f"[{_MARKS}]([^{_MARKS}]+)[{_MARKS}]")
_ANY_MARK = re.compile(f"[{_MARKS}'\u2018\u2019`]")
NOT_QUOTED = "the quoted words do not stand so in the cited record"


def quotations(text: str) -> tuple[str, ...]:
    """What a sentence puts between double quotation marks."""
    return tuple(match[1] for match in _QUOTED.finditer(text))


def without_quotations(text: str) -> str:
    """The sentence with blanks for what it quotes."""
    return _QUOTED.sub(lambda match: " " * len(match.group()), text)


def broken_quote(text: str, item: Item, known_units: frozenset[str]) -> str | None:
    """Why a quotation of the sentence is not the item's, or None where all are."""
    own = f"{_plain(shown(item.evidence))} \n {_plain(item.evidence.text)}"
    for words in quotations(text):
        wanted = _plain(words).strip(" .,;:!?")
        if not wanted or not re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", own):
            return NOT_QUOTED
        reason = wrong_scope(read(words, known_units), item, is_quoted=True)
        if reason is not None:
            return reason
    return None


def _plain(text: str) -> str:
    return " ".join(_ANY_MARK.sub("", neutral(text)).casefold().split())
