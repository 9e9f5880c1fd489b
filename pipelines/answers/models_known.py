"""Which models suit this app on how much GPU memory, from a table with its sources.

The table (`models_known.toml`) is what the public pages of the models say; nothing in it was
measured here, which whoever shows it must say. It knows no server.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from pipelines.records.models import KnownModel

TABLE = Path(__file__).with_name("models_known.toml")


@lru_cache(maxsize=1)
def known() -> tuple[KnownModel, ...]:
    """Every model of the table, the smallest first."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["model"]
    return tuple(sorted((KnownModel(**row) for row in rows), key=lambda model: model.gpu_gb))


def recommended(gpu_gb: float | None) -> tuple[KnownModel, ...]:
    """Those that fit into this much GPU memory, the largest first; None = all of them."""
    fit = (model for model in known() if gpu_gb is None or model.gpu_gb <= gpu_gb)
    return tuple(reversed(tuple(fit)))
