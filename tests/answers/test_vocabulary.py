"""What people call a thing finds what this chart calls it, and never another thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.answers import question
from pipelines.charts import patients
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.question_names import thing_names
from pipelines.charts.store import ChartStore
from pipelines.desk.house import use_site
from pipelines.errors import ChartroomError
from pipelines.records.chart import Chart, Reader
from pipelines.settings import Settings
from pipelines.terms import site
from tests.answers.structured_chart import SUBJECT, order
from tests.conftest import Run

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
LOINC = "http://loinc.org"
Resource = dict[str, Any]


def coded(text: str, system: str, code: str) -> Resource:
    return {"text": text, "coding": [{"system": system, "code": code, "display": text}]}


def condition(ident: str, text: str, system: str, code: str) -> Resource:
    return {"resourceType": "Condition", "id": ident, "subject": SUBJECT,
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": coded(text, system, code), "onsetDateTime": "2020-01-02"}  # fmt: skip


def vaccine(ident: str, text: str, code: str) -> Resource:
    return {"resourceType": "Immunization", "id": ident, "patient": SUBJECT, "status": "completed",
            "vaccineCode": coded(text, CVX, code),
            "occurrenceDateTime": "2025-10-01"}  # fmt: skip


def procedure(ident: str, text: str, code: str) -> Resource:
    return {"resourceType": "Procedure", "id": ident, "subject": SUBJECT, "status": "completed",
            "code": coded(text, SNOMED, code), "performedDateTime": "2025-03-04"}  # fmt: skip


def result(ident: str, text: str, code: str, value: float, unit: str) -> Resource:
    return {"resourceType": "Observation", "id": ident, "subject": SUBJECT, "status": "final",
            "category": [{"coding": [{"code": "laboratory"}]}],
            "code": coded(text, LOINC, code), "effectiveDateTime": "2026-11-10T06:00:00Z",
            "valueQuantity": {"value": value, "unit": unit}}  # fmt: skip


def drug(ident: str, text: str, code: str) -> Resource:
    made = order(ident, text, "active")
    return made | {"medicationCodeableConcept": coded(text, RXNORM, code)}


CHART = [
    {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1950-01-02"},
    drug("apap", "Acetaminophen 325 MG Oral Tablet [Tylenol]", "209387"),
    drug("para", "Paracetamol 500 mg tablet", "0"),
    drug("albu", "albuterol 0.83 MG/ML Inhalation Solution [Wardhaler]", "630208"),
    drug("albu2", "albuterol 5 MG/ML Inhalation Solution", "245314"),
    drug("metf", "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet", "860975"),
    drug("hydr", "Hydralazine 25 mg tablet", "5470"),
    drug("lasx", "Lasix 40 mg tablet", "1"),
    drug("hctz", "Hydrochlorothiazide 25 MG Oral Tablet", "310798"),
    drug("predn", "Prednisone 5 mg tablet", "8640"),
    condition("ms", "Multiple sclerosis", SNOMED, "24700007"),
    condition("mvs", "Mitral valve narrowing, rheumatic", ICD10, "I05.0"),
    condition("htn", "Elevated systemic pressure", ICD10, "I10"),
    condition("pht", "Pulmonary hypertension", ICD10, "I27.20"),
    condition("hf", "Acute on chronic systolic (congestive) heart failure", ICD10, "I50.23"),
    condition("dm", "Diabetes mellitus type 2 (disorder)", SNOMED, "44054006"),
    condition("hip", "Displaced left femoral neck fracture", SNOMED, "5913000"),
    procedure("hemi", "Hip hemiarthroplasty", "1"),
    vaccine("flu", "Influenza, seasonal, injectable, preservative free", "140"),
    vaccine("pcv", "Pneumococcal conjugate PCV 13", "133"),
    vaccine("zos", "zoster vaccine, live", "121"),
    procedure("cxr", "Plain chest X-ray (procedure)", "399208008"),
    procedure("tte", "Transthoracic echocardiography", "433236007"),
    result("k1", "Potassium", "6298-4", 4.4, "mmol/L"),
    result("a1c", "Hemoglobin A1c/Hemoglobin.total in Blood", "4548-4", 7.1, "%"),
    result("crp", "C reactive protein", "1988-5", 12.0, "mg/L"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChartStore]:
    """The chart above in a store of its own."""
    folder = tmp_path_factory.mktemp("vocabulary")
    made = ChartStore.open(folder / "store" / "chart.duckdb", read_only=False)
    load_paths(made, [bundle(folder / "chart.json")], LoadLimits("off", 64, 10_000))
    yield made
    made.close()


def bundle(file: Path) -> Path:
    entries = [{"resource": resource} for resource in CHART]
    whole = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file


@pytest.fixture
def chart(store: ChartStore) -> Chart:
    as_of = patients.as_of(store, "p1")
    assert as_of is not None
    return Chart(Reader("test"), "p1", "test", as_of, store)


def firsts(names: tuple[str, ...]) -> list[str]:
    """The first words of names, by which they are told apart here."""
    return sorted(name.split()[0].lower().rstrip(",") for name in names)


@pytest.mark.parametrize(
    ("words", "subject", "named"),
    [
        pytest.param("Is she on Tylenol?", "medication", ["acetaminophen", "paracetamol"],
                     id="brand-finds-both-names"),
        pytest.param("is she taking acetaminophen", "medication", ["acetaminophen", "paracetamol"],
                     id="us-name-finds-inn"),
        pytest.param("is she on salbutamol?", "medication", ["albuterol", "albuterol"], id="inn"),
        pytest.param("is she on wardhaler?", "medication", ["albuterol", "albuterol"],
                     id="brand-learned-from-the-chart"),
        pytest.param("HCTZ dose", "medication", ["hydrochlorothiazide"], id="abbreviation"),
        pytest.param("is she on frusemide", "medication", ["lasix"], id="inn-finds-brand"),
        pytest.param("loop diuretics?", "medication", ["lasix"], id="class-alone"),
        pytest.param("what diuretics is she on?", "medication", ["hydrochlorothiazide", "lasix"],
                     id="wider-class"),
        pytest.param("RxNorm 6809", "medication", ["24"], id="ingredient-code"),
        pytest.param("is she on rxnorm 860975?", "medication", ["24"], id="product-code"),
        pytest.param("is she on metfromin?", "medication", ["24"], id="misspelt"),
        pytest.param("does she have high blood pressure?", "problem", ["elevated"], id="by-code"),
        pytest.param("does she have hypertension?", "problem", ["elevated"],
                     id="not-the-pulmonary-one"),
        pytest.param("does she have CHF?", "problem", ["acute"], id="chf"),
        pytest.param("does she have T2DM?", "problem", ["diabetes"], id="t2dm"),
        pytest.param("does she have ICD I50?", "problem", ["acute"], id="icd-category"),
        pytest.param("does she have ICD-10 E11.9?", "problem", ["diabetes"], id="icd-of-snomed"),
        pytest.param("broken hip?", "problem", ["displaced"], id="more-words-than-the-procedure"),
        pytest.param("snomed 24700007", "problem", ["multiple"], id="snomed"),
        pytest.param("flu shot?", "immunization", ["influenza"], id="flu-shot"),
        pytest.param("when was her pneumonia vaccine", "immunization", ["pneumococcal"],
                     id="pneumonia"),
        pytest.param("CVX 121", "immunization", ["zoster"], id="cvx"),
        pytest.param("when was her last CXR?", "procedure", ["plain"], id="cxr"),
        pytest.param("has she had a TTE?", "procedure", ["transthoracic"], id="tte"),
    ],
)  # fmt: skip
def test_what_people_say_finds_what_the_chart_writes(
    chart: Chart, words: str, subject: str, named: list[str]
) -> None:
    asked = question.understand(words, chart=chart)
    kind = asked.relation if asked.subject == "record" else asked.subject
    assert (kind, firsts(asked.names)) == (subject, named)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        pytest.param("LOINC 6298-4", "Potassium", id="the-code-itself"),
        pytest.param("LOINC 2823-3", "Potassium", id="an-equivalent-code"),
        pytest.param("latest potasium", "Potassium", id="misspelt"),
        pytest.param("sugar control", "Hemoglobin A1c", id="function"),
        pytest.param("inflammation markers", "C-reactive protein", id="panel"),
    ],
)
def test_results_are_found_by_code_misspelling_and_function(
    chart: Chart, words: str, title: str
) -> None:
    asked = question.understand(words, chart=chart)
    assert [thing.title for thing in asked.things] == [title]


def test_a_word_of_two_meanings_is_answered_for_each_that_the_chart_has(chart: Chart) -> None:
    asked = question.understand("does she have MS?", chart=chart)
    assert [firsts(group) for group in asked.groups] == [["mitral"], ["multiple"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param("is she on hydrazine?", "hydralazine or hydroxyzine", id="look-alikes"),
        pytest.param("is she on hydroxyzine?", "hydroxyzine", id="absent-look-alike"),
        pytest.param("is she on prednisolone?", "prednisolone", id="absent-relative"),
        pytest.param("is she on Coumadin?", "coumadin (warfarin)", id="absent-brand"),
        pytest.param("does she have gout?", "“gout”", id="absent-disease"),
        pytest.param("has she had shingles?", "shingles", id="a-vaccine-is-no-disease"),
        pytest.param("did she have the flu?", "flu", id="nor-is-the-flu-shot"),
    ],
)
def test_what_the_chart_lacks_is_never_taken_for_something_near(
    chart: Chart, words: str, said: str
) -> None:
    asked = question.understand(words, chart=chart)
    assert asked.names == ()
    assert said in (asked.decline or "")


def test_names_are_read_again_after_a_load(tmp_path: Path) -> None:
    made = ChartStore.open(tmp_path / "store" / "chart.duckdb", read_only=False)
    limits = LoadLimits("off", 64, 10_000)
    load_paths(made, [bundle(tmp_path / "a.json")], limits)
    as_of = patients.as_of(made, "p1")
    assert as_of is not None
    opened = Chart(Reader("test"), "p1", "test", as_of, made)
    before = thing_names(opened)["medication"]
    file = tmp_path / "b.ndjson"
    file.write_text(json.dumps(drug("new", "Warfarin 5 mg tablet", "855332")) + "\n")
    load_paths(made, [file], limits)
    assert set(thing_names(opened)["medication"]) == {*before, "Warfarin 5 mg tablet"}
    made.close()


def test_a_site_adds_a_name_and_the_question_understands_it(chart: Chart, tmp_path: Path) -> None:
    home = Settings(home=tmp_path)
    home.site_path.mkdir()
    assert question.understand("latest kalemia", chart=chart).things == ()
    (home.site_path / "concepts.toml").write_text('[lab.potassium]\nnames = ["kalemia"]\n')
    (home.site_path / "drugs.csv").write_text(
        "drug,also,brands,rxnorm\nmetformin,,Wardformin,\n", encoding="utf-8"
    )
    try:
        use_site(home)
        asked = question.understand("latest kalemia", chart=chart)
        assert [thing.title for thing in asked.things] == ["Potassium"]
        assert firsts(question.understand("is she on wardformin?", chart=chart).names) == ["24"]
    finally:
        site.use(None)


def test_a_broken_site_file_is_told_and_leaves_the_package_in_force(tmp_path: Path) -> None:
    home = Settings(home=tmp_path)
    home.site_path.mkdir()
    (home.site_path / "problems.csv").write_text("nonsense\n1\n")
    for _ in range(2):
        with pytest.raises(ChartroomError, match=r"The site file problems\.csv cannot be read"):
            use_site(home)


def test_settings_name_each_table_of_the_site(chartroom: Run, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "site"
    folder.mkdir(parents=True)
    (folder / "concepts.toml").write_text('[lab.potassium]\nnames = ["kalemia"]\n')
    (folder / "concept.toml").write_text("")
    shown = json.loads(chartroom("settings", "--json").stdout)["overrides"]
    assert [(one["file"], one["state"].partition(":")[0]) for one in shown] == [
        ("concept.toml", "changes nothing"),
        ("concepts.toml", "in force"),
    ]
    (folder / "concepts.toml").write_text("[")
    ended = chartroom("patients")
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "The site file concepts.toml cannot be read: it is not in TOML's form; "
        "correct or remove it."
    ]
