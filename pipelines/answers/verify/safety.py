"""What a shown sentence may never hold, and what a note may not do to its writer.

Promises: control, zero-width and bidirectional characters are gone from every text that passes
`clean`; a sentence with a URL, link, image or HTML tag is never shown, whoever wrote it; a note
passage that talks to the writer of the answer ("ignore the above …") is recognised, so that it
can support nothing but its own words, flagged. Recognition is by patterns and can be evaded:
the check of numbers, words and dates is what stands behind it, not this file.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipelines.answers.verify.language import language

# `<0.5`, `K < 3` and `Glucose [Mass/volume] (fasting)` are chart text; a letter, `/` or `!` after
# `<` up to `>` is markup, and so is a bracket that touches the next one.
_MARKUP = re.compile(
    r"<[a-z/!?][^<>]*>"
    r"|</?(?:img|script|iframe|svg|style|link|object|embed|form|input|video|audio|base|meta)\b"
    r"|<a\s|<!--|!\[|\]\(|\]\[|^\s*\[[^\]]+\]:"
    r"|&(?:lt|#0*60|#x0*3c);",
    re.IGNORECASE | re.MULTILINE,
)
_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]*://|\b(?:mailto|javascript|vbscript):\S|\bdata:[a-z]+/|\bwww\."
    r"|\b[a-z0-9-]{2,}\.(?:com|org|net|gov|edu|io|ai|ly|info|biz|app|dev|xyz|ru|cn|uk|eu|test|"
    r"example|invalid|site|online)\b(?!\.\w)"
    # without a scheme, and short endings that are also words only where a path follows
    r"|(?<![\w/])//[a-z0-9-]+\.[a-z]{2,}|\b[a-z0-9-]{2,}\.(?:me|co|us|de|fr|in|tv|cc|to)/\w"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?/\w",
    re.IGNORECASE,
)
# Stands on the line of an item in place of a sentence that talks to software, not about a patient.
LEFT_OUT = "(a sentence addressed to the software that reads the note; left out)"
_SPACE = re.compile(r"\s+")
# The model takes `[E7]` at a line's beginning for an item; no chart text may say so.
_ITEM_MARK = re.compile(
    r"[\[\uff3b\u3010\u27e6]\s*([E\uff25])\s*(\d+)\s*[\]\uff3d\u3011\u27e7]?", re.IGNORECASE
)
_CITE_MARK = re.compile(r"\s*\[\s*E?\d+(?:\s*[,;]\s*E?\d+)*\s*\]", re.IGNORECASE)


@lru_cache(maxsize=4096)  # the same lines are looked at for every sentence
def clean(text: str) -> str:
    """`text` on one line, without control, format (zero-width, bidi) and private characters."""
    kept = "".join(c if unicodedata.category(c) not in _DROPPED else _gap(c) for c in text)
    return _SPACE.sub(" ", kept).strip()


@lru_cache(maxsize=4096)
def neutral(text: str) -> str:
    """`clean` text in which nothing reads like the mark of an evidence item."""
    return _ITEM_MARK.sub(r"(\1\2)", clean(text))


def without_marks(text: str) -> str:
    """A drafted sentence without citation marks of its own (`[E1]`, `[2, 3]`): code sets those."""
    return _CITE_MARK.sub("", clean(text)).strip()


def holds_markup(text: str) -> bool:
    """Whether `text` holds a URL, link, image or HTML tag, also when dressed in wide letters."""
    plain = unicodedata.normalize("NFKC", clean(text))
    return bool(_MARKUP.search(plain) or _LINK.search(plain))


def reads_like_instruction(text: str) -> bool:
    """Whether a passage addresses the writer of an answer instead of describing a patient."""
    plain = unicodedata.normalize("NFKC", clean(text)).casefold()
    return any(pattern.search(plain) for pattern in language().instructions)


# Cc, Cf, Co, Cs, Cn: control, format, private use, surrogates, unassigned; Zl and Zp end lines.
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


def _gap(character: str) -> str:
    """A line end becomes a space; what has no width leaves nothing behind."""
    return " " if character.isspace() else ""
