"""Which number a row was sealed for, found without trusting the number it carries now.

A row's hash fits exactly one number. The one it stands at is tried first, then the ones that its
neighbours in the chain and a shift by one suggest, then, while a fixed number of trials lasts,
every number up to the last. A row that fits none was edited, or never belonged to the chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipelines.ledger.chain import GENESIS, Link, seal

# About two seconds in all; rows left over count as edited, so nothing goes unfound.
SEARCH_TRIALS = 1_000_000
SEARCH_BEYOND = 1_000


def original_numbers(links: Sequence[Link]) -> list[int | None]:
    """For each row the number its hash was made for, or None."""
    found = [link.seq if link.seq > 0 and link.own_hash == link.hash else None for link in links]
    _by_shift(links, found)
    _by_neighbours(links, found)
    _by_search(links, found)
    return found


def _fits(link: Link, number: int) -> bool:
    return number > 0 and seal(number, link.previous_hash, link.body) == link.hash


def _by_shift(links: Sequence[Link], found: list[int | None]) -> None:
    """A row put in or taken out renumbers all that follow by the same step."""
    for shift in (1, -1):
        for index, link in enumerate(links):
            if found[index] is None and _fits(link, link.seq + shift):
                found[index] = link.seq + shift


def _by_neighbours(links: Sequence[Link], found: list[int | None]) -> None:
    """The entry before, or after, in the chain tells the number of a row that was moved."""
    followers, holders = defaultdict(list), defaultdict(list)
    for index, link in enumerate(links):
        followers[link.previous_hash].append(index)
        holders[link.hash].append(index)
    queue = [index for index, number in enumerate(found) if number is not None]
    for index in followers[GENESIS]:
        if found[index] is None and _fits(links[index], 1):
            found[index] = 1
            queue.append(index)
    while queue:
        index = queue.pop()
        number = found[index] or 0
        neighbours = [(after, number + 1) for after in followers[links[index].hash]]
        neighbours += [(before, number - 1) for before in holders[links[index].previous_hash]]
        for other, suggestion in neighbours:
            if found[other] is None and _fits(links[other], suggestion):
                found[other] = suggestion
                queue.append(other)


def _by_search(links: Sequence[Link], found: list[int | None]) -> None:
    """Rows with no known neighbour: of a run that was shifted far, finding one finds the rest."""
    trials, last = SEARCH_TRIALS, len(links) + SEARCH_BEYOND
    for index, link in enumerate(links):
        if found[index] is not None:
            continue
        trials -= last
        if trials < 0:
            return
        found[index] = next((n for n in range(1, last) if _fits(link, n)), None)
        if found[index] is not None:
            _by_neighbours(links, found)
