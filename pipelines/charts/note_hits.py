"""Where the words of a search stand in a note: exactly those words, in this order.

Capitals and the blanks between words do not matter, word limits do: `pain` is not in `painless`,
and `5` is no hit in `5.9`. Nothing is stemmed and no synonym is added, so that what is marked is
what was typed.
"""

from __future__ import annotations

import re

MOST_LETTERS = 200
MOST_HITS = 2_000  # of one note; more are not marked


def pattern(words: str) -> re.Pattern[str] | None:
    """What to look for; None where no words were given."""
    given = words[:MOST_LETTERS].split()
    if not given:
        return None
    joined = r"\s+".join(re.escape(word) for word in given)
    before = r"(?<!\w)(?<!\d[.,])" if re.match(r"\w", given[0]) else ""
    after = r"(?!\w)(?![.,]\d)" if re.search(r"\w\Z", given[-1]) else ""
    return re.compile(before + joined + after, re.IGNORECASE)


def hits(text: str, sought: re.Pattern[str] | None) -> tuple[tuple[int, int], ...]:
    """The offsets of every hit, in order; none without a search."""
    if sought is None:
        return ()
    found = []
    for match in sought.finditer(text):
        found.append(match.span())
        if len(found) == MOST_HITS:
            break
    return tuple(found)
