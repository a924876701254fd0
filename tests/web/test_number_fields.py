"""Numbers in forms: hundreds of digits are an error in words, never a failure."""

import re
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import InputRequired, NumberRange, Optional

from hub.web.numbers import LARGEST, RowNumberField

ROOM = Path(__file__).parents[2] / "hub"


class VersionForm(Form):
    """As forms of the hub carry a version."""

    version = RowNumberField(validators=[Optional(), NumberRange(min=1, max=LARGEST)], default=1)
    number = RowNumberField(validators=[InputRequired(), NumberRange(min=1, max=LARGEST)])


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, " " * 400 + "x", "9" * 6000, "1.5", "", "99999999999"])
def test_what_is_no_number_of_a_row_is_an_error(app, number):
    with app.test_request_context():
        form = VersionForm(MultiDict({"version": "1", "number": number}))
        assert form.validate() is False and list(form.errors) == ["number"]


def test_a_number_is_read(app):
    with app.test_request_context():
        form = VersionForm(MultiDict({"version": " 7 ", "number": str(LARGEST)}))
        assert form.validate() and (form.version.data, form.number.data) == (7, LARGEST)


def test_forms_compare_no_other_whole_number():
    """``NumberRange`` asks ``math.isnan``, which fails on an integer with more than 308 digits."""
    sources = [path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py")]
    assert sum("RowNumberField(" in source for source in sources) > 5
    compared = re.compile(r"= IntegerField\([^\n]*NumberRange[^\n]*")
    assert [found for source in sources for found in compared.findall(source)] == []
