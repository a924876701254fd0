"""Rows of the final table: figure, the floor's figure, ratio, target, verdict."""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.figures import Target

HEADINGS = ("Größe", "Was", "Wert", "Boden", "Verhältnis", "Ziel", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. With a floor the target is about the ratio, without about the value itself."""

    size: int
    name: str
    value: float
    unit: str
    floor: float | None = None
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        judged = self.value if self.ratio is None else self.ratio
        return "ok" if self.target.is_met(judged) else "verfehlt"

    def cells(self) -> tuple[str, ...]:
        """The row as texts, German numbers."""
        return (
            f"{self.size:,}".replace(",", "."),
            self.name,
            f"{number(self.value)} {self.unit}".strip(),
            "" if self.floor is None else number(self.floor),
            "" if self.ratio is None else f"{number(self.ratio)} ×",
            self.target.text if self.target else "",
            self.verdict,
        )


def number(value: float) -> str:
    """Three significant digits, a comma for the decimals."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f}".replace(".", ",")


def table(rows: Iterable[Row]) -> str:
    """All rows in columns, with a line between the sizes."""
    return columns(HEADINGS, [row.cells() for row in rows], right={0, 2, 3, 4})


def columns(headings: tuple[str, ...], lines: list[tuple[str, ...]], right: set[int]) -> str:
    """Texts set in columns; those named in ``right`` end at the same place."""
    widths = [max(map(len, column)) for column in zip(headings, *lines, strict=True)]

    def line(cells: tuple[str, ...]) -> str:
        set_cells = (
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(set_cells).rstrip()

    ruler = "  ".join("─" * width for width in widths)
    return "\n".join([line(headings), ruler, *map(line, lines)])


def summary(rows: Iterable[Row]) -> str:
    """How many targets are met, and the names of the others."""
    judged = [row for row in rows if row.target]
    missed = [f"{row.name} ({row.size})" for row in judged if row.verdict != "ok"]
    text = f"{len(judged) - len(missed)} von {len(judged)} Zielen erreicht."
    return text + (f" Verfehlt: {'; '.join(missed)}." if missed else "")
