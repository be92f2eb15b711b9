"""Orders that were stopped or taken out of the queue, to be had back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from gui.formatting import count_text
from gui.state.pattern_queue import Removed
from gui.state.selection_history import moment
from gui.widgets.message_bar import Message, MessageBar

_LIMIT = 20
_BRING_BACK = "bring_back_"
"""A button of a message: begins its name, which ends with the moment of the removal."""


class RemovedOrders(QObject):
    """Says what was taken out of the queue, and has it put in again, the last of it first."""

    def __init__(self, messages: MessageBar, put_in: Callable[[Removed], None], parent: QObject) -> None:
        """Remember nothing yet.

        Args:
            messages: Where it is said.
            put_in: Puts orders into the queue again.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self._messages = messages
        self._put_in = put_in
        self._removed: dict[int, tuple[Removed, Message]] = {}
        messages.action_wanted.connect(self._on_message_action)

    @property
    def changed_at(self) -> int:
        """The `moment` of the last removal that can be taken back, 0 when there is none."""
        return next(reversed(self._removed), 0)

    def keep(self, removed: Removed) -> None:
        """Remember what was taken out, and say so, if any of it was still to be formed."""
        stopped = [order for _, order in removed.orders if not order.ended]
        if not stopped:
            return
        what = stopped[0].title if len(stopped) == 1 else f"{len(stopped):,} orders"
        left = sum(len(order.left) for order in stopped)
        text = f"Taken out of the queue: {what}; {count_text(left, 'pattern')} not formed."
        number = moment()
        message = self._messages.show_message(text, actions=[("&Bring back", f"{_BRING_BACK}{number}")])
        self._removed[number] = removed, message
        if len(self._removed) > _LIMIT:
            del self._removed[next(iter(self._removed))]

    def bring_back(self, number: int | None = None) -> None:
        """Put what was taken out at that moment into the queue again; the last of it when None."""
        found = self._removed.pop(number or self.changed_at, None)
        if found is not None:
            removed, message = found
            self._messages.close_message(message)
            self._put_in(removed)

    @Slot(str)
    def _on_message_action(self, name: str) -> None:
        if name.startswith(_BRING_BACK):
            self.bring_back(int(name.removeprefix(_BRING_BACK)))
