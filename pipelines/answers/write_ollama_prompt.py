"""What the model is asked: one system message of rules, one user message of data.

Promises the contract's form: the question word for word, then the evidence, each item on a line
of its own that begins `[E1]`, `[E2]` …, between two lines of a delimiter made new for each run.
Nothing else begins a line with such a mark, and no control, zero-width or bidi character of chart
or question gets through. The evidence is chosen by `budget` to fit the context; no item
is cut in the middle. No chart text is in the system message.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from pipelines.answers import budget
from pipelines.answers.verify.safety import neutral
from pipelines.records.answers import Turn
from pipelines.records.evidence import Evidence

PROMPT = "answer.v2"
MOST_ANSWER_TOKENS = 1024
TEMPLATE_TOKENS = 64
SHARE_OF_THREAD = 8  # the conversation gets at most this part of the context
UNDERSTOOD = "Understood as: "
_MARK = re.compile(r"[\[\uff3b\u3010]\s*([Ee\uff25\uff45])\s*(?=\d)")

Schema = dict[str, object]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request: both messages, the schema of the reply, and the room left for it.

    `numbers` are the items it shows, `left_out` how many had no room.
    """

    system: str
    user: str
    schema: Schema
    answer_tokens: int
    numbers: frozenset[int]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Before:
    """What came before a question: earlier turns, and the sentence it was understood as."""

    turns: tuple[Turn, ...] = ()
    understood: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A kind of text: the prompt file with its rules, and how its items are chosen.

    With `from_the_top` they are taken in their order as long as there is room, else by the words
    of the question.
    """

    name: str
    from_the_top: bool = False


ANSWER = Written(PROMPT)


@lru_cache(maxsize=4)
def rules(name: str = PROMPT) -> str:
    """The system message: the numbered prompt file of this name."""
    path = f"prompts/{name}.md"
    return resources.files("pipelines.answers").joinpath(path).read_text(encoding="utf-8").strip()


@lru_cache(maxsize=4)
def version(name: str = PROMPT) -> str:
    """The prompt's name and digest, as answers and the ledger carry them."""
    return f"{name} sha256:{hashlib.sha256(rules(name).encode()).hexdigest()}"


def prompt(
    question: str,
    items: Sequence[Evidence],
    num_ctx: int,
    before: Before | None = None,
    written: Written = ANSWER,
) -> Prompt | None:
    """The request for `question`; None when not one item fits into `num_ctx` tokens.

    `written` names the prompt file with the rules of what is written.
    """
    answer_tokens = min(MOST_ANSWER_TOKENS, num_ctx // 4)
    asked, before = question_text(question), before or Before()
    told = [*budget.thread_lines(before.turns, num_ctx // SHARE_OF_THREAD)]
    if before.understood and before.understood != asked:
        told.append(UNDERSTOOD + neutral(before.understood))
    system = rules(written.name)
    fixed = sum(map(budget.tokens, (system, asked, *told))) + TEMPLATE_TOKENS
    room = num_ctx - answer_tokens - fixed
    if written.from_the_top:
        fit = budget.first_that_fit(items, room)
    else:
        fit = budget.chosen(asked, items, room)
    if not fit.items:
        return None
    numbers = [item.number for item in fit.items]
    return Prompt(
        system=system,
        user=_user(asked, told, [budget.line_of(item) for item in fit.items]),
        schema=schema(numbers),
        answer_tokens=answer_tokens,
        numbers=frozenset(numbers),
        left_out=fit.left_out,
    )


def question_text(question: str) -> str:
    """The question word for word, but for what could pass for an item or hide text."""
    kept = "".join(
        c for c in question.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
        if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn")
    )  # fmt: skip
    return _MARK.sub(r"(\1", kept).strip()


def schema(numbers: Sequence[int]) -> Schema:
    """The JSON schema of the reply, with the run's own item names."""
    cites: Schema = {
        "type": "array",
        "items": {"type": "string", "enum": [f"E{number}" for number in numbers]},
    }
    sentence: Schema = {
        "type": "object",
        "properties": {"text": {"type": "string"}, "cites": cites},
        "required": ["text", "cites"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "answerable": {"type": "boolean"},
            "sentences": {"type": "array", "items": sentence},
        },
        "required": ["answerable", "sentences"],
        "additionalProperties": False,
    }


def _user(asked: str, told: Sequence[str], lines: Sequence[str]) -> str:
    delimiter = f"=== {secrets.token_hex(16)} ==="
    return "\n".join(
        (
            "Question:",
            asked,
            *(("", *told) if told else ()),
            "",
            "Evidence from the chart of one patient, between two identical lines:",
            delimiter,
            *lines,
            delimiter,
            "",
            "Answer the question from this evidence only, as the JSON object described.",
        )
    )
