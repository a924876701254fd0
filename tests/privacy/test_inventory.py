"""Every table that refers to a person stands in the inventory."""

from sqlalchemy import inspect as look

from hub.core.db import db
from hub.privacy.inventory import COLUMNS, ELSEWHERE, HOLDINGS, Fate

# Columns that name a person without a foreign key: numbers that outlive the account, and addresses.
LOOSE = ("actor_id", "user_id", "person_id", "email", "contact_email", "recipient", "address_of_person")
# Names of columns that are never shown: what opens something.
SECRETS = ("hash", "secret", "token", "seed", "code")


def referring() -> set[str]:
    """``table.column`` of everything that names a person."""
    found = set()
    for table in db.metadata.tables.values():
        for column in table.columns:
            is_key = any(key.column.table.name == "user_account" for key in column.foreign_keys)
            if is_key or column.name in LOOSE:
                found.add(f"{table.name}.{column.name}")
    return found


def test_every_reference_to_a_person_is_in_the_inventory(app):
    known = {f"{holding.model.__tablename__}.{name}" for holding in HOLDINGS for name in holding.persons}
    known |= {"user_account.email"} | ELSEWHERE.keys()
    assert referring() - known == set(), "add the table to hub/privacy/inventory.py"


def test_what_is_shown_has_a_label_and_is_no_secret(app):
    for holding in HOLDINGS:
        columns = {column.key for column in look(holding.model).columns}
        assert set(holding.columns) <= columns, holding.name
        assert set(holding.columns) <= COLUMNS.keys(), holding.name
        assert not [name for name in holding.columns if any(word in name for word in SECRETS)], holding.name
    assert {name for holding in HOLDINGS for name in holding.columns} == COLUMNS.keys()


def test_what_is_emptied_can_be_empty(app):
    for holding in HOLDINGS:
        if holding.fate == Fate.EMPTIED and holding.name not in ("account", "contacts"):
            assert all(look(holding.model).columns[name].nullable for name in holding.persons), holding.name
