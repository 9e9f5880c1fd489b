"""The only ways in which words of a chart, a reader or a model reach the screen.

`paragraph` and `markup` show text as text: every character is escaped, so HTML, links and images
in a note stay letters. `label` does the same where Streamlit would read Markdown (buttons,
captions, messages). Neither shortens a clinical value nor changes a word. What cannot be seen and
turns or hides what can (controls, marks of direction, zero-width space) is dropped by `visible`.
"""

from __future__ import annotations

import html
import re

import streamlit as st

MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+\-!|~$:.@^=])")
WORD_JOINER = "\u2060"  # invisible; keeps Markdown from making a link of a bare address
ADDRESS_START = re.compile(r"(?i)\b(htt|ww|mailt)(ps?|w|o)(?=[:.])")


# Of the characters without width the joiners stay: some scripts are written with them.
_UNSEEN = dict.fromkeys(
    code
    for first, last in (
        (0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0x61C, 0x61C),
        (0x200B, 0x200B), (0x200E, 0x200F), (0x202A, 0x202E), (0x2060, 0x2069), (0xFEFF, 0xFEFF),
    )
    for code in range(first, last + 1)
)  # fmt: skip


def visible(text: str) -> str:
    """`text` without characters that nobody sees and that make others look otherwise."""
    return text.translate(_UNSEEN)


def escape(text: object) -> str:
    """Text for use between fixed tags."""
    return html.escape(visible(str(text)), quote=True)


def label(text: str) -> str:
    """Text for a place that reads Markdown; it shows as written, on one line."""
    joined = ADDRESS_START.sub(rf"\1{WORD_JOINER}\2", " ".join(visible(text).split()))
    return MARKDOWN_SIGNS.sub(r"\\\1", joined)


def paragraph(text: str, style: str = "cr-text") -> None:
    """One block of text, its line breaks kept. `style` is a class name of the style sheets."""
    st.html(f'<div class="{style}">{escape(text)}</div>')


def heading(text: str) -> None:
    """The title of a page or of a part of it."""
    st.html(f'<h2 class="cr-title">{escape(text)}</h2>')


def markup(fixed: str, **values: object) -> str:
    """Fixed markup with `{name}` places, each filled with escaped text."""
    return fixed.format(**{name: escape(value) for name, value in values.items()})


def shortened(text: str, length: int) -> str:
    """Text for a narrow label, cut at a word, with an ellipsis that says so."""
    flat = " ".join(text.split())
    if len(flat) <= length:
        return flat
    return flat[:length].rsplit(" ", 1)[0] + " …"
