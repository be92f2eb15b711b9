"""A button that says as much as it has room for."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget


class FittingButton(QPushButton):
    """Shows the first of several wordings that fits; screen readers always get the first."""

    def __init__(self, *texts: str, parent: QWidget | None = None) -> None:
        """Make a button.

        Args:
            texts: Wordings, the fullest first and the shortest last.
            parent: The parent widget.
        """
        super().__init__(parent)
        self._texts: tuple[str, ...] = ("",)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_texts(*texts)

    def set_texts(self, *texts: str) -> None:
        """Use other wordings, the fullest first and the shortest last."""
        self._texts = texts
        self.setAccessibleName(texts[0])
        self.updateGeometry()
        self._choose()

    def full_text(self) -> str:
        """The fullest wording, whether there is room for it or not."""
        return self._texts[0]

    def _choose(self) -> None:
        fitting = (text for text in self._texts if self._width_of(text) <= self.width())
        self.setText(next(fitting, self._texts[-1]))

    def _width_of(self, text: str) -> int:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        width = self.fontMetrics().horizontalAdvance(text) + self.fontMetrics().averageCharWidth()
        width += 0 if self.icon().isNull() else self.iconSize().width() + 4
        contents = QSize(width, self.fontMetrics().height())
        return self.style().sizeFromContents(QStyle.ContentsType.CT_PushButton, option, contents, self).width()

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the wording for another width."""
        super().resizeEvent(event)
        self._choose()

    def sizeHint(self) -> QSize:
        """As wide as the fullest wording."""
        return QSize(self._width_of(self._texts[0]), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As wide as the shortest wording."""
        return QSize(self._width_of(self._texts[-1]), super().sizeHint().height())
