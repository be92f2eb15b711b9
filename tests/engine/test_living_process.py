"""A session opens in any process, computes what plain Keras does, and leaves the process as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import living_process
import numpy as np
import pytest

from engine.networks.tensorflow_loader import load
from engine.records import EngineError, ImageArray
from engine.session import Session
from gui import self_test

pytestmark = pytest.mark.real

BAD_SETTINGS = {"floatx": "bfloat16", "backend": "jax", "image_data_format": "channels_first"}
"""A ``keras.json`` that Keras itself does not start with."""


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    load()
    file = tmp_path_factory.mktemp("reference") / "reference.npz"
    living_process.write_reference(file)
    return file


@pytest.mark.parametrize("kind", living_process.KINDS)
def test_a_process_that_lives(reference: Path, tmp_path: Path, kind: str) -> None:
    done = living_process.run_kind(kind, reference, tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_program_computes_with_tensorflow_whatever_keras_is_told(
    session: Session, cat: ImageArray, cat_path: Path, tmp_path: Path
) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    home.mkdir()
    (home / "keras.json").write_text(json.dumps(BAD_SETTINGS), encoding="utf-8")
    environment = {**os.environ, "KERAS_BACKEND": "torch", "KERAS_HOME": str(home)}
    layers = "block1_conv1,block5_conv3"
    command = [
        sys.executable,
        "main.py",
        "maps",
        str(cat_path),
        "--layer",
        layers,
        "--format",
        "npy",
        "--out",
        str(out),
    ]
    done = subprocess.run(
        command, cwd=living_process.ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    expected = session.activations(cat, layers.split(","))
    for layer, values in expected.items():
        np.testing.assert_allclose(np.load(out / f"{layer}.npy"), values, atol=1e-4 * values.max())
    assert [path.name for path in home.iterdir()] == ["keras.json"]


def test_the_self_test_notices_values_that_are_off(session: Session) -> None:
    """As those of a mixed policy were, by a share of a thousand."""

    def activations(*arguments: Any, **options: Any) -> dict[str, Any]:
        maps = session.activations(*arguments, **options)
        return {name: values.astype(np.float16).astype(np.float32) for name, values in maps.items()}

    rounded: Any = SimpleNamespace(
        activations=activations, weights=session.weights, device="CPU", network=session.network
    )
    with pytest.raises(EngineError, match=r"The values of block1_conv1:linear are off by [\d.e-]+ of their maximum"):
        self_test._one_pass(rounded)


def test_the_self_test_takes_values_that_are_right(session: Session) -> None:
    assert "31 views" in self_test._one_pass(session)
