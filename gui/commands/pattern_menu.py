"""The commands of the menu Patterns."""

from __future__ import annotations

from gui.actions import Command
from gui.state.choices import Content
from gui.state.settings import PATTERN_MEGABYTES


def _content(name: Content, text: str, key: str, tip: str) -> Command:
    return Command(
        f"content_{name}",
        "Patterns",
        text,
        lambda do: do.patterns.set_content(name),
        (key,),
        name,
        tip,
        lambda state: not state.book,
        "content",
    )


def _keep(megabytes: str) -> Command:
    text = f"{megabytes} MB" if len(megabytes) < 4 else f"{megabytes[:-3]} GB"
    return Command(
        f"keep_{megabytes}", "Patterns/&Keep at most", text, lambda do: do.patterns.keep(megabytes), group="keep"
    )


PATTERN_COMMANDS: tuple[Command, ...] = (
    _content("maps", "Show &maps", "F2", "Maps in the tiles"),
    _content("patterns", "Show &patterns", "F3", "Patterns in the tiles"),
    _content("both", "Show &both", "F4", "Map and pattern in each tile"),
    Command(
        "run_patterns",
        "Patterns",
        "&Form the selected",
        lambda do: do.patterns.form_selected(),
        ("Ctrl+R",),
        "play",
        "What do these filters look for?",
        separated=True,
    ),
    Command(
        "run_layer_patterns",
        "Patterns",
        "Form the whole &layer",
        lambda do: do.patterns.form_layer(),
        ("Ctrl+Shift+R",),
    ),
    Command("run_network_patterns", "Patterns", "Form the whole &network…", lambda do: do.patterns.form_network()),
    Command(
        "pause_patterns",
        "Patterns",
        "Pa&use",
        lambda do, on: do.patterns.pause(on),
        ("Ctrl+Shift+P",),
        "pause",
        "Pause forming patterns",
        group="toggle",
        separated=True,
    ),
    Command(
        "stop_patterns",
        "Patterns",
        "S&top all",
        lambda do: do.patterns.flow.runner.cancel_all(),
        ("Ctrl+Shift+.",),
        tip="Empty the queue of patterns",
        enabled=lambda state: state.orders,
    ),
    Command(
        "book_recipe",
        "Patterns",
        "As in the b&ook",
        lambda do: do.patterns.use_book_recipe(),
        tip="Form patterns as the book does",
        separated=True,
    ),
    Command(
        "compare_recipes",
        "Patterns",
        "&Compare two recipes",
        lambda do: do.patterns.compare_with_book(),
        ("Ctrl+Shift+C",),
        tip="Two recipes side by side",
    ),
    Command(
        "pattern_panel",
        "Patterns",
        "Pattern pan&el",
        lambda do, on: do.views.pattern_tabs.setVisible(on),
        ("F8",),
        tip="Recipe, score and queue",
        group="toggle",
        separated=True,
    ),
    *map(_keep, PATTERN_MEGABYTES),
    Command(
        "clear_patterns",
        "Patterns",
        "Clea&r kept patterns…",
        lambda do: do.patterns.clear_kept(),
        tip="Forget the patterns formed on this machine",
    ),
)
