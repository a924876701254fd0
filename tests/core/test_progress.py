"""Long work tells how far it is while its unit of work is still open."""

from hub.core import progress
from hub.core.progress import counted, reached, told_as


def test_what_is_counted_is_told_from_time_to_time_and_forgotten_at_the_end(app):
    seen = {}
    with told_as("lampen"):
        for number in counted(range(120)):
            seen[number] = reached("lampen")
        assert [seen[0], seen[50], seen[99], seen[100], seen[119]] == [0, 50, 50, 100, 100]
        assert reached("lampen") == 120
        assert list(counted("ab", each=2)) == ["a", "b"]
        assert reached("lampen") == 124 and reached("kerzen") == 0
    assert reached("lampen") == 0
    assert list(progress.incoming_folder().iterdir()) == []


def test_where_nobody_listens_things_only_pass(app):
    assert list(counted([3, 1])) == [3, 1]
    assert list(progress.incoming_folder().iterdir()) == []


def test_work_goes_on_where_nothing_can_be_told(app, monkeypatch):
    monkeypatch.setattr(progress, "EACH", 1)
    folder = progress.incoming_folder()
    with told_as("lampen"):
        folder.rmdir()
        folder.touch()
        assert list(counted([1, 2])) == [1, 2]
    folder.unlink()
    assert reached("lampen") == 0


def test_half_a_number_is_none(app):
    (progress.incoming_folder() / "lampen.progress").write_text("")
    assert reached("lampen") == 0
