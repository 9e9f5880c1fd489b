"""CodeableConcepts as one stable key and one name, and the list of all codings seen.

The key is `system|code` of the first coding that has a code, else `text|<lower text>`; the name
is the record's own text, else the first display, else the code. Every coding goes to the table
`code`, so that a reader can find a concept by any of them. Nothing is translated here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipelines.charts.refusals import EntryRefused

CodeRow = tuple[str, str | None, str | None, str | None]


class Named(NamedTuple):
    """A concept: its key, its name, and the leaf below the element where the name stands."""

    key: str | None
    display: str | None
    leaf: str | None


UNNAMED = Named(None, None, None)


@dataclass(slots=True)
class CodeBook:
    """Concepts seen in one load; `fresh` holds rows of `code` that are not in the store yet."""

    known: dict[tuple[Any, ...], Named] = field(default_factory=dict)
    written: set[CodeRow] = field(default_factory=set)
    fresh: list[CodeRow] = field(default_factory=list)

    def named(self, concept: dict[str, Any] | None) -> Named:
        """Key, name and leaf of a CodeableConcept, or UNNAMED for none."""
        if not concept:
            return UNNAMED
        codings = concept.get("coding") or []
        if len(codings) == 1:
            one = codings[0]
            seen: tuple[Any, ...] = (
                concept.get("text"), one.get("system"), one.get("code"), one.get("display"),
            )  # fmt: skip
        else:
            seen = (concept.get("text"), *(_parts(coding) for coding in codings))
        found = self.known.get(seen)
        if found is None:
            found = self.known[seen] = self._learn(concept.get("text"), codings)
        return found

    def _learn(self, text: str | None, codings: list[dict[str, Any]]) -> Named:
        parts = [_parts(coding) for coding in codings]
        for value in (text, *(value for part in parts for value in part)):
            if value is not None and not isinstance(value, str):
                raise EntryRefused("A code's system, code, display or text is not a string.")
        key = next((f"{system or ''}|{code}" for system, code, _ in parts if code), None)
        named = _name(text, parts)
        if key is None and named.display:
            key = f"text|{named.display.lower()}"
        if key is not None:
            self._write(key, parts)
        return named._replace(key=key)

    def _write(self, key: str, parts: list[tuple[Any, Any, Any]]) -> None:
        for part in parts or [(None, None, None)]:
            row = (key, *part)
            if row not in self.written:
                self.written.add(row)
                self.fresh.append(row)


def _parts(coding: dict[str, Any]) -> tuple[Any, Any, Any]:
    return coding.get("system"), coding.get("code"), coding.get("display")


def _name(text: str | None, parts: list[tuple[Any, Any, Any]]) -> Named:
    if text and text.strip():
        return Named(None, text, "text")
    for place, leaf in ((2, "display"), (1, "code")):
        for number, part in enumerate(parts):
            if part[place]:
                return Named(None, part[place], f"coding[{number}].{leaf}")
    return UNNAMED
