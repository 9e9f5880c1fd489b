"""Sentences with their citations as chips that can be pressed, and the plain buttons beside them.

The chips are a small component without a frame; every word reaches the browser as data and is
put on the page by `textContent`, so markup in chart or model text stays letters. `source_buttons`
is the twin of each chip for keyboards, narrow screens and tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import lru_cache
from typing import Any, Literal

import streamlit as st

from components import flags, times
from components.opened import Opened, citations_of, open_source
from components.safe_text import label, shortened, visible
from pipelines.records.answers import Citation, Statement

Shape = Literal["list", "list folds", "list line", "list two", "run"]

CHIPS_SHOWN = 6
FLAG_ROOM, DOT_ROOM = "3.1rem", "0.9rem"
FLAG_WORDS = re.compile(r"\((critical )?(high|low)\b")
BUTTONS_SHOWN = 24
BUTTONS_BESIDE = 6  # more than these stand folded: each has its chip above
LINE_REM = 1.6  # the least height of a line
LETTERS_OF_HALF, LETTERS_OF_COLUMN = 100, 125  # of a line at 1440 px
FOLDED_FROM, FOLDED_TO = 16, 12  # lines of an answer

CSS = """
.lines { font-size: 1rem; line-height: 1.5; color: var(--st-text-color); margin: 0; padding: 0; }
.lines p { margin: 0 0 0.1rem 0; overflow-wrap: anywhere; }
.lines.list p { padding: 0.08rem 0 0.08rem var(--room); text-indent: calc(-1 * var(--room)); }
.lines.list .mark { display: inline-block; width: var(--room); text-indent: 0;
  color: var(--cr-quiet); }
.lines .date { white-space: nowrap; }
.lines.two { columns: 2 420px; column-gap: 1.6rem; }
.lines.two p { break-inside: avoid; }
.lines.run p { display: inline; }
button { font: inherit; font-size: 0.8rem; font-weight: 600; line-height: 1.2; cursor: pointer;
  color: var(--cr-blue); background: var(--cr-blue-fill); border: 1px solid var(--cr-blue-line);
  border-radius: 9px; padding: 0 0.4rem; margin: 0 0.12rem; text-indent: 0; }
button:hover { background: var(--cr-grey-fill); }
button:focus-visible { outline: 3px solid var(--cr-edge); outline-offset: 1px; }
button.more { margin: 0.2rem 0 0.1rem var(--room); padding: 0.15rem 0.7rem; }
button.open { background: var(--cr-amber-fill); border-color: var(--cr-edge);
  color: var(--cr-amber-ink); box-shadow: 0 0 0 2px var(--cr-edge); }
