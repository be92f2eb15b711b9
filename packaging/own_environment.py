"""Runs in a bundle before the program: what that starts, such as a browser, gets the system's libraries, not ours.

PyInstaller's starter makes Linux look for libraries in the bundle first, by a variable that every child would inherit.
The system has read it by now, and this process finds its libraries all the same.
"""

import os

_NAME = "LD_LIBRARY_PATH"

if f"{_NAME}_ORIG" in os.environ:
    os.environ[_NAME] = os.environ.pop(f"{_NAME}_ORIG")
else:
    os.environ.pop(_NAME, None)
