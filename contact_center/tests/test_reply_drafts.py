"""What an agent has begun to write is on the server: after a new sign-in, on another machine, beside a closed contact."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.contacts import commands, drafts
from contact_center.contacts.drafts import Begun, Page
from contact_center.models import Contact, DraftFile, ReplyDraft, WrapUpCode
from contact_center.tasks import forget_reply_drafts
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import AgencyMemberFactory, UserFactory
from foundation.files.accepted import check_file
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 prova"
BY_SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield tmp_path


@pytest.fixture
def agent():
    return make.AgentFactory(user=UserFactory(role=roles.AGENT))


def client_of(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def client(agent):
    return client_of(agent.user)


@pytest.fixture
def contact():
    return make.WebFormRequestFactory(contact__started_at=timezone.now()).contact


def page(contact):
    return reverse("admin:contact_center_contact_change", args=[contact.pk])


def keep(client, contact, *, by_script=True, key=None, version=0, **data):
    address = reverse("admin:contact_center_contact_draft", args=[contact.pk])
    given = {"page": key or uuid.uuid4(), "draft_version": version} | data
    return client.post(address, given, headers=BY_SCRIPT if by_script else {})


def shown(client, contact):
    return client.get(page(contact)).context["reply"]


def file(name="copia.pdf", content=PDF):
    return check_file(SimpleUploadedFile(name, content))


# --- Kept and found again
def test_half_an_answer_is_there_on_another_machine(client, agent, contact):
    code, topic = WrapUpCode.objects.first(), make.TopicFactory()
    answer = keep(client, contact, text="Gentile Cliente, la", code=code.pk, topic=topic.pk, note="Da richiamare")
    assert answer.json()["version"] >= 1
    found = shown(client_of(agent.user), contact)
    assert found["form"]["text"].value() == "Gentile Cliente, la"
    assert (found["form"]["code"].value(), found["form"]["topic"].value()) == (code.pk, topic.pk)
    assert found["draft"].note == "Da richiamare"


def test_without_script_a_button_keeps_it_and_leads_back(client, contact):
    answer = keep(
        client, contact, by_script=False, text="Gentile Cliente, la", files=[SimpleUploadedFile("a.pdf", PDF)]
    )
    assert (answer.status_code, answer.url) == (302, page(contact))
    assert [each.name for each in ReplyDraft.objects.get().files.all()] == ["a.pdf"]


def test_a_file_is_kept_as_soon_as_it_is_chosen(client, contact):
    key = uuid.uuid4()
    version = keep(client, contact, key=key, text="Gentile").json()["version"]
    kept = keep(
        client, contact, key=key, version=version, text="Gentile", files=[SimpleUploadedFile("a.pdf", PDF)]
    ).json()
    assert [each["words"] for each in kept["files"]] == ["a.pdf (14\xa0bytes)"]
    again = keep(client, contact, key=key, text="Gentile", kept=[kept["files"][0]["key"]]).json()
    assert again["files"] == kept["files"]


def test_nobody_else_sees_it(client, contact):
    keep(client, contact, text="Segreto")
    colleague = client_of(make.AgentFactory(user=UserFactory(role=roles.AGENT)).user)
    assert shown(colleague, contact)["draft"] is None
    assert "Segreto" not in colleague.get(page(contact)).content.decode()


def test_an_emptied_draft_is_none(client, contact):
    key = uuid.uuid4()
    version = keep(client, contact, key=key, text="Gentile").json()["version"]
    keep(client, contact, key=key, version=version, text="")
    assert not ReplyDraft.objects.exists()


def test_nothing_is_kept_of_a_form_that_nobody_touched(client, contact):
    keep(client, contact, text="", topic=contact.topic_id or "")
    assert not ReplyDraft.objects.exists()


def test_ten_thousand_characters_and_any_script_are_kept_and_one_more_is_refused(client, contact):
    text = "🧐שלום" + "è" * 9_995
    keep(client, contact, text=text)
    assert ReplyDraft.objects.get().text == text
    answer = keep(client, contact, text="è" * 10_001)
    assert (answer.status_code, "10000" in answer.json()["problem"].replace(",", "")) == (409, True)


def test_choices_that_are_none_are_kept_as_nothing(client, contact):
    answer = keep(
        client, contact, text="a", code="x", topic="99999999", to="chi@example.it", then="fly", documents=["x", "²"]
    )
    draft = ReplyDraft.objects.get()
    assert answer.status_code == 200
    assert (draft.code, draft.topic, draft.sent_to, draft.then, draft.documents) == (None, None, "", "", [])


def test_a_file_that_we_do_not_take_is_refused_and_named(client, contact):
    answer = keep(client, contact, text="a", files=[SimpleUploadedFile("virus.exe", b"MZ")])
    assert answer.status_code == 409
    assert "virus.exe" in answer.json()["problem"]


def test_a_page_that_does_not_name_itself_is_refused(client, contact):
    assert keep(client, contact, key="x", text="a").status_code == 409


# --- Two pages of one person
def test_the_same_page_keeps_as_often_as_it_likes(agent, contact):
    here = Page(uuid.uuid4())
    for text in ("a", "ab", "abc"):
        drafts.keep_answer(contact, Begun(text=text), page=here, by=agent.user)
    assert ReplyDraft.objects.get().text == "abc"


def test_the_later_page_does_not_overwrite_what_it_does_not_know(client, agent, contact):
    first = keep(client, contact, text="Dal primo computer")
    answer = keep(client, contact, text="Dal secondo")
    assert answer.status_code == 409
    assert "another draft" in answer.json()["problem"]
    assert ReplyDraft.objects.get().text == "Dal primo computer"
    assert keep(client, contact, version=first.json()["version"], text="Dal secondo").status_code == 200


def test_an_answer_from_a_page_that_does_not_know_the_draft_is_refused_and_shows_both(client, contact):
    keep(client, contact, text="Dal primo computer")
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "rispondi"])
    given = {"text": "Dal secondo", "page": uuid.uuid4(), "draft_version": 0, "seen_version": contact.version}
    answer = client.post(address, given)
    assert (answer.status_code, contact.messages.count()) == (409, 0)
    html = answer.content.decode()
    assert all(text in html for text in ("Dal primo computer", "Dal secondo"))
    given["draft_version"] = answer.context["reply"]["draft_version"]
    assert client.post(address, given).status_code == 302


def test_without_script_a_draft_that_is_refused_is_shown_with_what_was_written(client, contact):
    keep(client, contact, text="Dal primo computer")
    answer = keep(client, contact, by_script=False, text="Dal secondo")
    assert answer.status_code == 409
    assert "Dal secondo" in answer.content.decode()


# --- What becomes of it
def test_it_goes_when_the_answer_is_sent_and_leaves_the_note(agent, contact):
    here = Page(uuid.uuid4())
    drafts.keep_answer(contact, Begun(text="Ecco"), page=here, by=agent.user, files=[file()])
    drafts.keep_note(contact, "Da richiamare", page=here, by=agent.user)
    commands.reply(contact, text="Ecco la copia.", by=agent.user)
    draft = ReplyDraft.objects.get()
    assert (draft.text, draft.note, draft.files.count()) == ("", "Da richiamare", 0)
    commands.add_note(contact, text="Da richiamare", by=agent.user)
    assert not ReplyDraft.objects.exists()


def test_what_a_page_keeps_after_the_answer_was_sent_brings_no_draft_back(client, agent, contact):
    commands.reply(contact, text="Ecco la copia.", by=agent.user)
    keep(client, contact, text="Ecco la copia.")
    assert not ReplyDraft.objects.exists()


def test_the_form_of_the_note_keeps_the_note_alone(client, agent, contact):
    key = uuid.uuid4()
    keep(client, contact, key=key, text="Gentile")
    keep(client, contact, key=key, part="note", text="Da richiamare")
    draft = ReplyDraft.objects.get()
    assert (draft.text, draft.note) == ("Gentile", "Da richiamare")


def test_thrown_away_its_files_go_too(client, agent, contact, django_capture_on_commit_callbacks):
    drafts.keep_answer(contact, Begun(text="Ecco"), page=Page(uuid.uuid4()), by=agent.user, files=[file()])
    stored = DraftFile.objects.get().file.name
    assert default_storage.exists(stored)
    with django_capture_on_commit_callbacks(execute=True):
        keep(client, contact, by_script=False, discard="answer")
    assert not ReplyDraft.objects.exists()
    assert not default_storage.exists(stored)


def test_a_file_whose_box_is_not_ticked_any_more_is_taken_out(client, agent, contact):
    here = Page(uuid.uuid4())
    files = [file(), file("altro.txt", b"prova")]
    draft = drafts.keep_answer(contact, Begun(text="Ecco"), page=here, by=agent.user, files=files)
    kept = str(draft.files.get(name="altro.txt").key)
    keep(client, contact, key=here.key, text="Ecco", kept=[kept])
    assert [each.name for each in draft.files.all()] == ["altro.txt"]


def test_the_same_file_twice_is_one_and_six_are_too_many(agent, contact):
    here = Page(uuid.uuid4())
    for _ in range(2):
        drafts.keep_answer(contact, Begun(), page=here, by=agent.user, files=[file()])
    assert DraftFile.objects.count() == 1
    many = [file(f"{n}.txt", str(n).encode()) for n in range(5)]
    with pytest.raises(Refused) as refused:
        drafts.keep_answer(contact, Begun(), page=here, by=agent.user, files=many)
    assert refused.value.code == "too_many_files"


def test_beside_a_contact_that_was_closed_meanwhile_nothing_is_lost(client, agent, contact):
    keep(client, contact, text="Gentile Cliente, la")
    colleague = make.AgentFactory(user=UserFactory(role=roles.AGENT)).user
    commands.wrap_up(contact, code=make.WrapUpCodeFactory(needs_topic=False), by=colleague)
    html = client.get(page(contact)).content.decode()
    assert "closed meanwhile" in html
    assert "Gentile Cliente, la" in html


def test_a_contact_that_changed_since_is_pointed_out(client, contact):
    keep(client, contact, text="Gentile")
    assert not shown(client, contact)["draft_is_old"]
    Contact.objects.filter(pk=contact.pk).update(version=9)
    assert shown(client, contact)["draft_is_old"]


def test_it_is_forgotten_after_thirty_days(agent, contact, time_machine, django_capture_on_commit_callbacks):
    time_machine.move_to("2027-01-01T10:00:00+01:00", tick=False)
    drafts.keep_answer(contact, Begun(text="Ecco"), page=Page(uuid.uuid4()), by=agent.user, files=[file()])
    stored = DraftFile.objects.get().file.name
    time_machine.shift(timedelta(days=30))
    assert forget_reply_drafts() == 0
    time_machine.shift(timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_reply_drafts() == 1
    assert forget_reply_drafts() == 0
    assert not default_storage.exists(stored)


# --- To whom the door is open
@pytest.mark.parametrize("role", [roles.AUDITOR, roles.MANAGER])
def test_who_does_not_answer_keeps_no_draft(contact, role):
    assert keep(client_of(UserFactory(role=role)), contact, text="a").status_code == 403


def test_another_agencys_member_learns_nothing(contact):
    assert keep(client_of(AgencyMemberFactory().user), contact, text="a").status_code in (403, 404)


def test_a_get_keeps_nothing(client, contact):
    assert client.get(reverse("admin:contact_center_contact_draft", args=[contact.pk])).status_code == 405


def test_the_page_costs_the_same_with_one_file_in_the_draft_and_with_three(client, agent, contact):
    draft = make.ReplyDraftFactory(user=agent.user, contact=contact)
    make.DraftFileFactory(draft=draft)
    client.get(page(contact))
    with CaptureQueriesContext(connection) as one:
        client.get(page(contact))
    for n in range(2):
        make.DraftFileFactory(draft=draft, sha256=f"{n:064x}")
    with CaptureQueriesContext(connection) as three:
        client.get(page(contact))
    assert len(three) == len(one)
