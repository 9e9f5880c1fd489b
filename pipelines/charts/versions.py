"""Which of two versions of one resource is the newer, by what their `meta` says.

`lastUpdated` decides where both state an instant with its zone and the instants differ; else a
whole-number `versionId`, unless the two name different sources, whose counts say nothing of one
another. None means that it cannot be told: then the version that is loaded later wins. Nothing
is guessed from the content, and a `meta` that is malformed says nothing.
"""

from __future__ import annotations

import re

from pipelines.charts.instants import stamp
from pipelines.charts.references import Element
from pipelines.charts.refusals import EntryRefused

WITH_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:\d\d)", re.ASCII)
COUNT = re.compile(r"[0-9]{1,18}", re.ASCII)
"""As servers count; longer ones are no counts, and slow to read."""


def is_newer(old_meta: Element, new_meta: Element) -> bool | None:
    """Whether the new one is the later version; None where it cannot be told."""
    if not isinstance(old_meta, dict) or not isinstance(new_meta, dict):
        return None
    old, new = _instant(old_meta), _instant(new_meta)
    if old is not None and new is not None and old != new:
        return new > old
    if old_meta.get("source") != new_meta.get("source"):
        return None
    old, new = _count(old_meta), _count(new_meta)
    if old is None or new is None or old == new:
        return None
    return new > old


def _instant(meta: Element) -> int | None:
    written = meta.get("lastUpdated")
    if not isinstance(written, str) or not WITH_ZONE.fullmatch(written):
        return None
    try:
        return stamp(written, "meta.lastUpdated")[0]
    except EntryRefused:
        return None


def _count(meta: Element) -> int | None:
    written = meta.get("versionId")
    return int(written) if isinstance(written, str) and COUNT.fullmatch(written) else None
