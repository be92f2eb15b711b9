"""What is kept and exported names the network that it was made with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_network import OTHER, TINY

from engine.atlas.reader import Atlas
from engine.atlas.writer import write_layer
from engine.exports import manifest
from engine.exports.manifest import PatternManifest, PatternRecord, PatternSelectionRecord, SelectionRecord
from engine.networks.description import NetworkDescription, View
from engine.networks.receptive_field import POINT, Operation
from engine.networks.vgg16 import VGG16
from engine.patterns import costs, objectives
from engine.patterns.recipes import RECIPES
from engine.patterns.records import Frame
from engine.patterns.requests import of_channel
from engine.records import EngineError, NetworkIdentity, Picture, Provenance, Style, WeightsFile

WEIGHTS = WeightsFile("weights.h5", "b" * 64, "named", known=False)
LAYER = "block2_conv2"


def maps_of(network: NetworkDescription, layer: str = LAYER) -> dict[str, Any]:
    picture = Picture("cat.png", np.zeros((30, 40, 3), np.uint8), "a" * 64)
    return manifest.build(
        Provenance(picture, "crop", 64, WEIGHTS, network.identity),
        [SelectionRecord(layer, (3, 5), (0.0, 0.0), (1.0, 1.0), ("3.png", "5.png"))],
        style=Style(),
        file_format="png",
        colormap="gray",
        enlarge=1,
        program_version="1",
    )


def patterns_of(network: NetworkDescription, channel: int = 5) -> dict[str, Any]:
    recipe = RECIPES["crisp"]
    pattern = PatternRecord(channel, 0, 1.0, "rendered", 48, 0, 1, "", recipe)
    selection = PatternSelectionRecord(LAYER, recipe, 0, (pattern,), ("5.png",))
    return manifest.build_patterns(network.identity, WEIGHTS, [selection], file_format="png", program_version="1")


def written(folder: Path, record: dict[str, Any]) -> Path:
    path = folder / "manifest.json"
    path.write_bytes(manifest.encode(record))
    return path


def test_a_manifest_names_its_network(tmp_path: Path) -> None:
    for record in (maps_of(OTHER), patterns_of(OTHER)):
        assert record["network"] == {"name": "Other", "digest": "7" * 64, "source": "file"}
        found = manifest.read_any(written(tmp_path, record), OTHER)
        assert found.network == NetworkIdentity("Other", "7" * 64, "file")


def test_its_layers_are_those_of_the_network_that_is_given(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="Other has no layer 'block3_conv1'"):
        manifest.read(written(tmp_path, maps_of(OTHER, "block3_conv1")), OTHER)
    with pytest.raises(EngineError, match=r"'patterns\.channel' is 6"):
        manifest.read_any(written(tmp_path, patterns_of(OTHER, 6)), OTHER)


def test_a_manifest_of_another_network_says_which(tmp_path: Path) -> None:
    for record in (maps_of(OTHER), patterns_of(OTHER)):
        path = written(tmp_path, record)
        with pytest.raises(EngineError, match="it was made with 'Other', and the network here is VGG16"):
            manifest.read_any(path, VGG16)
        with pytest.raises(EngineError, match="it was made with 'Other', which is no network that the program knows"):
            manifest.read_any(path)


def test_other_weights_of_the_same_network_will_do(tmp_path: Path) -> None:
    path = written(tmp_path, maps_of(VGG16.with_weights("c" * 64)))
    assert manifest.read(path, VGG16.with_weights("d" * 64)).network.digest == "c" * 64
    assert manifest.read(path).network.digest == "c" * 64


@pytest.mark.parametrize("entry", [3, {}, {"name": "", "digest": "7" * 64, "source": "file"}])
def test_a_network_that_makes_no_sense_is_refused(tmp_path: Path, entry: object) -> None:
    with pytest.raises(EngineError, match="'network"):
        manifest.read_any(written(tmp_path, maps_of(OTHER) | {"network": entry}), OTHER)


def test_an_export_of_another_network_stays_in_the_record_of_its_folder(tmp_path: Path) -> None:
    first, second = maps_of(OTHER, "unknown/layer"), patterns_of(VGG16.with_weights("c" * 64))
    former = manifest.read_record(written(tmp_path, first))
    both = manifest.stacked(second | {"selections": [second["selections"][0] | {"files": ["6.png"]}]}, former)
    found = manifest.read_any(written(tmp_path, both))
    assert isinstance(found, PatternManifest)
    assert found.earlier == ()
    assert json.loads((tmp_path / "manifest.json").read_bytes())["earlier"] == [first]


def test_each_network_keeps_its_own_patterns() -> None:
    request = of_channel(LAYER, 1)
    assert len({request.key(network.digest) for network in (OTHER, TINY, VGG16.with_weights("c" * 64))}) == 3


def test_costs_are_those_of_the_network_s_graph() -> None:
    adds = OTHER.multiply_adds
    first, second, third = (3 * 9 * 4 + 4), (4 * 9 * 6 + 6) / 4, (6 * 9 * 6 + 6) / 4
    assert [adds[info.name] for info in OTHER.of_kind("convolution")] == [first, first + second, first + second + third]
    assert adds["block2_conv1:linear"] == adds["block2_conv1"]
    assert adds["block2_pool"] == adds["block2_conv2"]
    seconds = [costs.seconds(OTHER, info.name) for info in OTHER.of_kind("convolution")]
    assert seconds == sorted(seconds)
    with pytest.raises(EngineError, match="There is no layer 'block5_conv1' in Other"):
        costs.seconds(OTHER, "block5_conv1")


def test_costs_of_a_branch_leave_the_other_out() -> None:
    point = (POINT, POINT)
    graph = (Operation((), point, 4), Operation((0,), point, 4), Operation((0,), point, 4), Operation((1, 2), point, 4))
    views = tuple(View(name, "convolution", "", number, 10**number) for number, name in enumerate("abcd"))
    branched = replace(OTHER, operations=graph, views=views)
    assert branched.multiply_adds == {"a": 1, "b": 11, "c": 101, "d": 1111}


def test_an_objective_that_nobody_knows_is_refused() -> None:
    assert objectives.named("sum", (1, 2), (0, 0), 1) == [objectives.channel(1) + objectives.channel(2)]
    with pytest.raises(EngineError, match="An objective is one of channel, neuron"):
        objectives.named("colour", (1,), (0, 0), 1)


def test_an_atlas_of_another_network_is_not_there(tmp_path: Path) -> None:
    image = np.zeros((16, 16, 3), np.uint8)
    frame = Frame(
        layer=LAYER, channel=2, variant=0, step=4, steps=4, done=True, score=1.0, outcome="rendered", image=image,
        input=image.astype(np.float32), curve=np.zeros((1, 2), np.float32), recipe=RECIPES["crisp"], seed=0,
    )  # fmt: skip
    write_layer(tmp_path, OTHER.layer(LAYER), [frame], digest=OTHER.digest, recipe=RECIPES["crisp"], seed=0)
    index = Atlas(tmp_path, OTHER).index(LAYER)
    assert index is not None
    assert (index.digest, index.channels) == (OTHER.digest, 6)
    for network in (OTHER.with_weights("8" * 64), VGG16.with_weights("7" * 63 + "8")):
        atlas = Atlas(tmp_path, network)
        assert (atlas.index(LAYER), atlas.problem) == (None, "")
