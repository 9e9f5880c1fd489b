"""What each story says must be told, and its key of questions, against the bundle itself.

Nothing here asks the app: the truth lists and keys are held to the charts, so that a key can never
be bent to an answer. Every record named exists, was known at the round, and carries the numbers
that a `[must]` line says.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import pytest

from tests.sample_data.sample_bundles import (
    SAMPLES,
    Json,
    by_reference,
    happened,
    leaves,
    moment,
    note_text,
    resources,
    stories,
    written_notes,
)

each_story = pytest.mark.parametrize("name", stories())

LINE = re.compile(r"- \[(must|trap)\] (.+) \((`[^()]+`)\)")
HEADING = re.compile(r"## (\d{4}-\d\d-\d\d \d\d:\d\d)")
DATES = re.compile(
    r"\d{4}-\d\d-\d\d(?:T[\d:.+-]+)?|\b\d\d-\d\d\b|\b\d\d:\d\d\b|\b(?:day|HD|POD) \d+"
)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w]*\d)")
SAYING = {"value", "text", "display", "conclusion", "valueString", "description", "disposition",
          "name", "title"}  # fmt: skip
WRITTEN_AT = ("created", "authored", "dateTime", "recordedOn", "receivedTime", "start")
SPANS = ("period", "timingPeriod", "effectivePeriod", "performedPeriod", "billablePeriod")
MEMBERS = {"id", "patient", "question", "kind", "answer", "evidence",
           "thread", "contains", "lacks", "or_abstain"}  # fmt: skip


class Line(NamedTuple):
    """One line of a truth list."""

    at: str
    kind: str
    text: str
    ids: tuple[str, ...]


@lru_cache(maxsize=32)
def truth(name: str) -> tuple[Line, ...]:
    """The lines of a story's truth list; a line of another form is an error."""
    at, found = "", []
    for line in (SAMPLES / name / "truth.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("##"):
            heading = HEADING.fullmatch(line)
            assert heading, line
            at = heading[1]
        elif line.startswith("-"):
            read = LINE.fullmatch(line)
            assert read, line
            assert at, line
            found.append(Line(at, read[1], read[2], tuple(re.findall(r"`([^`]+)`", read[3]))))
    return tuple(found)


@lru_cache(maxsize=32)
def questions(name: str) -> tuple[dict[str, Any], ...]:
    """The lines of a story's key."""
    text = (SAMPLES / name / "questions.jsonl").read_text(encoding="utf-8")
    return tuple(json.loads(line) for line in text.splitlines())


def zone(name: str) -> datetime:
    """Any moment of the story, for its offset."""
    return moment(next(iter(resources(name, "Encounter")))["period"]["start"])


def round_of(name: str, at: str) -> datetime:
    """The moment of a round."""
    return datetime.fromisoformat(at).replace(tzinfo=zone(name).tzinfo)


def known_from(resource: Json) -> list[datetime]:
    """The times before which nobody knew a record: of a result all, of a span its beginning."""
    if resource["resourceType"] == "Observation":
        return happened(resource)
    names = ("effectiveDateTime", "date", "authoredOn", "recordedDate", "performedDateTime")
    times = [resource.get(member, "") for member in (*names, *WRITTEN_AT)]
    times += [resource.get(member, {}).get("start", "") for member in SPANS]
    if resource["resourceType"] == "DiagnosticReport":
        times.append(resource.get("issued", ""))
    if resource["resourceType"] == "Appointment":
        times = []
    return [moment(text) for text in times if "T" in text]


def numbers(text: str) -> set[float]:
    """The numbers of a text, dates and clock times put aside."""
    plain = DATES.sub(" ", re.sub(r"(?<=\d),(?=\d{3})", "", text))
    return {float(number) for number in NUMBER.findall(plain)}


def said(resource: Json) -> str:
    """All that a record says in words and numbers, its note included."""
    parts = [str(value) for key, value in leaves(resource) if key in SAYING]
    if "content" in resource or "presentedForm" in resource:
        parts.append(note_text(resource))
    return " | ".join(parts)


def hospital_rounds(name: str) -> Iterator[str]:
    """06:30 of every day that begins in the hospital."""
    notes = [moment(note.get("date") or note["issued"]) for note in written_notes(name)]
    for stay in resources(name, "Encounter"):
        if stay["class"]["code"] not in ("IMP", "OBSENC") or "partOf" in stay:
            continue
        start = moment(stay["period"]["start"])
        end = moment(stay["period"]["end"]) if "end" in stay["period"] else max(notes)
        at = datetime.combine(start.date(), time(6, 30), start.tzinfo)
        while at < end:
            if at > start:
                yield at.strftime("%Y-%m-%d %H:%M")
            at += timedelta(days=1)


@each_story
def test_each_round_of_a_stay_has_its_list_in_order(name: str) -> None:
    rounds = list(dict.fromkeys(line.at for line in truth(name)))
    assert rounds == sorted(rounds)
    hospital = sorted(hospital_rounds(name))
    assert [at for at in hospital if at not in rounds] == []
    visits = {visit["period"]["start"][:10] for visit in resources(name, "Encounter")}
    assert [at for at in rounds if at not in hospital and at[:10] not in visits] == []
    assert len(rounds) >= 3


@each_story
def test_each_round_must_tell_enough_and_the_story_has_traps(name: str) -> None:
    must = Counter(line.at for line in truth(name) if line.kind == "must")
    assert min(must.values()) >= 4
    assert set(must) == {line.at for line in truth(name)}
    assert sum(line.kind == "trap" for line in truth(name)) >= 3


@each_story
def test_every_record_of_the_list_exists_and_was_known_at_the_round(name: str) -> None:
    known = by_reference(name)
    wrong = []
    for line in truth(name):
        at = round_of(name, line.at)
        for one in line.ids:
            if one not in known:
                wrong.append(f"{line.at}: no {one}")
            elif any(when > at for when in known_from(known[one])):
                wrong.append(f"{line.at}: {one} is later")
    assert wrong == []


@each_story
def test_numbers_that_must_be_told_stand_in_the_records(name: str) -> None:
    known = by_reference(name)
    wrong = []
    for line in truth(name):
        if line.kind == "must":
            told = set().union(*(numbers(said(known[one])) for one in line.ids if one in known))
            wrong += [(line.at, line.text, lost) for lost in sorted(numbers(line.text) - told)]
    assert wrong == []


@each_story
def test_a_key_has_its_form(name: str) -> None:
    (patient,) = resources(name, "Patient")
    items = questions(name)
    assert [item["id"] for item in items] == [
        f"{patient['id']}-{number:02}" for number in range(1, len(items) + 1)
    ]
    for item in items:
        assert set(item) <= MEMBERS, item["id"]
        assert set(item) >= {"id", "patient", "question", "kind", "answer", "evidence"}, item["id"]
        assert item["patient"] == patient["id"]
        assert item["answer"] is not None or not item["evidence"], item["id"]
        assert item["answer"] != [] or item.get("contains"), item["id"]
        assert all(isinstance(row, list) for row in item["answer"] or []), item["id"]


@each_story
def test_a_key_asks_enough_of_every_kind(name: str) -> None:
    items = questions(name)
    assert len(items) >= 25
    assert len({item["kind"] for item in items}) >= 10
    assert sum(item["answer"] is None for item in items) >= 3
    threads = Counter(item["thread"] for item in items if "thread" in item)
    assert sum(threads.values()) - len(threads) >= 3
    assert min(threads.values()) >= 2
    runs = [item.get("thread") for item in items]
    for thread, count in threads.items():
        first = runs.index(thread)
        assert runs[first : first + count] == [thread] * count, thread


@each_story
def test_what_the_key_answers_stands_in_its_evidence(name: str) -> None:
    known = by_reference(name)
    for item in questions(name):
        assert [one for one in item["evidence"] if one not in known] == [], item["id"]
        cited = [known[one] for one in item["evidence"]]
        if not cited:
            continue
        values = set().union(*(numbers(said(one)) for one in cited))
        times = {str(when.replace(tzinfo=None)) for one in cited for when in happened(one)}
        for cell in (cell for row in item["answer"] or [] for cell in row):
            if isinstance(cell, int | float) and cell not in (0, 1):
                assert float(cell) in values, item["id"]
            elif isinstance(cell, str) and re.match(r"\d{4}-\d\d-\d\d ", cell):
                assert cell in times, item["id"]


@each_story
def test_words_that_an_answer_must_hold_stand_in_its_evidence(name: str) -> None:
    """In the records that the key names, or anywhere in the chart where it names none."""
    known = by_reference(name)
    for item in questions(name):
        cited = [known[one] for one in item["evidence"]] or resources(name)
        told = " | ".join(said(one) for one in cited).lower()
        told += " ".join(str(value) for _, value in leaves(cited))  # dates as they are written
        for wanted in item.get("contains", []):
            choices = wanted if isinstance(wanted, list) else [wanted]
            assert any(one.lower() in told or one in told for one in choices), item["id"]


@each_story
def test_every_question_that_the_app_offers_is_in_the_key(name: str) -> None:
    table = tomllib.loads((SAMPLES / "questions.toml").read_text(encoding="utf-8"))["patients"]
    (patient,) = resources(name, "Patient")
    asked = {item["question"] for item in questions(name) if item["answer"] is not None}
    assert [one for one in table[patient["id"]]["questions"] if one not in asked] == []


@each_story
def test_the_reader_of_keys_can_read_this_one(name: str) -> None:
    from tests.answers.scoring import conversations

    read = [item for items in conversations(SAMPLES / name / "questions.jsonl") for item in items]
    assert {item["id"] for item in read} == {item["id"] for item in questions(name)}
