"""Where the parts of the window are."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from gui.state.settings import Settings
from gui.state.workspace import Workspace
from gui.style import theme
from gui.views import Views
from gui.widgets.scroll_body import ScrollBody

_FIRST_ROWS = (320, 300)
_FIRST_COLUMNS = (264, 640, 376)


class WindowLayout(QWidget):
    """Messages above the columns of layers, channels and viewer, and the pictures below."""

    def __init__(self, views: Views, workspace: Workspace, welcome: QWidget) -> None:
        """Put the views in their places.

        Args:
            views: All of them but for the tool bar and what is in the status bar.
            workspace: Decides whether there are colours to explain.
            welcome: The page that is shown while there is no picture.
        """
        super().__init__()
        self._views = views
        self._workspace = workspace
        for face in (welcome, views.gallery, views.wall, views.compare):
            views.faces.addWidget(face)
        views.viewer.set_hint("A channel that you choose is shown here, large.")
        self._columns = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=theme.space(2))
        for column in (views.tree, self._middle(), self._right()):
            self._columns.addWidget(column)
        self._columns.setStretchFactor(1, 1)
        self._columns.setSizes(list(_FIRST_COLUMNS))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(2), theme.space(2), theme.space(2), theme.space())
        layout.setSpacing(theme.space(2))
        layout.addWidget(views.messages)
        layout.addWidget(self._columns, stretch=1)
        layout.addLayout(self._bottom())

    def restore(self, settings: Settings) -> None:
        """Give the columns the widths that were left."""
        self._columns.restoreState(QByteArray(settings.layout_state("columns")))
        self._right_column.restoreState(QByteArray(settings.layout_state("right")))

    def save(self, settings: Settings) -> None:
        """Remember the widths of the columns."""
        settings.set_layout_state("columns", bytes(self._columns.saveState().data()))
        settings.set_layout_state("right", bytes(self._right_column.saveState().data()))

    def _bottom(self) -> QHBoxLayout:
        """The pictures, and beside them what can be chosen of the shown one."""
        row = QHBoxLayout()
        row.setSpacing(theme.space(2))
        row.addWidget(self._views.strip, 1)
        row.addWidget(self._views.levels)
        return row

    def _middle(self) -> QWidget:
        """The gallery between what the layer is and what its colours mean."""
        views = self._views
        views.heading.setObjectName("layerHeading")
        self._legend = QWidget()
        legend = QVBoxLayout(self._legend)
        legend.setContentsMargins(0, 0, 0, 0)
        legend.addWidget(views.scale_bar)
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(2))
        layout.addWidget(views.heading)
        layout.addWidget(views.faces, stretch=1)
        layout.addWidget(views.pattern_note)
        layout.addWidget(self._legend)
        views.heading.setFixedHeight(theme.ROW)
        views.pattern_note.setObjectName("patternNote")
        views.pattern_note.setAccessibleName("Patterns of this layer")
        views.faces.currentChanged.connect(self._show_legend)
        self._workspace.changed.connect(self._show_legend)
        self._show_legend()
        return middle

    def _right(self) -> QWidget:
        """The viewer above what is said about patterns."""
        views = self._views
        views.pattern_tabs.setDocumentMode(True)
        views.pattern_tabs.setAccessibleName("Patterns")
        views.pattern_tabs.addTab(views.patterns, "Pattern")
        views.pattern_tabs.addTab(views.queue, "Queue")
        self._right_column = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False, handleWidth=theme.space(2))
        self._right_column.addWidget(views.viewer)
        self._right_column.addWidget(views.pattern_tabs)
        self._right_column.setStretchFactor(0, 1)
        self._right_column.setSizes(list(_FIRST_ROWS))
        return ScrollBody(self._right_column)

    @Slot()
    def _show_legend(self) -> None:
        """The welcome page has no layer to name, and where there are no maps there are no colours to explain.

        The book's grid is one of maps, whatever the tiles show.
        """
        faces, views = self._views.faces, self._views
        layer = faces.currentWidget() in (views.gallery, views.wall)
        book = faces.currentWidget() is views.wall and self._workspace.face == "book"
        content = "maps" if book else self._workspace.content
        views.heading.setVisible(layer)
        views.pattern_note.setVisible(layer and content != "maps")
        self._legend.setVisible(layer and content != "patterns")
