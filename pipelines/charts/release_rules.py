"""The rules of `releases.toml`: one small function a verb, on a copy of what holds the element.

A rule moves, wraps or renames what is there and never invents a value; where a value does not
fit its rule, or R4's place for it is taken already, `Unmapped` sends the entry back to be
refused by name. Each rule tells where what it moved came from, so that a citation can name the
place in the record as it came. `[i]` in such a place stands for the number of the list item.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.charts.references import Element, Json

Moves = list[tuple[str, str]]
Verb = Callable[[Json, str, list[str]], Moves]
DOSES = frozenset({"doseQuantity", "doseRange"})
RELATED = {"has-member": "hasMember", "derived-from": "derivedFrom"}
NOWHERE = "-"


class Unmapped(Exception):
    """The value has no R4 form that says the same."""


class Lifted(Exception):
    """The part stands for the whole: the holder is replaced by it."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


def put(holder: Json, name: str, value: object) -> None:
    """Set an R4 element; one that is taken means that two releases are mixed."""
    if name == NOWHERE or value in ([], None):
        return
    if name in holder:
        raise Unmapped
    holder[name] = value


def _renamed(holder: Json, name: str, args: list[str]) -> Moves:
    put(holder, args[0], holder.pop(name))
    return [(args[0], f"{name}[i]")]


def _listed(holder: Json, name: str, args: list[str]) -> Moves:
    new = args[0] if args else name
    put(holder, new, [holder.pop(name)])
    return [(new, name)]


def _only_item(value: object) -> Element:
    if isinstance(value, list):
        if len(value) != 1:
            raise Unmapped
        return value[0]
    return value


def _one(holder: Json, name: str, args: list[str]) -> Moves:
    new = args[0] if args else name
    put(holder, new, _only_item(holder.pop(name)))
    return [(new, f"{name}[0]")]


def _left(holder: Json, name: str, _args: list[str]) -> Moves:
    del holder[name]
    return []


def _only(holder: Json, name: str, args: list[str]) -> Moves:
    value = holder.pop(name)
    if isinstance(value, dict):
        value = _code_of(value.get("code", value))
    said = str(value).lower() if isinstance(value, bool) else value
    if said not in args:
        raise Unmapped
    return []


def _split(holder: Json, name: str, args: list[str]) -> Moves:
    value = holder.pop(name)
    items = value if isinstance(value, list) else [value]
    index = "[i]" if isinstance(value, list) else ""
    moves: Moves = []
    for new, member in zip(args, ("concept", "reference"), strict=True):
        found = [item[member] for item in items if item.get(member)]
        if not found:
            continue
        put(holder, new, found if isinstance(value, list) else found[0])
        if len(found) == len(items):
            moves.append((new, f"{name}{index}.{member}"))
        else:
            moves.append((new, f"{name}.{member}"))
    return moves


def _reasons(holder: Json, name: str, args: list[str]) -> Moves:
    items = [one for item in holder.pop(name) for one in item.get("value") or ()]
    for new, member in zip(args, ("concept", "reference"), strict=True):
        put(holder, new, [item[member] for item in items if item.get(member)])
    return [(args[0], f"{name}.value.concept"), (args[1], f"{name}.value.reference")]


def _coding(holder: Json, name: str, _args: list[str]) -> Moves:
    concept = _only_item(holder.pop(name))
    codings = concept.get("coding") or []
    if len(codings) > 1 and len({coding.get("code") for coding in codings}) > 1:
        raise Unmapped
    coding = dict(codings[0]) if codings else {}
    old = f"{name}[0].coding[0]"
    moves = [(f"{name}.code", f"{old}.code"), (f"{name}.display", f"{old}.display")]
    if not coding.get("display") and concept.get("text"):
        coding["display"] = concept["text"]
        moves[1] = (f"{name}.display", f"{name}[0].text")
    put(holder, name, coding)
    return [*moves, (name, old)]


def _concept(holder: Json, name: str, args: list[str]) -> Moves:
    code = holder.pop(name)
    if not isinstance(code, str):
        raise Unmapped
    new = args[1] if len(args) in (2, 4) else name
    if args[-2:-1] == ["without"] and code == args[-1]:
        return []
    put(holder, new, {"coding": [{"system": args[0], "code": code}]})
    return [(f"{new}.coding.code", name), (new, name)]


def _code_of(concept: Json) -> str:
    codes = {coding.get("code") for coding in concept.get("coding") or ()} - {None}
    if len(codes) != 1:
        raise Unmapped
    return str(codes.pop())


def _code(holder: Json, name: str, _args: list[str]) -> Moves:
    holder[name] = _code_of(holder[name])
    return [(name, f"{name}.coding[0].code")]


def _annotation(holder: Json, name: str, args: list[str]) -> Moves:
    put(holder, args[0], [{"text": holder.pop(name)}])
    return [(f"{args[0]}.text", name), (args[0], name)]


def _object(holder: Json, name: str, args: list[str]) -> Moves:
    holder[name] = [{args[0]: holder[name]}]
    return [(f"{name}.{args[0]}", name)]


def _not_done(holder: Json, name: str, _args: list[str]) -> Moves:
    said = holder.pop(name)
    if said is True:
        holder["status"] = "not-done"
    elif said is not False:
        raise Unmapped
    return [("status", name)] if said else []


def _lift(holder: Json, name: str, _args: list[str]) -> Moves:
    raise Lifted(holder[name])


