"""Which of two versions of a resource is the newer one, by what each says of itself.

`meta.lastUpdated` decides (as instants, whatever their zones), then a numeric
`meta.versionId`. Where neither can be compared nothing is decided: the later load wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.charts.instants import stamp
from pipelines.charts.refusals import EntryRefused


def is_newer(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool | None:
    """Whether `new` was written after `old`; None where their `meta` do not tell."""
    before, after = _instant(old), _instant(new)
    if before is not None and after is not None and before != after:
        return after > before
    one, other = _number(old), _number(new)
    if one is not None and other is not None and one != other:
        return other > one
    return None


def _instant(meta: Mapping[str, Any]) -> int | None:
    try:
        return stamp(meta.get("lastUpdated"), "meta.lastUpdated")[0]
    except EntryRefused:
        return None


def _number(meta: Mapping[str, Any]) -> int | None:
    version = meta.get("versionId")
    if isinstance(version, str) and version.isascii() and version.isdecimal() and len(version) < 19:
        return int(version)
    return None
