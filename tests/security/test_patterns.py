"""T44: no regular expression of the code can be made slow; each meets hostile texts made from its own signs."""

import ast
import re
import string
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "config.py", *sorted((ROOT / "hub").rglob("*.py"))]
FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
LENGTH, LONGEST_SECONDS = 10_000, 0.05
MOST_SIGNS = 4
WAYS = {"match": "match", "fullmatch": "fullmatch"}  # everything else looks through the whole text, as search does


def patterns() -> Iterator[tuple[str, str | bytes, int, set[str]]]:
    """Place, pattern, flags and use of every pattern that stands in the code."""
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        tree = ast.parse(text)
        names = {
            node.targets[0].id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if is_re_call(node):
                place = f"{source.relative_to(ROOT)}:{node.lineno}"
                yield place, *meaning(node, names), ways_of(node, names, text)


def is_re_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in FUNCTIONS
    )


def ways_of(node: Any, names: dict[str, ast.expr], source: str) -> set[str]:
    """How the pattern is used: by the function called, or by what its name is asked for in the same file."""
    if node.func.attr != "compile":
        return {WAYS.get(node.func.attr, "search")}
    name = next((name for name, value in names.items() if value is node), None)
    used = set(re.findall(rf"\b{name}\.(\w+)\(", source)) if name else set()
    return {WAYS.get(one, "search") for one in used & FUNCTIONS} or {"search", "fullmatch"}


def meaning(node: ast.Call, names: dict[str, ast.expr]) -> tuple[str | bytes, int]:
    """The pattern and its flags; parts that are named or computed stand for themselves as a plain word."""
    pattern = text_of(node.args[0], names)
    flags = 0
    for part in [*node.args[1:], *(word.value for word in node.keywords)]:
        for one in ast.walk(part):
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "re":
                flags |= getattr(re, one.attr)
    return pattern, flags


def text_of(node: ast.expr, names: dict[str, ast.expr]) -> str | bytes:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in names:
        return text_of(names[node.id], names)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text_of(node.left, names) + text_of(node.right, names)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else str(text_of(part.value, names))
            for part in node.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        )
    return "wort"


def hostile(pattern: str | bytes) -> Iterator[str | bytes]:
    """Long runs of the signs that the pattern speaks of, alone, in pairs, and with an end that fits nothing."""
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    signs = [sign for sign in dict.fromkeys(text) if sign not in "\\[](){}|^$?*+" or sign in "[]("]
    classes = {r"\s": " \n", r"\d": "1", r"\w": "aä" if isinstance(pattern, str) else "a", ".": "a", "[^": "a\n"}
    signs = [*dict.fromkeys("".join(more for mark, more in classes.items() if mark in text)), *signs]
    units = {sign * 2 for sign in signs[:12]} | {"".join(pair) for pair in product(signs[:MOST_SIGNS], repeat=2)}
    units |= {string.printable, text}
    for unit in units:
        run = (unit * (LENGTH // len(unit) + 1))[:LENGTH]
        for one in (run[:-1] + "\x00", "<" + run[:-1]):
            yield one.encode("latin-1", "replace") if isinstance(pattern, bytes) else one


@pytest.mark.parametrize(("place", "pattern", "flags", "ways"), [pytest.param(*one, id=one[0]) for one in patterns()])
def test_t44_no_text_makes_a_pattern_slow(place, pattern, flags, ways):
    compiled = re.compile(pattern, flags)
    for way in ways:
        act = getattr(compiled, way)
        for text in hostile(pattern):
            began = time.thread_time()
            act(text)
            assert time.thread_time() - began < LONGEST_SECONDS, (pattern, way, text[:20])


def test_t44_the_measure_finds_a_slow_pattern():
    slow = r"(a+)+b"
    text = max((text for text in hostile(slow)), key=lambda text: text.count("a"))[:21]
    began = time.thread_time()
    re.compile(slow).fullmatch(text)
    assert time.thread_time() - began > LONGEST_SECONDS
