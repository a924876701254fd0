"""A search without a hit becomes a question; the answer becomes an entry, and whoever asks next finds it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.asking import notices, queries
from hub.asking.models import Answer, Audience, Question, State
from hub.asking.service import answering, asking, settling, tending
from hub.asking.service.asking import Asking
from hub.asking.source import SOURCE
from hub.audit.models import AuditEvent
from hub.core import clock
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries as entries
from hub.entries.models import Entry, Kind
from hub.entries.service import contributing
from hub.entries.service.contributing import EntryDetails
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from hub.mailing.models import Letter
from hub.moderation import service as moderation
from hub.search.models import SearchMiss
from hub.undoing.service import undo_action
from tests.support.counting import counted_statements
from tests.support.making import submitted

WORDS = "Quarzflausch Stadtfest"


@pytest.fixture
def asker(make):
    """A member of Essen who searched in vain."""
    return make.actor(make.user(name="Fragende Person", email="fragt@example.org", organisation="Essen"))


@pytest.fixture
def helper(make):
    """A member of another city."""
    return make.actor(make.user(name="Helfende Person", organisation="Augsburg"))


@pytest.fixture
def question(make, asker) -> Question:
    """A question to all, from a search."""
    make.collection()
    return ask(asker)


def ask(actor, text: str = "Wer hat Quarzflausch beim Stadtfest erprobt?", **more) -> Question:
    return asking.ask_question(actor, Asking(text=text, **({"words": WORDS} | more)))


def found(text: str) -> tuple[int, ...]:
    return indexing.search(Wanted(text=text)).ids


def state(question: Question) -> str:
    db.session.rollback()
    return db.session.get(Question, question.id, populate_existing=True).state


def on_desk(app, editor) -> list:
    with app.test_request_context("/"):
        return list(SOURCE.find(editor, 10))


def state_version(question: Question) -> int:
    db.session.rollback()
    return db.session.get(Question, question.id, populate_existing=True).version


def letters() -> list[Letter]:
    db.session.rollback()
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def details(make, title: str = "Erfahrungen einer Stadt") -> EntryDetails:
    return EntryDetails(title=title, kind=Kind.DOKUMENT, collection_ids=[make.collection().id], text="Ein Bericht.")


def test_published_entry_settles_the_question_and_is_found_by_its_words(make, asker, helper, question):
    entry = make.entry(title="Etwas anderes", summary="Ganz andere Wörter.")
    assert found(WORDS) == ()
    answering.answer_with_entry(helper, question.id, entry.id)
    assert (state(question), found(WORDS)) == (State.SETTLED, (entry.id,))
    shown = queries.get_asked(asker, question.id)
    assert (shown.entry_id, shown.entry_title) == (entry.id, "Etwas anderes")
    [letter] = letters()
    assert (letter.recipient, letter.template) == ("fragt@example.org", "question_answered")
    assert "Etwas anderes" in (letter.text or "")


def test_new_entry_answers_when_the_office_publishes_it(make, asker, helper, editor, question):
    entry = submitted(helper, details(make), question=str(question.id))
    assert (state(question), letters(), found(WORDS)) == (State.OPEN, [], ())
    [seen] = queries.find_answers(helper, question.id)
    assert seen.title and not seen.is_published
    assert queries.find_answers(asker, question.id) == []  # what waits is not shown to other cities
    moderation.approve_entry(editor, entry.id)
    assert (state(question), found(WORDS)) == (State.SETTLED, (entry.id,))
    assert [letter.template for letter in letters()].count("question_answered") == 1


def test_question_opens_again_when_its_answer_goes_and_settles_when_it_comes_back(make, helper, editor, question):
    entry = submitted(helper, details(make), question=str(question.id))
    moderation.approve_entry(editor, entry.id)
    contributing.withdraw_entry(editor, entry, "Veraltet.")
    assert (state(question), found(WORDS)) == (State.OPEN, ())
    contributing.restore_entry(editor, db.session.get(Entry, entry.id))
    assert (state(question), found(WORDS)) == (State.SETTLED, (entry.id,))


def test_settled_miss_leaves_the_list_of_searches_without_a_hit(make, sign_in, helper, question):
    make.entry(title="Beleuchtung")
    for _ in range(2):
        sign_in(make.user()).get(f"/search?q={WORDS}")
    assert db.session.scalar(select(SearchMiss.text)) == WORDS.lower()
    answering.answer_with_entry(helper, question.id, make.entry(title="Die Antwort").id)
    assert db.session.scalar(select(SearchMiss.text)) is None


def test_asker_opens_a_settled_question_again(make, asker, helper, question):
    entry = make.entry(title="Hilft nicht")
    answering.answer_with_entry(helper, question.id, entry.id)
    with pytest.raises(NotAllowed):
        settling.reopen_question(helper, question.id)
    settling.reopen_question(asker, question.id)
    assert (state(question), found(WORDS)) == (State.OPEN, ())


def test_short_answer_becomes_an_entry_of_the_office(make, asker, helper, editor, question):
    answer = answering.answer_with_text(helper, question.id, "Wir haben es 2024 probiert.")
    assert answering.answer_with_text(helper, question.id, "Wir haben es 2024 probiert.").id == answer.id
    assert [letter.recipient for letter in letters()] == ["fragt@example.org"]
    with pytest.raises(NotAllowed):
        answering.draft_from_answer(helper, answer.id)
    draft = answering.draft_from_answer(editor, answer.id)
    entry = entries.get_entry(editor, draft.id)
    assert (entry.text, entry.title, entry.organisation.name) == (
        "Wir haben es 2024 probiert.", question.text, "Augsburg",
    )  # fmt: skip
    with pytest.raises(Conflict):
        answering.draft_from_answer(editor, answer.id)
    [shown] = queries.find_answers(asker, question.id)
    assert (shown.title, shown.text) == ("", "Wir haben es 2024 probiert.")  # nobody sees a draft of others
    filed = details(make, "Probe 2024")
    contributing.revise_entry(editor, entry, filed, entry.version)
    assert (state(question), found(WORDS)) == (State.SETTLED, (entry.id,))


def test_same_question_twice_is_one_and_five_a_day_are_enough(make, asker):
    make.collection()
    assert ask(asker, "Frage Nummer eins?").id == ask(asker, "  Frage  Nummer eins? ").id
    for number in range(2, 6):
        ask(asker, f"Frage Nummer {number}?")
    with pytest.raises(Refused):
        ask(asker, "Eine zu viel?")


def test_question_to_the_office_is_seen_by_asker_and_office_only(make, asker, helper, editor):
    asked = ask(asker, audience=Audience.OFFICE)
    assert queries.get_question(asker, asked.id) and queries.get_question(editor, asked.id)
    with pytest.raises(Missing):
        queries.get_question(helper, asked.id)
    assert queries.find_similar(helper, asked.text) == []
    with pytest.raises(Missing):
        answering.answer_with_text(helper, asked.id, "Ich weiß es.")


def test_office_passes_a_question_on_without_the_name_and_takes_it_back(asker, helper, editor):
    asked = ask(asker, audience=Audience.OFFICE)
    tending.forward_question(editor, asked.id)
    seen = queries.get_asked(helper, asked.id)
    assert (seen.asker, seen.organisation, seen.is_from_office) == ("", "", True)
    assert queries.get_asked(editor, asked.id).asker == "Fragende Person"
    with pytest.raises(Conflict):
        tending.forward_question(editor, asked.id)
    tending.take_forward_back(editor, asked.id)
    with pytest.raises(Missing):
        queries.get_asked(helper, asked.id)


def test_office_asks_the_cities_for_a_search_without_hits(editor, helper):
    first = asking.ask_cities(editor, WORDS)
    assert asking.ask_cities(editor, WORDS).id == first.id
    seen = queries.get_asked(helper, first.id)
    assert WORDS in seen.text and (seen.asker, seen.is_from_office) == ("", True)
    with pytest.raises(NotAllowed):
        asking.ask_cities(helper, WORDS)


def test_withdrawn_question_is_gone_for_others_and_comes_back(asker, helper, question):
    with pytest.raises(NotAllowed):
        settling.withdraw_question(helper, question.id)
    settling.withdraw_question(asker, question.id)
    with pytest.raises(Missing):
        queries.get_question(helper, question.id)
    settling.reopen_question(asker, question.id)
    assert queries.get_question(helper, question.id)


def test_office_removes_a_reported_question_with_a_reason_and_undoes_it(asker, helper, editor, question):
    tending.report_question(helper, question.id, "Enthält einen Namen.")
    assert queries.get_asked(asker, question.id).report_text == ""
    assert [row.id for row in queries.find_waiting(editor, 5)] == [question.id]
    with pytest.raises(Refused):
        settling.remove_question(editor, question.id, " ")
    settling.remove_question(editor, question.id, "Bitte ohne Namen.")
    with pytest.raises(Missing):
        queries.get_question(helper, question.id)
    assert queries.get_asked(asker, question.id).note == "Bitte ohne Namen."
    assert [letter.template for letter in letters()] == ["question_removed"]
    settling.restore_question(editor, question.id)
    tending.keep_question(editor, question.id)
    assert state(question) == State.OPEN and queries.find_waiting(editor, 5) == []


def test_answer_taken_back_opens_the_question_and_can_be_given_again(make, asker, helper, question):
    entry = make.entry(title="Antwort")
    answer = answering.answer_with_entry(helper, question.id, entry.id)
    with pytest.raises(NotAllowed):
        answering.remove_answer(asker, answer.id)
    answering.remove_answer(helper, answer.id)
    assert (state(question), found(WORDS), queries.find_answers(asker, question.id)) == (State.OPEN, (), [])
    answering.restore_answer(helper, answer.id)
    assert (state(question), found(WORDS)) == (State.SETTLED, (entry.id,))


def test_letters_go_to_the_office_and_to_those_who_want_them_once(app, make, asker, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:9")
    seen = {"last_seen_at": clock.now()}
    make.user(role="editor", email="buero@example.org", **seen)
    make.user(email="will@example.org", wants_questions=True, **seen)
    make.user(email="will-nicht@example.org", **seen)
    make.user(email="gesperrt@example.org", wants_questions=True, blocked_at=clock.now(), **seen)
    for audience in Audience:
        asked = ask(asker, f"Frage an {audience}?", audience=audience)
        for _ in range(2):
            notices.tell_those_asked({"question_id": asked.id})
    office, *every = [letter.recipient for letter in letters()]
    assert (office, sorted(every)) == ("buero@example.org", ["buero@example.org", "will@example.org"])
    settling.withdraw_question(asker, asked.id)
    notices.tell_those_asked({"question_id": asked.id})
    assert [letter.recipient for letter in letters() if letter.state == "waiting"] == ["buero@example.org"]


def test_similar_questions_and_near_entries_are_named_before_asking(make, asker, helper, question, sign_in):
    entry = make.entry(title="Stadtfest sicher planen")
    assert [row.id for row in queries.find_similar(helper, "Stadtfest und Quarzflausch")] == [question.id]
    assert queries.find_similar(helper, "Beleuchtung am Bahnhof") == []
    person = sign_in(make.user())
    form = {"text": "Wie plant man ein Stadtfest mit Quarzflausch?", "audience": "all"}
    page = person.post("/questions/new", form)
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and "Vielleicht gibt es die Antwort schon" in text
    assert f"/questions/{question.id}" in text and f"/entries/{entry.id}" in text
    assert person.post("/questions/new", form | {"seen": form["text"]}).status_code == 303


def test_form_keeps_what_was_typed(make, sign_in):
    make.collection()
    person = sign_in(make.user())
    page = person.post("/questions/new", {"text": "kurz", "explanation": "Unser Fest im Mai", "audience": "office"})
    text = page.get_data(as_text=True)
    assert page.status_code == 422 and "sehr kurz" in text
    assert "Unser Fest im Mai" in text and 'value="kurz"' in text
    empty = person.get("/questions/new?q=Quarzflausch&to=office").get_data(as_text=True)
    assert "„Quarzflausch“" in empty and 'name="words" type="hidden" value="Quarzflausch"' in empty


def test_empty_search_offers_the_question(make, sign_in):
    make.entry(title="Beleuchtung")
    text = sign_in(make.user()).get("/search?q=Quarzflausch").get_data(as_text=True)
    assert "Das Netzwerk fragen" in text and "/questions/new?q=Quarzflausch" in text


def test_answering_by_address_number_and_words(make, sign_in, helper, question):
    entry = make.entry(title="Stadtfest sicher planen", url="https://example.org/fest")
    for text in (f"https://hub.example/entries/{entry.id}", f"/entries/{entry.id}?x=1", str(entry.id), entry.url):
        assert queries.find_entry_by_address(helper, text) == entry.id, text
    assert queries.find_entry_by_address(helper, "Stadtfest") is None
    person = sign_in(make.user())
    listed = person.post(f"/questions/{question.id}/answer", {"entry": "Stadtfest"}).get_data(as_text=True)
    assert f'value="{entry.id}"' in listed
    assert person.post(f"/questions/{question.id}/answer", {"entry_id": "999999"}).status_code == 422
    assert person.post(f"/questions/{question.id}/answer", {}).status_code == 422
    assert person.post(f"/questions/{question.id}/answer", {"entry_id": str(entry.id)}).status_code == 303
    assert state(question) == State.SETTLED


def test_pages_of_the_office(make, sign_in, asker, question):
    office = sign_in(make.user(role="editor", organisation="Geschäftsstelle"))
    answer = answering.answer_with_text(asker, question.id, "Selbst gefunden.")
    text = office.get(f"/questions/{question.id}").get_data(as_text=True)
    assert "Daraus einen Eintrag machen" in text and "Frage entfernen" in text
    assert office.post(f"/questions/answers/{answer.id}/draft").headers["Location"].endswith("/edit")
    assert office.post(f"/questions/{question.id}/remove", {"reason": ""}).status_code == 422
    assert office.post("/questions/ask-cities", {"words": "Nebelkarte"}).status_code == 303
    assert "Nebelkarte" in office.get("/questions").get_data(as_text=True)


def test_lists_need_few_statements_whatever_their_length(make, sign_in, helper, editor):
    person = sign_in(make.user())

    def measure() -> int:
        with counted_statements() as sent:
            assert person.get("/questions").status_code == 200
        return len(sent)

    add = [asking.ask_cities(editor, f"Wort{number} Stadtfest") for number in range(2)]
    measure()
    first = measure()
    for number in range(8):
        asking.ask_cities(editor, f"Weiteres{number} Stadtfest")
        answering.answer_with_text(helper, add[0].id, f"Text {number}")
    assert measure() == first <= 12
    with counted_statements() as sent:
        assert person.get(f"/questions/{add[0].id}").status_code == 200
    assert len(sent) <= 12


def test_old_withdrawn_questions_are_forgotten(asker, question):
    answering.answer_with_text(asker, question.id, "Doch nicht.")
    settling.withdraw_question(asker, question.id)
    settling.sweep({})
    assert db.session.get(Question, question.id) is not None
    with unit_of_work() as session:
        session.get(Question, question.id).closed_at = clock.now() - settling.KEPT_AFTER_END - timedelta(hours=1)
    settling.sweep({})
    assert db.session.scalar(select(Question.id)) is None and db.session.scalar(select(Answer.id)) is None


def test_every_step_is_in_the_log(asker, helper, editor, question):
    answer = answering.answer_with_text(helper, question.id, "Text")
    answering.leave_answer(editor, answer.id)
    settling.settle_question(asker, question.id)
    actions = db.session.scalars(
        select(AuditEvent.action).where(AuditEvent.thing == "question").order_by(AuditEvent.id)
    )
    assert list(actions) == [
        "question.asked", "question.answered", "question.answer_left", "question.settled",
    ]  # fmt: skip


def test_desk_settles_questions_and_undoes_it(app, make, asker, helper, editor):
    make.collection()
    to_office, reported = ask(asker, audience=Audience.OFFICE), ask(asker, "Wer fragt hier nach Personen?")
    answered = ask(asker, "Wer kennt eine Kurzantwort?")
    tending.report_question(helper, reported.id, "Nennt jemanden.")
    answer = answering.answer_with_text(helper, answered.id, "Wir.")
    findings = {finding.thing_id: finding for finding in on_desk(app, editor)}
    assert db.session.scalar(SOURCE.count(editor)) == len(findings) == 3
    proposed = {number: finding.deeds[0].key for number, finding in findings.items()}
    assert proposed == {to_office.id: "forward", reported.id: "keep", answered.id: "draft"}
    undo = []
    for number, deed in ((to_office.id, "forward"), (reported.id, "remove"), (answered.id, "leave")):
        finding = findings[number]
        settled = SOURCE.settle(editor, deed, [(number, finding.version)], "Bitte ohne Namen.")
        assert (settled.count, settled.conflicts) == (1, ())
        undo.append(settled.undo_id)
    assert on_desk(app, editor) == []
    late = SOURCE.settle(editor, "forward", [(to_office.id, findings[to_office.id].version)], "")
    assert (late.count, late.conflicts) == (0, (to_office.text,))
    for number in undo:
        undo_action(editor, number)
    assert {finding.thing_id for finding in on_desk(app, editor)} == set(findings)
    drafted = SOURCE.settle(editor, "draft", [(answered.id, state_version(answered))], "")
    db.session.rollback()
    assert (drafted.count, db.session.get(Answer, answer.id).entry_id is not None) == (1, True)


def test_hidden_questions_appear_nowhere(make, asker, editor, sign_in):
    hidden = ask(asker, "Wer hat Zitronenfalter im Rathaus gesehen?", audience=Audience.OFFICE, words="Zitronenfalter")
    removed = ask(asker, "Wer hat Zitronenfalter am Markt gesehen?", words="Zitronenfalter Markt")
    withdrawn = ask(asker, "Wer hat Zitronenfalter am Fluss gesehen?", words="Zitronenfalter Fluss")
    settling.remove_question(editor, removed.id, "Zitronenfaltergrund")
    settling.withdraw_question(asker, withdrawn.id)
    other = sign_in(make.user())
    for page in ("/questions", "/questions?show=settled", "/questions?show=own", "/questions/new", "/"):
        assert "Zitronenfalter" not in other.get(page).get_data(as_text=True), page
    near = other.get("/questions/new?q=Zitronenfalter+gesehen").get_data(as_text=True)
    for question in (hidden, removed, withdrawn):
        assert f"/questions/{question.id}" not in near
        assert other.get(f"/questions/{question.id}").status_code == 404
        assert other.get(f"/questions/{question.id}/report").status_code == 404
        assert other.post(f"/questions/{question.id}/answer", {"text": "x"}).status_code == 404
        assert "beantwortet eine Frage" not in other.get(f"/entries/new?question={question.id}").get_data(as_text=True)
