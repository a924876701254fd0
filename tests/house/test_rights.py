"""The page "Wer darf was" and the answers of the hub cannot drift apart: what the page says is tried, cell by cell."""

import html
import re
from itertools import product

import pytest
from flask import Flask

from hub.accounts.models import User
from hub.accounts.rights import ACTIONS, ENTRY_STATES
from hub.core.db import db
from hub.core.permissions import RIGHTS, Permission, Role
from hub.entries.models import STATUS_LABELS, Status
from tests.house.test_access import rules

ROW = re.compile(r'<tr data-right="([^"]+)">(.*?)</tr>', re.S)
CELL = re.compile(r'<td class="reach">(.*?)</td>', re.S)
ROLES = list(Role)
ONE_DATABASE = True
# Whose thing it is, and how far a right must reach for it.
REACHED_BY = {
    "own": {"eigene", "eigene Organisation", "alle"},
    "colleague's": {"eigene Organisation", "alle"},
    "stranger's": {"alle"},
}
# An address to try each right at; a right for which nothing stands here is tried at all routes that ask for it.
ENTRY_ROUTES = {
    Permission.ENTRY_READ: ("GET", "/entries/{id}"),
    Permission.ENTRY_EDIT: ("GET", "/entries/{id}/edit"),
    Permission.ENTRY_HISTORY: ("GET", "/entries/{id}/history"),
    Permission.ENTRY_WITHDRAW: ("POST", "/entries/{id}/withdraw"),
    Permission.ENTRY_RESTORE: ("POST", "/entries/{id}/restore"),
    Permission.ENTRY_BIN: ("POST", "/entries/{id}/delete"),
    Permission.ENTRY_REVIEW: ("POST", "/moderation/entries/{id}/approve"),
    Permission.REPORT_SEND: ("GET", "/entries/{id}/report"),
}
REFUSALS = {403, 404, 409, 410}


@pytest.fixture
def told(sign_in, make) -> dict[str, list[str]]:
    """What the page says: the words of the four roles by row."""
    page = sign_in(make.user(role="admin")).get("/people/rights").get_data(as_text=True)
    plain = {key: [words_of(cell) for cell in CELL.findall(row)] for key, row in ROW.findall(page)}
    assert all(len(words) == len(ROLES) for words in plain.values())
    return plain


def words_of(cell: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()


def told_for(told: dict[str, list[str]], action: Permission, state: str, role: Role) -> str:
    for key, words in told.items():
        name, *states = key.split()
        if name == action and (state in states or not states):
            return words[ROLES.index(role)]
    return "nein"


def test_every_right_has_words_and_every_row_its_line(told):
    assert set(ACTIONS) == set(Permission) == {right.action for right in RIGHTS}
    assert len(told) == len(RIGHTS)
    assert {state: str(label) for state, label in ENTRY_STATES.items()} == {
        status.value: str(label) for status, label in STATUS_LABELS.items()
    }


def test_no_state_stands_twice():
    seen = [(right.action, state) for right in RIGHTS for state in right.states or ("",)]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("role", ROLES)
def test_routes_answer_as_the_page_says(app: Flask, make, sign_in, told, role):
    make.collection()
    make.entry()
    person = sign_in(make.user(role=role, organisation="Augsburg"))
    tried, opened = set(), {}
    for endpoint, method, path in rules(app):
        permission = getattr(app.view_functions[endpoint], "permission", None)
        if permission is None or endpoint == "accounts.sign_out":
            continue
        tried.add(permission)
        words = [words[ROLES.index(role)] for key, words in told.items() if key.split()[0] == permission]
        answer = person.get(path) if method == "GET" else person.post(path, {})
        if set(words) == {"nein"}:
            assert answer.status_code == 403, (endpoint, path)
        elif method == "GET":  # one page may refuse because of the thing it shows; not all of them
            opened[permission] = opened.get(permission, False) or answer.status_code != 403
    assert [permission for permission, is_open in opened.items() if not is_open] == []
    inside_views = {Permission.ENTRY_PUBLISH, Permission.ACCOUNT_MANAGE}
    assert tried >= {right.action for right in RIGHTS if not right.states} - inside_views


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_entries_answer_as_the_page_says(make, sign_in, told, role):
    actor = make.user(role=role, organisation="Essen")
    owners = {
        "own": (actor, "Essen"),
        "colleague's": (make.user(organisation="Essen"), "Essen"),
        "stranger's": (make.user(organisation="Augsburg"), "Augsburg"),
    }
    person = sign_in(actor)
    person.lints = False
    for (action, (method, path)), status, whose in product(ENTRY_ROUTES.items(), Status, owners):
        owner, place = owners[whose]
        entry = make.entry(status=status, contributor=owner, organisation=place)
        address = path.format(id=entry.id)
        answer = (
            person.get(address) if method == "GET" else person.post(address, {"reason": "Veraltet", "note": "Veraltet"})
        )
        words = told_for(told, action, status, role)
        is_allowed = words in REACHED_BY[whose]
        case = (role, action, status, whose, words, answer.status_code)
        assert (answer.status_code not in REFUSALS) is is_allowed, case


@pytest.mark.parametrize("role", ROLES)
def test_accounts_answer_as_the_page_says(make, sign_in, told, role):
    person = sign_in(make.user(role=role, organisation="Essen"))
    for other, place in product(ROLES, ("Essen", "Augsburg")):
        account = make.user(role=other, organisation=place)
        words = told_for(told, Permission.ACCOUNT_TEND, other, role)
        is_tended = words == "alle" or (words == "eigene Organisation" and place == "Essen")
        has_page = role != Role.MEMBER
        assert person.get(f"/people/{account.id}").status_code == (200 if is_tended else 404 if has_page else 403)
        for deed in ("link", "block", "unblock"):
            answer = person.post(f"/people/{account.id}/{deed}", {"purpose": "sign_in"})
            assert answer.status_code == (303 if is_tended else 404 if has_page else 403), (role, other, place, deed)


def test_role_and_organisation_are_changed_by_those_only_of_whom_the_page_says_so(make, sign_in, told):
    elsewhere = make.organisation("Augsburg").id
    for role in ROLES:
        account = make.user(organisation="Essen")
        fields = {"name": "Neu", "version": account.version, "role": "coordinator", "organisation": elsewhere}
        sign_in(make.user(role=role, organisation="Essen")).post(f"/people/{account.id}", fields)
        db.session.expire_all()
        stored = db.session.get(User, account.id)
        is_told = told_for(told, Permission.ACCOUNT_MANAGE, "", role) == "ja"
        assert (stored.role == "coordinator") is (stored.organisation_id == elsewhere) is is_told
        assert (stored.name == "Neu") is (role != Role.MEMBER)


def test_entries_are_published_at_once_by_those_only_of_whom_the_page_says_so(make, told):
    from hub.entries import policy

    for role in ROLES:
        is_told = told_for(told, Permission.ENTRY_PUBLISH, "", role) == "ja"
        assert policy.may_publish(make.actor(make.user(role=role))) is is_told
