"""Answers are kept until something changes, drawn ones compressed."""

from markupsafe import Markup

from hub.indexing import generation
from hub.indexing.generation import cached


def test_a_drawn_part_comes_back_as_it_was_and_takes_little_room(app):
    generation.forget()
    drawn = Markup("<li>Grüße – aus „Köln“</li>") * 400

    made = [cached("part", lambda: drawn), cached("part", lambda: Markup("made again"))]

    assert made == [drawn, drawn]
    assert all(isinstance(part, Markup) for part in made)
    assert generation._answers.currsize < len(drawn) / 10


def test_an_empty_answer_is_kept_as_well(app):
    generation.forget()
    assert [cached("nothing", lambda: None), cached("nothing", lambda: 1)] == [None, None]
