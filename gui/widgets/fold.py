"""A part of a form that opens and closes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui.style import theme


class Fold(QWidget):
    """A heading with an arrow, which a click or the space bar opens, over its content."""

    def __init__(self, content: QWidget, purpose: str, beside: QWidget, parent: QWidget | None = None) -> None:
        """Make a closed one.

        Args:
            content: What is shown while it is open.
            purpose: What the content is, for the tooltip.
            beside: What stands at the right end of the heading.
            parent: The parent widget.
        """
        super().__init__(parent)
        self._content = content
        self._purpose = purpose
        self._open = False
        self._heading = QToolButton(autoRaise=True)
        self._heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._heading.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._heading.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._heading.setToolTip(purpose)
        self._heading.clicked.connect(self._on_clicked)
        row = QHBoxLayout()
        row.addWidget(self._heading)
        row.addStretch(1)
        row.addWidget(beside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(2))
        layout.addLayout(row)
        layout.addWidget(content)
        self.set_open(False)

    def set_title(self, title: str) -> None:
        """Show that heading."""
        self._heading.setText(title)
        self._heading.setAccessibleName(title)

    def is_open(self) -> bool:
        """Whether the content is shown."""
        return self._open

    def set_open(self, is_open: bool) -> None:
        """Show or hide the content."""
        self._open = is_open
        self._heading.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._heading.setAccessibleDescription(f"{'Open' if is_open else 'Closed'}. {self._purpose}")
        self._content.setVisible(is_open)

    @Slot()
    def _on_clicked(self) -> None:
        self.set_open(not self._open)
