"""A text as a reader sees it, with the way back to its code points.

Recognizers look at this reading: compatibility forms and accents folded (NFKD without marks),
zero-width and soft hyphens gone, quotes and dashes plain, Markdown escapes and HTML entities read,
emphasis and inline tags inside a word taken out. What was redacted before, and digests of the
ledger, each become one private character that no recognizer matches. Every character of the reading
knows which characters of the text it stands for; nothing here changes the text itself.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pipelines.privacy.replacements import placeholder

SEALED = "\ue000"
"""Stands for what may not be looked at again; the same character in a text is read as another."""

_DIGEST = r"\bsha256:[0-9a-f]{64}\b"
_INSIDE_WORD = r"(?<=[^\W\d_])[*`~]{1,3}(?=[^\W\d_])"
_INLINE_TAG = r"(?<=\S)</?(?:b|i|u|em|strong|span|a|mark|font|sup|sub|code)\b[^<>]{0,80}>(?=\S)"
_BREAK = r"<br\b[^<>]{0,20}>"
_ESCAPE = r"\\[!-/:-@\[-`{-~]"
_ENTITY = r"&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,8}\d?);"
_COMMENT = r"<!--.{0,400}?-->"
_PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`\uff07", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2028\u2029\x0b\x0c\x85", "\n"),
    **dict.fromkeys("\u2044\u2215", "/"),
    SEALED: "\ue001",
}
"""Quotes, dashes, line ends and slashes as a keyboard has them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The text that recognizers see, and for each of its characters where it starts and ends."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the text that a part of the reading stands for."""
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=1)
def _marks() -> re.Pattern[str]:
    parts = {
        "sealed": f"{placeholder().pattern}|{_DIGEST}",
        "gone": f"{_INSIDE_WORD}|{_INLINE_TAG}|{_COMMENT}",
        "break": _BREAK,
        "escape": _ESCAPE,
        "entity": _ENTITY,
        "strange": r"[^\x00-\x7f]|[\x0b\x0c`]",
    }
    joined = "|".join(f"(?P<{name}>{pattern})" for name, pattern in parts.items())
    return re.compile(joined, re.DOTALL)


def read(text: str) -> Reading:
    """The reading of a text; plain ASCII prose is its own reading."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(characters: str, start: int, end: int) -> None:
        out.append(characters)
        starts.extend([start] * len(characters))
        ends.extend([end] * len(characters))

    def put_plain(start: int, end: int) -> None:
        out.append(text[start:end])
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))

    position = 0
    for mark in _marks().finditer(text):
        put_plain(position, mark.start())
        position = mark.end()
        seen = _seen(mark)
        if seen:
            put(seen, mark.start(), mark.end())
        elif ends and unicodedata.combining(mark[0][0]):
            ends[-1] = mark.end()
    put_plain(position, len(text))
    return Reading("".join(out), tuple(starts), tuple(ends))


def _seen(mark: re.Match[str]) -> str:
    kind = mark.lastgroup
    if kind == "sealed":
        return SEALED
    if kind == "gone":
        return ""
    if kind == "break":
        return "\n"
    if kind == "escape":
        return mark[0][1]
    if kind == "entity":
        return "".join(map(_folded, html.unescape(mark[0])))
    return _folded(mark[0])


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    if unicodedata.category(character) in ("Cf", "Mn", "Me", "Cs"):
        return ""
    if character.isspace():
        return "\n" if character == "\n" else " "
    parts = unicodedata.normalize("NFKD", character)
    kept = "".join(_PLAIN.get(c, c) for c in parts if not unicodedata.combining(c))
    return kept or character


def folded(value: str) -> str:
    """A value as it would be read in a text: for comparing with a reading."""
    return read(value).text
