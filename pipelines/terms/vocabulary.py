"""What the names of drugs, problems, procedures and vaccines mean: one entry for many names.

The tables (`drugs.csv`, `problems.csv`, `procedures.csv`, `vaccines.csv`, with their sources) are
the whole vocabulary; nothing about a single name stands in code. A name is understood whole, by
its words. An entry is found in a chart's own name for a thing by one of its names, unless a word
beside it makes that name another thing, or by a code. A product of several drugs is found where
all of them are named, and each of them is found in the product. A name marked with "~" is only
understood in a question (in a chart it may mean something else), one with "=" only found in a
chart.

An entry that is not found says nothing: a chart may file the thing under a name not known here.
It reads no question and no chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.terms import site
from pipelines.terms.words import as_words

FOLDER = Path(__file__).parent
KINDS = {"drug": "drugs.csv", "problem": "problems.csv", "procedure": "procedures.csv",
         "vaccine": "vaccines.csv"}  # fmt: skip
LONGEST = 10
SPOKEN, FILED = MARKS = "~="
# Column of a table → the code system of its codes, as `code_words` writes it.
CODES = {"rxnorm": "rxnorm", "icd10": "icd10", "snomed": "snomed", "cvx": "cvx"}
SYSTEMS = {
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://snomed.info/sct": "snomed",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "http://hl7.org/fhir/sid/icd-9-cm": "icd9",
    "http://loinc.org": "loinc",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing. `names` are looked for in charts, `said` in questions; most names are both."""

    key: str
    kind: str
    title: str
    names: tuple[str, ...]
    said: tuple[str, ...]
    excluded: frozenset[str] = frozenset()
    parts: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The entries with their indexes, by words: all that is said, and what charts may write."""

    by_key: Mapping[str, Entry]
    said: Mapping[str, tuple[str, ...]]
    written: Mapping[str, tuple[str, ...]]
    by_code: Mapping[tuple[str, str], tuple[str, ...]]


@site.remembered()
def load() -> Vocabulary:
    """The vocabulary, read once for each site."""
    entries: dict[str, Entry] = {}
    for kind, name in KINDS.items():
        with site.shaped(name):
            for row in site.rows(FOLDER / name):
                made = _entry(kind, row)
                entries[made.key] = made
    return Vocabulary(
        by_key=entries,
        said=_index((e.key, e.said) for e in entries.values()),
        written=_index((e.key, e.names) for e in entries.values()),
        by_code=_by_code(entries.values()),
    )


def entries_said(words: str) -> tuple[Entry, ...]:
    """The entries that words of a question may mean, by their whole name."""
    known = load()
    return tuple(known.by_key[key] for key in known.said.get(words, ()))


@site.remembered(20_000)
def entries_in(display: str) -> frozenset[str]:
    """The keys of all entries that a chart's name for a thing holds."""
    known = load()
    parts = as_words(display).split()
    found: dict[str, None] = {}
    for first in range(len(parts)):
        for length in range(min(LONGEST, len(parts) - first), 0, -1):
            run = " ".join(parts[first : first + length])
            found.update(dict.fromkeys(known.written.get(run, ())))
    words = set(parts)
    kept = {key for key in found if not known.by_key[key].excluded & words}
    return frozenset(_with_products(kept))


def entries_coded(system: str | None, code: str | None) -> tuple[str, ...]:
    """The keys of the entries that a code of a chart means; ICD-10 codes by their beginning."""
    short = system_name(system)
    if short is None or not code:
        return ()
    plain = code.replace(".", "").upper()
    known = load().by_code
    if short != "icd10":
        return known.get((short, plain.lstrip("0") or plain), ())
    found = (known.get((short, plain[:length]), ()) for length in range(len(plain), 0, -1))
    return tuple(dict.fromkeys(key for keys in found for key in keys))


def system_name(system: str | None) -> str | None:
    """The short name of a code system (`icd10`), or None where it is none of those known here.

    Hospitals' own exports end in what they are (`…/mimic-diagnosis-icd10`).
    """
    low = (system or "").rstrip("/").lower()
    ending = next((short for short in ("icd10", "icd9") if low.endswith(short)), None)
    return SYSTEMS.get(low) or ending


def _with_products(keys: set[str]) -> set[str]:
    """With the drugs of a product that is named, and the product of drugs that all are."""
    by_key = load().by_key
    whole = set(keys)
    for key in keys:
        whole.update(f"drug:{part}" for part in by_key[key].parts)
    whole.update(
        key for key in _products() if {f"drug:{part}" for part in by_key[key].parts} <= whole
    )
    return whole


@site.remembered()
def _products() -> tuple[str, ...]:
    return tuple(key for key, entry in load().by_key.items() if entry.parts)


def _entry(kind: str, row: Mapping[str, str]) -> Entry:
    title = next(iter(row.values()))
    parts = tuple(part.strip() for part in title.split(" + ")) if " + " in title else ()
    names = _cells(row, "names", "also", "brands")
    both = [*([] if parts else [title]), *(n for n in names if n[0] not in MARKS)]
    return Entry(
        key=f"{kind}:{title}",
        kind=kind,
        title=" and ".join(parts) if parts else title,
        names=_worded((*both, *(n[1:] for n in names if n[0] == FILED))),
        said=_worded((*both, *_orders(parts), *(n[1:] for n in names if n[0] == SPOKEN))),
        excluded=frozenset(as_words(" ".join(_cells(row, "not"))).split()),
        parts=parts,
        codes=tuple(
            (CODES[column], code.replace(".", "").lstrip("0" if column == "cvx" else ""))
            for column in CODES
            for code in _cells(row, column)
        ),
    )


def _orders(parts: tuple[str, ...]) -> tuple[str, ...]:
    """A product as people say it: its drugs one after the other, either first."""
    return (" ".join(parts), " ".join(reversed(parts))) if parts else ()


def _cells(row: Mapping[str, str], *columns: str) -> list[str]:
    return [
        c.strip() for column in columns for c in (row.get(column) or "").split(";") if c.strip()
    ]


def _worded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(as_words(name) for name in names if as_words(name)))


def _index(named: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for key, names in named:
        for name in names:
            index[name] = (*index.get(name, ()), key)
    return index


def _by_code(entries: Iterable[Entry]) -> dict[tuple[str, str], tuple[str, ...]]:
    index: dict[tuple[str, str], tuple[str, ...]] = {}
    for entry in entries:
        for code in entry.codes:
            index[code] = (*index.get(code, ()), entry.key)
    return index
