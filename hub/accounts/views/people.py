"""Accounts: for the office all, for a coordination those of its own organisation."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts import policy, queries
from hub.accounts.forms import InviteForm, PersonForm, TendedPersonForm
from hub.accounts.models import ROLE_LABELS, User
from hub.accounts.queries import PeopleFilter
from hub.accounts.service import factors, inviting, mailed_links
from hub.accounts.service import people as service
from hub.accounts.service.inviting import Invited
from hub.accounts.service.people import Person
from hub.accounts.service.signing_in import make_link
from hub.accounts.views.blueprint import bp
from hub.core.errors import Conflict, Refused
from hub.core.paging import PER_PAGE, Page, page_number
from hub.core.permissions import Permission, Role
from hub.core.text import clean_line
from hub.mailing import service as mailing
from hub.web.guard import fresh_sign_in_to_send, requires
from hub.web.parked import parked_form

PERSON = "/people/<int:user_id>"
FRESH_LINK = "fresh_link"
LINK_PURPOSES = ("sign_in", "invitation")
ROLE_CHOICES = [(role.value, label) for role, label in ROLE_LABELS.items()]
LONGEST_FILTER = 200


@bp.route("/people", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def people() -> ResponseReturnValue:
    """All accounts by organisation; sending the form adds one and makes its invitation."""
    organisations = queries.find_tended_choices(current_user)
    choices = organisations if len(organisations) == 1 else [("", _("Bitte wählen")), *organisations]
    form = InviteForm(parked_form() or request.form, choices, _roles_to_give(), role=Role.MEMBER.value)
    if request.method == "POST" and form.validate():
        try:
            return _invite(form)
        except Refused as error:
            form.email.errors = [error.message]
    wanted = _read_filter()
    total = queries.count_users(current_user, wanted)
    page = Page(1, PER_PAGE, total)
    page = Page(page_number(request.args.get("page"), page.last), PER_PAGE, total)
    html = render_template(
        "accounts/people.html",
        form=form,
        users=queries.find_users(current_user, wanted, page),
        page=page,
        page_url=_page_url,
        wanted=wanted,
        organisations=organisations,
        roles=_roles_to_give(),
        role_labels=ROLE_LABELS,
        invitation_is_over=inviting.is_over,
        has_mail=mailing.is_configured(),
        may_see_rights=current_user.may(Permission.RIGHTS_SEE),
    )
    return html, 422 if form.errors else 200


@bp.route(PERSON, methods=["GET", "POST"])
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def person(user_id: int) -> ResponseReturnValue:
    """One account: name, organisation, role; its links; blocking. A fresh link is shown once."""
    user = queries.get_user(current_user, user_id)
    waiting = parked_form()
    if waiting is not None:  # taking it closed what was loaded before
        user = queries.get_user(current_user, user_id)
    form = _person_form(user, waiting or request.form)
    if request.method == "POST" and form.validate():
        try:
            return _change(user, form)
        except (Refused, Conflict) as error:
            form.form_errors.append(error.message)
            user = queries.get_user(current_user, user_id)
            if isinstance(error, Conflict):
                form.accept_version(user.version)
    html = render_template(
        "accounts/person.html",
        form=form,
        user=user,
        is_own=user.id == current_user.id,
        has_factor=factors.has_any(user.id),
        role=ROLE_LABELS[Role(user.role)],
        is_only_invited=inviting.is_only_invited(user),
        invitation_is_over=inviting.is_over,
        fresh_link=_take_fresh_link(user),
    )
    return html, 422 if form.errors else 200


@bp.post(f"{PERSON}/link")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def create_link(user_id: int) -> ResponseReturnValue:
    """Make a one-time link; earlier links of its kind end."""
    user = queries.get_user(current_user, user_id)
    purpose = request.form.get("purpose", "")
    if purpose not in LINK_PURPOSES:
        raise Refused(_("Bitte wählen Sie, welchen Link Sie erzeugen möchten."))
    return _show_link(user, purpose)


@bp.post(f"{PERSON}/send-link")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def send_link(user_id: int) -> ResponseReturnValue:
    """Send a one-time link to the person's own mailbox."""
    user = queries.get_user(current_user, user_id)
    purpose = request.form.get("purpose", "")
    if purpose not in LINK_PURPOSES:
        raise Refused(_("Bitte wählen Sie, welchen Link Sie erzeugen möchten."))
    mailed_links.send_link(current_user, user, purpose)
    flash(_("Der Link geht an %(email)s.", email=user.email), "success")
    return redirect(url_for("accounts.person", user_id=user_id), 303)


@bp.post(f"{PERSON}/invite")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def invite_again(user_id: int) -> ResponseReturnValue:
    """A new invitation in place of the one before."""
    user = queries.get_user(current_user, user_id)
    try:
        return show_invitation(inviting.invite_again(current_user, user))
    except Refused as error:
        flash(error.message, "error")
        return redirect(url_for("accounts.person", user_id=user_id), 303)


@bp.post(f"{PERSON}/withdraw")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def withdraw_invitation(user_id: int) -> ResponseReturnValue:
    """Take an invitation back that nobody has accepted."""
    user = queries.get_user(current_user, user_id)
    name = user.name
    try:
        inviting.withdraw_invitation(current_user, user)
    except Refused as error:
        flash(error.message, "error")
        return redirect(url_for("accounts.person", user_id=user_id), 303)
    flash(_("Die Einladung von %(name)s ist zurückgenommen. Der Link öffnet nichts mehr.", name=name), "success")
    return redirect(url_for("accounts.people"), 303)


