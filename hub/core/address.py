"""Addresses of pages: is it one, and which spellings mean the same page? Pure functions, no connection is opened."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, quote_plus, unquote, urlsplit

import idna

from hub.core.text import clean_line

LONGEST, LONGEST_SHORT = 2000, 120
PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\\]")
_BARE = re.compile(r"[\w-]+(\.[\w-]+)+(?=[/?#]|:\d|$)")
_TRACKING = re.compile(
    r"(utm_|mtm_|pk_|piwik_|matomo_|hsa_|_?_hs|mc_[ce]id|mkt_tok|oly_|vero_|wt_z?mc|at_(medium|campaign|custom)"
    r"|ns_(source|campaign|mchannel|linkname|fee)|cm_(mmc|ven|cat|pla|ite)|_ga|_gl)",
    re.I,
)
_TRACKING_NAMES = set(
    "fbclid gclid dclid gclsrc gbraid wbraid msclkid yclid twclid ttclid igshid igsh li_fat_id srsltid s_kwcid ef_id "
    "cmpid xtor sessionid jsessionid phpsessid ref_src ref_url".split()
)
_INDEX_PAGES = re.compile(r"/(index|default)\.(html?|php|aspx?|jsp)$", re.I)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?]*", re.I)
_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~"
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+-]*:(?!\d)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]{1,200}", re.I)
DOI_RESOLVER = "https://doi.org/"
_DOI_HOSTS = {"doi.org", "dx.doi.org", "www.doi.org"}


class NoAddress(Exception):
    """The text is not the address of a page on the web."""


def web_address(value: str | None) -> str:
    """An address as it is stored: https:// in front when no scheme was typed, the scheme in small letters."""
    text = clean_line(value)
    if not text:
        return ""
    if "://" not in text.partition("?")[0]:
        return text if " " in text.partition("/")[0] or _OTHER_SCHEME.match(text) else "https://" + text.lstrip("/")
    scheme, _colon, rest = text.partition("://")
    return f"{scheme.lower()}://{rest}"


def is_web_address(text: str) -> bool:
    """Whether people can open it: http or https, a host with a dot, nobody's name or password in it, no blank."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host.strip(".") and "@" not in parts.netloc and " " not in text


def parse(text: str) -> SplitResult:
    """The address in parts: http or https, a host name in its ASCII form, no user part; raises NoAddress.

    ``www.example.org/page`` counts as https. The fragment is dropped.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or _CONTROL.search(text):
        raise NoAddress
    if _BARE.match(text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise NoAddress from error
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc or "%" in parts.netloc:
        raise NoAddress
    host = ascii_host(parts.hostname)
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    path = quote(parts.path or "/", safe=_SAFE_IN_PATH + "%")
    query = quote(parts.query, safe=_SAFE_IN_PATH + "%?[]")
    if len(netloc) + len(path) + len(query) > LONGEST - len("https://?"):
        raise NoAddress
    return SplitResult(parts.scheme, netloc, path, query, "")


def ascii_host(host: str) -> str:
    """The host name as it stands in DNS (IDNA 2008 after UTS 46); raises NoAddress when it cannot be one."""
    host = host.rstrip(".").lower()
    if not host or len(host) > 253:
        raise NoAddress
    if ":" in host:
        return host
    try:
        name = idna.encode(host, uts46=True).decode("ascii") if not host.isascii() else host
    except (idna.IDNAError, UnicodeError) as error:
        raise NoAddress from error
    if not re.fullmatch(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", name):
        raise NoAddress
    return name


def normalise(text: str) -> str:
    """One spelling for all addresses of a page, for comparing only: ``example.org/path?a=1``. Raises NoAddress.

    Scheme, ``www.``, fragment, tracking parameters, order of parameters, index pages and the last slash do not count.
    """
    parts = parse(text)
    host = parts.netloc.removeprefix("www.") if parts.netloc.count(".") > 1 else parts.netloc
    for port in (":80", ":443"):
        host = host.removesuffix(port)
    path = quote(unquote(_SESSION_IN_PATH.sub("", parts.path)), safe=_SAFE_IN_PATH)
    path = re.sub(r"/{2,}", "/", _INDEX_PAGES.sub("/", path)).rstrip("/")
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not is_tracking(pair[0])]
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in sorted(set(pairs)))
    return f"{host}{path}{'?' if query else ''}{query}"[:LONGEST]


def is_tracking(name: str) -> bool:
    """Whether a parameter only tells where a visitor came from."""
    return name.lower() in _TRACKING_NAMES or bool(_TRACKING.match(name))


def find_doi(text: str) -> str | None:
    """The DOI in a text or address, lower case, without what a sentence left at its end."""
    found = _DOI.search(unquote(text))
    if not found:
        return None
    doi = found[0].rstrip(".,;:'\"]}>").lower()
    return doi.rstrip(")") if doi.count(")") > doi.count("(") else doi


def doi_of(text: str) -> str | None:
    """The DOI an address of doi.org stands for."""
    try:
        parts = parse(text)
    except NoAddress:
        return None
    return find_doi(parts.path) if parts.netloc in _DOI_HOSTS else None


def short_form(text: str) -> str:
    """An address as a person would write it down: host and path without scheme, ``www.``, query and codes."""
    try:
        parts = parse(text)
    except NoAddress:
        return " ".join(text.split())[:LONGEST_SHORT]
    try:
        host = idna.decode(parts.netloc) if "xn--" in parts.netloc else parts.netloc
    except (idna.IDNAError, UnicodeError):
        host = parts.netloc
    shown = host.removeprefix("www.") + _CONTROL.sub(" ", unquote(parts.path)).rstrip("/ ")
    return shown if len(shown) <= LONGEST_SHORT else shown[: LONGEST_SHORT - 1].rstrip() + "…"
