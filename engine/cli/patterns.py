"""The subcommands that make patterns: ``patterns`` exports some, ``atlas`` computes whole layers."""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import engine
from engine.atlas.maker import WORK_FOLDER, AtlasJob, make_atlas, write_partial
from engine.atlas.writer import QUALITY
from engine.cli.channels import parse_channels
from engine.exports.pattern_request import PatternExport
from engine.exports.patterns import existing_first, export_patterns
from engine.networks import catalogue
from engine.patterns.options import PatternOptions
from engine.patterns.recipes import DEFAULT, RECIPES
from engine.patterns.records import Frame
from engine.patterns.requests import ANIMATIONS, PATTERN_FORMATS, PatternRequest, of_channel
from engine.records import EngineError, LayerInfo, Progress
from engine.time_left import TimeLeft, time_left_text

if TYPE_CHECKING:
    from engine.session import Session

_LARGEST_SEED = 2**31 - 1
_NICENESS = 10
_LINE_EVERY = 16
"""Off a terminal, there is a line after so many patterns."""

_UNITS = 1000
"""What one pattern counts for the time left, so that its steps count too."""

_TERMINAL_EVERY = 4
"""On a terminal, the steps between two frames; each costs a pass to know its score."""


def patterns(options: argparse.Namespace) -> int:
    """Compute and export patterns."""
    requests = _requests(options)
    with engine.open_session(options.weights) as session:
        frames = _computed(session, existing_first(requests, options.out, options.format), options)
        export = PatternExport(
            requests=requests,
            frames=_watched(frames, len(requests)),
            folder=options.out,
            format=options.format,
            weights=session.weights,
            network=session.network,
            overwrite=options.force,
        )
        for _ in export_patterns(export):
            pass
    return 0


def atlas(options: argparse.Namespace) -> int:
    """Compute whole layers into a folder, or go on with it."""
    job = AtlasJob(
        folder=options.out,
        work=options.work or options.out / WORK_FOLDER,
        layers=tuple(info.name for info in _convolutions(options.layers or ["all"])),
        recipe=PatternOptions(options.recipe, overrides=dict(options.set)).resolved(),
        seed=options.seed,
        quality=options.quality,
    )
    be_polite()
    until = time.monotonic() + 60 * options.limit_minutes
    with engine.open_session(options.weights) as session:
        complete = _made(make_atlas(session, job), until)
        if not complete and options.partial:
            write_partial(session, job)
    if not complete:
        _say(f"{options.limit_minutes:g} minutes are over; run the same command again to go on.")
    return 0


def be_polite() -> None:
    """Let every other program go first, where the system knows how."""
    with suppress(AttributeError, OSError):
        os.nice(_NICENESS)


def _requests(options: argparse.Namespace) -> tuple[PatternRequest, ...]:
    """The requests; what is wrong with them is said before the seconds that TensorFlow takes."""
    wanted = PatternOptions(options.recipe, options.seed, options.size, options.steps, dict(options.set))
    return tuple(
        of_channel(info.name, channel, wanted)
        for info in _convolutions(options.layer)
        for channel in parse_channels(options.channels, info.channels)
    )


def _convolutions(names: Iterable[str]) -> tuple[LayerInfo, ...]:
    parts = dict.fromkeys(part.strip() for name in names for part in name.split(","))
    network = catalogue.named()
    every = network.of_kind("convolution")
    chosen = every if "all" in parts else tuple(network.layer(part) for part in parts)
    for info in chosen:
        if info.kind != "convolution":
            raise EngineError(f"Patterns are made of convolutions, such as {every[4].name}. Received: {info.name!r}.")
    return chosen


def _computed(session: Session, requests: Iterable[PatternRequest], options: argparse.Namespace) -> Iterator[Frame]:
    animated = options.format in ANIMATIONS
    every = 1 if animated else _TERMINAL_EVERY if sys.stderr.isatty() else 0
    for layer, group in itertools.groupby(requests, key=lambda request: request.layer):
        together = list(group)
        channels = [request.channel for request in together]
        yield from session.patterns(layer, channels, together[0].recipe, seed=together[0].seed, every=every)


