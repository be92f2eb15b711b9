"""The log file, and the hooks that let nothing unexpected pass unnoticed: exceptions of any thread, and Qt's warnings.

The log has sentences and tracebacks. It never has pictures or parts of them.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    QObject,
    QStandardPaths,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)

logger = logging.getLogger("convscope")
"""The program's logger; one of a module is a child of it, as in ``convscope.drop``."""

_MOST_BYTES = 1_000_000
_OLD_FILES = 3
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_path() -> Path:
    """Where the log file is: in the person's folder for data of this program on this machine."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(folder) / "convscope.log"


def start_log(path: Path | None = None) -> Path | None:
    """Write the program's log to a file, which is renamed at a megabyte; the last three are kept.

    Args:
        path: The file; `log_path` when None.

    Returns:
        The file, or None when it cannot be written; the program runs all the same.
    """
    path = path or log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_MOST_BYTES, backupCount=_OLD_FILES, encoding="utf-8")
    except OSError:
        logger.addHandler(logging.NullHandler())
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return path


def stop_log() -> None:
    """Close the log file."""
    for handler in tuple(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


class Hooks(QObject):
    """Catches what nobody else did. Lives in the thread of the window.

    Attributes:
        log: The log file, or None when there is none.

    Signals:
        crashed: The traceback of an exception that nobody caught, from whichever thread. Connect it to slots of objects
            that live in the window's thread, and Qt brings it there.
    """

    crashed = Signal(str)

    def __init__(self, log: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.log = log
        self._installed = False

    def install(self) -> None:
        """Take the place of Python's and Qt's own hooks."""
        self._old_except, self._old_thread = sys.excepthook, threading.excepthook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        self._old_qt = qInstallMessageHandler(_on_qt_message)
        self._installed = True

    @Slot()
    def remove(self) -> None:
        """Put the old hooks back."""
        if self._installed:
            sys.excepthook, threading.excepthook = self._old_except, self._old_thread
            qInstallMessageHandler(self._old_qt)
            self._installed = False

    def report(self, details: str) -> None:
        """Log a traceback, and tell whoever listens."""
        logger.error("Unexpected error\n%s", details)
        self.crashed.emit(details)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):  # Ctrl+C and the like end the program, as they should
            self._old_except(kind, error, trace)
            return
        self.report("".join(traceback.format_exception(kind, error, trace)))

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            self.report("".join(traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback)))


def install_hooks(path: Path | None = None) -> Hooks:
    """Start the log, and catch every unexpected exception and Qt's messages until the program quits.

    Args:
        path: The log file; `log_path` when None.
    """
    hooks = Hooks(start_log(path))
    hooks.install()
    app = QCoreApplication.instance()
    if app is not None:
        app.aboutToQuit.connect(hooks.remove)
    return hooks


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    logger.getChild("qt").log(_LEVELS[kind], "%s", text, extra={"category": context.category})
