"""The convolutions in a file of VGG16 weights, read with h5py alone and without trusting the file.

Two layouts are known. Keras 3 writes ``layers/<automatic name>/vars/0`` and ``1``, with the layer's own name as an
attribute of ``vars``. Keras before it, and Keras's published file, write ``<layer's name>/…/<weight's name>``.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.networks.vgg16 import BLOCKS
from engine.records import EngineError

if TYPE_CHECKING:
    import h5py

Kernels: TypeAlias = dict[str, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]
"""For each convolution, by Keras's name: kernel (3, 3, inputs, outputs) and bias (outputs,), float32."""

MAX_BYTES = 128 * 10**6
"""The largest weights file that is read. VGG16 without its top has 59 MB of numbers, and the file little besides."""

_Shape: TypeAlias = tuple[int, ...]

_MAX_DATASETS = 1000  # a network of that many layers is not VGG16, and a hostile file has millions
_MAX_CONFIG_BYTES = 2**24
_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"


class WeightsError(EngineError):
    """The weights cannot be used; another file or a download may help."""


def expected_shapes() -> dict[str, tuple[_Shape, _Shape]]:
    """For each convolution of VGG16, by Keras's name: the shapes of its kernel and its bias."""
    shapes: dict[str, tuple[_Shape, _Shape]] = {}
    inputs = 3
    for block, (convolutions, channels) in enumerate(BLOCKS, start=1):
        for index in range(1, convolutions + 1):
            shapes[f"block{block}_conv{index}"] = (3, 3, inputs, channels), (channels,)
            inputs = channels
    return shapes


def parse(source: bytes | Path, name: str) -> Kernels:
    """The kernels and biases in a weights file.

    Args:
        source: Its bytes; or its path, for a file too large to read that is to be named for what it is.
        name: The file's name, as it stands in a sentence.

    Raises:
        WeightsError: It holds something else, or not all of it; the sentence says what.
    """
    import h5py  # only needed here, and slow to import

    _check_signature(source, name)
    try:
        with h5py.File(io.BytesIO(source) if isinstance(source, bytes) else source, "r") as file:
            _refuse_model(file, name)
            layers = _layers(file)
            _check_layers(layers, name)
            return _read(layers, name)
    except WeightsError:
        raise
    except Exception as error:  # h5py raises whatever damaged bytes lead to
        raise WeightsError(f"{name} is a damaged or incomplete HDF5 file; get an intact copy of it.") from error


def _check_signature(source: bytes | Path, name: str) -> None:
    head = source[:8] if isinstance(source, bytes) else _head(source)
    if head.startswith(_ZIP):
        raise WeightsError(_model_sentence(name, _lambdas_in_archive(source)))
    if head != _HDF5:
        raise WeightsError(
            f"{name} is not an HDF5 file, so it holds no Keras weights; choose a .weights.h5 or .h5 file."
        )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_HDF5))


def _refuse_model(file: h5py.File, name: str) -> None:
    """A saved model is a program, and running a stranger's is not needed to look at its filters."""
    if "model_config" in file.attrs:
        config = file.attrs["model_config"]
        raise WeightsError(_model_sentence(name, _lambdas(config if isinstance(config, str | bytes) else "")))
    if "model_weights" in file:
        raise WeightsError(_model_sentence(name, []))


def _model_sentence(name: str, lambdas: list[str]) -> str:
    holds = f"with code in its Lambda layer {', '.join(lambdas)}" if lambdas else "which can hold code"
    return f"{name} is a whole saved model, {holds}; choose a file of weights only, as `model.save_weights` makes it."


def _lambdas_in_archive(source: bytes | Path) -> list[str]:
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        with zipfile.ZipFile(file) as archive, archive.open("config.json") as config:
            return _lambdas(config.read(_MAX_CONFIG_BYTES))
    except Exception:  # noqa: BLE001 - it is refused anyway, and this only words the reason
        return []


def _lambdas(config: str | bytes) -> list[str]:
    """The names of the Lambda layers in a model's configuration; none when it cannot be read."""
    try:
        return [repr(name) for name in _lambda_names(json.loads(config))]
    except (ValueError, RecursionError):
        return []


def _lambda_names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        inner = node.get("config")
        if node.get("class_name") == "Lambda" and isinstance(inner, dict):
            yield str(inner.get("name", "?"))[:60]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _lambda_names(child)


