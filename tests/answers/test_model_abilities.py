"""How a model is asked: as little thinking as it allows, no more context than it reads."""

from __future__ import annotations

import pytest

from pipelines.answers.model_abilities import Abilities, abilities
from pipelines.answers.ollama_facts import listed, shown
from pipelines.records.models import ModelFacts

CAN_THINK = ("completion", "thinking")


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param(ModelFacts("qwen3:8b", "d", 1), Abilities(False, 16384), id="nothing known"),
        pytest.param(
            ModelFacts("qwen3:8b", "d", 1, family="qwen3", capabilities=CAN_THINK, context=40960),
            Abilities(False, 16384), id="can think and can leave it",
        ),
        pytest.param(
            ModelFacts("gpt-oss:20b", "d", 1, family="gptoss", capabilities=CAN_THINK),
            Abilities("low", 16384), id="levels alone",
        ),
        pytest.param(
            ModelFacts("tiny:1b", "d", 1, context=8192), Abilities(False, 8192), id="short context"
        ),
    ],
)  # fmt: skip
def test_a_model_is_asked_as_it_allows(model: ModelFacts, expected: Abilities) -> None:
    assert abilities(model, 16384) == expected


def test_what_the_server_says_of_a_model_is_read() -> None:
    details = {"family": "qwen3", "parameter_size": "8.2B", "quantization_level": "Q4_K_M"}
    item = {"name": "m:8b", "digest": "abc", "size": 5_000_000_000, "details": details}
    reply = {
        "model_info": {"general.architecture": "qwen3", "qwen3.context_length": 40960},
        "capabilities": ["completion", "thinking"],
        "license": "\n  Apache License\n  2.0",
    }
    assert shown(listed(item), reply) == ModelFacts(
        "m:8b", "abc", 5_000_000_000, False, "qwen3", "8.2B", "Q4_K_M", 40960,
        ("completion", "thinking"), "Apache License",
    )  # fmt: skip


@pytest.mark.parametrize(
    "reply",
    [{}, {"model_info": []}, {"capabilities": "all"}, {"model_info": {"general.architecture": 4}}],
)
def test_a_field_of_another_shape_is_not_there(reply: dict[str, object]) -> None:
    told = shown(listed({"name": 7, "size": True, "details": "none"}), reply)
    assert told == ModelFacts("", "", 0)


def test_a_cloud_model_is_known_by_its_name_and_by_either_object() -> None:
    assert listed({"name": "big:cloud"}).remote
    assert listed({"name": "m", "remote_host": "https://elsewhere"}).remote
    assert shown(listed({"name": "m"}), {"remote_model": "big"}).remote
