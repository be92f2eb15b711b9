"""What stands in the gallery's place while there is no picture: what to do, and the cat one click away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.style import theme
from gui.widgets.scroll_body import ScrollBody

_ICON = 96
_BUTTON_ICON = 20


class Welcome(QWidget):
    """The empty state of the window."""

    def __init__(self, actions: tuple[QAction, ...], hint: QWidget, parent: QWidget | None = None) -> None:
        """Offer these actions as buttons, the first of them as the obvious one, and a hint at the bottom."""
        super().__init__(parent)
        self.setObjectName("welcome")
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        title = QLabel("Drop a picture here", alignment=Qt.AlignmentFlag.AlignCenter)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        title.setFont(font)
        text = QLabel("and see what every channel of every layer of VGG16 makes of it.")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setWordWrap(True)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setSpacing(theme.space(3))
        layout.addStretch(2)
        layout.addWidget(self._picture)
        layout.addWidget(title)
        layout.addWidget(text)
        layout.addLayout(self._buttons(actions))
        layout.addStretch(3)
        layout.addWidget(hint)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(ScrollBody(content))
        self._tint()

    def _buttons(self, actions: tuple[QAction, ...]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.space(2))
        row.addStretch()
        for action in actions:
            button = QPushButton(action.icon(), action.iconText())
            button.setAccessibleDescription(action.statusTip())
            button.setToolTip(action.toolTip())
            button.setIconSize(QSize(_BUTTON_ICON, _BUTTON_ICON))
            button.setMinimumSize(theme.space(28), theme.space(9))
            button.clicked.connect(action.trigger)
            row.addWidget(button)
            if self.focusProxy() is None:
                button.setDefault(True)
                self.setFocusProxy(button)
        row.addStretch()
        return row

    def _tint(self) -> None:
        self._picture.setPixmap(theme.app_icon().pixmap(QSize(_ICON, _ICON), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the colour scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
