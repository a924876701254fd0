"""Which spellings are the same page, and which texts are no address at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.address import NoAddress, doi_of, find_doi, is_tracking, normalise, parse, short_form

SAME = [
    ("http://example.org/a", "https://example.org/a"),
    ("https://www.example.org/a", "https://example.org/a"),
    ("HTTPS://EXAMPLE.ORG/a", "https://example.org/a"),
    ("example.org/a", "https://example.org/a"),
    ("  https://example.org/a  ", "https://example.org/a"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("http://example.org:80/a", "https://example.org/a"),
    ("https://example.org./a", "https://example.org/a"),
    ("https://example.org/a/", "https://example.org/a"),
    ("https://example.org", "https://example.org/"),
    ("https://example.org/a#kapitel-3", "https://example.org/a"),
    ("https://example.org//a///b", "https://example.org/a/b"),
    ("https://example.org/index.html", "https://example.org/"),
    ("https://example.org/a/index.php?id=3", "https://example.org/a?id=3"),
    ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
    ("https://example.org/a?utm_source=x&utm_medium=y", "https://example.org/a"),
    ("https://example.org/a?id=1&fbclid=abc", "https://example.org/a?id=1"),
    ("https://example.org/a?gclid=1&id=1&mtm_campaign=x", "https://example.org/a?id=1"),
    ("https://example.org/a?wt_mc=nl&id=1", "https://example.org/a?id=1"),
    ("https://example.org/a?mc_cid=1&mc_eid=2", "https://example.org/a"),
    ("https://example.org/a;jsessionid=1A2B?id=1", "https://example.org/a?id=1"),
    ("https://example.org/a?PHPSESSID=1", "https://example.org/a"),
    ("https://example.org/%7Euser", "https://example.org/~user"),
    ("https://example.org/a%2db", "https://example.org/a-b"),
    ("https://example.org/stra%c3%9fe", "https://example.org/straße"),
    ("https://example.org/a?q=a+b", "https://example.org/a?q=a%20b"),
    ("https://münchen.example/a", "https://xn--mnchen-3ya.example/a"),
    ("https://MÜNCHEN.example/a", "https://münchen.example/a"),
    ("https://example.org/a?id=1&id=1", "https://example.org/a?id=1"),
]
DIFFERENT = [
    ("https://example.org/a", "https://example.org/b"),
    ("https://example.org/a", "https://example.org/A"),
    ("https://example.org/a?id=1", "https://example.org/a?id=2"),
    ("https://example.org/a", "https://example.com/a"),
    ("https://a.example.org/", "https://b.example.org/"),
    ("https://www.de/", "https://de/"),
    ("https://example.org:8080/a", "https://example.org/a"),
    ("https://example.org/a?page=2", "https://example.org/a"),
    ("https://example.org/a%2Fb?x=a%26b=c", "https://example.org/a/b?x=a&b=c"),
]
NO_ADDRESS = [
    *("kein-link mailto:a@example.org ftp://example.org javascript:alert(1) http:// https:///a //example.org").split(),
    *("http://user@example.org http://ex%61mple.org http://-a.example http://a..example http://[::1 /path").split(),
    *(
        "http://example.org:0x50/ http://example.org:99999/ http://exa\u200bmple.org/ http://xn--a.example.ü\u0000/"
    ).split(),
    "",
    " ",
    "https://example.org/" + "a" * 2000,
    "https://example.org/" + "ä" * 800,
    "zwei Wörter",
    "http://./",
    "http://\u0378.example/",
    "http://a\u2024b..\u00e4/",
    "http://" + "a" * 64 + ".example/",
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_page_are_the_same(one, other):
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_pages_stay_different(one, other):
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_text_that_is_no_address(text):
    with pytest.raises(NoAddress):
        parse(text)


@pytest.mark.parametrize("name", "id page q p lang section year s source ref utmost sid".split())
def test_parameters_that_mean_something_stay(name):
    assert not is_tracking(name)


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_none(text):
    for wanted in (text, f"https://example.org/{text}", f"https://{text}/"):
        try:
            first = normalise(wanted)
        except NoAddress:
            continue
        assert len(first) <= 2000
        assert first.isascii()


@given(st.lists(st.sampled_from("a b/ %20 ? & = ä # utm_source=1 id=2 ; .. //".split(" ")), max_size=12))
def test_normalising_twice_changes_nothing(parts):
    first = normalise("https://example.org/" + "".join(parts))
    assert normalise(f"https://{first}") == first


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.1000/xyz-123", "10.1000/xyz-123"),
        ("https://dx.doi.org/10.1000%2FABC", "10.1000/abc"),
        ("doi:10.1007/s11292-020-09415-6.", "10.1007/s11292-020-09415-6"),
        ("(vgl. 10.1016/S0140-6736(20)30183-5)", "10.1016/s0140-6736(20)30183-5"),
        ("Version 10.12 vom 3.4.", None),
    ],
)
def test_doi_is_found(text, doi):
    assert find_doi(text) == doi


def test_only_addresses_of_the_registry_stand_for_a_doi():
    assert doi_of("https://doi.org/10.1000/xyz") == "10.1000/xyz"
    assert doi_of("https://example.org/10.1000/xyz") is None
    assert doi_of("kein Link") is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://www.example.org/", "example.org"),
        ("http://example.org/a/b%20c/?x=1#y", "example.org/a/b c"),
        ("https://xn--mnchen-3ya.example/rat", "münchen.example/rat"),
        ("https://example.org/%00%0a", "example.org"),
        ("https://example.org/" + "a" * 500, "example.org/" + "a" * 107 + "…"),
        ("kein Link", "kein Link"),
    ],
)
def test_address_has_a_short_readable_form(address, shown):
    assert short_form(address) == shown
