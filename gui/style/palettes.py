"""The two palettes: near-neutral greys, like the body of an instrument, and one accent for what is chosen.

Every text colour has a contrast of at least 4.5:1 with the surfaces it is drawn on (placeholders 3:1), after
WCAG 2.2, success criterion 1.4.3, and the outline of what can be ticked one of 3:1, after 1.4.11; a test measures it.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QColor, QPalette

_Role = QPalette.ColorRole
_Group = QPalette.ColorGroup

_LIGHT: Mapping[QPalette.ColorRole, str] = {
    _Role.Window: "#eff0f1",
    _Role.WindowText: "#1b1d20",
    _Role.Base: "#ffffff",
    _Role.AlternateBase: "#f6f7f8",
    _Role.Text: "#1b1d20",
    _Role.PlaceholderText: "#6a6f75",
    _Role.Button: "#e9eaec",
    _Role.ButtonText: "#1b1d20",
    _Role.BrightText: "#b3261e",
    _Role.ToolTipBase: "#ffffff",
    _Role.ToolTipText: "#1b1d20",
    _Role.Light: "#ffffff",
    _Role.Midlight: "#f6f7f8",
    _Role.Mid: "#c3c6ca",
    _Role.Dark: "#9a9ea4",
    _Role.Shadow: "#5c6066",
    _Role.Highlight: "#1f69ad",
    _Role.HighlightedText: "#ffffff",
    _Role.Accent: "#1f69ad",
    _Role.Link: "#1a5c99",
    _Role.LinkVisited: "#6a4c93",
}
_LIGHT_DISABLED: Mapping[QPalette.ColorRole, str] = {
    _Role.WindowText: "#8c9197",
    _Role.Text: "#8c9197",
    _Role.ButtonText: "#8c9197",
    _Role.PlaceholderText: "#a3a7ac",
    _Role.Base: "#f4f5f6",
    _Role.Highlight: "#c9ccd0",
    _Role.HighlightedText: "#5c6066",
    _Role.Accent: "#c9ccd0",
}
_DARK: Mapping[QPalette.ColorRole, str] = {
    _Role.Window: "#2a2c30",
    _Role.WindowText: "#e3e5e8",
    _Role.Base: "#17181a",
    _Role.AlternateBase: "#1e2023",
    _Role.Text: "#e3e5e8",
    _Role.PlaceholderText: "#979da3",
    _Role.Button: "#373a3f",
    _Role.ButtonText: "#e3e5e8",
    _Role.BrightText: "#ff9188",
    _Role.ToolTipBase: "#373a3f",
    _Role.ToolTipText: "#e3e5e8",
    _Role.Light: "#565a60",
    _Role.Midlight: "#43474c",
    _Role.Mid: "#50545a",
    _Role.Dark: "#16181a",
    _Role.Shadow: "#08090a",
    _Role.Highlight: "#5aa3e0",
    _Role.HighlightedText: "#0b0d10",
    _Role.Accent: "#5aa3e0",
    _Role.Link: "#79b4e8",
    _Role.LinkVisited: "#b79fdb",
}
_DARK_DISABLED: Mapping[QPalette.ColorRole, str] = {
    _Role.WindowText: "#82878d",
    _Role.Text: "#82878d",
    _Role.ButtonText: "#82878d",
    _Role.PlaceholderText: "#6a6f75",
    _Role.Base: "#222427",
    _Role.Highlight: "#44484d",
    _Role.HighlightedText: "#9ba0a6",
    _Role.Accent: "#44484d",
}


def light() -> QPalette:
    """The palette of the light scheme."""
    return _palette(_LIGHT, _LIGHT_DISABLED)


def dark() -> QPalette:
    """The palette of the dark scheme."""
    return _palette(_DARK, _DARK_DISABLED)


def tickable(palette: QPalette) -> QPalette:
    """That palette for check boxes, radio buttons and menus, with outlines that can be seen.

    Fusion outlines them in a darker shade of the window's colour, which they use for nothing else.
    """
    changed = QPalette(palette)
    dark = palette.window().color().lightnessF() < 0.5
    changed.setColor(_Role.Window, QColor("#b9bfc7" if dark else "#9ea4ab"))
    changed.setColor(_Group.Disabled, _Role.Window, QColor("#7d838a" if dark else "#c3c6ca"))
    return changed


def _palette(colours: Mapping[QPalette.ColorRole, str], disabled: Mapping[QPalette.ColorRole, str]) -> QPalette:
    palette = QPalette()
    for role, colour in colours.items():
        palette.setColor(role, QColor(colour))
    for role, colour in disabled.items():
        palette.setColor(_Group.Disabled, role, QColor(colour))
    return palette
