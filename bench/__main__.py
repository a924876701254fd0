"""``python -m bench``: measure and print the table."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import bulk, desk, documents, duplicates, engine, linkcare, servers, targets, web
from bench.report import Row, summary, table

QUICK = web.Plan(rounds=1, seconds=0.3, additions=2, cold_starts=1, with_browser=False)
TRUSTED = 20
PARTS = {"documents": documents.rows, "bulk": bulk.rows, "desk": desk.rows}


def main() -> None:
    if sys.argv[1:2] == ["engine"]:
        engine.main(sys.argv[2:], say)
        return
    if sys.argv[1:2] and sys.argv[1] in PARTS:
        say(table(part(sys.argv[1])))
        return
    if sys.argv[1:2] == ["duplicates"]:
        duplicates.main(sys.argv[2:], say)
        return
    if sys.argv[1:2] == ["linkcare"]:
        linkcare.main(say)
        return
    words = _parser().parse_args()
    sizes = [int(size) for size in words.sizes.split(",")]
    plan = QUICK if words.quick else web.Plan(rounds=words.rounds)
    measured = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
            measured.append(web.measure(size, Path(folder), plan, say))
    rows = list(targets.rows(measured))
    for name in PARTS:
        rows += part(name)
    say(f"\n{table(rows)}\n")
    for one in measured:
        say(told_hits(one))
        say(told_others(one))
    say(f"\n{summary(rows)}\n")
    if not words.quick:
        duplicates.main([], say)
        subprocess.run([sys.executable, "-m", "bench.proposals"], cwd=servers.ROOT, check=False)
        subprocess.run([sys.executable, "-m", "bench", "linkcare"], cwd=servers.ROOT, check=False)


def part(name: str) -> list[Row]:
    """The rows of this part, measured in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        return PARTS[name](Path(folder), say)


def told_hits(one: web.Measured) -> str:
    """How many of the searches were answered as they truly should be."""
    hub, floor = one.hits["hub"], one.hits["floor"]
    asked = one.asked
    return (
        f"{one.size} Einträge, {asked} Suchen: mindestens alle wahren Treffer nennt der Hub bei {hub[0]} "
        f"(er findet auch Formen und Wortteile), genau so viele der Boden bei {floor[1]}."
    )


def told_others(one: web.Measured) -> str:
    """How far the times can be trusted."""
    share = round(100 * one.others)
    told = f"{one.size} Einträge: Andere Programme belegten {share} % der Prozessoren."
    if share < TRUSTED:
        return told
    return told + " Die Zeiten sind dadurch länger, lange Seiten mehr als kurze; verlässlich ist die Rechenzeit."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench", description="Die Geschwindigkeit des Wissensspeichers messen.")
    parser.add_argument("--sizes", default="1000,10000", help="Zahl der Einträge, mit Komma getrennt")
    parser.add_argument("--rounds", type=int, default=web.Plan().rounds, help="wie oft alle Seiten gemessen werden")
    parser.add_argument("--quick", action="store_true", help="nur kurz, zum Ausprobieren; die Zahlen sind ungenau")
    return parser


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
