"""Takes the pictures of the user guide anew: the real window, with the real network and the sample cat.

    python docs/guide_pictures.py [FOLDER [NAME …]]

Needs Xvfb and openbox. Each picture goes to docs/guide/pictures, or to FOLDER, as WebP, once in each colour scheme.
Names are those of `GuidePhotographer.take_all`, to take some pictures alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from guide_camera import WIDEST, GuideCamera, beside
from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QScrollArea
from screenshots import ROOT
from virtual_screen import missing_programs, virtual_screen

import resources
from engine.maps.colormaps import COLORMAPS
from engine.patterns.recipes import RECIPES
from engine.patterns.settings import PatternSettings
from engine.records import SCALES, Style
from gui import app as gui_app
from gui.canvas.canvas import Canvas
from gui.control.pattern_display import queue_rows
from gui.state.map_export_options import ExportOptions
from gui.style import theme

SCREEN = (1600, 1000)
WINDOW = (1280, 800)
LAYER, CHANNEL = "block3_conv1", 6
SCALED_ROWS = 2
PROBED = (9, 31)
"""The value that is read out, in the map."""

_SIDE = 56
SHOWN_IN_COLOURS = "block2_conv2"
BLANKS = "block5_conv3"
PATTERN_LAYER, PATTERN_CHANNEL = "block4_conv1", 6
RECIPE_LAYER, RECIPE_CHANNEL = "block3_conv1", 7
FORMED_LAYER = "block3_conv2"
QUEUED, QUEUED_RECIPE = ("block3_conv3", "block4_conv2"), "fast"
_TILE = 96
_THIRD = 234
_WELCOME = 440
_SMOOTH = Qt.TransformationMode.SmoothTransformation


class GuidePhotographer(GuideCamera):
    """Puts the window into each state that the guide shows."""

    def take_all(self, names: Sequence[str]) -> None:
        """Every picture, or those of these names, and the window as it was."""
        self._window.commands.look.set_tile_size(_TILE)
        self._window.controller.patterns.clear()
        self._window.commands.patterns.flow.forget()
        takes: dict[str, Callable[[], None]] = {
            "overview": self._overview,
            "relu": self._before_and_after,
            "blend": self._blend,
            "scales": self._scales,
            "colours": self._colours,
            "badges": self._badges,
            "patterns": self._patterns,
            "recipes": self._recipes,
            "queue": self._form_and_queue,
            "compare": self._compare,
            "message": self._message,
            "export": lambda: self._take_dialog("export", "exportDialog"),
        }
        for name, take in takes.items():
            if name in names or not names:
                take()

    def welcome(self) -> None:
        """The window as it is at the first start."""
        page = self.grab(self.place(self._window.views.faces))
        self.keep(page.scaledToWidth(_WELCOME, _SMOOTH), "welcome")

    def _overview(self) -> None:
        self.take("window")

    def _before_and_after(self) -> None:
        """One channel before ReLU, after it, and after pooling."""
        grabs = []
        names = ("block3_conv3:linear", "block3_conv3", "block3_pool")
        for name in names:
            self.show(name, CHANNEL)
            map_image = self._window.views.viewer.copy_pixmap()
            grabs.append(map_image.scaled(_THIRD, _THIRD))
        self.keep(beside(grabs), "relu")

    def _blend(self) -> None:
        self.show(LAYER, CHANNEL)
        self.trigger("show_blend")
        canvas = self._window.views.viewer.findChild(Canvas)
        assert canvas is not None
        far = Qt.Key.Key_Left, Qt.Key.Key_Up
        for key in (*_SIDE * far, *PROBED[0] * (Qt.Key.Key_Right,), *PROBED[1] * (Qt.Key.Key_Down,)):
            QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
        self.take("blend", self.place(self._window.views.viewer))
        self.trigger("show_channel")

    def _scales(self) -> None:
        """The same channels in each scale."""
        self.show(LAYER, 0)
        self._window.views.gallery.clearSelection()
        for scale in SCALES:
            self._window.commands.look.set_style(Style(scale, 0.0, 1000.0))
            self.wait_for_layer()
            self.take(f"scale-{scale}", self.rows(SCALED_ROWS))
        self._window.commands.look.set_style(Style("channel"))
        self.wait_for_layer()

    def _colours(self) -> None:
        """The same channel in each colour map, after ReLU and before."""
        for suffix, name in (("", SHOWN_IN_COLOURS), ("-linear", f"{SHOWN_IN_COLOURS}:linear")):
            self.show(name, 2)
            self._window.views.gallery.clearSelection()
            grabs = []
            for colormap in COLORMAPS:
                self._window.commands.look.set_colormap(colormap)
                self.settle()
                grabs.append(self.grab(self.tile(2)))
            self.keep(beside(grabs), f"colours{suffix}")
        self._window.commands.look.set_colormap(COLORMAPS[0])

    def _badges(self) -> None:
        """Blank and clipped channels; and constant ones, which an input of one value a map gives."""
        self.show(BLANKS, 0)
        self._window.commands.look.set_style(Style("chollet"))
        self.wait_for_layer()
        presenter = self._window.controller.presenter
        look = self._window.controller.pipeline.look
        scaled = presenter.scaled()
        assert look is not None
        assert scaled is not None
        statistics = look.statistics[BLANKS]
        blank = [int(channel) for channel in statistics.blank.nonzero()[0]][:2]
        usual = [int(channel) for channel in (scaled.clipped > 0.01).nonzero()[0] if channel not in blank][:2]
        grabs = []
        for channel in (*blank, *usual):
            self._window.views.gallery.scrollTo(self._window.views.gallery.model().index(channel, 0))
            self._window.views.gallery.clearSelection()
            self.settle()
            grabs.append(self.grab(self.tile(channel)))
        self._window.commands.look.set_style(Style("channel"))
        self._window.commands.look.set_input("crop", 32)
        self.wait_for_all()
        self.show("block5_pool", 0)
        self._window.views.gallery.clearSelection()
        look = self._window.controller.pipeline.look
        assert look is not None
        constant = int(look.statistics["block5_pool"].constant.nonzero()[0][0])
        self._window.views.gallery.scrollTo(self._window.views.gallery.model().index(constant, 0))
        self.settle()
        grabs.append(self.grab(self.tile(constant)))
        self.keep(beside(grabs), "badges")
        self._window.commands.look.set_input("crop", 224)
        self.wait_for_all()

    def _patterns(self) -> None:
        """Maps and patterns side by side, and the panel."""
        self.trigger("content_both")
        self.show(PATTERN_LAYER, PATTERN_CHANNEL)
        flow = self._window.commands.patterns.flow
        self.wait_for(lambda: len(flow.presenter.at_hand()) > 500)
        self.show(PATTERN_LAYER, PATTERN_CHANNEL)
        self.take("patterns", self.rows(2))

    def _recipes(self) -> None:
        """One channel with each recipe."""
        flow = self._window.commands.patterns.flow
        grabs = []
        self._window.action("pattern_panel").setChecked(True)
        self.trigger("show_pattern")
        for name in RECIPES:
            self._window.commands.patterns.set_settings(PatternSettings(name))
            self.show(RECIPE_LAYER, RECIPE_CHANNEL)
            flow.form_channels((RECIPE_CHANNEL,))
            self.wait_for(lambda: all(order.ended for order in flow.runner.queue.orders))
            self.settle()
            side = 136
            picture = self._window.views.viewer.copy_pixmap()
            grabs.append(picture.scaled(side, side, mode=_SMOOTH))
        self.keep(beside(grabs), "recipes")
        self._window.commands.patterns.set_settings(PatternSettings())
        flow.runner.clear_ended()

    def _form_and_queue(self) -> None:
        """A pattern that was formed, the panel, and a queue."""
        flow, views = self._window.commands.patterns.flow, self._window.views
        self.show(FORMED_LAYER, 14)
        flow.form_channels((14,))
        self.wait_for(lambda: all(order.ended for order in flow.runner.queue.orders))
        self.settle()
        for panel in views.patterns.findChildren(QScrollArea):
            if (content := panel.widget()) is not None:
                self.keep(content.grab().toImage(), "panel")
        self._window.commands.patterns.set_settings(PatternSettings(QUEUED_RECIPE))
        for layer in QUEUED:
            views.tree.layer_chosen.emit(layer)
            self._window.action("run_layer_patterns").trigger()
        views.pattern_tabs.setCurrentWidget(views.queue)
        views.tree.layer_chosen.emit(QUEUED[0])
        self.wait_for(lambda: any(row.state == "running" and row.done > 1 for row in queue_rows(flow.runner.queue)))
        self.take("queue", self.place(views.pattern_tabs))
        self.trigger("stop_patterns")
        self.wait_for(lambda: all(order.ended for order in flow.runner.queue.orders))
        flow.runner.clear_ended()
        self._window.commands.patterns.set_settings(PatternSettings())
        views.pattern_tabs.setCurrentWidget(views.patterns)

    def _compare(self) -> None:
        flow, views = self._window.commands.patterns.flow, self._window.views
        self.trigger("content_both")
        self.show(PATTERN_LAYER, 17)
        self.trigger("compare_recipes")
        self.wait_for(lambda: all(order.ended for order in flow.runner.queue.orders))
        self.settle()
        self.take("compare", self.place(views.compare))
        views.compare.close_wanted.emit()
        self.trigger("content_maps")
        self._window.action("pattern_panel").setChecked(False)
        self.trigger("show_channel")

    def _message(self) -> None:
        """What is said of a file that is no picture."""
        broken = self._folder / "half.jpg"
        broken.write_bytes(resources.path("samples", "chelsea.png").read_bytes()[:5000])
        self._window.open_images([broken])
        messages = self._window.views.messages
        self.wait_for(lambda: messages.current() is not None)
        broken.unlink()
        place = self.place(messages)
        self.take("message", QRect(place.topLeft(), QSize(WIDEST, place.height())))
        messages.close_message()


def photograph(folder: Path, names: Sequence[str]) -> None:
    """Take all pictures, or those of these names, in the light and in the dark scheme."""
    with tempfile.TemporaryDirectory() as scratch:
        app, window = gui_app.create(["convscope"], settings_file=Path(scratch) / "settings.ini")
        window.settings.export = ExportOptions(folder="~/Pictures/Convscope")
        window.resize(*WINDOW)
        window.show()
        window.activateWindow()
        first = GuidePhotographer(app, window, folder, "")
        first.wait_for(lambda: window.controller.weights is not None)
        for scheme in ("light", "dark"):
            theme.apply(app, scheme)
            photographer = GuidePhotographer(app, window, folder, f"-{scheme}")
            window.views.hint.show()
            if not names or "welcome" in names:
                photographer.welcome()
            photographer.open_cat()
            photographer.take_all(names)
            window.controller.close_picture(0)
        window.close()


def main() -> None:
    """Start a screen and photograph on it."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "guide" / "pictures").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if missing := missing_programs():
        sys.exit(f"There is no virtual screen without {' and '.join(missing)}; install them first.")
    with virtual_screen(*SCREEN) as display:
        environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        subprocess.run(
            (sys.executable, __file__, "--photograph", str(folder), *sys.argv[2:]), env=environment, check=True
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--photograph"]:
        photograph(Path(sys.argv[2]), sys.argv[3:])
    else:
        main()
