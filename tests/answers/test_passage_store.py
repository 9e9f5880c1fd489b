"""The notes of one chart as a Haystack store: one patient, read-only, offsets kept."""

from __future__ import annotations

import pytest
from haystack import Document
from haystack.errors import FilterError

from pipelines.answers.passage_store import (
    PassageRetriever,
    PassageStore,
    ReadOnlyStore,
    document_of,
    passage_of,
    search_notes,
)
from pipelines.charts import passage_groups, passages
from pipelines.records.chart import Chart
from tests.charts.small_store import SmallStore

TEXT = "Denies chest pain. Potassium repeated, sample hemolysed. Walked with nurse."


@pytest.fixture(scope="module")
def charts() -> tuple[Chart, Chart]:
    store = SmallStore()
    store.add_note("n1", TEXT)
    store.add_note("n2", "Potassium of somebody else.", patient="p2")
    return store.chart("p1"), store.chart("p2")


def test_store_sees_its_own_chart_alone(charts: tuple[Chart, Chart]) -> None:
    own, other = map(PassageStore, charts)
    assert (own.count_documents(), other.count_documents()) == (3, 1)
    assert [d.content for d in other.search([["potassium"]])] == ["Potassium of somebody else."]
    assert [d.content for d in own.search([["potassium"]])] == [
        "Potassium repeated, sample hemolysed."
    ]


def test_document_is_the_slice_between_its_offsets(charts: tuple[Chart, Chart]) -> None:
    for document in PassageStore(charts[0]).filter_documents():
        assert TEXT[document.meta["start"] : document.meta["end"]] == document.content
        assert document.meta["resource"] == "DocumentReference/n1"


def test_passage_comes_back_from_its_document_unchanged(charts: tuple[Chart, Chart]) -> None:
    for passage in passages.passages(charts[0]):
        assert passage_of(document_of(passage)) == passage
    assert search_notes(charts[0], [["pain"]], 5) == passage_groups.search(charts[0], [["pain"]], 5)


def test_filters_are_haystacks_own(charts: tuple[Chart, Chart]) -> None:
    store = PassageStore(charts[0])
    rule = {"field": "meta.start", "operator": ">", "value": 0}
    assert len(store.filter_documents(rule)) == 2
    with pytest.raises(FilterError):
        store.filter_documents({"field": "meta.start"})


def test_store_is_read_only_and_is_not_made_from_a_file(charts: tuple[Chart, Chart]) -> None:
    store = PassageStore(charts[0])
    with pytest.raises(ReadOnlyStore):
        store.write_documents([Document(content="x")])
    with pytest.raises(ReadOnlyStore):
        store.delete_documents(["x"])
    with pytest.raises(ReadOnlyStore):
        PassageStore.from_dict(store.to_dict())
    assert "p1" not in str(store.to_dict())


def test_retriever_finds_nothing_for_no_words(charts: tuple[Chart, Chart]) -> None:
    retriever = PassageRetriever()
    assert retriever.run(charts[0], [])["documents"] == []
    assert len(retriever.run(charts[0], [["potassium"]], top_k=5)["documents"]) == 1
