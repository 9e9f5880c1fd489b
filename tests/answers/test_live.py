"""A model's sentences judged as they come: what is handed on, in which order, and no more."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.answers.live import Live
from pipelines.answers.verify.verify import verify
from pipelines.records.answers import Draft, DraftSentence, Statement
from tests.answers.hand_made import METFORMIN, POTASSIUM, SODIUM, evidence, note

CHART = evidence(POTASSIUM, SODIUM, METFORMIN, note("Potassium was repeated. Denies chest pain."))
SENTENCES = [
    *(DraftSentence(item.line, (item.number,)) for item in CHART.items[:3]),
    DraftSentence("Potassium was repeated. Denies chest pain.", (4,)),
    DraftSentence("Potassium was repeated. Sodium was 200 mmol/L.", (4, 2)),
    DraftSentence("Potassium 9.9 mmol/L.", (1,)),
    DraftSentence("The picture is worrying.", ()),
    DraftSentence("", (1,)),
]


@dataclass(slots=True)
class Heard:
    """A sink that keeps what it is told."""

    told: list[tuple[int, Statement]] = field(default_factory=list)
    checked: list[int] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def begins(self, model: str, digest: str | None) -> None:
        raise AssertionError(model, digest)  # the pipeline tells this, not what is tested here

    def checking(self, n: int) -> None:
        self.checked.append(n)

    def sentence(self, n: int, statement: Statement) -> None:
        self.told.append((n, statement))


@given(st.lists(st.sampled_from(SENTENCES), max_size=6), st.integers(0, 6))
def test_what_is_handed_on_is_what_holds_in_the_judgement_of_the_whole(
    drafted: list[DraftSentence], streamed: int
) -> None:
    draft, heard = Draft(True, tuple(drafted)), Heard()
    live = Live(CHART, heard)
    for sentence in drafted[:streamed]:
        live.take(sentence)
    whole = verify(draft, CHART)
    assert live.verdicts(draft) == whole
    part = verify(Draft(True, tuple(drafted[:streamed])), CHART)
    assert part == whole[: len(part)]
    assert heard.told == [
        (n, said) for n, said in enumerate(part, 1) if said.support != "unverified"
    ]
    assert heard.checked == list(range(1, min(streamed, len(drafted)) + 1))


def test_a_sentence_that_is_told_as_begun_is_not_told_again_when_it_is_whole() -> None:
    heard = Heard()
    live = Live(CHART, heard)
    for n in (0, 1, 1):
        live.writes(n)
    live.take(SENTENCES[0])
    live.writes(2)
    assert heard.checked == [1, 2]


@pytest.mark.parametrize("sink", [None, Heard()])
def test_the_time_to_the_first_verified_sentence_is_kept_for_anyone(sink: Heard | None) -> None:
    live = Live(CHART, sink)
    live.take(SENTENCES[5])
    assert live.first_sentence_s is None
    live.take(SENTENCES[0])
    first = live.first_sentence_s
    assert first is not None
    assert first > 0
    live.take(SENTENCES[1])
    assert live.first_sentence_s == first
