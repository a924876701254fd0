"""Numbers in addresses and forms: what no column can hold is the number of nothing."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map
from wtforms import IntegerField

LARGEST = 2**31 - 1
MOST_SIGNS = 20


class BoundedNumber(IntegerConverter):
    """``<int:…>`` up to the largest number of a row; beyond it both databases fail instead of finding nothing."""

    def __init__(self, map: Map, *, max: int = LARGEST, **more: Any) -> None:
        super().__init__(map, max=max, **more)


class RowNumberField(IntegerField):
    """A number of a row or version. What has hundreds of digits is none: ``NumberRange`` fails on it with an error."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; raises ValueError for what cannot be one."""
        super().process_formdata([text if len(text) <= MOST_SIGNS else "" for text in valuelist])
