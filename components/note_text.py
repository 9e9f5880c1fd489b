"""The text of one note: its sections to jump to, hits marked, what is copied dimmed.

Every word reaches the browser as data and is put on the page by `textContent`, so that markup in
a note stays letters. Dimmed is never the only sign: the first copied sentence of a stretch says
from which day it is, a changed number says what it was, a moved sentence where it stood.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import streamlit as st

from components.safe_text import shortened, visible
from components.source_view import TO_SOFTWARE
from pipelines.records.moments import DAY_LENGTH
from pipelines.records.note_reader import ComparedSentence, OpenNote, Span

NAME_LETTERS = 44

CSS = """
.bar, .names { display: flex; flex-wrap: wrap; gap: 0.25rem; align-items: center;
  margin-bottom: 0.3rem; font-size: 0.88rem; color: var(--cr-quiet); }
.names { max-height: 5.4rem; overflow-y: auto; }
button { font: inherit; font-size: 0.8rem; cursor: pointer; color: var(--cr-blue);
  background: var(--cr-blue-fill); border: 1px solid var(--cr-blue-line); border-radius: 6px;
  padding: 0.1rem 0.45rem; }
button:focus-visible, .note:focus-visible { outline: 3px solid var(--cr-edge);
  outline-offset: 1px; }
.note { white-space: pre-wrap; overflow-wrap: anywhere;
  font-family: var(--st-code-font, monospace); font-size: 0.86rem; line-height: 1.5;
  background: var(--cr-surface); border: 1px solid var(--cr-line); padding: 0.5rem 0.7rem;
  max-height: 62vh; overflow-y: auto; color: var(--cr-ink); position: relative; }
mark { background: var(--cr-quote); color: var(--cr-quote-ink);
  border: 1px solid var(--cr-edge); border-radius: 2px; padding: 0 1px; }
mark.now { outline: 3px solid var(--cr-edge); }
.copied { color: var(--cr-quiet); font-style: italic; }
.changed { text-decoration: underline; text-decoration-color: var(--cr-edge);
  text-decoration-thickness: 2px; text-underline-offset: 3px; }
.head { font-weight: 700; }
.tag { font-family: var(--st-font, sans-serif); font-size: 0.74rem; font-style: normal;
  border: 1px solid var(--cr-line); border-radius: 3px; padding: 0 0.25rem; margin: 0 0.2rem 0 0;
  color: var(--cr-quiet); background: var(--cr-paper); }
.tag.changed { color: var(--cr-amber-ink); background: var(--cr-amber-fill);
  border-color: var(--cr-edge); text-decoration: none; }