def _layers(file: h5py.File) -> dict[str, list[h5py.Dataset]]:
    """The datasets of each layer that has any, by the layer's name, in either layout."""
    import h5py

    groups = dict(_layer_groups(file))
    found: dict[str, list[h5py.Dataset]] = {}
    budget = _MAX_DATASETS
    for layer, group in groups.items():
        datasets: list[h5py.Dataset] = []
        # visititems follows neither soft nor external links, so that nothing outside the file is read
        group.visititems(lambda _, item, into=datasets: into.append(item) if isinstance(item, h5py.Dataset) else None)
        budget -= len(datasets)
        if budget < 0:
            break
        if datasets:
            found[layer] = datasets
    return found


def _layer_groups(file: h5py.File) -> Iterator[tuple[str, h5py.Group]]:
    import h5py

    keras3 = "layers" in file and "layer_names" not in file.attrs
    names = list(expected_shapes())
    root = file["layers"] if keras3 else file
    for key in root:
        if root.get(key, getclass=True, getlink=True) is not h5py.HardLink or not isinstance(root[key], h5py.Group):
            continue
        group = root[key]
        variables = group.get("vars") if keras3 else None
        named = variables.attrs.get("name") if variables is not None else None
        numbered = re.fullmatch(r"conv2d(?:_(\d+))?", key) if keras3 and named is None else None
        if numbered is not None and int(numbered[1] or 0) < len(names):
            named = names[int(numbered[1] or 0)]  # early Keras 3 kept the order only
        yield (named if isinstance(named, str) else key), group


def _check_layers(layers: Mapping[str, list[h5py.Dataset]], name: str) -> None:
    """Raise a `WeightsError` unless these are the 13 convolutions of VGG16 and nothing else."""
    expected = expected_shapes()
    dense = [layer for layer, datasets in layers.items() if any(len(data.shape) == 2 for data in datasets)]
    if dense and set(expected) <= set(layers):
        raise WeightsError(
            f"{name} has VGG16's dense layers ({', '.join(dense[:3])}); choose the file without its top (…_notop.h5)."
        )
    if not layers:
        raise WeightsError(
            f"{name} is an HDF5 file without a layer's weights; choose weights of VGG16 without its top."
        )
    for layer, shapes in expected.items():
        _check_layer(layer, shapes, layers, name)
    extra = next((layer for layer in layers if layer not in expected), None)
    if extra is not None:
        raise WeightsError(f"{name} has a layer {extra!r} that VGG16 has not; choose weights of VGG16 without its top.")


def _check_layer(
    layer: str, shapes: tuple[_Shape, _Shape], layers: Mapping[str, list[h5py.Dataset]], name: str
) -> None:
    other = "it is another network's, so choose weights of VGG16 without its top."
    if layer not in layers:
        first = next(iter(layers))
        kernel = " and ".join(_times(data.shape) for data in layers[first])
        raise WeightsError(f"{name} has no layer {layer!r} ({first!r} has {kernel}): {other}")
    found = sorted((tuple(data.shape) for data in layers[layer]), key=len, reverse=True)
    if tuple(found) != shapes:
        has, wanted = (" and ".join(map(_times, each)) for each in (found, shapes))
        raise WeightsError(f"{name} has {has} in layer {layer!r} instead of {wanted}: {other}")
    for data in layers[layer]:
        if data.dtype != np.float32:
            raise WeightsError(
                f"{name} has {data.dtype} numbers in layer {layer!r}; choose a file with float32 weights."
            )
        if data.external or data.is_virtual:
            raise WeightsError(f"{name} keeps layer {layer!r} in another file; choose one that holds all its weights.")


def _read(layers: Mapping[str, list[h5py.Dataset]], name: str) -> Kernels:
    kernels: Kernels = {}
    for layer in expected_shapes():
        bias, kernel = (np.asarray(data[()], np.float32) for data in sorted(layers[layer], key=lambda data: data.ndim))
        if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
            raise WeightsError(f"{name} has numbers that are not finite in layer {layer!r}; get an intact copy of it.")
        kernel.flags.writeable = bias.flags.writeable = False
        kernels[layer] = kernel, bias
    return kernels


def _times(shape: _Shape) -> str:
    return "×".join(map(str, shape)) or "a single number"
