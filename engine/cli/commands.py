"""The command line, for people without a screen: the same engine, the same results."""

from __future__ import annotations

import argparse
import json
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Never

import engine
from engine import images
from engine.cli import patterns as cli_patterns
from engine.cli import standard_input
from engine.cli.channels import parse_channels
from engine.exports import maps as export
from engine.maps import colormaps
from engine.memory import budget, estimates
from engine.networks import catalogue
from engine.networks.description import NetworkDescription
from engine.records import FITS, SCALES, EngineError, LayerInfo, LayerSelection, Picture, Progress, Provenance, Style

PROGRAM = "convscope"

_LONGEST_REASON = 200


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line: what was wrong, what was received, what to do."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # argparse takes -1e-05 for an option, and that is how a manifest writes small levels and limits.
        self._negative_number_matcher = re.compile(r"^-(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")

    def error(self, message: str) -> Never:
        self.exit(2, f"{PROGRAM}: {' '.join(message.split()).rstrip('.')}; see --help.\n")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line.

    Args:
        arguments: Without the program's name.

    Returns:
        The options; ``command`` is "window" when no subcommand is named.
    """
    if arguments and arguments[0] in SUBCOMMANDS:
        options = _subcommand_parser().parse_args(arguments)
    else:
        options = _window_parser().parse_args(arguments, argparse.Namespace(command="window"))
    budget.current.where = "--memory"
    if getattr(options, "memory", None) is not None:
        budget.current.limit, budget.current.fixed = options.memory, True
    return options


def guarded(command: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Run a subcommand; whatever goes wrong is one line on stderr and exit status 1, never a traceback."""
    try:
        return command(options)
    except EngineError as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return _complain("Stopped.")
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone, which is not worth a word
        return 1
    except OSError as error:
        return _complain(f"{error.strerror or error}: {error.filename or 'no file named'}; try another place.")
    except Exception as error:  # noqa: BLE001 - a person without a window reads one sentence, never a traceback
        if budget.is_exhausted(error):
            return _complain("There is not enough memory for this; choose fewer layers or a smaller --size.")
        return _complain(f"Something unexpected went wrong ({_briefly(error)}); please report it with this line.")


def _briefly(error: Exception) -> str:
    words, last = " ".join(str(error).split())[:_LONGEST_REASON], traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {words} in {Path(last.filename).name}, line {last.lineno}"


def _complain(sentence: str) -> int:
    print(f"{PROGRAM}: {' '.join(sentence.split())}", file=sys.stderr)
    return 1


def layers(options: argparse.Namespace) -> int:
    """Print the layer table."""
    table = catalogue.named().at(options.size).layers
    if options.json:
        print(json.dumps([asdict(info) for info in table], indent=1))
        return 0
    print(f"{'name':<21} {'kind':<12} {'output shape':>15} {'parameters':>11} {'sees px':>8} {'stride':>7}")
    for info in table:
        shape = "×".join(map(str, info.output_shape))
        print(
            f"{info.name:<21} {info.kind:<12} {shape:>15} {info.parameters:>11,} "
            f"{info.receptive_field:>8} {info.stride:>7}"
        )
    return 0


def maps(options: argparse.Namespace) -> int:
    """Compute and export feature maps of one picture."""
    chosen = _selections(options)
    colormaps.table(options.colormap)  # wrong names are told before the seconds that TensorFlow takes
    style = Style(options.scale, options.low, options.high)
    estimates.check_pass(catalogue.named().at(options.size), [selection.layer.name for selection in chosen])
    estimates.check_export(chosen, options.format, options.enlarge)
    picture = _open(options)
    with engine.open_session(options.weights) as session:
        names = [selection.layer.name for selection in chosen]
        request = export.ExportRequest(
            selections=chosen,
            maps=session.activations(picture, names, options.fit, options.size),
            folder=options.out,
            format=options.format,
            style=style,
            colormap=options.colormap,
            enlarge=options.enlarge,
            provenance=Provenance(picture, options.fit, options.size, session.weights),
            overwrite=options.force,
        )
        show_progress(export.export_maps(request))
    return 0


def _open(options: argparse.Namespace) -> Picture:
    levels = None if options.levels is None else tuple(options.levels)
    piped = options.image == standard_input.DASH
    source = standard_input.read_picture() if piped else options.image
    name = standard_input.NAME if piped else None
    picture = images.open_picture(source, name=name, frame=options.frame, levels=levels)
    if levels is not None and picture.levels is None:
        raise EngineError(f"{picture.name} has 8 bits a channel, and so no levels to choose; leave --levels out.")
    return picture


