"""The side of the network's input: a number, a menu of usual ones, and the memory that it will take."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from engine.memory import estimates
from engine.networks.description import NetworkDescription
from gui.formatting import bytes_text
from gui.style import theme
from gui.widgets.number_boxes import WholeBox
from gui.widgets.tips import change_tip

PRESETS = (64, 128, 224, 320, 448, 640)
"""Sizes in the menu, in pixels."""

STEP = 32
"""What an arrow key adds, in pixels: most networks halve their input five times."""

DEBOUNCE_MILLISECONDS = 250
"""Steps that follow one another as quickly as this become one wish."""


class InputSizeBox(QWidget):
    """Chooses the input size.

    Signals:
        size_wanted: The side that the person wants, in pixels; once a change, after the last step of a quick series.
    """

    size_wanted = Signal(int)

    def __init__(self, network: NetworkDescription, parent: QWidget | None = None) -> None:
        """Offer the sizes that a network can take."""
        super().__init__(parent)
        self.setObjectName("inputSizeBox")
        self._network = network
        self._announced = network.size
        self._spin = self._make_spin()
        self._menu = self._make_menu()
        self._menu_button = self._make_menu_button()
        self._memory = QLabel()
        self._memory.setAccessibleName("Memory for the feature maps")
        self._memory.setForegroundRole(self._memory.palette().ColorRole.PlaceholderText)
        self._memory.setMinimumWidth(self._memory.fontMetrics().horizontalAdvance("888 MB of maps"))
        self._debounce = QTimer(self, singleShot=True, interval=DEBOUNCE_MILLISECONDS)
        self._debounce.timeout.connect(self._announce)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        for widget in (self._spin, self._menu_button, self._memory):
            layout.addWidget(widget)
        self.show_memory()

    def value(self) -> int:
        """The size in the box, in pixels."""
        return self._spin.value()

    def set_value(self, size: int) -> None:
        """Show that size; this is not a wish of the person, so `size_wanted` keeps silent."""
        self._debounce.stop()
        with QSignalBlocker(self._spin):
            self._spin.setValue(size)
        self._announced = self._spin.value()
        self.show_memory()

    def _make_spin(self) -> WholeBox:
        spin = WholeBox()
        smallest, largest = self._network.sizes()
        spin.setRange(smallest, largest)
        spin.setSingleStep(STEP)
        spin.setSuffix(" px")
        spin.setValue(self._network.size)
        spin.setAccessibleName("Input size")
        spin.setAccessibleDescription(f"Side of the network's input in pixels, from {smallest} to {largest}")
        spin.setToolTip("Side of the network's input")
        spin.valueChanged.connect(self._value_changed)
        spin.editingFinished.connect(self._announce)
        spin.lineEdit().textChanged.connect(self.show_memory)
        return spin

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        smallest, largest = self._network.sizes()
        for size in PRESETS:
            if not smallest <= size <= largest:
                continue
            action = menu.addAction(f"{size} px\t{bytes_text(self._network.at(size).maps_bytes())}")
            action.setData(size)
        menu.triggered.connect(self._preset_chosen)
        return menu

    def _make_menu_button(self) -> QToolButton:
        button = QToolButton(arrowType=Qt.ArrowType.DownArrow, autoRaise=True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName("Usual input sizes")
        button.setToolTip("Usual input sizes, with the memory for their feature maps")
        button.clicked.connect(self._open_menu)
        return button

    @Slot(int)
    def _value_changed(self, _size: int) -> None:
        self._debounce.start()

    @Slot()
    def _open_menu(self) -> None:
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    @Slot(QAction)
    def _preset_chosen(self, action: QAction) -> None:
        self._spin.setValue(action.data())
        self._announce()

    @Slot()
    def _announce(self) -> None:
        self._debounce.stop()
        self.show_memory()  # what cannot be has been taken back by now
        if self._spin.value() != self._announced:
            self._announced = self._spin.value()
            self.size_wanted.emit(self._announced)

    @Slot()
    def show_memory(self) -> None:
        """Say what the number in the box will take, already while it is being typed, and whether that is allowed."""
        if not self._spin.hasAcceptableInput():
            self._memory.setText(f"{self._spin.minimum()} px at least")
            return
        size = self._spin.valueFromText(self._spin.lineEdit().text())
        network = self._network.at(size)
        text = bytes_text(network.maps_bytes())
        problem = estimates.pass_problem(network, shown=True)
        self._memory.setText(f"{text}: too much" if problem else f"{text} of maps")
        change_tip(self._memory, problem or f"The feature maps of all layers take {text} of memory at this size")
