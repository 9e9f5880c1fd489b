"""The members of `Bundle.entry`, cut out of JSON text that comes in chunks.

A Bundle may be far larger than the memory. Only brackets outside of strings are looked at here,
a chunk at a time; every member is handed on as text, and what is left (the frame, with a 0 in
place of each member) is parsed at the end. Frame and members being strict JSON, the whole is:
nothing is taken for granted about a text that cannot be seen at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from pipelines.charts.json_text import NOT_FHIR, NOT_JSON
from pipelines.charts.refusals import FileRefused

MEGABYTE = 1_000_000
MOST_BYTES_OF_ONE = 32 * MEGABYTE
TOO_LARGE = f"A single resource in it is larger than {MOST_BYTES_OF_ONE // MEGABYTE} MB."
MOST_PARTS_BESIDE = 10_000  # objects and lists right inside a document, its entries aside
NAMED_ENTRY = re.compile(rb'"entry"\s*:\s*$')
LONGEST_BEFORE = 64
ESCAPED = re.compile(rb"\\.", re.DOTALL)
QUOTE, OPENS, CLOSES = 1, 2, 3
_KIND = np.zeros(256, np.uint8)
_KIND[ord('"')] = QUOTE
_KIND[[ord("{"), ord("[")]] = OPENS
_KIND[[ord("}"), ord("]")]] = CLOSES


class EntryCutter:
    """Cuts chunks of one document; `frame` is what stands around the members."""

    def __init__(self) -> None:
        self.frame = bytearray()
        self.pending = bytearray()
        self.depth = 0
        self.is_in_string = self.is_in_entries = self.is_over = False
        self.parts_beside = 0
        self.held = b""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Take the next chunk; the members that end in it."""
        chunk = self.held + chunk
        whole = len(chunk) - (len(chunk) - len(chunk.rstrip(b"\\"))) % 2
        chunk, self.held = chunk[:whole], chunk[whole:]
        seen = len(self.pending)
        self.pending += chunk
        start = 0
        for place, level in self._brackets(chunk):
            here = seen + place
            if self.is_over:
                raise FileRefused(NOT_JSON)
            self.is_over = level < 1
            if not self.is_in_entries:
                self.is_in_entries = level == 2 and self._begins_entries(start, here)
            elif level == 3 and self.pending[here] == ord("{"):
                self.frame += self.pending[start:here] + b"0"
                start = here
            elif level == 2 and self.pending[here] == ord("}"):
                yield bytes(self.pending[start : here + 1])
                start = here + 1
            elif level == 1:
                self.is_in_entries = False
        if not (self.is_in_entries and self._is_inside_member()):
            keep = max(start, len(self.pending) - LONGEST_BEFORE)
            self.frame += self.pending[start:keep]
            start = keep
        del self.pending[:start]
        if max(len(self.pending), len(self.frame)) > MOST_BYTES_OF_ONE:
            raise FileRefused(TOO_LARGE)

    def finish(self) -> bytes:
        """The frame, after the last chunk."""
        self.frame += self.pending + self.held
        self.pending.clear()
        return bytes(self.frame)

    def _is_inside_member(self) -> bool:
        return self.depth >= 3

    def _begins_entries(self, start: int, here: int) -> bool:
        if self.pending[here] not in b"[{":
            return False
        self.parts_beside += 1
        if self.parts_beside > MOST_PARTS_BESIDE:
            raise FileRefused(NOT_FHIR)
        before = bytes(self.pending[max(start, here - LONGEST_BEFORE) : here])
        if here - start < LONGEST_BEFORE:
            before = bytes(self.frame[-LONGEST_BEFORE:]) + before
        return NAMED_ENTRY.search(before) is not None

    def _brackets(self, chunk: bytes) -> Iterator[tuple[int, int]]:
        """Brackets that matter, outside of strings: their place, and the depth after opening or
        closing; deeper ones are left out."""
        kinds = _KIND[np.frombuffer(ESCAPED.sub(b"__", chunk), np.uint8)]
        places = np.flatnonzero(kinds)
        kinds = kinds[places]
        turns = np.cumsum(kinds == QUOTE, dtype=np.int64) + self.is_in_string
        outside = (turns & 1) == 0
        opens, closes = outside & (kinds == OPENS), outside & (kinds == CLOSES)
        depths = np.cumsum(opens.astype(np.int64) - closes) + self.depth
        if len(places):
            self.is_in_string, self.depth = bool(turns[-1] & 1), int(depths[-1])
        wanted = (opens & (depths <= 3)) | (closes & (depths <= 2))
        return zip(places[wanted].tolist(), depths[wanted].tolist(), strict=True)
