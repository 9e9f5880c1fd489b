"""The only ways in which words of a chart, a reader or a model reach the screen.

`paragraph` and `markup` show text as text: every character is escaped, so HTML, links and images
in a note stay letters. `label` does the same where Streamlit would read Markdown (buttons,
captions, messages). Neither shortens a clinical value nor changes a word.
"""

from __future__ import annotations

import html
import re

import streamlit as st

MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+\-!|~$:.@^=])")
WORD_JOINER = "\u2060"  # invisible; keeps Markdown from making a link of a bare address
ADDRESS_START = re.compile(r"(?i)\b(htt|ww|mailt)(ps?|w|o)(?=[:.])")


def escape(text: object) -> str:
    """Text for use between fixed tags."""
    return html.escape(str(text), quote=True)


def label(text: str) -> str:
    """Text for a place that reads Markdown; it shows as written, on one line."""
    joined = ADDRESS_START.sub(rf"\1{WORD_JOINER}\2", " ".join(text.split()))
    return MARKDOWN_SIGNS.sub(r"\\\1", joined)


def paragraph(text: str, style: str = "cr-text") -> None:
    """One block of text, its line breaks kept. `style` is a class name of theme.css."""
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
