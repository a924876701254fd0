"""What somebody waits for goes first."""

import threading

from hub.core.precedence import awaited, give_way
from hub.indexing import service as indexing


def test_other_work_stands_still_until_nobody_waits(app):
    passed, came = threading.Event(), threading.Event()

    def work():
        came.set()
        give_way()
        passed.set()

    with awaited():
        with awaited():
            thread = threading.Thread(target=work)
            thread.start()
            came.wait(5)
        assert not passed.wait(0.1), "somebody else still waits"
    assert passed.wait(5)
    thread.join()


def test_it_does_not_stand_still_for_ever():
    with awaited():
        give_way(longest=0.01)


def test_building_the_index_gives_way_between_portions(app, make, monkeypatch):
    make.entry(title="Rote Lampen")
    ways = []
    monkeypatch.setattr(indexing, "give_way", lambda: ways.append(1))
    indexing.rebuild()
    assert ways == [1]
