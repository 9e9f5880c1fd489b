"""What was done to a broken chain: each entry edited, missing, inserted, reordered or cut off.

First each row is asked which number it was sealed for; an untouched row answers, wherever it
stands now. Then the chain is followed down from the head kept outside, each entry naming the one
before it, and every place finds its row: untouched, edited, or none. What no place wants was put
in. So one edited row is one finding, and a row that was put in or taken out does not accuse the
rows that were renumbered around it.

Not shown by this: who did it, an entry that only a crash kept out of the head and that is then
cut, and a chain rewritten together with the head.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipelines.ledger.chain import GENESIS, Link
from pipelines.ledger.head import Head
from pipelines.ledger.origins import original_numbers
from pipelines.records.ledger import BrokenEntry

# A forged number or head must not make the list endless: of a longer gap the first are named.
NAMED_OF_A_GAP = 100_000


def whole(links: Iterable[Link], head: Head | None) -> tuple[bool, int, str | None]:
    """Whether the chain holds and reaches the head; the number of rows and the last hash."""
    count, last, reached = 0, GENESIS, head is not None and head.seq == 0
    sound = head is not None
    for link in links:
        count += 1
        if sound and (link.seq != count or link.previous_hash != last):
            sound = False
        sound = sound and link.own_hash == link.hash
        last = link.hash
        reached = reached or (head is not None and (link.seq, link.hash) == (head.seq, head.hash))
    return (sound and reached) or (count == 0 and head is None), count, last if count else None


def diagnose(links: Sequence[Link], head: Head | None) -> tuple[BrokenEntry, ...]:
    """Every broken entry of a chain that is not whole, in the order of their numbers."""
    places = _Places(links)
    found: list[BrokenEntry] = []
    if head is None:
        found += _gap(places.end + 1, places.end + 1, "cut off")
        anchor = None
    else:
        cut = places.regrown_from(head)
        anchor = head if cut is None else None
        if cut is not None:
            found += _gap(cut, head.seq, "cut off")
    found += places.settle(anchor)
    found += places.out_of_order()
    found += places.put_in()
    if not found and links:
        # The quick check saw a fault that no rule names: better the last entry than silence.
        found.append(BrokenEntry(links[-1].seq, links[-1].entry_id, "edited"))
    return tuple(sorted(found, key=lambda broken: (broken.seq, broken.what)))


def _gap(first: int, last: int, what: str) -> list[BrokenEntry]:
    stop = min(last, first + NAMED_OF_A_GAP - 1)
    return [BrokenEntry(seq, None, what) for seq in range(first, stop + 1)]


@dataclass(slots=True)
class _Wanted:
    """The hash that the next lower place should carry; `firm` when an untouched entry names it."""

    hash: str | None
    firm: bool


@dataclass(slots=True)
class _Places:
    """The rows of a table and the places of the chain that they are found to fill."""

    links: Sequence[Link]
    sealed_for: list[int | None] = field(init=False)
    filled: dict[int, int] = field(init=False, default_factory=dict)  # row index → place
    missing: list[int] = field(init=False, default_factory=list)  # first place of each gap
    _intact: dict[int, list[int]] = field(init=False)
    _torn: dict[int, list[int]] = field(init=False)
    _torn_by_hash: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.sealed_for = original_numbers(self.links)
        self._intact, self._torn = defaultdict(list), defaultdict(list)
        self._torn_by_hash = defaultdict(list)
        for index, place in enumerate(self.sealed_for):
            if place is not None:
                self._intact[place].append(index)
                continue
            self._torn[self.links[index].seq].append(index)
            self._torn_by_hash[self.links[index].hash].append(index)
            self._torn_by_hash[self.links[index].own_hash].append(index)

    @property
    def end(self) -> int:
        """The highest number any row was sealed for, or stands at."""
        return max([*self._intact, *self._torn], default=0)

    def regrown_from(self, head: Head) -> int | None:
        """Where entries newer than the head begin to stand in numbers that it had vouched for."""
        if any(self.links[index].hash == head.hash for index in self._intact.get(head.seq, ())):
            return None
        later = [
            place
            for place, indices in self._intact.items()
            if place <= head.seq and any(self.links[i].time > head.time for i in indices)
        ]
        return min(later, default=None)

    def settle(self, head: Head | None) -> list[BrokenEntry]:
        """Give every place from the end down to 1 its row; what finds none is missing."""
        top = head.seq if head else max(self._intact, default=0)
        if head:
            self._claim_ahead(head)
        seqs = {seq for seq in (*self._intact, *self._torn) if 1 <= seq <= top} | {top}
        found: list[BrokenEntry] = []
        wanted, above, tail = _Wanted(head.hash if head else None, head is not None), top + 1, True
        for place in sorted(seqs - {0}, reverse=True):
            if place + 1 < above:
                found += self._absent(place + 1, above - 1, tail)
                wanted = _Wanted(None, False)
            above = place
            index, edited, wanted = self._row_for(place, wanted)
            if index is None:
                found += self._absent(place, place, tail)
                continue
            tail = False
            self.filled[index] = place
            if edited:
                found.append(BrokenEntry(place, self.links[index].entry_id, "edited"))
        return found + (self._absent(1, above - 1, tail) if above > 1 else [])

    def _absent(self, first: int, last: int, tail: bool) -> list[BrokenEntry]:
        self.missing.append(first)
        return _gap(first, last, "cut off" if tail else "missing")

    def _claim_ahead(self, head: Head) -> None:
        """Entries that a crash kept out of the head: they must follow it without a break."""
        place, last = head.seq + 1, head.hash
        while True:
            ahead = self._intact.get(place, ())
            index = next((i for i in ahead if self.links[i].previous_hash == last), None)
            if index is None:
                return
            self.filled[index] = place
            place, last = place + 1, self.links[index].hash

    def _row_for(self, place: int, wanted: _Wanted) -> tuple[int | None, bool, _Wanted]:
        """The row of a place, whether it was edited, and what it wants one place lower."""
        intact = sorted(
            self._intact.get(place, ()),
            key=lambda i: (self.links[i].hash != wanted.hash, self.links[i].seq != place),
        )
        if intact and (not wanted.firm or self.links[intact[0]].hash == wanted.hash):
            return intact[0], False, _Wanted(self.links[intact[0]].previous_hash, True)
        named = self._torn_by_hash.get(wanted.hash or "", [])
        candidates = [*named, *self._torn.get(place, ()), *intact]
        index = next((i for i in candidates if i not in self.filled), None)
        if index is None:
            return None, False, _Wanted(None, False)
        # Where only the hash column was changed, what it says of the entry before still holds.
        sure = self.links[index].own_hash == wanted.hash
        return index, True, _Wanted(self.links[index].previous_hash, sure)

    def out_of_order(self) -> list[BrokenEntry]:
        """Rows that stand before or behind their neighbours, or at a number nothing explains."""
        rows = sorted(self.filled, key=lambda i: (self.links[i].seq, i))
        moved = {rows[at] for at in _displaced([self.filled[i] for i in rows])}
        moved |= self._unexplained([i for i in rows if i not in moved], moved)
        return [BrokenEntry(self.filled[i], self.links[i].entry_id, "reordered") for i in moved]

    def _unexplained(self, rows: list[int], away: set[int]) -> set[int]:
        """Rows renumbered without an entry put in, taken out or moved `away` before them."""
        strangers = sorted(
            row.seq for i, row in enumerate(self.links) if i not in self.filled or i in away
        )
        gone = sorted([*self.missing, *(self.filled[i] for i in away)])
        moved, drift, seen = set(), 0, (0, 0)
        for index in rows:
            seq, place = self.links[index].seq, self.filled[index]
            shift = seq - place
            put_in = bisect_left(strangers, seq) - bisect_left(strangers, seen[0])
            taken = bisect_left(gone, place) > bisect_left(gone, seen[1])
            explained = shift == drift + put_in or (shift < drift and taken)
            if shift not in (0, drift) and not explained:
                moved.add(index)
            drift, seen = shift, (seq, place)
        return moved

    def put_in(self) -> list[BrokenEntry]:
        """Rows that no place of the chain wants."""
        return [
            BrokenEntry(link.seq, link.entry_id, "inserted")
            for index, link in enumerate(self.links)
            if index not in self.filled
        ]


def _displaced(places: Sequence[int]) -> set[int]:
    """Positions whose rows were moved: swapped pairs first, then the fewest that explain it."""
    rank = {place: number for number, place in enumerate(sorted(places))}
    home = [rank[place] for place in places]
    swapped = {at for at, other in enumerate(home) if other != at and home[other] == at}
    rest = [at for at in range(len(home)) if at not in swapped]
    kept = {rest[at] for at in _longest_rising([home[at] for at in rest])}
    return swapped | (set(rest) - kept)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The positions of a longest rising run: the fewest entries are said to have moved."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int | None] = []
    for position, number in enumerate(numbers):
        slot = bisect_left(ends, number)
        before.append(at[slot - 1] if slot else None)
        if slot == len(ends):
            ends.append(number)
            at.append(position)
        else:
            ends[slot], at[slot] = number, position
    kept: set[int] = set()
    step = at[-1] if at else None
    while step is not None:
        kept.add(step)
        step = before[step]
    return kept
