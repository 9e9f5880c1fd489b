"""A prompt file that changes without a new number is noticed here."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

import pipelines.answers
from pipelines.answers import read_ollama, write_ollama_prompt

FOLDER = Path(pipelines.answers.__file__).parent / "prompts"
PINNED = tomllib.loads((FOLDER / "digests.toml").read_text(encoding="utf-8"))["sha256"]


def test_every_prompt_file_has_its_digest() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(PINNED)


@pytest.mark.parametrize("name", sorted(PINNED))
def test_a_prompt_file_is_as_it_was_released(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()
    assert hashlib.sha256(text.encode()).hexdigest() == PINNED[name], (
        f"{name} has changed: give it a new number and pin that one"
    )


def test_the_versions_that_answers_carry_are_the_pinned_ones() -> None:
    for module in (write_ollama_prompt, read_ollama):
        assert module.version() == f"{module.PROMPT} sha256:{PINNED[module.PROMPT]}"
