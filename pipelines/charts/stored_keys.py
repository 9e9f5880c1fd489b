"""Which resources the store may hold already, asked a batch at a time and answered from memory.

To look every new resource up in a growing table would make each one dearer than the one before.
Of every stored `Type/id` a 64-bit hash is kept here (8 bytes each), so that only what comes
again, or collides, is looked up; what came again is remembered, because it comes often
(practitioners, organizations).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from pipelines.charts.columns import registered, strings

if TYPE_CHECKING:
    import duckdb
    import numpy as np

ALL_HASHES = """
select hash(resource) as h from resource where current
"""
HASHES = """
select hash(resource) as h from batch
"""
THERE = """
select r.resource, r.digest, r.version, r.patient
from resource r semi join batch b on b.resource = r.resource
where r.current
"""
MOST_PARTS = 24
MOST_REMEMBERED = 100_000


class Stored(NamedTuple):
    """What is current in the store under a key."""

    digest: bytes
    version: int
    patient: str | None


class StoredKeys:
    """The keys of one store while one load writes to it."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.parts: list[np.ndarray] = []
        self.again: dict[str, Stored] = {}
        self._add(_hashes(cursor, ALL_HASHES))

    def look_up(
        self, cursor: duckdb.DuckDBPyConnection, keys: Collection[str]
    ) -> dict[str, Stored]:
        """Those of the keys that are current in the store; all of them count as stored now."""
        import numpy as np
        import pyarrow as pa

        listed = list(keys)
        with registered(cursor, "batch", pa.table({"resource": strings(listed)})):
            hashes = _hashes(cursor, HASHES)
        maybe = np.zeros(len(hashes), bool)
        for part in self.parts:
            places = np.searchsorted(part, hashes)
            maybe |= part[np.minimum(places, len(part) - 1)] == hashes
        self._add(hashes[~maybe])
        found = {}
        unknown = []
        for index in np.flatnonzero(maybe).tolist():
            key = listed[index]
            if (stored := self.again.get(key)) is not None:
                found[key] = stored
            else:
                unknown.append(key)
        if unknown:
            with registered(cursor, "batch", pa.table({"resource": strings(unknown)})):
                rows = cursor.execute(THERE).fetchall()
            found |= {key: Stored(*rest) for key, *rest in rows}
        return found

    def remember(self, found: dict[str, Stored]) -> None:
        """Keep what came again unchanged, so that it need not be looked up once more."""
        if len(self.again) + len(found) > MOST_REMEMBERED:
            self.again.clear()
        self.again.update(found)

    def forget(self, keys: Collection[str]) -> None:
        """These have other content now."""
        for key in keys:
            self.again.pop(key, None)

    def _add(self, hashes: np.ndarray) -> None:
        import numpy as np

        if len(hashes):
            self.parts.append(np.sort(hashes))
        if len(self.parts) > MOST_PARTS:
            self.parts = [np.sort(np.concatenate(self.parts))]


def _hashes(cursor: duckdb.DuckDBPyConnection, query: str) -> np.ndarray:
    import numpy as np

    return np.asarray(cursor.execute(query).fetchnumpy()["h"], np.uint64)
