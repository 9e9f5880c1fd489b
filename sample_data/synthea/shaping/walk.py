"""Going through a resource of any shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def objects(node: Any) -> Iterator[Json]:  # noqa: ANN401 - any JSON
    """Every JSON object below a node, the node itself first."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects(value)


def references(node: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Every reference that a resource writes, but those to what it contains."""
    for one in objects(node):
        target = one.get("reference")
        if isinstance(target, str) and not target.startswith("#"):
            yield target


def of_type(resources: list[Json], *types: str) -> list[Json]:
    """The resources of some types, in their order."""
    return [resource for resource in resources if resource["resourceType"] in types]
