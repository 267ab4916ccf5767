"""The app reports a claim: step by step, with photographs one by one over a bad line, sent once; and follows it from there."""

import hashlib
import io
import uuid
from datetime import date

import pytest
import time_machine
from PIL import Image

from contact_center.models import Contact, Message
from customers.claim_reports.lines import MOTOR
from customers.models import AskedDocument, Claim, ClaimDraft, ClaimFile, Upload
from customers.tests.claim_answers import CRASH
from customers.tests.factories import (
    AskedDocumentFactory,
    ClaimDraftFactory,
    ClaimFactory,
    ClaimFileFactory,
    CustomerFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
)
from reserved_area.tests.app import ME, PDF, App

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_may(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel("2026-05-04 08:00Z", tick=False):
        yield


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def app(account):
    return App(account)


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


@pytest.fixture
def claim(account, policy):
    return ClaimFactory(policy=policy, customer=account.customer)


def of(draft, place=""):
    return f"claim-reports/{draft.key}/{place}"


def save(app, draft, step="evento", answers=CRASH["evento"], version=1):
    return app.send(of(draft, f"steps/{step}/"), {"version": version, "answers": answers}, method="put")


def photograph(width=40):
    content = io.BytesIO()
    Image.new("RGB", (width, 30), "red").save(content, "JPEG")
    return content.getvalue()


# --- Writing it -------------------------------------------------------------------------------------------------------
def test_a_report_is_written_and_sent_by_the_app_alone(app, policy):
    begun = app.send("claim-reports/", {"policy": policy.pk}).json()
    place = begun["url"].removeprefix(ME)
    version = begun["version"]
    for step, answers in CRASH.items():
        saved = app.send(f"{place}steps/{step}/", {"version": version, "answers": answers}, method="put")
        assert saved.status_code == 200, saved.content
        version = saved.json()["version"]
    assert app.upload(f"{place}files/", photograph(), name="urto.jpg").status_code == 201
    shown = app.get(place).json()
    assert (shown["is_complete"], [each["name"] for each in shown["files"]]) == (True, ["urto.jpg"])
    sent = app.send(f"{place}send/", {"declared": True}).json()
    claim = Claim.objects.get()
    assert (sent["claim"], sent["number"], sent["offer_days"]) == (claim.pk, claim.report_number, 30)
    assert (claim.report.channel, Contact.objects.get().channel, claim.files.count()) == ("app", "app", 1)


def test_the_questions_of_the_guide_come_with_the_draft(app, draft):
    shown = app.get(of(draft)).json()
    assert [step["key"] for step in shown["steps"]] == [step.key for step in MOTOR.steps]
    question = shown["steps"][0]["questions"][0]
    assert (question["name"], question["kind"], question["required"]) == ("occurred_on", "day", True)


def test_the_same_key_begins_one_report(app, policy):
    keys = {app.send("claim-reports/", {"policy": policy.pk}, key="k").json()["key"] for _twice in range(2)}
    assert (len(keys), ClaimDraft.objects.count()) == (1, 1)


def test_the_reports_under_way_are_listed_those_of_the_page_too(app, draft):
    assert [each["key"] for each in app.get("claim-reports/").json()["results"]] == [str(draft.key)]


def test_the_policies_to_report_under_are_named(app, policy):
    PolicyFactory()
    assert app.get("claim-reports/policies/").json() == {"results": [policy.pk]}


def test_a_policy_that_ended_long_ago_is_refused_in_words(app, account):
    old = PolicyFactory(holder=account.customer, starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1), state="expired")
    answer = app.send("claim-reports/", {"policy": old.pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "policy_not_theirs")


def test_nothing_saved_elsewhere_is_written_over_unseen(app, draft):
    assert save(app, draft).json()["version"] == 2
    other = CRASH["evento"] | {"place": "Via Roma 2, Pavia"}
    refused = save(app, draft, answers=other)
    assert (refused.status_code, refused.json()["code"]) == (409, "changed_meanwhile")
    assert refused.json()["saved"]["place"] == CRASH["evento"]["place"]
    assert save(app, draft, answers=other, version=refused.json()["version"]).status_code == 200


def test_the_same_answers_sent_again_are_no_conflict(app, draft):
    assert [save(app, draft).status_code for _twice in range(2)] == [200, 200]


def test_what_is_wrong_is_said_of_each_answer_and_nothing_is_kept(app, draft):
    answers = CRASH["evento"] | {"occurred_on": "2027-01-01", "occurred_time": "25:00"}
    answer = save(app, draft, answers=answers)
    assert set(answer.json()["errors"]) == {"answers.occurred_on", "answers.occurred_time"}
    draft.refresh_from_db()
    assert draft.answers == {}


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"colore": "rosso"}, "answers.colore"),
        ({"place": ["a"]}, "answers.place"),
        ([], "answers"),
        (None, "answers"),
    ],
)
def test_answers_of_another_shape_are_refused(app, draft, answers, field):
    answer = save(app, draft, answers=answers)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_story_of_ten_thousand_characters_with_emoji_is_kept_whole(app, draft):
    story = "Tamponata 🚗 مرحبا ".ljust(10_000, "é")
    assert save(app, draft, answers=CRASH["evento"] | {"description": story}).status_code == 200
    draft.refresh_from_db()
    assert draft.answers["evento"]["description"] == story


