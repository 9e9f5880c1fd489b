"""A written name taken apart: given and family names, initials, nicknames, without titles.

"Mr. Bob965 J. Keeling57", "KEELING, BOB" and "Anne-Marie de la Cruz" give the words that identify,
in small letters and without the digits that Synthea adds. It does not guess which culture's order a
name follows: every word counts as a part.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from pipelines.privacy.reading import folded

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|'(?=[^\W\d_]))*\d*")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    folder = files("pipelines.privacy.recognizers")
    return tomllib.loads(folder.joinpath("chart_words.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def listed(name: str) -> frozenset[str]:
    """A list of `chart_words.toml` by its name: titles, particles, legal_forms, general."""
    return frozenset(cast(str, _data()[name]).split())


def shortened(word: str) -> str:
    """A word of an address as it is mostly shortened."""
    return cast(str, _data()["short"].get(word, word))


@dataclass(frozen=True, slots=True)
class Person:
    """One person's name in small letters, no titles: its words in order, their initials, and what
    hyphens and apostrophes join written as one word."""

    parts: tuple[str, ...]
    initials: str
    compounds: tuple[str, ...]

    @property
    def joined(self) -> tuple[str, ...]:
        """The name as one word: user names and file names are made so."""
        if len(self.parts) < 2:
            return ()
        ends = [(self.parts[0], self.parts[-1])]
        if len(self.compounds) > 1:
            ends.append((self.compounds[0], self.compounds[-1]))
        forms = {"".join(self.parts)}
        for first, last in ends:
            forms |= {first + last, last + first, first[0] + last, last + first[0]}
        return tuple(form for form in forms if len(form) >= 5)


def person(written: str) -> Person:
    """The parts of a name as it stands in a chart."""
    value = _without_credentials(folded(written))
    family, comma, given = value.partition(",")
    if (
        comma
        and given.strip()
        and given.strip(" .").lower().replace(".", "") not in listed("titles")
    ):
        value = f"{given} {family}"
    words = [plain(word) for word in _WORD.findall(value)]
    kept = tuple(word for word in words if word and word not in listed("titles"))
    named = tuple(word for word in kept if len(word) > 1 and word not in listed("particles"))
    after_apostrophe = tuple(w.split("'")[-1].lower() for w in _WORD.findall(value) if "'" in w)
    named += tuple(word for word in after_apostrophe if len(word) > 3)
    initials = "".join(word[0] for word in kept if word not in listed("particles"))
    compounds = (plain(re.sub(r"-", "", word)) for word in re.split(r"[\s,]+", value))
    whole = tuple(
        w
        for w in compounds
        if len(w) > 1 and w not in listed("titles") and w not in listed("particles")
    )
    return Person(named, initials, whole)


def _without_credentials(value: str) -> str:
    """ "Anouk Sorrelby, RN, CDCES" without what follows the name; KEELING, BOB as it is."""
    name, comma, rest = value.partition(",")
    credentials = comma and " " in name.strip() and not name.isupper() and rest.isupper()
    return name if credentials else value


def plain(word: str) -> str:
    """A name's word as it is compared: small letters, no accents, digits or apostrophes."""
    return re.sub(r"[\d'.]", "", word).lower()


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[str]]:
    text = (
        files("pipelines.privacy.recognizers")
        .joinpath("nicknames.toml")
        .read_text(encoding="utf-8")
    )
    table: dict[str, set[str]] = {}
    for row in tomllib.loads(text)["groups"]:
        formal, *short = row.split()
        table.setdefault(formal, set()).update(short)
        for name in short:
            table.setdefault(name, set()).update({formal, *short} - {name})
    return {name: frozenset(others) for name, others in table.items()}


def nicknames(word: str) -> frozenset[str]:
    """What somebody of this given name may also be called."""
    return _nicknames().get(word, frozenset())
