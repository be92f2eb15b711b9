"""Joins the pattern views and the menu of patterns to the flow that forms them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMessageBox

from engine.patterns import objectives
from engine.patterns.settings import PatternSettings
from engine.process.pattern_jobs import TrimPatterns
from engine.records import EngineError
from gui.context import Context
from gui.control.pattern_flow import PatternFlow
from gui.formatting import bytes_text
from gui.jobs.priorities import LAST
from gui.patterns.text import missing_text, no_tiles_note
from gui.state.choices import Content
from gui.state.pattern_words import OBJECTIVES
from gui.state.queue_json import add_from_text, of_later_version, to_text

_QUEUE = "patterns/queue"
_SETTINGS = "patterns/settings"

_SOON_MILLISECONDS = 200
"""When a changed queue is written: it takes up to 0.05 s, and the person has just asked for something."""


class PatternCommands(QObject):
    """What the menu of patterns, the panel and the queue do.

    Attributes:
        flow: What forms patterns.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context.parent)
        self.flow = PatternFlow(context.controller, context.views)
        self._context = context
        self._actions = context.actions
        self._views = context.views
        self._place = (0.5, 0.5)
        self._saved = "[]"
        self._estimate: tuple[float | None, float | None] = (None, None)
        self._complete = False
        self._queue_is_later = False
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MILLISECONDS)
        self._soon.timeout.connect(self._save_queue)
        self._connect_panel()
        self._connect_queue()
        self.flow.presenter.changed.connect(self._show_state)

    def restore(self) -> None:
        """Go on where the last run of the program stopped."""
        settings = self._context.settings
        chosen = PatternSettings.from_text(settings.text(_SETTINGS))
        self._views.patterns.set_settings(chosen)
        self.flow.presenter.settings = chosen
        self._queue_is_later = of_later_version(settings.text(_QUEUE))
        if self._queue_is_later:
            self._views.messages.show_message(
                "The queue of patterns was written by a later version of Convscope and is left for that; "
                "what you order now is forgotten at the end.",
                "warning",
            )
        add_from_text(self.flow.runner.queue, settings.text(_QUEUE), self._context.controller.workspace.network)
        self.keep(settings.pattern_megabytes)
        self._actions["pattern_panel"].setChecked(settings.pattern_panel)
        self._views.pattern_tabs.setVisible(settings.pattern_panel)

    def save(self) -> None:
        """Remember the settings, and what is left to do."""
        self._context.settings.pattern_panel = self._actions["pattern_panel"].isChecked()
        self._context.settings.set_text(_SETTINGS, self.flow.presenter.settings.to_text())
        self._save_queue()

    def set_settings(self, settings: PatternSettings) -> None:
        """Form patterns in that way from now on, and say so in the panel."""
        self._views.patterns.set_settings(settings)
        self.flow.choose_settings(settings)

    def set_content(self, content: Content) -> None:
        """Show maps, patterns or both in the tiles."""
        self._context.workspace.content = content

    def _connect_panel(self) -> None:
        panel = self._views.patterns
        panel.settings_changed.connect(self._settings_changed)
        self._views.viewer.place_chosen.connect(self._choose_place)
        panel.form_selected_wanted.connect(self.form_selected)
        panel.form_layer_wanted.connect(self.form_layer)
        panel.form_network_wanted.connect(self.form_network)
        panel.continue_wanted.connect(self.flow.continue_pattern)
        panel.compare_wanted.connect(self._compare)
        panel.compare_closed.connect(self._close_comparison)
        self._views.compare.compare_wanted.connect(self.flow.compare)
        self._views.compare.close_wanted.connect(self._close_comparison)
        self._context.controller.presenter.layer_changed.connect(self._show_target)
        self._context.controller.presenter.channel_shown.connect(self._show_target)
        self._views.gallery.channels_selected.connect(self._show_target)
        self._views.gallery.channel_activated.connect(self._form_activated)

    def _connect_queue(self) -> None:
        queue = self._views.queue
        queue.pause_wanted.connect(self.pause)
        queue.cancel_wanted.connect(self.flow.runner.cancel)
        queue.move_wanted.connect(self.flow.runner.move)
        queue.clear_wanted.connect(self.flow.runner.clear_ended)

    @Slot(object)
    def _settings_changed(self, settings: PatternSettings) -> None:
        self.flow.choose_settings(settings)

    @Slot(float, float)
    def _choose_place(self, row: float, column: float) -> None:
        """The neuron that is meant from now on."""
        self._place = row, column
        self._views.patterns.show_place(self._place)

    @Slot()
    def use_book_recipe(self) -> None:
        """Form patterns as the book does, from now on."""
        self.set_settings(self.flow.presenter.settings.with_recipe("chollet"))

    @Slot()
    def form_selected(self) -> None:
        """Form the objective for the selected channels, or for the one that is shown when none is selected."""
        channels, name = self._chosen_channels(), self._views.patterns.objective()
        self._show_patterns()
        if name == "channel":
            self.flow.form_channels(channels)
            return
        try:
            wanted = objectives.named(name, channels, self._place, self._views.patterns.pictures())
        except EngineError as error:
            self._views.messages.show_message(str(error), "error")
            return
        for objective in wanted:
            of = "" if objective.channel is None else f" of channel {objective.channel}"
            self.flow.form_objective(f"{OBJECTIVES[name].label}{of}", objective)

    @Slot()
    def compare_with_book(self) -> None:
        """Show the chosen recipe and the book's side by side."""
        self._compare(self.flow.presenter.settings, self.flow.presenter.settings.with_recipe("chollet"))

    @Slot(object, object)
    def _compare(self, left: PatternSettings, right: PatternSettings) -> None:
        """Show two recipes side by side in the gallery's place, and begin."""
        self._views.compare.set_settings(left, right)
        self._views.faces.setCurrentWidget(self._views.compare)
        self._views.patterns.set_comparing(True)
        self.flow.compare(*self._views.compare.settings())

    @Slot()
    def _close_comparison(self) -> None:
        self._views.patterns.set_comparing(False)
        self._context.controller.presenter.show_layer()

    @Slot()
    def form_layer(self) -> None:
        """Form the objective for the layer: for each of its channels, or as a whole where that is the objective."""
        if self._views.patterns.objective() == "layer":
            self.form_selected()
        elif self._has_tiles():
            self._show_patterns()
            self.flow.form_channels(())

    @Slot()
    def form_network(self) -> None:
        """Form every filter of the network, once the person agrees."""
        if not self._has_tiles():
            return
        missing = self.flow.network_missing()
        if missing == {}:
            self.flow.form_network()  # which says so
            return
        answer = QMessageBox.question(
            self._context.parent,
            "Form every pattern?",
            f"{missing_text(missing, self._context.workspace.network)} They are formed one by one, what you look at "
            "first; you can go on working, pause, and close the program: it goes on the next time.",
        )
        if answer == QMessageBox.StandardButton.Yes:
            self.flow.form_network()

    def _has_tiles(self) -> bool:
        """Whether patterns of the objective have a place in the tiles; why they have none is said."""
        note = no_tiles_note(self._views.patterns.objective())
        if note:
            other = OBJECTIVES["channel"].label
            self._views.messages.show_message(f"{note}, or choose the objective “{other}”.", "warning")
        return not note

    @Slot(int)
    def _form_activated(self, channel: int) -> None:
        """A double click shows the channel large; where patterns are shown, that means its pattern."""
        if self.flow.presenter.content != "maps":
            self._views.viewer.set_mode("pattern")
            self.flow.form_channels((channel,))

    @Slot(bool)
    def pause(self, paused: bool) -> None:
        """Pause forming patterns, or go on."""
        self._actions["pause_patterns"].setChecked(paused)
        self.flow.runner.set_paused(paused)

    @Slot()
    def clear_kept(self) -> None:
        """Forget the patterns formed on this machine, once the person agrees."""
        store = self._context.controller.patterns
        answer = QMessageBox.question(
            self._context.parent,
            "Clear kept patterns?",
            f"The patterns that were formed on this machine take {bytes_text(store.size())}. Clear them? "
            "Those that came with the program stay.",
        )
        if answer == QMessageBox.StandardButton.Yes:
            store.clear()
            self.flow.forget()

    def keep(self, megabytes: str) -> None:
        """Keep no more patterns than that."""
        self._actions.tick("keep", megabytes)
        self._context.settings.pattern_megabytes = megabytes
        controller, limit = self._context.controller, int(megabytes) * 1_000_000
        controller.patterns.limit = limit
        for thread in (controller.engine, controller.studio):  # both put patterns there
            thread.submit(TrimPatterns(limit), LAST)

    def _show_patterns(self) -> None:
        """Whoever asks for a pattern wants to see it."""
        if self.flow.presenter.content == "maps":
            self.set_content("both")
        self._actions["pattern_panel"].setChecked(True)
        self._views.viewer.set_mode("pattern")

    def _chosen_channels(self) -> tuple[int, ...]:
        gallery = self._views.gallery
        return gallery.selected_channels() or (gallery.current_channel() or 0,)

    @Slot()
    def _show_target(self) -> None:
        self._views.patterns.show_target(self._context.controller.workspace.shown_layer, self._chosen_channels())

    @Slot()
    def _show_state(self) -> None:
        """Say what there is to know, and remember what is left: the program may be killed at any moment."""
        keys = self._actions["run_layer_patterns"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._views.pattern_note.setText(self.flow.note(keys))
        estimate = self.flow.estimate()
        if estimate != self._estimate:
            self._estimate = estimate
            self._views.patterns.set_estimate(*estimate)
        complete = self.flow.network_missing() == {}
        if complete != self._complete:
            self._complete = complete
            self._views.patterns.set_network_complete(complete)
        shape = str([(order.number, order.ended) for order in self.flow.runner.queue.orders])
        if shape != self._saved:
            self._saved = shape
            self._soon.start()

    @Slot()
    def _save_queue(self) -> None:
        self._soon.stop()
        if not self._queue_is_later:
            text = to_text(self.flow.runner.queue, self._context.workspace.network)
            self._context.settings.set_text(_QUEUE, text)
