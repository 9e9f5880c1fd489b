"""Makes the Synthea patients: `python make_synthea.py [--out FOLDER] [--from FOLDER]`.

Maven fetches Synthea once (about 200 MB into `--tools`), Java runs it with the seed and dates of
patients.toml, and the chosen patients are shortened, made unreachable and packed. `--from` takes
the FHIR files of an earlier run instead of running Java. Python's standard library only.
"""

from __future__ import annotations

import argparse
import copy
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from shaping import cut, pack, rewrite  # noqa: E402 - found beside this file
from shaping.walk import Json, of_type  # noqa: E402

TOOLS = HERE.parents[1] / ".tools" / "synthea"


def main() -> None:
    """Run Synthea, shape the chosen patients, say what was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--from", dest="made", type=Path)
    parser.add_argument("--tools", type=Path, default=TOOLS)
    options = parser.parse_args()
    plan, digits = read_toml("patients.toml"), read_toml("lab_digits.toml")
    missing = [name for name in ("mvn", "java") if shutil.which(name) is None]
    if missing and not options.made:
        said = " and ".join(missing)
        sys.stdout.write(f"synthea: skipped, the committed files stay: no {said} on this machine\n")
        return
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        made = options.made or run(plan["run"], options.tools, Path(scratch))
        for name, content, count in bundles(made, plan, digits):
            (options.out / f"{name}.json.gz").write_bytes(content)
            sys.stdout.write(f"{name}: {count} resources, {len(content)} bytes\n")


def read_toml(name: str) -> Json:
    """One of the data files."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def run(wanted: Json, tools: Path, scratch: Path) -> Path:
    """Synthea's FHIR files, made anew."""
    jars = (tools / "lib").resolve()
    if not any(jars.glob("synthea-*.jar")):
        fetch = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
        carry_out([*fetch, f"-DoutputDirectory={jars}"], scratch)
    properties = wanted["properties"] | {"exporter.baseDirectory": str(scratch)}
    command = [
        *("java", "-Xmx2g", "-XX:ActiveProcessorCount=1", f"-Duser.timezone={wanted['time_zone']}"),
        *("-Duser.language=en", "-Duser.country=US", "-Dfile.encoding=UTF-8"),
        *("-cp", f"{jars}/*", "App"),
        *("-s", str(wanted["seed"]), "-cs", str(wanted["clinician_seed"])),
        *("-r", wanted["reference_date"], "-e", wanted["end_date"]),
        *("-p", str(wanted["population"])),
        *(f"--{name}={value}" for name, value in properties.items()),
        *wanted["place"],
    ]
    carry_out(command, scratch)
    return scratch / "fhir"


def carry_out(command: list[str], folder: Path) -> None:
    """One command, quiet; what it said last where it failed."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)  # noqa: S603
    if done.returncode:
        last = " ".join((done.stderr or done.stdout).split()[-40:])
        raise SystemExit(f"synthea: {command[0]} failed, the committed files stay: {last}")


def bundles(made: Path, plan: Json, digits: Json) -> list[tuple[str, bytes, int]]:
    """Each chosen patient's file: name, bytes, number of resources."""
    staff = [
        entry
        for kind in ("hospital", "practitioner")
        for path in sorted(made.glob(f"{kind}Information*.json"))
        for entry in json.loads(path.read_bytes())["entry"]
    ]
    names = rewrite.facility_names(
        of_type([entry["resource"] for entry in staff], "Organization"), plan["facilities"]
    )
    shaped = []
    for chosen in plan["patient"]:
        (path,) = made.glob(f"*_{chosen['synthea']}.json")
        entries = cut.kept(
            json.loads(path.read_bytes())["entry"], plan["keep"], chosen.get("months")
        )
        directory = pack.Directory(copy.deepcopy(staff))
        whole = shape(entries, directory, names, digits, chosen["id"])
        shaped.append((chosen["file"], pack.packed(whole), len(whole["entry"])))
    return shaped


def shape(
    entries: list[Json], directory: pack.Directory, names: dict[str, str], digits: Json, own_id: str
) -> Json:
    """One chart rewritten, with the clinics and clinicians it points to."""
    claims = {entry["fullUrl"]: entry["resource"] for entry in entries}
    everything = [entry["resource"] for entry in [*entries, *directory.entries.values()]]
    for resource in everything:
        directory.point(resource)
        rewrite.rename_facilities(resource, names)
        rewrite.plain_texts(resource)
        rewrite.round_results(resource, digits)
        rewrite.without_reach(resource)
        if resource["resourceType"] == "Patient":
            rewrite.mark_patient(resource, own_id)
        elif resource["resourceType"] == "DocumentReference":
            rewrite.plain_note(resource)
        elif resource["resourceType"] == "ExplanationOfBenefit":
            rewrite.plain_bill(resource, claims)
    needed = directory.needed([entry["resource"] for entry in entries])
    patient, rest = entries[:1], entries[1:]
    return pack.bundle([*patient, *needed, *rest])


if __name__ == "__main__":
    main()
