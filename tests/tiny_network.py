"""Networks of VGG16's kind that are small enough for tests."""

from __future__ import annotations

from dataclasses import replace

from engine.networks import vgg16

TINY = vgg16.description(((1, 4), (2, 6)))
"""Two blocks: one convolution of 4 channels, then two of 6."""

OTHER = replace(TINY, name="Other", digest="7" * 64, source="file")
"""The same blocks as another network, whose digest is known."""
