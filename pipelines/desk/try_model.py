"""The built-in questions put to a model, and the figures in the log.

A finished trial is logged (`trial`) with its figures and nothing else: the questions are built in
and their evidence is made up, so no chart is opened and no patient is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.records.models import TryRun

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader

ACTION = "trial"


def run(
    house: House,
    reader: Reader,
    name: str,
    tell: Callable[[int, int], None] = lambda done, of: None,  # noqa: ARG005 - says nothing
) -> TryRun:
    """Put the built-in questions to one model and log the figures; raises ModelUnavailable."""
    from pipelines.answers import ollama_server
    from pipelines.answers.model_abilities import abilities
    from pipelines.answers.tryout import tryout
    from pipelines.answers.write_ollama import ModelSettings

    settings = house.settings
    model = ollama_server.find_model(settings, name)
    able = abilities(model, settings.num_ctx)
    asked = ModelSettings(
        settings.ollama_url, model.name, model.digest, able.num_ctx, settings.model_timeout_s,
        able.think,
    )  # fmt: skip
    made = tryout.run(asked, tell)
    house.ledger.append(
        reader=reader,
        patient=None,
        action=ACTION,
        payload={
            "model": made.model,
            "digest": made.digest,
            "accuracy": made.accuracy,
            "withheld_share": made.withheld_share,
            "timing": asdict(made.timing),
            "items": [
                {"ident": item.ident, "right": item.right, "withheld": item.withheld}
                for item in made.items
            ],
        },
    )
    return made
