"""A facet as the macro ``ui.facet`` takes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet with how many entries it would leave."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its heading and values."""

    name: str
    title: str
    choices: list[Choice]
