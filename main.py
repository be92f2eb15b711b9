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
    from engine import cli

    options = cli.parse(sys.argv[1:] if arguments is None else arguments)
    if options.command == "window":
        from gui import app

        return app.run(options.images, options.weights)
    if options.command == "self-test":
        from gui import self_test

        return cli.guarded(self_test.run, options)
    return cli.guarded(cli.COMMANDS[options.command], options)


if __name__ == "__main__":
    sys.exit(main())
