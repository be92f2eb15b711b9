"""The dialog about the program."""

import subprocess
import sys
from importlib import metadata

import PySide6
import pytest
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

import engine
from engine.memory import machine
from engine.records import WeightsFile
from gui.dialogs.about import AboutDialog, about_rows

WEIGHTS = WeightsFile(f"/some/where{12 * '/deeper'}/vgg16.weights.h5", 64 * "a", "bundled", known=True)


def test_versions_are_those_that_run() -> None:
    rows = dict(about_rows(WEIGHTS, "CPU"))
    assert rows["Convscope"] == engine.__version__
    assert rows["Qt"] == qVersion()
    assert rows["PySide6"] == PySide6.__version__
    assert rows["Keras"] == metadata.version("keras")
    assert rows["TensorFlow"].startswith("2.")
    assert rows["Pillow"] == metadata.version("pillow")
    assert rows["Device"].startswith("CPU")
    assert (rows["Weights"], rows["SHA-256"]) == (WEIGHTS.path, WEIGHTS.sha256)


def test_without_weights_and_device() -> None:
    rows = dict(about_rows(None, ""))
    assert rows["Weights"] == "none"
    assert rows["Device"] == "not known yet"
    assert "SHA-256" not in rows


@pytest.mark.parametrize(
    ("platform", "distributions", "device", "text"),
    [
        ("linux", {"tensorflow-cpu": "2"}, "CPU", "CPU; this build of TensorFlow uses no GPU"),
        ("linux", {"tensorflow": "2"}, "CPU", "CPU"),
        ("linux", {"tensorflow": "2"}, "GPU NVIDIA T4", "GPU NVIDIA T4"),
        ("win32", {"tensorflow": "2"}, "CPU", "CPU; this build of TensorFlow uses no GPU"),
    ],
)
def test_why_it_is_no_gpu(
    monkeypatch: pytest.MonkeyPatch, platform: str, distributions: dict[str, str], device: str, text: str
) -> None:
    def version(name: str) -> str:
        if name not in distributions:
            raise metadata.PackageNotFoundError(name)
        return distributions[name]

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(sys, "platform", platform)
    assert dict(about_rows(None, device))["Device"] == text


def test_a_library_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    assert dict(about_rows(None, ""))["Keras"] == "not found"


def test_asking_for_versions_loads_no_tensorflow() -> None:
    code = (
        "import sys, gui.dialogs.about; gui.dialogs.about.about_rows(None, ''); sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture(autouse=True)
def _memory_of_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is used changes between two looks."""
    monkeypatch.setattr(machine, "used_bytes", lambda: 10**9)


@pytest.fixture
def dialog(qtbot: QtBot) -> AboutDialog:
    dialog = AboutDialog(WEIGHTS, "CPU, 2 cores")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_everything_is_on_the_page(dialog: AboutDialog) -> None:
    page = "\n".join(label.text().replace("\n", "") for label in dialog.findChildren(QLabel))
    for name, value in about_rows(WEIGHTS, "CPU, 2 cores"):
        assert name in page
        assert value in page
    for words in ("MIT", "CC BY 4.0", "Simonyan", "Zisserman", "Oxford", "Stéfan van der Walt", "CC0"):
        assert words in page


def test_copy(dialog: AboutDialog, qtbot: QtBot) -> None:
    copy = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Cop&y")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.text()
    assert f"SHA-256: {WEIGHTS.sha256}" in dialog.text()


def test_nothing_is_cut_off(dialog: AboutDialog) -> None:
    labels = [label for label in dialog.findChildren(QLabel) if not label.wordWrap()]
    assert all(label.width() >= label.sizeHint().width() for label in labels)
    assert all(label.height() >= label.sizeHint().height() for label in labels)


def test_it_fits_a_small_screen(dialog: AboutDialog) -> None:
    assert dialog.sizeHint().width() < 800
    assert dialog.sizeHint().height() < 700


def test_escape_closes_it(dialog: AboutDialog, qtbot: QtBot) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
