"""The three to eight lines that a resident must see first.

They are who the patient is (`who`), lines of the sections, and where the patient is (`stays`).
Critical values come before changes, changes before what is merely out of range; where little
happened, what is known fills the place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.briefing.line import Line, Part

FEWEST, MOST = 3, 8
CRITICAL, OUT_OF_RANGE = 0, 1
CRITICAL_MOST = 4
EVENTS_MOST = 2
RESULTS, VITALS, MEDICATIONS, PROBLEMS, NOTES, ALLERGIES = (
    "New and abnormal results",
    "Vital signs",
    "Medications",
    "Active problems",
    "Notes",
    "Allergies",
)
# Section, urgency up to which its lines count, how many of them: in the order shown.
QUOTAS: tuple[tuple[str, int, int], ...] = (
    (MEDICATIONS, 1, 2),
    (RESULTS, 1, 3),
    (PROBLEMS, 2, 1),
    (VITALS, 1, 1),
    (NOTES, 3, 1),
)
FILLERS = (MEDICATIONS, PROBLEMS, NOTES, VITALS, RESULTS, ALLERGIES)


def summary(
    parts: Sequence[Part], stays: Sequence[Line], lead: Line | None = None
) -> tuple[Line, ...]:
    """The first lines, `lead` (who this is), then the most important first, none twice."""
    lines = {part.name: part.lines for part in parts}
    first = [line for part in parts for line in part.lines if line.urgency == CRITICAL]
    chosen = dict.fromkeys([*([lead] if lead else []), *first[:CRITICAL_MOST]])
    chosen.update(dict.fromkeys([line for line in stays if line.urgency <= 1][:EVENTS_MOST]))
    for name, urgency, most in QUOTAS:
        fitting = [line for line in lines.get(name, ()) if CRITICAL < line.urgency <= urgency]
        chosen.update(dict.fromkeys(fitting[:most]))
    return tuple(_filled(chosen, lines, stays))[:MOST]


def _filled(
    chosen: dict[Line, None], lines: Mapping[str, Sequence[Line]], stays: Sequence[Line]
) -> Sequence[Line]:
    """A quiet window still says where the patient is and what is known."""
    for line in (*stays, *(line for name in FILLERS for line in lines.get(name, ())[:1])):
        if len(chosen) >= FEWEST:
            break
        chosen[line] = None
    return tuple(chosen)
