"""What tiles show, as images and as files that a file manager can fetch."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTemporaryDir
from PySide6.QtGui import QImage

from engine import colormaps
from engine.encoding import encode_channel_png, encode_picture_png
from engine.records import EngineError
from gui.pattern_flow import PatternFlow
from gui.pixels import indexed_image, rgb_image
from gui.presenter import Presenter


class TileFiles:
    """Writes tiles to a folder of its own, until it is removed.

    Attributes:
        problem: One sentence about why the last tiles could not be written, or "".
    """

    def __init__(self, presenter: Presenter, patterns: PatternFlow) -> None:
        self.problem = ""
        self._presenter = presenter
        self._patterns = patterns
        self._folder: QTemporaryDir | None = None
        self._times = 0

    def image(self, channel: int) -> QImage | None:
        """What the tile of a channel shows at its own size, the first of two pictures; None when it is not there."""
        scaled = self._presenter.scaled()
        if self._patterns.shown != "patterns":
            table = colormaps.table(self._presenter.colormap)
            return None if scaled is None else indexed_image(scaled.levels[channel], table)
        pattern = self._patterns.at_hand().get(channel)
        return None if pattern is None else rgb_image(pattern.frame.image)

    def write(self, channels: tuple[int, ...]) -> list[str]:
        """Write what the tiles of these channels show.

        Returns:
            The paths: for each channel its map, its pattern or both, as far as they are there.
        """
        self.problem = ""
        try:
            files = {name: data for channel in channels for name, data in self._files(channel).items()}
            folder = self._new_folder() if files else Path()
            for name, data in files.items():
                (folder / name).write_bytes(data)
        except (OSError, EngineError) as error:
            self.problem = f"The channels cannot be dragged out: {error}."
            return []
        return [str(folder / name) for name in files]

    def remove(self) -> None:
        """Remove everything that was written."""
        if self._folder is not None:
            self._folder.remove()

    def _files(self, channel: int) -> dict[str, bytes]:
        shown, scaled = self._patterns.shown, self._presenter.scaled()
        files = {}
        if scaled is not None and shown != "patterns":
            name = self._presenter.layer.name.replace(":", "_")
            files[f"{name}_{channel:03d}.png"] = encode_channel_png(scaled.levels[channel], self._presenter.colormap, 1)
        pattern = self._patterns.at_hand().get(channel) if shown != "maps" else None
        if pattern is not None:
            files[f"{self._patterns.layer}_{channel:03d}_pattern.png"] = encode_picture_png(pattern.frame.image, {})
        return files

    def _new_folder(self) -> Path:
        """A new folder each time, because a file manager may still be reading the last one."""
        self._folder = self._folder or QTemporaryDir()
        if not self._folder.isValid():
            raise OSError(self._folder.errorString())
        self._times += 1
        folder = Path(self._folder.filePath(str(self._times)))
        folder.mkdir()
        return folder
