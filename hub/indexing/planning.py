"""From the typed text to a plan."""

from hub.indexing.analysis import PART, english_stem, french_stem, is_stop_word, stem, words
from hub.indexing.plan import Need, Plan, Way
from hub.indexing.terms import Terms
from hub.indexing.view import View
from hub.indexing.wanted import Wanted


def make_plan(wanted: Wanted, view: View) -> Plan:
    """The plan for a search."""
    needs = []
    stems = set()
    foreign = set()
    for word in words(wanted.text[:200]):
        if is_stop_word(word.folded):
            continue
        root = stem(word.folded)
        stems.add(root)
        foreign |= {english_stem(word.folded), french_stem(word.folded)}
        ways = [
            Way(1.0, ((root,),)), Way(0.6, ((PART + root,),)),
            Way(0.9, ((english_stem(word.folded), french_stem(word.folded)),)),
        ]
        needs.append(Need(ways, word.folded))
    return Plan(needs=needs, terms=Terms(frozenset(stems), frozenset(foreign)))
