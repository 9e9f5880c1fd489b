"""Puts twenty questions on the sample charts to a model server, through the whole desk.

    OLLAMA_TEST_URL=http://gpu-host:11434 [OLLAMA_TEST_MODEL=qwen3:8b] \
        python -m pytest -n 0 -s tests/answers/test_live_model.py

Right = the answer is the model's own and says what the chart says (`cases/live_model.toml`).
Withheld = the share of the model's sentences that the judge did not let through. An answer that
fell back to the embedded reader is counted apart and is not right. Only made-up charts are sent.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from pipelines.desk import ask
from pipelines.desk.house import House
from pipelines.records.answers import Answer
from pipelines.records.chart import Reader

KEY = Path(__file__).parents[1] / "cases" / "live_model.toml"
READER = Reader("live test")
Says = tuple[str | list[str], ...]


@dataclass(frozen=True, slots=True)
class LiveQuestion:
    """A question of one patient, and the words that its answer must hold."""

    patient: str
    asks: str
    says: Says


@dataclass(frozen=True, slots=True)
class Live:
    """What became of the questions, in their order."""

    questions: tuple[LiveQuestion, ...]
    answers: tuple[Answer, ...]

    @property
    def right(self) -> int:
        """How many the model answered rightly."""
        pairs = zip(self.questions, self.answers, strict=True)
        return sum(is_right(question, answer) for question, answer in pairs)

    @property
    def fell_back(self) -> int:
        """How many the embedded reader answered in the model's place."""
        return sum(answer.engine != "ollama" for answer in self.answers)

    @property
    def withheld(self) -> float:
        """The share of the model's sentences that were not let through."""
        said = [s for a in self.answers if a.engine == "ollama" for s in a.statements]
        return sum(s.support == "unverified" for s in said) / len(said) if said else 0.0

    def lines(self) -> Iterator[str]:
        """The figures, and a line for each question that was not right."""
        timings = [answer.timing for answer in self.answers if answer.timing is not None]
        tokens = [t.tokens_per_s for t in timings if t.tokens_per_s is not None]
        first = [t.first_sentence_s for t in timings if t.first_sentence_s is not None]
        model = next((a.model for a in self.answers if a.model), None)
        yield f"{model}: right {self.right}/{len(self.answers)}, fell back {self.fell_back}"
        yield f"withheld {self.withheld:.3f} of the model's sentences"
        yield f"seconds an answer, median {median(a.seconds for a in self.answers):.1f}"
        yield f"tokens a second {fmean(tokens):.1f}" if tokens else "tokens a second: not told"
        yield f"first verified sentence after {median(first):.1f} s" if first else "no sentence"
        for question, answer in zip(self.questions, self.answers, strict=True):
            if not is_right(question, answer):
                yield f"  {question.asks} → {answer.status}, {answer.engine}: {answer.answer[:120]}"


def live_questions() -> tuple[LiveQuestion, ...]:
    """The twenty."""
    told = tomllib.loads(KEY.read_text(encoding="utf-8"))["question"]
    return tuple(LiveQuestion(q["patient"], q["asks"], tuple(q["says"])) for q in told)


def put(house: House, questions: Iterable[LiveQuestion]) -> Live:
    """Ask them one after the other."""
    asked = tuple(questions)
    answers = (
        ask.ask(house, READER, ask.AskRequest(q.patient, q.asks, engine="ollama")) for q in asked
    )
    return Live(asked, tuple(answers))


def is_right(question: LiveQuestion, answer: Answer) -> bool:
    """Whether the model answered, and its answer says all of what the chart says."""
    said = answer.answer.lower()
    groups = ([one] if isinstance(one, str) else one for one in question.says)
    return (
        answer.engine == "ollama"
        and answer.status == "answered"
        and all(any(word.lower() in said for word in group) for group in groups)
    )
