"""Sentences in the bar: they wait, they give way, and none is lost."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.style import palettes
from gui.widgets.message_bar import MOST_REMEMBERED, Message, MessageBar


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def bar(window: QWidget) -> MessageBar:
    bar = MessageBar()
    layout = QVBoxLayout(window)
    layout.addWidget(bar)
    layout.addStretch(1)
    window.resize(800, 300)
    window.show()
    return bar


def close(bar: MessageBar, qtbot: QtBot) -> None:
    (button,) = (one for one in bar.findChildren(QToolButton) if one.accessibleName() == "Close this message")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def shown(bar: MessageBar) -> str:
    message = bar.current()
    return message.text if message else ""


def test_hidden_while_there_is_nothing_to_say(bar: MessageBar) -> None:
    assert bar.objectName() == "messageBar"
    assert not bar.isVisible()
    assert bar.current() is None
    assert bar.recent() == ()


@pytest.mark.parametrize("kind", ["info", "warning", "error"])
def test_a_sentence_stays_until_closed(bar: MessageBar, qtbot: QtBot, kind: str) -> None:
    bar.show_message("The picture is truncated.", kind)  # type: ignore[arg-type]
    assert bar.isVisible()
    assert bar.accessibleDescription().endswith(": The picture is truncated.")
    close(bar, qtbot)
    assert not bar.isVisible()
    assert [message.text for message in bar.recent()] == ["The picture is truncated."]


def test_serious_ones_wait_below_later_ones(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_message("First error.", "error")
    bar.show_message("A warning.", "warning")
    bar.show_message("Something good.", "info")
    assert shown(bar) == "Something good."
    more = next(button for button in bar.findChildren(QToolButton) if button.text() == "2 more")
    assert more.toolTip() == "<p>A warning.</p><p>First error.</p>"
    with qtbot.waitSignal(bar.list_wanted):
        qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    close(bar, qtbot)
    assert shown(bar) == "A warning."
    assert more.text() == "1 more"
    close(bar, qtbot)
    assert shown(bar) == "First error."
    assert not more.isVisible()
    close(bar, qtbot)
    assert not bar.isVisible()


def test_many_that_wait_are_told_in_part(bar: MessageBar) -> None:
    for number in range(9):
        bar.show_message(f"<b>{number}", "error")
    (more,) = (button for button in bar.findChildren(QToolButton) if button.text() == "8 more")
    assert more.toolTip().startswith("<p>&lt;b&gt;7</p>")
    assert more.toolTip().endswith("<p>… and 2 more</p>")


def test_information_gives_way(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_message("Saved.")
    bar.show_message("Broken.", "error")
    close(bar, qtbot)
    assert not bar.isVisible()
    assert [message.text for message in bar.recent()] == ["Saved.", "Broken."]


def test_the_same_sentence_does_not_pile_up(bar: MessageBar, qtbot: QtBot) -> None:
    for _ in range(3):
        bar.show_message("No permission.", "error")
    assert len(bar.recent()) == 3
    close(bar, qtbot)
    assert not bar.isVisible()


def test_only_so_many_are_remembered(bar: MessageBar) -> None:
    for number in range(MOST_REMEMBERED + 5):
        bar.show_message(f"Message {number}.")
    assert len(bar.recent()) == MOST_REMEMBERED
    assert bar.recent()[-1].text == f"Message {MOST_REMEMBERED + 4}."


def test_buttons(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_message("No weights.", "warning", [("Choose a file…", "choose"), ("Download", "download")])
    buttons = bar.findChildren(QPushButton)
    assert [button.text() for button in buttons] == ["Choose a file…", "Download"]
    with qtbot.waitSignal(bar.action_wanted) as caught:
        QTest.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert caught.args == ["download"]
    assert not bar.isVisible()


def test_buttons_belong_to_their_sentence(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_message("No weights.", "warning", [("Download", "download")])
    bar.show_message("Broken.", "error")
    assert not [button for button in bar.findChildren(QPushButton) if button.isVisible()]
    close(bar, qtbot)
    assert [button.text() for button in bar.findChildren(QPushButton) if button.isVisible()] == ["Download"]


def test_one_can_be_closed_from_outside(bar: MessageBar) -> None:
    warning = bar.show_message("No weights.", "warning")
    bar.show_message("Broken.", "error")
    bar.close_message(warning)
    assert shown(bar) == "Broken."
    bar.close_message(Message("Never shown."))
    assert shown(bar) == "Broken."
    bar.close_message()
    assert not bar.isVisible()


def test_it_takes_no_focus(bar: MessageBar, window: QWidget) -> None:
    field = QPushButton(window)
    field.show()
    field.setFocus()
    bar.show_message("Broken.", "error", [("Help", "help")])
    assert window.focusWidget() is field


def test_a_long_path_does_not_widen_the_window(bar: MessageBar, window: QWidget) -> None:
    bar.show_message("/a/very/long/path" * 60, "error")
    assert window.minimumSizeHint().width() < 400
    assert shown(bar) == "/a/very/long/path" * 60


def test_a_long_sentence_is_readable_to_its_end(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_message("Short.", "error")
    qtbot.wait(1)
    height = bar.height()
    bar.show_message("A sentence with many words. " * 20, "error")
    qtbot.waitUntil(lambda: bar.height() > 2 * height - 20)


def test_markup_is_shown_as_it_is(bar: MessageBar) -> None:
    bar.show_message("<b>name</b>.png is not a picture.", "error")
    assert all(label.textFormat() != Qt.TextFormat.RichText for label in bar.findChildren(QLabel))
    assert any("<b>" in label.text() for label in bar.findChildren(QLabel))


def test_copy(bar: MessageBar) -> None:
    bar.show_message("The file /tmp/a.b_c.png is broken.", "error")
    label = next(label for label in bar.findChildren(QLabel) if label.actions())
    label.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == "The file /tmp/a.b_c.png is broken."


def test_the_colours_follow_the_palette(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_message("Broken.", "error")
    for palette in (palettes.light(), palettes.dark()):
        bar.setPalette(palette)
        image = bar.grab().toImage()
        assert image.pixelColor(1, 5).name() == palette.color(QPalette.ColorRole.BrightText).name()
        assert image.pixelColor(60, 3).name() == palette.color(QPalette.ColorRole.AlternateBase).name()
