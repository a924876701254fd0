"""Which language a text is in, by its most frequent small words; enough for the seven languages of the hub."""

import re
from collections import Counter

_WORDS = {
    "de": "der die das und ist nicht mit für auf dem den des ein eine einen von zu im sich auch werden wird als bei "
    "sind zur zum wie aus nach oder über durch haben",
    "en": "the and of to in is that for with on are this by from as be at which or an was have has it not their can "
    "will more we our been",
    "fr": "le la les des et est une dans pour que qui sur par avec plus pas au aux du ce cette sont ont été ou leur "
    "nous vous ses",
    "es": "el los las una que es por para con del se su como más pero sus al lo este esta son entre ha cuando muy "
    "sin sobre también y",
    "it": "il di che è per una con non sono del della nel alla gli dei delle anche come più ma questo questa sul dal "
    "ha si lo",
    "nl": "de het een van en is dat op te zijn met voor niet aan er om ook door bij naar maar uit deze dit worden "
    "wordt heeft over hun",
    "pl": "i w na z do że się nie jest o to jak po dla od przez oraz są ale który które tym może być ich jego był "
    "przy także",
}
_BY_WORD: dict[str, list[str]] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        _BY_WORD.setdefault(_word, []).append(_language)
FEWEST_WORDS = 12


def guess(text: str) -> str | None:
    """The language of a text, or None when it is too short or too even to tell."""
    counts: Counter[str] = Counter()
    for word in re.findall(r"[^\W\d_]+", text[:20_000].lower()):
        for language in _BY_WORD.get(word, ()):
            counts[language] += 1
    best = counts.most_common(2)
    if not best or best[0][1] < FEWEST_WORDS:
        return None
    if len(best) > 1 and best[0][1] < 1.3 * best[1][1]:
        return None
    return best[0][0]


def known(code: str) -> str | None:
    """A declared language (``de-DE``, ``de_DE``, ``ger``, ``German``) as the hub names it."""
    lower = code.strip().lower().replace("_", "-")
    named = {"ger": "de", "deu": "de", "german": "de", "deutsch": "de", "eng": "en", "english": "en", "englisch": "en"}
    named |= {"fra": "fr", "fre": "fr", "français": "fr", "spa": "es", "ita": "it", "nld": "nl", "pol": "pl"}
    short = named.get(lower, lower.split("-")[0])
    return short if short in _WORDS else None
