"""Small charts, written as a hospital's export would write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LOINC = "http://loinc.org"
Resource = dict[str, Any]


def patient(ident: str = "p1", **more: Any) -> Resource:  # noqa: ANN401 - any FHIR element
    """A patient with a name, a birth date and a record number."""
    return {
        "resourceType": "Patient",
        "id": ident,
        "name": [{"family": "Marrow", "given": ["Ada"]}],
        "gender": "female",
        "birthDate": "1950-02-03",
        "identifier": [
            {
                "type": {"coding": [{"code": "MR"}]},
                "system": "urn:example:mrn",
                "value": f"MRN-{ident}",
            }
        ],
        **more,
    }


def potassium(ident: str, value: Any, when: str | None, **more: Any) -> Resource:  # noqa: ANN401
    """One serum potassium of patient p1; `value` is a number or a whole value[x] element."""
    quantity = {"value": value, "unit": "mmol/L", "system": "http://unitsofmeasure.org"}
    element = (
        value if isinstance(value, dict) else {"valueQuantity": {**quantity, "code": "mmol/L"}}
    )
    return {
        "resourceType": "Observation",
        "id": ident,
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": "2823-3", "display": "Potassium"}]},
        "subject": {"reference": "Patient/p1"},
        **({"effectiveDateTime": when} if when else {}),
        "referenceRange": [{"low": {"value": 3.5}, "high": {"value": 5.1}}],
        **element,
        **more,
    }


def bundle(*resources: Resource, kind: str = "collection") -> Resource:
    """A Bundle of these resources."""
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [{"fullUrl": f"urn:uuid:{r.get('id', 'x')}", "resource": r} for r in resources],
    }


def write(path: Path, content: Any) -> Path:  # noqa: ANN401 - text, bytes or a JSON value
    """A file of `content`."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path
