"""Keywords: renamed, merged, grouped, with other spellings that no way of entering them gets past."""

import pytest
from sqlalchemy import func, select

from hub.audit.models import AuditEvent
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.curation import bulk_queries, bulk_service
from hub.curation.bulk_queries import Filters as TableFilters
from hub.curation.sheets import read_sheet, write_sheet
from hub.curation.wishes import Wish
from hub.curation.wording import queries, tags
from hub.curation.wording.queries import Filters
from hub.entries.models import Entry, EntryRevision, Status, Tag, tag_key
from hub.entries.queries import get_entry
from hub.entries.queries.many import find_states
from hub.entries.queries.revisions import load_snapshots
from hub.entries.service import contributing
from hub.fetching.extract.running import read_rows
from hub.indexing import changelog
from hub.indexing.wanted import Wanted
from hub.jobs import worker
from hub.search.queries import find
from hub.undoing import working
from hub.undoing.models import UndoableAction
from hub.undoing.service import Undone, undo_action
from hub.undoing.working import Note
from tests.support.counting import counted_statements


def tag(name: str) -> Tag:
    db.session.rollback()
    return db.session.scalars(select(Tag).where(Tag.key == tag_key(name))).one()


def tags_of(entry: Entry) -> list[str]:
    db.session.rollback()
    return find_states(db.session(), [entry.id])[entry.id].values["tags"]


def merge(actor, *names: str, into: str):
    return tags.merge_tags(actor, [tag(name).id for name in names], into)


def last_action() -> int:
    return db.session.scalar(select(func.max(UndoableAction.id)))


def undo(actor) -> Undone:
    return undo_action(actor, last_action())


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_merged_keywords_are_one_in_all_entries_and_their_names_stand_for_it(make, editor):
    both = make.entry("Beides", tags=("Lichter", "Beleuchtung", "Weg"))
    draft = make.entry("Entwurf", tags=("Licht",), status=Status.DRAFT)
    only = make.entry("Nur eines", tags=("Licht",))
    before = changelog.current_number()
    done = merge(editor, "Licht", "Lichter", into="beleuchtung")
    assert done == (None, [Note("success", "Zusammengeführt. 3 Einträge geändert.", last_action())])
    assert tags_of(both) == ["Beleuchtung", "Weg"]
    assert tags_of(only) == tags_of(draft) == ["Beleuchtung"]
    assert changelog.current_number() > before
    kept = db.session.scalars(select(EntryRevision).where(EntryRevision.entry_id == both.id)).all()
    assert kept[-1].action == "entry.bulk_changed"
    assert kept[-1].fields == load_snapshots(db.session(), [both.id])[both.id].fields
    assert [one.name for one in queries.find_synonyms([tag("Beleuchtung").id])[tag("Beleuchtung").id]] == [
        "Licht",
        "Lichter",
    ]
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "tag.merged"))
    assert event.detail == {"count": 2, "entries": 3}
    assert find(editor, Wanted(filters={"tag": ("Beleuchtung",)})).found.total == 2


def test_an_old_address_with_a_former_name_or_another_case_finds_the_entries(make, editor, sign_in):
    make.entry("Laternen am Weg", tags=("Licht",))
    make.entry("Ein Beet", tags=("Grün",))
    tags.rename_tag(editor, tag("Licht").id, "Beleuchtung")
    client = sign_in(make.user())
    shelf = "/collections/bahnhofsviertel?view=list&tag="
    for address in ("/search?tag=Licht", "/search?tag=LICHT&tag=Beleuchtung", f"{shelf}Licht", f"{shelf}beleuchtung"):
        text = client.get(address).text
        assert "Laternen am Weg" in text and "Ein Beet" not in text
    assert "Laternen am Weg" not in client.get("/search?tag=Unbekannt").text


def test_undoing_a_merge_gives_back_keywords_and_entries_but_not_what_was_changed_since(make, editor):
    first, second = make.entry("Eins", tags=("Alt", "Neu")), make.entry("Zwei", tags=("Alt",))
    tags.add_synonym(editor, tag("Alt").id, "Älter")
    merge(editor, "Alt", into="Neu")
    assert tag("Älter").stands_for_id == tag("Neu").id
    contributing.add_to_collection(editor, second.id, [make.collection("steuerung").id])
    undone = undo(editor)
    assert undone.conflicts == ("Zwei",)
    assert tags_of(first) == ["Alt", "Neu"]
    assert tags_of(second) == ["Neu"]
    assert tag("Alt").stands_for_id is None
    assert tag("Älter").stands_for_id == tag("Alt").id


