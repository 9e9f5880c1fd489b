"""Vectors of passages: which are missing, which are nearest, and that they follow their notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.charts import columns, vectors
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from tests.charts.fhir_files import bundle, load, note, patient, write
from tests.charts.older_stores import named_at_length
from tests.charts.small_store import READER, SmallStore, at

MODEL, DIGEST = "embed:1b", "d1"
Vector = list[float]


def keep(small: SmallStore, ident: str, vector: Vector, patient: str = "p1", **more: str) -> None:
    """A note of one sentence, with its vector."""
    text = f"Sentence {ident}."
    small.add_note(ident, text, patient=patient, **more)
    small.add(
        "passage_vector", resource=f"DocumentReference/{ident}", patient=patient,
        number=0, model=MODEL, model_digest=DIGEST, vector=vector,
    )  # fmt: skip


def nearest(chart: Chart, vector: Vector, digest: str = DIGEST, most: int = 20) -> list[str]:
    found = vectors.nearest(chart, vector, digest, most)
    return [passage.resource.partition("/")[2] for passage in found]


def test_the_nearest_come_first_with_their_cosine() -> None:
    small = SmallStore()
    keep(small, "across", [0.0, 2.0])
    keep(small, "along", [3.0, 0.0])
    keep(small, "between", [1.0, 1.0])
    found = vectors.nearest(small.chart(), [1.0, 0.0], DIGEST)
    assert [passage.text for passage in found] == [
        "Sentence along.", "Sentence between.", "Sentence across.",
    ]  # fmt: skip
    assert [passage.score for passage in found] == pytest.approx([1.0, 0.7071, 0.0], abs=1e-4)
    assert (found[0].start, found[0].end, found[0].title) == (0, 15, "Progress note")
    assert nearest(small.chart(), [1.0, 0.0], most=1) == ["along"]


def test_nobody_sees_the_passages_of_another_patient() -> None:
    small = SmallStore()
    keep(small, "mine", [0.0, 1.0])
    keep(small, "theirs", [1.0, 0.0], patient="p2")
    assert nearest(small.chart("p1"), [1.0, 0.0]) == ["mine"]
    assert nearest(small.chart("p2"), [1.0, 0.0]) == ["theirs"]
    assert nearest(small.chart("p3"), [1.0, 0.0]) == []


@pytest.mark.parametrize(
    ("vector", "more"),
    [
        pytest.param([1.0, 0.0], {"status": "entered-in-error"}, id="entered in error"),
        pytest.param([1.0, 0.0], {"written": "2027-02-01"}, id="after the as-of"),
        pytest.param([1.0, 0.0, 0.0], {}, id="another length"),
        pytest.param([0.0, 0.0], {}, id="no direction"),
    ],
)
def test_what_cannot_be_compared_or_read_is_passed_over(
    vector: Vector, more: dict[str, str]
) -> None:
    small = SmallStore()
    keep(small, "good", [1.0, 1.0])
    keep(small, "other", vector, **more)
    assert nearest(small.chart(), [1.0, 0.0]) == ["good"]


def test_vectors_of_another_model_are_not_compared() -> None:
    small = SmallStore()
    keep(small, "n1", [1.0, 0.0])
    assert nearest(small.chart(), [1.0, 0.0], digest="d2") == []


def test_a_column_of_lists_of_numbers_keeps_each_row_apart() -> None:
    rows = [([1.5, 2.0],), (None,), ([],), ([3.0],)]
    packed = columns.arrow([("vector", "FLOAT[]")], rows)
    assert packed["vector"].to_pylist() == [[1.5, 2.0], [], [], [3.0]]


def fill(store: ChartStore, digest: str = DIGEST) -> list[str]:
    """A vector for every passage without one; their words."""
    found = vectors.passages_without(store, digest, 100)
    vectors.put(store, MODEL, digest, [(one, [float(len(one.text)), 1.0]) for one in found])
    return sorted(one.text for one in found)


def kept(store: ChartStore) -> list[tuple[str, str]]:
    return [
        tuple(row)
        for row in store.rows(
            "select p.text, v.model_digest from passage_vector v"
            " left join passage p using (resource, number) order by 1", {}
        )
    ]  # fmt: skip


def test_only_passages_without_a_vector_of_this_model_are_named(
    store: ChartStore, tmp_path: Path
) -> None:
    load(store, write(tmp_path / "a.json", bundle(patient(), note(text="Go home. Come back."))))
    assert vectors.count_without(store, MODEL) == 2
    assert len(vectors.passages_without(store, DIGEST, 1)) == 1
    assert fill(store) == ["Come back.", "Go home."]
    assert (vectors.passages_without(store, DIGEST, 9), vectors.count_without(store, MODEL)) == (
        [], 0,
    )  # fmt: skip
    assert vectors.count_without(store, "another") == 2
    assert fill(store, "d2") == ["Come back.", "Go home."]
    assert kept(store) == [("Come back.", "d2"), ("Go home.", "d2")], "one vector a passage"


def test_a_changed_note_loses_its_vectors_and_others_keep_theirs(
    store: ChartStore, tmp_path: Path
) -> None:
    load(store, write(tmp_path / "a.json", bundle(
        patient(), note("d1", "Go home."), note("d2", "Come back."))))  # fmt: skip
    fill(store)
    load(store, write(tmp_path / "b.json", bundle(note("d1", "Stay here."))))
    assert kept(store) == [("Come back.", DIGEST)]
    assert fill(store) == ["Stay here."]


def test_a_note_whose_binary_comes_later_is_asked_for_anew(
    store: ChartStore, tmp_path: Path
) -> None:
    pointing = note("d1", content=[
        {"attachment": {"contentType": "text/plain", "data": "R28gaG9tZS4="}},
        {"attachment": {"contentType": "text/plain", "url": "Binary/b1"}}])  # fmt: skip
    load(store, write(tmp_path / "a.json", bundle(patient(), pointing)))
    fill(store)
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/plain",
              "data": "Q29tZSBiYWNrLg=="}  # fmt: skip
    load(store, write(tmp_path / "b.json", bundle(binary)))
    texts = {text for (text,) in store.rows("select text from passage", {})}
    fill(store)
    assert {text for text, _ in kept(store)} == texts
    assert any("Come back" in text for text in texts), "else this is idle"


def test_vectors_follow_a_patient_who_is_known_only_later(
    store: ChartStore, tmp_path: Path
) -> None:
    early = note(
        "d1", "Go home.", subject={"reference": "urn:uuid:9c5b94b1-35ad-49bb-b118-8e8fc24abf80"}
    )
    load(store, write(tmp_path / "a.json", bundle(early)))
    fill(store)
    load(store, write(tmp_path / "b.json", patient("9c5b94b1-35ad-49bb-b118-8e8fc24abf80")))
    whose = store.rows("select patient from passage_vector", {})
    assert whose == [("9c5b94b1-35ad-49bb-b118-8e8fc24abf80",)]
    chart = Chart(READER, whose[0][0], "test", at("2026-12-31T00:00:00+00:00"), store)
    assert [one.text for one in vectors.nearest(chart, [1.0, 1.0], DIGEST)] == ["Go home."]


def test_vectors_of_passages_that_are_gone_are_forgotten(store: ChartStore, tmp_path: Path) -> None:
    load(store, write(tmp_path / "a.json", bundle(patient(), note("d1", "Go home."))))
    stray = vectors.Unembedded("DocumentReference/x", "p1", 0, "Gone.")
    vectors.put(store, MODEL, DIGEST, [(stray, [1.0, 0.0])])
    fill(store)
    vectors.forget_gone(store)
    assert kept(store) == [("Go home.", DIGEST)]


def test_a_store_from_before_gets_its_vectors_at_the_next_chance(
    store: ChartStore, tmp_path: Path
) -> None:
    load(store, write(tmp_path / "a.json", bundle(patient(), note("d1", "Go home."))))
    store.close()
    named_at_length(
        store.path,
        "drop table passage_vector; delete from migration where name = 'm050_vectors'",
    )
    again = ChartStore.open(store.path, read_only=False)
    assert fill(again) == ["Go home."]
    again.close()
