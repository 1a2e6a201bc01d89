"""What a camera was asked for and what it really delivers. Pure."""

from dataclasses import dataclass

from config.messages.said import say

_SLOW, _FAST_AGAIN = 0.6, 0.7
"""Shares of the asked rate: below the first it is complained of, above the second it is well again."""


@dataclass(frozen=True, slots=True)
class RealFormat:
    """What the camera really delivers."""

    width: int
    height: int
    fps: float
    """Measured, smoothed over about ten frames; 0 until two frames came."""
    fourcc: str = ""
    """How the pictures are coded, as the device says; empty when it does not."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What was asked for; None where nothing was."""

    size: tuple[int, int] | None = None
    """(width, height)"""
    fourcc: str | None = None
    fps: float | None = None


def too_slow(expected: Expected, real: RealFormat, before: bool) -> bool:
    """Whether the pictures come too slowly, given whether they did so before."""
    if expected.fps is None or not real.fps:
        return False
    return real.fps < (_FAST_AGAIN if before else _SLOW) * expected.fps


def mismatch(device: str, expected: Expected, real: RealFormat, slow: bool) -> str:
    """How what comes differs from what was asked for, in one sentence; empty when it does not.

    Args:
        device: its name.
        expected: what was asked for.
        real: what comes.
        slow: it has been too slow for some seconds.
    """
    if expected.size is not None and expected.size != (real.width, real.height):
        return say(
            "{device} gives pictures of {got} instead of {asked}; put a size that it offers into the profile.",
            device=device,
            got=f"{real.width} x {real.height}",
            asked=f"{expected.size[0]} x {expected.size[1]}",
        )
    if expected.fourcc is not None and real.fourcc and real.fourcc != expected.fourcc:
        return say(
            "{device} gives {got} instead of {asked}; put a size that it offers as {asked} into the profile.",
            device=device,
            got=real.fourcc,
            asked=expected.fourcc,
        )
    if slow and expected.fps is not None:
        return say(
            "{device} gives {got} pictures a second instead of {asked}; give it more light or a USB socket of its own.",
            device=device,
            got=f"{real.fps:.1f}",
            asked=f"{expected.fps:.0f}",
        )
    return ""
