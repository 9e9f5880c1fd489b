"""Oxygen: how much now and with what saturation, how much before, since when off.

The line rests on recorded flows (or fractions, or devices): a flow of 0 is "off oxygen", and where
none is recorded nothing is said, which is not room air. The time is that of the first zero
after the last flow that was none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pipelines.briefing import wording
from pipelines.briefing.bedside import is_flow, is_oxygen, is_saturation, rules
from pipelines.briefing.courses import comparable, decided
from pipelines.briefing.line import Line
from pipelines.records.facts import Fact

NEEDED, OFF = 1, 2
VALUES_SHOWN = 4


def oxygen(facts: Sequence[Fact], earlier: Sequence[Fact]) -> list[Line]:
    """The lines, from the window's results and all before; none where no oxygen is recorded."""
    flows = [fact for fact in facts if is_flow(fact) and fact.value is not None]
    others = [fact for fact in facts if is_oxygen(fact) and not is_flow(fact)]
    lines = [_other([f for f in others if f.code_key == key]) for key in _keys(others)]
    if not flows:
        return lines
    before = [fact for fact in earlier if is_flow(fact) and comparable(fact, flows[-1])]
    saturations = [fact for fact in facts if is_saturation(fact)]
    if flows[-1].value == 0:
        return [*lines, *_off(flows, before, saturations)]
    return [_on(flows, before, saturations), *lines]


def _on(flows: Sequence[Fact], before: Sequence[Fact], saturations: Sequence[Fact]) -> Line:
    """The latest flow with its saturation, after what it was."""
    latest = flows[-1]
    steps = _changes([*before[-1:], *flows])[-VALUES_SHOWN:]
    texts = " → ".join(wording.numbers(steps))
    since = f"{wording.clock(steps[0].when)} → " if len(steps) > 1 else ""
    text = f"Oxygen flow {texts}{wording.unit(latest)}, {since}{wording.clock(latest.when)}"
    told = (latest, *(f for f in reversed([*before[-1:], *flows]) if f is not latest))
    computation = decided(told) if len(told) > 1 else None
    if len(told) > 1 and computation is None:
        text = f"Oxygen flow {wording.numbers([latest])[0]}{wording.unit(latest)}, "
        text += wording.clock(latest.when)
        told = (latest,)
    highest = max(flows, key=lambda fact: fact.value or 0.0)
    beside = _beside(latest, saturations)
    clauses = [beside] if beside else []
    if (len(told) == 1 or highest not in steps) and (highest.value or 0.0) > (latest.value or 0.0):
        value = wording.numbers([highest])[0]
        clauses.append(
            Line(f"highest oxygen flow {value} ({wording.clock(highest.when)})", (highest,))
        )
    return Line(text, told, computation, urgency=NEEDED, clauses=tuple(clauses))


def _off(flows: Sequence[Fact], before: Sequence[Fact], saturations: Sequence[Fact]) -> list[Line]:
    """Since when no oxygen flows, and the last flow; nothing where there never was one."""
    every = [*before, *flows]
    last_on = max((n for n, fact in enumerate(every) if fact.value), default=None)
    if last_on is None:
        return []
    first_off, last = every[last_on + 1], every[last_on]
    value = f"{wording.numbers([last])[0]}{wording.unit(last)}"
    clauses = [Line(f"before that oxygen flow {value} ({wording.clock(last.when)})", (last,))]
    beside = _beside(flows[-1], saturations)
    text = f"Off oxygen since {wording.clock(first_off.when)}, oxygen flow 0"
    return [Line(text, (first_off,), urgency=OFF,
                 clauses=(*([beside] if beside else []), *clauses))]  # fmt: skip


def _changes(flows: Sequence[Fact]) -> list[Fact]:
    """The flows that differ from the one before."""
    return [f for n, f in enumerate(flows) if n == 0 or f.value != flows[n - 1].value]


def _beside(flow: Fact, saturations: Sequence[Fact]) -> Line | None:
    """The saturation taken with the flow."""
    if flow.when is None:
        return None
    near = timedelta(minutes=rules()["oxygen"]["beside_minutes"])
    at = flow.when.instant
    close = [f for f in saturations if f.when and abs(f.when.instant - at) <= near]
    if not close:
        return None
    nearest = min(close, key=lambda f: abs(f.when.instant - at) if f.when else near)
    value = f"{wording.numbers([nearest])[0]}{wording.unit(nearest)}"
    return Line(f"SpO2 {value} at {wording.clock(nearest.when)}", (nearest,))


def _keys(facts: Sequence[Fact]) -> list[str | None]:
    return list(dict.fromkeys(fact.code_key for fact in facts))


def _other(facts: Sequence[Fact]) -> Line:
    """The latest fraction of oxygen or device."""
    latest = facts[-1]
    value = wording.numbers([latest])[0]
    text = f"{wording.name(latest)} {value}{wording.unit(latest)}, {wording.clock(latest.when)}"
    return Line(text, (latest,), urgency=NEEDED)
