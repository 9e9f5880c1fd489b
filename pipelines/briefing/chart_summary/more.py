"""What has no room: a number, with every record behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipelines.briefing import wording
from pipelines.briefing.line import Line
from pipelines.records.answers import Computation
from pipelines.records.facts import Fact

# SNOMED CT's hierarchy tag is for terminologists.
_TAG = re.compile(
    r"\s*\((?:disorder|finding|situation|morphologic abnormality|procedure|regime/therapy"
    r"|environment|qualifier value)\)$"
)


def bare(text: str) -> str:
    """A name of the record on one line, without the terminologist's tag at its end."""
    return _TAG.sub("", wording.plain(text))


def cut(text: str, most: int) -> str:
    """The text, or its first whole words and a sign that it goes on."""
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]} …"


def capped(
    lines: Sequence[Line], most: int, one: str, many: str, records: Sequence[Fact] = ()
) -> list[Line]:
    """The first lines, then how many more there are with the records of all of them.

    `records` stand for the lines, in their order, where a line cites a place in a note.
    """
    if len(lines) <= most:
        return list(lines)
    cited = records or [line.facts[0] for line in lines]
    return [*lines[: most - 1], *counted(cited[most - 1 :], one, many)]


def counted(facts: Iterable[Fact], one: str, many: str) -> list[Line]:
    """`7 more procedures`, citing the seven; nothing where there is none."""
    cited = tuple(dict.fromkeys(facts))
    if not cited:
        return []
    noun = one if len(cited) == 1 else many
    return [Line(f"{len(cited)} {noun}", cited, Computation("count", len(cited)))]
