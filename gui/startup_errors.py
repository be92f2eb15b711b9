"""Words for a person when there cannot be a window: no screen, or libraries that are missing. It imports no Qt."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys

TITLE = "Convscope"
_LONGEST = 600  # characters of an error that fit into a small box
_BOXES = (
    ("zenity", "--error", "--no-markup", f"--title={TITLE}", "--text={}"),
    ("kdialog", "--title", TITLE, "--error", "{}"),
    ("xmessage", "-center", "{}"),
    ("notify-send", "--urgency=critical", TITLE, "{}"),
)
"""Programs of Linux desktops that show a text, the best first."""


def missing_screen() -> str:
    """A sentence when this Linux session has no screen to open a window on; "" when it has one."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if platform.system() != "Linux" or named:
        return ""
    return (
        "There is no screen to open the window on (neither DISPLAY nor WAYLAND_DISPLAY is set); "
        "start it from a desktop, or use a subcommand such as 'maps', see --help."
    )


def cannot_start(error: Exception) -> str:
    """A sentence about an error that came before there was a window to show it in."""
    text = " ".join(str(error).split())[:_LONGEST].rstrip(".") or type(error).__name__
    return f"The window cannot be opened ({text}); install what is missing, or Convscope again."


def tell(sentence: str) -> None:
    """Say it on stderr and, because a program that was double-clicked has none that anybody sees, in a box."""
    print(f"convscope: {sentence}", file=sys.stderr)  # noqa: T201
    system = platform.system()
    if system == "Windows":
        import ctypes

        icon_of_an_error = 0x10
        ctypes.windll.user32.MessageBoxW(None, sentence, TITLE, icon_of_an_error)  # type: ignore[attr-defined]
    elif system == "Darwin":
        script = "on run words\ndisplay alert (item 1 of words) message (item 2 of words) as critical\nend run"
        subprocess.run(["osascript", "-e", script, TITLE, sentence], check=False, capture_output=True)
    elif not sys.stderr.isatty() and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        _show_box(sentence)


def _show_box(sentence: str) -> None:
    for program, *arguments in _BOXES:
        if shutil.which(program):
            command = [program, *(argument.replace("{}", sentence) for argument in arguments)]
            subprocess.run(command, check=False, capture_output=True)
            return