def test_a_step_that_the_guide_has_not_is_not_found(app, draft):
    assert save(app, draft, step="meteo", answers={}).status_code == 404


# --- Files over a bad line --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("keys", [("k", "k", "k"), ("a", "b", "c")])
def test_the_same_photograph_sent_three_times_in_a_tunnel_is_one(app, draft, keys):
    picture = photograph()
    answers = [app.upload(of(draft, "files/"), picture, name="urto.jpg", key=key) for key in keys]
    assert [each.status_code for each in answers] == [201, 201, 201]
    assert len({each.json()["key"] for each in answers}) == ClaimFile.objects.count() == 1


def test_a_file_that_did_not_arrive_whole_leaves_nothing_and_may_be_sent_again(app, draft, tmp_path):
    picture = photograph()
    digest = hashlib.sha256(picture).hexdigest()
    broken = app.upload(of(draft, "files/"), picture[:-40], name="urto.jpg", key="k", sha256=digest)
    assert (broken.status_code, broken.json()["code"]) == (409, "upload_broken")
    assert not ClaimFile.objects.exists()
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]
    assert app.upload(of(draft, "files/"), picture, name="urto.jpg", key="k").status_code == 201


def test_a_body_that_breaks_off_keeps_nothing(app, draft):
    start = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7 prev'
    answer = app.client.post(
        ME + of(draft, "files/"),
        start,
        content_type="multipart/form-data; boundary=x",
        headers={"Idempotency-Key": "k"},
    )
    assert answer.status_code == 400
    assert not ClaimFile.objects.exists()


@pytest.mark.parametrize("sha256", ["", "x", "g" * 64])
def test_a_file_without_its_checksum_is_not_taken(app, draft, sha256):
    sent = {"sha256": sha256, "file": io.BytesIO(PDF)}
    answer = app.client.post(ME + of(draft, "files/"), sent, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 400
    assert "sha256" in answer.json()["errors"]


def test_a_file_of_a_kind_that_we_do_not_take_is_said_so(app, draft):
    answer = app.upload(of(draft, "files/"), b"<html>", name="a.html")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["file"])


def test_a_file_larger_than_the_api_takes_elsewhere_is_taken_here(app, draft, settings):
    settings.API_BODY_LIMIT = 100
    assert app.upload(of(draft, "files/"), photograph(), name="urto.jpg").status_code == 201
    settings.PAGE_BODY_LIMIT = 100
    assert app.upload(of(draft, "files/"), photograph(50), name="urto.jpg").json()["code"] == "body_too_large"


def test_a_file_is_handed_out_and_taken_away(app, draft):
    place = app.upload(of(draft, "files/")).json()["url"].removeprefix(ME)
    assert b"".join(app.get(place).streaming_content) == PDF
    assert [app.send(place, method="delete").status_code for _twice in range(2)] == [204, 204]
    assert not ClaimFile.objects.exists()


