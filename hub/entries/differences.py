"""How two texts, lists or versions of an entry differ: word by word, in pieces that a page marks with ins and del."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

SAME, OUT, IN, GAP = "same", "out", "in", "gap"
MOST_PARTS = 1500
KEPT_AROUND = 12
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``how`` is same, out, in, or gap for a long unchanged stretch that is left out."""

    how: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs; ``is_list`` when the pieces are whole values instead of one running text."""

    name: str
    label: str
    pieces: tuple[Piece, ...]
    is_list: bool = False


def changed_fields(
    before: Mapping[str, Any], after: Mapping[str, Any], labels: Mapping[str, Any], shortened: bool = True
) -> list[Change]:
    """The fields that differ, in the order of the labels; values are texts or lists of texts."""
    changes = []
    for name, label in labels.items():
        old, new = before.get(name) or "", after.get(name) or ""
        if old == new:
            continue
        if isinstance(old, list) or isinstance(new, list):
            pieces = compare_lists(_as_list(old), _as_list(new))
            changes.append(Change(name, str(label), tuple(pieces), is_list=True))
        else:
            words = compare_words(str(old), str(new))
            changes.append(Change(name, str(label), tuple(shorten(words) if shortened else words)))
    return changes


def compare_words(before: str, after: str) -> list[Piece]:
    """Pieces that give the old text without the ``in`` ones and the new text without the ``out`` ones.

    Long texts are compared line by line first; the work stays bounded whatever was typed.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) <= MOST_PARTS:
        return _joined(_matched(old, new))
    return _joined(_by_lines(before, after))


def compare_lists(before: Sequence[str], after: Sequence[str]) -> list[Piece]:
    """What left, what came, what stayed; the order of what stayed does not count."""
    gone = [Piece(OUT, value) for value in before if value not in after]
    come = [Piece(IN, value) for value in after if value not in before]
    kept = [Piece(SAME, value) for value in after if value in before]
    return gone + come + kept


def shorten(pieces: Sequence[Piece]) -> list[Piece]:
    """Of long unchanged stretches only the words beside a change; the rest becomes a gap."""
    found: list[Piece] = []
    for place, piece in enumerate(pieces):
        parts = piece.text.split(" ")
        if piece.how != SAME or len(parts) <= 3 * KEPT_AROUND:
            found.append(piece)
            continue
        if place > 0:
            found.append(Piece(SAME, " ".join(parts[:KEPT_AROUND]) + " "))
        found.append(Piece(GAP, "…"))
        if place < len(pieces) - 1:
            found.append(Piece(SAME, " " + " ".join(parts[-KEPT_AROUND:])))
    return found


def _by_lines(before: str, after: str) -> Iterator[Piece]:
    old, new = _LINES.findall(before), _LINES.findall(after)
    if max(len(old), len(new)) > MOST_PARTS:
        yield from _replaced(before, after)
        return
    for how, first, last, start, end in SequenceMatcher(None, old, new).get_opcodes():
        gone, come = "".join(old[first:last]), "".join(new[start:end])
        if how == "equal":
            yield Piece(SAME, come)
            continue
        left, right = _WORDS.findall(gone), _WORDS.findall(come)
        if max(len(left), len(right)) <= MOST_PARTS:
            yield from _matched(left, right)
        else:
            yield from _replaced(gone, come)


def _matched(old: list[str], new: list[str]) -> Iterator[Piece]:
    for how, first, last, start, end in SequenceMatcher(None, old, new).get_opcodes():
        if how == "equal":
            yield Piece(SAME, "".join(new[start:end]))
        else:
            yield from _replaced("".join(old[first:last]), "".join(new[start:end]))


def _replaced(gone: str, come: str) -> Iterator[Piece]:
    if gone:
        yield Piece(OUT, gone)
    if come:
        yield Piece(IN, come)


def _joined(pieces: Iterator[Piece]) -> list[Piece]:
    """Words that changed with nothing but a blank between them read as one change."""
    smooth = list(pieces)
    for place in range(1, len(smooth) - 1):
        if smooth[place].how == SAME and smooth[place].text.isspace():
            smooth[place] = Piece("blank", smooth[place].text)
    found: list[Piece] = []
    for is_same, group in groupby(smooth, key=lambda piece: piece.how == SAME):
        members = list(group)
        if is_same:
            found.append(Piece(SAME, "".join(piece.text for piece in members)))
        else:
            gone = "".join(piece.text for piece in members if piece.how != IN)
            come = "".join(piece.text for piece in members if piece.how != OUT)
            found += _replaced(gone, come)
    return found


def _as_list(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [str(value)] if value else []
