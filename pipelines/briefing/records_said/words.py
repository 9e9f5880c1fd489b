"""Whether every word and number of a line stands in what its records say.

The tellings of a line's records are read one after the other until nothing is left over; what
is left over refuses the line. Link words and the names of a search stand in `record_words.toml`;
a word of state is in neither, so that it must come from a record. Quoted words are the judge's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

PLACES = {"in", "on"}
TABLE = Path(__file__).with_name("record_words.toml")
_TOKEN = re.compile(r"\d{4}-\d\d-\d\d|\d{4}-\d\d(?!\d)|\d{1,2}:\d\d|\d+(?:[.,]\d+)*|[^\W\d_]+")
_STOP = re.compile(r"[.!?]\s+")
_QUOTED = re.compile("“.*”")


def left_over(
    text: str, tellings: Iterable[str], figures: Iterable[str] = (), barred: Iterable[str] = ()
) -> frozenset[str]:
    """The words and numbers of a line that neither its records nor the table have.

    `figures` were worked out from the records and are checked elsewhere; `barred` words count only
    where they are among these.
    """
    bare = _QUOTED.sub(" ", without_findings(text))
    said = tokens(bare)
    # The word that a line begins with says how the thing stands ("In", "Out", "On"), link or not.
    wanted = set(said) - link_words() - set(figures) | (PLACES & set(said[:1]))
    for telling in tellings:
        if not wanted:
            break
        wanted -= set(tokens(telling)) - set(barred)
    return frozenset(wanted)


def one_sentence(text: str) -> str:
    """The text with semicolons for its full stops: a line is one statement, whatever it quotes."""
    return _STOP.sub("; ", text)


def quoted(text: str) -> str:
    """What stands between the outer quotation marks of a line; the line itself without them."""
    start, end = text.find("“"), text.rfind("”")
    return text[start + 1 : end] if 0 <= start < end else text


def without_findings(text: str) -> str:
    """The line without the phrases that tell what a search of the chart found."""
    return " ".join(_findings().sub(" ", text).split())


def tokens(text: str) -> list[str]:
    """Words in lower case (a compound is one), numbers without empty digits, days and times."""
    joined = _compounds().sub(lambda match: match.group().replace(" ", ""), text.lower())
    return [_plain(match.group()) for match in _TOKEN.finditer(joined)]


def _plain(token: str) -> str:
    if not token[0].isdigit() or "-" in token or ":" in token:
        return token
    number = token.replace(",", "")
    return number.rstrip("0").rstrip(".") if "." in number else number


@lru_cache(maxsize=1)
def _findings() -> re.Pattern[str]:
    phrases = sorted(_table()["findings"], key=len, reverse=True)
    return re.compile("|".join(re.escape(one) for one in phrases))


@lru_cache(maxsize=1)
def _compounds() -> re.Pattern[str]:
    phrases = sorted(_table()["compounds"], key=len, reverse=True)
    return re.compile("|".join(rf"\b{re.escape(one)}\b" for one in phrases))


@lru_cache(maxsize=1)
def link_words() -> frozenset[str]:
    """Words that say nothing of how a thing stands."""
    return frozenset(_table()["links"].split())


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
