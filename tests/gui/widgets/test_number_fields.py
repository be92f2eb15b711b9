"""Every field for a number, in every kind of locale: a point or a comma, and never a wrong value without a word."""

import ast
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

import gui
from gui.main_window import MainWindow
from gui.patterns.parameter_editors import FactorsEditor
from gui.widgets.auto_spin_box import AutoSpin
from gui.widgets.field_note import FieldNote
from gui.widgets.number_boxes import NumberBox, WholeBox
from gui.widgets.number_reading import UnreadableError, decimal_number, decimal_numbers, plain, whole_number

LOCALES = ["de_DE", "fr_FR", "de_CH", "ar_EG", "fa_IR", "hi_IN", "en_US"]

Key = Qt.Key


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> Iterator[str]:
    """The desktop's locale, while everything that the test makes is made."""
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(400, 200)
    host.show()
    return host


def type_in(field: QWidget, text: str) -> None:
    field.setFocus()
    assert isinstance(field, QAbstractSpinBox | QLineEdit)
    field.selectAll()
    for sign in text:
        QTest.keyClicks(field, sign) if sign.isascii() else paste(field, sign)
    QTest.keyClick(field, Key.Key_Return)


def paste(field: QAbstractSpinBox | QLineEdit, text: str) -> None:
    """An input method or the clipboard: QTest has keys for ASCII only."""
    edit = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)
    assert edit is not None
    edit.insert(text)


def notes(field: QWidget) -> list[str]:
    """What is said about a field at the moment."""
    return [note.text() for note in field.window().findChildren(FieldNote) if note.isVisible() and note.field is field]


def named(parent: QWidget, name: str) -> NumberBox | WholeBox:
    found = next(box for box in parent.findChildren(QAbstractSpinBox) if box.accessibleName() == name)
    assert isinstance(found, NumberBox | WholeBox)
    return found


def try_every_text(box: QAbstractSpinBox) -> None:
    """Type what people type; afterwards the box has the value, or the one before and a sentence."""
    assert isinstance(box, NumberBox | WholeBox), f"{box.accessibleName()} is a field of another kind"
    readable = {"0.5": 0.5, "0,5": 0.5, "99999999999": 99999999999.0, "-99999999": -99999999.0}
    for text in (*readable, "1,000", "1.000,5", "1 000", "5e", "1e99", "x"):
        before = box.value()
        type_in(box, text)
        if isinstance(box, NumberBox) and box.minimum() <= readable.get(text, math.inf) <= box.maximum():
            assert box.value() == readable[text], text
            assert float(box.cleanText()) == readable[text]
            assert notes(box) == []
            box.stepBy(1)
        else:
            assert box.value() == before, text
            assert any(text in note for note in notes(box)), (box.accessibleName(), text, notes(box))
        assert box.cleanText().isascii()


def test_every_field_of_the_window(locale: str, cat_window: MainWindow) -> None:
    boxes = cat_window.findChildren(QAbstractSpinBox)
    assert len(boxes) > 20
    for box in boxes:
        owner: QWidget | None = box
        while owner is not None and owner is not cat_window:  # as if each tab, fold and mode were open
            owner.setVisible(True)
            owner.setEnabled(True)
            owner = owner.parentWidget()
        box.blockSignals(True)
        try_every_text(box)


def test_nothing_in_the_program_makes_another_kind_of_field() -> None:
    """So that the walk above sees every field, also of dialogs that are made later."""
    boxes = {"QSpinBox", "QDoubleSpinBox", "QDateTimeEdit", "QDateEdit", "QTimeEdit", "SpinBox"}
    for path in Path(gui.__path__[0]).glob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)}
        assert path.name == "number_boxes.py" or not names & boxes, path.name


def test_fixed_limits_with_a_comma(locale: str, cat_window: MainWindow) -> None:
    cat_window.action("scale_absolute").trigger()
    for text, value in (("0,5", 0.5), ("0.25", 0.25), (",75", 0.75), ("-1,5", -1.5), ("1e3", 1000.0)):
        type_in(named(cat_window.views.tools, "Lower limit"), text)
        assert cat_window.workspace.style.low == value


def test_a_recipe_s_numbers_with_a_comma(locale: str, cat_window: MainWindow) -> None:
    form = cat_window.views.patterns
    cat_window.action("pattern_panel").setChecked(True)
    decay = next(box for box in form.findChildren(NumberBox) if box.objectName() == "decay")
    decay.setVisible(True)
    type_in(decay, "0,03")
    assert dict(form.settings().overrides)["decay"] == 0.03
    assert decay.cleanText() == "0.03"