.warned { text-decoration: underline wavy var(--cr-allergy); text-underline-offset: 3px; }
.sign { color: var(--cr-allergy); font-weight: 700; }
@media print { .bar, .names { display: none; } .note { max-height: none; overflow: visible; } }
"""

JS = """
function tag(words, changed) {
  const t = document.createElement('span');
  t.className = changed ? 'tag changed' : 'tag';
  t.textContent = words;
  return t;
}
export default function (component) {
  const root = component.parentElement;
  const [bar, names, box] = ['.bar', '.names', '.note'].map((c) => root.querySelector(c));
  for (const part of [bar, names, box]) part.textContent = '';
  const data = component.data;
  const sections = [], marks = [];
  for (const part of data.parts) {
    if (part.warns) {
      const sign = document.createElement('span');
      sign.className = 'sign';
      sign.textContent = '⚠ ';
      box.append(sign);
    }
    if (part.tag) box.append(tag(part.tag, part.state === 'changed'));
    const words = document.createElement(part.hit ? 'mark' : 'span');
    words.textContent = part.text;
    const styles = [part.state, part.heading ? 'head' : '', part.warned ? 'warned' : ''];
    words.className = styles.filter(Boolean).join(' ');
    if (part.title) words.title = part.title;
    if (part.section !== null) sections[part.section] = words;
    if (part.hit && part.hit_begins) marks.push(words);
    box.append(words);
  }
  const show = (e) => { box.scrollTop = Math.max(0, e.offsetTop - 60); };
  data.sections.forEach((section, n) => {
    const b = document.createElement('button');
    b.type = 'button';
    b.textContent = section.name;
    b.title = 'Go to: ' + section.title;
    b.onclick = () => { if (sections[n]) { show(sections[n]); box.focus(); } };
    names.append(b);
  });
  if (!marks.length) { box.scrollTop = 0; return; }
  let at = 0;
  const told = document.createElement('span');
  told.setAttribute('role', 'status');
  const go = (by) => {
    marks[at].classList.remove('now');
    at = (at + by + marks.length) % marks.length;
    marks[at].classList.add('now');
    told.textContent = 'hit ' + (at + 1) + ' of ' + marks.length + ' in this note';
    show(marks[at]);
  };
  for (const [words, by] of [['◂ Previous hit', -1], ['Next hit ▸', 1]]) {
    const b = document.createElement('button');
    b.type = 'button';
    b.textContent = words;
    b.onclick = () => go(by);
    bar.append(b);
  }
  bar.append(told);
  go(0);
}
"""


@lru_cache(maxsize=1)
def _text() -> Callable[..., Any]:
    return st.components.v2.component(
        "chartroom_note_text",
        html='<div class="bar"></div><div class="names"></div>\n'
        '<div class="note" tabindex="0" role="document"></div>\n',
        css=CSS,
        js=JS,
    )


def draw_text(page: str, opened: OpenNote) -> None:
    """The whole note; nothing of it is left out or changed."""
    sections = [
        {"name": visible(shortened(item.title or "", NAME_LETTERS)), "title": item.title or ""}
        for item in opened.sections
    ]
    data = {"parts": parts(opened), "sections": sections}
    _text()(data=data, key=f"{page}:text:{opened.head.fact.resource}")


def parts(opened: OpenNote) -> list[dict[str, Any]]:
    """The note in stretches that differ in nothing; together they are its text."""
    text = opened.note.text
    compared = opened.changes.sentences if opened.changes else ()
    spans = [(item.sentence.start, item.sentence.end) for item in compared]
    heads = {item.start: (number, _line_end(text, item.start))
             for number, item in enumerate(opened.sections)}  # fmt: skip
    ends = [end for _, end in heads.values()]
    edges = {0, len(text), *heads, *ends}
    edges.update(edge for group in (spans, opened.hits, opened.warnings)
                 for span in group for edge in span)  # fmt: skip
    tags = _tags(opened)
    hits, warnings, told = _Finder(opened.hits), _Finder(opened.warnings), _Finder(spans)
    names = _Finder(sorted((start, end) for start, (_, end) in heads.items()))
    made = []
    for start, end in pairwise(sorted(edges)):
        hit, warned, place = hits.at(start), warnings.at(start), told.at(start)
        one = compared[place] if place is not None else None
        begins = one is not None and one.sentence.start == start
        made.append(
            {
                "text": visible(text[start:end]),
                "hit": hit is not None,
                "hit_begins": hit is not None and opened.hits[hit][0] == start,
                "warned": warned is not None,
                "warns": warned is not None and opened.warnings[warned][0] == start,
                "state": one.state if one else "",
                "tag": tags.get(start, "") if begins else "",
                "title": TO_SOFTWARE if warned is not None else _title(one),
                "heading": names.at(start) is not None,
                "section": heads[start][0] if start in heads else None,
            }
        )
    return made


class _Finder:
    """Which of some spans in order holds a place; the last that began before it decides."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = spans
        self.starts = [start for start, _ in spans]

    def at(self, place: int) -> int | None:
        """The number of the span that holds this place, or None."""
        number = bisect_right(self.starts, place) - 1
        return number if number >= 0 and place < self.spans[number][1] else None


def _tags(opened: OpenNote) -> dict[int, str]:
    """The words before a sentence: the first of a copied stretch, each changed or moved one."""
    other = opened.compared_with
    if opened.changes is None or other is None or other.when is None:
        return {}
    made: dict[int, str] = {}
    before: tuple[str, str | None] = ("", None)
    day = _day(opened)
    for item in opened.changes.sentences:
        start = item.sentence.start
        state, heading = item.state, item.sentence.heading
        if state == "copied" and before != (state, heading):
            made[start] = f"↺ copied from {day}"
        elif state == "changed":
            made[start] = f"≠ was {', '.join(item.numbers)}"
        elif state == "moved":
            made[start] = f"⇄ stood under {visible(item.before or '')}"
        elif state == "new" and before[0] == "copied":
            made[start] = "+ new"
        before = (state, heading)
    return made


def _day(opened: OpenNote) -> str:
    """Month and day of the older note; its whole date where the year is another one."""
    other = opened.compared_with
    written = other.when.day if other is not None and other.when is not None else ""
    year = opened.head.when.day[:4] if opened.head.when is not None else ""
    return written[5:] if written[:4] == year and len(written) == DAY_LENGTH else written


def _title(item: ComparedSentence | None) -> str:
    if item is None or item.state != "changed":
        return ""
    return f"Before: {visible(item.before or '')}"


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return end if end >= 0 else len(text)
