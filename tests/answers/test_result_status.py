"""Results that are not final, in answers: said beside the value, said of arithmetic, not twice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pipelines.answers import question
from pipelines.answers.evidence import gather
from pipelines.answers.evidence.items import result_item, result_line
from pipelines.answers.not_final import with_not_final
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.charts import patients
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.answers import Draft, DraftSentence
from pipelines.records.chart import Chart, Reader
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Fact
from pipelines.terms.dates import moment

Resource = dict[str, Any]
SUBJECT = {"reference": "Patient/p1"}
WHEN = moment("2026-11-13T05:00:00Z")


def potassium(ident: str, at: str, value: float, status: str, **more: object) -> Resource:
    return {
        "resourceType": "Observation", "id": ident, "status": status, "subject": SUBJECT,
        "category": [{"coding": [{"code": "laboratory"}]}], "effectiveDateTime": at,
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}],
                 "text": "Potassium"},
        "valueQuantity": {"value": value, "unit": "mmol/L"}, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """Three potassium results; the first was reported twice, the last is still preliminary."""
    folder = tmp_path_factory.mktemp("status")
    found = [
        {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1980-01-02"},
        potassium("a0", "2026-11-10T05:00:00Z", 8.0, "preliminary"),
        potassium("a1", "2026-11-10T05:00:00Z", 4.0, "final"),
        potassium("b1", "2026-11-11T05:00:00Z", 5.0, "corrected"),
        potassium("c1", "2026-11-12T05:00:00Z", 9.9, "entered-in-error"),
        potassium("d1", "2026-11-13T05:00:00Z", 6.0, "preliminary",
                  interpretation=[{"coding": [{"code": "H"}]}]),
    ]  # fmt: skip
    file = folder / "chart.json"
    bundle = {"resourceType": "Bundle", "type": "collection",
              "entry": [{"resource": one} for one in found]}  # fmt: skip
    file.write_text(json.dumps(bundle), encoding="utf-8")
    store = ChartStore.open(folder / "home" / "chart.duckdb", read_only=False)
    load_paths(store, [file], LoadLimits("off", 64, 10_000))
    as_of = patients.as_of(store, "p1")
    assert as_of is not None
    return Chart(Reader("test"), "p1", "test", as_of, store)


@pytest.mark.parametrize(
    ("words", "rows", "said"),
    [
        pytest.param("What is the latest potassium?", ((6.0,),),
                     "Potassium was 6.0 mmol/L (high, preliminary) on 2026-11-13 05:00.",
                     id="the latest"),
        pytest.param("What was the first potassium?", ((4.0,),),
                     "Potassium was 4.0 mmol/L on 2026-11-10 05:00 (3 days ago).",
                     id="final ones say nothing"),
        pytest.param("What was the highest potassium?", ((6.0,),),
                     "6.0 mmol/L (high, preliminary) on 2026-11-13 05:00.", id="highest"),
        pytest.param("What was the average potassium?", ((5.0,),),
                     "5 mmol/L over 3 results; some results are preliminary.",
                     id="average"),
        pytest.param("How many potassium results are there?", ((3,),),
                     "some results are preliminary", id="count"),
        pytest.param("How did the potassium change?",
                     (("2026-11-10 05:00:00", 4.0), ("2026-11-11 05:00:00", 5.0),
                      ("2026-11-13 05:00:00", 6.0)),
                     "some results are preliminary", id="trend"),
        pytest.param("What was the potassium on 2026-11-11?", ((5.0,),),
                     "(corrected)", id="corrected"),
        pytest.param("What was the average potassium on 2026-11-11?", ((5.0,),),
                     "average potassium was 5 mmol/L", id="a corrected result is final"),
    ],
)  # fmt: skip
def test_an_answer_says_what_is_not_final_and_counts_no_result_twice(
    chart: Chart, words: str, rows: tuple[tuple[object, ...], ...], said: str
) -> None:
    asked = question.understand(words, chart=chart)
    found = gather.gather(chart, asked)
    draft = write.write(asked, found)
    judged = verify.verify(draft, found)
    assert [one.text for one in judged if one.support == "unverified"] == []
    assert draft.values == rows
    assert said in " ".join(one.text for one in judged)
    cited = {citation.resource for one in judged for citation in one.citations}
    assert cited.isdisjoint({"Observation/a0", "Observation/c1"})


@pytest.mark.parametrize(
    ("flag", "word", "line"),
    [
        (None, None, "Potassium 6.0 mmol/L 2026-11-13 05:00"),
        ("H", None, "Potassium 6.0 mmol/L (high) 2026-11-13 05:00"),
        (None, "preliminary", "Potassium 6.0 mmol/L (preliminary) 2026-11-13 05:00"),
        ("H", "corrected", "Potassium 6.0 mmol/L (high, corrected) 2026-11-13 05:00"),
    ],
)
def test_the_line_that_a_model_is_given_says_the_status(
    flag: str | None, word: str | None, line: str
) -> None:
    fact = Fact(
        "Observation/x", "lab", "Potassium", "valueQuantity", "6.0", value=6.0, value_text="6.0",
        unit="mmol/L", flag=flag, when=WHEN, status_word=word,
    )  # fmt: skip
    assert result_line(fact) == line


def of(number: int, value: float, word: str | None, *, is_final: bool = True) -> Evidence:
    fact = Fact(
        f"Observation/{number}", "lab", "Potassium", "valueQuantity", str(value), value=value,
        value_text=str(value), unit="mmol/L", when=WHEN, status=word or "final", status_word=word,
        is_final=is_final,
    )  # fmt: skip
    return replace(result_item(fact), number=number)


ITEMS = {1: of(1, 6.0, "preliminary", is_final=False), 2: of(2, 5.0, None),
         3: of(3, 4.0, "corrected")}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "cites", "told"),
    [
        pytest.param("Potassium was 6.0 mmol/L.", (1,),
                     "Potassium was 6.0 mmol/L; this result is preliminary.", id="unsaid"),
        pytest.param("Potassium was 6.0 mmol/L", (1,),
                     "Potassium was 6.0 mmol/L; this result is preliminary.", id="no full stop"),
        pytest.param("A Preliminary potassium was 6.0 mmol/L.", (1,),
                     "A Preliminary potassium was 6.0 mmol/L.", id="said in its own way"),
        pytest.param("Potassium was 5.0 mmol/L.", (2,), "Potassium was 5.0 mmol/L.", id="final"),
        pytest.param("Potassium was 4.0 mmol/L.", (3,), "Potassium was 4.0 mmol/L.",
                     id="corrected is final"),
        pytest.param("Potassium was measured.", (1, 2), "Potassium was measured; some results"
                     " are preliminary.", id="one of two"),
        pytest.param("Potassium was measured.", (9,), "Potassium was measured.", id="not shown"),
    ],
)  # fmt: skip
def test_a_sentence_of_a_model_is_made_to_say_what_is_not_final(
    text: str, cites: tuple[int, ...], told: str
) -> None:
    made = with_not_final(DraftSentence(text, cites), ITEMS)
    assert made == DraftSentence(told, cites)
    if 9 not in cites:
        judged = verify.verify(Draft(True, (made,)), EvidenceSet(tuple(ITEMS.values()), (), WHEN))
        assert [one.support for one in judged] == ["supported"]
