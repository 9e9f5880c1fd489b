"""Every setting in one frozen value, read once: environment, then `settings.toml`, then default.

`Settings.read` takes the home first, because `settings.toml` lives in it. Nothing else in the
house reads the environment. `sources` says where each value came from, for `chartroom settings`.
A capability that is not built yet has no setting here.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.errors import ChartroomError

PREFIX = "CHARTROOM_"
HIGHEST_PORT = 65535
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force. Names and defaults are those of the contract's settings table."""

    home: Path = Path(".chartroom")
    port: int = 8501
    ollama_url: str = "http://127.0.0.1:11434"
    model: str = "qwen3:8b"
    embed_model: str = ""
    num_ctx: int = 16384
    model_timeout_s: float = 120.0
    allowed_hosts: tuple[str, ...] = ()
    validate: str = "sample"
    max_file_mb: int = 2048
    max_entries: int = 50_000
    fhir_url: str = ""
    fhir_token_file: str = ""
    fhir_client_id: str = ""
    fhir_key_file: str = ""
    fhir_every_min: int = 60
    site_dir: str = ""
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def read(
        cls, home: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> Settings:
        """Settings for `home` (or `CHARTROOM_HOME`); raises ChartroomError on a bad value."""
        env = os.environ if environment is None else environment
        chosen, home_source = _home(home, env)
        stored = _stored(chosen / "settings.toml")
        values: dict[str, object] = {"home": chosen}
        sources = {"home": home_source}
        for item in fields(cls):
            if item.name in ("home", "sources"):
                continue
            raw, source = _pick(item.name, env, stored)
            sources[item.name] = source
            if source != "default":
                values[item.name] = _convert(item.name, raw)
        return cls(**values, sources=sources)  # type: ignore[arg-type]  # checked by _convert

    @property
    def store_path(self) -> Path:
        """The chart store's file."""
        return self.home / "chart.duckdb"

    @property
    def site_path(self) -> Path:
        """The folder of the site's own tables: `site` in the home, unless another is named."""
        return Path(self.site_dir).expanduser() if self.site_dir else self.home / "site"

    @property
    def ledger_path(self) -> Path:
        """The ledger's SQLite file."""
        return self.home / "ledger.sqlite"

    @property
    def ledger_head_path(self) -> Path:
        """Where the ledger's head is kept outside the database."""
        return self.home / "ledger.head"

    @property
    def model_host(self) -> str:
        """The host name of `ollama_url`, empty when it is no URL."""
        try:
            return urlsplit(self.ollama_url).hostname or ""
        except ValueError:
            return ""

    @property
    def model_host_allowed(self) -> bool:
        """Whether the model's host is this machine or stands in `allowed_hosts`."""
        return self.model_host in LOOPBACK_HOSTS or self.model_host in self.allowed_hosts


def _home(home: Path | None, env: Mapping[str, str]) -> tuple[Path, str]:
    if home is not None:
        return home.expanduser().absolute(), "command line"
    if env.get(PREFIX + "HOME"):
        return Path(env[PREFIX + "HOME"]).expanduser().absolute(), "environment"
    return Path(".chartroom").absolute(), "default"


def _stored(path: Path) -> Mapping[str, object]:
    try:
        return {key.lower(): value for key, value in tomllib.loads(path.read_text()).items()}
    except FileNotFoundError:
        return {}
    except NotADirectoryError as error:
        raise ChartroomError("The home is not a folder; choose another with --home.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ChartroomError(
            "settings.toml in the home cannot be read; correct or remove it."
        ) from error


def _pick(name: str, env: Mapping[str, str], stored: Mapping[str, object]) -> tuple[object, str]:
    if PREFIX + name.upper() in env:
        return env[PREFIX + name.upper()], "environment"
    if name in stored:
        return stored[name], "settings.toml"
    return None, "default"


def _convert(name: str, raw: object) -> object:
    try:
        return _CONVERTERS.get(name, _text)(raw)
    except (TypeError, ValueError) as error:
        raise ChartroomError(
            f"The setting {name.upper()} has a value that cannot be used."
        ) from error


def _text(raw: object) -> object:
    return str(raw)


def _positive(raw: object) -> int:
    number = int(str(raw))
    if number <= 0:
        raise ValueError("not positive")
    return number


def _minutes(raw: object) -> int:
    number = int(str(raw))
    if number < 0:
        raise ValueError("negative")
    return number


def _port(raw: object) -> int:
    number = _positive(raw)
    if number > HIGHEST_PORT:
        raise ValueError("no port")
    return number


def _seconds(raw: object) -> float:
    number = float(str(raw))
    if not 0 < number < float("inf"):
        raise ValueError("not a time")
    return number


def _hosts(raw: object) -> tuple[str, ...]:
    parts = raw if isinstance(raw, list) else str(raw).split(",")
    return tuple(str(part).strip() for part in parts if str(part).strip())


def _validate(raw: object) -> str:
    if raw not in ("full", "sample", "off"):
        raise ValueError("not full, sample or off")
    return str(raw)


_CONVERTERS: Mapping[str, Callable[[object], object]] = {
    "port": _port,
    "num_ctx": _positive,
    "model_timeout_s": _seconds,
    "allowed_hosts": _hosts,
    "validate": _validate,
    "max_file_mb": _positive,
    "max_entries": _positive,
    "fhir_every_min": _minutes,
}
