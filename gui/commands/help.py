"""The dialogs that explain: keyboard shortcuts, messages so far, about, and an unexpected error."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog

from gui.commands.guide import GuideFlow
from gui.context import Context
from gui.dialogs.about import AboutDialog
from gui.dialogs.error import ErrorDialog
from gui.dialogs.messages import MessagesDialog
from gui.guide.shortcuts import IN_VIEWS, ShortcutsPage, groups_of_menus
from gui.log import log_path


class Help(QObject):
    """Shows what explains the program; one error dialog at a time."""

    def __init__(self, context: Context, guide: GuideFlow) -> None:
        super().__init__(context.parent)
        self._context = context
        self._guide = guide
        self._error: ErrorDialog | None = None

    @Slot()
    def show_shortcuts(self) -> None:
        """Show every key."""
        groups = (*groups_of_menus(self._context.actions.menus()), *IN_VIEWS)
        self._show(ShortcutsPage(groups, self._context.parent), "keys.md")

    @Slot()
    def show_messages(self) -> None:
        """Show what the program has said since it started."""
        self._show(MessagesDialog(self._context.views.messages.recent(), self._context.parent), "trouble.md")

    @Slot()
    def show_about(self) -> None:
        """Show versions, weights, device and licences."""
        controller = self._context.controller
        self._show(AboutDialog(controller.weights, controller.device, self._context.parent), "first-steps.md")

    @Slot(str)
    def show_error(self, details: str) -> None:
        """Show an unexpected error, in the dialog that is open already if there is one."""
        if self._error is not None:
            self._error.add(details)
            return
        self._error = ErrorDialog(details, log_path(), self._context.parent)
        self._error.finished.connect(self._forget_error)
        self._show(self._error, "trouble.md")

    @Slot()
    def _forget_error(self) -> None:
        self._error = None

    def _show(self, dialog: QDialog, page: str) -> None:
        self._guide.join(dialog, page)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
