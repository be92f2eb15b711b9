"""What is said about patterns: scores, outcomes, what can be formed. For someone who sees them for the first time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.networks.description import NetworkDescription
from engine.patterns.records import Frame
from engine.records import LayerInfo
from engine.time_left import about_text
from gui.formatting import count_text, number
from gui.state.pattern_words import OBJECTIVES

_CONVOLUTIONS = "Choose a convolution in the layer tree to see what its filters look for."


def target_note(layer: LayerInfo | None) -> str:
    """What a person has to know about the patterns of a layer, or ""."""
    if layer is None:
        return _CONVOLUTIONS
    if layer.kind == "pooling":
        return f"Pooling has no filters, so {layer.name} has no patterns of its own. {_CONVOLUTIONS}"
    if layer.kind == "linear":
        return f"These are the maps before ReLU. Their filters are those of {layer.keras_name}, whose patterns you see."
    return ""


def no_tiles_note(objective: str) -> str:
    """Why a whole layer of an objective's patterns cannot be formed, or ""."""
    text = OBJECTIVES[objective]
    return "" if text.each else f"“{text.label}” has no place in the tiles; form it for selected channels"


def selected_texts(objective: str, channels: tuple[int, ...], pictures: int) -> tuple[str, ...]:
    """What the button for the selection says, in full and shorter."""
    text = OBJECTIVES[objective]
    if len(channels) < text.least and not channels:
        return ("Form selected",)
    words = text.alone if len(channels) == 1 else text.several
    filled = words.format(channel=channels[0] if channels else 0, count=len(channels), pictures=pictures)
    return f"Form {filled}", "Form selected"


def layer_texts(layer: LayerInfo | None, seconds: float | None) -> tuple[str, ...]:
    """What the button for the layer says, in full and shorter."""
    if layer is None or layer.kind == "pooling":
        return ("Form layer",)
    takes = _takes(seconds)
    every = f"Form all {layer.channels} channels"
    return f"{every} of {layer.keras_name}{takes}", f"{every}{takes}", "Form layer"


def network_texts(seconds: float | None) -> tuple[str, ...]:
    """What the button for the network says, in full and shorter."""
    return f"Form network…{_takes(seconds)}", "Form network…"


def missing_text(missing: Mapping[str, Sequence[int]] | None, network: NetworkDescription) -> str:
    """How many patterns of a network are to be formed, by layer; None while that is not known."""
    filters = sum(info.channels for info in network.of_kind("convolution"))
    count = sum(map(len, missing.values())) if missing is not None else None
    if count is None or count == filters:
        return f"All {filters:,} filters of {network.name} take hours."
    return f"{count_text(count, 'pattern')} of the network's {filters:,} {'is' if count == 1 else 'are'} missing."


def score_text(frame: Frame, seconds: float) -> str:
    """Everything about how far a pattern is: ``score 345.6 after 32 of 48 steps · rendered · 1.2 s``."""
    took = f" · {duration_text(seconds)}" if seconds else ""  # one that was there already took none
    return f"{progress_text(frame)} · {outcome_word(frame)}{took}"


def progress_text(frame: Frame) -> str:
    """The score so far: ``score 345.6 after 32 of 48 steps``."""
    return f"score {number(frame.score)} after {frame.step} of {count_text(frame.steps, 'step')}"


def outcome_word(frame: Frame) -> str:
    """What became of a pattern, in a word."""
    if frame.outcome == "rendering":
        return "stopped" if frame.done else "forming"
    return frame.outcome


def outcome_sentence(frame: Frame, reference: float | None = None, objective: str = "channel") -> str:
    """What became of a pattern, explained.

    Args:
        frame: The pattern as it stands.
        reference: The score of the person's own picture, or None when there is none.
        objective: What was climbed, one of `OBJECTIVES`.
    """
    word, text = outcome_word(frame), OBJECTIVES[objective]
    if word == "forming" and not text.each:
        return "Step by step the picture is changed towards the objective."
    sentence = (text.rendered if word == "rendered" else _OUTCOMES[word]).format(
        attempts=count_text(frame.attempts, "attempt"), compared=_compared(frame, reference), channel=frame.channel
    )
    return " ".join(part for part in (sentence, frame.note) if part)


def duration_text(seconds: float) -> str:
    """A stretch of time: ``1.2 s``, ``45 s``, ``3 min 5 s``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


_OUTCOMES = {
    "forming": "Step by step the picture is changed so that the channel responds to it more.",
    "stopped": "Stopped before it was finished; it can be continued from here.",
    "weak": (
        "The channel responds to this picture hardly more than to noise{compared}. "
        "More steps, another seed or the recipe crisp may bring out a pattern."
    ),
    "stuck": (
        "After {attempts} there is still no response at all, and so no direction to climb in. "
        "Try another seed or the recipe crisp."
    ),
}


def _compared(frame: Frame, reference: float | None) -> str:
    if reference is None or frame.score <= 0 or frame.channel < 0:
        return ""
    if reference <= 0:
        return ", and to your picture not at all"
    times = frame.score / reference
    if times < 1:
        return ", but less than to your picture"
    return f", and {number(float(f'{times:.2g}'))} times as strongly as to your picture"


def _takes(seconds: float | None) -> str:
    return "" if seconds is None else f" ({about_text(seconds)})"
