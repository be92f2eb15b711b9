"""What a person wants exported, of which layers that is, and how large the files become."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from engine import json_text
from engine.exports.maps import FORMATS, Format
from engine.records import LayerInfo, LayerSelection
from gui.formatting import bytes_text, count_text

What: TypeAlias = Literal["selection", "layer", "everything"]

ExportKind: TypeAlias = Literal["maps", "patterns"]
"""What channels make of the picture, or what their filters look for."""

WHATS: tuple[What, ...] = get_args(What)
EXPORT_KINDS: tuple[ExportKind, ...] = get_args(ExportKind)
ENLARGEMENTS = (1, 2, 4, 8)

GREY = "gray"
"""The colour map that shows the levels themselves."""


@dataclass(frozen=True)
class ExportOptions:
    """The answers of the export dialog.

    Attributes:
        what: The selected channels, the shown layer, or every layer.
        format: One PNG a channel, one contact sheet a layer, or one array of raw values a layer.
        colormap: The colours of PNG files and sheets; `GREY` for the levels themselves.
        enlarge: How many pixels a value becomes in each direction; for PNG files of channels.
        folder: Where the files go; made if it is not there.
        include_linear: Whether every layer means the maps before ReLU, too.
        overwrite: Whether files of the same name are replaced.
    """

    what: What = "selection"
    format: Format = "png"
    colormap: str = GREY
    enlarge: int = 1
    folder: str = ""
    include_linear: bool = True
    overwrite: bool = False

    def to_text(self) -> str:
        """The options as JSON, to be remembered."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_text(cls, text: str) -> ExportOptions:
        """The options from `to_text`; a value that makes no sense is replaced by its default."""
        found = json_text.options(cls, text, what=WHATS, format=FORMATS, enlarge=ENLARGEMENTS)
        return dataclasses.replace(found, overwrite=False)  # to replace files is a decision of the moment


def selections(
    options: ExportOptions, selection: LayerSelection, layers: Sequence[LayerInfo]
) -> tuple[LayerSelection, ...]:
    """The layers and channels that an export is about.

    Args:
        options: What is wanted.
        selection: The shown layer and its selected channels.
        layers: All layers, at the input size of the moment.
    """
    if options.what == "selection":
        return (selection,)
    if options.what == "layer":
        return (_whole(selection.layer),)
    return tuple(_whole(info) for info in layers if options.include_linear or info.kind != "linear")


def _whole(info: LayerInfo) -> LayerSelection:
    return LayerSelection(info, tuple(range(info.channels)))


def summary(names: Sequence[str], size: int | None, options: ExportOptions) -> str:
    """One sentence about what an export writes.

    Args:
        names: The files' names, at least one.
        size: Bytes of all of them, or None while that is not known.
        options: What is wanted.
    """
    folder = Path(options.folder).name or options.folder or "the folder"
    more = ", …" if len(names) > 1 else ""
    about = "" if options.format == "npy" else "about "
    takes = "" if size is None else f"; {about}{bytes_text(size)}"
    return f"Writes {count_text(len(names), 'file')} ({names[0]}{more}) and manifest.json to {folder}{takes}."
