"""A writer's words and the parts of notes: the label opens a part, titles pick the notes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.answers import pipeline
from pipelines.answers.question.told import parts, table
from pipelines.records.answers import Answer
from pipelines.settings import Settings
from tests.answers.test_pipeline import NOWHERE
from tests.charts.small_store import SmallStore

KEY = Path(__file__).parents[1] / "cases" / "keys" / "notes_second.jsonl"
CARDIOLOGY = (
    "Impression: ADHF, missed diuretic.\nRec: furosemide to 20 mg/h. Keep K > 4.\nLabs: K 5.2.\n"
)
NURSE = "Vomited at 03:30.\nSlept well after.\nDenies chest pain.\n"
SUMMARY = (
    "Dispo: home with daughter Xiomara.\nFollow-up: HF clinic 04/02.\nPending: final culture.\n"
)


def ask(text: str) -> Answer:
    small = SmallStore()
    small.add_patient("p1")
    small.add_resource({"resourceType": "Patient", "id": "p1"})
    small.add_note("a", CARDIOLOGY, written="2026-11-19", title="Cardiology consultation")
    small.add_note("b", NURSE, written="2026-11-20", title="Nursing note, night")
    small.add_note("c", SUMMARY, written="2026-11-21", title="Discharge summary")
    settings = replace(Settings(), ollama_url=NOWHERE)
    return pipeline.answer(small.chart(), text, thread=(), engine="embedded", settings=settings)


@pytest.mark.parametrize(
    ("text", "said", "silent"),
    [
        ("What did cardiology recommend?", "Keep K > 4", "K 5.2"),
        ("Cardiology recommendations?", "furosemide to 20 mg/h", "K 5.2"),
        ("What does the cardiologist think?", "missed diuretic", "K 5.2"),
        ("Summarise the cardiology consult.", "ADHF", "K 5.2"),
        ("What did the cardiology consult say about furosemide?", "20 mg/h", "ADHF"),
        ("What happened on the night of November 19th, 2026?", "Vomited", "clinic"),
        ("Did the nurses note any vomiting?", "Vomited", "clinic"),
        ("What follow-up is arranged after discharge?", "HF clinic", "Vomited"),
        ("What was pending when she left?", "final culture", "clinic"),
        ("Who is her daughter?", "Xiomara", "clinic"),
    ],
)
def test_the_part_that_is_asked_for_is_told(text: str, said: str, silent: str) -> None:
    answer = ask(text)
    assert answer.status == "answered", answer.answer
    assert said in answer.answer
    assert silent not in answer.answer


@pytest.mark.parametrize(
    "text",
    [
        "What did neurology recommend?",
        "What did cardiology say about dialysis?",
        "What should cardiology recommend?",
        "Who is her son?",
        "What did the first discharge summary say about apixaban?",
    ],
)
def test_what_no_note_of_the_writer_says_is_declined(text: str) -> None:
    assert ask(text).status != "answered"


def test_the_first_sentence_of_a_note_comes_after_its_kind_and_day() -> None:
    answer = ask("What did cardiology recommend?")
    assert answer.answer.startswith("Cardiology consultation 2026-11-19: Rec:")
    assert answer.answer.count("Cardiology consultation") == 1


def test_every_pattern_of_the_table_compiles_and_every_writer_has_titles() -> None:
    assert all(row["said"] and row["title"] for row in table()["writer"])
    assert all(part.asked.pattern and part.labels.pattern for part in parts().values())


def test_half_of_the_key_is_held_out() -> None:
    held = [json.loads(line)["held_out"] for line in KEY.read_text("utf-8").splitlines()]
    assert len(held) >= 80
    assert abs(sum(held) * 2 - len(held)) < len(held) // 5
