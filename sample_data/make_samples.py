"""Makes `bundles/*.json.gz` from the stories: `python sample_data/make_samples.py [--out FOLDER]`.

The same stories give the same JSON, byte for byte, on every machine; the gzip bytes are the same
wherever zlib is the same. Needs Python 3.11 and nothing else.
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "bundles")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for folder in sorted(path.parent for path in HERE.glob("*/story.toml")):
        made = bundle(read_story(folder))
        content = packed(made)
        (out / f"{folder.name}.json.gz").write_bytes(content)
        sys.stdout.write(f"{folder.name}: {len(made['entry'])} resources, {len(content)} bytes\n")


if __name__ == "__main__":
    main()