def test_a_merge_that_was_merged_on_is_not_undone_into_a_ring(make, editor):
    make.entry("Alle drei", tags=("A eins", "B zwei", "C drei"))
    merge(editor, "A eins", into="B zwei")
    first = last_action()
    merge(editor, "B zwei", into="C drei")
    with pytest.raises(Conflict):
        undo_action(editor, first)
    assert {tag("A eins").stands_for_id, tag("B zwei").stands_for_id} == {tag("C drei").id}


def test_merging_into_itself_nothing_or_the_unknown_is_refused_in_words(make, editor, member):
    make.entry("Platz", tags=("Licht",))
    tags.add_synonym(editor, tag("Licht").id, "Lampe")
    with pytest.raises(Refused, match="„Licht“ lässt sich nicht mit sich selbst"):
        merge(editor, "Licht", into="licht")
    with pytest.raises(Refused, match="„Lampe“ steht schon für „Licht“"):
        merge(editor, "Licht", into="Lampe")
    with pytest.raises(Refused, match="gibt es nicht"):
        merge(editor, "Licht", into="Finsternis")
    with pytest.raises(Refused, match="mindestens ein"):
        tags.merge_tags(editor, [], "Licht")
    with pytest.raises(Conflict):
        merge(editor, "Lampe", into="Licht")
    with pytest.raises(NotAllowed):
        merge(member, "Licht", into="Licht")


def test_no_ring_of_spellings_can_be_entered(make, editor):
    make.entry("Platz", tags=("Licht", "Lampe"))
    tags.add_synonym(editor, tag("Licht").id, "Leuchte")
    for name, reason in (
        ("licht", "ist das Schlagwort selbst"),
        ("Leuchte", "„Leuchte“ steht schon für „Licht“"),
        ("Lampe", "„Lampe“ ist selbst ein Schlagwort"),
        ("a, b", "ohne Komma"),
        (" ", "Bitte geben Sie"),
    ):
        with pytest.raises(Refused, match=reason):
            tags.add_synonym(editor, tag("Licht").id, name)
    with pytest.raises(Refused, match="„Leuchte“ steht schon für „Licht“"):
        tags.add_synonym(editor, tag("Lampe").id, "Leuchte")
    assert actions().count("tag.synonym_added") == 1


def test_removed_spelling_is_free_again(make, editor):
    make.entry("Platz", tags=("Licht",))
    tags.add_synonym(editor, tag("Licht").id, "Lampe")
    tags.remove_synonym(editor, tag("Licht").id, tag("Lampe").id)
    assert tags_of(make.entry("Neu", tags=("Lampe",))) == ["Lampe"]
    assert actions()[-1] != "tag.synonym_added"
    assert "tag.synonym_removed" in actions()


def test_every_way_of_entering_a_spelling_gives_the_keyword(make, editor):
    """Forms, imports and mail write through one function, changes of many entries through another."""
    entry = make.entry("Platz", tags=("Licht",))
    tags.add_synonym(editor, tag("Licht").id, "Lampe")
    with unit_of_work():
        loaded = get_entry(editor, make.entry("Weg", tags=("Nacht",)).id)
        contributing._tag(loaded, ["lampe", "Licht", "Nacht"], {})
    assert tags_of(loaded) == ["Licht", "Nacht"]
    other = make.entry("Tor")
    plan = bulk_service.plan_by_table(editor, Wish(tags_added=("Lampe",)), {entry.id: 1, other.id: other.version})
    assert [done.title for done in bulk_queries.find_rows(bulk_queries.get_change(editor, plan), False, 1)[0]] == [
        "Tor"
    ]
    bulk_service.start_change(editor, plan)
    assert tags_of(other) == ["Licht"]
    assert bulk_queries.find_matching_ids(editor, TableFilters(tag="Lampe")) == bulk_queries.find_matching_ids(
        editor, TableFilters(tag="Licht")
    )


