"""What goes by itself at night, when its period is over: rows, files, earlier versions; and what a hold keeps."""

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from complaints.models import Complaint, ComplaintLetter
from complaints.tests.factories import ComplaintFactory, ComplaintLetterFactory
from contact_center.models import AgentDay, Call, Contact, Message
from contact_center.tests.factories import (
    AgentDayFactory,
    CallFactory,
    ContactFactory,
    KnownPersonFactory,
    MessageAttachmentFactory,
    MessageFactory,
)
from customers.models import AccessLog, Claim, Consent, ContactPoint, Customer, Enrolment, Policy, ProofCode
from customers.tests.factories import (
    AccessLogFactory,
    ClaimFactory,
    ClaimFileFactory,
    ConsentFactory,
    ContactPointFactory,
    CustomerFactory,
    EnrolmentFactory,
    LegalHoldFactory,
    PolicyFactory,
    ProofCodeFactory,
    UserFactory,
)
from foundation.models import RetentionProof, RetentionRun
from foundation.privacy import history_of
from foundation.refusals import Refused
from foundation.tests.database import as_new
from notifications.models import DeliveryReport, Notice, NoticeAttachment, NoticeEvent
from notifications.tests.factories import (
    DeliveryReportFactory,
    NoticeAttachmentFactory,
    NoticeEventFactory,
    NoticeFactory,
)
from vittoria_care.privacy import retention
from vittoria_care.privacy.periods import change_period, days_in_force, period_called
from vittoria_care.privacy.rules import RULES, periods

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TEN_YEARS = timedelta(days=3653)
TWO_YEARS = timedelta(days=731)
SECOND = timedelta(seconds=1)
DAY_30, AFTER = NOW - timedelta(days=30), NOW - timedelta(days=30, seconds=1)


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ERASURE_LEDGER = str(tmp_path / "erasures.jsonl")


def run(now=NOW, **arguments):
    return retention.run_retention(now, **arguments).numbers


def gone(numbers):
    return {name: each["gone"] for name, each in numbers.items() if each["gone"]}


# --- Strangers
def to_stranger(**fields):
    return NoticeFactory(**{"kind": "enrolment-unknown", "customer": None, "created_at": AFTER} | fields)


def test_an_enrolment_that_came_to_nothing_is_forgotten_after_thirty_days():
    EnrolmentFactory(created_at=AFTER)
    EnrolmentFactory(created_at=AFTER, linked=True)
    kept = EnrolmentFactory(created_at=DAY_30)
    assert gone(run()) == {"customers.Enrolment/not-completed": 2}
    assert (Enrolment.objects.get(), gone(run())) == (kept, {})


def test_an_enrolment_that_was_completed_remains():
    EnrolmentFactory(created_at=AFTER, linked=True, used_at=AFTER)
    assert gone(run()) == {}


@pytest.mark.parametrize("kind", ["enrolment-unknown", "account-mail"])
@pytest.mark.parametrize("state", ["queued", "refused", "in_doubt", "withheld"])
def test_mail_about_a_sign_in_to_an_address_that_is_nobodys_is_forgotten(kind, state):
    to_stranger(kind=kind, state=state)
    kept = to_stranger(kind=kind, state=state, created_at=DAY_30)
    assert gone(run()) == {"notifications.Notice/stranger": 1}
    assert Notice.objects.get() == kept


def test_files_and_events_of_a_notice_go_with_it():
    notice = to_stranger()
    NoticeAttachmentFactory(notice=notice)
    NoticeEventFactory(notice=notice)
    DeliveryReportFactory(notice=notice)
    run()
    assert [each.objects.count() for each in (Notice, NoticeAttachment, NoticeEvent, DeliveryReport)] == [0] * 4


def test_what_was_written_to_somebody_known_remains():
    NoticeFactory(kind="enrolment-unknown", created_at=AFTER)
    to_stranger(kind="account-mail", user=UserFactory())
    assert gone(run()) == {}


def test_a_code_is_forgotten_after_thirty_days():
    ProofCodeFactory(created_at=AFTER, expires_at=AFTER + SECOND)
    assert gone(run()) == {"customers.ProofCode": 1}
    assert not ProofCode.objects.exists()


