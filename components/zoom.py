"""What a reader zoomed to stays: over a new lab, a pressed point, any choice but another range.

Streamlit makes a new picture whenever anything on it changes, and a new picture has forgotten
where the old one was zoomed. A small component without any picture of its own listens to the
chart and tells the app both ends of the time that is looked at; the next picture that is made
begins there. A zoom alone makes no new picture. It holds for one `revision` (a visit and a
range) in this tab's memory, and is never sent elsewhere; what is no pair of times is ignored.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import streamlit as st

CHART_BOX = "trend-chart"
STATE = "trend-zoom"

SCRIPT = """
export default function (c) {
  const find = () => document.querySelector('.st-key-trend-chart .js-plotly-plot');
  const send = range => c.setStateValue('zoom', {revision: c.data.revision, range});
  const hook = () => {
    const chart = find();
    if (!chart || !chart.on || chart.dataset.zoomOf === c.data.revision) return;
    chart.dataset.zoomOf = c.data.revision;
    chart.on('plotly_relayout', change => {
      const from = change['xaxis.range[0]'], to = change['xaxis.range[1]'];
      if (from !== undefined && to !== undefined) send([String(from), String(to)]);
    });
    chart.on('plotly_doubleclick', () => send(null));
  };
  hook();
  const timer = setInterval(hook, 300);
  return () => clearInterval(timer);
}
"""

Range = tuple[str, str]


def zoomed(revision: str) -> Range | None:
    """The time that is looked at in this revision, or None: the whole range."""
    keeper = st.components.v2.component("trend_zoom", html="<span></span>", js=SCRIPT)
    told = keeper(
        data={"revision": revision}, default={"zoom": None}, key=STATE, on_zoom_change=_nothing
    ).zoom
    return range_of(told, revision)


def range_of(told: object, revision: str) -> Range | None:
    """What a browser told, as two times in order; None for anything else."""
    if not isinstance(told, dict) or told.get("revision") != revision:
        return None
    ends = told.get("range")
    if not isinstance(ends, list) or len(ends) != 2:
        return None
    try:
        start, end = (datetime.fromisoformat(str(at)[:19]).isoformat() for at in ends)
    except ValueError:
        return None
    return (start, end) if start < end else None


def at_zoom(figure: dict[str, Any], zoom: Range | None) -> dict[str, Any]:
    """The picture beginning at the zoom; one that only the zoom would change stays as it is."""
    plain = hash(json.dumps(figure, sort_keys=True, default=str))
    last = st.session_state.get(f"{STATE}:drawn")
    is_same = last is not None and last[0] == plain
    # Double-click means the whole range, also in a picture that was made for a part of it.
    shown = last[1] if is_same and zoom is not None else zoom
    st.session_state[f"{STATE}:drawn"] = (plain, shown)
    if shown is not None:
        figure["layout"]["xaxis"]["range"] = list(shown)
    return figure


def _nothing() -> None:
    """Only the run that follows is wanted."""