def test_a_returning_sheet_with_another_spelling_changes_nothing(make, editor, tmp_path):
    entry = make.entry("Platz", tags=("Licht",))
    sheet = tmp_path / "sheet.xlsx"
    states = bulk_service.list_entries(editor, [entry.id])
    sheet.write_bytes(write_sheet(states, bulk_queries.find_known()))
    with sheet.open("rb") as file:
        rows, _cut = read_rows(file)
    rows = [[cell.replace("Licht", "Lampe") if isinstance(cell, str) else cell for cell in row] for row in rows]
    tags.add_synonym(editor, tag("Licht").id, "Lampe")
    plan = bulk_service.plan_by_sheet(editor, read_sheet(rows))
    assert bulk_queries.get_change(editor, plan).same_count == 1


def test_renamed_keyword_reaches_entries_and_search_and_its_old_name_stands_for_it(make, editor):
    entry = make.entry("Platz", tags=("Licht",))
    number = tag("Licht").id
    tags.rename_tag(editor, number, "Beleuchtung")
    assert tags_of(entry) == ["Beleuchtung"]
    assert find(editor, Wanted(filters={"tag": ("Beleuchtung",)})).found.total == 1
    assert tag("Licht").stands_for_id == number
    assert undo(editor).count == 1
    assert tags_of(entry) == ["Licht"]
    assert [one.name for one in db.session.scalars(select(Tag))] == ["Licht"]
    assert "tag.renamed" in actions()


def test_renaming_to_an_own_spelling_or_another_case_works_and_to_another_keyword_not(make, editor):
    make.entry("Platz", tags=("Licht", "Nacht"))
    number = tag("Licht").id
    tags.add_synonym(editor, number, "Beleuchtung")
    tags.rename_tag(editor, number, "Beleuchtung")
    assert tag("Licht").stands_for_id == number
    undo(editor)
    assert tag("Beleuchtung").stands_for_id == number
    tags.rename_tag(editor, number, "LICHT")
    assert tag("licht").name == "LICHT"
    with pytest.raises(Refused, match=r"„Nacht“ ist selbst ein Schlagwort\. Sie können beide zusammenführen"):
        tags.rename_tag(editor, number, "nacht")
    assert tags.rename_tag(editor, number, "LICHT") is None


def test_groups_order_the_list_and_can_be_taken_back(make, editor):
    make.entry("Platz", tags=("Abend", "Licht", "Zaun"))
    count, action_id = tags.group_tags(editor, [tag("Licht").id, tag("Zaun").id], "Technik")
    assert count == 2
    rows, _page = queries.find_keywords(editor, Filters(), 1)
    assert [(row.name, row.group, row.count) for row in rows] == [
        ("Licht", "Technik", 1),
        ("Zaun", "Technik", 1),
        ("Abend", "", 1),
    ]
    assert [row.name for row in queries.find_keywords(editor, Filters(group="Technik", q="zau"), 1)[0]] == ["Zaun"]
    tags.group_tags(editor, [tag("Zaun").id], "")
    assert undo_action(editor, action_id).conflicts == ("Zaun",)
    assert queries.find_groups() == []
    assert "tag.grouped" in actions()
    assert tags.group_tags(editor, [tag("Zaun").id], "") == (0, None)


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("Platz", "Plätze", True),
        ("Strasse", "Straßen", True),
        ("Gefährdung", "gefaehrdungen", True),
        ("Kriminalprävention", "Kriminal-Prävention", True),
        ("Straßenbeleuchtung", "Straßen-Beleuchtung", True),
        ("öffentlicher Raum", "Öffentliche Räume", True),
        ("Licht", "Nacht", False),
        ("Stufe 1", "Stufe 2", False),
        ("EU", "E.U.", False),
    ],
)
def test_nearly_the_same_spellings_are_known(one, other, is_alike):
    assert bool(queries.forms_of(one) & queries.forms_of(other)) == is_alike


def test_nearly_the_same_keywords_are_proposed_with_the_most_used_first(make, editor):
    make.entry("Eins", tags=("Plätze", "Licht"))
    make.entry("Zwei", tags=("Platz", "Plätze"))
    assert [[one.name for one in some] for some in queries.find_alike()] == [["Plätze", "Platz"]]
    merge(editor, "Platz", into="Plätze")
    assert queries.find_alike() == []


