"""Builds lexicon.txt.gz: German nouns with their forms and how common they are, for the splitting of compounds.

Run it in an environment of its own; the product needs neither package:

    python -m venv lexicon-env && lexicon-env/bin/pip install german-nouns==1.2.5 wordfreq==3.1.1
    lexicon-env/bin/python hub/indexing/data/build_lexicon.py

A line is a folded word and ten times its Zipf frequency. LEXICON-LICENCE.txt names sources and licence.
"""

import csv
import gzip
from importlib.resources import files
from pathlib import Path

import wordfreq

_TARGET = Path(__file__).with_name("lexicon.txt.gz")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_RAREST = 2.1
_NO_NOUN = ("name", "Toponym", "Abk", "Affix", "Präfix", "Suffix")
_FORMS = ("nominativ", "genitiv", "dativ", "akkusativ")


def main() -> None:
    """Read both sources and write the lexicon beside this file."""
    lexicon: dict[str, int] = {}
    with (files("german_nouns") / "nouns.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            lemma = row["lemma"]
            if not _is_noun(lemma, row["pos"]):
                continue
            lemma_zipf = wordfreq.zipf_frequency(lemma, "de")
            for form in _forms(lemma, row):
                zipf = max(wordfreq.zipf_frequency(form, "de"), lemma_zipf - 0.3)
                key = form.lower().translate(_UMLAUTS)
                if zipf >= _RAREST and key.isascii():
                    lexicon[key] = max(lexicon.get(key, 0), round(zipf * 10))
    lines = "".join(f"{word} {zipf}\n" for word, zipf in sorted(lexicon.items()))
    _TARGET.write_bytes(gzip.compress(lines.encode("ascii"), 9, mtime=0))
    print(len(lexicon), "words,", _TARGET.stat().st_size, "bytes")


def _is_noun(lemma: str, kind: str) -> bool:
    return len(lemma) > 2 and lemma[0].isupper() and lemma.isalpha() and not any(sort in kind for sort in _NO_NOUN)


def _forms(lemma: str, row: dict[str, str]) -> set[str]:
    forms = {value for name, value in row.items() if value and name and name.startswith(_FORMS)}
    return {lemma, *(form for form in forms if form.isalpha() and len(form) > 2)}


if __name__ == "__main__":
    main()
