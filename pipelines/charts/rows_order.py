"""Orders and appointments: what was asked for, by whom, when, and what became of it.

An order keeps its intent: a plan or a proposal is not an order. An appointment keeps its status
word for word, because a visit that was missed and one that was called off mean different
things. Whether something was done is never inferred from its having been ordered.
"""

from __future__ import annotations

from pipelines.charts.instants import stamp
from pipelines.charts.references import Json, target
from pipelines.charts.row_elements import (
    checked,
    listed,
    named_in,
    one_of,
    only,
    reasons,
    said,
    targets,
    title,
    who,
    whole,
    yes_no,
)
from pipelines.charts.row_parts import Place, choice, encounter_of, words


def service_request(resource: Json, place: Place) -> None:
    """Append the row of one ServiceRequest."""
    named = title(resource, place, "code", "category", "orderDetail")
    begin, end = choice(resource, "occurrence")
    place.rows["service_request"].append((
        place.key, place.patient, *named[:2], checked(resource, "ServiceRequest"),
        checked(resource, "ServiceRequest", "intent"),
        checked(resource, "ServiceRequest", "priority"), said(resource.get("category")),
        *stamp(resource.get("authoredOn"), "authoredOn"), *begin, *end,
        encounter_of(resource, place.known), one_of(resource, "requester", place),
        who(resource, "performer", place), reasons(resource), said(resource.get("bodySite")),
        yes_no(resource.get("doNotPerform"), "doNotPerform"),
        targets(resource.get("specimen"), place), targets(resource.get("basedOn"), place),
        *named[2:],
    ))  # fmt: skip


def appointment(resource: Json, place: Place) -> None:
    """Append the row of one Appointment; the patient's own part is not among the participants."""
    names = ("serviceType", "description", "appointmentType", "specialty", "comment")
    named = title(resource, place, *names)
    others, response = [], None
    for part in listed(resource.get("participant")):
        answered = checked(part, "Appointment_participant")
        if (target(part.get("actor"), place.known) or "").startswith("Patient/"):
            response = answered
            continue
        found = named_in(part.get("actor"), resource, place) or only(said(part.get("type")))
        if found:
            others.append(found)
    called_off = resource.get("cancelationReason") or resource.get("cancellationReason")
    place.rows["appointment"].append((
        place.key, place.patient, *named[:2], checked(resource, "Appointment"),
        *stamp(resource.get("start"), "start"), *stamp(resource.get("end"), "end"),
        whole(resource.get("minutesDuration"), "minutesDuration"),
        *stamp(resource.get("created"), "created"), reasons(resource), words(called_off), others,
        response, *named[2:],
    ))  # fmt: skip
