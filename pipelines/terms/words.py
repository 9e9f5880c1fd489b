"""A name as its words alone: the one way in which names are compared, here and in questions.

Lower case, no punctuation, a decimal point and a sign behind a number kept ("0.9", "k+").
Possessives go with their apostrophe, so that "Parkinson's" and "parkinson" are one word. It
knows no meaning.
"""

from __future__ import annotations

import re

TOKEN = re.compile(r"[a-z0-9]+(?:[.][0-9]+)?[+%]?")
_POSSESSIVE = re.compile(r"['\u2019]s\b")


def as_words(name: str) -> str:
    """The words of a name with one space between them."""
    return " ".join(TOKEN.findall(_POSSESSIVE.sub("", name.lower())))
