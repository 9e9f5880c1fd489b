"""The grid of the cumulative table: HTML in a component, every result a button.

Roving focus after the ARIA Authoring Practices' grid pattern: Tab enters at one result, the arrow
keys, Home and End go on from there. What comes in is set as text content, never as markup; what
goes out is the number of the result that was pressed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import streamlit as st

CSS = """
.scroll { overflow: auto; max-height: 68vh; border: 1px solid var(--cr-line); }
table { border-collapse: separate; border-spacing: 0; font-size: 0.86rem; color: var(--cr-ink);
  font-family: var(--st-font, sans-serif); width: max-content; min-width: 100%; }
th, td { border-bottom: 1px solid var(--cr-grid); padding: 2px 7px; text-align: left;
  white-space: nowrap; vertical-align: top; font-weight: 400; }
thead th { position: sticky; top: 0; background: var(--cr-surface); z-index: 2;
  border-bottom: 1px solid var(--cr-line); font-weight: 600; }
thead th small { display: block; font-weight: 400; color: var(--cr-quiet); }
tbody th { position: sticky; left: 0; background: var(--cr-paper); z-index: 1;
  max-width: 15rem; overflow: hidden; text-overflow: ellipsis; }
thead th:first-child { left: 0; z-index: 3; }
tr.group th { color: var(--cr-quiet); font-weight: 600; background: var(--cr-surface); }
td.q { color: var(--cr-quiet); }
button { max-width: 11rem; min-height: 24px; min-width: 24px; overflow: hidden;
  text-overflow: ellipsis; font: inherit;
  color: inherit; background: none; border: 1px solid transparent;
  border-radius: 3px; padding: 0 3px; cursor: pointer; text-align: left; }
button:hover { border-color: var(--cr-blue-line); background: var(--cr-blue-fill); }
button:focus-visible { outline: 3px solid var(--cr-ring); }
button.open { border-color: var(--cr-ring); background: var(--cr-quote-fill);
  color: var(--cr-quote-ink); }
.high { color: var(--cr-high); font-weight: 600; } .low { color: var(--cr-low); font-weight: 600; }
.odd { color: var(--cr-odd); font-weight: 600; }
.critical-high { color: var(--cr-high); font-weight: 700; border-color: currentColor; }
.critical-low { color: var(--cr-low); font-weight: 700; border-color: currentColor; }
.critical-odd { color: var(--cr-odd); font-weight: 700; border-color: currentColor; }
caption { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
svg { display: block; } polyline { fill: none; stroke: var(--cr-blue); stroke-width: 1.4; }
circle { fill: var(--cr-blue); }
@media print { .scroll { max-height: none; overflow: visible; border: 0; } }
"""

JS = """
const make = (tag, text, name) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
};
const curve = (points) => {
  const space = 'http://www.w3.org/2000/svg', svg = document.createElementNS(space, 'svg');
  svg.setAttribute('width', 84); svg.setAttribute('height', 20);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', points.said);
  const low = Math.min(...points.at), span = Math.max(...points.at) - low || 1;
  const places = points.at.map((v, i) => [2 + 80 * i / Math.max(points.at.length - 1, 1),
    17 - 14 * (v - low) / span]);
  const line = document.createElementNS(space, 'polyline');
  line.setAttribute('points', places.map((p) => p.join(',')).join(' '));
  const dot = document.createElementNS(space, 'circle');
  dot.setAttribute('cx', places[places.length - 1][0]);
  dot.setAttribute('cy', places[places.length - 1][1]);
  dot.setAttribute('r', 2);
  svg.append(line, dot);
  return svg;
};
export default function (component) {
  const box = component.parentElement.querySelector('.scroll');
  const data = component.data, table = make('table');
  table.append(make('caption', data.alt));
  const head = make('tr');
  for (const title of ['Test', 'Unit', 'Range', 'Course']) {
    const th = make('th', title); th.scope = 'col'; head.append(th);
  }
  for (const column of data.columns) {
    const th = make('th', column.day); th.scope = 'col';
    th.append(make('small', column.time)); head.append(th);
  }
  table.append(make('thead')); table.tHead.append(head);
  const body = make('tbody'); table.append(body);
  let before = null;
  for (const row of data.rows) {
    if (row.group !== before) {
      const line = make('tr', undefined, 'group'), th = make('th', row.group);
      th.scope = 'rowgroup'; th.colSpan = 4 + data.columns.length; line.append(th);
      body.append(line); before = row.group;
    }
    const line = make('tr'), name = make('th', row.name);
    name.scope = 'row'; name.title = row.name; line.append(name);
    line.append(make('td', row.unit, 'q'), make('td', row.range, 'q'));
    const drawn = make('td'); if (row.points) drawn.append(curve(row.points)); line.append(drawn);
    for (const cell of row.cells) {
      const td = make('td');
      for (const item of cell) {
        const button = make('button', item.text, item.tone + (item.open ? ' open' : ''));
        button.setAttribute('aria-label', item.said);
        button.title = item.text;
        button.tabIndex = -1;
        button.onclick = () => component.setTriggerValue('cell', item.number);
        td.append(button);
      }
      line.append(td);
    }
    body.append(line);
  }
  const had = box.querySelector('button:focus'), top = box.scrollTop, left = box.scrollLeft;
  box.replaceChildren(table);
  box.scrollTop = top; box.scrollLeft = left;
  const buttons = [...box.querySelectorAll('button')];
  const ring = box.querySelector('button.open') || buttons[0];
  if (ring) { ring.tabIndex = 0; if (had) ring.focus({preventScroll: true}); }
  if (ring && ring.classList.contains('open')) {
    const at = ring.getBoundingClientRect(), room = box.getBoundingClientRect();
    const name = table.tBodies[0].querySelector('th[scope=row]').offsetWidth;
    if (at.right > room.right) box.scrollLeft += at.right - room.right + 24;
    if (at.left < room.left + name) box.scrollLeft -= room.left + name - at.left + 24;
  }
  const go = (from, to) => { if (to) { from.tabIndex = -1; to.tabIndex = 0; to.focus(); } };
  box.onkeydown = (event) => {
    const at = event.target.closest('button');
    if (!at) return;
    const td = at.closest('td'), line = td.parentElement;
    const across = [...line.querySelectorAll('button')], here = across.indexOf(at);
    const seek = (next) => {
      for (let tr = next(line); tr; tr = next(tr)) {
        const cell = tr.cells[td.cellIndex];
        if (cell && cell.querySelector('button')) return cell.querySelector('button');
      }
    };
    const moves = {ArrowRight: () => across[here + 1], ArrowLeft: () => across[here - 1],
      ArrowDown: () => seek((tr) => tr.nextElementSibling),
      ArrowUp: () => seek((tr) => tr.previousElementSibling),
      Home: () => across[0], End: () => across[across.length - 1]};
    if (moves[event.key]) { event.preventDefault(); go(at, moves[event.key]()); }
  };
}
"""


@lru_cache(maxsize=1)
def grid() -> Callable[..., Any]:
    """The component; its `data` is what `cumulative_view.as_data` makes."""
    return st.components.v2.component(
        "chartroom_cumulative",
        html='<div class="scroll" role="region" aria-label="Cumulative results"></div>\n',
        css=CSS,
        js=JS,
    )
