"""Takes README's pictures of filter patterns, for `screenshots.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from screenshots import Photographer

    from gui.main_window import MainWindow

LAYER = "block4_conv1"
CHANNEL = 2
"""Shown large, and compared."""

WATCHED = 5
"""Formed before the camera, although it comes with the program."""

QUEUED = ("block5_conv1", "block5_conv2")
_SHIPPED_AT_LEAST = 24
"""So many patterns of the layer have to be there before the picture is taken: more than fit into the window."""


class PatternPictures:
    """Puts the window into each state of which README has a picture, and leaves it as it was."""

    def __init__(self, photographer: Photographer, window: MainWindow) -> None:
        """Work with a window that shows the maps of a picture.

        Args:
            photographer: Takes the pictures.
            window: The window.
        """
        self._photographer = photographer
        self._window = window
        self._flow = window.commands.patterns.flow

    def take_all(self) -> None:
        """All pictures of patterns."""
        window, photographer = self._window, self._photographer
        window.controller.patterns.clear()
        self._flow.forget()
        before = window.controller.presenter.layer.name
        photographer.trigger("content_patterns")
        self._show(LAYER, CHANNEL)
        photographer.trigger("show_pattern")
        photographer.take("patterns")
        photographer.trigger("content_both")
        photographer.take("patterns-both")
        self._watch_one()
        self._compare()
        self._queue()
        photographer.trigger("content_maps")
        photographer.trigger("show_channel")
        photographer.trigger("pattern_panel")
        window.views.tree.layer_chosen.emit(before)

    def _show(self, layer: str, channel: int) -> None:
        """Go to a channel of a layer, and wait for the patterns that are there already."""
        self._window.views.tree.layer_chosen.emit(layer)
        self._photographer.wait_for(lambda: len(self._flow.at_hand()) >= _SHIPPED_AT_LEAST)
        self._select(channel)

    def _select(self, channel: int) -> None:
        self._window.views.gallery.select_channels((channel,), current=channel)
        self._window.controller.presenter.show_channel(channel)
        self._window.views.gallery.setFocus()

    def _watch_one(self) -> None:
        """Form a channel, half of it first."""
        self._select(WATCHED)
        self._photographer.trigger("run_patterns")
        self._photographer.take("patterns-panel")
        self._wait()
        self._photographer.take("panel-pattern", _together(self._window.views.viewer, self._window.views.pattern_tabs))

    def _compare(self) -> None:
        self._select(CHANNEL)
        self._photographer.trigger("compare_recipes")
        self._wait()
        compare = self._window.views.compare
        self._photographer.take("patterns-compare", _together(compare))
        compare.close_wanted.emit()

    def _queue(self) -> None:
        """Two layers that wait, one of them under way, and what is finished."""
        views = self._window.views
        for layer in QUEUED:
            self._window.views.tree.layer_chosen.emit(layer)
            self._photographer.trigger("run_layer_patterns")
        views.pattern_tabs.setCurrentWidget(views.queue)
        self._photographer.wait_for(lambda: any(row.done and row.total > 1 for row in self._flow.rows()))
        self._photographer.take("panel-queue", _together(views.pattern_tabs))
        self._photographer.trigger("stop_patterns")
        self._wait()
        self._flow.clear_ended()
        views.pattern_tabs.setCurrentWidget(views.patterns)

    def _wait(self) -> None:
        """Let everything be formed that was asked for."""
        self._photographer.wait_for(lambda: all(order.ended for order in self._flow.queue.orders))
        self._photographer.settle()


def _together(*widgets: QWidget) -> QRect:
    """The rectangle that holds these widgets, in the coordinates of the screen."""
    area = QRect()
    for widget in widgets:
        area |= QRect(widget.mapToGlobal(widget.rect().topLeft()), widget.size())
    return area
