"""What this program is made of: versions, weights, licences."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

import PySide6
from PySide6.QtCore import QSize, Qt, Slot, qVersion
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.records import WeightsFile
from gui.dialogs import build_info
from gui.dialogs.licences import LicencesDialog
from gui.screens import fit_to_screen
from gui.style import theme
from gui.widgets.engine_state import memory_text
from gui.widgets.scroll_body import ScrollBody

_ICON_SIDE = 72
_WIDTH = 520
_MISSING = "not found"
_LONGEST = 64  # characters on a line: those of a SHA-256
_DISTRIBUTIONS = (
    ("TensorFlow", ("tensorflow", "tensorflow-cpu")),
    ("Keras", ("keras",)),
    ("numpy", ("numpy",)),
    ("pyqtgraph", ("pyqtgraph",)),
    ("Pillow", ("pillow",)),
)
_LICENCES = (
    "Convscope is free software under the MIT licence. "
    "The VGG16 weights are by K. Simonyan and A. Zisserman, Visual Geometry Group, University of Oxford, "
    "under CC BY 4.0. The sample cat is by Stéfan van der Walt, CC0."
)


def about_rows(weights: WeightsFile | None, device: str) -> tuple[tuple[str, str], ...]:
    """What the dialog says, as (name, value) pairs.

    Args:
        weights: The weights in use, or None when there are none.
        device: What the network runs on, or "" while that is not known.
    """
    import engine  # not above: the engine's modules take a while, and a window that nobody opens needs none of them

    built_from = build_info.built_from()
    rows = [
        ("Convscope", engine.__version__),
        *([("Built from", built_from)] if built_from else []),
        ("Python", platform.python_version()),
        ("Qt", qVersion()),
        ("PySide6", PySide6.__version__),
    ]
    rows += [(name, _version(distributions)) for name, distributions in _DISTRIBUTIONS]
    rows += [("Device", _device_text(device)), ("System", platform.platform()), ("Memory", memory_text())]
    if weights is None:
        return (*rows, ("Weights", "none"))
    return (*rows, ("Weights", weights.path), ("SHA-256", weights.sha256))


def _device_text(device: str) -> str:
    """The device, with the reason why it is no GPU where the build of TensorFlow is that reason."""
    without_gpu = sys.platform in ("win32", "darwin") or _version(("tensorflow-cpu",)) != _MISSING
    return (
        f"{device}; this build of TensorFlow uses no GPU"
        if device == "CPU" and without_gpu
        else device or "not known yet"
    )


def _version(distributions: tuple[str, ...]) -> str:
    """The version of the first of these that is installed; asking does not import it."""
    for name in distributions:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return _MISSING


class AboutDialog(QDialog):
    """Shows `about_rows` and the licences, and copies them."""

    def __init__(self, weights: WeightsFile | None = None, device: str = "", parent: QWidget | None = None) -> None:
        """Make the dialog.

        Args:
            weights: The weights in use, or None.
            device: What the network runs on.
            parent: The window.
        """
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle("About Convscope")
        self._rows = about_rows(weights, device)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        theme.plain_buttons(buttons)
        copy = QPushButton(theme.icon("copy"), "Cop&y", autoDefault=False)
        copy.setToolTip("Copy the versions for a report")
        copy.clicked.connect(self._copy)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        self._notices = build_info.notices()
        if self._notices:
            texts = QPushButton("&Licences…", autoDefault=False)
            texts.setToolTip("Show the licences of everything that this program carries")
            texts.clicked.connect(self._show_licences)
            buttons.addButton(texts, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.space(4))
        rows.addLayout(self._head())
        rows.addLayout(self._table())
        licences = QLabel(_LICENCES, wordWrap=True)
        licences.setAccessibleName("Licences")
        rows.addWidget(licences)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(5), theme.space(5), theme.space(5), theme.space(4))
        layout.setSpacing(theme.space(4))
        layout.addWidget(ScrollBody(content))
        layout.addWidget(buttons)
        fit_to_screen(self, self.sizeHint().expandedTo(QSize(_WIDTH, 0)))

    def text(self) -> str:
        """What "Copy" copies."""
        return "\n".join(f"{name}: {value}" for name, value in self._rows)

    def _head(self) -> QHBoxLayout:
        icon = QLabel()
        icon.setPixmap(theme.app_icon().pixmap(QSize(_ICON_SIDE, _ICON_SIDE), self.devicePixelRatioF()))
        icon.setAccessibleName("Convscope's icon")
        title = QLabel("Convscope")
        font = QFont(title.font())
        font.setPointSizeF(1.6 * font.pointSizeF())
        title.setFont(font)
        words = QVBoxLayout()
        words.setSpacing(theme.SPACING)
        words.addStretch(1)
        words.addWidget(title)
        words.addWidget(QLabel("A microscope for convolutional networks"))
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(theme.space(4))
        head.addWidget(icon)
        head.addLayout(words, 1)
        return head

    def _table(self) -> QGridLayout:
        table = QGridLayout()
        table.setHorizontalSpacing(theme.space(4))
        table.setVerticalSpacing(theme.SPACING)
        table.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self._rows):
            label = QLabel(name)
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            table.addWidget(label, row, 0, theme.TOP_RIGHT)
            table.addWidget(_value_label(name, value), row, 1)
        return table

    @Slot()
    def _show_licences(self) -> None:
        dialog = LicencesDialog(self._notices, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())


def _value_label(name: str, value: str) -> QLabel:
    """A label whose text can be selected; a long path takes several lines."""
    label = QLabel("\n".join(value[start : start + _LONGEST] for start in range(0, len(value), _LONGEST)))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setAccessibleName(f"{name}: {value}")
    return label