@bp.post(f"{PERSON}/block")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def block(user_id: int) -> ResponseReturnValue:
    """Close the account; its sessions end at once."""
    user = queries.get_user(current_user, user_id)
    done = _(
        "Das Konto von %(name)s ist gesperrt. Die Beiträge bleiben unter „%(organisation)s“ sichtbar.",
        name=user.name,
        organisation=user.organisation.label,
    )
    try:
        service.block_user(current_user, user)
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(done, "success")
    return redirect(url_for("accounts.person", user_id=user_id), 303)


@bp.post(f"{PERSON}/reset-factors")
@requires(Permission.ACCOUNT_MANAGE)
@fresh_sign_in_to_send
def reset_factors(user_id: int) -> ResponseReturnValue:
    """Take the second factor off an account whose owner has lost it."""
    user = queries.get_user(current_user, user_id)
    factors.reset(current_user, user)
    flash(_("Der zweite Faktor von %(name)s ist zurückgesetzt.", name=user.name), "success")
    return redirect(url_for("accounts.person", user_id=user_id), 303)


@bp.post(f"{PERSON}/end-sessions")
@requires(Permission.ACCOUNT_MANAGE)
@fresh_sign_in_to_send
def end_sessions(user_id: int) -> ResponseReturnValue:
    """Sign a person out on all devices."""
    user = queries.get_user(current_user, user_id)
    service.end_sessions_of(current_user, user)
    flash(_("%(name)s ist überall abgemeldet.", name=user.name), "success")
    return redirect(url_for("accounts.person", user_id=user_id), 303)


@bp.post(f"{PERSON}/unblock")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def unblock(user_id: int) -> ResponseReturnValue:
    """Open the account again."""
    user = queries.get_user(current_user, user_id)
    service.unblock_user(current_user, user)
    flash(_("Das Konto von %(name)s ist wieder offen.", name=user.name), "success")
    return redirect(url_for("accounts.person", user_id=user_id), 303)


def _invite(form: InviteForm) -> ResponseReturnValue:
    details = Person(form.email.data or "", form.name.data or "", form.organisation.data, Role(form.role.data))
    [invited] = inviting.invite(current_user, [details])
    return show_invitation(invited)


def show_invitation(invited: Invited) -> ResponseReturnValue:
    """Say that the letter is on its way, or show its link once where no mail server is set up."""
    user = invited.user
    if mailing.is_configured():
        flash(_("Die Einladung an %(email)s ist unterwegs. Sie gilt sieben Tage.", email=user.email), "success")
    else:
        flash(_("Das Konto für %(name)s ist angelegt.", name=user.name), "success")
        session[FRESH_LINK] = [user.id, "invitation", invited.token]
    return redirect(url_for("accounts.person", user_id=user.id), 303)


def _person_form(user: User, sent: Any) -> TendedPersonForm:
    """Role and organisation stand in the form of those only who may change them."""
    values = {"name": user.name, "version": user.version}
    if not policy.may_manage_accounts(current_user):
        return TendedPersonForm(sent, **values)
    values |= {"organisation": user.organisation_id, "role": user.role}
    return PersonForm(sent, queries.find_organisation_choices(), ROLE_CHOICES, **values)


def _roles_to_give() -> list[tuple[str, Any]]:
    return [(role.value, ROLE_LABELS[role]) for role in policy.roles_to_give(current_user)]


def _change(user: User, form: Any) -> ResponseReturnValue:
    is_whole = isinstance(form, PersonForm)
    organisation_id = form.organisation.data if is_whole else user.organisation_id
    role = Role(form.role.data if is_whole else user.role)
    service.change_person(current_user, user, form.name.data or "", organisation_id, role, form.known_version())
    flash(_("Die Angaben sind gespeichert."), "success")
    return redirect(url_for("accounts.person", user_id=user.id), 303)


def _show_link(user: User, purpose: str) -> ResponseReturnValue:
    """The link travels to the next page in the signed cookie of this browser and is kept nowhere else."""
    session[FRESH_LINK] = [user.id, purpose, make_link(current_user, user, purpose)]
    return redirect(url_for("accounts.person", user_id=user.id), 303)


def _take_fresh_link(user: User) -> dict[str, str] | None:
    fresh = session.pop(FRESH_LINK, None)
    if fresh is None or fresh[0] != user.id:
        return None
    path = url_for("accounts.link", token=fresh[2])
    return {"purpose": fresh[1], "url": current_app.config["BASE_URL"] + path}


def _read_filter() -> PeopleFilter:
    organisation = request.args.get("organisation", "")
    role = request.args.get("role", "")
    return PeopleFilter(
        text=clean_line(request.args.get("q"))[:LONGEST_FILTER],
        organisation_id=page_number(organisation) if organisation else None,
        role=Role(role) if role in set(Role) else None,
    )


def _page_url(number: int) -> str:
    values: dict[str, Any] = {name: request.args.get(name) or None for name in ("q", "organisation", "role")}
    return url_for("accounts.people", page=number if number > 1 else None, **values)
