"""The guide in the program: F1 opens the page that fits, and the window of the guide does what browsers do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_engine import wait_until_complete
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QLineEdit, QToolButton, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from gui.exports.dialog import ExportDialog
from gui.guide.browser import GuideBrowser
from gui.guide.window import GuideWindow
from gui.main_window import MainWindow
from gui.state.settings import Settings
from gui.style import theme
from gui.widgets import first_hint

Alt, Ctrl = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def guide() -> GuideWindow | None:
    """The window of the guide, if it is on the screen."""
    windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, GuideWindow)]
    return next((window for window in windows if window.isVisible()), None)


def opened(qtbot: QtBot) -> GuideWindow:
    qtbot.waitUntil(lambda: guide() is not None)
    found = guide()
    assert found is not None
    qtbot.waitExposed(found)
    return found


@pytest.fixture
def shown_guide(window: MainWindow, qtbot: QtBot) -> GuideWindow:
    window.commands.guide.show_page("first-steps.md")
    return opened(qtbot)


def browser_of(shown: GuideWindow) -> GuideBrowser:
    browser = shown.findChild(GuideBrowser)
    assert browser is not None
    return browser


def focused_in(widget: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is widget or widget.isAncestorOf(focused))


def press_f1(window: MainWindow, focus: QWidget, qtbot: QtBot) -> GuideWindow:
    window.activateWindow()
    focus.setFocus()
    qtbot.waitUntil(lambda: focused_in(focus))
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F1)
    return opened(qtbot)


def test_f1_before_there_is_a_picture(window: MainWindow, qtbot: QtBot) -> None:
    page = window.views.faces.currentWidget()
    assert page is not None
    assert press_f1(window, page, qtbot).page() == "first-steps.md"


def test_f1_opens_the_page_about_what_has_the_focus(cat_window: MainWindow, qtbot: QtBot) -> None:
    views = cat_window.views
    cat_window.action("pattern_panel").setChecked(True)
    cases = {
        views.gallery: "feature-maps.md",
        views.strip: "first-steps.md",
        views.tree: "feature-maps.md",
        views.patterns: "patterns.md",
    }
    for widget, page in cases.items():
        assert press_f1(cat_window, widget, qtbot).page() == page
    boxes = {box.accessibleName(): box for box in views.tools.findChildren(QComboBox)}
    for name, page in {"Scale": "scales.md", "Colours": "colours.md", "Make square by": "memory.md"}.items():
        assert press_f1(cat_window, boxes[name], qtbot).page() == page
    views.pattern_tabs.setCurrentWidget(views.queue)
    views.queue.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # its buttons are off and its list is empty
    assert press_f1(cat_window, views.queue, qtbot).page() == "queue.md"


def test_f1_follows_what_the_tiles_and_the_viewer_show(cat_window: MainWindow, qtbot: QtBot) -> None:
    views = cat_window.views
    cat_window.action("content_patterns").trigger()
    assert press_f1(cat_window, views.gallery, qtbot).page() == "patterns.md"
    cat_window.action("content_maps").trigger()
    assert press_f1(cat_window, views.gallery, qtbot).page() == "feature-maps.md"
    cat_window.action("show_pattern").trigger()
    assert press_f1(cat_window, views.viewer, qtbot).page() == "patterns.md"
    cat_window.action("show_channel").trigger()
    assert press_f1(cat_window, views.viewer, qtbot).page() == "feature-maps.md"


def test_f1_in_the_export_dialog(cat_window: MainWindow, qtbot: QtBot) -> None:
    seen: list[str] = []

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        try:
            qtbot.waitUntil(dialog.isActiveWindow)
            QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_F1)
            shown = opened(qtbot)
            seen.extend((shown.page(), dialog.windowModality().name))
            qtbot.waitUntil(shown.isActiveWindow)
            QTest.keyClick(shown, Qt.Key.Key_Escape)
            qtbot.waitUntil(lambda: guide() is None)
        finally:
            dialog.reject()

    QTimer.singleShot(0, press)
    cat_window.action("export").trigger()
    assert seen == ["exports.md", "WindowModal"]


@pytest.mark.parametrize(
    ("command", "page"), [("shortcuts", "keys.md"), ("messages", "trouble.md"), ("about", "first-steps.md")]
)
def test_f1_in_other_dialogs(window: MainWindow, qtbot: QtBot, command: str, page: str) -> None:
    window.action(command).trigger()
    dialog = next(widget for widget in window.findChildren(QDialog) if widget.isVisible())
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog, Qt.Key.Key_F1)
    assert opened(qtbot).page() == page
    dialog.reject()


def test_escape_closes_it_and_the_menu_opens_it_again(
    shown_guide: GuideWindow, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(browser_of(shown_guide), Qt.Key.Key_Escape)
    assert guide() is None
    assert window.isVisible()
    window.action("guide").trigger()
    assert opened(qtbot) is shown_guide


def test_it_closes_with_the_program(shown_guide: GuideWindow, window: MainWindow) -> None:
    window.close()
    assert guide() is None


def test_size_and_text_size_are_remembered(
    make_window: Callable[[], MainWindow], qtbot: QtBot, settings_file: Path
) -> None:
    window = make_window()
    window.commands.guide.show_page("scales.md")
    shown = opened(qtbot)
    shown.resize(700, 480)
    qtbot.waitUntil(shown.isActiveWindow)
    before = browser_of(shown).document().size().height()
    for _ in range(3):
        qtbot.keyClick(browser_of(shown), Qt.Key.Key_Plus, Ctrl)
    assert browser_of(shown).document().size().height() > before
    assert shown.page() == "scales.md"
    window.close()
    assert Settings(settings_file).guide_zoom == 130
    again = make_window()
    again.commands.guide.show_page("scales.md")
    shown = opened(qtbot)
    qtbot.waitUntil(shown.isActiveWindow)
    assert (shown.width(), shown.height()) == (700, 480)
    qtbot.keyClick(browser_of(shown), Qt.Key.Key_0, Ctrl)
    assert again.settings.guide_zoom == 100
    qtbot.keyClick(browser_of(shown), Qt.Key.Key_Minus, Ctrl)
    assert again.settings.guide_zoom == 90


def click_on(browser: GuideBrowser, text: str, qtbot: QtBot) -> None:
    """Click on the first place of the page that has this text."""
    found = browser.document().find(text)
    assert not found.isNull()
    browser.setTextCursor(QTextCursor(found))
    browser.ensureCursorVisible()
    place = browser.cursorRect(found).center() - QPoint(5, 0)
    qtbot.mouseClick(browser.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_links_back_and_forward(shown_guide: GuideWindow, qtbot: QtBot) -> None:
    browser = browser_of(shown_guide)
    click_on(browser, "Exports and manifests", qtbot)
    assert shown_guide.page() == "exports.md"
    qtbot.keyClick(browser, Qt.Key.Key_Left, Alt)
    assert shown_guide.page() == "first-steps.md"
    qtbot.keyClick(browser, Qt.Key.Key_Right, Alt)
    assert shown_guide.page() == "exports.md"
    back = next(button for button in shown_guide.findChildren(QToolButton) if button.accessibleName() == "Back")
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert shown_guide.page() == "first-steps.md"
    assert not back.isEnabled()


def test_a_link_to_a_heading_scrolls_there(shown_guide: GuideWindow, qtbot: QtBot) -> None:
    browser = browser_of(shown_guide)
    shown_guide.show_page("scales.md#as-in-the-book-chollet")
    place = browser.cursorRect(browser.document().find("As in the book (chollet)"))
    assert abs(place.top()) < browser.viewport().height() / 4
    assert browser.verticalScrollBar().value() > 0


def test_contents_follow_and_lead(shown_guide: GuideWindow, qtbot: QtBot) -> None:
    contents = shown_guide.findChild(QTreeView)
    assert contents is not None
    shown_guide.show_page("badges.md")
    assert contents.currentIndex().data() == "Badges"
    assert contents.isExpanded(contents.currentIndex())
    contents.setFocus()
    qtbot.keyClick(contents, Qt.Key.Key_Down)
    assert shown_guide.page() == "badges.md"
    assert contents.currentIndex().data() == "Blank"
    qtbot.keyClick(contents, Qt.Key.Key_Home)
    assert shown_guide.page() == "first-steps.md"


def test_search_finds_pages_and_places(shown_guide: GuideWindow, qtbot: QtBot) -> None:
    browser, field = browser_of(shown_guide), shown_guide.findChild(QLineEdit)
    contents = shown_guide.findChild(QTreeView)
    assert field is not None
    assert contents is not None
    qtbot.keyClick(browser, Qt.Key.Key_F, Ctrl)
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "DeepDream")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert shown_guide.page() == "patterns.md"
    assert browser.textCursor().selectedText() == "DeepDream"
    assert len(browser.extraSelections()) == 1
    rows = range(contents.model().rowCount())
    visible = [
        contents.model().index(row, 0).data() for row in rows if not contents.isRowHidden(row, contents.rootIndex())
    ]
    assert visible == ["Reading a pattern (1)"]
    field.clear()
    qtbot.waitUntil(lambda: not browser.extraSelections())
    assert not any(contents.isRowHidden(row, contents.rootIndex()) for row in rows)


def test_search_for_what_is_nowhere(shown_guide: GuideWindow, qtbot: QtBot) -> None:
    field = shown_guide.findChild(QLineEdit)
    assert field is not None
    qtbot.keyClicks(field, "xylophone")
    nothing = next(label for label in shown_guide.findChildren(QLabel) if "No page" in label.text())
    qtbot.waitUntil(nothing.isVisible)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert shown_guide.page() == "first-steps.md"


def test_pictures_follow_the_scheme_and_the_place_stays(
    shown_guide: GuideWindow, qapp: QApplication, qtbot: QtBot
) -> None:
    shown_guide.show_page("patterns.md")
    browser = browser_of(shown_guide)
    browser.verticalScrollBar().setValue(900)
    before = browser.cursorForPosition(QPoint(0, 0)).block().text()
    name = "pictures/panel-light.webp"
    light = browser.loadResource(2, name)
    theme.apply(qapp, "dark")
    try:
        qtbot.waitUntil(lambda: browser.palette().base().color().lightnessF() < 0.5)
        dark = browser.loadResource(2, name)
        assert isinstance(light, QImage)
        assert light.size() == dark.size()
        assert light.pixelColor(4, 4).lightness() > 200 > 90 > dark.pixelColor(4, 4).lightness()
        assert shown_guide.page() == "patterns.md"
        assert browser.cursorForPosition(QPoint(0, 0)).block().text() == before != ""
    finally:
        theme.apply(qapp, "light")


def test_a_closed_guide_keeps_no_pictures_and_comes_back_as_it_was(shown_guide: GuideWindow, qtbot: QtBot) -> None:
    shown_guide.show_page("patterns.md")
    browser = browser_of(shown_guide)
    browser.verticalScrollBar().setValue(900)
    before = browser.cursorForPosition(QPoint(0, 0)).block().text()
    assert browser._images
    shown_guide.close()
    assert not browser._images
    assert browser.document().isEmpty()
    shown_guide.show()
    qtbot.waitUntil(lambda: browser.cursorForPosition(QPoint(0, 0)).block().text() == before != "")
    shown_guide.close()
    shown_guide.show_page("scales.md")
    shown_guide.show()
    assert browser._images
    assert browser.verticalScrollBar().value() == 0
    shown_guide.close()
    shown_guide.show_page("scales.md#what-to-use-when")
    shown_guide.show()
    qtbot.waitUntil(lambda: browser.verticalScrollBar().value() > 0)


def test_pictures_fit_into_a_narrow_window(shown_guide: GuideWindow, qtbot: QtBot) -> None:
    shown_guide.show_page("first-steps.md")
    shown_guide.resize(620, 500)
    browser = browser_of(shown_guide)
    qtbot.waitUntil(lambda: browser.viewport().width() < 420)
    assert browser.document().idealWidth() <= browser.viewport().width()


def test_nothing_is_fetched_from_elsewhere(shown_guide: GuideWindow) -> None:
    browser = browser_of(shown_guide)
    assert browser.loadResource(4, "README.md").startswith("# There is no page")
    assert browser.loadResource(3, "style.css") is None


def test_the_hint_is_shown_once(
    make_window: Callable[[], MainWindow], qtbot: QtBot, cat_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_hint, "_READ_MILLISECONDS", 0)
    window = make_window()
    assert window.views.hint.isVisible()
    assert window.views.hint.height() < 40
    qtbot.wait(2)
    window.open_images([cat_path])
    wait_until_complete(window, qtbot)
    window.controller.close_picture(0)
    qtbot.waitUntil(lambda: window.views.faces.currentIndex() == 0)
    assert not window.views.hint.isVisible()
    window.close()
    assert not make_window().views.hint.isVisible()


def test_a_picture_named_at_the_start_leaves_the_hint_for_another_time(cat_window: MainWindow) -> None:
    assert cat_window.settings.first_hint
    cat_window.controller.close_picture(0)
    assert cat_window.views.hint.isVisible()


def test_the_hint_can_be_closed_and_leads_to_the_guide(
    make_window: Callable[[], MainWindow], qtbot: QtBot, settings_file: Path
) -> None:
    window = make_window()
    text = next(iter(window.views.hint.findChildren(QLabel)))
    text.linkActivated.emit("guide")
    assert opened(qtbot).page() == "first-steps.md"
    qtbot.mouseClick(next(iter(window.views.hint.findChildren(QToolButton))), Qt.MouseButton.LeftButton)
    assert not window.views.hint.isVisible()
    window.close()
    assert not Settings(settings_file).first_hint
