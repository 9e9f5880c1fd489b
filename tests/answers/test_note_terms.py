"""Synonyms widen the question, never the record; the key of 100 questions shares no word."""

from __future__ import annotations

import re

import pytest

from pipelines.answers import note_terms
from pipelines.answers.fuse import K, fused
from pipelines.charts import passage_groups, passages
from pipelines.records.chart import Chart
from pipelines.records.facts import Passage
from tests.benchmarks import note_search
from tests.charts.small_store import SmallStore

WORD = re.compile(r"[a-z0-9]+(?:[.][0-9]+)?")


def forms(text: str) -> set[str]:
    """Every word of a text with the endings that the search takes off and adds."""
    return set(passages.variants(WORD.findall(text.lower())[:64]))


def test_the_key_holds_a_hundred_questions_in_two_halves() -> None:
    items = note_search.items()
    assert len(items) == 100 == len({(i["patient"], i["question"]) for i in items})
    assert 45 <= sum(note_search.is_held_out(i) for i in items) <= 55


@pytest.mark.parametrize("item", [pytest.param(i, id=i["id"]) for i in note_search.items()])
def test_a_question_of_the_key_shares_no_content_word_with_its_passage(
    item: dict[str, str],
) -> None:
    said = [group[0] for group in note_terms.as_said(item["question"])]
    assert said
    assert [word for word in said if forms(word) & forms(item["words"])] == []


def test_the_words_of_the_key_stand_in_the_notes_of_the_samples() -> None:
    folders = note_search.SOURCES["samples"]
    texts = "\n".join(text for folder in folders for text in note_search.texts_of(folder))
    kept = [i for i in note_search.items() if i["set"] == "samples"]
    assert len(kept) > 60
    assert [i["id"] for i in kept if i["words"] not in texts] == []


def test_there_are_many_groups_and_no_word_is_a_mere_function_word() -> None:
    groups = list(note_terms.groups())
    assert len(groups) >= 400
    said = {word for group in groups for word in group.said}
    assert said & note_terms.ASKING == set()


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Is she short of breath at night?", "orthopnea"),
        ("How are the kidneys?", "nephropathy"),
        ("Any heart attacks?", "nstemi"),
        ("Did he pass out?", "syncope"),
        ("Was she peeing a lot?", "polyuria"),
    ],
)
def test_a_phrase_of_the_question_brings_what_notes_write(question: str, wanted: str) -> None:
    assert any(wanted in group for group in note_terms.widened(question))


def test_what_is_only_told_nearby_is_not_the_same() -> None:
    assert "creatinine" in note_terms.near("kidneys")
    assert "creatinine" not in note_terms.same("kidneys")
    assert "dyspnea" in note_terms.same("short of breath")
    assert note_terms.near("zebra") == ()


@pytest.fixture(scope="module")
def chart() -> Chart:
    store = SmallStore()
    store.add_note("a", "Sleeps on four pillows. Heart rate fine. Failure of the pump battery.")
    store.add_note("b", "Known heart failure. Renal function stable.")
    store.add_note("c", "Renal function of somebody else.", patient="p2")
    return store.chart()


def test_a_phrase_counts_only_where_all_its_words_stand(chart: Chart) -> None:
    found = passage_groups.search(chart, [["chf", "heart failure"]])
    assert [p.text for p in found] == ["Known heart failure."]


def test_what_was_said_counts_more_than_its_synonym(chart: Chart) -> None:
    found = passage_groups.search(chart, [["renal", "pillows"]])
    assert [p.text for p in found] == ["Renal function stable.", "Sleeps on four pillows."]


def test_nothing_asked_or_nothing_there_finds_nothing(chart: Chart) -> None:
    assert passage_groups.search(chart, []) == ()
    assert passage_groups.search(chart, [["?"]]) == ()
    assert passage_groups.search(chart, [["zebra"]]) == ()
    assert passage_groups.search(chart, [["renal"]], 0) == ()


def test_rankings_are_fused_by_the_reciprocal_of_their_ranks(chart: Chart) -> None:
    one, two, three = _three(chart)
    found = fused([one, two], [three, two])
    assert [p.passage_id for p in found] == [p.passage_id for p in (two, one, three)]
    assert found[0].score == pytest.approx(2 / (K + 2))
    assert found[1].score == pytest.approx(1 / (K + 1))
    assert fused([], []) == ()


def _three(chart: Chart) -> tuple[Passage, Passage, Passage]:
    one, two, three = passages.passages(chart)[:3]
    return one, two, three