.lines .mark.high, .lines .mark.critical-high { color: var(--cr-high); font-weight: 700; }
.lines .mark.low, .lines .mark.critical-low { color: var(--cr-low); font-weight: 700; }
"""

JS = """
const DATE = /(\\b\\d{4}-\\d{2}-\\d{2}(?: \\d{2}:\\d{2})?)/;
export default function (component) {
  const box = component.parentElement.querySelector('.lines');
  const had = [...box.querySelectorAll('button')].indexOf(box.getRootNode().activeElement);
  box.textContent = '';
  box.className = 'lines ' + component.data.shape;
  box.style.setProperty('--room', component.data.room);
  const all = component.data.lines;
  const shown = component.data.shown;
  for (const line of all.slice(0, shown)) {
    const p = document.createElement('p');
    if (component.data.shape !== 'run') {
      const mark = document.createElement('span');
      mark.className = 'mark ' + line.tone;
      mark.textContent = line.mark;
      p.append(mark);
    }
    line.text.split(DATE).forEach((part, n) => {
      const words = document.createElement('span');
      words.className = n % 2 ? 'date' : '';
      words.textContent = part;
      p.append(words);
    });
    p.append(document.createTextNode(' '));
    for (const chip of line.chips) {
      const b = document.createElement('button');
      b.type = 'button';
      b.textContent = chip.label;
      b.title = chip.title;
      b.setAttribute('aria-label', 'Open source: ' + chip.label + ' ' + chip.title);
      if (chip.open) { b.className = 'open'; b.setAttribute('aria-pressed', 'true'); }
      b.onclick = () => component.setTriggerValue('cite', chip.index);
      p.append(b);
    }
    p.append(document.createTextNode(' '));
    box.append(p);
  }
  if (shown < all.length) {
    const more = document.createElement('button');
    more.type = 'button';
    more.className = 'more';
    more.textContent = 'Show ' + (all.length - shown) + ' more';
    more.onclick = () => component.setStateValue('whole', true);
    box.append(more);
  }
  // What was pressed by keyboard keeps the focus: the next Tab goes on from there.
  const again = had < 0 ? null : box.querySelectorAll('button')[had];
  if (again) again.focus({ preventScroll: true });
}
"""


@lru_cache(maxsize=1)
def _chips() -> Callable[..., Any]:
    return st.components.v2.component(
        "chartroom_prose", html='<div class="lines"></div>\n', css=CSS, js=JS
    )


def statements(
    page: str,
    scope: str,
    told: Sequence[Statement],
    current: Opened | None,
    shape: Shape = "list",
) -> None:
    """Draw these statements with their chips; a pressed chip opens its source on `page`.

    With `list folds` a long list shows its beginning and a button that says how many more are left;
    a `list line` keeps room for a flag, so that lines drawn one by one stand below each other.
    """
    cited = citations_of(told)
    key = f"prose:{page}:{scope}"

    def pressed() -> None:
        index = getattr(st.session_state.get(key), "cite", None)
        if isinstance(index, int):
            open_source(page, scope, cited, index)

    is_open = current.index if current is not None and current.scope == scope else None
    drawn = lines(told, is_open)
    has_flag = shape == "list line" or any(line["tone"] for line in drawn)
    room = FLAG_ROOM if has_flag else DOT_ROOM
    whole = shape != "list folds" or bool(getattr(st.session_state.get(key), "whole", False))
    shown = len(drawn) if whole else lines_shown(drawn)
    data = {"shape": shape, "room": room, "lines": drawn, "shown": shown}
    _keep_room(key, 1 if shape == "run" else room_lines(drawn[:shown], shape))
    _chips()(data=data, key=key, on_cite_change=pressed, on_whole_change=_redrawn)


def room_lines(drawn: Sequence[dict[str, Any]], shape: Shape) -> int:
    """The least number of screen lines that these statements take, with those that wrap.

    Lines of two columns stand half of them in each. It is rather too small than too large: what
    it is short of jumps, what it has too much of stays empty.
    """
    wide = LETTERS_OF_HALF if shape == "list two" else LETTERS_OF_COLUMN
    taken = sum(
        1 + (len(line["text"]) + sum(len(c["label"]) + 2 for c in line["chips"])) // wide
        for line in drawn
    )
    return -(-taken // 2) if shape == "list two" else taken


def _keep_room(key: str, shown: int) -> None:
    """Room for the lines before the browser has fetched what draws them: nothing below jumps."""
    name = re.sub(r"[^a-zA-Z0-9_-]", "-", key)
    st.html(f"<style>.st-key-{name} {{ min-height: {shown * LINE_REM:.1f}rem; }}</style>")


def _redrawn() -> None:
    """A press that unfolds a list needs nothing but the run that follows it."""


def lines_shown(drawn: Sequence[dict[str, Any]]) -> int:
    """How many lines stand before the fold: all of a middling list, or where a source is open.

    A fold that would hide a line or two saves nothing.
    """
    hidden = drawn[FOLDED_TO:]
    opened_below = any(chip["open"] for line in hidden for chip in line["chips"])
    return len(drawn) if len(drawn) <= FOLDED_FROM or opened_below else FOLDED_TO


def lines(told: Sequence[Statement], is_open: int | None) -> list[dict[str, Any]]:
    """What the component draws: the sign of a flag, the words, then chips; a line a statement."""
    drawn, first = [], 0
    for item in told:
        flag = flag_in(item.text)
        drawn.append(
            {
                "mark": flags.sign(flag) or "·",
                "tone": flags.tone(flag),
                "text": visible(item.text),
                "chips": chips(item, first, is_open),
            }
        )
        first += len(item.citations)
    return drawn


def flag_in(text: str) -> str | None:
    """The flag that a sentence states in words, as in `5.9 mmol/L (high)`."""
    found = FLAG_WORDS.search(text)
    if found is None:
        return None
    letter = "H" if found[2] == "high" else "L"
    return letter * 2 if found[1] else letter


def chips(item: Statement, first: int, is_open: int | None) -> list[dict[str, Any]]:
    """One chip a citation; arithmetic shows the deciding record and `+17 more`."""
    shown = 1 if item.support == "computed" else CHIPS_SHOWN
    made = [
        {
            "label": f"[{citation.n}]",
            "title": described(citation),
            "index": first + position,
            "open": is_open == first + position,
        }
        for position, citation in enumerate(item.citations[:shown])
    ]
    more = len(item.citations) - len(made)
    if more > 0:
        inside = is_open is not None and first + shown <= is_open < first + len(item.citations)
        made.append(
            {
                "label": f"+{more} more",
                "title": "of this line",
                "index": first + shown,
                "open": inside,
            }
        )
    return made


def source_buttons(page: str, scope: str, told: Sequence[Statement]) -> None:
    """A plain button for each chip; past those the source panel walks on."""
    cited = citations_of(told)
    offered: dict[str, tuple[int, str]] = {}
    for line in lines(told, None):
        for chip in line["chips"]:
            offered.setdefault(chip["label"], (chip["index"], chip["title"]))
    around = st.expander(f"Sources ({len(offered)})") if len(offered) > BUTTONS_BESIDE else None
    with (
        around or nullcontext(),
        st.container(horizontal=True, gap="small", key=f"sources:{page}:{scope}"),
    ):
        for name, (index, title) in list(offered.items())[:BUTTONS_SHOWN]:
            st.button(
                label(f"{name} {shortened(title, 60)}"),
                key=f"twin:{page}:{scope}:{index}",
                type="tertiary",
                on_click=open_source,
                args=(page, scope, cited, index),
            )


def described(citation: Citation) -> str:
    """Title and date of a citation in words."""
    return f"{citation.title}, {times.written_clock(citation.date)}"
