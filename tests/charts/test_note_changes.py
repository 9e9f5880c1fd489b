"""What is copied, changed, moved or new in a note: never a changed number among the copied."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.charts import note_changes
from pipelines.charts.note_changes import compare, gone, older_of_its_kind
from pipelines.charts.note_list import note_heads, role_of
from pipelines.records.note_reader import NoteChanges, NoteSentence
from tests.charts.small_store import SmallStore

WORDS = st.sampled_from(
    ["BP", "stable", "creatinine", "1.8", "2.4", "mg", "5", "no", "fever", "11-18", "120/80"]
)
SENTENCES = st.lists(
    st.builds(
        lambda heading, words: (heading, " ".join(words)),
        st.sampled_from([None, "Plan", "Exam"]),
        st.lists(WORDS, min_size=1, max_size=5),
    ),
    max_size=12,
)


def made(*told: tuple[str | None, str]) -> list[NoteSentence]:
    return [NoteSentence(i, i + len(text), heading, text)
            for i, (heading, text) in enumerate(told)]  # fmt: skip


def states(changes: NoteChanges) -> list[str]:
    return [item.state for item in changes.sentences]


@settings(max_examples=100, deadline=None)
@given(SENTENCES)
def test_an_identical_note_is_all_copied_and_an_empty_older_one_copies_nothing(
    told: list[tuple[str | None, str]],
) -> None:
    same = compare(made(*told), made(*told))
    assert set(states(same)) <= {"copied"}
    assert same.dropped == ()
    alone = compare(made(*told), [])
    assert set(states(alone)) <= {"new"}
    assert len(compare([], made(*told)).dropped) == len(told)


@settings(max_examples=150, deadline=None)
@given(SENTENCES, SENTENCES)
def test_a_dimmed_sentence_stands_word_for_word_under_its_heading_in_the_older_note(
    now: list[tuple[str | None, str]], before: list[tuple[str | None, str]]
) -> None:
    changes = compare(made(*now), made(*before))
    for item, told in zip(changes.sentences, now, strict=True):
        assert item.sentence.text == told[1]
        assert (item.state == "copied") is (told in before)
        if item.state == "changed":
            assert item.before is not None
            assert re.findall(r"\d+", item.before) != re.findall(r"\d+", told[1])
            assert item.numbers


@settings(max_examples=100, deadline=None)
@given(SENTENCES, SENTENCES)
def test_every_older_sentence_is_said_again_changed_or_listed_as_gone(
    now: list[tuple[str | None, str]], before: list[tuple[str | None, str]]
) -> None:
    changes = compare(made(*now), made(*before))
    said = {text for _, text in now} | {item.before for item in changes.sentences}
    dropped = {item.text for item in changes.dropped}
    assert all(text in said or text in dropped for _, text in before)
    assert not dropped & {text for _, text in now}


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        pytest.param("Lungs  clear.", "Lungs clear.", "copied", id="other blanks"),
        pytest.param("Cr 1.8 today.", "Cr 2.4 today.", "changed", id="another number"),
        pytest.param("Cr 1.8 today.", "Cr 18 today.", "changed", id="a lost decimal point"),
        pytest.param("Give 5 mg.", "Give 5 mcg.", "new", id="another unit"),
        pytest.param("No fever.", "Fever.", "new", id="a negation gone"),
        pytest.param("NO fever.", "No fever.", "new", id="other capitals are other words"),
        pytest.param("BP 120/80.", "BP 120/70.", "changed", id="half a pressure"),
        pytest.param("Seen 11-18-2026.", "Seen 11-19-2026.", "changed", id="another date"),
        pytest.param("K > 5.5", "K < 5.5", "new", id="another sign"),
    ],
)
def test_only_the_same_words_and_numbers_are_copied(before: str, now: str, state: str) -> None:
    assert states(compare(made((None, now)), made((None, before)))) == [state]


def test_the_same_words_under_another_heading_are_moved_and_say_where_they_stood() -> None:
    changes = compare(made(("Hospital", "Aspirin.")), made(("Home", "Aspirin.")))
    (item,) = changes.sentences
    assert (item.state, item.before, changes.dropped) == ("moved", "Home", ())


def test_a_changed_number_says_what_it_was() -> None:
    assert gone("Cr 1.8, K 4.0 on 11-18", "Cr 2.4, K 4.0 on 11-19") == ("1.8", "11-18")


def test_a_changed_sentence_is_not_listed_as_gone_and_serves_once() -> None:
    changes = compare(made((None, "K 5."), (None, "K 6.")), made((None, "K 4."), (None, "Eats.")))
    assert states(changes) == ["changed", "new"]
    assert [item.text for item in changes.dropped] == ["Eats."]


@pytest.fixture
def store() -> SmallStore:
    return SmallStore()


@pytest.mark.parametrize(
    ("author", "role"),
    [
        ("Bram Duskin, RN", "RN"),
        ("Delphine Marchbanks, RN, CCM", "RN"),
        ("Orla Quincetree, PharmD", "PharmD"),
        ("Dr. Tad Rau", None),
        ("Rau, Tad Xaverius", None),
        (None, None),
    ],
)
def test_a_role_is_the_qualification_behind_a_name(author: str | None, role: str | None) -> None:
    assert role_of(author) == role


def test_the_note_before_is_of_the_same_kind_and_role_and_older(store: SmallStore) -> None:
    for ident, day, author, title in (
        ("a", "18", "A, RN", "Note"), ("b", "19", "B, RN", "Note"), ("c", "20", "C, MD", "Note"),
        ("d", "20", "D, RN", "Consult"), ("e", "21", "E, RN", "Note"), ("f", "22", "F, RN", "Note"),
    ):  # fmt: skip
        store.add_note(ident, f"Text {ident}.", written=f"2026-11-{day}", author=author,
                       title=title)  # fmt: skip
    every = note_heads(store.chart())
    heads = {head.fact.resource.rpartition("/")[2]: head for head in every}
    found = [one.fact.resource[-1] for one in older_of_its_kind(heads["e"], every)]
    assert found == ["b", "a"]
    assert older_of_its_kind(heads["a"], every) == ()


def test_a_line_that_looks_like_a_heading_and_says_more_is_compared(store: SmallStore) -> None:
    text = "# AKI: creatinine 1.3, hold lisinopril\nWalks."
    store.add_note("a", text)
    store.add("section", resource="DocumentReference/a", patient="p1", number=0,
              title="AKI: creatinine 1.3, hold lisinopril", start_offset=0, end_offset=len(text),
              path="x", entries=[])  # fmt: skip
    found = note_changes.sentences(store.chart(), "DocumentReference/a", text)
    assert "# AKI: creatinine 1.3, hold lisinopril" in [item.text for item in found]
    assert all(text[item.start : item.end] == item.text for item in found)
    assert {item.heading for item in found} == {None}
