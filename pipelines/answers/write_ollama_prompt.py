"""What the model is asked: one system message of rules, one user message of data.

Promises the contract's form: the question word for word, then the evidence, each item on a line
of its own that begins `[E1]`, `[E2]` …, between two lines of a delimiter made new for each run.
Nothing else begins a line with such a mark, and no control, zero-width or bidi character of chart
or question gets through. The evidence is cut to what fits the context, last items first; no item
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

from pipelines.answers.verify.lines import shown
from pipelines.records.evidence import Evidence

PROMPT = "answer.v1"
# A third of a token a byte is safe for lab text and dates (measured by others, not here).
BYTES_PER_TOKEN = 3
MOST_ANSWER_TOKENS = 1024
TEMPLATE_TOKENS = 64
_MARK = re.compile(r"[\[\uff3b\u3010]\s*([Ee\uff25\uff45])\s*(?=\d)")

Schema = dict[str, object]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request: both messages, the schema of the reply, and the room left for it."""

    system: str
    user: str
    schema: Schema
    answer_tokens: int
    numbers: frozenset[int]


@lru_cache(maxsize=1)
def rules() -> str:
    """The system message: the numbered prompt file."""
    name = f"prompts/{PROMPT}.md"
    return resources.files("pipelines.answers").joinpath(name).read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def version() -> str:
    """The prompt's name and digest, as answers and the ledger carry them."""
    return f"{PROMPT} sha256:{hashlib.sha256(rules().encode()).hexdigest()}"


def prompt(question: str, items: Sequence[Evidence], num_ctx: int) -> Prompt | None:
    """The request for `question`; None when not one item fits into `num_ctx`."""
    answer_tokens = min(MOST_ANSWER_TOKENS, num_ctx // 4)
    asked = question_text(question)
    fixed = _tokens(rules()) + _tokens(asked) + TEMPLATE_TOKENS
    room = num_ctx - answer_tokens - fixed
    lines: list[str] = []
    numbers: list[int] = []
    for item in items:
        line = f"[E{item.number}] {shown(item)}"
        # The schema names each item once more.
        room -= _tokens(line) + 4
        if room < 0:
            break
        lines.append(line)
        numbers.append(item.number)
    if not lines:
        return None
    return Prompt(rules(), _user(asked, lines), schema(numbers), answer_tokens, frozenset(numbers))


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


def _user(asked: str, lines: Sequence[str]) -> str:
    delimiter = f"=== {secrets.token_hex(16)} ==="
    return "\n".join(
        (
            "Question:",
            asked,
            "",
            "Evidence from the chart of one patient, between two identical lines:",
            delimiter,
            *lines,
            delimiter,
            "",
            "Answer the question from this evidence only, as the JSON object described.",
        )
    )


def _tokens(text: str) -> int:
    return len(text.encode()) // BYTES_PER_TOKEN + 1
