"""A list of people to invite: what becomes of each line, before anything is done; then all good lines or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import select

from hub.accounts import policy, queries
from hub.accounts.models import ROLE_LABELS, Organisation, User
from hub.accounts.reading_lists import Line
from hub.accounts.service import inviting
from hub.accounts.service.inviting import Invited
from hub.accounts.service.people import Person
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.permissions import Role
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work

LONGEST_EMAIL, LONGEST_NAME = 254, 120
FORMULA_SIGNS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What one line means; ``problem`` says why it is left out, ``notes`` what was put right."""

    number: int
    email: str
    name: str
    organisation: str = ""
    role: str = ""
    person: Person | None = None
    problem: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """All lines, and the people of the good ones."""

    lines: list[PlannedLine]

    @property
    def persons(self) -> list[Person]:
        """Whom the list brings in."""
        return [line.person for line in self.lines if line.person is not None]


def plan_list(actor: Actor, lines: Sequence[Line], organisation_id: int | None = None) -> Plan:
    """Look at every line; ``organisation_id`` is for lines that name none. Changes nothing."""
    require(policy.may_tend_accounts(actor))
    known = _Known(actor, lines, organisation_id)
    return Plan([known.plan(line) for line in lines])


def invite_list(actor: Actor, lines: Sequence[Line]) -> list[Invited]:
    """Invite the people of lines that were good in the preview; raises Conflict when one is not any more."""
    with unit_of_work():
        plan = plan_list(actor, lines)
        if any(line.problem for line in plan.lines):
            raise Conflict(_("Seit der Vorschau hat sich etwas geändert. Es wurde noch niemand eingeladen."))
        return inviting.invite(actor, plan.persons)


class _Known:
    """What the lines are compared with; read with two statements, however long the list."""

    def __init__(self, actor: Actor, lines: Sequence[Line], organisation_id: int | None) -> None:
        self._actor = actor
        self._tends_all = policy.tends_all_organisations(actor)
        self._default = organisation_id if self._tends_all else actor.organisation_id
        wanted = {queries.normal_email(line.email) for line in lines}
        self._taken = set(db.session.scalars(select(User.email).where(User.email.in_(wanted))))
        rows = db.session.execute(select(Organisation.id, Organisation.name, Organisation.label)).all()
        self._labels = {row.id: row.label for row in rows}
        self._by_name = {name.casefold(): row.id for row in rows for name in (row.name, row.label)}
        self._roles = {str(word).casefold(): role for role in Role for word in (role.value, ROLE_LABELS[role])}
        self._seen: dict[str, int] = {}

    def plan(self, line: Line) -> PlannedLine:
        email, notes = queries.normal_email(line.email), []
        if email != line.email:
            notes.append(_("Adresse in Kleinbuchstaben geschrieben"))
        name = clean_line(line.name)
        if not name:
            name = _name_from(email)
            notes.append(_("Name aus der Adresse übernommen"))
        role = self._roles.get(line.role.casefold()) if line.role else Role.MEMBER
        organisation_id = self._by_name.get(line.organisation.casefold()) if line.organisation else self._default
        problem = self._problem(line, email, name, organisation_id, role)
        self._seen.setdefault(email, line.number)
        person = None
        if not problem and organisation_id is not None and role is not None:
            person = Person(email, name, organisation_id, role)
        label = self._labels.get(organisation_id or 0, line.organisation) if person else line.organisation
        role_label = str(ROLE_LABELS[role]) if role else line.role
        return PlannedLine(line.number, email or line.email, name, label, role_label, person, problem, notes)

    def _problem(self, line: Line, email: str, name: str, organisation_id: int | None, role: Role | None) -> str:
        return (
            _problem_of_address(email)
            or self._problem_of_person(email, name)
            or self._problem_of_place(line, organisation_id)
            or self._problem_of_role(line, role, organisation_id)
        )

    def _problem_of_person(self, email: str, name: str) -> str:
        if email in self._seen:
            return _("Diese Adresse steht schon in Zeile %(number)s.", number=self._seen[email])
        if email in self._taken:
            return _("Für diese Adresse gibt es schon ein Konto.")
        if name.startswith(FORMULA_SIGNS):
            return _("Der Name sieht aus wie eine Formel.")
        return _("Der Name ist zu lang.") if len(name) > LONGEST_NAME else ""

    def _problem_of_place(self, line: Line, organisation_id: int | None) -> str:
        """A coordination learns of other organisations no more than that they are not its own."""
        if not self._tends_all and organisation_id != self._actor.organisation_id:
            return _("Einladen können Sie nur für %(organisation)s.", organisation=self._actor.organisation_name)
        if organisation_id is None:
            return _("Diese Organisation kennen wir nicht.") if line.organisation else _("Das Mitglied fehlt.")
        return ""

    def _problem_of_role(self, line: Line, role: Role | None, organisation_id: int | None) -> str:
        if role is None:
            return _("Die Rolle „%(role)s“ gibt es nicht.", role=line.role)
        if not policy.may_bring_in(self._actor, role, organisation_id):
            return _("Diese Rolle können Sie nicht vergeben.")
        return ""


def _problem_of_address(email: str) -> str:
    if not email:
        return _("Hier fehlt die E-Mail-Adresse.")
    if len(email) > LONGEST_EMAIL:
        return _("Die Adresse ist zu lang.")
    try:
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return _("Das ist keine E-Mail-Adresse.")
    return ""


def _name_from(email: str) -> str:
    words = email.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ").split()
    return " ".join(word.capitalize() for word in words)[:LONGEST_NAME] or email[:LONGEST_NAME]
