"""The process that reads one file: started as a script, gets the kind as an argument and the file as its input.

Arguments: kind of file (``rows``: the cells of a workbook), number of the page to draw (0: read the text), folder of
the hub, folders of packages. The package ``hub`` itself would bring the whole application with it, so an empty one
stands in its place.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

ENCODINGS = ("cp437", "cp1252", "latin_1", "ascii", "utf_8_sig", "utf_16", "utf_16_le", "utf_16_be")
LOADED_IN_PASSING = ("heapq", *(f"encodings.{name}" for name in ENCODINGS))


def main(extension: str, page: int, hub_folder: str, libraries: list[str]) -> None:
    """Confine this process, read the file or draw a page of it, send what came of it."""
    sys.path += libraries
    hub = ModuleType("hub")
    hub.__path__ = [hub_folder]
    sys.modules["hub"] = hub
    from hub.fetching.extract import confinement

    confinement.confine()
    from hub.fetching.extract.result import Extracted, Unreadable, encode

    # Read before it is needed: the reserve with which running out of memory can still be told.
    reserve = bytearray(8 * 1024 * 1024)
    answer = encode(Extracted(reason="memory"))
    try:
        work = _drawer(extension, page) if page else _reader(extension)
        content = sys.stdin.buffer.read()
        confinement.seal()
        answer = work(content)
    except Unreadable as error:
        answer = encode(Extracted(reason=error.reason))
    except MemoryError:
        del reserve
    except Exception:  # a broken file finds its way past every parser's own kind of error
        answer = encode(Extracted(reason="damaged"))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def _reader(extension: str) -> Callable[[bytes], bytes]:
    """Reads the text; what is otherwise loaded in passing is loaded now, later nothing can be opened any more."""
    if extension == "rows":
        from hub.fetching.extract import rows

        for name in LOADED_IN_PASSING:
            import_module(name)
        return rows.read
    from hub.fetching.extract import reading
    from hub.fetching.extract.result import encode

    for name in (*LOADED_IN_PASSING, *(["hub.fetching.extract.pdf"] if extension == "pdf" else [])):
        import_module(name)
    return lambda content: encode(reading.read(extension, content))


def _drawer(extension: str, page: int) -> Callable[[bytes], bytes]:
    """Draws a page, for looking at it or (``scan``) for reading its letters."""
    if extension == "scan":
        from hub.fetching.extract import scanning

        return lambda content: scanning.scan(content, page)
    from hub.fetching.extract import drawing

    return lambda content: drawing.draw(extension, content, page)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:])
