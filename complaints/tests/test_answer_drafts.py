"""The answer while it is written: the draft on the server, the letter beside it, and that neither ever stops an answer."""

import pytest
from django.urls import reverse

from complaints.letters.drafts import Written, keep_draft
from complaints.models import AnswerDraft, Complaint
from complaints.services import answer_complaint
from complaints.tests.factories import ComplaintFactory
from customers import roles
from customers.tests.factories import UserFactory
from customers.tests.sign_in import signed_in_as
from foundation.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
BEGUN = Written("rejected", "Abbiamo riesaminato.", "")


@pytest.fixture
def complaint():
    return ComplaintFactory(state=Complaint.State.UNDER_REVIEW, ramo="8", customer=None, address="maria@example.it")


def address(complaint, name):
    return reverse(f"admin:complaints_complaint_{name}", args=[complaint.pk])


def answer_page(client, complaint):
    return client.get(reverse("admin:complaints_complaint_command", args=[complaint.pk, "rispondi"]))


def test_what_was_written_is_there_for_another_person_on_another_machine(complaint, officer):
    keep_draft(complaint, BEGUN, seen_version=0, by=officer)
    page = answer_page(signed_in_as(roles.COMPLAINT_OFFICER), complaint)
    assert page.context["form"]["answer"].value() == "Abbiamo riesaminato."
    assert page.context["draft_version"] == 1
    assert str(officer) in page.content.decode()


def test_the_same_again_changes_nothing(complaint, officer):
    keep_draft(complaint, BEGUN, seen_version=0, by=officer)
    assert keep_draft(complaint, BEGUN, seen_version=0, by=officer).version == 1


def test_a_page_that_is_behind_is_refused_and_the_later_draft_remains(complaint, officer):
    keep_draft(complaint, BEGUN, seen_version=0, by=officer)
    keep_draft(complaint, Written("rejected", "Più avanti.", ""), seen_version=1, by=officer)
    with pytest.raises(Refused) as refusal:
        keep_draft(complaint, Written("rejected", "Indietro.", ""), seen_version=1, by=UserFactory())
    assert refusal.value.code == "newer_draft"
    assert AnswerDraft.objects.get().answer == "Più avanti."


def test_a_script_gets_the_version_or_what_is_wrong(complaint):
    client, script = signed_in_as(roles.COMPLAINT_OFFICER), {"X-Requested-With": "fetch"}
    sent = {"outcome": "", "answer": "Gentile\r\nCliente", "reasons": "", "draft_version": "0"}
    kept = client.post(address(complaint, "draft"), sent, headers=script)
    assert kept.json() == {"version": 1, "kept_at": "10:00"}
    assert AnswerDraft.objects.get().answer == "Gentile\nCliente"
    behind = client.post(address(complaint, "draft"), sent | {"answer": "Altro"}, headers=script)
    assert (behind.status_code, list(behind.json())) == (409, ["problem"])
    long = client.post(
        address(complaint, "draft"), sent | {"answer": "a" * 20_001, "draft_version": "1"}, headers=script
    )
    assert (long.status_code, AnswerDraft.objects.get().version) == (409, 1)


def test_without_a_script_the_page_comes_back_with_what_was_typed(complaint):
    client = signed_in_as(roles.COMPLAINT_OFFICER)
    sent = {"outcome": "rejected", "answer": "Uno.", "reasons": ""}
    assert client.post(address(complaint, "draft"), sent).status_code == 302
    behind = client.post(address(complaint, "draft"), sent | {"answer": "Due."})
    assert (behind.status_code, behind.context["form"]["answer"].value()) == (409, "Due.")


def test_the_draft_goes_with_the_answer(complaint, officer):
    keep_draft(complaint, BEGUN, seen_version=0, by=officer)
    answer_complaint(complaint, outcome="rejected", answer="No.", reasons="Perché.", by=officer)
    assert not AnswerDraft.objects.exists()
    with pytest.raises(Refused) as refusal:
        keep_draft(complaint, BEGUN, seen_version=1, by=officer)
    assert refusal.value.code == "closed"


def test_the_letter_beside_the_text_says_what_is_missing_why_each_paragraph_is_there_and_how_it_reads(complaint):
    client = signed_in_as(roles.COMPLAINT_OFFICER)
    empty = client.post(address(complaint, "live"), {"outcome": "", "answer": "", "reasons": ""})
    assert (empty.status_code, len(empty.context["shown"].problems)) == (200, 1)
    shown = client.post(
        address(complaint, "live"), {"outcome": "rejected", "answer": "Il gatto dorme.", "reasons": "<b>x</b>"}
    )
    words = shown.content.decode()
    assert "Il gatto dorme." in words
    assert "&lt;b&gt;x&lt;/b&gt;" in words
    assert [added.version.name for added in shown.context["shown"].paragraphs] == [
        "remedies@1",
        "ivass@1",
        "arbiter@1",
        "mediation@1",
    ]
    assert "d.lgs. 28/2010, art. 5" in words
    assert shown.context["shown"].figures.words == 6


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR])
@pytest.mark.parametrize("name", ["draft", "live"])
def test_people_who_only_read_keep_no_draft(complaint, role, name):
    assert signed_in_as(role).post(address(complaint, name), {}).status_code == 403


def test_there_is_nothing_to_draft_on_an_answered_complaint():
    answered = ComplaintFactory(answered=True)
    assert signed_in_as(roles.COMPLAINT_OFFICER).post(address(answered, "draft"), {}).status_code == 404
