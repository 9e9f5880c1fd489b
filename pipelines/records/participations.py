"""Who took part in what a record tells: one frozen value a person and a way of taking part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Participation:
    """`kind` is requester, performer, recorder, asserter, informant, substitution …

    `name` is the reference (`Practitioner/1`) where the chart holds no name for it; `path` and
    `quote` cite the element that names them.
    """

    kind: str
    name: str | None
    reference: str | None
    role: str | None
    on_behalf_of: str | None
    path: str
    quote: str