def _watched(frames: Iterable[Frame], count: int) -> Iterator[Frame]:
    """Pass frames on; on a terminal, say on one line of stderr how far they are."""
    if not sys.stderr.isatty():
        yield from frames
        return
    time_left, finished, furthest = TimeLeft(), 0, 0
    try:
        for frame in frames:
            finished += frame.done
            part = 0 if frame.done else _UNITS * frame.step // frame.steps
            furthest = max(furthest, finished * _UNITS + part)  # a rescue begins anew
            left = time_left_text(time_left.update(furthest, count * _UNITS))
            step = f"{frame.layer} {frame.channel}: step {frame.step} of {frame.steps}"
            _status(" · ".join(filter(None, (f"{finished} of {count} patterns", step, left))))
            yield frame
    finally:
        _status("")


def _made(steps: Iterable[Progress], until: float) -> bool:
    """Go through an atlas until a time; whether it is complete."""
    terminal = sys.stderr.isatty()
    time_left = TimeLeft()
    layer, said = "", -1
    try:
        for step in steps:
            if step.text != layer:
                layer, said = step.text, -1
                time_left.restart()
            left = time_left_text(time_left.update(step.done, step.total))
            line = f"{layer}: " + ", ".join(filter(None, (f"{step.done} of {step.total} patterns", left)))
            if terminal:
                _status(line)
            elif step.done > said and (step.done % _LINE_EVERY == 0 or step.done == step.total):
                said = step.done
                _say(line)
            if time.monotonic() >= until:
                return False
    finally:
        if terminal:
            _status("")
    return True


def _status(text: str) -> None:
    sys.stderr.write(f"\r\033[K{text}")
    sys.stderr.flush()


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def add_parsers(commands: Any, add_weights: Callable[[argparse.ArgumentParser], None]) -> None:
    """Describe both subcommands.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` gave.
        add_weights: Adds the option that every subcommand with a network has.
    """
    _add_patterns(commands.add_parser("patterns", help="export what filters look for"))
    _add_atlas(commands.add_parser("atlas", help="compute the patterns of whole layers, resumable"))
    for name in ("patterns", "atlas"):
        add_weights(commands.choices[name])


def _add_patterns(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--layer", action="append", required=True, metavar="L", help="a convolution, several with commas, or 'all'")
    add("--channels", default="all", metavar="C", help="'all' or '0-15,40' (default: all)")
    _add_recipe(parser)
    add("--size", type=int, metavar="PX", help="side of the picture (default: the recipe's)")
    add("--steps", type=int, metavar="N", help="steps of the ascent (default: the recipe's)")
    add("--format", choices=PATTERN_FORMATS, default="png", help="what to write (default: png)")
    add("--out", type=Path, required=True, metavar="DIR", help="the folder to write to; made when missing")
    add("--force", action="store_true", help="overwrite files that are in the way")


def _add_atlas(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--layers", action="append", metavar="L", help="convolutions, with commas, or 'all' (default: all)")
    _add_recipe(parser)
    add("--quality", type=_number(0, 100), default=QUALITY, metavar="N", help=f"of lossy sheets (default: {QUALITY})")
    add("--out", type=Path, required=True, metavar="DIR", help="the folder to write to; made when missing")
    add("--work", type=Path, metavar="DIR", help=f"where finished patterns are kept (default: OUT/{WORK_FOLDER})")
    add("--limit-minutes", type=_minutes, default=math.inf, metavar="N", help="stop after so long (default: never)")
    add("--partial", action="store_true", help="at that limit, write layers that are not complete as well")


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--recipe", choices=RECIPES, default=DEFAULT, help=f"how patterns are made (default: {DEFAULT})")
    add("--seed", type=_number(0, _LARGEST_SEED), default=0, metavar="N", help="of the random start (default: 0)")
    add(
        "--set",
        type=_setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="another parameter of the recipe, several times for several",
    )


def _number(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"must be a whole number from {low} to {high}. Received: {text!r}")
        return int(text)

    return number


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 <= minutes < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number of minutes. Received: {text!r}")
    return minutes


def _setting(text: str) -> tuple[str, Any]:
    """``name=value``; the value is JSON, or a word."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"must look like NAME=VALUE. Received: {text!r}")
    try:
        parsed = json.loads(value)
    except ValueError:
        return name, value
    finite = not isinstance(parsed, float) or math.isfinite(parsed)
    return name, parsed if finite else value
