"""The whole benchmark in small: it runs, and every figure it promises is in its table. No figure is judged here."""

import pytest

from bench import __main__ as bench
from bench import targets, web
from bench.report import summary, table


@pytest.mark.slow
def test_quick_run_fills_the_whole_table(tmp_path) -> None:
    measured = web.measure(50, tmp_path, bench.QUICK, lambda _text: None)
    rows = list(targets.rows([measured]))
    text = table(rows)
    for name in ("Startseite, 1 Person, p50", "Sammlung, 10 Personen, Durchsatz", "Eintrag, 10 Personen, p95",
                 "Suche, 1 Person, p95", "Absenden bis Suche gefunden hat, p50", "Kaltstart", "Speicher"):  # fmt: skip
        assert name in text
    assert all(row.value > 0 for row in rows)
    assert "Zielen erreicht" in summary(rows)
    assert measured.hits["floor"] == (20, 20)
    assert measured.hits["hub"][0] == 20
