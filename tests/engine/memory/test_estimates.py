"""The budget of memory: what is estimated against what is really taken, and what is refused."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

import engine
from engine.cli import commands as cli
from engine.exports.pattern_pictures import check_sheet
from engine.memory import estimates, machine
from engine.memory.budget import PROGRAM_BYTES, SMALLEST_LIMIT, Budget, default_limit, limit_from
from engine.networks.vgg16 import VGG16
from engine.records import EngineError, LayerSelection
from engine.units import bytes_text

GB = 10**9
ROOT = Path(engine.__file__).parents[1]
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much a process has had at most")

_MEASURE = """
import json, sys
from pathlib import Path
def most():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
def forget():
    Path("/proc/self/clear_refs").write_text("5")
found = {}
"""


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Budget:
    """A budget of 2 GB, instead of the one of this process."""
    made = Budget(2 * GB, "Edit, Memory limit")
    monkeypatch.setattr("engine.memory.budget.current", made)
    return made


def measured(program: str) -> dict[str, float]:
    """What a process of its own prints as JSON."""
    command = [sys.executable, "-c", _MEASURE + program + "\nprint(json.dumps(found))"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def close(estimate: float, real: float) -> bool:
    """An upper bound, and not a wild one."""
    return 0.55 * estimate <= real <= estimate


@linux
@pytest.mark.real
def test_passes_and_patterns_take_what_is_estimated() -> None:
    found = measured(
        "import numpy as np, engine\n"
        "with engine.open_session() as session:\n"
        "    for _ in session.warm_up(): pass\n"
        "    found['program'] = most()\n"
        "    for size in (224, 416):\n"
        "        image = np.random.default_rng(size).integers(0, 255, (size, size, 3), dtype=np.uint8)\n"
        "        forget(); kept = dict(session.live_activations(image, size=size))\n"
        "        found[f'pass {size}'] = most(); del kept\n"
        "    less = {'canvas': 416, 'rescue': False}\n"
        "    forget()\n"
        "    for _ in session.patterns('block4_conv1', (0,), steps=1, size=416, overrides=less): pass\n"
        "    found['canvas'] = most()\n"
    )
    assert close(PROGRAM_BYTES, found["program"])
    for size in (224, 416):
        assert close(PROGRAM_BYTES + estimates.pass_bytes(VGG16.at(size)), found[f"pass {size}"])
    assert close(PROGRAM_BYTES + estimates.canvas_bytes(VGG16, "block4_conv1", 416), found["canvas"])


@linux
@pytest.mark.parametrize("file_format", ["sheet", "npy", "png"])
def test_exports_take_what_is_estimated(tmp_path: Path, file_format: str) -> None:
    found = measured(
        "import numpy as np\n"
        "from engine.memory import estimates\n"
        "from engine.networks.vgg16 import VGG16\n"
        "from engine.exports.maps import ExportRequest, export_maps\n"
        "from engine.records import LayerSelection, Picture, Provenance, Style, WeightsFile\n"
        "info = VGG16.at(640).layer('block1_conv1')\n"
        f"part = LayerSelection(info, tuple(range(64 if {file_format!r} != 'png' else 1)))\n"
        "picture = Picture('cat.png', np.zeros((30, 40, 3), np.uint8), 'a' * 64)\n"
        "weights = WeightsFile('vgg16.h5', 'b' * 64, 'bundled', known=True)\n"
        "warm = VGG16.at(64).layer('block5_pool')\n"
        "def export(part, name, enlarge):\n"
        "    maps = {part.layer.name: np.random.default_rng(1).random(part.layer.output_shape, np.float32)}\n"
        f"    request = ExportRequest((part,), maps, __import__('pathlib').Path({str(tmp_path)!r}) / name,\n"
        f"        {file_format!r}, Style('channel'), 'viridis', Provenance(picture, 'crop', 640, weights), enlarge)\n"
        "    for _ in export_maps(request): pass\n"
        "export(LayerSelection(warm, (0,)), 'warm', 1)\n"
        f"enlarge = 8 if {file_format!r} == 'png' else 1\n"
        "forget(); before = most()\n"
        "export(part, 'real', enlarge)\n"
        "found['taken'] = most() - before\n"
        f"found['estimate'] = estimates.export_bytes((part,), {file_format!r}, enlarge)\n"
    )
    # A share of it, for the chunks that a library takes may still be there from before.
    assert 0.3 * found["estimate"] <= found["taken"] <= found["estimate"], found


@linux
@pytest.mark.parametrize("file_format", ["webp", "gif"])
def test_animations_take_what_is_estimated(file_format: str) -> None:
    found = measured(
        "import numpy as np\n"
        "from engine.memory import estimates\n"
        "from engine.networks.vgg16 import VGG16\n"
        "from engine.exports.pattern_pictures import animation\n"
        "def write(side, count):\n"
        "    made = [np.random.default_rng(one).integers(0, 256, (side, side, 3), np.uint8) for one in range(count)]\n"
        f"    animation(made, {file_format!r})\n"
        "write(16, 2)\n"
        "forget(); before = most()\n"
        "write(256, 48)\n"
        "found['taken'] = most() - before\n"
        "found['estimate'] = estimates.animation_bytes(256, 48)\n"
    )
    assert close(found["estimate"], found["taken"]), found


def test_a_pass_that_does_not_fit_is_refused_with_numbers(budget: Budget) -> None:
    estimates.check_pass(VGG16.at(224))
    with pytest.raises(EngineError) as refused:
        estimates.check_pass(VGG16.at(1024))
    sentence = str(refused.value)
    assert sentence == (
        "The maps of all layers at 1024 px need 3.8 GB of memory, and the limit is 2.0 GB; choose an input size of "
        "608 px or less, or raise the limit (Edit, Memory limit)."
    )
    estimates.check_pass(VGG16.at(608))
    with pytest.raises(EngineError):
        estimates.check_pass(VGG16.at(672))


def test_what_is_advised_fits(budget: Budget) -> None:
    for layer in ("block1_conv1", "block3_conv2", "block5_conv3"):
        with pytest.raises(EngineError, match="GB of memory, and the limit is") as refused:
            estimates.check_canvas(VGG16, layer, 9000)
        advised = int(str(refused.value).split("choose ")[1].split(" px")[0])
        estimates.check_canvas(VGG16, layer, advised)
        with pytest.raises(EngineError):
            estimates.check_canvas(VGG16, layer, advised + 8)


def test_more_patterns_at_once_need_more(budget: Budget) -> None:
    estimates.check_canvas(VGG16, "block3_conv1", 512)
    estimates.check_canvas(VGG16, "block5_conv3", 224, 2, rescue=True)
    with pytest.raises(EngineError, match="8 patterns of block3_conv1 on a canvas of 512 px need"):
        estimates.check_canvas(VGG16, "block3_conv1", 512, 8)


def test_sheets_and_animations_are_refused(budget: Budget) -> None:
    budget.limit = 1_300_000_000
    check_sheet(64, 128)
    with pytest.raises(EngineError, match=r"The pixels of a sheet of .* need .* GB of memory"):
        check_sheet(512, 320)
    with pytest.raises(EngineError, match="choose fewer steps or a smaller size"):
        estimates.check_animation(2048, 512)


def test_an_export_is_refused_before_it_begins(budget: Budget) -> None:
    parts = [LayerSelection(info, tuple(range(info.channels))) for info in VGG16.at(640).layers]
    estimates.check_export(parts[:1], "png", 1)
    with pytest.raises(EngineError, match="The files of this export need"):
        estimates.check_export(parts, "npy", 1)


def test_looks_are_kept_within_the_budget(budget: Budget) -> None:
    assert budget.kept_bytes(0) == budget.limit // 16
    assert budget.kept_bytes(budget.limit) == 0
    budget.limit = 16 * GB
    assert budget.kept_bytes(0) == GB


def test_half_of_the_machine_is_the_default() -> None:
    assert default_limit() == max(machine.machine_bytes() // 2, SMALLEST_LIMIT)
    assert 10**7 < machine.used_bytes() < machine.machine_bytes()


def test_the_usual_size_fits_the_smallest_limit() -> None:
    assert PROGRAM_BYTES + estimates.pass_bytes(VGG16.at(224), shown=True) < SMALLEST_LIMIT
    assert PROGRAM_BYTES + estimates.canvas_bytes(VGG16, "block5_conv3", 192, rescue=True) < SMALLEST_LIMIT


@pytest.mark.parametrize(("text", "limit"), [("4", 4 * GB), ("4GB", 4 * GB), (" 1.5 gb", 1.5 * GB), ("2GiB", 2**31)])
def test_amounts(text: str, limit: float) -> None:
    assert limit_from(text) == limit


@pytest.mark.parametrize("text", ["", "much", "-4", "4TB", "1MB", "nan", "4 G B", "1e9"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        limit_from(text)


@pytest.mark.parametrize("size", [448, 640, 2048])
def test_estimates_grow_with_the_area(size: int) -> None:
    assert math.isclose(
        estimates.pass_bytes(VGG16.at(size)), estimates.pass_bytes(VGG16.at(224)) * (size / 224) ** 2, rel_tol=0.05
    )
    assert bytes_text(estimates.pass_bytes(VGG16.at(size), shown=True)) != bytes_text(
        estimates.pass_bytes(VGG16.at(size))
    )


def test_the_command_line_refuses_before_it_loads_anything(
    capsys: pytest.CaptureFixture[str], budget: Budget, cat_path: Path, tmp_path: Path
) -> None:
    arguments = ["maps", str(cat_path), "--layer", "all", "--size", "1024", "--memory", "2GB", "--out", str(tmp_path)]
    options = cli.parse(arguments)
    assert cli.guarded(cli.maps, options) == 1
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert "choose an input size of 608 px or less, or raise the limit (--memory)" in complaint
    assert list(tmp_path.iterdir()) == []
