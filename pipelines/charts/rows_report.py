"""Diagnostic reports, specimens and imaging studies as one row each.

A report's row says what was concluded and which results it rests on; its text is a document
(see `rows_document`). Of an imaging study the header is read, never the list of images.
"""

from __future__ import annotations

from pipelines.charts.instants import stamp
from pipelines.charts.references import Json
from pipelines.charts.row_elements import (
    checked,
    keys,
    one_of,
    only,
    reasons,
    said,
    targets,
    title,
    who,
    whole,
)
from pipelines.charts.row_parts import Place, choice, encounter_of, text, words


def report(resource: Json, place: Place) -> None:
    """Append the row of one DiagnosticReport."""
    named = title(resource, place, "code")
    begun, ended = choice(resource, "effective")
    concluded = resource.get("conclusionCode")
    keys(concluded, place)
    imaging = resource.get("imagingStudy") or resource.get("study")
    place.rows["report"].append((
        place.key, place.patient, *named[:2], checked(resource, "DiagnosticReport"),
        said(resource.get("category")), *begun, *ended,
        *stamp(resource.get("issued"), "issued"), encounter_of(resource, place.known),
        targets(resource.get("result"), place), text(resource.get("conclusion")),
        said(concluded), targets(resource.get("specimen"), place),
        who(resource, "performer", place), who(resource, "resultsInterpreter", place),
        targets(imaging, place), targets(resource.get("basedOn"), place), *named[2:],
    ))  # fmt: skip


def specimen(resource: Json, place: Place) -> None:
    """Append the row of one Specimen."""
    named = title(resource, place, "type")
    taken = resource.get("collection") or {}
    begun, ended = choice(taken, "collected")
    accession = resource.get("accessionIdentifier") or {}
    site = only(said(taken.get("bodySite")))
    place.rows["specimen"].append((
        place.key, place.patient, *named[:2], checked(resource, "Specimen"), *begun, *ended,
        *stamp(resource.get("receivedTime"), "receivedTime"), site, words(taken.get("method")),
        one_of({**taken, "contained": resource.get("contained")}, "collector", place),
        said(resource.get("condition")), text(accession.get("value")),
        targets(resource.get("parent"), place), targets(resource.get("request"), place),
        *named[2:],
    ))  # fmt: skip


def imaging_study(resource: Json, place: Place) -> None:
    """Append the row of one ImagingStudy; the parts of the body are those of its series."""
    series = resource.get("series") or ()
    named = title(resource, place, "procedureCode", "procedure", "description")
    if named.display is None and series:
        named = title(series[0], place, "description", "modality", prefix="series[0].")
    modalities = said(resource.get("modality")) + said([
        one["modality"] for one in series if one.get("modality")
    ])  # fmt: skip
    sites = said([one["bodySite"] for one in series if one.get("bodySite")])
    place.rows["imaging_study"].append((
        place.key, place.patient, *named[:2], checked(resource, "ImagingStudy"),
        *stamp(resource.get("started"), "started"), encounter_of(resource, place.known),
        list(dict.fromkeys(modalities)), list(dict.fromkeys(sites)),
        whole(resource.get("numberOfSeries"), "numberOfSeries"),
        whole(resource.get("numberOfInstances"), "numberOfInstances"), reasons(resource),
        one_of(resource, "referrer", place), who(resource, "interpreter", place),
        targets(resource.get("basedOn"), place),
        *named[2:],
    ))  # fmt: skip