def test_more_than_a_chunk_goes_in_one_night():
    for _each in range(5):
        to_stranger()
        EnrolmentFactory(created_at=AFTER)
    assert sum(gone(run(chunk=2)).values()) == 10


# --- Conversations: what counts remains
def test_a_conversation_of_two_years_ago_remains_as_a_count_without_words():
    contact = ContactFactory(closed=True, started_at=NOW - TWO_YEARS - SECOND, customer=CustomerFactory(), notes="No.")
    MessageFactory(contact=contact)
    ContactFactory(closed=True, started_at=NOW - TWO_YEARS + timedelta(days=1))
    assert gone(run()) == {"contact_center.Contact/conversation": 1}
    forgotten = Contact.objects.get(pk=contact.pk)
    assert (forgotten.address, forgotten.subject, forgotten.notes) == (f"forgotten:{contact.pk}", "", "")
    assert (forgotten.outcome, Message.objects.count(), forgotten.history.count()) == (contact.outcome, 0, 0)
    assert gone(run()) == {}


def test_the_caller_of_an_old_call_is_forgotten():
    CallFactory(queued_at=NOW - TWO_YEARS - SECOND)
    CallFactory(abandoned=True, queued_at=NOW - TWO_YEARS - SECOND)
    run()
    assert list(Call.objects.values_list("caller", flat=True)) == ["", ""]


def test_an_open_conversation_is_left_alone():
    ContactFactory(started_at=NOW - TWO_YEARS - SECOND)
    assert gone(run()) == {}


def test_a_file_goes_from_the_folder_with_its_row():
    name = default_storage.save("messages/nota", ContentFile(b"nota"))
    contact = ContactFactory(closed=True, started_at=NOW - TWO_YEARS - SECOND)
    MessageAttachmentFactory(message__contact=contact, file=name)
    run()
    assert not default_storage.exists(name)


def test_a_file_that_cannot_be_deleted_is_tried_again_the_next_night(monkeypatch):
    name = default_storage.save("messages/nota", ContentFile(b"nota"))
    contact = ContactFactory(closed=True, started_at=NOW - TWO_YEARS - SECOND)
    MessageAttachmentFactory(message__contact=contact, file=name)
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", lambda _name: (_ for _ in ()).throw(OSError("read-only")))
        run()
    assert default_storage.exists(name)
    run()
    assert not default_storage.exists(name)


# --- Contracts, claims, complaints
def old_contract():
    policy = PolicyFactory(starts_on="2010-01-01", ends_on="2011-01-01", state="expired")
    claim = ClaimFactory(policy=policy, state=Claim.State.CLOSED)
    Claim.objects.update(updated_at=NOW - TEN_YEARS - SECOND)
    return policy, claim


def test_a_contract_goes_ten_years_after_its_end_with_its_claims():
    old_contract()
    assert gone(run()) == {"customers.Claim": 1, "customers.Policy": 1}
    earlier_versions = history_of(Policy).objects.count(), history_of(Claim).objects.count()
    assert (Policy.objects.count(), Claim.objects.count(), earlier_versions) == (0, 0, (0, 0))


def test_a_contract_waits_for_its_claim():
    policy, claim = old_contract()
    Claim.objects.filter(pk=claim.pk).update(state=Claim.State.REPORTED, updated_at=NOW)
    assert gone(run()) == {}
    assert Policy.objects.get() == policy


def test_a_complaint_remains_in_the_register_without_its_people():
    complaint = ComplaintFactory(answered=True, registered_at=NOW - TEN_YEARS - SECOND)
    ComplaintLetterFactory(complaint=complaint)
    assert gone(run()) == {"complaints.Complaint": 1}
    kept = Complaint.objects.get()
    assert (kept.number, kept.outcome, kept.answered_at) == (
        complaint.number,
        complaint.outcome,
        complaint.answered_at,
    )
    assert (kept.complainant_name, kept.text, kept.customer, ComplaintLetter.objects.count()) == ("–", "–", None, 0)


def test_a_consent_in_force_remains_however_old():
    old = NOW - timedelta(days=2000)
    given = ConsentFactory(recorded_at=old)
    ConsentFactory(customer=given.customer, channel="sms", recorded_at=old)
    ConsentFactory(customer=given.customer, channel="sms", event="withdrawn", recorded_at=old)
    run()
    assert list(Consent.objects.all()) == [given]


