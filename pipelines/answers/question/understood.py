"""The parts of a question as a reader sees them, with other readings of each.

Built from the question as it was read and from the chart's own names; no value is looked at.
Every part says what is in force, the defaults too ("latest", "whole chart"), because what nobody
typed is what nobody notices. A name that was misspelt is shown with what was typed. A question
that was declined for what it is about has no parts; one whose words were not understood has the
questions that were near, where there are any.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.back import Said, is_edge, said_back, which_said
from pipelines.answers.question.things import misspelt
from pipelines.answers.question.understood_nearest import nearest
from pipelines.answers.question.understood_others import (
    other_places,
    other_things,
    other_ways,
    table,
)
from pipelines.records.chart import Chart
from pipelines.records.understood import OtherReading, PartName, Understood, UnderstoodPart

MOST_NAMED = 3
WHOLE = "whole chart"
TOLD = ("group", "pick", "series", "extreme", "bound")


def understood(asked: ChartQuestion, typed: str, chart: Chart) -> Understood | None:
    """What is shown of how `typed` was understood; None where nothing was and nothing is near."""
    if asked.instead:
        return Understood(None, (), tuple(OtherReading(one, one) for one in asked.instead))
    if asked.not_understood:
        found = nearest(typed, chart)
        return Understood(None, (), found) if found else None
    if asked.decline is not None:
        return None
    said = said_back(asked, chart)
    return Understood(said.sentence if said else None, tuple(_parts(asked, typed, said, chart)))


def _parts(
    asked: ChartQuestion, typed: str, said: Said | None, chart: Chart
) -> Iterator[UnderstoodPart]:
    about = said.about if said is not None else None
    words: tuple[tuple[PartName, str], ...] = (
        ("what", _what(asked, typed)), ("which", _which(asked)),
        ("when", _when(asked)), ("where", _where(asked)),
    )  # fmt: skip
    for name, text in words:
        if name == "when" and asked.subject == "patient":
            continue
        yield UnderstoodPart(name, text, _others(name, asked, about, chart))


def _is_of_cultures(asked: ChartQuestion) -> bool:
    """Cultures are asked about in words of their own; no chip has them."""
    return any("culture" in thing.title.lower() for thing in asked.things)


def _others(
    name: PartName, asked: ChartQuestion, about: str | None, chart: Chart
) -> tuple[OtherReading, ...]:
    """Other readings of one part; none beside own words, whose name was not read back."""
    if (about is None and asked.subject != "note") or _is_of_cultures(asked):
        return ()
    if name == "what":
        return other_things(asked, about or "", chart)
    if name == "which":
        return other_ways(asked, about or "")
    return other_places(name, asked, about or "", chart)


def _what(asked: ChartQuestion, typed: str) -> str:
    """The thing by its own names, with what was typed where that was corrected."""
    words = table()["what"]
    if asked.things:
        named = [thing.title for thing in asked.things]
        wrong = misspelt(typed, asked.things)
        return f"{_listed(named)} (typed “{wrong}”)" if wrong else _listed(named)
    if asked.names or asked.unlisted:
        return _listed([*asked.names, *asked.unlisted])
    if asked.note is not None:
        return _listed([group[0] for group in asked.note_words])
    own = words.get(f"{asked.subject}.{asked.attribute}")
    topic = asked.attribute if asked.subject in ("screening", "allergy") else None
    return str(own or topic or words.get(asked.subject, asked.subject))


def _listed(names: list[str]) -> str:
    shown = list(dict.fromkeys(names))
    more = f" +{len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
    return f"{', '.join(shown[:MOST_NAMED])}{more}"


def _which(asked: ChartQuestion) -> str:
    """Which of them: the place in time, the extreme, the bound; else what is wanted."""
    slots, words = which_said(asked), table()["which"]
    kind = asked.note.kind if asked.note is not None else asked.attribute
    keys = (f"{asked.ask}.{kind}", f"{asked.subject}.{asked.ask}", asked.ask)
    wanted = next((words[k] for k in keys if k in words), asked.ask)
    if asked.ask == "flag":
        wanted = f"whether {kind}"
    named = ("group", "pick", "extreme", "bound") if "one" in slots else TOLD
    told = [slots[name] for name in named if name in slots]
    if is_edge(asked):
        told = ["first" if asked.picks[0].position == 1 else "last"]
    silent = asked.ask in ("value", "extreme") or (asked.ask == "list" and "series" in slots)
    return " ".join(told if silent and told else [wanted, *told])


def _when(asked: ChartQuestion) -> str:
    """Stay and stretch of time as they are said, or the whole chart."""
    return which_said(asked)["place"].strip().removeprefix("in the ") or WHOLE


def _where(asked: ChartQuestion) -> str:
    return str(table()["where"].get(asked.subject) or table()["what"].get(asked.subject, "records"))
