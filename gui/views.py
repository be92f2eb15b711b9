"""The parts of the window that the controller talks to."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QLabel, QStackedWidget, QTabWidget

from gui.channels.gallery import ChannelGallery
from gui.layers.tree import LayerTree
from gui.patterns.comparison import CompareView
from gui.patterns.panel import PatternPanel
from gui.pictures.levels_box import LevelsBox
from gui.pictures.strip import PictureStrip
from gui.queue.view import QueueView
from gui.tool_bar import ToolBar
from gui.viewer.viewer import ImageViewer
from gui.wall.wall import Wall
from gui.widgets.colour_bar import ColourBar
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.first_hint import FirstHint
from gui.widgets.message_bar import MessageBar
from gui.widgets.progress_bar import JobStatus


@dataclass(frozen=True, eq=False)
class Views:
    """The widgets of one window, made by `gui.main_window` and mediated by `gui.control.controller`.

    Attributes:
        tree: The layers.
        gallery: The channels of the shown layer as tiles.
        wall: The same as one image.
        faces: Holds the welcome page, the gallery, the wall and the comparison, in that order.
        heading: What the shown layer is.
        pattern_note: How many of its patterns there are.
        scale_bar: The range of the shown layer in real values.
        viewer: One channel, large.
        patterns: Recipe and score of the shown pattern.
        queue: What is being formed.
        compare: Two recipes side by side; the last page of `faces`.
        pattern_tabs: Holds the two former, below the viewer.
        strip: The open pictures.
        levels: Which values of the shown one are black and white, if it is deep.
        tools: Fit, size, scale, colours and tile size.
        messages: Sentences for the person.
        hint: The line for who starts the program for the first time.
        job: The running job.
        engine_state: What the engine is and what it did last.
    """

    tree: LayerTree
    gallery: ChannelGallery
    wall: Wall
    faces: QStackedWidget
    heading: ElidedLabel
    pattern_note: ElidedLabel
    scale_bar: ColourBar
    viewer: ImageViewer
    patterns: PatternPanel
    queue: QueueView
    compare: CompareView
    pattern_tabs: QTabWidget
    strip: PictureStrip
    levels: LevelsBox
    tools: ToolBar
    messages: MessageBar
    hint: FirstHint
    job: JobStatus
    engine_state: QLabel
