"""What reads files from strangers, each as a function that must end in a result or in the documented error."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fuzz_seeds as seeds
import numpy as np
from fuzz_inputs import changed_json, damaged, deep_pictures, pictures, profiles
from hypothesis import strategies as st
from PIL import Image

import resources
from engine import images
from engine.atlas.reader import Atlas
from engine.exports import manifest_reader
from engine.networks import weights_format
from engine.patterns.store import PatternStore
from engine.patterns.store_entry import MAGIC, DamagedError, decode
from engine.pixels import icc
from engine.records import EngineError


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
            with documented():
                assert images.fit_picture(picture, "keras", 32).shape == (32, 32, 3)


def read_profile(data: bytes, _folder: Path) -> None:
    """A profile, for pictures of each kind of colour; what it says is used or left out with a note."""
    for mode in ("RGB", "L", "CMYK", "I;16"):
        found = icc.by_profile(data, mode)
        assert "\n" not in found.note
        assert len(found.note) < 200
        if found.convert is not None:
            assert found.note
            assert found.convert(Image.new(mode, (7, 5))).mode == "RGB"


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
    """A sheet whose digest is right, whatever is in it."""
    index = json.loads(resources.path("patterns", "block1_conv1.json").read_text())
    index["sheet"]["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "block1_conv1.json").write_text(json.dumps(index))
    (folder / "block1_conv1.webp").write_bytes(data)
    _go_through(Atlas(folder))


def _go_through(atlas: Atlas) -> None:
    for channel in (0, 63):
        atlas.pattern("block1_conv1", channel)
    atlas.index("block1_conv1")


def read_settings(text: str, folder: Path) -> None:
    """The file as a whole, and the texts in it that have a form of their own."""
    from engine.networks.vgg16 import VGG16
    from engine.patterns.settings import PatternSettings
    from gui.state.map_export_options import ExportOptions
    from gui.state.pattern_export_options import PatternExportOptions
    from gui.state.pattern_queue import PatternQueue
    from gui.state.queue_json import add_from_text, to_text
    from gui.state.settings import Settings

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
    add_from_text(queue, text, VGG16)
    queue.take("block1_conv1", (1, 2))
    json.loads(to_text(queue, VGG16))


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


TARGETS: Mapping[str, Target] = {
    "pictures": Target(lambda: damaged(pictures()), open_picture),
    "profiles": Target(lambda: damaged(profiles()), read_profile),
    "deep": Target(lambda: damaged(deep_pictures()), open_picture),
    "manifests": Target(lambda: changed_json(seeds.good_manifests()), read_manifest),
    "entries": Target(lambda: damaged(seeds.entries()), read_entry),
    "index": Target(
        lambda: changed_json([resources.path("patterns", "block1_conv1.json").read_text()]), read_atlas_index
    ),
    "sheets": Target(lambda: damaged([resources.path("patterns", "block1_conv1.webp").read_bytes()]), read_atlas_sheet),
    "settings": Target(lambda: seeds.texts(seeds.settings), read_settings),
    "weights": Target(lambda: damaged(seeds.weights()), read_weights),
    "arguments": Target(seeds.command_lines, read_command_line),
}
"""By name."""
