"""A program with a process, to be killed: starts one, prints its number and its folders, and waits.

Usage: ``python process_owner.py hang|held|write|idle FILE``
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]
    from process_jobs import WORK, Ask, Hang, Load, Make, Write

    from engine.process.jobs import Job
    from engine.process.supervisor import Supervisor

    supervisor = Supervisor(WORK)
    threading.Thread(target=supervisor.run, daemon=True).start()
    supervisor.put(Job(1, Load("here"), 0))
    supervisor.put(Job(2, Make(1 << 20), 1))
    supervisor.put(Job(3, Ask(), 2))
    kept: list[Any] = []
    number = 0
    while not number:
        event = supervisor.events.take_event()
        if event is not None and event.kind == "result":
            kept.append(event.value)  # the block stays in use
            if event.job == 3:
                number = kept[-1][1]
        time.sleep(0.01)
    busy = {"hang": Hang(), "held": Hang("held"), "write": Write(sys.argv[2])}.get(sys.argv[1])
    if busy is not None:
        supervisor.put(Job(4, busy, 0))
        while not supervisor.events.take_newest() and supervisor.events.take_event() is None:
            time.sleep(0.01)
        time.sleep(1)
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()
    time.sleep(600)
