"""How the program looks: Fusion, our two palettes, the grid, and the icons.

`apply` is called once with the person's choice and again whenever it changes. With "system" the palette follows the
desktop while the program runs.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from gui.state.choices import Scheme
from gui.style import palettes
from gui.style.icons import app_icon, icon, icon_names

__all__ = [
    "ROW",
    "SPACING",
    "TOP_LEFT",
    "TOP_RIGHT",
    "app_icon",
    "apply",
    "icon",
    "icon_names",
    "is_dark",
    "plain_buttons",
    "space",
]


SPACING = 4
"""The grid that all distances are multiples of, in logical pixels."""

TOP_LEFT = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
TOP_RIGHT = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight

ROW = 6 * SPACING
"""Height of the row that each column of the window begins with, so that what is below them begins at one height."""

_TICKABLE = ("QCheckBox", "QRadioButton", "QMenu")

_REQUESTED = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


def space(steps: int = 1) -> int:
    """That many steps of the grid, in logical pixels."""
    return SPACING * steps


def apply(app: QApplication, scheme: Scheme = "system") -> None:
    """Give the program its style and the palette of that scheme."""
    if app.style().name().lower() != "fusion":
        app.setStyle("Fusion")
    # Menus are for reading: an icon would be drawn in text colour on the accent of the item below the pointer.
    app.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus)
    _painter_of(app).follow(scheme)


def plain_buttons(buttons: QDialogButtonBox) -> None:
    """Take the style's own icons off standard buttons: they say nothing that the words do not, in other colours."""
    for button in buttons.buttons():
        if buttons.standardButton(button) != QDialogButtonBox.StandardButton.NoButton:
            button.setIcon(QIcon())


def is_dark(app: QApplication) -> bool:
    """Whether the palette of the moment is a dark one."""
    return app.palette().window().color().lightnessF() < 0.5


class _SchemePainter(QObject):
    """Keeps the application's palette in step with the scheme.

    Attributes:
        scheme: The person's choice.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.scheme: Scheme = "system"
        self._app = app
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    def follow(self, scheme: Scheme) -> None:
        """Paint in that scheme from now on."""
        self.scheme = scheme
        # Window frames and native dialogs follow this where the platform lets them; the palette is ours in any case.
        self._app.styleHints().setColorScheme(_REQUESTED[scheme])
        self._paint(self._app.styleHints().colorScheme())

    def _paint(self, system: Qt.ColorScheme) -> None:
        dark = self.scheme == "dark" or (self.scheme == "system" and system == Qt.ColorScheme.Dark)
        palette = palettes.dark() if dark else palettes.light()
        self._app.setPalette(palette)
        for name in _TICKABLE:
            self._app.setPalette(palettes.tickable(palette), name)  # type: ignore[arg-type]  # the stubs want bytes

    @Slot(Qt.ColorScheme)
    def _system_changed(self, system: Qt.ColorScheme) -> None:
        self._paint(system)


def _painter_of(app: QApplication) -> _SchemePainter:
    return app.findChild(_SchemePainter) or _SchemePainter(app)