def test_a_consent_is_proved_for_five_years_after_its_withdrawal():
    given = ConsentFactory(recorded_at=NOW - timedelta(days=3000))
    ConsentFactory(customer=given.customer, event="withdrawn", recorded_at=NOW - timedelta(days=1000))
    run()
    assert Consent.objects.count() == 2


def test_an_access_is_forgotten_after_two_years():
    AccessLogFactory(at=NOW - TWO_YEARS - SECOND)
    kept = AccessLogFactory(at=NOW)
    run()
    assert list(AccessLog.objects.all()) == [kept]


def test_somebody_with_whom_nothing_is_left_is_forgotten():
    gone_one, kept = CustomerFactory(), PolicyFactory().holder
    ContactPointFactory(customer=gone_one)
    Customer.objects.update(updated_at=NOW - TWO_YEARS - SECOND)
    assert gone(run()) == {"customers.Customer": 1}
    assert (Customer.objects.get(pk=gone_one.pk).last_name, ContactPoint.objects.count()) == ("–", 0)
    assert Customer.objects.get(pk=kept.pk).last_name == "Rossi"


# --- Holds
def test_a_held_file_is_left_and_listed():
    _policy, claim = old_contract()
    name = default_storage.save("claims/foto", ContentFile(b"foto"))
    ClaimFileFactory(claim=claim, file=name)
    LegalHoldFactory(customer=claim.customer, matter=f"customers.Claim:{claim.pk}")
    numbers = run()
    assert (numbers["customers.Claim"]["held"], numbers["customers.Claim"]["held_keys"]) == (1, [claim.pk])
    assert (gone(numbers), default_storage.exists(name)) == ({}, True)


def test_what_a_hold_kept_goes_the_night_after_it_is_lifted():
    _policy, claim = old_contract()
    hold = LegalHoldFactory(customer=claim.customer)
    assert gone(run()) == {}
    type(hold).objects.update(lifted_at=NOW, lifted_because="Causa chiusa.", lifted_by=hold.set_by)
    assert gone(run()) == {"customers.Claim": 1, "customers.Policy": 1}


# --- Runs and proofs
def test_each_removal_is_proved_and_the_run_written_down():
    to_stranger()
    run()
    night = RetentionRun.objects.get()
    assert (night.ended_at is not None, night.numbers["notifications.Notice/stranger"]["gone"]) == (True, 1)
    assert RetentionProof.objects.get().rule == "notifications.Notice/stranger"


def test_a_run_that_fails_says_so(monkeypatch):
    def fail(*_arguments):
        raise DatabaseError("the connection is lost")

    monkeypatch.setattr(retention, "past", fail)
    with pytest.raises(DatabaseError):
        run()
    night = RetentionRun.objects.get()
    assert (night.ended_at, night.problem) == (None, "DatabaseError: the connection is lost")


def test_a_dry_run_names_rows_files_and_versions_and_changes_nothing():
    contact = ContactFactory(closed=True, started_at=NOW - TWO_YEARS - SECOND)
    Contact.objects.update(notes="Ha chiamato.")
    MessageAttachmentFactory(message__contact=contact)
    out = StringIO()
    call_command("apply_retention", "--dry-run", stdout=out)
    line = next(each for each in out.getvalue().splitlines() if "Contact/conversation" in each)
    assert line.split()[:2] == ["1", "blank"]
    assert "1 files, 1 earlier versions" in line
    assert (Contact.objects.get().notes, RetentionRun.objects.count()) == ("Ha chiamato.", 0)


def test_the_command_does_what_the_night_does():
    to_stranger()
    out = StringIO()
    call_command("apply_retention", stdout=out)
    assert "1 row gone" in out.getvalue()


@pytest.mark.parametrize("options", [["--dry-run"], []])
def test_the_command_counts_the_rules_with_nothing_to_do_and_prints_those_that_do_something(options):
    to_stranger()
    out = StringIO()
    call_command("apply_retention", *options, stdout=out)
    first, idle, _total = out.getvalue().splitlines()
    assert first.split()[2] == "notifications.Notice/stranger"
    assert idle.split(maxsplit=1) == [str(len(retention.ruled()) - 1), "rules have nothing to do today."]


