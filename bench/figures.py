"""Arithmetic of measuring: percentiles, ratios, and whether a target is met."""

from collections.abc import Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which so many percent of the values lie, interpolated between neighbours."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    place = (len(ordered) - 1) * share / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of many requests of the same sort, how long they ran, and the processor time the server took for them."""

    seconds: tuple[float, ...]
    duration: float
    processor: float = 0.0

    @property
    def p50(self) -> float:
        return percentile(self.seconds, 50)

    @property
    def p95(self) -> float:
        return percentile(self.seconds, 95)

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.duration

    @property
    def processor_each(self) -> float:
        """Processor time per request; it hardly depends on what else the machine does."""
        return self.processor / len(self.seconds)

    def __add__(self, other: "Times") -> "Times":
        """What two rounds measured, taken together."""
        seconds = self.seconds + other.seconds
        return Times(seconds, self.duration + other.duration, self.processor + other.processor)


@dataclass(frozen=True, slots=True)
class Target:
    """A bound for a figure; ``text`` says it in words."""

    bound: float
    text: str
    is_least: bool = False

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.is_least else value <= self.bound


def at_most(bound: float, unit: str = "×") -> Target:
    """The figure may not be larger."""
    return Target(bound, f"≤ {_number(bound)} {unit}".strip())


def at_least(bound: float, unit: str = "×") -> Target:
    """The figure may not be smaller."""
    return Target(bound, f"≥ {_number(bound)} {unit}".strip(), is_least=True)


def _number(value: float) -> str:
    return f"{value:.3g}".replace(".", ",")
