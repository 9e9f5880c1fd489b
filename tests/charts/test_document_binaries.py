"""Texts that lie in a Binary: read when both are in, in whatever order they came."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.charts import note_details, notes, passage_groups, sources
from pipelines.charts.store import ChartStore
from pipelines.errors import NotFound
from pipelines.records.chart import Chart, Reader
from tests.charts.document_files import document, pdf, rtf
from tests.charts.fhir_files import Json, bundle, dump, lines, load, patient, write
from tests.charts.small_store import at

WAITING = "Its text is in a Binary that has not been loaded."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChartStore]:
    store = ChartStore.open(tmp_path / "home" / "chart.duckdb", read_only=False)
    yield store
    store.close()


def binary(ident: str = "b1", content: bytes | str = "# Plan\nRest. Eat.", **more: object) -> Json:
    data = content.encode() if isinstance(content, str) else content
    return {"resourceType": "Binary", "id": ident, "contentType": "text/plain",
            "data": base64.b64encode(data).decode(), **more}  # fmt: skip


def pointing(url: str = "Binary/b1", ident: str = "d1", **more: object) -> Json:
    return document(ident, {"contentType": "text/plain", "url": url}, **more)


def opened(store: ChartStore, patient_id: str = "p1") -> Chart:
    return Chart(Reader("dr.test"), patient_id, "test", at("2026-01-01"), store)


def read(store: ChartStore) -> list[str]:
    return [note.text for note in notes.notes(opened(store))]


def reasons(store: ChartStore) -> list[str]:
    return [one.reason for one in note_details.unread(opened(store))]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("Binary/b1", id="relative"),
        pytest.param("https://fhir.example.org/r4/Binary/b1", id="absolute"),
        pytest.param("https://fhir.example.org/r4/Binary/b1/_history/2", id="a version"),
        pytest.param("urn:uuid:b1", id="urn"),
    ],
)
@pytest.mark.parametrize("order", ["document first", "binary first", "two loads", "one file"])
def test_a_text_in_a_binary_is_read_in_any_order(
    store: ChartStore, tmp_path: Path, url: str, order: str
) -> None:
    given = lines(tmp_path / "a.ndjson", [patient(), pointing(url)])
    other = lines(tmp_path / ("b.ndjson" if order != "binary first" else "0.ndjson"), [binary()])
    if order == "one file":
        load(store, write(tmp_path / "c.json", bundle(pointing(url), patient(), binary())))
    elif order == "two loads":
        load(store, given)
        assert (read(store), reasons(store)) == ([], [WAITING])
        load(store, other)
    else:
        load(store, *sorted([given, other]))
    assert (read(store), reasons(store)) == (["# Plan\nRest. Eat."], [])
    (hit,) = passage_groups.search(opened(store), [["eat"]])
    assert (hit.heading, hit.text, hit.path) == ("Plan", "Eat.", "content[0].attachment.url")
    assert [s.title for s in note_details.sections(opened(store), hit.resource)] == ["Plan"]


def test_a_urn_of_its_own_bundle_finds_the_binary(store: ChartStore, tmp_path: Path) -> None:
    given = bundle(patient(), pointing("urn:uuid:5a1b"))
    given["entry"].append({"fullUrl": "urn:uuid:5a1b", "resource": binary()})
    load(store, write(tmp_path / "a.json", given))
    assert read(store) == ["# Plan\nRest. Eat."]


def test_a_second_load_changes_nothing(store: ChartStore, tmp_path: Path) -> None:
    path = lines(tmp_path / "a.ndjson", [patient(), pointing(), binary()])
    load(store, path)
    before = dump(store)
    load(store, path)
    assert dump(store) == before


def test_a_changed_binary_is_read_anew_and_its_old_words_are_gone(
    store: ChartStore, tmp_path: Path
) -> None:
    load(store, lines(tmp_path / "a.ndjson", [patient(), pointing(), binary()]))
    load(store, lines(tmp_path / "b.ndjson", [binary(content="Walk.")]))
    assert read(store) == ["Walk."]
    assert passage_groups.search(opened(store), [["eat"]]) == ()
    assert note_details.sections(opened(store), "DocumentReference/d1") == ()


def test_a_contained_binary_is_read_at_once(store: ChartStore, tmp_path: Path) -> None:
    load(store, write(tmp_path / "a.json", bundle(
        patient(), pointing("#b1", contained=[binary()]))))  # fmt: skip
    assert read(store) == ["# Plan\nRest. Eat."]


def test_of_several_binaries_the_plainest_is_read(store: ChartStore, tmp_path: Path) -> None:
    forms = [{"contentType": "application/pdf", "url": "Binary/b1"},
             {"contentType": "text/rtf", "url": "Binary/b2"}]  # fmt: skip
    one = binary("b1", pdf("From PDF."), contentType="application/pdf")
    two = binary("b2", rtf("From RTF."), contentType="text/rtf")
    load(store, lines(tmp_path / "a.ndjson", [patient(), document("d1", *forms), one]))
    assert read(store) == ["From PDF."]
    load(store, lines(tmp_path / "b.ndjson", [two]))
    assert read(store) == ["From RTF."]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param([pointing("https://example.org/letter.pdf")], "outside of this chart",
                     id="another address"),
        pytest.param([pointing(), binary(content=b"caf\xe9")], "another character set",
                     id="another character set"),
        pytest.param([pointing(), binary(content=b"")], "holds no text", id="empty"),
        pytest.param([pointing(), binary(securityContext={"reference": "Patient/p2"})],
                     "of another patient", id="another patient's"),
        pytest.param([document("d1", {"url": "Binary/b1", "hash": base64.b64encode(b"x" * 20)
                                      .decode()}), binary()], "not the one", id="another hash"),
    ],
)  # fmt: skip
def test_a_binary_that_cannot_be_read_is_a_reason_and_no_text(
    store: ChartStore, tmp_path: Path, given: list[Json], reason: str
) -> None:
    load(store, lines(tmp_path / "a.ndjson", [patient(), *given]))
    assert read(store) == []
    (said,) = reasons(store)
    assert reason in said


def test_a_binary_belongs_to_the_one_patient_whose_document_points_to_it(
    store: ChartStore, tmp_path: Path
) -> None:
    other = pointing("Binary/shared", "d2") | {"subject": {"reference": "Patient/p2"}}
    load(store, lines(tmp_path / "a.ndjson", [
        patient(), patient("p2"), pointing(), binary(), other, pointing("Binary/shared", "d3"),
        binary("shared")]))  # fmt: skip
    assert sources.raw(opened(store), "Binary/b1")
    assert [note.text for note in notes.notes(opened(store, "p2"))] == ["# Plan\nRest. Eat."]
    with pytest.raises(NotFound):
        sources.raw(opened(store, "p2"), "Binary/b1")
    owners = store.rows(
        "select resource, patient from resource where type = 'Binary' order by 1", {}
    )
    assert owners == [
        ("Binary/b1", "p1"), ("Binary/shared", None),
    ]  # fmt: skip


def test_a_binary_that_a_second_patient_points_to_belongs_to_neither(
    store: ChartStore, tmp_path: Path
) -> None:
    other = pointing(ident="d2") | {"subject": {"reference": "Patient/p2"}}
    load(store, lines(tmp_path / "a.ndjson", [patient(), pointing(), binary()]))
    load(store, lines(tmp_path / "b.ndjson", [patient("p2"), other]))
    assert store.rows("select patient from resource where type = 'Binary'", {}) == [(None,)]
    assert read(store) == [note.text for note in notes.notes(opened(store, "p2"))]


def test_a_deleted_binary_takes_its_text_with_it(store: ChartStore, tmp_path: Path) -> None:
    load(store, lines(tmp_path / "a.ndjson", [patient(), pointing(), binary()]))
    gone = {"request": {"method": "DELETE", "url": "Binary/b1"}}
    deletion = {"resourceType": "Bundle", "type": "transaction"}
    load(store, write(tmp_path / "b.json", {**deletion, "entry": [
        gone, {"resource": patient("p9")}]}))  # fmt: skip
    assert (read(store), reasons(store)) == ([], [WAITING])
    assert passage_groups.search(opened(store), [["eat"]]) == ()
