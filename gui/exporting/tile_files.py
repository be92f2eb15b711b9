"""What tiles show, as images and as files that a file manager can fetch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTemporaryDir
from PySide6.QtGui import QImage

from engine.exports.encoding import encode_channel_png, encode_picture_png
from engine.maps import colormaps
from engine.records import EngineError
from gui.canvas.qt_images import indexed_image, rgb_image
from gui.control.pattern_flow import PatternFlow
from gui.control.presenter import Presenter
from gui.state.workspace import Workspace

_AT_ONCE = 32
"""Of so many files nobody feels that they are written; a thousand take most of a second."""


class TileFiles:
    """Writes tiles to a folder of its own, until it is removed.

    Attributes:
        problem: One sentence about why the last tiles could not be written, or "".
    """

    def __init__(self, workspace: Workspace, presenter: Presenter, patterns: PatternFlow) -> None:
        self.problem = ""
        self._workspace = workspace
        self._presenter = presenter
        self._patterns = patterns
        self._folder: QTemporaryDir | None = None
        self._writer: ThreadPoolExecutor | None = None
        self._writing: Future[None] | None = None
        self._times = 0

    def image(self, channel: int) -> QImage | None:
        """What the tile of a channel shows at its own size, the first of two pictures; None when it is not there."""
        scaled = self._presenter.scaled()
        if self._patterns.presenter.shown != "patterns":
            table = colormaps.table(self._workspace.colormap)
            return None if scaled is None else indexed_image(scaled.levels[channel], table)
        pattern = self._patterns.presenter.at_hand().get(channel)
        return None if pattern is None else rgb_image(pattern.frame.image)

    def write(self, channels: tuple[int, ...]) -> list[str]:
        """Write what the tiles of these channels show: a few at once, many beside the window; see `wait`.

        Returns:
            The paths: for each channel its map, its pattern or both, as far as they are there.
        """
        self.problem = ""
        pictures = [picture for channel in channels for picture in self._pictures(channel)]
        try:
            folder = self._new_folder() if pictures else Path()
        except OSError as error:
            self._complain(error)
            return []
        files = {folder / name: encode for name, encode in pictures}
        if len(files) <= _AT_ONCE:
            self._write(files)
            return [] if self.problem else [str(path) for path in files]
        self._writer = self._writer or ThreadPoolExecutor(1, "tiles")
        self._writing = self._writer.submit(self._write, files)
        return [str(path) for path in files]

    def wait(self) -> None:
        """Wait for the files of the last `write`; call it before another program is to read them."""
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def remove(self) -> None:
        """Remove everything that was written."""
        if self._writer is not None:
            self._writer.shutdown(cancel_futures=True)
        if self._folder is not None:
            self._folder.remove()

    def _write(self, files: Mapping[Path, Callable[[], bytes]]) -> None:
        try:
            for path, encode in files.items():
                path.write_bytes(encode())
        except (OSError, EngineError) as error:
            self._complain(error)

    def _complain(self, error: Exception) -> None:
        self.problem = f"The channels cannot be dragged out: {error}."

    def _pictures(self, channel: int) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Names and what encodes them; not compressed, for somebody waits and they go when the program ends."""
        shown, scaled = self._patterns.presenter.shown, self._presenter.scaled()
        if scaled is not None and shown != "patterns":
            name = self._workspace.layer.replace(":", "_")
            levels, colormap = scaled.levels[channel], self._workspace.colormap
            yield f"{name}_{channel:03d}.png", partial(encode_channel_png, levels, colormap, packed=False)
        pattern = self._patterns.presenter.at_hand().get(channel) if shown != "maps" else None
        if pattern is not None:
            name = f"{self._patterns.presenter.layer}_{channel:03d}_pattern.png"
            yield name, partial(encode_picture_png, pattern.frame.image, packed=False)

    def _new_folder(self) -> Path:
        """A new folder each time, because a file manager may still be reading the last one."""
        self._folder = self._folder or QTemporaryDir()
        if not self._folder.isValid():
            raise OSError(self._folder.errorString())
        self._times += 1
        folder = Path(self._folder.filePath(str(self._times)))
        folder.mkdir()
        return folder