def _gather(holder: Json, name: str, _args: list[str]) -> Moves:
    inner = dict((holder.get("doseAndRate") or [{}])[0])
    if name in DOSES and DOSES & inner.keys():
        raise Unmapped
    put(inner, name, holder.pop(name))
    holder["doseAndRate"] = [inner]
    return [(f"doseAndRate.{name}", name)]


def _into(holder: Json, name: str, args: list[str]) -> Moves:
    inner = dict(holder.get(args[0]) or {})
    put(inner, args[1], holder.pop(name))
    holder[args[0]] = inner
    return [(f"{args[0]}.{args[1]}", f"{name}[i]")]


def _map(holder: Json, name: str, args: list[str]) -> Moves:
    table = dict(pair.split("=") for pair in args[1:])
    value = holder.pop(name)
    if value not in table:
        raise Unmapped
    put(holder, args[0], table[value])
    return [(args[0], name)]


def _text(holder: Json, name: str, args: list[str]) -> Moves:
    new = args[0] if args else name
    reference = holder.pop(name).get("reference")
    put(holder, new, reference)
    return [(new, f"{name}.reference")]


def _rendered(holder: Json, name: str, args: list[str]) -> Moves:
    said = holder.pop(name)
    if args[0] in holder:  # the structured dosage says it; the rendering stays raw
        return []
    holder[args[0]] = [{"text": said}]
    return [(f"{args[0]}.text", name)]


def _visits(holder: Json, name: str, _args: list[str]) -> Moves:
    parts: dict[str, list[Json]] = {"encounter": [], "related": []}
    for reference in holder.pop(name):
        kind = reference.get("type") or str(reference.get("reference", ""))
        parts["related" if "Appointment" in kind else "encounter"].append(reference)
    put(holder, name, {part: found for part, found in parts.items() if found})
    alone = "[i]" if not (parts["encounter"] and parts["related"]) else ""
    return [(f"{name}.{part}", f"{name}{alone}") for part, found in parts.items() if found]


def _related(holder: Json, name: str, _args: list[str]) -> Moves:
    found: dict[str, list[Json]] = {}
    for item in holder.pop(name):
        if item.get("type") not in RELATED:
            raise Unmapped
        found.setdefault(RELATED[item["type"]], []).append(item["target"])
    for new, targets in found.items():
        put(holder, new, targets)
    index = "[i]" if len(found) == 1 else ""
    return [(new, f"{name}{index}.target") for new in found]


def _reference(holder: Json, name: str, _args: list[str]) -> Moves:
    item = _only_item(holder[name])
    concept = item.get("concept") or {}
    said = concept.get("text") or next(
        (coding["display"] for coding in concept.get("coding") or () if coding.get("display")), None
    )
    if item.get("reference"):
        holder[name] = item["reference"]
        return [(name, f"{name}[0].reference")]
    if said is None:
        raise Unmapped
    holder[name] = {"display": said}
    place = "text" if concept.get("text") else "coding.display"
    return [(f"{name}.display", f"{name}[0].concept.{place}")]


def _member(holder: Json, name: str, args: list[str]) -> Moves:
    value = holder[name]
    item = _only_item(value)
    if args[0] not in item:
        raise Unmapped
    holder[name] = item[args[0]]
    return [(name, f"{name}{'[0]' if isinstance(value, list) else ''}.{args[0]}")]


def _items(holder: Json, name: str, args: list[str]) -> Moves:
    old, new = args[1].split("=")
    items = holder.pop(name)
    put(holder, args[0], [{(new if k == old else k): v for k, v in item.items()} for item in items])
    return [(f"{args[0]}.{new}", f"{name}[i].{old}"), (args[0], f"{name}[i]")]


VERBS: dict[str, Verb] = {
    "rename": _renamed, "list": _listed, "one": _one, "leave": _left, "only": _only,
    "split": _split, "reasons": _reasons, "coding": _coding, "concept": _concept, "code": _code,
    "annotation": _annotation, "object": _object, "not_done": _not_done, "lift": _lift,
    "gather": _gather, "into": _into, "map": _map, "text": _text, "rendered": _rendered,
    "visits": _visits, "related": _related, "reference": _reference, "member": _member,
    "items": _items,
}  # fmt: skip


def apply(holder: Json, steps: list[str], rule: str) -> Moves:
    """Apply one rule below a copy, copying what lies on the way; the moves as paths."""
    name = steps[0]
    if holder.get(name) is None:
        return []
    if len(steps) == 1:
        verb, *args = rule.split()
        return VERBS[verb](holder, name, args)
    inner, moves = holder[name], Moves()
    found = [_inside(item, steps[1:], rule, moves) for item in _as_list(inner)]
    holder[name] = found if isinstance(inner, list) else found[0]
    unique = dict.fromkeys(moves)
    if rule == "lift" and len(steps) == 2:
        return [(name, ".".join([f"{name}[i]" if isinstance(inner, list) else name, *steps[1:]]))]
    return [(f"{name}.{new}", f"{name}[i].{old}") for new, old in unique]


def _as_list(value: Element) -> list[Element]:
    return value if isinstance(value, list) else [value]


def _inside(item: Element, steps: list[str], rule: str, moves: Moves) -> Element:
    if not isinstance(item, dict):
        raise Unmapped
    copy = dict(item)
    try:
        moves += apply(copy, steps, rule)
    except Lifted as lifted:
        return lifted.value
    return copy
