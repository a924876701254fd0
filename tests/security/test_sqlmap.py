"""What the words of sqlmap are taken for."""

from tests.security.scanning.sqlmap import FOUND, Group, count_tried
from tests.security.walking import Form

SUSPECTED = """[INFO] POST parameter 'note' appears to be 'AND boolean-based blind - WHERE or HAVING clause' injectable
[INFO] checking if the injection point on POST parameter 'note' is a false positive
"""
REFUTED = """[WARNING] false positive or unexploitable injection point detected
[WARNING] POST parameter 'note' does not seem to be injectable
[CRITICAL] all tested parameters do not appear to be injectable.
"""
PROVED = """POST parameter 'note' is vulnerable. Do you want to keep testing the others (if any)? [y/N] N
sqlmap identified the following injection point(s) with a total of 40 HTTP(s) requests:
"""


def test_a_suspicion_that_sqlmap_takes_back_is_no_finding():
    assert not FOUND.search(SUSPECTED + REFUTED)
    assert FOUND.search(SUSPECTED + PROVED)


def test_a_parameter_counts_as_tried_once_it_is_judged():
    group = Group("admin", Form("/entries/new", "/entries/new", "POST", "entries.create", ()), ("note", "title"))
    assert count_tried(group, SUSPECTED + REFUTED) == 1
