"""The export dialog says how large pictures of maps become once that has been measured, and nothing before."""

from __future__ import annotations

from pathlib import Path

from fake_engine import wait_until_complete
from PySide6.QtWidgets import QLabel, QRadioButton
from pytestqt.qtbot import QtBot

from engine.networks.vgg16 import VGG16
from engine.records import LayerSelection
from gui.exports.dialog import ExportDialog
from gui.formatting import bytes_text
from gui.main_window import MainWindow
from gui.state.map_export_options import ExportOptions


def preview(dialog: ExportDialog) -> str:
    return next(
        label.text() for label in dialog.findChildren(QLabel) if label.accessibleName() == "What will be written"
    )


def open_dialog(window: MainWindow, folder: Path) -> ExportDialog:
    """As Ctrl+E opens it, but without waiting for its end."""
    flow, layer = window.commands.export, window.workspace.shown_layer
    selection = LayerSelection(layer, window.views.gallery.selected_channels())
    layers = VGG16.at(window.workspace.network.size).layers
    options = ExportOptions("selection", "png", "viridis", folder=str(folder))
    dialog = ExportDialog(selection, layers, options, "viridis", window, size_of=flow._sizes.of)
    flow._sizes.known.connect(dialog.show_sizes)
    dialog.show()
    return dialog


def test_the_size_is_that_of_what_is_written(cat_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = cat_window
    window.workspace.layer = "block3_conv1"
    wait_until_complete(window, qtbot)
    window.views.gallery.select_channels([1, 4, 9])
    dialog = open_dialog(window, tmp_path / "out")
    for word, files in (("PNG", "3 files"), ("Contact", "1 file")):
        next(one for one in dialog.findChildren(QRadioButton) if word in one.text().replace("&", "")).click()
        assert preview(dialog).endswith("manifest.json to out.")  # it is being measured
        qtbot.waitUntil(lambda: "about" in preview(dialog))
        assert preview(dialog).startswith(f"Writes {files} (")
        options = dialog.options()
        window.commands.export.start(options)
        qtbot.waitUntil(lambda: not window.commands.export.busy)
        pictures = list((tmp_path / "out").glob("*.png"))
        newest = [path for path in pictures if (word == "PNG") == (path.stem != "block3_conv1")]
        size = sum(path.stat().st_size for path in newest)
        assert preview(dialog).endswith(f"; about {bytes_text(size)}.")
    window.commands.export._sizes.forget()
    dialog.close()


def test_what_was_measured_is_not_measured_again(cat_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    cat_window.views.gallery.select_channels([1])
    sizes = cat_window.commands.export._sizes
    options = ExportOptions("selection", "png", "viridis", folder=str(tmp_path))
    assert sizes.of(options) is None
    with qtbot.waitSignal(sizes.known):
        pass
    known = sizes.of(ExportOptions("selection", "png", "viridis", folder="elsewhere", overwrite=True))
    assert known is not None
    sizes.forget()
    cat_window.views.gallery.select_channels([1, 2, 3])
    assert sizes.of(options) is None
    with qtbot.waitSignal(sizes.known):
        pass
    more = sizes.of(options)
    assert more is not None
    assert more > known


def test_nothing_is_said_of_maps_that_are_not_there(window: MainWindow) -> None:
    assert window.commands.export._sizes.of(ExportOptions("layer", "png")) is None
    assert window.commands.export._sizes._job is None
