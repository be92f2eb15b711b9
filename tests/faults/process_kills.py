"""Kill the window's processes at random moments, and see that the window goes on with everything that it had.

    python tests/faults/process_kills.py [--count 200] [--seed 0] [--folder DIR]

One real window with VGG16, offscreen. While it computes maps, forms patterns, exports, starts a process again or is
idle, a thread kills the process of the engine (two times of three) or of the studio: SIGKILL mostly, SIGSEGV and
SIGABRT else. Then the window must get to where it would have got: the same pictures, maps with the same values, every
order of the queue formed, exports whole or not there, one sentence for each death; and each time there are two
processes, and no shared memory but theirs. A network that has ended its process twice in a row is loaded again as a
person would, by the button of the message.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from killed_window import KilledWindow

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=200, help="kills (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments (default: 0)")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary one that is removed when not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        window = KilledWindow(options.folder or Path(temporary), options.seed)
        window.run(options.count)
        window.close()
    sys.stdout.write(f"{window.summary()}\n")