def test_pages_rename_merge_group_and_say_what_does_not_go(make, sign_in):
    make.entry("Platz", tags=("Licht", "Lichter", "Nacht"))
    client = sign_in(make.user(role="editor"))
    page = client.get("/tags")
    assert "Fast gleich geschrieben" in page.text
    number = tag("Licht").id
    assert "nicht mit sich selbst" in client.post("/tags/merge", data={"pick": number, "into": "Licht"}).text
    assert "mindestens ein" in client.post("/tags/group", data={"group_name": "Technik"}).text
    assert "selbst ein Schlagwort" in client.post(f"/tags/{number}/synonyms", data={"synonym": "Nacht"}).text
    assert "sich selbst" in client.post(f"/tags/{number}/merge", data={"into": "Licht"}).text
    client.post("/tags/group", data={"pick": [number], "group_name": "Technik"})
    assert "Technik" in client.get("/tags?group==Technik").text
    client.post(f"/tags/{number}/rename", data={"name": "Beleuchtung"})
    assert "Beleuchtung" in client.get(f"/tags/{number}").text
    answer = client.post("/tags/merge", data={"pick": tag("Lichter").id, "into": "Beleuchtung"}, follow_redirects=True)
    assert "1 Eintrag geändert" in answer.text
    assert client.get("/tags?group=-&q=x").status_code == 200
    client.post(f"/tags/{number}/synonyms/{tag('Lichter').id}/remove")
    assert "steht nicht mehr für dieses Schlagwort" in client.get(f"/tags/{number}").text
    assert "Lichter" not in client.get(f"/tags/{number}").text


def test_list_costs_the_same_with_any_number(make, sign_in):
    client = sign_in(make.user(role="editor"))
    make.entry("Platz", tags=("Licht",))
    client.get("/tags")
    with counted_statements() as few:
        client.get("/tags")
    make.entry("Viele", tags=tuple(f"Wort {number}" for number in range(20)))
    with counted_statements() as many:
        client.get("/tags")
    assert len(many) == len(few) <= 12


def test_many_entries_are_merged_by_a_worker_in_one_go_and_the_index_follows(make, editor, monkeypatch):
    monkeypatch.setattr(working, "IN_REQUEST", 1)
    monkeypatch.setattr("hub.entries.queries.many.AT_ONCE", 2)
    entries = [make.entry(f"Viele {n}", tags=("Alt", "Neu")[: 1 + n % 2]) for n in range(4)]
    number, _notes = merge(editor, "Alt", into=make.entry("Ziel", tags=("Ziel",)).tags[0])
    assert working.get_task(editor, number).thing_count == 4
    late = make.entry("Kommt noch dazu", tags=("Alt",))
    worker.do_all_due()
    done = working.get_task(editor, number)
    assert (done.state, done.notes) == ("done", [["success", "Zusammengeführt. 5 Einträge geändert.", last_action()]])
    assert [tags_of(one) for one in (entries[0], entries[1], late)] == [["Ziel"], ["Neu", "Ziel"], ["Ziel"]]
    assert undo(editor).count == 6
    assert tags_of(late) == ["Alt"]
    worker.do_all_due()


def test_a_merge_whose_target_was_merged_meanwhile_changes_nothing_and_says_why(make, editor, monkeypatch):
    entry = make.entry("Platz", tags=("Alt",))
    make.entry("Ziele", tags=("Ziel", "Anderes Ziel"))
    monkeypatch.setattr(working, "IN_REQUEST", 0)
    number, _notes = merge(editor, "Alt", into="Ziel")
    monkeypatch.setattr(working, "IN_REQUEST", 100)
    merge(editor, "Ziel", into="Anderes Ziel")
    worker.do_all_due()
    done = working.get_task(editor, number)
    assert done.state == "failed"
    assert "inzwischen mit einem anderen" in done.error
    assert tags_of(entry) == ["Alt"]


def test_keywords_of_drafts_alone_are_not_the_offices_to_know_and_follow_all_the_same(make, editor):
    draft = make.entry("Geheimer Titel", tags=("Geheimwort", "Licht"), status=Status.DRAFT)
    make.entry("Platz", tags=("Licht", "Lichter"))
    rows, _page = queries.find_keywords(editor, Filters(), 1)
    assert [(row.name, row.count) for row in rows] == [("Licht", 1), ("Lichter", 1)]
    with pytest.raises(Missing):
        queries.get_keyword(editor, tag("Geheimwort").id)
    with pytest.raises(Conflict):
        merge(editor, "Geheimwort", into="Licht")
    tags.add_synonym(editor, tag("Licht").id, "Geheimwort")
    assert tags_of(draft) == ["Licht"]
    merge(editor, "Licht", into="Lichter")
    with unit_of_work():
        db.session.get(Entry, draft.id).title = "Anders"
    assert undo(editor).conflicts == ()
