"""The chart layer finds a chart's identifiers however written, and says where they stand."""

from __future__ import annotations

from collections import Counter

import pytest

from pipelines.privacy import redactor
from pipelines.privacy.reading import read
from pipelines.privacy.recognizers import chart
from pipelines.records.exports import ChartIdentifier, ChartIdentifiers
from tests.privacy.made_up_patients import mentions, patients

FRAMES = (
    "As noted before: {} in the note.",
    "potassium 5.9, {}\n",
    "({})",
    "Plan reviewed with {}, stable.",
)


def left_over(mention: str, frame: str, known: ChartIdentifiers) -> str:
    """The letters and digits of a mention that the chart layer alone leaves in the text."""
    text = frame.format(mention)
    reading = read(text)
    start = frame.index("{}")
    covered: set[int] = set()
    for hit in chart.finder(known)(reading.text):
        first, last = reading.place(hit.start, hit.end)
        covered.update(range(first, last))
    inside = range(start, start + len(mention))
    ignored = mention.find("T08:30:00Z")  # a time of day is no date
    return "".join(
        text[place]
        for place in inside
        if text[place].isalnum()
        and place not in covered
        and not (ignored >= 0 and place >= start + ignored)
    )


def test_every_degraded_mention_of_150_made_up_patients_is_covered() -> None:
    missed: Counter[str] = Counter()
    count = 0
    for number, who in enumerate(patients(150)):
        known = who.identifiers
        for kind, mention in mentions(who, seed=number):
            left = left_over(mention, FRAMES[number % len(FRAMES)], known)
            left = left.removeprefix("the").removeprefix("pt").removeprefix("Patient")
            count += 1
            if left.replace("of", ""):
                missed[f"{kind}: {mention!r} leaves {left!r}"] += 1
    assert count > 150 * 50
    assert missed == Counter()


@pytest.mark.parametrize("who", [pytest.param(who, id=who.fhir_id) for who in patients(4, seed=7)])
def test_a_whole_note_of_mentions_is_redacted_and_passes_the_rescan(who: object) -> None:
    known = who.identifiers  # type: ignore[attr-defined]
    lines = [f"- {mention}; stable" for _, mention in mentions(who, seed=3)]  # type: ignore[arg-type]
    redaction = redactor.redact_checked("\n\n".join(lines), known)
    assert chart.finder(known)(read(redaction.text).text) == []
    assert redaction.layers["chart"] is True


def chart_of(*rows: tuple[str, str, str], words: frozenset[str] = frozenset()) -> ChartIdentifiers:
    """The identifiers of a chart of these rows."""
    return ChartIdentifiers(tuple(ChartIdentifier(*row) for row in rows), words)


@pytest.mark.parametrize(
    ("kind", "value", "path", "text", "reason"),
    [
        pytest.param(
            "NAME", "Ann Vossberg", "Patient.name", "saw Vossberg", "chart: Patient.name", id="name"
        ),
        pytest.param(
            "DATE",
            "1961-04-05",
            "Patient.birthDate",
            "on 4/5/61",
            "chart: Patient.birthDate",
            id="date",
        ),
        pytest.param(
            "ID",
            "A-77120",
            "Patient.identifier[0].value",
            "file a77120",
            "chart: Patient.identifier[0].value",
            id="id",
        ),
        pytest.param(
            "CITY",
            "Falmouth",
            "Patient.address.city",
            "Falmouth",
            "chart: Patient.address.city",
            id="city",
        ),
    ],
)
def test_each_hit_names_its_fhir_path(
    kind: str, value: str, path: str, text: str, reason: str
) -> None:
    spans = redactor.redact(text, chart_of((kind, value, path))).spans
    assert [(span.reason, span.score) for span in spans] == [(reason, 1.0)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(
            "Bob Marks",
            "Potassium marks a rise; mark the site",
            id="a name that is a word, in small letters",
        ),
        pytest.param("Ann Warfaren", "Warfarin 5 mg", id="the chart's own drug is no misspelling"),
        pytest.param(
            "Ann Storey",
            "Store at room temperature; Stores; Stone",
            id="common words are no misspelling",
        ),
        pytest.param("Will May", "the patient will follow up and may eat", id="auxiliary verbs"),
        pytest.param(
            "Pat Ede", "PE ruled out; PE protocol", id="clinical capitals are no initials"
        ),
        pytest.param("Ann Liu", "Lin, Lie, Lip", id="short names are not misspelt"),
    ],
)
def test_clinical_and_common_words_are_not_taken_for_misspelt_names(name: str, text: str) -> None:
    known = chart_of(("NAME", name, "Patient.name"), words=frozenset({"Warfarin"}))
    assert redactor.redact(text, known).spans == ()


def test_a_name_that_is_a_role_and_a_number_does_not_take_the_role_from_the_text() -> None:
    known = chart_of(("NAME", "PATIENT_10000032", "Patient.name"), ("ID", "10000032", "Patient.id"))
    redacted = redactor.redact_checked("Patient stable (PATIENT_10000032).", known).text
    assert redacted == "Patient stable (PATIENT_[ID])."


def test_credentials_after_a_name_are_no_part_of_it() -> None:
    known = chart_of(("NAME", "Anouk Sorrelby, RN, CDCES", "DocumentReference.author[0].display"))
    assert redactor.redact("CDCES visit; Sorrelby", known).text == "CDCES visit; [NAME]"


def test_another_patients_chart_finds_next_to_nothing_in_a_clinical_text() -> None:
    text = (
        "Potassium 5.9 mmol/L, started metoprolol 25 mg. Chest clear, heart regular. Continue "
        "heparin, repeat labs at 08:30, walk with physical therapy, home when stable. "
    ) * 10
    found = sum(len(chart.finder(who.identifiers)(text)) for who in patients(20, seed=5))
    assert found == 0


def test_a_birth_year_that_tells_an_age_over_89_goes_and_another_stays() -> None:
    old = chart_of(("DATE", "1929-03-02", "Patient.birthDate"))
    young = chart_of(("DATE", "1985-03-02", "Patient.birthDate"))
    assert redactor.redact("in 1929 and on 3/2/1929", old).text == "in [DATE] and on [DATE]"
    assert redactor.redact("in 1985 and on 3/2/1985", young).text == "in 1985 and on [DATE 1985]"