@pytest.mark.parametrize("options", [["--dry-run"], []])
def test_the_command_prints_every_rule_to_whoever_asks_for_it(options):
    out = StringIO()
    call_command("apply_retention", *options, "--verbosity=2", stdout=out)
    printed = {line.split()[2] for line in out.getvalue().splitlines()}
    assert {rule.name for rule in retention.ruled()} <= printed


def test_the_command_prints_what_a_hold_keeps_and_no_line_of_nothing_beside_it():
    _policy, claim = old_contract()
    LegalHoldFactory(customer=claim.customer)
    out = StringIO()
    call_command("apply_retention", "--dry-run", stdout=out)
    lines = [line.split()[:3] for line in out.getvalue().splitlines()]
    assert [line for line in lines if line[2] == "customers.Claim"] == [["1", "held", "customers.Claim"]]


BY_INDEX = {
    "notifications.Notice/stranger": "notice_to_stranger",
    "notifications.Notice/own": "notice_to_forget",
    "contact_center.Call/not-answered": "call_to_forget",
    "customers.Policy": "policy_ended",
    "customers.AccessLog": "access_",
}


@pytest.mark.parametrize("name", BY_INDEX)
def test_what_is_past_its_period_is_found_by_an_index_that_holds_what_says_something_still(name):
    rule = next(each for each in RULES if each.name == name)
    as_new(apps.get_model(rule.model))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert BY_INDEX[name] in retention.past(rule, NOW, days_in_force()).explain()


def test_a_row_that_is_taken_up_again_in_the_same_night_does_not_go(monkeypatch):
    """Rows are looked for once; each chunk is asked again before it goes."""
    contacts = [ContactFactory(closed=True, started_at=NOW - TWO_YEARS - SECOND) for _each in range(2)]
    let_go = retention.Going.let_go

    def reopen_the_other(self, rule, keys):
        Contact.objects.exclude(pk__in=keys).update(state="open", closed_at=None, outcome="")
        let_go(self, rule, keys)

    monkeypatch.setattr(retention.Going, "let_go", reopen_the_other)
    assert gone(run(chunk=1)) == {"contact_center.Contact/conversation": 1}
    assert Contact.objects.filter(pk__in=[each.pk for each in contacts]).exclude(address__startswith="f").count() == 1


# --- Periods
def test_a_period_can_be_lengthened_with_its_reason():
    by = UserFactory()
    change_period(period_called("conversation"), days=1500, reason="Contenzioso di massa.", by=by)
    ContactFactory(closed=True, started_at=NOW - TWO_YEARS - SECOND)
    assert (days_in_force()["conversation"], gone(run())) == (1500, {})


@pytest.mark.parametrize(("days", "reason"), [(3652, "Meno."), (0, "Niente."), (40_000, "Sempre."), (4000, " ")])
def test_no_period_goes_below_the_law_nor_without_a_reason(days, reason):
    with pytest.raises(Refused):
        change_period(period_called("contract"), days=days, reason=reason, by=UserFactory())


def test_every_period_says_since_when_and_why():
    assert all(
        str(each.name) and str(each.since) and str(each.reason) and each.days >= each.least for each in periods()
    )


# --- People who are no customers
def test_the_card_of_a_known_person_is_emptied_two_years_after_the_last_contact():
    two_years = timedelta(days=730)
    old = KnownPersonFactory(last_contact_at=NOW - two_years - SECOND)
    contact = ContactFactory(customer=None, person=old)
    young = KnownPersonFactory(last_contact_at=NOW - two_years)
    assert gone(run())["contact_center.KnownPerson"] == 1
    for row in (old, young, contact):
        row.refresh_from_db()
    assert (old.name, old.phone, old.tie, old.search_key, old.history.count()) == ("–", "", "", "", 0)
    assert (young.name != "–", contact.person) == (True, old)


def test_a_day_of_an_agent_is_a_team_s_once_the_states_are_gone():
    young, old = (NOW - timedelta(days=days) for days in (360, 380))
    for moment in (young, old):
        AgentDayFactory(day=moment.date(), ready=600)
    retention.run_retention(NOW)
    found = AgentDay.objects.order_by("day").values_list("agent", "ready")
    assert [(agent is None, ready) for agent, ready in found] == [(True, 600), (False, 600)]