def show_progress(steps: Iterable[Progress]) -> None:
    """Go through a job; on a terminal, say on one line of stderr how far it is."""
    terminal = sys.stderr.isatty()
    for step in steps:
        if terminal:
            print(f"\r\033[K{step.done} of {step.total} {step.text}", end="", file=sys.stderr, flush=True)
    if terminal:
        print("\r\033[K", end="", file=sys.stderr)


def _selections(options: argparse.Namespace) -> tuple[LayerSelection, ...]:
    return tuple(
        LayerSelection(info, parse_channels(options.channels, info.channels))
        for info in _layers_named(options.layer, catalogue.named().at(options.size))
    )


def _layers_named(names: Sequence[str], network: NetworkDescription) -> tuple[LayerInfo, ...]:
    parts = dict.fromkeys(part.strip() for name in names for part in name.split(","))
    if "all" in parts:
        return network.layers
    return tuple(network.layer(part) for part in parts)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "layers": layers,
    "maps": maps,
    "patterns": cli_patterns.patterns,
    "atlas": cli_patterns.atlas,
}
"""What runs without Qt; the self-test wants a widget as well and lives in the window's package."""

SUBCOMMANDS = (*COMMANDS, "self-test")


def _window_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        description="A microscope for convolutional networks.",
        epilog=f"Subcommands, without a window: {', '.join(SUBCOMMANDS)}; each has its own --help.",
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {engine.__version__}")
    parser.add_argument(
        "images",
        nargs="*",
        metavar="IMAGE",
        help="pictures, or a manifest.json, to open; - is a picture from standard input",
    )
    _add_weights(parser)
    return parser


def _subcommand_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=PROGRAM)
    commands = parser.add_subparsers(dest="command", required=True)
    table = commands.add_parser("layers", help="print the layers of VGG16")
    table.add_argument("--json", action="store_true", help="as JSON")
    _add_size(table)
    _add_maps(commands.add_parser("maps", help="export the feature maps of a picture"))
    cli_patterns.add_parsers(commands, _add_weights)
    _add_weights(commands.add_parser("self-test", help="check that everything works, without a screen"))
    return parser


def _add_maps(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("image", metavar="IMAGE", help="the picture; - is one from standard input")
    add("--layer", action="append", required=True, metavar="L", help="a layer's name, several with commas, or 'all'")
    add("--channels", default="all", metavar="C", help="'all' or '0-15,40' (default: all)")
    add("--scale", choices=SCALES, default="channel", help="which values become black and white (default: channel)")
    add("--low", type=float, default=0.0, metavar="V", help="lower limit of --scale absolute (default: 0)")
    add("--high", type=float, default=1.0, metavar="V", help="upper limit of --scale absolute (default: 1)")
    add("--colormap", default="viridis", metavar="NAME", help=f"{', '.join(colormaps.COLORMAPS)} (default: viridis)")
    add("--fit", choices=FITS, default="crop", help="how the picture is made square (default: crop)")
    _add_size(parser)
    add("--frame", type=int, default=0, metavar="N", help="frame or page of the picture, from 0 (default: 0)")
    add(
        "--levels",
        nargs=2,
        type=float,
        metavar=("LOW", "HIGH"),
        help="values of a picture of more than 8 bits that become black and white (default: those that suit it)",
    )
    add("--format", choices=export.FORMATS, default="png", help="what to write (default: png)")
    add("--enlarge", type=int, default=1, metavar="N", help="enlarge PNGs N times, without smoothing (default: 1)")
    add("--out", type=Path, required=True, metavar="DIR", help="the folder to write to; made when missing")
    add("--force", action="store_true", help="overwrite files that are in the way")
    _add_weights(parser)


def _add_size(parser: argparse.ArgumentParser) -> None:
    size = catalogue.named().size
    parser.add_argument("--size", type=int, default=size, metavar="PX", help=f"side of the input (default: {size})")


def _add_weights(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weights", metavar="FILE", help="weights to use instead of the bundled ones")
    parser.add_argument(
        "--memory",
        type=_amount,
        metavar="AMOUNT",
        help="the most memory that the program may take, such as 4GB (default: half of the machine's)",
    )


def _amount(text: str) -> int:
    try:
        return budget.limit_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
