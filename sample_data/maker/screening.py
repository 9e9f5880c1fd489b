"""Social screening: PRAPARE and the Hunger Vital Sign, as Observations, as a form, or as both.

Hospitals send the same answers in two ways and some in both, so a story chooses. The risk of the
Hunger Vital Sign is computed from its two questions, never written: `often` or `sometimes` to
either is "At risk". A question that the story does not answer is not there: silence is no "no".
"""

from __future__ import annotations

from maker.catalogue import read
from maker.clock import label
from maker.fhir import LOINC, Json, concept, encounter, hl7, made_id, person, subject
from maker.fhir import without_none as full
from maker.story import Story

Given = list[tuple[str, Json, list[tuple[str, str, str]]]]


def screenings(story: Story) -> list[Json]:
    """All screenings of the story."""
    return [made for entry in story.all("screening") for made in screening(story, entry)]


def screening(story: Story, entry: Json) -> list[Json]:
    """One screening in the form (or both forms) that the story asks for."""
    form = entry.get("form", "observations")
    found = given(entry)
    made = observations(story, entry, found) if form in ("observations", "both") else []
    return made + ([response(story, entry, found)] if form in ("response", "both") else [])


def given(entry: Json) -> Given:
    """(key, question, [(answer key, code, words)]) of each question answered, in form order."""
    answers = dict(entry["answers"])
    if entry["instrument"] == "hunger":
        told = {answers["worried"], answers["did_not_last"]}
        answers["risk"] = "at_risk" if told & {"often", "sometimes"} else "no_risk"
    questions = read("screening")[entry["instrument"]]["questions"]
    unknown = set(answers) - set(questions)
    if unknown:
        raise ValueError(f"no such question of {entry['instrument']}: {sorted(unknown)}")
    made = []
    for key, question in questions.items():
        if key in answers:
            said = answers[key] if isinstance(answers[key], list) else [answers[key]]
            made.append((key, question, [(one, *question["answers"][one]) for one in said]))
    return made


def observations(story: Story, entry: Json, found: Given) -> list[Json]:
    """The panel first, then an Observation an answer."""
    kind = read("screening")[entry["instrument"]]
    members = []
    for key, question, answers in found:
        for one, code, words in answers:
            name = (key, one) if len(answers) > 1 else (key,)
            made = frame(story, entry, *name)
            made["code"] = concept(question["short"], (LOINC, question["loinc"], question["long"]))
            made["valueCodeableConcept"] = concept(words, (LOINC, code, words))
            members.append(made)
    panel = frame(story, entry)
    panel["code"] = concept(kind["name"], (LOINC, kind["loinc"], kind["long"]))
    panel["hasMember"] = [{"reference": f"Observation/{one['id']}"} for one in members]
    return [panel, *members]


def frame(story: Story, entry: Json, *name: str) -> Json:
    """What the panel and its members have in common."""
    moment = story.clock.moment(entry["when"])
    return {
        "resourceType": "Observation",
        "id": made_id(story, entry["instrument"], *name, label(moment)),
        "status": "final",
        "category": [
            hl7("observation-category", "social-history", "Social History"),
            hl7("observation-category", "survey", "Survey"),
        ],
        "code": {},
        "subject": subject(story),
        **encounter(story, entry.get("encounter")),
        "effectiveDateTime": story.clock.written(entry["when"]),
        "performer": [person(story, entry["by"])],
    }


def response(story: Story, entry: Json, found: Given) -> Json:
    """The QuestionnaireResponse, every question with its answers."""
    kind = read("screening")[entry["instrument"]]
    moment = story.clock.moment(entry["when"])
    return full(
        {
            "resourceType": "QuestionnaireResponse",
            "id": made_id(story, entry["instrument"], "form", label(moment)),
            "questionnaire": f"{LOINC}/q/{kind['loinc']}",
            "status": "completed",
            "subject": subject(story),
            **encounter(story, entry.get("encounter")),
            "authored": story.clock.written(entry["when"]),
            "author": person(story, entry["by"]),
            "item": [
                {
                    "linkId": f"/{question['loinc']}",
                    "text": question["long"],
                    "answer": [
                        {"valueCoding": {"system": LOINC, "code": code, "display": words}}
                        for _, code, words in answers
                    ],
                }
                for _, question, answers in found
            ],
        }
    )
