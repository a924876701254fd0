"""The arithmetic of measuring."""

import pytest

from bench.figures import Times, at_least, at_most, percentile
from bench.report import Row, number, summary, table


def test_percentiles_lie_between_the_neighbours() -> None:
    values = [4.0, 1.0, 3.0, 2.0, 5.0]
    assert percentile(values, 50) == 3.0
    assert percentile(values, 95) == pytest.approx(4.8)
    assert percentile([7.0], 95) == 7.0


def test_nothing_measured_is_no_figure() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def test_rounds_are_taken_together() -> None:
    both = Times((0.1, 0.3), 1.0) + Times((0.2,), 0.5)
    assert both.p50 == pytest.approx(0.2)
    assert both.rate == pytest.approx(2.0)


def test_a_bound_counts_as_met_when_it_is_reached_exactly() -> None:
    assert at_most(3).is_met(3.0)
    assert not at_most(3).is_met(3.01)
    assert at_least(60).is_met(60.0)
    assert not at_least(60).is_met(59.9)


def test_with_a_floor_the_ratio_is_judged() -> None:
    row = Row(1000, "Sammlung", 12.0, "ms", 5.0, at_most(3))
    assert row.ratio == pytest.approx(2.4)
    assert row.verdict == "ok"
    assert Row(1000, "Sammlung", 16.0, "ms", 5.0, at_most(3)).verdict == "verfehlt"


def test_without_a_floor_the_value_is_judged() -> None:
    assert Row(1000, "Kaltstart", 1.6, "s", None, at_most(1.5)).verdict == "verfehlt"
    assert Row(1000, "Speicher", 180.0, "MB", None, at_most(200)).verdict == "ok"
    assert Row(1000, "nur zum Vergleich", 180.0, "MB").verdict == ""


def test_numbers_are_written_in_german() -> None:
    assert [number(value) for value in (1.234, 12.34, 1234.5)] == ["1,23", "12,3", "1234"]


def test_the_table_names_what_is_missed() -> None:
    rows = [
        Row(10_000, "Sammlung, p50", 20.0, "ms", 5.0, at_most(3)),
        Row(10_000, "Kaltstart", 1.0, "s", None, at_most(1.5, "s")),
    ]
    lines = table(rows).splitlines()
    assert lines[2].split() == "10.000 Sammlung, p50 20,0 ms 5,00 4,00 × ≤ 3 × verfehlt".split()
    assert summary(rows) == "1 von 2 Zielen erreicht. Verfehlt: Sammlung, p50 (10000)."
