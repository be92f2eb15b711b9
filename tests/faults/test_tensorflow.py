"""TensorFlow missing, broken, or out of memory: one sentence each, and nothing written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import main
from engine import session, tensorflow_loader
from engine.network import Kernels, Network
from engine.records import EngineError, LayerInfo


class _Broken(MetaPathFinder):
    """Fails to find TensorFlow in whatever way."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "tensorflow":
            raise self._error


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if TensorFlow had not been imported yet in this process."""
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setattr(session, "load", tensorflow_loader.load.__wrapped__)


ODD = [
    ImportError("libtensorflow_cc.so.2: cannot open shared object file"),
    RuntimeError("module compiled against another ABI"),
    ValueError("numpy.dtype size changed"),
    SystemError("initialization failed\nwithout an exception"),
    SystemExit(1),
]


@pytest.mark.usefixtures("unloaded")
@pytest.mark.parametrize("error", ODD, ids=lambda error: type(error).__name__)
def test_a_broken_tensorflow_is_one_sentence(
    error: BaseException,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    cat_path: Path,
) -> None:
    monkeypatch.setattr(sys, "meta_path", [_Broken(error), *sys.meta_path])
    arguments = ["maps", str(cat_path), "--layer", "block1_conv1", "--out", str(tmp_path / "out")]
    assert main.main(arguments) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "TensorFlow cannot be loaded" in said
    assert "install Convscope's dependencies again" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("unloaded")
def test_a_missing_tensorflow_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(EngineError, match=r"TensorFlow cannot be loaded .*install Convscope's dependencies again"):
        session.Session()


def exhausted() -> Exception:
    tf, _ = tensorflow_loader.load()
    error: Exception = tf.errors.ResourceExhaustedError(
        None, None, "OOM when allocating tensor with shape[1,8000,8000,64]"
    )
    return error


def test_a_pass_that_runs_out_of_memory(tiny_kernels: Kernels, tiny_layers: tuple[LayerInfo, ...]) -> None:
    network = Network(tiny_kernels, tiny_layers)
    inputs, names = np.ones((32, 32, 3), np.float32), [info.name for info in tiny_layers]

    def fail(*_: object) -> Any:
        raise exhausted()

    whole, stage = network._traced_pass(tuple(names)), network._stages.copy()
    network._passes[tuple(names)] = fail
    with pytest.raises(MemoryError, match="8000"):
        network.run(inputs, names)
    network._stages[names[1]] = fail
    steps = network.run_live(inputs, names)
    next(steps)
    with pytest.raises(MemoryError):
        next(steps)
    network._passes[tuple(names)], network._stages = whole, stage
    assert len(network.run(inputs, names)) == len(names)  # the network is as good as before
    assert len(list(network.run_live(inputs, names))) == len(names)


def test_a_pattern_that_runs_out_of_memory(tiny_kernels: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.patterns import ascent
    from engine.patterns.network import PatternNetwork
    from engine.patterns.run import Run

    network = PatternNetwork(tiny_kernels)

    def form() -> Iterator[Any]:
        return ascent.patterns(network, "block1_conv1", (1,), "fast", steps=3, overrides={"rescue": False})

    with monkeypatch.context() as patch:

        def fail(_run: Run) -> Any:
            raise exhausted()

        patch.setattr(Run, "_trace", fail)
        with pytest.raises(MemoryError):
            list(form())
    assert [*form()][-1].done


def test_no_subcommand_ends_in_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, cat_path: Path
) -> None:
    for error, words in (
        (ZeroDivisionError("by zero"), "ZeroDivisionError: by zero"),
        (MemoryError(), "not enough memory"),
    ):

        def fail(_path: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr("engine.open_session", fail)
        assert main.main(["patterns", "--layer", "block1_conv1", "--out", str(tmp_path / "out")]) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert words in said
    assert not (tmp_path / "out").exists()
