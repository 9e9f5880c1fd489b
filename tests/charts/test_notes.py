"""Notes whole, and sentences found in them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.charts import notes, passage_groups, passages, sources
from pipelines.errors import NotFound
from tests.charts.small_store import SmallStore


@pytest.fixture
def store() -> SmallStore:
    return SmallStore()


def texts(store: SmallStore, *words: str, limit: int = 20) -> list[str]:
    return [
        passage.text
        for passage in passage_groups.search(store.chart(), [[word] for word in words], limit)
    ]


def test_notes_come_newest_first_and_as_many_as_asked(store: SmallStore) -> None:
    for day in ("20", "22", "21"):
        store.add_note(day, f"Day {day}.", written=f"2026-11-{day}")
    assert [note.when.day for note in notes.notes(store.chart()) if note.when] == [
        "2026-11-22", "2026-11-21", "2026-11-20",
    ]  # fmt: skip
    assert [note.text for note in notes.notes(store.chart(), limit=1)] == ["Day 22."]


def test_a_text_filed_twice_for_one_visit_is_one_note(store: SmallStore) -> None:
    store.add_note("a", "Same text.", resource="DiagnosticReport/a", encounter="Encounter/1")
    store.add_note("b", "Same text.", encounter="Encounter/1")
    store.add_note("c", "Same text.", encounter="Encounter/2")
    assert {note.fact.resource for note in notes.notes(store.chart())} == {
        "DocumentReference/b", "DocumentReference/c",
    }  # fmt: skip


def test_a_superseded_note_stays_and_says_so(store: SmallStore) -> None:
    store.add_note("a", "Old.", status="superseded")
    assert notes.notes(store.chart())[0].status == "superseded"


def test_one_note_is_opened_by_its_resource_with_its_text_untouched(store: SmallStore) -> None:
    store.add_note("a", "  Two lines \n\n kept as they are. ")
    note = notes.note(store.chart(), "DocumentReference/a")
    assert note.text == "  Two lines \n\n kept as they are. "
    assert (note.title, note.author, note.fact.kind) == ("Progress note", "Dr. Test", "document")


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        pytest.param({"type": {"text": "Progress note"}}, "type.text", id="text"),
        pytest.param(
            {"type": {"coding": [{"code": "1"}, {"display": "Progress note"}]}},
            "type.coding[1].display", id="a coding",
        ),
        pytest.param({"description": "Progress note"}, "description", id="description"),
        pytest.param({}, "id", id="nowhere"),
    ],
)  # fmt: skip
def test_a_note_is_cited_where_its_title_stands(
    store: SmallStore, raw: dict[str, object], place: str
) -> None:
    store.add_note("a", "Well.")
    resource = {"resourceType": "DocumentReference", "id": "a", **raw}
    store.add_resource(resource)
    (note,) = notes.notes(store.chart())
    assert (note.fact.path, note.fact.quote) == (place, "a" if place == "id" else "Progress note")
    assert sources.leaves(json.dumps(resource), note.fact.path) == (note.fact.quote,)


@pytest.mark.parametrize("resource", ["DocumentReference/b", "DocumentReference/none"])
def test_another_patients_note_is_not_found(store: SmallStore, resource: str) -> None:
    store.add_note("b", "Secret.", patient="p2")
    with pytest.raises(NotFound):
        notes.note(store.chart(), resource)


def test_a_passage_is_exactly_the_notes_own_words(store: SmallStore) -> None:
    store.add_note("a", "Feels well. Chest pain since Monday. Eats.")
    (passage,) = passage_groups.search(store.chart(), [["chest"]])
    note = notes.note(store.chart(), passage.resource)
    assert note.text[passage.start : passage.end] == passage.text == "Chest pain since Monday."
    assert passage.note_sha256 == note.sha256
    assert passage.score > 0


def test_a_passage_with_more_and_rarer_words_comes_first(store: SmallStore) -> None:
    store.add_note("a", "Pain is better. Chest pain on exertion. Pain again. No cough.")
    assert texts(store, "chest", "pain")[0] == "Chest pain on exertion."
    assert texts(store, "chest", "pain", limit=1) == ["Chest pain on exertion."]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("CHEST", True, id="capitals"),
        pytest.param("drains", True, id="plural asked, singular written"),
        pytest.param("fever", True, id="singular asked, plural written"),
        pytest.param("drain", True, id="itself"),
        pytest.param("rain", False, id="inside a word is no hit"),
        pytest.param("5.9", True, id="a number with a decimal"),
        pytest.param("9", False, id="part of a number is no hit"),
        pytest.param("headache", False, id="not there"),
    ],
)
def test_words_match_whole_and_with_few_endings(store: SmallStore, asked: str, found: bool) -> None:
    store.add_note("a", "Chest drain removed after fevers. Potassium 5.9 today.")
    assert bool(texts(store, asked)) is found


def test_a_copied_sentence_is_found_once_newest_with_the_dates_of_the_others(
    store: SmallStore,
) -> None:
    for day in ("20", "22", "21"):
        store.add_note(day, f"Chest  pain stable. Day {day}.", written=f"2026-11-{day}")
    (passage,) = passage_groups.search(store.chart(), [["chest"]])
    assert passage.resource == "DocumentReference/22"
    assert passage.earlier == ("2026-11-20", "2026-11-21")


def test_passages_of_named_notes_alone_can_be_read(store: SmallStore) -> None:
    store.add_note("a", "One. Two.")
    store.add_note("b", "Three.")
    chart = store.chart()
    assert [p.text for p in passages.passages(chart, ["DocumentReference/a"])] == ["One.", "Two."]
    assert passages.passages(chart, []) == ()
    assert len(passages.passages(chart)) == 3


def test_nothing_asked_finds_nothing(store: SmallStore) -> None:
    store.add_note("a", "Chest pain.")
    assert texts(store) == []
    assert texts(store, "chest", limit=0) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=5))
def test_any_words_may_be_asked(words: list[str]) -> None:
    store = SmallStore()
    store.add_note("a", "Chest pain.")
    for passage in passage_groups.search(store.chart(), [[word] for word in words]):
        assert passage.text == "Chest pain."


@settings(max_examples=20, deadline=None)
@given(st.permutations(["Chest pain today.", "Chest clear.", "No pain.", "Walks in the hall."]))
def test_the_order_in_which_notes_were_loaded_changes_no_search(order: list[str]) -> None:
    store = SmallStore()
    for text in order:
        store.add_note(text[:6].strip() + str(len(text)), text)
    assert texts(store, "chest", "pain")[0] == "Chest pain today."
    assert set(texts(store, "chest", "pain")) == {"Chest pain today.", "Chest clear.", "No pain."}
