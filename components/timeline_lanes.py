"""How each lane of the timeline looks: its name, its sign, its colour, and the words of an event.

The sign stands wherever the colour does: in the picture, above it, and in the table.
"""

from __future__ import annotations

from dataclasses import dataclass

from components import flags
from components.palette import Palette
from pipelines.records.answers import Citation
from pipelines.records.timeline import LANES, Event, Lane, Mark


@dataclass(frozen=True, slots=True)
class LaneLook:
    """Name, the sign as a letter of text and as a Plotly symbol, and the colour by its meaning."""

    name: str
    sign: str
    symbol: str
    colour: str


LOOKS: dict[Lane, LaneLook] = {
    "encounter": LaneLook("Encounters", "■", "square", "blue"),
    "problem": LaneLook("Problems", "◆", "diamond", "odd"),
    "procedure": LaneLook("Procedures", "✚", "cross", "low"),
    "note": LaneLook("Notes", "◣", "triangle-sw", "bar_one"),
    "result": LaneLook("Results", "●", "circle", "quiet"),
    "medication": LaneLook("Medications", "▬", "line-ns-open", "bar_three"),
    "immunization": LaneLook("Immunizations", "★", "star", "amber"),
}


def named(lane: str) -> str:
    """Sign and name of a lane."""
    look = next(LOOKS[one] for one in LANES if one == lane)
    return f"{look.sign} {look.name}"


def colour_of(lane: Lane, colours: Palette) -> str:
    """The lane's colour in this palette."""
    return str(getattr(colours, LOOKS[lane].colour))


def until(event: Event) -> str:
    """When it ended, in words; empty for what has no length."""
    if event.shape == "point":
        return ""
    if event.goes_on:
        return "goes on"
    return event.end.clock if event.end is not None else "end not recorded"


def said(event: Event) -> str:
    """One event on one line: its name, value or dose, flag, and the word that must stand by it."""
    word = f" ({event.word})" if event.word else ""
    parts = (event.title, event.detail, flags.sign(event.flag))
    return " · ".join(part for part in parts if part) + word


def counted(mark: Mark) -> str:
    """`12 results, 3 abnormal, 1 critical`, for a mark that stands for several events."""
    noun = LOOKS[mark.events[0].lane].name.lower()
    counts = [f"{len(mark.events)} {noun}"]
    if mark.events[0].lane == "result":
        counts.append(f"{mark.abnormal} abnormal")
    if mark.critical:
        counts.append(f"{mark.critical} critical")
    return ", ".join(counts)


def citation_of_event(event: Event) -> Citation:
    """An event as something that can be opened; a note opens at its first words."""
    written = event.start.written if event.start is not None else None
    begin, end = event.passage or (None, None)
    fact = event.fact
    return Citation(0, fact.resource, fact.path, fact.quote, begin, end, written, event.title)
