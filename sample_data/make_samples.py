"""Makes `bundles/*.json.gz` from the stories: `python sample_data/make_samples.py`.

`--out FOLDER` writes elsewhere, `--only STORY` makes one story alone. The same stories give the
same JSON, byte for byte, on every machine; the gzip bytes are the same wherever zlib is the same.
Needs Python 3.11 and nothing else.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from maker.bundle import bundle, packed  # noqa: E402 - found beside this file
from maker.story import read_story  # noqa: E402


def main() -> None:
    """Write one bundle a story and say what was made."""
    stories = sorted(path.parent.name for path in HERE.glob("*/story.toml"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "bundles")
    parser.add_argument("--only", choices=stories, help="one story instead of all")
    options = parser.parse_args()
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    for name in [options.only] if options.only else stories:
        made = bundle(read_story(HERE / name))
        content = packed(made)
        (out / f"{name}.json.gz").write_bytes(content)
        sys.stdout.write(f"{name}: {len(made['entry'])} resources, {len(content)} bytes\n")


if __name__ == "__main__":
    main()