@pytest.mark.parametrize("digits", ["٠٫٥", "۰٫۵", "०.५", "\u200e۰,۵", "0.5", "+.5", "5e-1"])
def test_digits_of_any_script(host: QWidget, digits: str) -> None:
    box = NumberBox(host, minimum=-10, maximum=10, value=3)
    box.show()
    type_in(box, digits)
    assert (box.value(), box.text()) == (0.5, "0.50")


def test_a_unit_and_a_minus_of_typographers(host: QWidget) -> None:
    box = NumberBox(host, minimum=-10, maximum=10, suffix=" px", prefix="+/- ")
    box.show()
    type_in(box, "\N{MINUS SIGN}2,25")
    assert (box.value(), box.text()) == (-2.25, "+/- -2.25 px")


def test_a_number_out_of_range_is_said_and_not_cut(host: QWidget) -> None:
    box = WholeBox(host, minimum=0, maximum=99, value=7)
    box.show()
    type_in(box, "100")
    assert box.value() == 7
    assert notes(box) == ["Choose a number from 0 to 99. Received: 100."]
    QTest.keyClick(box, Key.Key_Up)
    assert (box.value(), notes(box)) == (8, [])


def test_leaving_the_field_says_it_too(host: QWidget, qtbot: QtBot) -> None:
    box, other = NumberBox(host, value=3), WholeBox(host)
    other.move(100, 0)
    for widget in (box, other):
        widget.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "1,000")
    QTest.keyClick(box, Key.Key_Tab)
    assert box.value() == 3
    assert notes(box) == ["1,000 can mean 1 or 1000; type the one that you mean."]
    qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    assert notes(box) != []  # a tool tip would be gone
    box.hide()
    assert notes(box) == []


def test_notes_stay_inside_the_window(host: QWidget) -> None:
    box = WholeBox(host, maximum=9)
    box.move(host.width() - box.width(), host.height() - box.height())
    box.show()
    type_in(box, "2.5")
    (note,) = (note for note in host.findChildren(FieldNote) if note.isVisible())
    assert host.rect().contains(note.geometry())
    assert not note.geometry().intersects(box.geometry())


def test_auto_is_typed_and_half_a_step_is_not(host: QWidget) -> None:
    box = AutoSpin(16, 64, 8, start=32, parent=host)
    box.show()
    for text, number in (("24", 24), ("0,5", 24), ("100", 24), ("7", 16), ("auto", None), ("2.4", None)):
        type_in(box, text)
        assert box.number() == number, text


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0.9, 1; 1.1", (0.9, 1.0, 1.1)),
        ("0,9; 1,1", (0.9, 1.1)),
        ("0.9,1.1", (0.9, 1.1)),
        ("0,9", (0.9,)),
        ("2, 3", (2.0, 3.0)),
        ("2 3", (2.0, 3.0)),
        ("", ()),
    ],
)
def test_lists_of_numbers(text: str, numbers: tuple[float, ...]) -> None:
    assert decimal_numbers(text, 0.1, 10) == numbers


def test_a_list_that_could_be_a_number_is_not_guessed(host: QWidget) -> None:
    field = FactorsEditor(host)
    field.show_value((2.0,))
    field.show()
    type_in(field, "1,1")
    assert field.text() == "2"
    assert notes(field) == ["1,1 can mean 1.1 or 1; 1; type the one that you mean."]


@pytest.mark.parametrize("text", ["", ".", "-", "1,2,3", "1.2.3", "1'000", "0x10", "nan", "inf", "1_0", "²", "1 5"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(UnreadableError):
        decimal_number(text, -1e9, 1e9, 4)
    with pytest.raises(UnreadableError):
        whole_number(text, -(10**9), 10**9)


def test_finer_than_the_field_is_said() -> None:
    assert decimal_number("0.1250", 0, 1, 3) == 0.125
    with pytest.raises(UnreadableError, match="3 decimals"):
        decimal_number("0.0004", 0, 1, 3)


def test_plain_numbers() -> None:
    assert [plain(value) for value in (1e6, 0.03, -2.0, 1e-7, 2**31)] == [
        "1000000",
        "0.03",
        "-2",
        "1e-07",
        "2147483648",
    ]


def test_the_application_writes_numbers_in_one_way(qapp: QApplication, tmp_path: Path) -> None:
    """Sizes and dates in Qt's own dialogs, too."""
    from gui import app

    before = QLocale()
    QLocale.setDefault(QLocale("ar_EG"))
    try:
        _, window = app.create(["convscope"], tmp_path / "settings.ini")
        dialog = QDialog(window)
        assert dialog.locale().toString(1234.5, "f", 1) == "1234.5"
        window.close()
        window.deleteLater()
    finally:
        QLocale.setDefault(before)
