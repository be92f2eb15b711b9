"""Convscope's one entry: the window, or a subcommand for people without a screen."""

from __future__ import annotations

import multiprocessing
import os
import sys


def main(arguments: list[str] | None = None) -> int:
    """Start what the command line asks for.

    Args:
        arguments: The command line without the program's name; that of the process when None.

    Returns:
        The exit status: 0, 2 for wrong usage, 1 for anything else that went wrong.
    """
    multiprocessing.freeze_support()
    # A windowed bundle has no standard streams, and Keras writes to them.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    from engine import any_encoding, own_process
    from engine.cli import commands as cli

    any_encoding.make_readable(sys.stdout, sys.stderr)
    own_process.claim()
    options = cli.parse(sys.argv[1:] if arguments is None else arguments)
    if options.command == "window":
        return _window(options.images, options.weights)
    if options.command == "self-test":
        from gui import self_test

        return cli.guarded(self_test.run, options)
    return cli.guarded(cli.COMMANDS[options.command], options)


def _window(pictures: list[str], weights_file: str | None) -> int:
    from engine.cli import standard_input
    from engine.records import EngineError
    from gui import startup_errors

    sentence = startup_errors.missing_screen()
    if not sentence:
        try:
            piped = standard_input.read_picture() if standard_input.DASH in pictures else None
            import PySide6.QtWidgets  # noqa: F401, before pyqtgraph, whose complaint would hide what is missing

            from gui import app
        except EngineError as error:
            sentence = str(error)
        except (ImportError, OSError) as error:
            sentence = startup_errors.cannot_start(error)
        else:
            return app.run([name for name in pictures if name != standard_input.DASH], weights_file, piped)
    startup_errors.tell(sentence)
    return 1


if __name__ == "__main__":
    sys.exit(main())
