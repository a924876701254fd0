"""Numbers in addresses: what no column can hold is the number of nothing."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class BoundedNumber(IntegerConverter):
    """``<int:…>`` up to the largest number of a row; beyond it both databases fail instead of finding nothing."""

    def __init__(self, map: Map, *, max: int = LARGEST, **more: Any) -> None:
        super().__init__(map, max=max, **more)
