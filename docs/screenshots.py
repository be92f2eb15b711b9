"""Takes README's pictures anew: the real window, on a virtual screen, with the real network and the sample cat.

    python docs/screenshots.py [FOLDER]

Needs Xvfb and openbox. Each picture goes to docs/images, or to FOLDER, as a PNG of at most 300 kB.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "x11"))

from pattern_pictures import PatternPictures
from PIL import Image
from PySide6.QtCore import QDeadlineTimer, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QCursor, QImage, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDialog, QWidget
from virtual_screen import missing_programs, virtual_screen

import resources
from engine.records import Style
from gui import app as gui_app
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions
from gui.style import theme

ROOT = Path(__file__).resolve().parents[1]
WINDOW = (1280, 800)
SCALES = {1: (1600, 1000), 2: (3840, 2160)}
LAYER = "block3_conv1"
SELECTED = (1, 6, 7, 11)
MOST_BYTES = 300_000
_PALETTES = (256, 192, 144, 112)
_NOTCHES = 9
_PLAIN = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
_PATIENCE_SECONDS = 120
_SETTLED_MILLISECONDS = 400


class Photographer:
    """Puts the window into each state and takes its picture."""

    def __init__(self, app: QApplication, window: MainWindow, folder: Path, suffix: str) -> None:
        """Work with a window that is shown already.

        Args:
            app: The application.
            window: Its window.
            folder: Where the pictures go.
            suffix: What ends every picture's name.
        """
        self._app = app
        self._window = window
        self._folder = folder
        self._suffix = suffix

    def empty_window(self) -> None:
        """The welcome page."""
        self.take("welcome")

    def open_cat(self) -> None:
        """Show the cat's maps, and wait until every layer can be seen."""
        self._window.open_images([resources.path("samples", "chelsea.png")])
        pipeline = self._window.controller.pipeline
        self.wait_for(
            lambda: pipeline.look is not None and len(pipeline.look.scaled_in(self._window.workspace.style)) == 31
        )
        self._window.views.tree.layer_chosen.emit(LAYER)
        self._window.views.gallery.select_channels(SELECTED, current=SELECTED[1])
        self._window.controller.presenter.show_channel(SELECTED[1])
        self._window.views.gallery.setFocus()
        self.scroll_up()

    def scroll_up(self) -> None:
        """Show lists from their beginning, and no tile as if it were pointed at."""
        QCursor.setPos(0, 0)
        for view in (self._window.views.tree, self._window.views.gallery):
            for area in (view, *view.findChildren(QAbstractScrollArea)):
                if isinstance(area, QAbstractScrollArea):
                    area.verticalScrollBar().setValue(0)
        self.settle()

    def window(self) -> None:
        """The whole window, with some tiles selected."""
        self.take("window")

    def panels(self) -> None:
        """Each part of the window by itself."""
        views = self._window.views
        panels = {
            "tool-bar": views.tools,
            "layer-tree": views.tree,
            "gallery": views.gallery,
            "viewer": views.viewer,
            "strip": views.strip,
        }
        for name, widget in panels.items():
            self.take(f"panel-{name}", _place(widget))

    def wall(self) -> None:
        """The whole layer, then a part of it, close enough to see single values."""
        self.trigger("wall")
        self.take("wall")
        _zoom_in(self._window.views.wall)
        self.take("wall-zoomed")

    def book(self) -> None:
        """The grid of the book, in its scale."""
        with self._style("chollet"):
            self.trigger("book")
            self.take("book")
        self.trigger("tiles")

    def blend(self) -> None:
        """The channel over the picture."""
        self.trigger("show_blend")
        self.take("blend", _place(self._window.views.viewer))
        self.trigger("show_channel")

    def dialogs(self) -> None:
        """The dialog for exports, and the page of keys."""
        for name, dialog in (("export", "exportDialog"), ("shortcuts", "shortcutsPage")):
            self._take_dialog(name, dialog)

    def trigger(self, name: str) -> None:
        """Do a command as its key would."""
        self._window.action(name).trigger()
        self.settle()

    def take(self, name: str, place: QRect | None = None) -> None:
        """Save what the screen shows of the window, or of a rectangle in the screen's coordinates."""
        self.settle()
        area = place or self._window.geometry()
        shot = self._window.screen().grabWindow(0, area.x(), area.y(), area.width(), area.height())
        self.keep(shot.toImage(), name)

    def keep(self, image: QImage, name: str) -> None:
        """Save a picture."""
        _save(image, self._folder / f"{name}{self._suffix}.png")

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Let the window work until that is so."""
        deadline = QDeadlineTimer(_PATIENCE_SECONDS * 1000)
        while not condition():
            if deadline.hasExpired():
                sys.exit("The window was not ready in time.")
            self._app.processEvents()

    def settle(self) -> None:
        """Let everything be painted."""
        deadline = QDeadlineTimer(_SETTLED_MILLISECONDS)
        self.wait_for(deadline.hasExpired)

    @contextmanager
    def _style(self, scale: str) -> Iterator[None]:
        before = self._window.workspace.style
        self._window.commands.look.set_style(Style(scale))  # type: ignore[arg-type]
        yield
        self._window.commands.look.set_style(before)

    def _take_dialog(self, command: str, dialog: str) -> None:
        """A dialog may run its own event loop, so its picture is taken from inside."""
        taken: list[str] = []

        def take() -> None:
            self.wait_for(lambda: self._dialog(dialog) is not None)
            if (opened := self._dialog(dialog)) is not None:
                self.take(f"dialog-{command}", opened.geometry())
                opened.reject()
                taken.append(command)

        QTimer.singleShot(0, take)
        self.trigger(command)
        self.wait_for(lambda: bool(taken))

    def _dialog(self, name: str) -> QDialog | None:
        widgets = self._app.topLevelWidgets()
        return next((w for w in widgets if isinstance(w, QDialog) and w.isVisible() and w.objectName() == name), None)


def photograph(folder: Path, scale: int) -> None:
    """Take all pictures in the light and in the dark scheme, or only the window at another scale than 1."""
    with tempfile.TemporaryDirectory() as scratch:
        app, window = gui_app.create(["convscope"], settings_file=Path(scratch) / "settings.ini")
        window.settings.export = ExportOptions(folder="~/Pictures/Convscope")
        window.resize(*WINDOW)
        window.show()
        window.activateWindow()
        photographer = Photographer(app, window, folder, "")
        photographer.wait_for(lambda: window.controller.weights is not None)
        for scheme in ("light", "dark"):
            theme.apply(app, scheme)
            photographer = Photographer(app, window, folder, f"-{scheme}" + (f"@{scale}x" if scale > 1 else ""))
            if scale == 1:
                photographer.empty_window()
            photographer.open_cat()
            photographer.window()
            if scale == 1:
                for take in (
                    photographer.panels,
                    photographer.blend,
                    photographer.wall,
                    photographer.book,
                    photographer.dialogs,
                    PatternPictures(photographer, window).take_all,
                ):
                    take()
            window.controller.close_picture(0)
        window.close()


def _zoom_in(wall: QWidget) -> None:
    """Turn the wheel over the wall, left of its middle, until single values can be read."""
    for viewport in wall.findChildren(QAbstractScrollArea):
        position = QPointF(viewport.width() * 0.38, viewport.height() * 0.42)
        everywhere = QPointF(viewport.viewport().mapToGlobal(position.toPoint()))
        for _ in range(_NOTCHES):
            turn = QWheelEvent(position, everywhere, QPoint(), QPoint(0, 120), *_PLAIN)
            QApplication.sendEvent(viewport.viewport(), turn)


def _place(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(widget.rect().topLeft()), widget.size())


def _save(image: QImage, path: Path) -> None:
    """Save as it is, or with as large a palette as the size allows when that would be too large."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    pixels = Image.frombuffer(
        "RGB", (image.width(), image.height()), bytes(image.constBits()), "raw", "RGB", image.bytesPerLine(), 1
    )
    pixels.save(path, optimize=True)
    for colours in _PALETTES:
        if path.stat().st_size > MOST_BYTES:
            pixels.quantize(colours, kmeans=3, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.name}: {image.width()}×{image.height()}, {size:,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"{path.name} is larger than {MOST_BYTES:,} bytes.")


def main() -> None:
    """Start a screen and photograph on it, at each scale in a process of its own."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "images").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if missing := missing_programs():
        sys.exit(f"There is no virtual screen without {' and '.join(missing)}; install them first.")
    for scale, size in SCALES.items():
        with virtual_screen(*size) as display:
            environment = {
                **os.environ,
                "DISPLAY": display,
                "QT_QPA_PLATFORM": "xcb",
                "QT_SCALE_FACTOR": str(scale),
            }
            command = (sys.executable, __file__, "--photograph", str(folder), str(scale))
            subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--photograph"]:
        photograph(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
