"""What a result says: name, value, unit, mark, times, and where it stands among its like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.briefing import wording
from pipelines.briefing.bedside import is_fever
from pipelines.briefing.records_said.asked import labels
from pipelines.briefing.window import Window
from pipelines.records.facts import Fact

FLAGS = {
    "H": "high", "L": "low", "HH": "critical high", "LL": "critical low", "A": "abnormal",
    "AA": "critical abnormal",
}  # fmt: skip
STAY = " of this stay"
FLOW = "oxygen_flow"
Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """All results of the chart by the window's end, by kind and unit, and the last of each kind."""

    by_kind: Mapping[Key, Sequence[Fact]]
    last: Mapping[str, datetime]
    window: Window
    stay_start: datetime | None

    @classmethod
    def of(cls, facts: Iterable[Fact], window: Window, stay_start: datetime | None) -> Neighbours:
        """Those of `facts` that have a time."""
        found: dict[Key, list[Fact]] = defaultdict(list)
        last: dict[str, datetime] = {}
        for fact in facts:
            if fact.when is not None:
                kind = key_of(fact)
                found[kind].append(fact)
                last[kind[0]] = max(fact.when.instant, last.get(kind[0], fact.when.instant))
        return cls(found, last, window, stay_start)


def key_of(fact: Fact) -> Key:
    """What makes two results comparable: code or name, and unit."""
    return fact.code_key or fact.display, fact.unit


def result(fact: Fact, neighbours: Neighbours) -> str:
    """One result told by its fields."""
    marks = [_mark(fact), *([fact.status_word] if fact.status_word else [])]
    parts = [
        f"{wording.name(fact)} {_values(fact)} ({', '.join(marks)})",
        f"{wording.name(fact)}: {_values(fact)}" if fact.value is None else "",
        *labels(fact.code_key),
        wording.plain(fact.display),
        f"taken {wording.clock(fact.when)}, issued and reported {wording.clock(fact.issued)}",
        fact.status_word or f"({fact.status or 'status not recorded'})",
        f"“{wording.plain(fact.note)}”" if fact.note else "",
        f"off oxygen since {wording.clock(fact.when)}"
        if fact.concept == FLOW and not fact.value
        else "",
        "fever" if is_fever(fact) else "",
        *_places(fact, neighbours),
    ]
    return "; ".join(part for part in parts if part)


def _values(fact: Fact) -> str:
    """The value as written and as it is shortened, with its unit."""
    written = fact.value_text or (f"{fact.value:g}" if fact.value is not None else "")
    said = dict.fromkeys([written, wording.short(written), *wording.numbers([fact])])
    sign = fact.comparator or ""
    unit = wording.unit(fact)
    return ", ".join(f"{sign if not one.startswith(sign) else ''}{wording.plain(one)}{unit}"
                     for one in said)  # fmt: skip


def _mark(fact: Fact) -> str:
    """Flag, range, and whose range it is."""
    source = fact.flag_source
    limits = _limits(fact)
    if source is None:
        return "no range given"
    whose = "" if source in ("interpretation", "range") else f"by {source}"
    word = FLAGS.get(fact.flag, fact.flag) if fact.flag else ""
    if not word:
        word = "in range" if limits or source == "interpretation" else "no range"
    return f"{word} {whose}, range {limits}" if limits else f"{word} {whose}"


def _limits(fact: Fact) -> str:
    reference = fact.reference_range
    if reference is None:
        return ""
    low, high = reference.low, reference.high
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"up to {high:g}" if high is not None else f"from {low:g}" if low is not None else ""


def _places(fact: Fact, neighbours: Neighbours) -> list[str]:
    """Where it stands: in or before the stay and window, first, last, highest, lowest, worst."""
    if fact.when is None:
        return []
    alike = neighbours.by_kind.get(key_of(fact), ())
    start, at = neighbours.stay_start, fact.when.instant
    last = neighbours.last.get(key_of(fact)[0])
    found = ["before that"] if last is not None and last > at else []
    window_start = neighbours.window.start
    if window_start is not None and at < window_start:
        found.append("before this window")
    if start is not None and at < start:
        return [*found, "before this stay"]
    inside = [o for o in alike if o.when and (start is None or o.when.instant >= start)]
    if start is not None and all(o.when and o.when.instant >= at for o in inside):
        found.append("first of this stay")
    recent = [o for o in inside if neighbours.window.holds(o.when)]
    return [*found, *_ends(fact, recent, ""), *(_ends(fact, inside, STAY) if start else [])]


def _ends(fact: Fact, inside: Sequence[Fact], where: str) -> list[str]:
    """Highest and lowest of these results, which are of the stay or of the window."""
    values = [o.value for o in inside if o.value is not None]
    if fact.value is None or not values:
        return []
    ends = [word for word, end in (("highest", max(values)), ("lowest", min(values)))
            if fact.value == end]  # fmt: skip
    return [f"{word}{where}, worst{where}" for word in ends]
