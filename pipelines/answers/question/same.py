"""Whether two readings of words ask the same of a chart.

Only what decides the answer is compared: not the words of the question, nor those that name a
stay or a stretch of time. Two readings that differ in anything else are two questions.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.answers.question import ChartQuestion, StayWanted, Thing, Window
from pipelines.answers.question.scope import is_stay_said


def asks_the_same(one: ChartQuestion, other: ChartQuestion) -> bool:
    """Whether both ask for the same things, the same ones of them, in the same place and time."""
    return _bare(one) == _bare(other)


def _bare(asked: ChartQuestion) -> ChartQuestion:
    return replace(
        asked, text="", searched=(), stay=_stay(asked.stay), window=_window(asked.window),
        picks=tuple(replace(p, stay=_stay(p.stay)) for p in asked.picks),
        things=tuple(_thing(t) for t in asked.things), names=tuple(sorted(asked.names)),
        groups=tuple(sorted(tuple(sorted(g)) for g in asked.groups)),
    )  # fmt: skip


def _stay(stay: StayWanted | None) -> StayWanted | None:
    """A stay of any kind keeps whether a stay or any visit was said, which choose differently."""
    if stay is None:
        return None
    return replace(stay, words="stay" if stay.kind == "any" and is_stay_said(stay) else "")


def _window(window: Window | None) -> Window | None:
    return None if window is None else replace(window, words="")


def _thing(thing: Thing) -> Thing:
    """A panel that was asked for by its name is the same as its members by theirs."""
    return replace(thing, panel=None, code_keys=tuple(sorted(thing.code_keys)))
