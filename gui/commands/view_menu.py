"""The commands of the menu View: how the layer is shown, and how pictures become inputs."""

from __future__ import annotations

from typing import Any

from engine.maps.colormaps import COLORMAPS
from engine.records import FITS, SCALES, Fit, Scale
from gui.actions import Command
from gui.channels.tile_view import TILE_SIZES
from gui.state.choices import FIT_WORDS, SCALE_WORDS, Face, Mode, Order, Scheme
from gui.state.window_state import State


def something_to_see(state: State) -> bool:
    """Whether there are channels with anything in them."""
    return state.pictures > 0 or state.content != "maps"  # without a picture there are patterns


def _face(name: Face, text: str, key: str, tip: str) -> Command:
    return Command(name, "View", text, lambda do: do.workspace.put(face=name), (key,), name, tip, group="face")


def _mode(name: Mode, text: str, key: str, icon: str, tip: str) -> Command:
    def run(do: Any) -> None:
        do.workspace.put(mode=name)

    return Command(f"show_{name}", "View", text, run, (key,), icon, tip, group="viewer", separated=name == "picture")


def _order(name: Order, text: str) -> Command:
    return Command(f"sort_{name}", "View/S&ort by", text, lambda do: do.workspace.put(order=name), group="sort")


def _scale(name: Scale, number: int) -> Command:
    words, tip = SCALE_WORDS[name]
    return Command(
        f"scale_{name}",
        "View/Sc&ale",
        words,
        lambda do: do.look.set_scale(name),
        (f"Alt+{number}",),
        tip=tip,
        enabled=lambda state: state.face != "book",  # which has its own
        group="scale",
    )


def _colormap(name: str) -> Command:
    return Command(f"colormap_{name}", "View/Colo&urs", name, lambda do: do.look.set_colormap(name), group="colormap")


def _fit(name: Fit) -> Command:
    words, tip = FIT_WORDS[name]
    return Command(f"fit_{name}", "View/Make s&quare by", words, lambda do: do.look.set_fit(name), tip=tip, group="fit")


def _scheme(name: Scheme, text: str, icon: str) -> Command:
    return Command(
        f"scheme_{name}",
        "View/Colour sche&me",
        text,
        lambda do: do.look.set_scheme(name),
        icon=icon,
        group="scheme",
        separated=name == "system",
    )


VIEW_COMMANDS: tuple[Command, ...] = (
    _face("tiles", "&Tiles", "Ctrl+1", "Channels as tiles"),
    _face("wall", "&Wall", "Ctrl+2", "The whole layer as one image"),
    _face("book", "As in the boo&k", "Ctrl+3", "The grid of the book, by its arithmetic"),
    _mode("picture", "&Picture", "Ctrl+4", "picture", "What the network sees"),
    _mode("channel", "&Channel", "Ctrl+5", "layer", "The channel, large"),
    _mode("blend", "&Blend", "Ctrl+6", "both", "The channel over the picture"),
    _mode("pattern", "Patter&n", "Ctrl+7", "patterns", "What the filter looks for"),
    Command(
        "larger_tiles",
        "View",
        "&Larger tiles",
        lambda do: do.look.step_tile_size(up=True),
        ("Ctrl++", "Ctrl+="),
        "zoom-in",
        enabled=lambda state: state.face == "tiles" and state.tile_size < TILE_SIZES[-1],
        separated=True,
    ),
    Command(
        "smaller_tiles",
        "View",
        "&Smaller tiles",
        lambda do: do.look.step_tile_size(up=False),
        ("Ctrl+-",),
        "zoom-out",
        enabled=lambda state: state.face == "tiles" and state.tile_size > TILE_SIZES[0],
    ),
    Command(
        "fit_view",
        "View",
        "F&it",
        lambda do: do.look.fit_views(),
        ("Ctrl+0",),
        "fit",
        "Show all of the image",
        something_to_see,
    ),
    Command(
        "hide_blank",
        "View",
        "&Hide blank channels",
        lambda do, on: do.workspace.put(hide_blank=on),
        ("Ctrl+H",),
        tip="Only channels that respond",
        group="toggle",
        separated=True,
    ),
    *(_scale(name, number) for number, name in enumerate(SCALES, start=1)),
    *map(_colormap, COLORMAPS),
    _order("channel", "Channel number"),
    _order("maximum", "Maximum"),
    _order("mean", "Mean"),
    _order("std", "Standard deviation"),
    _order("zeros", "Share of zeros"),
    *map(_fit, FITS),
    _scheme("system", "As the &system", "auto"),
    _scheme("light", "&Light", "sun"),
    _scheme("dark", "&Dark", "moon"),
)
