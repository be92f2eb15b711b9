"""What the window says, as a test reads it."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar

from gui.main_window import MainWindow


def said(window: MainWindow) -> list[str]:
    """The sentences of its messages, in order."""
    return [message.text for message in window.views.messages.recent()]


def progress_text(window: MainWindow) -> str:
    """What the progress bar says to those who do not see it."""
    bar = window.views.job.findChild(QProgressBar)
    assert isinstance(bar, QProgressBar)
    return bar.accessibleDescription()
