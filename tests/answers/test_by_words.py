"""Records that are no results and no drugs, asked for by their words in any order and any voice.

Asked of the sample patients; the answers were read from their raw JSON. A twin with a word that no
record holds (a side, a denial, somebody else) must stay declined.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.answers import question
from pipelines.answers.evidence import gather
from pipelines.answers.question import ChartQuestion
from pipelines.answers.verify.verify import verify
from pipelines.answers.write_embedded.write import write
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.answers import Draft, Statement, Turn
from tests.benchmarks.mimic_questions import open_for_test
from tests.conftest import ROOT, SAMPLES


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChartStore]:
    """All sample patients in one store."""
    store = ChartStore.open(tmp_path_factory.mktemp("by_words") / "chart.duckdb", read_only=False)
    load_paths(store, [SAMPLES, ROOT / "sample_data" / "synthea"], LoadLimits("off", 64, 50_000))
    yield store
    store.close()


def asked(
    store: ChartStore, patient: str, words: str, *before: str
) -> tuple[ChartQuestion, Draft, tuple[Statement, ...]]:
    """The question as understood, its draft and what the judge says of it."""
    chart = open_for_test(store, patient)
    turns = tuple(Turn(said, "") for said in before)
    understood = question.understand(words, chart=chart, thread=turns)
    evidence = gather.gather(chart, understood)
    draft = write(understood, evidence)
    return understood, draft, verify(draft, evidence)


ANSWERED = [
    ("gleichner", "lumpectomy, which date", [["2026-10-21"]], ""),
    ("gleichner", "On what day they did the lumpectomy?", [["2026-10-21"]], ""),
    ("gleichner", "where was the lumpectomy done", [["dovecote hospital"]], "Dovecote"),
    ("abernathy", "a tooth was exctracted on which day", [["2023-12-07"]], "extraction of tooth"),
    ("dare", "rib fracture: onset & resolution", [["2024-09-10", "2025-01-03"]], ""),
    ("mayer", "Dates of the ICU stay, from and to", [["2024-06-25", "2024-06-30"]], ""),
    ("ondricka", "Caroline went on hospice on which date?", [["2024-11-05"]], ""),
    ("hyatt", "how many home CPAP units are listed under her devices", [[8]], ""),
    ("heaney", "Number of physical therapy procedures while at the nursing facility in 2025", [[2]],
     ""),
    ("crona-winifred", "Who was in charge of her skilled nursing facility stay in 2026?", [],
     "Farrell"),
    ("carroll", "charge for the initial prenatal visit", [[47715.03]], "billed"),
    ("copperwick", "Total billed on the institutional claim for the November stay", [[38669.3]],
     "billed"),
    ("marrowby", "how much did Sample Senior Advantage pay on the March stay?", [[9412.6]], "paid"),
    ("larkspurton", "Why did the payer refuse the glucose sensor claim?", [], "insulin treatment"),
    ("saltmarsh", "implant lot for the bipolar hip prosthesis", [["h26-0917"]], ""),
    ("saltmarsh", "serial no of the hip implant?", [["sn-7730215"]], ""),
    ("saltmarsh", "which bed is she in right now", [], "bed 22"),
    ("saltmarsh", "who did the hip surgery", [], "Oakhurstley"),
    ("brambleworth", "the port, put in on what day", [["2026-10-12"]], ""),
]  # fmt: skip


@pytest.mark.parametrize(("patient", "words", "rows", "says"), ANSWERED)
def test_an_element_is_told_however_it_is_asked_for(
    samples: ChartStore, patient: str, words: str, rows: list[list[object]], says: str
) -> None:
    understood, draft, statements = asked(samples, patient, words)
    assert draft.answerable, draft.abstention
    assert statements
    assert all(s.support != "unverified" for s in statements), [s.why for s in statements]
    assert says.lower() in " ".join(s.text for s in statements).lower()
    assert understood.decline is None
    if rows:
        shown = [[str(c)[:10] if isinstance(c, str) and c[:2] == "20" else c for c in row]
                 for row in draft.values]  # fmt: skip
        # A day stands beside its moment where a day is asked for.
        assert len(shown) == len(rows)
        assert all(set(row) <= set(told) for row, told in zip(rows, shown, strict=True))


@pytest.mark.parametrize(
    ("patient", "words"),
    [
        ("saltmarsh", "right hip surgery date"),
        ("gleichner", "when was the lumpectomy not done"),
        ("gleichner", "her sister's lumpectomy date"),
        ("gleichner", "lumpectomy of the lung, which date"),
        ("gleichner", "robotic lumpectomy date"),
        ("dare", "suspected rib fracture onset"),
        ("dare", "left rib fracture: onset & resolution"),
        ("abernathy", "when should the tooth be extracted"),
        ("carroll", "what does a prenatal visit usually cost"),
        ("marrowby", "how much did Sample Junior Advantage pay on the March stay?"),
        ("saltmarsh", "serial no of the knee implant?"),
        ("copperwick", "what is the icd-10 code of pneumonia"),
        ("marrowby", "Is there a Foley catheter in place?"),
        ("larkspurton", "What is his blood type?"),
        ("crona-dean", "Has he had a flu shot every year since 2023?"),
        ("quillfeather", "Which stage of chronic kidney disease does she have?"),
    ],
)
def test_a_word_that_no_record_holds_declines(
    samples: ChartStore, patient: str, words: str
) -> None:
    understood, draft, statements = asked(samples, patient, words)
    shown = [s for s in statements if s.support != "unverified"]
    assert understood.subject != "record"
    assert not draft.answerable or not draft.values or not shown


@pytest.mark.parametrize(
    ("words", "says"),
    [("and where was that", "Dovecote"), ("At which hospital was that?", "Dovecote")],
)
def test_a_follow_up_asks_another_element_of_the_same_record(
    samples: ChartStore, words: str, says: str
) -> None:
    understood, draft, statements = asked(
        samples, "gleichner", words, "what was the date of the lumpectomy"
    )
    assert understood.subject == "record"
    assert draft.answerable
    assert says in " ".join(s.text for s in statements)


def test_who_was_at_the_visit_is_not_told_as_who_did_it(samples: ChartStore) -> None:
    _, draft, statements = asked(samples, "abernathy", "who pulled the tooth")
    said = " ".join(s.text for s in statements)
    assert draft.answerable
    assert "its visit names" in said or "Dr." not in said