# --- Its end ----------------------------------------------------------------------------------------------------------
def test_the_same_report_sent_twice_is_one_claim(app, whole):
    answers = [app.send(of(whole, "send/"), {"declared": True}) for _twice in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert len({each.json()["claim"] for each in answers}) == Claim.objects.count() == 1


def test_what_is_missing_is_named(app, draft):
    answer = app.send(of(draft, "send/"), {"declared": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_complete")


def test_it_is_not_sent_undeclared(app, whole):
    answer = app.send(of(whole, "send/"), {"declared": False})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["declared"])


def test_a_claim_of_the_same_day_is_named_and_another_one_confirmed(app, account, policy, whole):
    twin = ClaimFactory(
        policy=policy, customer=account.customer, occurred_on=date(2026, 5, 2), reported_on=date(2026, 5, 3)
    )
    assert app.get(of(whole)).json()["twin"] == twin.pk
    assert list(app.send(of(whole, "send/"), {"declared": True}).json()["errors"]) == ["another"]
    assert app.send(of(whole, "send/"), {"declared": True, "another": True}).status_code == 201


def test_a_report_that_was_sent_meanwhile_leads_to_its_claim(app, whole):
    sent = app.send(of(whole, "send/"), {"declared": True}).json()
    answer = app.get(of(whole))
    assert (answer.status_code, answer.json()["code"], answer.json()["claim"]) == (409, "draft_gone", sent["claim"])


def test_a_report_given_up_leaves_nothing(app, draft):
    app.upload(of(draft, "files/"))
    assert app.send(of(draft), method="delete").status_code == 204
    assert (ClaimDraft.objects.count(), ClaimFile.objects.count()) == (0, 0)
    assert app.get(of(draft)).status_code == 404


def test_who_may_not_report_for_a_customer_neither_sees_nor_saves_a_draft():
    company = CustomerFactory()
    account = ReservedAreaAccountFactory(customer=company, capacity="member", rights=["ask"])
    draft = ClaimDraftFactory(policy=PolicyFactory(holder=company))
    app = App(account)
    assert app.get(of(draft)).json()["right"] == save(app, draft).json()["right"] == "report"


def test_an_heir_reports_a_claim():
    holder = CustomerFactory()
    policy = PolicyFactory(holder=holder)
    heir = ReservedAreaAccountFactory(customer=holder, by_document=True, capacity="heir", rights=["report"])
    assert App(heir).send("claim-reports/", {"policy": policy.pk}).status_code == 201


# --- What follows -----------------------------------------------------------------------------------------------------
def test_a_message_about_a_claim_carries_files_that_were_sent_ahead(app, claim):
    key = app.upload().json()["key"]
    sent = {"text": "Ecco il preventivo.", "uploads": [key]}
    answers = [app.send(f"claims/{claim.pk}/messages/", sent, key="k") for _twice in range(2)]
    assert [each.status_code for each in answers] == [201, 201], answers[0].content
    message = Message.objects.get()
    assert (message.text, message.attachments.get().name, message.contact.claim) == (
        sent["text"],
        "preventivo.pdf",
        claim,
    )
    assert message.contact.channel == "app"


def test_a_document_that_was_asked_for_is_sent(app, claim):
    asked = AskedDocumentFactory(claim=claim)
    key = app.upload().json()["key"]
    answer = app.send(f"claims/{claim.pk}/documents/{asked.pk}/", {"uploads": [key]})
    assert (answer.status_code, answer.json()["state"]) == (201, "received")
    asked.refresh_from_db()
    assert (asked.state, asked.files.count()) == (AskedDocument.State.RECEIVED, 1)


def test_a_document_without_a_file_is_asked_for_again(app, claim):
    asked = AskedDocumentFactory(claim=claim)
    answer = app.send(f"claims/{claim.pk}/documents/{asked.pk}/", {"uploads": []})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["uploads"])


def test_a_file_that_is_not_here_any_more_is_said_and_nothing_is_written(app, claim):
    answer = app.send(f"claims/{claim.pk}/messages/", {"text": "Ecco.", "uploads": [str(uuid.uuid4())]})
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_gone")
    assert not Message.objects.exists()


def test_a_claim_on_ones_policy_that_somebody_else_reported_takes_no_message(app, policy):
    claim = ClaimFactory(policy=policy, customer=CustomerFactory())
    assert app.send(f"claims/{claim.pk}/messages/", {"text": "Ecco."}).status_code == 404


# --- Files sent ahead -------------------------------------------------------------------------------------------------
def test_a_file_sent_ahead_three_times_is_one_and_can_be_taken_away(app):
    keys = {app.upload(key="k").json()["key"] for _time in range(3)}
    assert len(keys) == Upload.objects.count() == 1
    assert [each["key"] for each in app.get("uploads/").json()["results"]] == list(keys)
    place = f"uploads/{keys.pop()}/"
    assert [app.send(place, method="delete").status_code for _twice in range(2)] == [204, 204]
    assert app.get("uploads/").json() == {"results": []}


def test_a_file_sent_ahead_that_did_not_arrive_whole_is_not_kept(app):
    answer = app.upload(sha256="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_broken")
    assert not Upload.objects.exists()


def test_files_of_drafts_of_others_are_not_found(app, draft):
    file = ClaimFileFactory(draft=ClaimDraftFactory(), claim=None)
    assert app.get(of(draft, f"files/{file.key}/")).status_code == 404
