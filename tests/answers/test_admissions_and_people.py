"""Reasons of stays, follow-up days, people's numbers, home doses and summaries, over the stories.

Each row is a patient, a question, and words that the answer must have; `None` declines. The
wordings are of kinds that were answered by the wrong record or by a sentence beside the point.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.answers.pipeline import answer
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.settings import Settings
from tests.benchmarks.mimic_questions import open_for_test
from tests.conftest import SAMPLES

ROWS = [
    ("marrowby", "reason for this admission", ["Heart failure exacerbation"]),
    ("saltmarsh", "reason for the current hospitalization?", ["femoral neck fracture"]),
    ("marrowby", "why was she in hospital in March", ["Heart failure exacerbation"]),
    ("quillfeather", "History of present illness?", ["productive cough"]),
    ("quillfeather", "Summarize the discharge summary.", ["Septic shock"]),
    ("marrowby", "Summarise the cardiology consult.", ["ADHF", "metolazone"]),
    ("quillfeather", "What did physical therapy say?", ["home with FWW and home PT"]),
    ("saltmarsh", "what did PT say", ["Rec SNF"]),
    ("marrowby", "What diet was recommended?", ["2 g sodium"]),
    ("brambleworth", "what organism caused her infection", ["Escherichia coli"]),
    ("quillfeather", "which bug grew in the blood", ["Streptococcus pneumoniae"]),
    ("saltmarsh", "codeine reaction", ["Vomiting"]),
    ("saltmarsh", "what happens with codeine", ["Vomiting"]),
    ("quillfeather", "daughter's phone number?", ["555-0143"]),
    ("saltmarsh", "son's number", ["555-0181"]),
    ("larkspurton", "brother's cell?", ["555-0132"]),
    ("brambleworth", "who is her emergency contact and number", ["Marisol", "555-0191"]),
    ("marrowby", "marital status", ["Widowed"]),
    ("fennimoor", "marital status", ["Never Married"]),
    ("quillfeather", "nephrology follow up date?", ["2026-12-04"]),
    ("saltmarsh", "when does ortho see her after surgery", ["2026-12-02"]),
    ("marrowby", "HF clinic follow up date", ["2026-12-01"]),
    ("marrowby", "Is there a goal for her weight?", ["76.2 kg"]),
    ("larkspurton", "does he have a goal for blood pressure", ["130/80"]),
    ("marrowby", "PT discharge recommendation", ["back to facility"]),
    ("quillfeather", "is hypertension on the problem list", ["Yes", "hypertension"]),
    ("marrowby", "home torsemide dose", ["40 mg by mouth daily"]),
    ("quillfeather", "home lisinopril dose", ["20 mg by mouth daily"]),
    ("marrowby", "what dose of torsemide does she take at home", ["40 mg by mouth daily"]),
    ("marrowby", "home furosemide dose", None),
    ("marrowby", "first furosemide administration time", ["2026-03-02 22:47"]),
    ("quillfeather", "last vancomycin administration time", ["2026-11-17 20:05"]),
    ("marrowby", "When did she run out of torsemide?", ["11/9"]),
    ("marrowby", "What is the discharge plan?", ["back to Example Gardens"]),
    ("brambleworth", "What happened during the vancomycin infusion?", ["infusion reaction"]),
    ("saltmarsh", "What did she do for a living?", ["Retired teacher"]),
    ("quillfeather", "when was the central line placed and who placed it", ["Vossberg-Lund"]),
    ("saltmarsh", "T-score", None),
    ("larkspurton", "what is his PHQ-9 score", None),
]


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChartStore]:
    """The stories in one store."""
    store = ChartStore.open(tmp_path_factory.mktemp("people") / "chart.duckdb", read_only=False)
    load_paths(store, [SAMPLES], LoadLimits("off", 64, 50_000))
    yield store
    store.close()


@pytest.mark.parametrize(("patient", "asked", "wanted"), ROWS)
def test_the_right_record_answers(
    patient: str, asked: str, wanted: list[str] | None, stories: ChartStore
) -> None:
    chart = open_for_test(stories, patient)
    settings = Settings(ollama_url="http://127.0.0.1:9")
    given = answer(chart, asked, thread=(), engine="embedded", settings=settings)
    if wanted is None:
        assert given.status == "abstained", given.answer
        return
    assert given.status == "answered", given.answer
    for words in wanted:
        assert words in given.answer
