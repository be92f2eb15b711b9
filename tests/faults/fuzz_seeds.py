"""Good files of the program's own kinds, and good command lines: what the fuzzer begins to damage."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache

import h5py
import numpy as np
from fuzz_inputs import changed_json, damaged
from hypothesis import strategies as st

import resources
from engine.exports import manifest
from engine.networks import weights_format
from engine.networks.vgg16 import VGG16
from engine.patterns import recipes
from engine.patterns.records import AscentState, Frame
from engine.patterns.store_entry import encode
from engine.records import Picture, Provenance, Style, WeightsFile


@cache
def good_manifests() -> tuple[str, ...]:
    """Two of maps, one of them with an earlier export in it, and one of another schema."""
    picture = Picture("cat.png", np.zeros((30, 45, 3), np.uint8), "a" * 64, path="/pictures/cat.png")
    origin = Provenance(
        picture,
        "pad",
        96,
        WeightsFile("vgg16.h5", "b" * 64, "keras", known=True),
        VGG16.with_weights("b" * 64).identity,
    )
    selections = [
        manifest.SelectionRecord(name, (3, 0), (0.0, -1.5), (0.1, 2.0), (f"{name}_003.png", f"{name}_000.png"))
        for name in ("block1_pool", "block2_conv1")
    ]
    maps = manifest.build(
        origin, selections, style=Style(), file_format="png", colormap="magma", enlarge=2, program_version="1"
    )
    older = manifest.stacked(
        manifest.build(
            origin, selections[:1], style=Style(), file_format="png", colormap="gray", enlarge=1, program_version="1"
        ),
        maps,
    )
    patterns = resources.path("patterns", "block1_conv1.json").read_text()  # of another schema
    return manifest.encode(maps).decode(), manifest.encode(older).decode(), patterns


@cache
def entries() -> tuple[bytes, ...]:
    """A finished pattern of the store, with and without what continues it."""
    made = recipes.recipe("crisp", {"size": 16, "steps": 4})
    numbers = np.random.default_rng(0).normal(size=(2, 8, 5, 3)).astype(np.float32)
    image = np.random.default_rng(1).integers(0, 256, (16, 16, 3), np.uint8)
    curve = np.array([[1, 2], [3, 4]], np.float32)
    state = AscentState("block1_conv1", made, 0, 0, False, 4, numbers, numbers, numbers, curve)
    frame = Frame(
        layer="block1_conv1",
        channel=3,
        variant=0,
        step=4,
        steps=4,
        done=True,
        score=2.5,
        outcome="rendered",
        image=image,
        input=image.astype(np.float32),
        curve=curve,
        recipe=made,
        seed=0,
        state=state,
    )
    return encode(frame), encode(frame, with_state=False)


@cache
def weights() -> tuple[bytes, ...]:
    """Zeros in VGG16's shapes, packed, so that a file of 59 MB has 100 kB; in both layouts."""
    found = []
    for modern in (False, True):
        stream = io.BytesIO()
        with h5py.File(stream, "w") as file:
            for number, (layer, shapes) in enumerate(weights_format.expected_shapes().items()):
                place = f"layers/conv2d{f'_{number}' if number else ''}/vars" if modern else f"{layer}/{layer}"
                for index, shape in enumerate(shapes):
                    name = str(index) if modern else ("kernel:0", "bias:0")[index]
                    file.create_dataset(f"{place}/{name}", shape, np.float32, compression="gzip", fillvalue=0)
                if modern:
                    file[place].attrs["name"] = layer
        found.append(stream.getvalue())
    return tuple(found)


@cache
def settings() -> tuple[bytes, ...]:
    """The texts in the settings that have a form of their own, and the whole file."""
    goals = '{"format": 1, "orders": [{"title": "a", "goals": [{"layer": "block1_conv1", "settings": "{}", '
    queue = goals + '"terms": [[3, 1.0, null]], "pictures": 1, "diversity": 0.0, "more": []}]}]}'
    alike = goals.replace("1", "2", 1) + '"channels": [0, 1, 63], "picture": ""}]}]}'
    options = (
        '{"what": "layer", "format": "png", "colormap": "gray", "enlarge": 2, "folder": "/tmp", "overwrite": true}'
    )
    settings = '{"recipe": "crisp", "size": 64, "steps": 8, "seed": 3, "overrides": {"step_size": 0.1}}'
    ini = (
        "[General]\nformat=1\n[view]\nscale=layer\nlow=0.5\nhigh=1e300\n[picture]\nsize=224\n[gallery]\ntile_size=96\n"
        "layer=block2_conv1\n[layout]\ngeometry=AAAA\n[export]\noptions="
        + json.dumps(options)
        + "\n[files]\nrecent=[]\n"
    )
    return tuple(text.encode() for text in (queue, alike, options, settings, ini))


def texts(seeds: Callable[[], tuple[bytes, ...]]) -> st.SearchStrategy[str]:
    """Damaged texts, among them JSON with other values in it, and JSON that is nested deeper than any."""
    plain = damaged(seeds()).map(lambda data: data.decode("utf-8", "replace"))
    deep = st.just("[" * 3000)
    jsons = [seed.decode() for seed in seeds() if seed.startswith(b"{")]
    return st.one_of(plain, changed_json(jsons), deep)


_WORDS = (
    *(
        "layers",
        "maps",
        "patterns",
        "atlas",
        "self-tes",
        "--json",
        "--size",
        "--layer",
        "--layers",
        "--channels",
        "--out",
    ),
    *("OUT", "--format", "--scale", "--low", "--high", "--colormap", "--fit", "--frame", "--enlarge", "--force"),
    *("--weights", "--recipe", "--steps", "--seed", "--set", "--batch", "--quality", "--limit-minutes", "--help"),
    *("block1_conv1", "block3_conv1:linear", "all", "0-15,40", "png", "npy", "sheet", "crop", "crisp", "chollet"),
    *("224", "-1", "0", "1e9", "nan", "inf", "99999999999999999999", "3-1", "step_size=0.1", "canvas=9", "x=", "=", ""),
    *("--version", "/nowhere.png", "\0", "\ud800", "--", "-", "é", "gif", "jet"),
)


def command_lines() -> st.SearchStrategy[list[str]]:
    """A subcommand first: without one the window would open."""
    words = st.lists(st.one_of(st.sampled_from(_WORDS), st.text(max_size=8)), max_size=9)
    first = st.sampled_from(("layers", "maps", "patterns", "atlas"))
    picture = str(resources.path("samples", "chelsea.png"))
    complete = st.tuples(st.sampled_from(("maps", "patterns")), words).map(
        lambda both: [
            both[0],
            *([picture] if both[0] == "maps" else []),
            "--layer",
            "block1_conv1",
            "--out",
            "OUT",
            *both[1],
        ]
    )
    return st.one_of(st.tuples(first, words).map(lambda both: [both[0], *both[1]]), complete)
