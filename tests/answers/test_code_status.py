"""Questions about the code status: what holds comes first, nothing is chosen, silence is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pipelines.answers import question
from pipelines.answers.evidence import gather
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.charts import patients
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.answers import Cell, Computation, Draft, DraftSentence, Statement, Turn
from pipelines.records.chart import Chart, Reader
from pipelines.settings import Settings
from tests.conftest import SAMPLES

Resource = dict[str, Any]
SUBJECT = {"reference": "Patient/p1"}
SNOMED = "http://snomed.info/sct"
CPR, TUBE = "89666000", "112798008"
STORIES = Path("sample_data")


def told(text: str, code: str | None = None) -> Resource:
    coded = {"coding": [{"system": SNOMED, "code": code, "display": text}]} if code else {}
    return {"text": text, **coded}


def observed(said: str, at: str, **more: object) -> Resource:
    return {"resourceType": "Observation", "status": "final",
            "id": f"o{at[:13].replace('T', '-')}",
            "code": told("Code status", "304251008"), "subject": SUBJECT, "effectiveDateTime": at,
            "valueCodeableConcept": told(said),
            "performer": [{"display": "Dr. One"}], **more}  # fmt: skip


def ordered(said: str, at: str, *, until: str | None = None, **more: object) -> Resource:
    ends = {"occurrencePeriod": {"start": at, "end": until}} if until else {}
    return {"resourceType": "ServiceRequest", "intent": "order",
            "id": f"r{at[:13].replace('T', '-')}",
            "status": "revoked" if until else "active", "code": told(said), "subject": SUBJECT,
            "authoredOn": at, "requester": {"display": "Dr. Two"}, **ends, **more}  # fmt: skip


def flagged(said: str, at: str, **more: object) -> Resource:
    return {"resourceType": "Flag", "id": f"f{at[:10]}", "status": "active", "code": told(said),
            "subject": SUBJECT, "period": {"start": at}, **more}  # fmt: skip


def agreed(kind: str, code: str, at: str, **more: object) -> Resource:
    return {"resourceType": "Consent", "id": f"c{at[:10]}", "status": "active", "patient": SUBJECT,
            "scope": told("Advance directive"), "category": [told("Advance directive")],
            "dateTime": at, "performer": [{"display": "Mrs. Three"}],
            "provision": {"type": kind, "code": [told(f"Procedure {code}", code)]},
            **more}  # fmt: skip


def stayed(begin: str, end: str | None = None) -> Resource:
    period = {"start": begin, **({"end": end} if end else {})}
    return {"resourceType": "Encounter", "id": f"e{begin[:10]}", "subject": SUBJECT,
            "status": "finished" if end else "in-progress", "period": period,
            "class": {"code": "IMP", "display": "inpatient encounter"}}  # fmt: skip


def noted(text: str, at: str) -> Resource:
    from base64 import b64encode

    data = b64encode(text.encode()).decode()
    return {"resourceType": "DocumentReference", "id": f"n{at[:10]}", "status": "current",
            "subject": SUBJECT, "type": told("Progress note"), "date": at,
            "content": [{"attachment": {"contentType": "text/plain", "data": data}}]}  # fmt: skip


FULL_OLD = observed("Full code", "2026-11-10T09:00:00Z")
DNR_NEW = observed("DNR", "2026-11-12T09:00:00Z")
LAST = {"resourceType": "Observation", "id": "last", "status": "final", "subject": SUBJECT,
        "code": told("Pain"), "effectiveDateTime": "2026-11-20T09:00:00Z",
        "valueString": "none"}  # fmt: skip
Make = Callable[..., Chart]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> ChartStore:
    """One store for all made charts: to open one is what takes time."""
    return ChartStore.open(tmp_path_factory.mktemp("made") / "chart.duckdb", read_only=False)


NUMBERS = count(1)


@pytest.fixture
def chart(tmp_path: Path, shared: ChartStore) -> Make:
    """A chart of these resources in a patient of its own, as of 2026-11-20."""

    def made(*resources: Resource) -> Chart:
        patient = f"p{next(NUMBERS)}"
        entries = [{"resource": {**one, "id": f"{one['id']}-{patient}"}}
                   for one in (*resources, LAST)]  # fmt: skip
        entries.append({"resource": {"resourceType": "Patient", "id": patient}})
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        file = tmp_path / "chart.json"
        file.write_text(json.dumps(bundle).replace("Patient/p1", f"Patient/{patient}"))
        load_paths(shared, [file], LoadLimits("off", 64, 10_000))
        return opened(shared, patient)

    return made


def opened(store: ChartStore, patient: str) -> Chart:
    as_of = patients.as_of(store, patient)
    assert as_of is not None
    return Chart(Reader("test"), patient, "test", as_of, store)


def answered(chart: Chart, *turns: str) -> tuple[str, tuple[tuple[Cell, ...], ...], list[str]]:
    """What is shown for the last question (or the abstention), its rows, and what is cited."""
    thread = tuple(Turn(words, "") for words in turns[:-1])
    asked = question.understand(turns[-1], chart=chart, thread=thread)
    found = gather.gather(chart, asked)
    draft = write.write(asked, found)
    judged = verify.verify(draft, found)
    assert [one.why for one in judged if one.support == "unverified"] == []
    cited = [citation.resource for one in judged for citation in one.citations]
    text = " ".join(one.text for one in judged) or (draft.abstention or "")
    return text, draft.values, cited


@pytest.mark.parametrize(
    ("resources", "words", "begins", "rows"),
    [
        pytest.param([DNR_NEW, FULL_OLD], "Is she DNR?", "Yes: Observation of 2026-11-12 09:00",
                     ((1,),), id="yes-by-the-newest"),
        pytest.param([DNR_NEW, FULL_OLD], "Is he full code?", "No: Observation of 2026-11-12",
                     ((0,),), id="no-longer-full"),
        pytest.param([DNR_NEW], "DNR?", "Yes: ", ((1,),), id="bare"),
        pytest.param([DNR_NEW], "Is she DNI?", "What holds says neither yes nor no: Observation",
                     (), id="silent-on-intubation"),
        pytest.param([DNR_NEW], "Is she DNR/DNI?", "Observation of 2026-11-12", (), id="half"),
        pytest.param([DNR_NEW], "Is she DNR or full code?", "Observation of", (), id="either-or"),
        pytest.param([observed("DNR/DNI", "2026-11-12T09:00:00Z")], "Is she DNI?", "Yes: ",
                     ((1,),), id="both"),
        pytest.param([agreed("deny", TUBE, "2026-05-04")], "Is she DNI?",
                     "Yes: Consent of 2026-05-04 (active): deny Procedure 112798008.", ((1,),),
                     id="a-consent-denies-intubation"),
        pytest.param([agreed("permit", TUBE, "2026-05-04")], "Is she full code?",
                     "No code status is recorded", (), id="to-permit-a-tube-is-no-full-code"),
        pytest.param([FULL_OLD, flagged("DNR", "2026-11-12")], "Is she DNR?",
                     "The statements of the code status disagree", (), id="conflict"),
        pytest.param([FULL_OLD, flagged("DNR", "2026-11-12")], "What is the code status?",
                     "The statements of the code status disagree", (), id="conflict-as-status"),
        pytest.param([], "Is he full code?", "No code status is recorded in this chart.", (),
                     id="silence-is-no-full-code"),
        pytest.param([], "What is the code status?", "No code status is recorded in this chart.",
                     (), id="silence"),
        pytest.param([flagged("DNR", "2026-11-01", status="inactive")], "Is she DNR?",
                     "No code status in force is recorded. Not in force: flag of 2026-11-01", (),
                     id="only-what-ended"),
        pytest.param([observed("see note", "2026-11-12T09:00:00Z")], "Is she DNR?",
                     "Observation of 2026-11-12 09:00: Code status: see note.", (),
                     id="own-words-are-no-answer"),
        pytest.param([flagged("DNR", "2026-11-12")], "Is there a DNR order?",
                     "Flag of 2026-11-12 (active): DNR.", (), id="a-flag-is-no-order"),
        pytest.param([ordered("DNR", "2026-11-12"), flagged("DNR", "2026-11-13")],
                     "Is there a DNR order?", "Yes: Order of 2026-11-12", ((1,),), id="order"),
        pytest.param([DNR_NEW], "Did she want to be DNR?", "The words “want”", (), id="a-wish"),
        pytest.param([DNR_NEW], "Is she not DNR?", "The words “not”", (), id="negated"),
        pytest.param([DNR_NEW], "Should she be DNR?", "Advice and treatment", (), id="advice"),
        pytest.param([DNR_NEW], "What does DNR mean?", "General medical", (), id="knowledge"),
        pytest.param([DNR_NEW, FULL_OLD], "Has the code status changed?", "Yes: Observation of",
                     ((1,),), id="changed"),
        pytest.param([FULL_OLD, agreed("permit", CPR, "2024-01-01")],
                     "Has the code status changed?", "No recorded change: ", ((0,),), id="same"),
        pytest.param([observed("DNI", "2026-11-10T09:00:00Z"),
                      observed("DNR/DNI", "2026-11-12T09:00:00Z")], "Did the code status change?",
                     "Yes: ", ((1,),), id="a-further-limit-is-a-change"),
        pytest.param([DNR_NEW], "Has the code status changed since 2026-11-11?",
                     "Observation of 2026-11-12", (), id="first-recorded-is-no-change-of-any"),
        pytest.param([DNR_NEW, FULL_OLD], "When was she made DNR?", "Observation of 2026-11-12",
                     (("2026-11-12 09:00:00",),), id="when"),
        pytest.param([DNR_NEW], "How long has she been DNR?", "Observation of 2026-11-12",
                     (("2026-11-12 09:00:00",),), id="how-long"),
        pytest.param([DNR_NEW], "Did she get fluids for resuscitation?", "No medication ", (),
                     id="not-about-the-code-status"),
        pytest.param([FULL_OLD], "When was she made DNR?",
                     "No such code status is in force: Observation of", (), id="never"),
        pytest.param([agreed("deny", CPR, "2025-09-11"), ordered("DNR", "2026-11-12")],
                     "Who signed the DNR?", "Order of 2026-11-12 (active, requester Dr. Two)", (),
                     id="who"),
        pytest.param([flagged("DNR", "2026-11-12")], "Who signed the DNR?",
                     "No record of the code status in this chart names who", (), id="nobody"),
        pytest.param([DNR_NEW, FULL_OLD], "What was the previous code status?",
                     "Earlier: observation of 2026-11-10", (), id="the-one-before"),
    ],
)  # fmt: skip
def test_an_answer_begins_with_what_holds_and_says_yes_or_no_only_when_sure(
    chart: Make, resources: list[Resource], words: str, begins: str, rows: object
) -> None:
    text, values, _ = answered(chart(*resources), words)
    assert (text[: len(begins)], values) == (begins, rows)


STAY = stayed("2026-11-11T08:00:00Z", "2026-11-15T08:00:00Z")


@pytest.mark.parametrize(
    ("resources", "words", "begins"),
    [
        pytest.param([FULL_OLD, STAY, DNR_NEW], "What was the code status on admission?",
                     "Observation of 2026-11-10 09:00: Code status: Full code. The stay began",
                     id="what-held-at-its-start"),
        pytest.param([STAY, ordered("Full code", "2026-11-11T10:00:00Z",
                                    until="2026-11-12T10:00:00Z")],
                     "What was the code status on admission?",
                     "Order of 2026-11-11 10:00 (revoked, ended 2026-11-12 10:00): Full code.",
                     id="an-order-of-the-first-hours-that-was-revoked-since"),
        pytest.param([STAY, agreed("deny", CPR, "2025-09-11"),
                      ordered("Full code", "2026-11-11T10:00:00Z", until="2026-11-12T10:00:00Z")],
                     "Was she DNR on admission?", "The statements of the code status disagree",
                     id="form-and-order-differed"),
        pytest.param([FULL_OLD, STAY, DNR_NEW], "What was the code status at discharge?",
                     "Observation of 2026-11-12 09:00: Code status: DNR.", id="at-its-end"),
        pytest.param([stayed("2026-11-13T08:00:00Z"), DNR_NEW],
                     "What was the code status at discharge?", "The stay that is asked for",
                     id="still-in"),
        pytest.param([FULL_OLD, DNR_NEW], "Was she DNR on 2026-11-11?", "No: Observation of "
                     "2026-11-10", id="on-a-day-before"),
        pytest.param([FULL_OLD, DNR_NEW], "Was she full code on 2026-11-12?",
                     "Observation of 2026-11-12", id="on-the-day-of-the-change"),
        pytest.param([DNR_NEW], "Was she DNR on 2026-11-10?", "No code status is recorded for the",
                     id="before-any"),
    ],
)  # fmt: skip
def test_a_time_in_the_past_is_told_by_what_held_then(
    chart: Make, resources: list[Resource], words: str, begins: str
) -> None:
    assert answered(chart(*resources), words)[0][: len(begins)] == begins


@pytest.mark.parametrize(
    ("turns", "begins"),
    [
        pytest.param(("Is she DNR?", "since when?"), "Observation of 2026-11-12", id="since"),
        pytest.param(("What is the code status?", "what was it on admission?"),
                     "Observation of 2026-11-10", id="admission"),
        pytest.param(("Is she DNR?", "who signed it?"), "Observation of 2026-11-12 09:00 "
                     "(performer Dr. One)", id="who"),
        pytest.param(("What is the code status?", "and the one before?"), "Earlier: observation",
                     id="before"),
        pytest.param(("What is the code status?", "and the potassium?"), "Nothing",
                     id="another-thing"),
    ],
)  # fmt: skip
def test_a_follow_up_keeps_the_subject(chart: Make, turns: tuple[str, ...], begins: str) -> None:
    text = answered(chart(FULL_OLD, STAY, DNR_NEW), *turns)[0]
    assert text.startswith(begins) or (begins == "Nothing" and "ode status" not in text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Code status: full code.", True, id="a-whole-sentence"),
        pytest.param("Stable. Full code. Home soon.", True, id="without-its-label"),
        pytest.param("DNR.", False, id="it-says-the-same"),
        pytest.param("Report sheet had full code: that was bed 9's line.", False, id="another's"),
        pytest.param("Not full code.", False, id="denied"),
        pytest.param("Her brother is full code.", False, id="a-relative"),
    ],
)
def test_a_note_is_shown_only_where_it_is_a_code_status_and_another_one(
    chart: Make, text: str, shown: bool
) -> None:
    said, values, _ = answered(chart(DNR_NEW, noted(text, "2026-11-14T09:00:00Z")), "Is she DNR?")
    assert ("Note, Progress note 2026-11-14: " in said, values) == (shown, ((1,),))


def test_only_a_note_is_said_to_be_only_a_note(chart: Make) -> None:
    text, values, _ = answered(chart(noted("Full code.", "2026-11-14T09:00:00Z")), "Full code?")
    assert text.startswith("No code status is recorded outside of notes. Note, Progress note")
    assert values == ()


@pytest.mark.parametrize(
    ("resources", "begins"),
    [
        pytest.param([DNR_NEW], "Observation of 2026-11-12 09:00: Code status: DNR. 1 entry was "
                     "refused at load that may state a code status.", id="beside-one"),
        pytest.param([], "The code status is unavailable", id="alone"),
    ],
)  # fmt: skip
def test_a_refused_entry_leaves_no_yes_and_no_silence(
    chart: Make, resources: list[Resource], begins: str
) -> None:
    bad = flagged("DNR", "2026-11-12") | {"id": "bad", "period": {"start": "never"}}
    text, values, _ = answered(chart(*resources, bad), "Is she DNR?")
    assert (text[: len(begins)], values) == (begins, ())


def judged(chart: Chart, text: str, result: str | None, cites: int) -> Statement:
    found = gather.gather(chart, question.understand("Is she DNR?", chart=chart))
    computation = Computation("code status", result, "DNR") if result else None
    sentence = DraftSentence(text, tuple(range(1, cites + 1)), computation)
    return verify.verify(Draft(True, (sentence,)), found)[0]


@pytest.mark.parametrize(
    ("text", "result", "cites"),
    [
        pytest.param("The code status is full code.", None, 2, id="paraphrase"),
        pytest.param("Full code", None, 2, id="bare-words"),
        pytest.param("No: Observation of 2026-11-12 09:00: Code status: DNR.", "no", 1, id="no"),
        pytest.param("Yes: she is DNR.", "yes", 1, id="not-the-line"),
        pytest.param("Yes: Observation of 2026-11-12 09:00: Code status: DNR.", "yes", 2,
                     id="with-one-that-does-not-hold"),
        pytest.param("The statements of the code status disagree.", "conflict", 1, id="agree"),
        pytest.param("No recorded change: Observation of 2026-11-12 09:00: Code status: DNR.",
                     "unchanged", 2, id="changed"),
    ],
)  # fmt: skip
def test_the_judge_refuses_what_the_records_do_not_say_together(
    chart: Make, text: str, result: str | None, cites: int
) -> None:
    assert judged(chart(DNR_NEW, FULL_OLD), text, result, cites).support == "unverified"


def test_the_judge_compares_the_state_with_the_words_of_the_record(chart: Make) -> None:
    held = chart(DNR_NEW)
    found = gather.gather(held, question.understand("Is she DNR?", chart=held))
    wrong = replace(found.items[0], fact=replace(found.items[0].fact, value_text="Full code"))
    draft = write.write(question.understand("Is she DNR?", chart=held), found)
    statements = verify.verify(draft, replace(found, items=(wrong,)))
    assert statements[0].support == "unverified"


def test_no_model_is_asked_to_say_a_code_status(chart: Make) -> None:
    from pipelines.answers.pipeline_steps import ChooseWriter
    from pipelines.answers.pipeline_work import Work

    held = chart(DNR_NEW)
    asked = question.understand("Is she DNR?", chart=held)
    work = Work(
        held, "Is she DNR?", (), "ollama", Settings(), asked=asked,
        evidence=gather.gather(held, asked),
    )  # fmt: skip
    assert ChooseWriter().run(work) == {"as_drafted": work}


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> ChartStore:
    """The seven written stories."""
    store = ChartStore.open(tmp_path_factory.mktemp("stories") / "chart.duckdb", read_only=False)
    load_paths(store, [SAMPLES], LoadLimits("off", 64, 10_000))
    return store


def keyed() -> list[Any]:
    """Questions of kind code status, and what is asked of it next."""
    found = []
    for file in sorted(STORIES.glob("*/questions.jsonl")):
        before: list[str] = []
        for line in file.read_text(encoding="utf-8").splitlines():
            key = json.loads(line)
            if key["kind"] == "code status":
                found.append(pytest.param(key, (), id=key["id"]))
                before = [key["question"]]
            elif before and "admission" in key["question"]:
                found.append(pytest.param(key, tuple(before), id=key["id"]))
            elif "DNR" in key["question"] and key["question"].startswith("Is "):
                found.append(pytest.param(key, (), id=key["id"]))
    return found


@pytest.mark.parametrize(("key", "before"), keyed())
def test_the_stories_are_answered_as_their_keys_say(
    stories: ChartStore, key: dict[str, Any], before: tuple[str, ...]
) -> None:
    text, values, cited = answered(opened(stories, key["patient"]), *before, key["question"])
    assert set(key["evidence"]) <= set(cited)
    assert [list(row) for row in values] == key["answer"]
    for wanted in key.get("contains", []):
        some = [wanted] if isinstance(wanted, str) else wanted
        assert any(one.lower() in text.lower() for one in some)
    assert not any(one in text for one in key.get("lacks", []))
