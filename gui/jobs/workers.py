"""The two threads of a window, each the end of a process, or, for tests, with the work done on the thread itself."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from engine.patterns.store import PatternStore
from engine.process.engine_jobs import EngineHandlers, engine_process
from engine.process.studio_jobs import studio_handlers, studio_process
from gui.jobs.job_thread import JobThread


def engine_and_studio(
    patterns: PatternStore, engine_jobs: EngineHandlers | None, parent: QObject
) -> tuple[JobThread, JobThread]:
    """Start both.

    Args:
        patterns: Where finished patterns are kept.
        engine_jobs: What answers instead of the network, on threads of this process; None for processes.
        parent: Their Qt parent.
    """
    if engine_jobs is None:
        engine, studio = engine_process(patterns.folder), studio_process(patterns.folder)
        return JobThread("engine", engine, parent), JobThread("studio", studio, parent)
    return (
        JobThread("engine", partial(engine_jobs, patterns), parent),
        JobThread("studio", partial(studio_handlers, patterns), parent),
    )
