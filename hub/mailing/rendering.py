"""From a template under templates/mail to subject, text and HTML, in the language of the reader."""

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from hub.core.text import clean_line, clean_text
from hub.mailing.models import SUBJECT_LENGTH

_MANY_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a letter says."""

    subject: str
    text: str
    html: str


def render(template: str, language: str, values: dict[str, Any]) -> Rendered:
    """Both forms of a letter; the first line of the text form is the subject.

    Templates see the values, ``base_url``, ``title`` and ``operator``, and nothing of the request that is going on.
    """
    config, find = current_app.config, current_app.jinja_env.get_template
    common = {"base_url": config["BASE_URL"], "title": config["TITLE"], "operator": config["OPERATOR"]}
    with force_locale(language):
        # The ``_`` of pages vouches for markup; in plain text nothing is to be escaped.
        plain = find(f"mail/{template}.txt").render(**common, **values, lang=language, _=gettext)
        first, _end, rest = plain.strip().partition("\n")
        subject = clean_line(first)[:SUBJECT_LENGTH]
        html = find(f"mail/{template}.html").render(**common, **values, lang=language, subject=subject)
    return Rendered(subject, _MANY_LINES.sub("\n\n", clean_text(rest)) + "\n", clean_text(html) + "\n")
