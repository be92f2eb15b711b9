"""What reads files from strangers, each as a function that must end in a result or in the documented error."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from fuzz_inputs import changed_json, damaged, pictures
from hypothesis import strategies as st

import resources
from engine import images, manifest, manifest_reader, weights_format
from engine.patterns import recipes
from engine.patterns.atlas import Atlas
from engine.patterns.records import AscentState, Frame
from engine.patterns.store import PatternStore
from engine.patterns.store_entry import MAGIC, DamagedError, decode, encode
from engine.records import EngineError, Picture, Provenance, Style, WeightsFile


@dataclass(frozen=True)
class Target:
    """One reader.

    Attributes:
        inputs: Strategy for what it is given, text or bytes.
        read: Given that and a folder of its own, returns when all is well.
    """

    inputs: Callable[[], st.SearchStrategy[Any]]
    read: Callable[[Any, Path], object]


def open_picture(data: bytes, _folder: Path) -> None:
    for frame in (0, 1):
        try:
            picture = images.open_picture(data, frame=frame)
        except EngineError as error:
            check_sentence(error)
        else:
            assert picture.pixels.dtype == np.uint8
            assert picture.pixels.ndim == 3
            assert not picture.pixels.flags.writeable


def read_manifest(text: str, folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for read in (manifest_reader.read_any, manifest_reader.read, manifest_reader.read_record):
        with documented():
            found = read(path)
            for selection in getattr(found, "selections", ()):
                files = getattr(selection, "files", None) or ()
                assert all((folder / name).parent == folder for name in files)


def read_entry(data: bytes, folder: Path) -> None:
    """An entry of the store: as it is, with a digest that is right again, and through the store."""
    body = data[len(MAGIC) + 32 :]
    for entry in (data, MAGIC + hashlib.sha256(body).digest() + body):
        for with_state in (False, True):
            with suppress(DamagedError, MemoryError):
                decode(entry, with_state=with_state)
        (folder / "key.pattern").write_bytes(entry)
        PatternStore(folder).get("key", with_state=True)


def read_atlas_index(text: str, folder: Path) -> None:
    """An index that fits its sheet, or does not."""
    sheet = resources.path("patterns", "block1_conv1.webp")
    (folder / "block1_conv1.webp").write_bytes(sheet.read_bytes())
    (folder / "block1_conv1.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    _go_through(Atlas(folder))


def read_atlas_sheet(data: bytes, folder: Path) -> None:
    """A sheet whose digest is right, whatever is in it; with Pillow and with Qt."""
    from gui import sheets

    index = json.loads(resources.path("patterns", "block1_conv1.json").read_text())
    index["sheet"]["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "block1_conv1.json").write_text(json.dumps(index))
    (folder / "block1_conv1.webp").write_bytes(data)
    for atlas in (Atlas(folder), Atlas(folder, decode=sheets.decode_sheet)):
        _go_through(atlas)


def _go_through(atlas: Atlas) -> None:
    for channel in (0, 63):
        atlas.pattern("block1_conv1", channel)
    atlas.missing("block1_conv1")


def read_settings(text: str, folder: Path) -> None:
    """The file as a whole, and the texts in it that have a form of their own."""
    from gui.export_options import ExportOptions
    from gui.pattern_export_options import PatternExportOptions
    from gui.pattern_queue import PatternQueue
    from gui.pattern_settings import PatternSettings
    from gui.settings import Settings

    path = folder / "settings.ini"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    settings = Settings(path)
    for name in dir(Settings):
        value = getattr(settings, name)
        assert value is not None or name.startswith("__")
    settings.recent_files()
    settings.layout_state("geometry")
    for kind in (ExportOptions, PatternExportOptions, PatternSettings):
        kind.from_text(text)
    queue = PatternQueue(cost=lambda _layer: 1.0)
    queue.add_from_text(text)
    queue.take("block1_conv1", (1, 2))
    json.loads(queue.to_text())


def read_weights(data: bytes, _folder: Path) -> None:
    with documented():
        weights_format.parse(data, "the file")


def read_command_line(arguments: list[str], folder: Path) -> None:
    """Any arguments; the network itself is out of reach."""
    import engine
    import main

    def refuse(_file: object = None) -> Any:
        raise EngineError("There is no network in this test; run the program.")

    arguments = [argument.replace("OUT", str(folder / "out")) for argument in arguments]
    before, engine.open_session = engine.open_session, refuse  # type: ignore[assignment]
    complaints, words = io.StringIO(), io.StringIO()
    try:
        with redirect_stderr(complaints), redirect_stdout(words):
            status: object = main.main(arguments)
    except SystemExit as end:
        status = end.code
    finally:
        engine.open_session = before
    assert status in (0, 1, 2)
    assert complaints.getvalue().count("\n") == (0 if status == 0 else 1), complaints.getvalue()
    assert "Traceback" not in complaints.getvalue()


class documented:  # noqa: N801 - used as a keyword would be
    """Lets an `EngineError` of one sentence pass."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, EngineError):
            check_sentence(error)
            return True
        return False


def check_sentence(error: EngineError) -> None:
    """One line for a person, of a length that can be read."""
    text = str(error)
    assert text.endswith("."), text
    assert "\n" not in text, text
    assert len(text) < 1000, text[:100]


@cache
def good_manifests() -> tuple[str, ...]:
    picture = Picture("cat.png", np.zeros((30, 45, 3), np.uint8), "a" * 64, path="/pictures/cat.png")
    origin = Provenance(picture, "pad", 96, WeightsFile("vgg16.h5", "b" * 64, "keras", known=True))
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
def _entries() -> tuple[bytes, ...]:
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
def _weights() -> tuple[bytes, ...]:
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
def _settings() -> tuple[bytes, ...]:
    goals = '{"format": 1, "orders": [{"title": "a", "goals": [{"layer": "block1_conv1", "settings": "{}", '
    queue = goals + '"terms": [[3, 1.0, null]], "pictures": 1, "diversity": 0.0, "more": []}]}]}'
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
    return tuple(text.encode() for text in (queue, options, settings, ini))


def _texts(seeds: Callable[[], tuple[bytes, ...]]) -> st.SearchStrategy[str]:
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


def _command_lines() -> st.SearchStrategy[list[str]]:
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


TARGETS: Mapping[str, Target] = {
    "pictures": Target(lambda: damaged(pictures()), open_picture),
    "manifests": Target(lambda: changed_json(good_manifests()), read_manifest),
    "entries": Target(lambda: damaged(_entries()), read_entry),
    "index": Target(
        lambda: changed_json([resources.path("patterns", "block1_conv1.json").read_text()]), read_atlas_index
    ),
    "sheets": Target(lambda: damaged([resources.path("patterns", "block1_conv1.webp").read_bytes()]), read_atlas_sheet),
    "settings": Target(lambda: _texts(_settings), read_settings),
    "weights": Target(lambda: damaged(_weights()), read_weights),
    "arguments": Target(_command_lines, read_command_line),
}
"""By name."""
