"""Results that a laboratory computes from others, so that they always agree with them.

Anion gap = sodium - chloride - CO2; eGFR by CKD-EPI 2021 (or the older MDRD where the story's
laboratory still used it); hematocrit about three times the hemoglobin.
"""

from __future__ import annotations

import random

from maker import SEED
from maker.story import Json, Story, cells

Cell = tuple[str, str, str]


def with_derived(story: Story, entry: Json) -> list[Cell]:
    """The cells of a results table and what follows from them."""
    found = cells(entry["table"])
    value = {(key, when): text for key, when, text in found}
    made = list(found)
    for key, when, text in found:
        if key == "creatinine" and "creatinine" not in entry.get("units", {}):
            made.append(egfr(story, entry, when, float(text)))
        if key == "hemoglobin":
            wander = random.Random(f"{SEED} {story.slug} {when}").gauss(0, 0.3)  # noqa: S311
            made.append(("hematocrit", when, f"{float(text) * 3 + wander:.1f}"))
        if key == "co2" and ("chloride", when) in value:
            gap = float(value["sodium", when]) - float(value["chloride", when]) - float(text)
            made.append(("anion_gap", when, f"{gap:.0f}"))
    return made


def egfr(story: Story, entry: Json, when: str, creatinine: float) -> Cell:
    """Estimated filtration rate at that moment, by the equation that laboratory used then."""
    age = age_at(story, when)
    female = story.sex == "female"
    if entry.get("egfr") == "mdrd":
        rate = 175 * creatinine**-1.154 * age**-0.203 * (0.742 if female else 1)
        return "egfr_mdrd", when, f"{rate:.0f}"
    scale, power = (0.7, -0.241) if female else (0.9, -0.302)
    ratio = creatinine / scale
    rate = 142 * min(ratio, 1) ** power * max(ratio, 1) ** -1.2 * 0.9938**age
    return "egfr", when, f"{rate * (1.012 if female else 1):.0f}"


def age_at(story: Story, when: str) -> int:
    """Whole years at that time."""
    born: str = story.facts["patient"]["born"]
    moment = story.clock.moment(when)
    return moment.year - int(born[:4]) - (moment.strftime("%m-%d") < born[5:])
