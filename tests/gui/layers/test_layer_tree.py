from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QTreeView
from pytestqt.qtbot import QtBot

from engine.networks.vgg16 import VGG16
from gui.layers import text as layer_text
from gui.layers.model import LAYER_ROLE
from gui.layers.tree import LayerTree

LAYERS = VGG16.at(224).layers
GREY = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
Key = Qt.Key


@pytest.fixture
def tree(qtbot: QtBot) -> LayerTree:
    widget = LayerTree(LAYERS)
    qtbot.addWidget(widget)
    widget.resize(300, 600)
    widget.show()
    return widget


@pytest.fixture
def chosen(tree: LayerTree) -> list[str]:
    names: list[str] = []
    tree.layer_chosen.connect(names.append)
    return names


def view(tree: LayerTree) -> QTreeView:
    found = tree.findChild(QTreeView, "layerTree")
    assert isinstance(found, QTreeView)
    return found


def search(tree: LayerTree) -> QLineEdit:
    found = tree.findChild(QLineEdit, "layerSearch")
    assert isinstance(found, QLineEdit)
    return found


def rows(tree: LayerTree, role: int = Qt.ItemDataRole.DisplayRole, expanded: bool = False) -> list[str]:
    """The text of each row, in the order of the tree; only the rows that are to be seen when `expanded`."""

    def walk(parent: QModelIndex) -> list[str]:
        texts = []
        for row in range(view(tree).model().rowCount(parent)):
            index = view(tree).model().index(row, 0, parent)
            texts.append(index.data(role))
            if not expanded or view(tree).isExpanded(index):
                texts += walk(index)
        return texts

    return walk(QModelIndex())


def index_of(tree: LayerTree, *path: str) -> QModelIndex:
    index = QModelIndex()
    for text in path:
        model = view(tree).model()
        index = next(
            child for row in range(model.rowCount(index)) if (child := model.index(row, 0, index)).data() == text
        )
    return index


