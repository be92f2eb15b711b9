from __future__ import annotations

from engine.patterns.requests import of_channel
from gui.pattern_jobs import keys_of
from gui.pattern_settings import PatternSettings

WEIGHTS = "a" * 64


def test_keys_of_channels_are_those_that_the_engine_files_their_patterns_under() -> None:
    keys = keys_of("block2_conv1", (3, 70), PatternSettings(size=96, seed=5), WEIGHTS)
    assert keys == tuple(of_channel("block2_conv1", channel, size=96, seed=5).key(WEIGHTS) for channel in (3, 70))


def test_other_weights_and_settings_have_other_keys() -> None:
    layer, channels = "block2_conv1", (3,)
    keys = {
        keys_of(layer, channels, PatternSettings(), WEIGHTS),
        keys_of(layer, channels, PatternSettings(), "b" * 64),
        keys_of(layer, channels, PatternSettings(seed=1), WEIGHTS),
        keys_of(layer, channels, PatternSettings(recipe="chollet"), WEIGHTS),
    }
    assert len(keys) == 4
