"""A network of VGG16's kind that is small enough for tests."""

from __future__ import annotations

from engine.networks import vgg16

TINY = vgg16.description(((1, 4), (2, 6)))
"""Two blocks: one convolution of 4 channels, then two of 6."""
