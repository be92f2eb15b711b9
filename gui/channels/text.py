"""What is said about a channel: in one sentence to screen readers, in lines in the tooltip of its tile."""

from __future__ import annotations

from collections.abc import Sequence

from engine.records import ChannelStatistics, ScaledMaps
from gui.formatting import number, percent, tip

_UNKNOWN = ("not computed yet",)


def facts(statistics: ChannelStatistics | None, scaled: ScaledMaps | None, channel: int, mark: str) -> list[str]:
    """What is known of a channel's values, and of how they are shown.

    Args:
        statistics: Of the layer's values, once they are computed.
        scaled: The layer's maps as they are shown, once they are.
        channel: The channel.
        mark: The tile's badge, or "".
    """
    found = [] if statistics is None else [_numbers(statistics, channel)]
    if scaled is not None:
        found.append(f"shown from {number(scaled.low[channel])} to {number(scaled.high[channel])}")
        if mark:
            found.append(f"clipped {percent(scaled.clipped[channel])}" if mark == "clipped" else mark)
    return found


def sentence(title: str, known: Sequence[str], pattern: str) -> str:
    """A channel's name, its facts, and what there is to say of its pattern or ""."""
    values = f"{title}: {'; '.join(known or _UNKNOWN)}"
    return f"{values}. {pattern}" if pattern else values


def lines(title: str, known: Sequence[str], pattern: str) -> str:
    """The same for a tooltip."""
    return tip("\n".join(filter(None, (title, *(known or _UNKNOWN), pattern))))


def _numbers(statistics: ChannelStatistics, channel: int) -> str:
    return ", ".join(
        (
            f"minimum {number(statistics.minimum[channel])}",
            f"maximum {number(statistics.maximum[channel])}",
            f"mean {number(statistics.mean[channel])}",
            f"standard deviation {number(statistics.std[channel])}",
            f"{percent(statistics.zeros[channel])} zeros",
        )
    )
