"""A customer reports a claim in the reserved area: step by step, on several devices, with files; and follows it from there."""

import uuid

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact_center.models import Contact, Message
from contact_center.tests.public_forms import guard
from customers.claim_reports.commands import add_files
from customers.models import AskedDocument, Claim, ClaimDraft, ClaimFile
from customers.tests.claim_answers import CRASH
from customers.tests.factories import (
    AskedDocumentFactory,
    ClaimDraftFactory,
    ClaimFactory,
    ClaimFileFactory,
    ClaimReportFactory,
    CustomerFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
)

pytestmark = pytest.mark.django_db
START = reverse("portal_report")


@pytest.fixture(autouse=True)
def in_may(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel("2026-05-04 08:00Z", tick=False):
        yield


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


def signed_in(account):
    client = Client(headers={"accept-language": "en"})
    client.force_login(account.user)
    return client


@pytest.fixture
def client(account):
    return signed_in(account)


@pytest.fixture
def policy(account):
    return PolicyFactory(holder=account.customer)


@pytest.fixture
def draft(account, policy):
    return ClaimDraftFactory(policy=policy, begun_by=account.user, saved_by=account.user)


@pytest.fixture
def whole(draft):
    draft.answers = CRASH
    draft.save()
    return draft


def step_url(draft, step="evento"):
    return reverse("portal_report_step", args=[draft.key, step])


def url(name, draft, *more):
    return reverse(f"portal_report_{name}", args=[draft.key, *more])


def pdf(name="nota.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 " + name.encode())


# --- Conditions
def test_a_question_with_a_condition_says_so_on_the_page_and_is_not_called_optional(client, draft):
    page = client.get(step_url(draft, "veicolo")).content.decode()
    name = page[page.index('data-only-if="driver=other"') :].split("</label>")[0]
    assert "(only if you answered “Somebody else” to “Who was driving?”)" in name
    assert "(optional)" not in name
    assert "js/asked-if.js" in page


def test_two_signatures_without_another_vehicle_are_named_at_the_step_and_at_the_review(client, whole):
    whole.answers = CRASH | {"altro-veicolo": {"other": "no"}}
    whole.save()
    words = "two drivers cannot have signed"
    assert words in client.get(step_url(whole, "constatazione")).content.decode()
    assert words in client.get(url("review", whole)).content.decode()
    assert client.post(url("review", whole), {"declared": "on"}).status_code == 409
    assert not Claim.objects.exists()


def test_drafts_and_claims_stand_under_headings_of_their_own(client, draft):
    ClaimFactory(customer=draft.customer)
    page = client.get(reverse("portal_claims")).content.decode()
    assert page.index("Begun and not sent yet</h2>") < page.index("Claims reported</h2>")
    assert 'class="drafts-above"' in page
    draft.delete()
    assert "Claims reported</h2>" not in client.get(reverse("portal_claims")).content.decode()


def test_the_review_does_not_call_files_answered_where_there_are_none(client, whole, account):
    stages = client.get(url("review", whole)).context["stages"]
    assert [(str(each.title), each.is_done) for each in stages][-2] == ("Photographs and documents (none)", False)
    add_files(whole, [pdf()], by=account.user)
    stages = client.get(url("review", whole)).context["stages"]
    assert [(str(each.title), each.is_done) for each in stages][-2] == ("Photographs and documents", True)


# --- Beginning
@pytest.mark.parametrize("room", ["portal_claims", "portal_policy"])
def test_the_rooms_of_claims_and_of_a_policy_lead_to_the_report(client, policy, room):
    address = reverse(room, args=[policy.pk] if room == "portal_policy" else [])
    assert f'href="{START}' in client.get(address).content.decode()


def test_one_chooses_among_ones_own_policies_alone(client, policy):
    other = PolicyFactory()
    page = client.get(START).content.decode()
    assert (policy.number in page, other.number in page) == (True, False)
    answer = client.post(START, {"key": uuid.uuid4(), "policy": other.pk})
    assert (answer.status_code, ClaimDraft.objects.count()) == (422, 0)


def test_an_adherent_finds_the_collective_policy(client, account):
    adherence = PolicyAdherentFactory(customer=account.customer)
    assert adherence.policy.number in client.get(START).content.decode()


def test_a_double_press_begins_one_report_and_goes_on_to_its_first_step(client, policy):
    form = {"key": uuid.uuid4(), "policy": policy.pk}
    for _press in range(2):
        answer = client.post(START, form, follow=True)
        assert answer.redirect_chain[-1][0] == step_url(ClaimDraft.objects.get())


def test_nothing_chosen_is_asked_again(client, policy):
    assert client.post(START, {"key": uuid.uuid4()}).status_code == 422


@pytest.mark.parametrize("room", ["reserved_area", "portal_claims", "portal_report"])
def test_a_report_under_way_is_found_again(client, draft, room):
    assert url("draft", draft) in client.get(reverse(room)).content.decode()


# --- Steps
def test_a_step_is_kept_and_leads_to_the_next(client, draft):
    answer = client.post(step_url(draft), CRASH["evento"] | {"seen_version": 1})
    assert answer.url == step_url(draft, "veicolo")
    draft.refresh_from_db()
    assert draft.answers == {"evento": CRASH["evento"]}


def test_what_was_answered_is_there_on_another_device(account, client, draft):
    client.post(step_url(draft), CRASH["evento"] | {"seen_version": 1})
    telephone = signed_in(account)
    assert telephone.get(url("draft", draft)).url == step_url(draft, "veicolo")
    page = telephone.get(step_url(draft)).content.decode()
    assert "Tamponata al semaforo." in page
    assert 'value="2026-05-02"' in page


def test_what_another_device_saved_meanwhile_is_shown_and_what_was_typed_remains(account, client, draft):
    signed_in(account).post(step_url(draft), CRASH["evento"] | {"place": "Roma", "seen_version": 1})
    typed = CRASH["evento"] | {"place": "Milano", "seen_version": 1}
    answer = client.post(step_url(draft), typed)
    page = answer.content.decode()
    assert (answer.status_code, "Roma" in page, 'value="Milano"' in page) == (409, True, True)
    again = client.post(step_url(draft), typed | {"seen_version": answer.context["form"]["seen_version"].value()})
    draft.refresh_from_db()
    assert (again.status_code, draft.answers["evento"]["place"]) == (302, "Milano")


def test_what_is_missing_is_named_and_what_was_typed_remains(client, draft):
    answer = client.post(step_url(draft), {"place": "Pavia", "seen_version": 1})
    page = answer.content.decode()
    assert (answer.status_code, 'value="Pavia"' in page) == (422, True)
    assert "Fill in “On which day did it happen?”" in page


def test_one_stops_and_goes_on_later(client, draft):
    answer = client.post(step_url(draft), CRASH["evento"] | {"seen_version": 1, "later": "1"}, follow=True)
    assert answer.redirect_chain[-1][0] == START
    draft.refresh_from_db()
    assert draft.answers


def test_the_last_step_leads_to_the_files_and_every_page_back_without_loss(client, whole):
    answer = client.post(step_url(whole, "constatazione"), {"statement": "one", "seen_version": 1})
    assert answer.url == url("files", whole)
    assert client.get(url("files", whole)).context["back_url"] == step_url(whole, "constatazione")
    assert client.get(step_url(whole, "veicolo")).context["back_url"] == step_url(whole)


def test_a_step_that_the_guide_does_not_have_is_not_found(client, draft):
    assert client.get(step_url(draft, "danno")).status_code == 404


# --- Files
def test_files_are_added_several_at_once_and_taken_away(client, draft):
    client.post(url("files", draft), {"files": [pdf("a.pdf"), pdf("b.pdf")]})
    page = client.get(url("files", draft)).content.decode()
    assert ("a.pdf" in page, "b.pdf" in page) == (True, True)
    file = draft.files.get(name="a.pdf")
    assert b"".join(client.get(url("file", draft, file.key)).streaming_content).startswith(b"%PDF")
    client.post(url("file_remove", draft, file.key))
    assert [each.name for each in draft.files.all()] == ["b.pdf"]


def test_wrong_files_are_named_and_the_good_ones_are_there(client, draft):
    script = SimpleUploadedFile("foto.jpg", b"#!/bin/sh")
    answer = client.post(url("files", draft), {"files": [script, pdf()]})
    page = answer.content.decode()
    assert (answer.status_code, draft.files.count()) == (422, 1)
    assert ("foto.jpg" in page, "1 file was added." in page) == (True, True)


def test_a_photograph_of_thirty_megabytes_is_refused_in_words_and_nothing_else_is_lost(client, draft):
    large = SimpleUploadedFile("foto.jpg", b"\xff\xd8\xff\xe0" + b"0" * (30 * 1024 * 1024))
    answer = client.post(url("files", draft), {"files": [pdf(), large]})
    assert "“foto.jpg” is larger than 20 MB." in answer.content.decode()
    assert [each.name for each in draft.files.all()] == ["nota.pdf"]


def test_of_forty_files_twenty_are_kept(client, draft):
    answer = client.post(url("files", draft), {"files": [pdf(f"{n}.pdf") for n in range(40)]})
    assert (answer.status_code, draft.files.count(), "“39.pdf”" in answer.content.decode()) == (422, 20, True)


def test_a_script_sends_them_one_by_one(client, draft):
    one = client.post(url("files", draft), {"files": [pdf()]}, headers={"accept": "application/json"})
    assert one.json() == {"kept": 1, "refused": []}
    wrong = client.post(
        url("files", draft), {"files": [SimpleUploadedFile("a.exe", b"MZ")]}, headers={"accept": "application/json"}
    )
    assert (wrong.json()["kept"], "a.exe" in wrong.json()["refused"][0]) == (0, True)


def test_nothing_chosen_is_said(client, draft):
    assert "Choose the file first" in client.post(url("files", draft)).content.decode()


# --- Review and sending
def send(client, draft, **more):
    return client.post(url("review", draft), {"declared": "on", **more})


def test_the_review_shows_every_answer_and_leads_back_to_each_step(client, whole):
    page = client.get(url("review", whole)).content.decode()
    for answer in ("Via Po 1, Pavia", "Paraurti posteriore", "FG456HJ", "Yes, and both drivers signed it"):
        assert answer in page
    assert step_url(whole, "persone") in page


def test_a_report_is_sent_and_its_number_days_and_next_steps_are_shown(client, whole):
    answer = send(client, whole)
    claim = Claim.objects.get()
    assert answer.url == reverse("portal_report_sent", args=[claim.pk])
    page = client.get(answer.url).content.decode()
    assert (claim.report_number in page, "30 days" in page, "What to keep" in page) == (True, True, True)


def test_a_report_sent_twice_leads_to_the_same_claim(client, whole):
    assert send(client, whole).url == send(client, whole).url
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("name", ["draft", "files", "review", "discard"])
def test_after_it_was_sent_the_browsers_way_back_leads_to_what_was_sent(client, whole, name):
    sent = send(client, whole).url
    assert client.get(url(name, whole)).url == sent


def test_it_is_not_sent_without_the_declaration(client, whole):
    assert client.post(url("review", whole)).status_code == 422
    assert not Claim.objects.exists()


def test_what_is_not_whole_cannot_be_sent(client, draft):
    page = client.get(url("review", draft)).content.decode()
    assert "It can be sent as soon as every step is answered." in page
    assert send(client, draft).status_code == 409
    assert not Claim.objects.exists()


def test_a_claim_of_the_same_day_is_shown_and_asked_about(client, account, whole):
    earlier = ClaimFactory(policy=whole.policy, occurred_on="2026-05-02")
    page = client.get(url("review", whole)).content.decode()
    assert (earlier.number in page, reverse("portal_claim", args=[earlier.pk]) in page) == (True, True)
    assert send(client, whole).status_code == 422
    assert send(client, whole, another="on").status_code == 302


def test_a_day_before_the_policy_is_said_and_asked_about(client, whole):
    whole.policy.starts_on = "2026-05-03"
    whole.policy.save()
    assert "this policy did not cover you" in client.get(url("review", whole)).content.decode()
    assert send(client, whole).status_code == 422
    assert send(client, whole, outside="on").status_code == 302


def test_a_policy_that_is_no_longer_theirs_is_said(client, whole):
    whole.policy.holder = CustomerFactory()
    whole.policy.save()
    assert "This policy is no longer yours" in client.get(url("review", whole)).content.decode()
    assert send(client, whole).status_code == 409
    assert not Claim.objects.exists()


def test_a_report_is_given_up(client, account, draft):
    add_files(draft, [pdf()], by=account.user)
    assert "Delete it" in client.get(url("discard", draft)).content.decode()
    assert client.post(url("discard", draft)).url == START
    assert (ClaimDraft.objects.count(), ClaimFile.objects.count()) == (0, 0)
    assert client.get(url("review", draft)).status_code == 404


# --- Somebody else's
def test_somebody_elses_draft_does_not_exist_by_any_door(client, account):
    theirs = ClaimDraftFactory(answers=CRASH)
    file = ClaimFileFactory(draft=theirs, claim=None)
    doors = [
        *(("get", url(name, theirs)) for name in ("draft", "files", "review", "discard")),
        ("get", step_url(theirs)),
        ("get", url("file", theirs, file.key)),
        ("post", step_url(theirs)),
        *(("post", url(name, theirs)) for name in ("files", "review", "discard")),
        ("post", url("file_remove", theirs, file.key)),
    ]
    for method, address in doors:
        assert getattr(client, method)(address).status_code == 404, address
    assert (ClaimDraft.objects.count(), ClaimFile.objects.count(), Claim.objects.count()) == (1, 1, 0)


def test_the_policyholder_does_not_read_what_an_adherent_reported(client, account, policy):
    claim = ClaimFactory(policy=policy, customer=CustomerFactory())
    report = ClaimReportFactory(claim=claim, answers=CRASH)
    file, asked = ClaimFileFactory(claim=claim), AskedDocumentFactory(claim=claim, name="Cartella clinica")
    page = client.get(reverse("portal_claim", args=[claim.pk])).content.decode()
    for secret in ("Tamponata", file.name, asked.name, report.number):
        assert secret not in page
    for name, arguments in (
        ("portal_report_sent", [claim.pk]),
        ("portal_claim_file", [claim.pk, file.key]),
    ):
        assert client.get(reverse(name, args=arguments)).status_code == 404
    for name, arguments in (("portal_claim_message", [claim.pk]), ("portal_claim_document", [claim.pk, asked.pk])):
        assert client.post(reverse(name, args=arguments), {"text": "x"}).status_code == 404


# --- Following it
@pytest.fixture
def claim(client, whole):
    send(client, whole)
    return Claim.objects.get()


def page_of(client, claim):
    return client.get(reverse("portal_claim", args=[claim.pk])).content.decode()


def test_the_page_of_the_claim_shows_the_report_and_that_the_number_is_to_come(client, claim):
    page = page_of(client, claim)
    for word in ("This is the number of the report.", "Tamponata al semaforo.", "Yes, and both drivers signed it"):
        assert word in page
    claim.number = "S2026000001"
    claim.save()
    page = page_of(client, claim)
    assert ("Number of the report" in page, "This is the number of the report." in page) == (True, False)


def test_one_writes_about_the_claim_once_with_a_file(client, claim):
    address = reverse("portal_claim_message", args=[claim.pk])
    form = {**guard(), "text": "Ecco la fattura."}
    for _press in range(2):
        assert client.post(address, form | {"files": [pdf("fattura.pdf")]}).status_code == 302
    page = page_of(client, claim)
    assert ("Ecco la fattura." in page, "fattura.pdf" in page) == (True, True)
    assert Message.objects.filter(text="Ecco la fattura.").count() == 1
    assert Contact.objects.get().claim == claim


def test_an_empty_message_comes_back(client, claim):
    answer = client.post(reverse("portal_claim_message", args=[claim.pk]), guard())
    assert (answer.status_code, "Fill in “Your message”" in answer.content.decode()) == (422, True)


def test_a_document_that_was_asked_for_is_sent(client, claim):
    asked = AskedDocumentFactory(claim=claim, name="Preventivo", why="Per la stima.", due_on="2026-05-20")
    page = page_of(client, claim)
    assert ("Preventivo" in page, "Per la stima." in page, "20 May 2026" in page) == (True, True, True)
    address = reverse("portal_claim_document", args=[claim.pk, asked.pk])
    for _press in range(2):
        assert client.post(address, {"files": [pdf("preventivo.pdf")]}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, ClaimFile.objects.filter(asked=asked).count()) == (AskedDocument.State.RECEIVED, 1)
    assert "preventivo.pdf" in page_of(client, claim)


@pytest.mark.parametrize(
    ("files", "word"),
    [([], "Choose the file first"), ([SimpleUploadedFile("foto.jpg", b"#!/bin/sh")], "foto.jpg")],
)
def test_a_document_that_cannot_be_kept_is_named(client, claim, files, word):
    asked = AskedDocumentFactory(claim=claim)
    answer = client.post(reverse("portal_claim_document", args=[claim.pk, asked.pk]), {"files": files})
    assert (answer.status_code, word in answer.content.decode()) == (422, True)


def test_a_document_of_another_claim_is_not_found(client, claim):
    other = AskedDocumentFactory()
    assert client.post(reverse("portal_claim_document", args=[claim.pk, other.pk])).status_code == 404


def test_the_offer_is_shown_with_its_amount(client, account, policy):
    claim = ClaimFactory(
        policy=policy, state="offered", offered_on="2026-05-03", offered_amount="1240.50", complete_on="2026-05-02"
    )
    assert "1,240.50" in page_of(client, claim)


# --- What the pages cost
def test_pages_ask_as_much_for_many_drafts_files_and_documents_as_for_one(client, account, claim):
    def queries(address):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    pages = [reverse("portal_claim", args=[claim.pk]), reverse("portal_claims"), START, reverse("reserved_area")]

    def fill():
        asked = AskedDocumentFactory(claim=claim)
        ClaimFileFactory(claim=claim, asked=asked)
        ClaimDraftFactory(policy=claim.policy, begun_by=account.user, saved_by=account.user)

    fill()
    once = [queries(page) for page in pages]
    for _more in range(3):
        fill()
    assert [queries(page) for page in pages] == once
