"""Loading: counts, atomic files, twice changes nothing, versions, links, refusals that are kept."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.charts import linking
from pipelines.charts.load import LoadLimits, load_paths, load_uploads, refused
from pipelines.charts.store import ChartStore
from pipelines.errors import NothingLoaded
from pipelines.records.loads import LoadReport
from tests.charts.fhir_files import bundle, dump, lines, load, note, observation, patient, write


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChartStore]:
    opened = ChartStore.open(tmp_path / "home" / "chart.duckdb", read_only=False)
    yield opened
    opened.close()


@pytest.mark.parametrize("kind", ["document", "searchset", "batch", "transaction", "collection"])
def test_every_type_of_bundle_loads(store: ChartStore, tmp_path: Path, kind: str) -> None:
    report = load(store, write(tmp_path / "a.json", bundle(patient(), observation(), kind=kind)))
    assert (report.resources, report.patients, report.bundles) == (2, 1, 1)
    assert report.by_type == {"Observation": 1, "Patient": 1}
    assert (report.refused, report.orphans, report.unchanged) == ((), 0, 0)


def test_single_resources_lines_gz_and_folders_load_alike(
    store: ChartStore, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write(folder / "p.json", patient())
    lines(folder / "deep" / "o.ndjson", [observation("o1"), observation("o2")])
    write(folder / "b.json.gz", gzip.compress(json.dumps(bundle(note())).encode()))
    write(folder / "readme.txt", b"not FHIR")
    write(folder / ".hidden.json", b"{")
    report = load(store, folder)
    assert report.by_type == {"DocumentReference": 1, "Observation": 2, "Patient": 1}
    assert (report.files, report.bundles, report.refused) == (3, 1, ())


def test_byte_order_mark_and_crlf_lines_are_read(store: ChartStore, tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + b"\r\n".join(
        json.dumps(one).encode() for one in (patient(), observation())
    )
    assert load(store, write(tmp_path / "a.ndjson", content)).resources == 2


def test_loading_twice_changes_nothing(store: ChartStore, tmp_path: Path) -> None:
    bad = observation("o9", effectiveDateTime="yesterday")
    path = write(tmp_path / "a.json", bundle(patient(), observation(), note(), bad))
    load(store, path)
    before = dump(store)
    again = load(store, path)
    assert again.unchanged == again.resources == 3
    assert again.by_type == {"DocumentReference": 1, "Observation": 1, "Patient": 1}
    assert len(again.refused) == 1
    assert dump(store) == before


def test_other_blanks_and_order_of_keys_are_no_change(store: ChartStore, tmp_path: Path) -> None:
    load(store, write(tmp_path / "a.json", bundle(patient(), observation())))
    turned = dict(reversed(list(observation().items())))
    path = write(tmp_path / "b.json", json.dumps(bundle(patient(), turned), indent=4).encode())
    assert load(store, path).unchanged == 2


def test_new_content_is_a_new_version_and_replaces_the_rows(
    store: ChartStore, tmp_path: Path
) -> None:
    load(store, write(tmp_path / "a.json", bundle(patient(), observation(), note())))
    other = observation(valueQuantity={"value": 5.9, "unit": "mmol/L"})
    longer = note(text="One. Two. Three.")
    report = load(store, write(tmp_path / "b.json", bundle(patient(), other, longer)))
    assert (report.resources, report.unchanged) == (3, 1)
    assert store.rows("select value_number from observation", {}) == [(5.9,)]
    assert store.rows("select count(*) from passage", {}) == [(3,)]
    versions = (
        "select resource, version, current from resource where type <> 'Patient' order by all"
    )
    assert store.rows(versions, {}) == [
        ("DocumentReference/d1", 1, False), ("DocumentReference/d1", 2, True),
        ("Observation/o1", 1, False), ("Observation/o1", 2, True),
    ]  # fmt: skip


def test_of_one_resource_twice_in_a_file_the_later_counts(
    store: ChartStore, tmp_path: Path
) -> None:
    later = observation(valueQuantity={"value": 9.0})
    worse = observation(effectiveDateTime="2020-13-01")
    report = load(store, write(tmp_path / "a.json", bundle(patient(), observation(), later, worse)))
    assert (report.resources, len(report.refused)) == (2, 1)
    assert store.rows("select value_number from observation", {}) == [(9.0,)]
    assert store.rows("select max(version), count(*) from resource where current", {}) == [(2, 2)]


def test_one_resource_in_two_files_counts_once(store: ChartStore, tmp_path: Path) -> None:
    first = write(tmp_path / "a.json", bundle(patient(), observation("o1")))
    second = write(tmp_path / "b.json", bundle(patient(), observation("o2")))
    report = load(store, first, second)
    assert (report.resources, report.patients, report.unchanged) == (3, 1, 0)
    assert store.rows("select count(*) from patient", {}) == [(1,)]


def test_an_entry_without_an_id_is_known_by_its_full_url(store: ChartStore, tmp_path: Path) -> None:
    person, result = patient(), observation(subject="urn:uuid:aaaa-1")
    del person["id"], result["id"]
    content = {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:aaaa-1", "resource": person},
        {"fullUrl": "https://host.example/fhir/Observation/77", "resource": result},
    ]}  # fmt: skip
    load(store, write(tmp_path / "a.json", content))
    assert store.rows("select resource, patient from observation", {}) == [
        ("Observation/77", "aaaa-1")
    ]


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("Patient/p1", id="relative"),
        pytest.param("https://host.example/fhir/Patient/p1", id="absolute"),
        pytest.param("Patient/p1/_history/3", id="versioned"),
        pytest.param("urn:uuid:p1", id="urn in another file"),
    ],
)
def test_references_resolve_whatever_order_the_files_come_in(
    store: ChartStore, tmp_path: Path, reference: str
) -> None:
    early = lines(tmp_path / "a.ndjson", [observation(subject=reference), note()])
    late = lines(tmp_path / "z.ndjson", [patient()])
    report = load(store, early, late)
    assert report.orphans == 0
    assert store.rows("select patient from observation", {}) == [("p1",)]
    assert store.rows("select last_written from chart_extent where patient = 'p1'", {}) == [
        ("2020-03-04T05:06:07+01:00",)
    ]


def test_patients_who_come_last_get_their_charts_a_group_at_a_time(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "RESOURCES_AT_ONCE", 3)
    waiting = [
        observation(f"o{person}{number}", f"urn:uuid:p{person}")
        for person in range(5) for number in range(2)
    ]  # fmt: skip
    early = lines(tmp_path / "a.ndjson", waiting)
    late = lines(tmp_path / "z.ndjson", [patient(f"p{person}") for person in range(4)])
    groups: list[dict[str, str]] = []
    made = linking.link_patients

    def noted(cursor: duckdb.DuckDBPyConnection, group: dict[str, str]) -> None:
        groups.append(group)
        made(cursor, group)

    monkeypatch.setattr(linking, "link_patients", noted)
    load(store, early, late)
    assert [sorted(group.values()) for group in groups] == [["p0"], ["p1"], ["p2"], ["p3"]]
    found = store.rows("select patient, count(*) from observation group by all order by all", {})
    assert found == [("p0", 2), ("p1", 2), ("p2", 2), ("p3", 2), ("urn:uuid:p4", 2)]
    extents = store.rows("select patient from chart_extent", {})
    assert {("p0",), ("p1",), ("p2",), ("p3",)} <= set(extents)


@pytest.mark.parametrize(
    "reference", ["Patient/elsewhere", "Patient?identifier=x|1", "urn:uuid:nobody"]
)
def test_a_resource_whose_patient_is_not_there_is_an_orphan(
    store: ChartStore, tmp_path: Path, reference: str
) -> None:
    path = write(tmp_path / "a.json", bundle(patient(), observation(subject=reference)))
    report = load(store, path)
    assert (report.orphans, report.resources, report.refused) == (1, 2, ())
    assert load(store, path).orphans == 1


def test_a_device_or_group_as_subject_is_no_orphan(store: ChartStore, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", bundle(patient(), observation(subject="Group/g")))
    assert load(store, path).orphans == 0
    assert store.rows("select patient from observation", {}) == [(None,)]


def test_two_patients_in_one_bundle_stay_apart(store: ChartStore, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", bundle(
        patient("p1"), patient("p2"), observation("o1"), observation("o2", "Patient/p2"),
    ))  # fmt: skip
    load(store, path)
    assert store.rows("select resource, patient from observation order by all", {}) == [
        ("Observation/o1", "p1"), ("Observation/o2", "p2"),
    ]  # fmt: skip


def test_medication_is_named_from_a_resource_that_comes_later(
    store: ChartStore, tmp_path: Path
) -> None:
    order = {"resourceType": "MedicationRequest", "id": "m1", "status": "active",
             "intent": "order", "medicationReference": {"reference": "Medication/x"},
             "requester": {"reference": "Practitioner/d"},
             "subject": {"reference": "Patient/p1"}, "authoredOn": "2020-01-01"}  # fmt: skip
    drug = {"resourceType": "Medication", "id": "x", "code": {"coding": [
        {"system": "rx", "code": "8640", "display": "Prednisone"}]}}  # fmt: skip
    doctor = {"resourceType": "Practitioner", "id": "d",
              "name": [{"family": "Ho", "given": ["Ann"], "prefix": ["Dr."]}]}  # fmt: skip
    load(store, lines(tmp_path / "a.ndjson", [patient(), order]))
    load(store, lines(tmp_path / "b.ndjson", [drug, doctor]))
    assert store.rows("select display, code_key, prescriber from medication", {}) == [
        ("Prednisone", "rx|8640", "Dr. Ann Ho")
    ]
    assert store.rows("select display from code where code = '8640'", {}) == [("Prednisone",)]


def test_a_refused_entry_knows_its_patient_and_is_resolved_when_it_gets_in(
    store: ChartStore, tmp_path: Path
) -> None:
    allergy = {"resourceType": "AllergyIntolerance", "id": "a1", "recordedDate": "soon",
               "patient": {"reference": "Patient/p1"}, "code": {"text": "Latex"}}  # fmt: skip
    path = write(tmp_path / "a.json", bundle(patient(), allergy))
    report = load(store, path)
    (item,) = report.refused
    assert (item.entry, item.resource, item.patient) == (2, "AllergyIntolerance/a1", "p1")
    assert item.file.endswith("a.json")
    load(store, path)
    assert len(refused(store)) == 1
    load(store, write(tmp_path / "b.json", {**allergy, "recordedDate": "2020-01-01"}))
    assert refused(store) == ()


def test_a_refused_entry_without_a_subject_belongs_to_the_only_patient(
    store: ChartStore, tmp_path: Path
) -> None:
    broken = observation(subject="", status="bogus")
    report = load(store, write(tmp_path / "a.json", bundle(patient(), broken)))
    assert report.refused[0].patient == "p1"


def test_nothing_loaded_is_said_in_a_sentence_with_the_first_reason(
    store: ChartStore, tmp_path: Path
) -> None:
    with pytest.raises(NothingLoaded) as caught:
        load(store, tmp_path / "missing.json")
    assert caught.value.user_message == (
        "Nothing could be loaded: missing.json: There is no such file."
    )
    report = caught.value.report
    assert isinstance(report, LoadReport)
    assert (report.files, report.resources, len(report.refused)) == (1, 0, 1)


def test_one_bad_file_does_not_keep_the_others_out(store: ChartStore, tmp_path: Path) -> None:
    cut = write(tmp_path / "a.json", json.dumps(bundle(patient("p9"))).encode()[:-30])
    good = write(tmp_path / "b.json", bundle(patient()))
    report = load(store, cut, good, tmp_path / "c.json")
    assert [(item.entry, item.resource) for item in report.refused] == [(None, None)] * 2
    assert report.resources == 1
    write(cut, bundle(patient("p9")))
    load(store, cut)
    assert [Path(item.file).name for item in refused(store)] == ["c.json"]


def test_uploads_are_validated_in_full(store: ChartStore) -> None:
    odd = observation(unheardOf=1)
    del odd["code"]
    content = json.dumps(bundle(patient(), observation("o0"), odd)).encode()
    report = load_uploads(store, [("u.json", content)], LoadLimits(validate="off"))
    assert report.validated == 1.0
    (item,) = report.refused
    assert (item.file, item.resource) == ("u.json", "Observation/o1")
    assert item.reason.startswith(("code ", "unheardOf "))


def test_a_sample_is_the_first_of_each_type_and_one_in_200(
    store: ChartStore, tmp_path: Path
) -> None:
    many = [observation(f"o{number}") for number in range(401)]
    path = write(tmp_path / "a.json", bundle(patient(), *many))
    report = load(store, path, validate="sample")
    assert report.validated == pytest.approx((1 + 3) / 402)


def test_limits_of_size_and_entries_are_kept(store: ChartStore, tmp_path: Path) -> None:
    many = write(tmp_path / "many.json", bundle(*[observation(f"o{n}") for n in range(20)]))
    with pytest.raises(NothingLoaded, match="more than 10 entries"):
        load(store, many, max_entries=10)
    big = write(tmp_path / "big.json.gz", gzip.compress(b" " * 3_000_000))
    with pytest.raises(NothingLoaded, match="more than 1 MB"):
        load(store, big, max_file_mb=1)


def test_a_packed_bomb_is_stopped_early(store: ChartStore, tmp_path: Path) -> None:
    path = write(tmp_path / "bomb.json.gz", gzip.compress(b" " * 200_000_000, compresslevel=1))
    with pytest.raises(NothingLoaded, match="far more than its size"):
        load(store, path)


def test_large_loads_read_by_several_processes_give_the_same_store(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = []
    for number in range(6):
        who = patient(f"p{number}")
        results = [observation(f"o{number}-{n}", f"Patient/p{number}") for n in range(30)]
        shared_one = {"resourceType": "Organization", "id": "org", "name": "House"}
        paths.append(write(tmp_path / f"{number}.json", bundle(who, shared_one, *results)))
    alone = load(store, *paths, validate="sample")
    other = ChartStore.open(tmp_path / "other" / "chart.duckdb", read_only=False)
    monkeypatch.setattr("pipelines.charts.reader_pool.WORTH_IT", 0)
    together = load(other, *paths, validate="sample")
    wanted = ("observation", "patient", "code", "passage")
    mine, theirs = dump(store), dump(other)
    other.close()
    assert (alone.by_type, alone.resources) == (together.by_type, together.resources)
    assert [mine[name] for name in wanted] == [theirs[name] for name in wanted]


def test_a_sample_that_a_reader_process_took_is_judged_too(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.charts.reader_pool.WORTH_IT", 0)
    odd = write(tmp_path / "a.json", bundle(patient(), observation("odd", unheardOf=1)))
    good = write(tmp_path / "b.json", bundle(patient("p2"), observation("o2", "Patient/p2")))
    report = load(store, odd, good, validate="sample")
    (item,) = report.refused
    assert (item.entry, item.resource, item.patient) == (2, "Observation/odd", "p1")
    assert store.rows("select resource from observation", {}) == [("Observation/o2",)]
    assert report.by_type == {"Observation": 1, "Patient": 2}


def test_no_order_of_the_files_changes_the_charts(tmp_path: Path) -> None:
    resources = [patient(), *(observation(f"o{n}") for n in range(5)), note()]
    seen = []
    for seed in range(3):
        mixed = random.Random(seed).sample(resources, len(resources))
        paths = [write(tmp_path / f"{seed}-{n}.json", one) for n, one in enumerate(mixed)]
        own = ChartStore.open(tmp_path / f"home{seed}" / "chart.duckdb", read_only=False)
        load_paths(own, paths, LoadLimits(validate="off"))
        tables = dump(own)
        own.close()
        seen.append([tables[name] for name in ("observation", "document", "passage", "patient")])
    assert seen[0] == seen[1] == seen[2]


def test_planned_entries_do_not_stretch_the_chart(store: ChartStore, tmp_path: Path) -> None:
    planned = {"resourceType": "Encounter", "id": "e1", "status": "planned",
               "class": {"code": "AMB"}, "subject": {"reference": "Patient/p1"},
               "period": {"start": "2031-01-01"}}  # fmt: skip
    order = {"resourceType": "MedicationRequest", "id": "m", "status": "active",
             "intent": "order", "medicationCodeableConcept": {"text": "Aspirin"},
             "subject": {"reference": "Patient/p1"}, "authoredOn": "2019-01-01",
             "dispenseRequest": {"validityPeriod": {"end": "2035-01-01"}}}  # fmt: skip
    load(store, write(tmp_path / "a.json", bundle(patient(), observation(), planned, order)))
    assert store.rows("select first_written, last_written from chart_extent", {}) == [
        ("2019-01-01", "2020-03-04T05:06:07+01:00")
    ]


def test_one_lone_date_far_in_the_future_does_not_move_the_charts_end(
    store: ChartStore, tmp_path: Path
) -> None:
    typo = observation("o2", effectiveDateTime="2202-03-04")
    load(store, write(tmp_path / "a.json", bundle(patient(), observation(), typo)))
    assert store.rows("select last_written from chart_extent", {}) == [
        ("2020-03-04T05:06:07+01:00",)
    ]


def test_charts_of_the_years_2110_to_2201_keep_their_own_end(
    store: ChartStore, tmp_path: Path
) -> None:
    results = [observation(f"o{year}", effectiveDateTime=f"{year}-02-03T10:00:00-05:00")
               for year in range(2110, 2202, 7)]  # fmt: skip
    person = patient(birthDate="2060-01-01")
    load(store, write(tmp_path / "a.json", bundle(person, *results)))
    assert store.rows("select first_written, last_written from chart_extent", {}) == [
        ("2110-02-03T10:00:00-05:00", "2201-02-03T10:00:00-05:00")
    ]