def click(tree: LayerTree, *path: str) -> None:
    index = index_of(tree, *path)
    view(tree).scrollTo(index)
    place = view(tree).visualRect(index).center()
    QTest.mouseClick(view(tree).viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_convolution_has_its_map_before_relu_below_it(tree: LayerTree) -> None:
    convolutions = [text for number in (1, 2) for text in (f"conv{number}", "before ReLU")]
    assert rows(tree)[:6] == ["block1", *convolutions, "pool"]
    assert rows(tree).count("before ReLU") == 13
    assert rows(tree).count("pool") == 5


def test_a_click_chooses_once(tree: LayerTree, chosen: list[str]) -> None:
    click(tree, "block2", "conv2")
    click(tree, "block2", "conv2")
    assert chosen == ["block2_conv2"]
    assert tree.current_layer() == "block2_conv2"


def test_a_block_is_not_a_layer(tree: LayerTree, chosen: list[str]) -> None:
    tree.set_current("block1_conv1")
    click(tree, "block2")
    assert chosen == []
    assert tree.current_layer() == "block1_conv1"


def selected(tree: LayerTree) -> list[str]:
    return [index.data(LAYER_ROLE).name for index in view(tree).selectionModel().selectedRows()]


def test_the_shown_layer_is_selected_whatever_is_clicked(tree: LayerTree) -> None:
    tree.set_current("block1_conv1")
    for path in (("block2",), ("block4",), ("block4",), ("block1",), ("block1",)):
        click(tree, *path)
        assert selected(tree) == ["block1_conv1"]
    click(tree, "block3", "conv1")
    assert selected(tree) == ["block3_conv1"]
    view(tree).setFocus()
    QTest.keyClick(view(tree), Key.Key_Up)  # to the block
    assert view(tree).currentIndex().data() == "block3"
    assert selected(tree) == ["block3_conv1"]
    QTest.keyClick(view(tree), Key.Key_Left)
    assert not view(tree).isExpanded(index_of(tree, "block3"))
    for _ in range(2):  # over the next block
        QTest.keyClick(view(tree), Key.Key_Down)
    assert selected(tree) == ["block4_conv1"]


def test_a_click_opens_and_closes_a_block(tree: LayerTree, chosen: list[str]) -> None:
    block = index_of(tree, "block2")
    states = []
    for _ in range(2):
        click(tree, "block2")
        states.append(view(tree).isExpanded(block))
    assert states == [False, True]
    place = view(tree).visualRect(block).center()
    QTest.mouseClick(view(tree).viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(view(tree).viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not view(tree).isExpanded(block)
    assert chosen == []


def test_a_double_click_opens_and_closes_a_convolution(tree: LayerTree, chosen: list[str]) -> None:
    layer = index_of(tree, "block2", "conv1")
    before = view(tree).isExpanded(layer)
    place = view(tree).visualRect(layer).center()
    QTest.mouseClick(view(tree).viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(view(tree).viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view(tree).isExpanded(layer) != before
    assert chosen == ["block2_conv1"]


def test_keys_choose(tree: LayerTree, chosen: list[str]) -> None:
    tree.set_current("block1_conv1")
    view(tree).setFocus()
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Down):
        QTest.keyClick(view(tree), key)
    assert chosen == ["block1_conv2", "block1_pool", "block2_conv1"]


def test_set_current_signals_nothing_and_shows_the_row(tree: LayerTree, chosen: list[str]) -> None:
    tree.set_current("block5_conv3:linear")
    assert chosen == []
    assert tree.current_layer() == "block5_conv3:linear"
    index = view(tree).currentIndex()
    assert index.data() == "before ReLU"
    assert view(tree).viewport().rect().contains(view(tree).visualRect(index).center())


def test_step_goes_over_the_visible_layers_and_stops_at_the_ends(tree: LayerTree, chosen: list[str]) -> None:
    tree.step(+1)
    tree.step(+1)
    tree.step(+1)
    tree.step(+1)
    tree.step(-1)
    assert chosen == ["block1_conv1", "block1_conv2", "block1_pool", "block2_conv1", "block1_pool"]
    tree.step(-9)
    tree.step(-1)
    assert tree.current_layer() == "block1_conv1"
    tree.step(+99)
    assert tree.current_layer() == "block5_pool"


def test_step_goes_through_what_the_search_found(tree: LayerTree, chosen: list[str]) -> None:
    tree.set_current("block1_conv1")
    QTest.keyClicks(search(tree), "pool")
    tree.step(+1)
    tree.step(+1)
    assert chosen == ["block1_pool", "block2_pool"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("pool", {info.name for info in LAYERS if info.kind == "pooling"}),
        ("linear", {info.name for info in LAYERS if info.kind == "linear"}),
        ("before ReLU", {info.name for info in LAYERS if info.kind == "linear"}),
        ("relu", {info.name for info in LAYERS if info.kind == "convolution"}),
        ("block3", {info.name for info in LAYERS if info.block == "block3"}),
        ("BLOCK3_CONV2", {"block3_conv2", "block3_conv2:linear"}),
        ("128", {info.name for info in LAYERS if info.channels == 128}),
        ("14x14", {info.name for info in LAYERS if info.output_shape[0] == 14}),
        ("14×14", {info.name for info in LAYERS if info.output_shape[0] == 14}),
        ("56²", {info.name for info in LAYERS if info.output_shape[0] == 56}),
        ("56 × 56 × 256", set()),
        ("56×56×256 activation", {"block3_conv1", "block3_conv2", "block3_conv3"}),
        ("block4 pool", {"block4_pool"}),
        ("nothing like it", set()),
        ("  ", {info.name for info in LAYERS}),
    ],
)
def test_what_a_query_matches(query: str, expected: set[str]) -> None:
    assert {info.name for info in LAYERS if layer_text.matches(info, query)} == expected


def test_the_matching_rows_are_shown_expanded(tree: LayerTree) -> None:
    QTest.keyClicks(search(tree), "block2 linear")
    assert rows(tree, expanded=True) == ["block2", "conv1", "before ReLU", "conv2", "before ReLU"]


def test_clearing_the_search_brings_back_what_was_expanded(tree: LayerTree) -> None:
    view(tree).collapse(index_of(tree, "block1"))
    view(tree).expand(index_of(tree, "block2", "conv1"))
    before = rows(tree, expanded=True)
    QTest.keyClicks(search(tree), "pool")
    assert rows(tree, expanded=True) != before
    QTest.keyClick(search(tree), Key.Key_Escape)
    assert search(tree).text() == ""
    assert rows(tree, expanded=True) == before


def test_a_search_that_hides_the_layer_chooses_no_other(tree: LayerTree, chosen: list[str]) -> None:
    tree.set_current("block1_conv1")
    QTest.keyClicks(search(tree), "pool")
    assert chosen == []
    assert tree.current_layer() == "block1_conv1"
    QTest.keyClick(search(tree), Key.Key_Escape)
    assert view(tree).currentIndex().data() == "conv1"


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Down])
def test_enter_and_down_go_to_the_first_match(tree: LayerTree, chosen: list[str], key: Key) -> None:
    tree.set_current("block1_conv1")
    tree.focus_search()
    QTest.keyClicks(search(tree), "block4 linear")
    QTest.keyClick(search(tree), key)
    assert view(tree).hasFocus()
    assert chosen == ["block4_conv1:linear"]


def test_enter_stays_on_the_shown_layer_when_it_matches(tree: LayerTree, chosen: list[str]) -> None:
    tree.set_current("block4_pool")
    QTest.keyClicks(search(tree), "pool")
    QTest.keyClick(search(tree), Key.Key_Return)
    assert chosen == []
    assert view(tree).hasFocus()


def test_a_search_without_a_match_says_so(tree: LayerTree) -> None:
    label = next(label for label in tree.findChildren(QLabel) if label.text() == "No layer matches.")
    QTest.keyClicks(search(tree), "zebra")
    assert label.isVisible()
    assert search(tree).accessibleDescription() == "No layer matches."
    QTest.keyClick(search(tree), Key.Key_Return)
    search(tree).clear()
    assert not label.isVisible()
    assert view(tree).isVisible()


def test_another_input_size_keeps_the_choice_and_changes_the_shapes(tree: LayerTree, chosen: list[str]) -> None:
    tree.set_current("block3_conv1")
    view(tree).collapse(index_of(tree, "block5"))
    before = rows(tree, expanded=True)
    tree.set_layers(VGG16.at(448).layers)
    assert chosen == []
    assert tree.current_layer() == "block3_conv1"
    assert rows(tree, expanded=True) == before
    assert index_of(tree, "block3", "conv1").siblingAtColumn(1).data() == "112² × 256"


def test_another_network_replaces_the_rows(tree: LayerTree) -> None:
    tree.set_layers(LAYERS[:3])
    assert rows(tree) == ["block1", "conv1", "before ReLU", "before ReLU"]


def color_of_picture(tree: LayerTree, *path: str) -> QColor:
    image = view(tree).viewport().grab().toImage()
    rect = view(tree).visualRect(index_of(tree, *path))
    return image.pixelColor(rect.left() + 14, rect.center().y())


def test_a_picture_is_painted_in_its_row_until_it_is_cleared(tree: LayerTree) -> None:
    table = GREY.copy()
    table[77] = (255, 0, 255)
    tree.set_picture("block1_conv1", np.full((224, 224), 77, np.uint8), table)
    assert color_of_picture(tree, "block1", "conv1") == QColor(255, 0, 255)
    assert color_of_picture(tree, "block1", "conv2") != QColor(255, 0, 255)
    tree.clear_pictures()
    assert color_of_picture(tree, "block1", "conv1") != QColor(255, 0, 255)


def test_a_layer_that_is_being_computed_looks_different(tree: LayerTree) -> None:
    before = view(tree).viewport().grab().toImage()
    tree.set_pending(["block1_conv2"])
    during = view(tree).viewport().grab().toImage()
    assert during != before
    tree.set_pending(())
    assert view(tree).viewport().grab().toImage() == before


def test_every_row_has_words_for_those_who_cannot_see_it(tree: LayerTree) -> None:
    texts = rows(tree, Qt.ItemDataRole.AccessibleTextRole)
    assert len(texts) == len(LAYERS) + 5
    assert all(texts)
    assert "block3_pool: Max pool 2×2, 256 channels of 28 by 28, sees 44 pixels, nothing to train" in texts
    assert view(tree).accessibleName()
    assert search(tree).accessibleName()


def test_the_tooltip_explains_the_receptive_field(tree: LayerTree) -> None:
    text = index_of(tree, "block3", "conv1").data(Qt.ItemDataRole.ToolTipRole)
    assert "block3_conv1: Conv 3×3 + ReLU" in text
    assert "24 × 24 pixels of the input: its receptive field" in text
    assert "256 channels, each a map of 56 × 56 values" in text
    assert "295,168 trained parameters" in text


def test_kinds_are_told_apart_in_tooltips() -> None:
    first = {info.kind: layer_text.tooltip(info).splitlines()[0] for info in VGG16.layers[:5]}
    assert first["convolution"].endswith("Conv 3×3 + ReLU")
    assert first["linear"].endswith("Conv 3×3, before ReLU")
    assert first["pooling"].endswith("Max pool 2×2")


@pytest.mark.parametrize(("width", "columns"), [(240, {0, 1}), (600, {0, 1, 2, 3})])
def test_columns_that_do_not_fit_are_hidden(tree: LayerTree, width: int, columns: set[int]) -> None:
    tree.resize(width, 600)
    assert {column for column in range(4) if not view(tree).isColumnHidden(column)} == columns
    assert view(tree).header().length() <= view(tree).viewport().width()


def test_drops_are_left_to_the_window(tree: LayerTree) -> None:
    assert not view(tree).acceptDrops()
    assert not view(tree).viewport().acceptDrops()


def test_hovering_a_row_offers_the_whole_text(tree: LayerTree) -> None:
    area = view(tree).visualRect(index_of(tree, "block1", "pool"))
    index = view(tree).indexAt(QPoint(area.left() + 2, area.center().y()))
    assert "The largest of every 2 × 2 values" in index.data(Qt.ItemDataRole.ToolTipRole)
