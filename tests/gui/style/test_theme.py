"""The palettes can be read, the scheme is followed, and icons take their colours from the palette and stay sharp."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from gui.state.choices import Scheme
from gui.style import palettes, theme

Role = QPalette.ColorRole
Group = QPalette.ColorGroup

PALETTES = pytest.mark.parametrize("make", [palettes.light, palettes.dark])
SURFACES = (Role.Window, Role.Base, Role.AlternateBase, Role.Button)


@pytest.fixture(autouse=True)
def _restored(qapp: QApplication) -> Iterator[None]:
    palette, style = qapp.palette(), qapp.style().name()
    yield
    theme.apply(qapp, "system")
    qapp.setStyle(style)
    qapp.setPalette(palette)


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def distance(first: QColor, second: QColor) -> float:
    """The contrast of two colours, from 1."""
    pair = sorted((luminance(first), luminance(second)))
    return (pair[1] + 0.05) / (pair[0] + 0.05)


def contrast(palette: QPalette, text: Role, surface: Role, group: Group = Group.Active) -> float:
    return distance(palette.color(group, text), palette.color(group, surface))


@PALETTES
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("text", [Role.WindowText, Role.Text, Role.ButtonText])
def test_text_can_be_read(make, text: Role, surface: Role) -> None:  # type: ignore[no-untyped-def]
    assert contrast(make(), text, surface) >= 4.5
    assert contrast(make(), text, surface, Group.Inactive) >= 4.5


@PALETTES
@pytest.mark.parametrize(
    ("text", "surface", "least"),
    [
        (Role.HighlightedText, Role.Highlight, 4.5),
        (Role.ToolTipText, Role.ToolTipBase, 4.5),
        (Role.BrightText, Role.Window, 4.5),
        (Role.BrightText, Role.AlternateBase, 4.5),
        (Role.Link, Role.Window, 4.5),
        (Role.Link, Role.Base, 4.5),
        (Role.LinkVisited, Role.Base, 4.5),
        (Role.PlaceholderText, Role.Base, 4.5),
        (Role.PlaceholderText, Role.Window, 4.0),
        (Role.Highlight, Role.Window, 3.0),  # a checked icon, a selection's frame
        (Role.Highlight, Role.Button, 3.0),
        (Role.Highlight, Role.Base, 3.0),
    ],
)
def test_pairs_that_meet_can_be_told_apart(make, text: Role, surface: Role, least: float) -> None:  # type: ignore[no-untyped-def]
    assert contrast(make(), text, surface) >= least


@PALETTES
@pytest.mark.parametrize("text", [Role.WindowText, Role.Text, Role.ButtonText])
def test_what_is_disabled_is_fainter_but_there(make, text: Role) -> None:  # type: ignore[no-untyped-def]
    for surface in (Role.Window, Role.Base, Role.Button):
        faint = contrast(make(), text, surface, Group.Disabled)
        assert 2.5 <= faint < contrast(make(), text, surface)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("make", [QCheckBox, QRadioButton])
@pytest.mark.parametrize("surface", [Role.Window, Role.Base])
def test_what_can_be_ticked_is_outlined(  # type: ignore[no-untyped-def]
    qapp: QApplication, qtbot: QtBot, scheme: Scheme, make, surface: Role
) -> None:
    theme.apply(qapp, scheme)
    page = QWidget()
    qtbot.addWidget(page)
    page.setBackgroundRole(surface)
    page.resize(80, 40)
    box = make(page)
    box.resize(box.sizeHint())
    image = page.grab().toImage()
    middle = box.sizeHint().height() // 2
    ground = page.palette().color(surface)
    outline = max((image.pixelColor(x, middle) for x in range(24)), key=lambda colour: distance(colour, ground))
    assert distance(outline, ground) >= 3


def test_the_schemes_are_what_they_are_called(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    assert not theme.is_dark(qapp)
    assert qapp.style().name().lower() == "fusion"
    theme.apply(qapp, "dark")
    assert theme.is_dark(qapp)
    assert qapp.palette().text().color() == palettes.dark().text().color()


def test_system_follows_the_desktop(qapp: QApplication) -> None:
    theme.apply(qapp, "system")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.is_dark(qapp)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not theme.is_dark(qapp)


def test_a_forced_scheme_does_not(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not theme.is_dark(qapp)


def test_grid() -> None:
    assert theme.space(3) == 3 * theme.SPACING == 12


@pytest.mark.parametrize("name", theme.icon_names())
def test_every_icon_draws_something_within_its_square(qapp: QApplication, name: str) -> None:
    image = theme.icon(name).pixmap(QSize(48, 48), 1.0).toImage()
    covered = [image.pixelColor(x, y).alpha() > 0 for x in range(48) for y in range(48)]
    edge = [image.pixelColor(x, y).alpha() for x in (0, 47) for y in range(48)]
    assert 0.03 < sum(covered) / len(covered) < 0.75
    assert not any(edge)


def opaque_colour(image: QImage) -> str:
    return next(
        image.pixelColor(x, y).name()
        for y in range(image.height())
        for x in range(image.width())
        if image.pixelColor(x, y).alpha() == 255
    )


@pytest.mark.parametrize(
    ("mode", "state", "group", "role"),
    [
        (QIcon.Mode.Normal, QIcon.State.Off, Group.Active, Role.ButtonText),
        (QIcon.Mode.Active, QIcon.State.Off, Group.Active, Role.ButtonText),
        (QIcon.Mode.Normal, QIcon.State.On, Group.Active, Role.Highlight),
        (QIcon.Mode.Selected, QIcon.State.Off, Group.Active, Role.HighlightedText),
        (QIcon.Mode.Disabled, QIcon.State.Off, Group.Disabled, Role.ButtonText),
        (QIcon.Mode.Disabled, QIcon.State.On, Group.Disabled, Role.ButtonText),
    ],
)
def test_icons_follow_the_palette_without_being_made_anew(
    qapp: QApplication, mode: QIcon.Mode, state: QIcon.State, group: Group, role: Role
) -> None:
    icon = theme.icon("tiles")
    for scheme in ("light", "dark"):
        theme.apply(qapp, scheme)
        image = icon.pixmap(QSize(48, 48), 1.0, mode, state).toImage()
        assert opaque_colour(image) == QGuiApplication.palette().color(group, role).name()


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0, 3.0])
def test_icons_have_the_pixels_of_the_screen(qapp: QApplication, ratio: float) -> None:
    pixmap = theme.icon("open").pixmap(QSize(24, 24), ratio)
    assert pixmap.size() == QSize(24, 24) * ratio
    assert pixmap.devicePixelRatio() == ratio


def test_icons_outlive_their_copies(qapp: QApplication) -> None:
    first = theme.icon("fit")
    changed = QIcon(first)
    changed.setIsMask(True)  # makes Qt clone the engine
    del first
    gc.collect()
    assert not changed.pixmap(QSize(24, 24), 1.0).isNull()


def test_icon_on_a_button(qtbot: QtBot) -> None:
    button = QPushButton(theme.icon("open"), "")
    qtbot.addWidget(button)
    button.show()
    plain = QPushButton()
    qtbot.addWidget(plain)
    plain.resize(button.size())
    assert button.grab().toImage() != plain.grab().toImage()


def test_unknown_icon() -> None:
    with pytest.raises(KeyError, match="no icon 'nothing'"):
        theme.icon("nothing")


@pytest.mark.parametrize("side", [16, 32, 64, 256, 512])
def test_app_icon_has_every_size(qapp: QApplication, side: int) -> None:
    icon = theme.app_icon()
    assert QSize(side, side) in icon.availableSizes()
    image = icon.pixmap(QSize(side, side), 1.0).toImage()
    assert image.size() == QSize(side, side)
    assert image.pixelColor(side // 2, side // 2).alpha() == 255
    assert image.pixelColor(0, 0).alpha() == 0
