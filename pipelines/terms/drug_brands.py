"""Other words for a drug: its brands, abbreviations and foreign names, with the generic word.

`drug_brands.csv` is the whole table. A word that it lacks may still be a drug: that it is not
here says nothing. No dose, class or use of a drug is known here.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

TABLE = Path(__file__).with_name("drug_brands.csv")


@lru_cache(maxsize=1)
def generics() -> Mapping[str, str]:
    """Every other word for a drug, in lower case, with the generic word for it."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return MappingProxyType({row["word"]: row["generic"] for row in rows})


@lru_cache(maxsize=1)
def known_words() -> frozenset[str]:
    """Single words that name a drug: brands, other names, and the generics behind them."""
    table = generics()
    return frozenset(word for word in (*table, *table.values()) if " " not in word)
