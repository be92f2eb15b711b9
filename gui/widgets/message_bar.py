"""Sentences for the person, in a bar above the content that takes nobody's focus."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from gui.formatting import ZERO_WIDTH_SPACE
from gui.style import theme

MessageKind: TypeAlias = Literal["info", "warning", "error"]

MOST_REMEMBERED = 200
"""How many messages `MessageBar.recent` keeps."""

_STRIPES = {
    "info": QPalette.ColorRole.Highlight,
    "warning": QPalette.ColorRole.WindowText,
    "error": QPalette.ColorRole.BrightText,
}
_KIND_WORDS = {"info": "Information", "warning": "Warning", "error": "Error"}
_ICON_SIDE = 20
_MOST_IN_TOOLTIP = 6
_STRIPE_WIDTH = 4


@dataclass(frozen=True)
class Message:
    """A sentence that was shown.

    Attributes:
        text: The sentence.
        kind: How serious it is.
        actions: Buttons beside it: (text, name) pairs; `MessageBar.action_wanted` carries the name.
        when: Local time.
    """

    text: str
    kind: MessageKind = "info"
    actions: tuple[tuple[str, str], ...] = ()
    when: datetime = field(default_factory=datetime.now, compare=False)


class MessageBar(QFrame):
    """Shows the latest sentence until the person closes it; then the one before it that is still open.

    An information gives way to what comes after it. Warnings and errors wait below. Nothing is lost: `recent` has
    everything that was said.

    Signals:
        action_wanted: The name of the action whose button was clicked.
        list_wanted: The person wants to read all that was said.
    """

    action_wanted = Signal(str)
    list_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._open: list[Message] = []
        self._recent: deque[Message] = deque(maxlen=MOST_REMEMBERED)
        self._buttons: list[QPushButton] = []
        self._icon = QLabel()
        self._text = _Sentence()
        self._more = self._make_more()
        self._close = self._make_close()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(theme.space(3) + _STRIPE_WIDTH, theme.space(1), theme.space(2), theme.space(1))
        self._layout.setSpacing(theme.space(2))
        for widget in (self._icon, self._text, self._more, self._close):
            self._layout.addWidget(widget, 1 if widget is self._text else 0)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setAccessibleName("Messages")
        self.hide()

    def show_message(self, text: str, kind: MessageKind = "info", actions: Sequence[tuple[str, str]] = ()) -> Message:
        """Show a sentence; the same one again comes to the front instead of piling up.

        Args:
            text: One sentence.
            kind: How serious it is. An error is also announced to screen readers at once.
            actions: Buttons: (text, name) pairs.

        Returns:
            The message, for `close_message`.
        """
        message = Message(text, kind, tuple(actions))
        self._open = [other for other in self._open if other != message and other.kind != "info"]
        self._open.append(message)
        self._recent.append(message)
        self._show_top()
        self._announce(message)
        return message

    def current(self) -> Message | None:
        """The message on the screen."""
        return self._open[-1] if self._open else None

    def recent(self) -> tuple[Message, ...]:
        """Everything that was said, the oldest first, up to `MOST_REMEMBERED`."""
        return tuple(self._recent)

    def close_message(self, message: Message | None = None) -> None:
        """Close a message, for instance because what it warned of is over; the one on the screen when None."""
        gone = message or self.current()
        self._open = [other for other in self._open if other != gone]
        self._show_top()

    def _show_top(self) -> None:
        message = self.current()
        self._clear_buttons()
        if message is None:
            self.hide()
            return
        self._icon.setAccessibleName(_KIND_WORDS[message.kind])
        self._show_icon()
        self._text.set_text(message.text)
        for text, name in message.actions:
            self._add_button(text, name)
        below = len(self._open) - 1
        self._more.setText(f"{below:,} more")
        self._more.setToolTip(_waiting_text([other.text for other in reversed(self._open[:-1])]))
        self._more.setAccessibleName(self._more.text())
        self._more.setVisible(below > 0)
        self.setAccessibleDescription(f"{_KIND_WORDS[message.kind]}: {message.text}")
        self.show()
        self.update()

    def _show_icon(self) -> None:
        message = self.current()
        if message is not None:
            icon = theme.icon(message.kind)
            self._icon.setPixmap(icon.pixmap(QSize(_ICON_SIDE, _ICON_SIDE), self.devicePixelRatioF()))

    def _add_button(self, text: str, name: str) -> None:
        button = QPushButton(text, autoDefault=False)
        button.setProperty("action", name)
        button.setAccessibleDescription(self._text.full_text)
        button.clicked.connect(self._button_clicked)
        self._layout.insertWidget(self._layout.indexOf(self._more), button)
        button.show()
        self._buttons.append(button)

    def _clear_buttons(self) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons.clear()

    def _announce(self, message: Message) -> None:
        event = QAccessibleAnnouncementEvent(self, message.text)
        urgent = message.kind == "error"
        event.setPoliteness(
            QAccessible.AnnouncementPoliteness.Assertive if urgent else QAccessible.AnnouncementPoliteness.Polite
        )
        QAccessible.updateAccessibility(event)

    def _make_close(self) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(theme.icon("close"))
        button.setToolTip("Close this message")
        button.setAccessibleName("Close this message")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._close_clicked)
        return button

    def _make_more(self) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setAccessibleDescription("Show all messages; more of them wait below this one")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.list_wanted)
        return button

    @Slot()
    def _close_clicked(self) -> None:
        self.close_message()

    @Slot()
    def _button_clicked(self) -> None:
        name = str(self.sender().property("action"))
        self.close_message()
        self.action_wanted.emit(name)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon anew in the colours of another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icon()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the stripe that tells how serious the message is, and a line below the bar."""
        super().paintEvent(event)
        message = self.current()
        if message is None:
            return
        painter = QPainter(self)
        painter.fillRect(0, 0, _STRIPE_WIDTH, self.height(), self.palette().color(_STRIPES[message.kind]))
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()


def _waiting_text(sentences: Sequence[str]) -> str:
    """A tooltip with the first few of these sentences; rich text, so that long ones are wrapped."""
    shown = [html.escape(sentence) for sentence in sentences[:_MOST_IN_TOOLTIP]]
    if left := len(sentences) - len(shown):
        shown.append(f"… and {left:,} more")
    return "".join(f"<p>{sentence}</p>" for sentence in shown)


class _Sentence(QLabel):
    """A sentence on one line, or on as many as a narrow window makes of it; a long path may break anywhere.

    Attributes:
        full_text: The sentence as it was given.
    """

    def __init__(self) -> None:
        super().__init__(wordWrap=True)
        self.full_text = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        copy = QAction("Copy", self)
        copy.triggered.connect(self._copy)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def set_text(self, text: str) -> None:
        """Show that sentence."""
        self.full_text = text
        self.setText(re.sub(r"([/\\_.-])", rf"\1{ZERO_WIDTH_SPACE}", text))
        self.setAccessibleName(text)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.full_text)
