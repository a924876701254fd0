"""The second factor as a whole: who has one, setting up and removing, codes at the second step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, or_, select

from hub.accounts import notices, policy, queries, sessions
from hub.accounts.factor_models import Passkey, TimeCode
from hub.accounts.models import User
from hub.accounts.service import recovery_codes, time_codes
from hub.audit.service import record
from hub.core.actor import Actor, Proof, require
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has beside the password."""

    time_code_since: datetime | None
    passkeys: list[Passkey]
    codes_left: int

    @property
    def has_any(self) -> bool:
        """Whether there is a second factor."""
        return self.time_code_since is not None or bool(self.passkeys)

    @property
    def count(self) -> int:
        """How many second factors there are; recovery codes are none by themselves."""
        return (self.time_code_since is not None) + len(self.passkeys)


def has_any(user_id: int) -> bool:
    """Whether the person has a second factor, in one question."""
    time_code = exists().where(TimeCode.user_id == user_id, TimeCode.confirmed_at.is_not(None))
    return bool(db.session.scalar(select(or_(time_code, exists().where(Passkey.user_id == user_id)))))


def find(user_id: int) -> Factors:
    """The factors of a person."""
    rows = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at, Passkey.id)
    passkeys = list(db.session.scalars(rows))
    return Factors(time_codes.find_since(user_id), passkeys, recovery_codes.count_left(user_id))


def check_code(user_id: int, code: str) -> Proof | None:
    """Which proof a typed code is; using it counts at once."""
    plain = "".join(code.split())
    if len(plain) == time_codes.DIGITS and plain.isdigit():
        return Proof.TIME_CODE if time_codes.use(user_id, plain) else None
    return Proof.RECOVERY_CODE if recovery_codes.use(user_id, code) else None


def set_up_time_code(actor: Actor, code: str) -> list[str]:
    """The begun app counts from now on; returns new recovery codes when there were none. Raises Refused."""
    with unit_of_work():
        if not time_codes.confirm_begun(actor, "".join(code.split())):
            raise Refused(
                _("Der Code passt nicht. Er gilt eine halbe Minute. Bitte prüfen Sie auch die Uhr des Geräts.")
            )
        record(actor, "user.time_code_added", actor.id)
        return has_changed(actor, Proof.TIME_CODE, _l("Eine App für Einmal-Codes wurde eingerichtet."))


def remove_time_code(actor: Actor) -> None:
    """Forget the app; raises Refused when the person must have a factor and this is the last."""
    with unit_of_work():
        refuse_last(actor)
        time_codes.remove(own_id(actor))
        record(actor, "user.time_code_removed", actor.id)
        has_gone(actor, _l("Die App für Einmal-Codes wurde entfernt."))


def renew_codes(actor: Actor) -> list[str]:
    """New recovery codes; the earlier ones end."""
    with unit_of_work():
        if not has_any(own_id(actor)):
            raise Refused(
                _("Wiederherstellungscodes gibt es zusammen mit einer App für Einmal-Codes oder einem Passkey.")
            )
        record(actor, "user.recovery_codes_renewed", actor.id)
        _tell(actor, _l("Neue Wiederherstellungscodes wurden erzeugt; die früheren gelten nicht mehr."))
        return recovery_codes.renew(own_id(actor))


def reset(actor: Actor, user: User) -> None:
    """Take all second factors off an account, for a person who has lost them; the sessions end, the person is told."""
    require(policy.may_manage_accounts(actor))
    with unit_of_work():
        _forget_all(user.id)
        sessions.end_all(user.id)
        record(actor, "user.factors_reset", user.id)
        notices.tell_factor_changed(user, _l("Die Verwaltung hat Ihren zweiten Faktor zurückgesetzt."))


def has_changed(actor: Actor, proof: Proof, what: Any) -> list[str]:
    """After a new factor: other sessions end, this one has proven it; the person is told. New codes when none were."""
    sessions.end_all(own_id(actor), except_id=actor.session_id)
    sessions.prove(actor, proof)
    _tell(actor, what)
    return [] if recovery_codes.count_left(own_id(actor)) else recovery_codes.renew(own_id(actor))


def has_gone(actor: Actor, what: Any) -> None:
    """After a factor was removed: other sessions end, codes go with the last factor; the person is told."""
    sessions.end_all(own_id(actor), except_id=actor.session_id)
    if not has_any(own_id(actor)):
        recovery_codes.remove(own_id(actor))
    _tell(actor, what)


def refuse_last(actor: Actor) -> None:
    """Whoever must have a factor replaces the last one instead of removing it."""
    if sessions.needs_factor(actor.role) and find(own_id(actor)).count == 1:
        raise Refused(_("Für Ihr Konto ist ein zweiter Faktor Pflicht. Bitte richten Sie zuerst einen anderen ein."))


def own_id(actor: Actor) -> int:
    """The number of the account; the system itself has none and no factors."""
    require(actor.id is not None)
    return int(actor.id or 0)


def _forget_all(user_id: int) -> None:
    db.session.execute(delete(Passkey).where(Passkey.user_id == user_id))
    time_codes.remove(user_id)
    recovery_codes.remove(user_id)


def _tell(actor: Actor, what: Any) -> None:
    notices.tell_factor_changed(queries.get_own_user(actor), what)
