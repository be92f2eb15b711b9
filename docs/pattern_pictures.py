"""Takes README's pictures of filter patterns, for `screenshots.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from engine.process.jobs import JobEvent
from engine.process.pattern_jobs import PatternFrame
from gui.control.pattern_display import queue_rows

if TYPE_CHECKING:
    from screenshots import Photographer

    from gui.main_window import MainWindow

LAYER = "block4_conv1"
CHANNEL = 6
"""Shown large."""

COMPARED = 17
"""Formed with two recipes; with either there is something to be seen."""

WATCHED, FINISHED = 11, 14
"""Formed before the camera, although they come with the program."""

_HALF = 16
_TILE = 88
"""Small enough for three tiles of two pictures in a row."""

QUEUED = ("block5_conv1", "block5_conv2")
_SHIPPED_AT_LEAST = 24
"""So many patterns of the layer have to be there before the picture is taken: more than fit into the window."""


class PatternPictures(QObject):
    """Puts the window into each state of which README has a picture, and leaves it as it was."""

    def __init__(self, photographer: Photographer, window: MainWindow) -> None:
        """Work with a window that shows the maps of a picture.

        Args:
            photographer: Takes the pictures.
            window: The window.
        """
        super().__init__(window)
        self._photographer = photographer
        self._window = window
        self._flow = window.commands.patterns.flow
        self._step = 0
        window.controller.engine.watchers.append(self._count)

    def take_all(self) -> None:
        """All pictures of patterns."""
        window, photographer = self._window, self._photographer
        window.controller.patterns.clear()
        self._flow.forget()
        before = window.workspace.layer
        photographer.trigger("content_patterns")
        self._show(LAYER, CHANNEL)
        photographer.trigger("show_pattern")
        photographer.take("patterns")
        photographer.trigger("content_both")
        size = window.views.gallery.tile_size()
        window.commands.look.set_tile_size(_TILE)
        photographer.take("patterns-both")
        self._watch_one()
        self._compare()
        self._queue()
        window.commands.look.set_tile_size(size)
        photographer.trigger("content_maps")
        photographer.trigger("show_channel")
        photographer.trigger("pattern_panel")
        window.views.tree.layer_chosen.emit(before)

    def _show(self, layer: str, channel: int) -> None:
        """Go to a channel of a layer, and wait for the patterns that are there already."""
        self._window.views.tree.layer_chosen.emit(layer)
        self._photographer.wait_for(lambda: len(self._flow.presenter.at_hand()) >= _SHIPPED_AT_LEAST)
        self._select(channel)

    def _select(self, channel: int) -> None:
        self._window.views.gallery.select_channels((channel,), current=channel)
        self._window.views.gallery.channels_selected.emit((channel,))
        self._window.controller.presenter.show_channel(channel)
        self._window.views.gallery.setFocus()
        self._photographer.scroll_up()

    def _watch_one(self) -> None:
        """Form a channel, half of it first."""
        self._select(WATCHED)
        self._window.action("run_patterns").trigger()
        self._photographer.wait_for(lambda: self._step >= _HALF)
        self._photographer.trigger("pause_patterns")
        self._photographer.take("patterns-forming")
        self._photographer.trigger("pause_patterns")
        self._wait()
        self._select(FINISHED)
        self._photographer.trigger("run_patterns")
        self._wait()
        for panel in self._window.views.patterns.findChildren(QScrollArea):
            # All of it, without the scroll bar that it has in a window of this size.
            if (content := panel.widget()) is not None:
                self._photographer.keep(content.grab().toImage(), "panel-pattern")

    def _compare(self) -> None:
        self._flow.runner.clear_ended()
        self._select(COMPARED)
        self._photographer.trigger("compare_recipes")
        self._wait()
        compare = self._window.views.compare
        self._photographer.take("patterns-compare", _together(compare))
        compare.close_wanted.emit()

    def _queue(self) -> None:
        """A layer under way, another one that waits, and what is finished."""
        views = self._window.views
        for layer in QUEUED:
            views.tree.layer_chosen.emit(layer)
            self._window.action("run_layer_patterns").trigger()
        views.tree.layer_chosen.emit(QUEUED[0])
        views.pattern_tabs.setCurrentWidget(views.queue)
        under_way = QUEUED[0]
        self._photographer.wait_for(
            lambda: any(
                row.state == "running" and row.done > 1 and row.text.startswith(under_way)
                for row in queue_rows(self._flow.runner.queue)
            )
        )
        self._photographer.take("panel-queue", _together(views.pattern_tabs))
        self._photographer.trigger("stop_patterns")
        self._wait()
        self._flow.runner.clear_ended()
        views.pattern_tabs.setCurrentWidget(views.patterns)

    @Slot(object)
    def _count(self, event: JobEvent) -> None:
        if isinstance(event.value, PatternFrame):
            self._step = event.value.frame.step

    def _wait(self) -> None:
        """Let everything be formed that was asked for."""
        self._photographer.wait_for(lambda: all(order.ended for order in self._flow.runner.queue.orders))
        self._photographer.settle()


def _together(*widgets: QWidget) -> QRect:
    """The rectangle that holds these widgets, in the coordinates of the screen."""
    area = QRect()
    for widget in widgets:
        area |= QRect(widget.mapToGlobal(widget.rect().topLeft()), widget.size())
    return area
