"""What would leave, before it leaves: each identifier found, why, and what stands in its place.

Left the text with every hit marked by its kind, right the text that leaves, letter for letter.
The layers that looked are named; one that did not run is named as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from components.safe_text import escape, markup, shortened
from pipelines.records.exports import ExportPreview, Redaction, Span

LAYER_WORDS = {
    "patterns": "patterns",
    "rules": "Safe Harbor rules",
    "names": "names list",
    "ner": "trained names",
    "chart": "this chart's identifiers",
}
HEIGHT = 460


def draw_review(preview: ExportPreview) -> None:
    """Layers, counts, both texts side by side, and the list of hits with their reasons."""
    redaction = preview.redaction
    st.html(layers_line(redaction))
    left, right = st.columns(2, gap="small")
    with left:
        st.html('<div class="cr-section">As kept here, hits marked</div>')
        with st.container(border=True, height=HEIGHT, key="export-original"):
            st.html(marked_original(preview.original, redaction.spans))
    with right:
        st.html('<div class="cr-section">What leaves</div>')
        with st.container(border=True, height=HEIGHT, key="export-redacted"):
            st.html(marked_redacted(preview.original, redaction.spans))
    with st.expander(f"Every hit and its reason ({len(redaction.spans)})"):
        st.dataframe(
            [
                {
                    "Kind": span.type,
                    "Found": shortened(preview.original[span.start : span.end], 60),
                    "Replaced by": span.replacement,
                    "Reason": span.reason,
                    "Score": round(span.score, 2),
                }
                for span in redaction.spans
            ],
            hide_index=True,
        )


def layers_line(redaction: Redaction) -> str:
    """Which layers looked, and how many of each kind were found."""
    live = [f"✓ {LAYER_WORDS.get(name, name)}" for name, on in redaction.layers.items() if on]
    off = [f"○ {LAYER_WORDS.get(name, name)}: not running"
           for name, on in redaction.layers.items() if not on]  # fmt: skip
    counted = Counter(span.type for span in redaction.spans)
    found = ", ".join(f"{number} {kind}" for kind, number in counted.most_common()) or "nothing"
    return markup(
        '<div class="cr-verdict"><span class="ok">{live}</span><span class="bad">{off}</span>'
        "<span>removed: {found}</span></div>",
        live=" · ".join(live),
        off=" · ".join(off),
        found=found,
    )


def marked_original(text: str, spans: Sequence[Span]) -> str:
    """The original with each hit marked and lettered by its kind."""
    parts, at = [], 0
    for span in sorted(spans, key=lambda item: item.start):
        parts.append(escape(text[at : span.start]))
        parts.append(
            markup(
                '<mark title="{why}">{found}<small>{kind}</small></mark>',
                why=span.reason,
                found=text[span.start : span.end],
                kind=span.type,
            )
        )
        at = span.end
    return f'<div class="cr-plainfile">{"".join(parts)}{escape(text[at:])}</div>'


def marked_redacted(text: str, spans: Sequence[Span]) -> str:
    """The text that leaves, with what was put in marked."""
    parts, at = [], 0
    for span in sorted(spans, key=lambda item: item.start):
        parts.append(escape(text[at : span.start]))
        parts.append(markup('<mark class="out">{put}</mark>', put=span.replacement))
        at = span.end
    return f'<div class="cr-plainfile">{"".join(parts)}{escape(text[at:])}</div>'
