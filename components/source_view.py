"""One opened source: what it is, whether the quote was found again, the cited words marked.

A note is shown whole with the cited slice marked and scrolled to, and with a sign at each sentence
that talks to software; any other record as the cited words, what versions before it said, and all
its fields. The raw JSON comes on request.
Nothing here is rendered as markup of the record's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

import streamlit as st

from components import times
from components.opened import Opened, close, step
from components.safe_text import markup, visible
from pipelines.records.results import EarlierResult
from pipelines.records.views import SourceView

PANEL_HEIGHT = 380
FIELDS_SHOWN = 200
TO_SOFTWARE = "This sentence talks to software, not about the patient."

CSS = """
.note { white-space: pre-wrap; overflow-wrap: anywhere;
  font-family: var(--st-code-font, monospace); font-size: 0.86rem; line-height: 1.5;
  background: var(--cr-surface); border: 1px solid var(--cr-line); padding: 0.5rem 0.7rem;
  max-height: 48vh; overflow-y: auto; color: var(--cr-ink); }
mark { background: var(--cr-quote); color: var(--cr-quote-ink);
  border: 1px solid var(--cr-edge); border-radius: 2px; padding: 0 1px; }
.warned { text-decoration: underline wavy var(--cr-allergy); text-underline-offset: 3px; }
.sign { color: var(--cr-allergy); font-weight: 700; }
"""

JS = """
export default function (component) {
  const box = component.parentElement.querySelector('.note');
  box.textContent = '';
  for (const part of component.data.parts) {
    if (part.begins) {
      const sign = document.createElement('span');
      sign.className = 'sign';
      sign.textContent = '⚠ ';
      box.append(sign);
    }
    const words = document.createElement(part.cited ? 'mark' : 'span');
    words.textContent = part.text;
    if (part.warned) {
      words.className = 'warned';
      words.title = component.data.warning;
    }
    box.append(words);
  }
  const mark = box.querySelector('mark');
  if (mark) box.scrollTop = Math.max(0, mark.offsetTop - box.offsetTop - 120);
}
"""


@lru_cache(maxsize=1)
def _note() -> Callable[..., Any]:
    return st.components.v2.component(
        "chartroom_note", html='<div class="note" tabindex="0"></div>\n', css=CSS, js=JS
    )


def draw_source(page: str, view: SourceView, current: Opened) -> None:
    """The panel: heading, proof, and the record as words or, on request, as raw JSON."""
    with st.container(border=True, key=f"source:{page}"):
        raw = _heading(page, view, current)
        st.html(proof(view, current))
        if raw:
            st.code(view.raw_json, language="json", height=PANEL_HEIGHT, wrap_lines=True)
        elif view.text is not None:
            if view.warnings:
                st.html(warned(len(view.warnings)))
            _note()(data={"parts": parts(view), "warning": TO_SOFTWARE}, key=f"note:{page}")
        else:
            st.html(fields(view, current))


def draw_over(page: str, view: SourceView, current: Opened) -> None:
    """The panel over a column that goes on below it: it stays in sight, and nothing moves."""
    with st.container(key="over"):
        draw_source(page, view, current)


def draw_no_source() -> None:
    """The panel before anything was opened."""
    with st.container(border=True):
        st.html('<div class="cr-empty">Press a number in brackets to see its source here.</div>')


def proof(view: SourceView, current: Opened) -> str:
    """Resource, version and digest, and whether the quote stands where the citation says."""
    found = (
        '<span class="cr-ok">✓ quote found word for word</span>'
        if view.verified
        else '<span class="cr-bad">✕ quote NOT found at this place</span>'
    )
    return (
        markup(
            '<div class="cr-quiet">{resource} · version {version} · sha256 {digest}… · ',
            resource=view.resource,
            version=view.version,
            digest=view.sha256.removeprefix("sha256:")[:12],
        )
        + found
        + markup(" · at {path}</div>", path=current.citation.path)
    )


def fields(view: SourceView, current: Opened) -> str:
    """The cited words, then every leaf of the record with the cited ones marked."""
    cited = markup(
        '<div class="cr-cited">Cited: <mark class="cr-mark">{quote}</mark></div>',
        quote=current.citation.quote,
    )
    rows = [
        markup(
            '<tr class="{style}"><td class="p">{path}</td><td>{value}</td></tr>',
            style="cr-marked" if item.marked else "",
            path=item.path,
            value=item.value,
        )
        for item in view.fields[:FIELDS_SHOWN]
    ]
    left = len(view.fields) - len(rows)
    more = f'<div class="cr-quiet">{left} more fields in the raw JSON.</div>' if left > 0 else ""
    head = "<tr><th>Field</th><th>As recorded</th></tr>"
    table = f'<table class="cr-table">{head}{"".join(rows)}</table>'
    return f'{cited}{earlier(view)}<div class="cr-fields" tabindex="0">{table}{more}</div>'


def earlier(view: SourceView) -> str:
    """A line for each value that a version before this one had, or nothing."""
    return "".join(
        markup(
            '<div class="cr-quiet">Version {number} said: <b>{said}</b>{state}{times}</div>',
            number=one.version,
            said=_said(one),
            state=f" ({one.status})" if one.status else "",
            times=_when_said(one),
        )
        for one in view.earlier
    )


def _said(one: EarlierResult) -> str:
    name = f"{one.display} " if one.part and one.display else ""
    value = one.value_text or one.quote or "no value"
    sign = one.comparator or ""
    sign = "" if value.startswith(sign) else sign
    return f"{name}{sign}{value} {one.unit or ''}".rstrip()


def _when_said(one: EarlierResult) -> str:
    taken = f", taken {one.when.clock}" if one.when else ""
    return f"{taken}, written {one.updated.clock}" if one.updated else taken


def parts(view: SourceView) -> list[dict[str, Any]]:
    """The whole note in stretches: cited or not, talking to software or not; none is lost."""
    text = view.text or ""
    start = view.mark_start or 0
    end = view.mark_end if view.mark_end is not None else start
    cuts = {0, start, end, len(text), *(edge for span in view.warnings for edge in span)}
    return [
        {
            "text": visible(text[a:b]),
            "cited": start <= a and b <= end,
            "warned": any(first <= a and b <= last for first, last in view.warnings),
            "begins": any(first == a for first, _ in view.warnings),
        }
        for a, b in pairwise(sorted(cuts))
    ]


def warned(count: int) -> str:
    """The line above a note with sentences that talk to software."""
    said = "1 sentence of this note talks" if count == 1 else f"{count} sentences of this note talk"
    return markup(
        '<div class="cr-warn">⚠ {said} to software, not about the patient; marked below.</div>',
        said=said,
    )


def _heading(page: str, view: SourceView, current: Opened) -> bool:
    number = f"[{current.citation.n}] " if current.citation.n else ""
    parts = [view.title, times.written_clock(view.date), view.author or ""]
    st.html(
        markup(
            '<div class="cr-head">{n}{what}</div>',
            n=number,
            what=" · ".join(part for part in parts if part),
        )
    )
    count = len(current.citations)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Previous", key=f"previous:{page}", on_click=step, args=(page, -1),
                  disabled=current.index == 0, shortcut="Alt+ArrowLeft")  # fmt: skip
        st.button("Next", key=f"next:{page}", on_click=step, args=(page, 1),
                  disabled=current.index + 1 >= count, shortcut="Alt+ArrowRight")  # fmt: skip
        st.html(f'<div class="cr-quiet">source {current.index + 1} of {count}</div>')
        raw = st.toggle("Raw JSON", key=f"raw:{page}")
        st.button("Close", key=f"close:{page}", on_click=close, args=(page,), type="tertiary")
    return raw
