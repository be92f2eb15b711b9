from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

import resources
from engine.maps.colormaps import COLORMAPS, suited, table, without_middle
from engine.records import EngineError, Style

LINEAR_TO_CONE = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
CONE_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def oklab(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ LINEAR_TO_CONE.T) @ CONE_TO_OKLAB.T)


@pytest.mark.parametrize("name", COLORMAPS)
def test_every_map_has_256_colours_that_nobody_can_change(name: str) -> None:
    colours = table(name)
    assert colours.shape == (256, 3)
    assert colours.dtype == np.uint8
    assert not colours.flags.writeable
    assert table(name) is colours


@pytest.mark.parametrize(
    ("name", "first", "middle", "last"),
    [  # what matplotlib 3.11.2 gives for levels 0, 128 and 255 with bytes=True
        ("viridis", (68, 1, 84), (32, 144, 140), (253, 231, 36)),
        ("magma", (0, 0, 3), (182, 54, 121), (251, 252, 191)),
        ("inferno", (0, 0, 3), (187, 55, 84), (252, 254, 164)),
        ("cividis", (0, 34, 77), (124, 123, 120), (253, 231, 55)),
    ],
)
def test_colours_are_those_of_matplotlib(
    name: str, first: tuple[int, ...], middle: tuple[int, ...], last: tuple[int, ...]
) -> None:
    assert [tuple(table(name)[level].tolist()) for level in (0, 128, 255)] == [first, middle, last]


def test_grey_is_the_level_itself() -> None:
    assert (table("gray") == np.arange(256)[:, None]).all()


@pytest.mark.parametrize("name", ["viridis", "gray", "magma", "inferno", "cividis"])
def test_sequential_maps_grow_lighter(name: str) -> None:
    lightness = oklab(table(name))[:, 0]
    assert (np.diff(lightness) > -0.004).all()
    assert lightness[-1] - lightness[0] > 0.5


def test_diverging_map_is_what_its_page_says() -> None:
    share = np.linspace(-1, 1, 256)
    measured = oklab(table("diverging"))
    np.testing.assert_allclose(measured[:, 0], 0.95 - 0.53 * abs(share), atol=0.004)
    np.testing.assert_allclose(
        np.hypot(measured[:, 1], measured[:, 2]), 0.16 * np.sin(abs(share) * np.pi / 2), atol=0.004
    )
    hue = np.degrees(np.arctan2(measured[:, 2], measured[:, 1])) % 360
    np.testing.assert_allclose(hue[[0, 255]], [262, 25], atol=1)


def test_only_the_diverging_map_wants_0_in_the_middle() -> None:
    assert [name for name in COLORMAPS if suited(Style(), name).centred] == ["diverging"]
    assert suited(Style("layer", centred=True), "gray") == Style("layer")
    assert [without_middle(name) for name in COLORMAPS] == [*COLORMAPS[:-1], "gray"]


def test_an_unknown_map_is_answered_with_the_nearest() -> None:
    with pytest.raises(EngineError, match="'virdis'; did you mean 'viridis'"):
        table("virdis")
    with pytest.raises(EngineError, match="did you mean"):
        table("../../etc/passwd")


def test_each_map_has_a_line_about_its_licence() -> None:
    page = resources.path("colormaps", "LICENCE.md").read_text(encoding="utf-8")
    assert all(f"`{name}.txt`" in page for name in COLORMAPS)
