"""Vital signs between their anchors: straight lines, and a seeded wander that is nil at an anchor.

The wander is a first-order random walk (each reading remembers 70 % of the last), because a pulse
that jumps every hour looks like noise and one that never does looks drawn.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from maker.catalogue import Sign

MEMORY = 0.7


@dataclass(frozen=True, slots=True)
class Course:
    """One sign's anchors in time order, and the words its wander is seeded from."""

    sign: Sign
    anchors: tuple[tuple[datetime, float], ...]
    seed: str

    def line(self, moment: datetime) -> float:
        """The value on the line between the neighbouring anchors."""
        times = [when for when, _ in self.anchors]
        after = bisect_right(times, moment)
        if after == 0:
            return self.anchors[0][1]
        if after == len(times) or self.sign.step:
            return self.anchors[after - 1][1]
        (start, low), (end, high) = self.anchors[after - 1], self.anchors[after]
        return low + (high - low) * ((moment - start) / (end - start))

    def readings(self, times: Sequence[datetime]) -> list[tuple[datetime, float]]:
        """The value at each time, exact at anchors, within the sign's own bounds."""
        source = random.Random(self.seed)  # noqa: S311 - made-up readings need no secrecy
        exact = dict(self.anchors)
        drift = 0.0
        made = []
        for moment in times:
            drift = MEMORY * drift + source.gauss(0, self.sign.wander) * (1 - MEMORY**2) ** 0.5
            value = exact.get(moment, self.line(moment) + drift)
            value = min(max(value, self.sign.least), self.sign.most)
            made.append((moment, round(value, self.sign.digits)))
        return made


def charting_times(anchors: Sequence[datetime], every_minutes: int) -> list[datetime]:
    """Every anchor, and the round readings between the first and the last; 0 = anchors only."""
    if every_minutes == 0:
        return sorted(anchors)
    times = set(anchors)
    first, last = min(anchors), max(anchors)
    moment = first.replace(minute=0) + timedelta(hours=1)
    while moment < last:
        times.add(moment)
        moment += timedelta(minutes=every_minutes)
    return sorted(times)
