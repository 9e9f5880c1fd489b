"""`chartroom models` and `demo-model`: the words of both, what they do, what people see."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines import cli_print

if TYPE_CHECKING:
    from pipelines.records.models import ModelFacts, PullProgress, ServerView, TryRun
    from pipelines.settings import Settings

NO_SERVER = 7


def words(sub: ArgumentParser) -> None:
    """what Ollama serves, what is on the GPU, what the app would pick"""
    what = sub.add_mutually_exclusive_group()
    what.add_argument("--pull", metavar="NAME", help="let the server fetch a model")
    what.add_argument("--use", metavar="NAME", help="let this model write the answers")
    what.add_argument("--warm", metavar="NAME", help="load a model into the server's memory")
    what.add_argument(
        "--try", dest="trial", nargs="+", metavar="NAME", help="ten built-in questions to each"
    )


def models(options: Namespace, settings: Settings) -> int:
    """`models`: what Ollama serves and what the app would pick; or fetch, choose, warm, try."""
    from pipelines.desk import models as desk

    if options.pull or options.use or options.warm or options.trial:
        return _change(options, settings)
    status = desk.status(settings)
    _print(status, as_json=options.json)
    if status.server is None:
        sys.stderr.write(f"No Ollama server answers at {settings.ollama_url}.\n")
        return NO_SERVER
    return 0


def _change(options: Namespace, settings: Settings) -> int:
    """Fetch, choose, warm or try a model; a fault is one sentence and exit status 1."""
    from pipelines.desk import access, house, models, try_model

    reader = access.system_reader()
    opened = house.open_house(settings)
    try:
        if options.pull:
            told: dict[str, object] = {"fetched": models.pull(opened, reader, options.pull, _tell)}
        elif options.use:
            told = {"model": models.choose(opened, reader, options.use)}
        elif options.warm:
            told = {"loaded": options.warm, "seconds": models.warm(settings, options.warm)}
        else:
            runs = [try_model.run(opened, reader, name, _count) for name in options.trial]
            return _say_trials(runs, as_json=options.json)
    finally:
        opened.close()
    if options.json:
        cli_print.json_line(told)
    else:
        cli_print.text(", ".join(f"{what}: {value}" for what, value in told.items()))
    return 0


def _say_trials(runs: Sequence[TryRun], *, as_json: bool) -> int:
    """The figures of each model, then each question."""
    if as_json:
        cli_print.json_line({"trials": [_trial_json(run) for run in runs]})
        return 0
    for run in runs:
        speed = f"{run.timing.tokens_per_s:.1f} tokens/s" if run.timing.tokens_per_s else "no speed"
        right = sum(item.right for item in run.items)
        cli_print.text(
            f"{run.model}: {right} of {len(run.items)} right,"
            f" {100 * run.withheld_share:.0f} % of its sentences withheld, {speed}"
        )
        for item in run.items:
            mark = "right" if item.right else "wrong"
            cli_print.text(f"  {mark:5}  {item.ident}  {item.seconds:.1f} s  {item.said}")
    return 0


def _trial_json(run: TryRun) -> dict[str, object]:
    return {**asdict(run), "accuracy": run.accuracy, "withheld_share": run.withheld_share}


def _tell(progress: PullProgress) -> None:
    if sys.stderr.isatty():
        share = f" {100 * progress.done // progress.total} %" if progress.total else ""
        status = "".join(c for c in progress.status if c.isprintable())
        sys.stderr.write(f"\r\x1b[K{status}{share}")
        sys.stderr.flush()


def _count(done: int, of: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {of} questions" + ("\n" if done == of else ""))
        sys.stderr.flush()


def demo_model(options: Namespace, settings: Settings) -> int:
    """`demo-model`: a scripted server that speaks Ollama's protocol, labelled as such."""
    from pipelines.desk import demo_model as desk

    desk.serve(
        options.port,
        settings.model,
        options.mode,
        lambda url: cli_print.demo_model(url, as_json=options.json),
    )
    return 0


def _print(status: ServerView, *, as_json: bool) -> None:
    """The server, its models and the pick."""
    share = {item.name: item.gpu_share for item in status.loaded}
    if as_json:
        models = [_model_json(model, share) for model in status.models]
        told: dict[str, object] = {"server": status.server, "models": models, "pick": status.pick}
        more = {"version": status.version, "notice": status.notice}
        cli_print.json_line(told if status.server is None else {**told, **more})
        return
    if status.server is None:
        return
    pick = status.pick or "none"
    cli_print.text(
        f"{status.server} (Ollama {status.version or 'of unknown version'}):"
        f" {len(status.models)} models; the app would pick {pick}."
    )
    for model in status.models:
        cli_print.text(_model_line(model, share))


def _model_json(model: ModelFacts, share: Mapping[str, float]) -> dict[str, object]:
    """The contract's four keys first; the others are null where the server did not say."""
    return {
        "name": model.name,
        "digest": model.digest,
        "size": model.size,
        "on_gpu": share.get(model.name, 0.0) > 0,
        "loaded": model.name in share,
        "gpu_share": share.get(model.name),
        "parameters": model.parameters,
        "quantisation": model.quantisation,
        "context": model.context,
        "capabilities": list(model.capabilities),
        "licence": model.licence,
        "cloud": model.remote,
    }


def _model_line(model: ModelFacts, share: Mapping[str, float]) -> str:
    """One model on one line."""
    facts = (
        model.parameters,
        model.quantisation,
        f"{model.size / 1e9:.1f} GB",
        f"context {model.context}" if model.context else None,
    )
    where = "in the cloud, never used" if model.remote else _where(share.get(model.name))
    return "  ".join(("", model.name, *(fact for fact in facts if fact), where))


def _where(share: float | None) -> str:
    if share is None:
        return "not loaded"
    return f"loaded, {100 * share:.0f} % on the GPU" if share else "loaded, not on the GPU"
