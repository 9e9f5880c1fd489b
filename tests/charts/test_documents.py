"""What is kept of a document beside its text, and what the reads say about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.charts import note_details, notes, passage_groups, passages, sources
from pipelines.charts.store import ChartStore
from pipelines.errors import NotFound
from pipelines.records.chart import Chart, Reader
from pipelines.records.notes import DocumentRelation, UnreadDocument
from tests.charts.document_files import attachment, cda, document, pdf
from tests.charts.fhir_files import Json, bundle, load, note, patient, write
from tests.charts.small_store import at

REST = attachment("text/plain", "Chest pain. Rest.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChartStore]:
    store = ChartStore.open(tmp_path / "home" / "chart.duckdb", read_only=False)
    yield store
    store.close()


def charted(
    store: ChartStore, tmp_path: Path, *resources: Json, as_of: str = "2026-01-01"
) -> Chart:
    load(store, write(tmp_path / "x.json", bundle(patient(), *resources)))
    return Chart(Reader("dr.test"), "p1", "test", at(as_of), store)


def report(ident: str, **more: object) -> Json:
    return {"resourceType": "DiagnosticReport", "id": ident, "status": "final",
            "code": {"text": "Chest X-ray"}, "subject": {"reference": "Patient/p1"},
            "issued": "2020-03-04T05:06:07+01:00", **more}  # fmt: skip


def composition(*sections: Json, **more: object) -> Json:
    return {"resourceType": "Composition", "id": "c1", "status": "final", "title": "Discharge",
            "type": {"coding": [{"system": "http://loinc.org", "code": "18842-5"}]},
            "subject": {"reference": "Patient/p1"}, "date": "2020-03-04",
            "section": list(sections), **more}  # fmt: skip


def div(said: str) -> Json:
    return {"status": "generated", "div": f"<div xmlns='http://www.w3.org/1999/xhtml'>{said}</div>"}


def test_a_document_keeps_what_its_record_says_about_it(store: ChartStore, tmp_path: Path) -> None:
    given = document(
        "d1", attachment("text/plain; charset=utf-8", "Rest.", language="de-CH"),
        docStatus="amended", description="Seen on the ward", language="en",
        type={"coding": [{"system": "http://loinc.org", "code": "11506-3", "display": "Progress"}]},
        category=[{"text": "Clinical note"}, {"coding": [{"system": "s", "code": "c"}]}],
        author=[{"display": "Dr. Ho"}, {"reference": "Practitioner/p"}],
        custodian={"display": "Ward 7"}, authenticator={"reference": "Practitioner/p"},
        context={"encounter": [{"reference": "Encounter/e"}],
                 "period": {"start": "2020-03-01", "end": "2020-03-04"}},
        relatesTo=[{"code": "appends", "target": {"reference": "DocumentReference/d0"}}],
    )  # fmt: skip
    who = {"resourceType": "Practitioner", "id": "p", "name": [{"family": "Muir"}]}
    found = note_details.details(charted(store, tmp_path, given, who), "DocumentReference/d1")
    assert (found.title, found.status, found.doc_status) == ("Progress", "current", "amended")
    assert (found.description, found.language) == ("Seen on the ward", "de-CH")
    assert found.code_key == "http://loinc.org|11506-3"
    assert (found.category, found.category_keys) == (
        "Clinical note; c",
        ("text|clinical note", "s|c"),
    )
    assert (found.authors, found.custodian, found.authenticator) == (
        ("Dr. Ho", "Muir"), "Ward 7", "Muir",
    )  # fmt: skip
    assert found.service_start == at("2020-03-01")
    assert found.service_end == at("2020-03-04")
    assert (found.encounter, found.content_type) == ("Encounter/e", "text/plain")
    assert found.relations == (DocumentRelation("appends", "DocumentReference/d0"),)
    assert (found.is_readable, found.unread, found.path) == (
        True, None, "content[0].attachment.data",
    )  # fmt: skip


def test_a_composition_keeps_its_sections_with_their_codes_and_entries(
    store: ChartStore, tmp_path: Path
) -> None:
    inner = {"title": "Diet", "text": div("<p>Salt.</p>")}
    given = composition(
        {"text": div("Before all.")},
        {"title": "Plan", "code": {"coding": [{"system": "http://loinc.org", "code": "18776-5"}]},
         "text": div("<h3>Home</h3><p>Rest.</p>"), "section": [inner],
         "entry": [{"reference": "CarePlan/1"}, {"display": "no reference"}]},
        {"title": "Nothing"}, {},
    )  # fmt: skip
    chart = charted(store, tmp_path, given)
    text = notes.note(chart, "Composition/c1").text
    found = note_details.sections(chart, "Composition/c1")
    assert [(s.title, text[s.start : s.end], s.parent, s.path) for s in found] == [
        (None, "Before all.", None, "section[0]"),
        ("Plan", "# Plan\nHome\n\nRest.\n# Diet\nSalt.", None, "section[1]"),
        ("Home", "Home\n\nRest.", 1, "section"),
        ("Diet", "# Diet\nSalt.", 1, "section[1].section[0]"),
        ("Nothing", "# Nothing", None, "section[2]"),
    ]  # fmt: skip
    assert found[1].code_key == "http://loinc.org|18776-5"
    assert found[1].entries == ("CarePlan/1",)


def test_headings_of_a_plain_note_make_its_sections(store: ChartStore, tmp_path: Path) -> None:
    said = (
        "Seen today.\n# Plan\nRest.\n## Diet\nSalt.\nMEDICATIONS:\nNone.\nAs needed:\nIce.\n# End\n"
    )
    chart = charted(store, tmp_path, note("d1", said))
    found = note_details.sections(chart, "DocumentReference/d1")
    assert [(s.number, s.parent, s.title, said[s.start : s.end].count("\n")) for s in found] == [
        (0, None, "Plan", 7), (1, 0, "Diet", 5), (2, 1, "MEDICATIONS", 3), (3, 2, "As needed", 1),
        (4, None, "End", 0),
    ]  # fmt: skip
    assert all(s.path == "content[0].attachment.data" for s in found)


def test_sections_of_a_cda_are_found_by_their_codes(store: ChartStore, tmp_path: Path) -> None:
    section = (
        "<section><code code='10160-0' codeSystem='2.16.840.1.113883.6.1'/>"
        "<title>Medications</title><text>Aspirin daily.</text></section>"
    )
    chart = charted(store, tmp_path, document("d1", attachment("text/xml", cda(section))))
    (found,) = note_details.sections(chart, "DocumentReference/d1")
    assert (found.title, found.code_key) == ("Medications", "http://loinc.org|10160-0")
    (passage,) = passage_groups.search(chart, [["aspirin"]])
    assert (passage.heading, passage.text) == ("Medications", "Aspirin daily.")


@pytest.mark.parametrize(
    ("given", "text", "path"),
    [
        pytest.param(report("r", text=div("<p>No fracture.</p>"), conclusion="Other."),
                     "No fracture.", "text.div", id="narrative of a report"),
        pytest.param(report("r", conclusion="No fracture."), "No fracture.", "conclusion",
                     id="conclusion of a report"),
        pytest.param(report("r", presentedForm=[attachment("image/png", b"\x89PNG\r\n")],
                            conclusion="Normal."), "Normal.", "conclusion", id="beside an image"),
        pytest.param(document("d", text=div("A note.")), "A note.", "text.div",
                     id="document without attachment"),
        pytest.param(composition(text=div("A letter.")), "A letter.", "text.div",
                     id="composition without sections"),
    ],
)  # fmt: skip
def test_a_narrative_stands_in_where_no_attachment_has_text(
    store: ChartStore, tmp_path: Path, given: Json, text: str, path: str
) -> None:
    (found,) = notes.notes(charted(store, tmp_path, given))
    assert found.text == text
    assert note_details.details(found_chart(store), found.fact.resource).path == path


def found_chart(store: ChartStore) -> Chart:
    return Chart(Reader("dr.test"), "p1", "test", at("2026-01-01"), store)


def test_a_report_without_any_text_is_no_document(store: ChartStore, tmp_path: Path) -> None:
    chart = charted(store, tmp_path, report("r", text={"status": "empty", "div": "<div>x</div>"}))
    assert notes.notes(chart) == ()
    assert note_details.unread(chart) == ()


def test_a_document_that_cannot_be_read_is_listed_and_never_an_empty_note(
    store: ChartStore, tmp_path: Path
) -> None:
    chart = charted(
        store, tmp_path, note("a", "Chest pain."),
        document("b", attachment("image/png", b"\x89PNG\r\n"), description="Consent form"),
        document("c", attachment("application/pdf", pdf("Back pain.", ""))),
        document("d", attachment("image/png", b"\x89PNG\r\n"), status="entered-in-error"),
        document("e", attachment("image/png", b"\x89PNG\r\n"), date="2030-01-01"),
        document("f"), composition(),
    )  # fmt: skip
    when = at("2020-03-04T05:06:07+01:00")
    kind = "DocumentReference"
    assert note_details.unread(chart) == (
        UnreadDocument("DocumentReference/b", "Consent form", when,
                       "It is an image (image/png), which is not read."),
        UnreadDocument("DocumentReference/c", kind, when, "No text on page 2 of its PDF.", True),
        UnreadDocument("DocumentReference/f", kind, when, "It names no attachment."),
        UnreadDocument("Composition/c1", "Discharge", at("2020-03-04"),
                       "Its sections hold no text."),
    )  # fmt: skip
    assert [one.fact.resource[-1] for one in notes.notes(chart)] == ["a", "c"]
    assert {hit.resource[-1] for hit in passage_groups.search(chart, [["pain"]])} <= {"a", "c"}
    with pytest.raises(NotFound, match=r"could not be read\. It is an image"):
        notes.note(chart, "DocumentReference/b")
    assert not note_details.details(chart, "DocumentReference/b").is_readable
    assert sources.raw(chart, "DocumentReference/b")


def test_the_same_text_in_a_report_and_its_document_counts_once_and_stays_citable(
    store: ChartStore, tmp_path: Path
) -> None:
    visit = {"reference": "Encounter/1"}
    here = {"context": {"encounter": [visit]}}
    chart = charted(
        store, tmp_path, report("r", presentedForm=[REST], encounter=visit),
        report("s", presentedForm=[REST]), document("d", REST, **here),
        document("other-visit", REST, context={"encounter": [{"reference": "Encounter/2"}]}),
        document("other-day", REST, date="2020-03-05", **here),
        document("wrong", REST, status="entered-in-error", **here),
    )  # fmt: skip
    doubles = dict(
        store.rows("select resource, same_as from document where same_as is not null", {})
    )
    assert doubles == {
        "DiagnosticReport/r": "DocumentReference/d", "DiagnosticReport/s": "DocumentReference/d",
    }  # fmt: skip
    assert {p.resource for p in passages.passages(chart)} == {
        "DocumentReference/d", "DocumentReference/other-visit", "DocumentReference/other-day",
    }  # fmt: skip
    assert len(passages.passages(chart, ["DiagnosticReport/r"])) == 2
    assert notes.note(chart, "DiagnosticReport/r").text == "Chest pain. Rest."


def test_a_double_counts_where_its_like_is_later_than_the_as_of(
    store: ChartStore, tmp_path: Path
) -> None:
    chart = charted(
        store, tmp_path, report("r", presentedForm=[REST], issued="2020-03-04T08:00:00Z"),
        document("d", REST, date="2020-03-04T18:00:00Z"), as_of="2020-03-04T12:00:00Z",
    )  # fmt: skip
    assert {hit.resource for hit in passage_groups.search(chart, [["pain"]])} == {
        "DiagnosticReport/r"
    }


def test_a_replaced_document_names_the_one_that_replaces_it(
    store: ChartStore, tmp_path: Path
) -> None:
    replaces = [{"code": "replaces", "target": {"reference": "DocumentReference/old"}}]
    chart = charted(
        store, tmp_path, document("old", REST), document("new", REST, relatesTo=replaces),
        document("wrong", REST, relatesTo=replaces, status="entered-in-error"),
    )  # fmt: skip
    assert note_details.details(chart, "DocumentReference/old").superseded_by == (
        "DocumentReference/new"
    )


def test_a_new_version_of_a_document_takes_its_sections_and_relations_with_it(
    store: ChartStore, tmp_path: Path
) -> None:
    related = [{"code": "appends", "target": {"reference": "DocumentReference/d0"}}]
    charted(store, tmp_path, note("d1", "# Plan\nRest.", relatesTo=related))
    chart = charted(store, tmp_path, note("d1", "# Later\nEat."))
    assert [s.title for s in note_details.sections(chart, "DocumentReference/d1")] == ["Later"]
    assert note_details.details(chart, "DocumentReference/d1").relations == ()


def test_another_patients_document_says_nothing(store: ChartStore, tmp_path: Path) -> None:
    charted(store, tmp_path, note("d1", "# Plan\nRest."))
    other = Chart(Reader("dr.test"), "p2", "test", at("2026-01-01"), store)
    assert note_details.sections(other, "DocumentReference/d1") == ()
    assert note_details.unread(other) == ()
    with pytest.raises(NotFound):
        note_details.details(other, "DocumentReference/d1")
