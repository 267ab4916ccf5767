"""What goes of a person goes from every table, from their earlier versions and from the folder of files; and only that."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format

from complaints.models import Complaint
from complaints.tests.factories import ComplaintFactory
from contact_center.contacts.repeats import link_marked
from contact_center.models import Call, Contact
from contact_center.tests.factories import CallFactory, ContactFactory
from customers.models import Claim, Consent, ContactPoint, Customer, ErasureRequest, PolicyAdherent, User
from customers.privacy import erasure as commands
from customers.tests.factories import (
    ClaimFactory,
    ClaimFileFactory,
    ConsentFactory,
    ContactPointFactory,
    CustomerFactory,
    ErasureRequestFactory,
    InstalmentFactory,
    LegalHoldFactory,
    OperationFactory,
    PaymentFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    RefundDueFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.models import FileToRemove, RetentionProof
from foundation.refusals import Refused
from notifications import erasure as letters
from notifications.models import Notice
from vittoria_care.privacy import requests
from vittoria_care.privacy.erasure import carry_out, carry_out_all, erase
from vittoria_care.privacy.explaining import explain
from vittoria_care.privacy.going import Going
from vittoria_care.privacy.people import person_of
from vittoria_care.privacy.planning import plan_erasure
from vittoria_care.privacy.rules import RULES, rows_of

from .privacy_world import person_known_everywhere, stamp, tables_of, where_it_is_found

pytestmark = pytest.mark.django_db
State = ErasureRequest.State

# About people who work here, and no customer.
OF_STAFF = {
    "contact_center.Agent",
    "contact_center.AgentLine",
    "contact_center.AgentSkill",
    "contact_center.AgentState",
    "contact_center.EndedState",
    "contact_center.AgentDay",
    "contact_center.DailyFigures",
    "contact_center.DailyMisses",
    "contact_center.DailyRepeats",
    "contact_center.FrozenFigures",
    "contact_center.QueueView",
    "customers.AgencyMember",
    "customers.CampaignAgency",
    "customers.User_user_permissions",
    "insights.WatchSubscription",
}
# Kept for as long as it is asked: without it we would write to that address again.
ASKED_NOT_TO_BE_WRITTEN_TO = {"notifications_suppressedaddress"}


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ERASURE_LEDGER = str(tmp_path / "erasures.jsonl")


def granted(customer, **fields):
    return ErasureRequestFactory(
        customer=customer, state=State.GRANTED, decided_at=timezone.now(), decided_by=UserFactory(), **fields
    )


# --- A person of whom every table knows something
def test_the_marked_person_is_known_to_every_rule():
    person = person_of(person_known_everywhere())
    unknown = {rule.name for rule in RULES if rule.ways and not rows_of(rule, rule.of_person(person)).exists()}
    assert unknown == OF_STAFF


def test_a_marked_person_is_found_nowhere_when_nothing_keeps_them(settings):
    customer = person_known_everywhere()
    stamped, before = stamp(customer), where_it_is_found()
    erase(customer, now=timezone.now() + timedelta(days=12 * 365))
    link_marked()
    files = [each for each in Path(settings.MEDIA_ROOT).rglob("*") if each.is_file()]
    assert (len(stamped) > 90, len(before) > 45) == (True, True)
    assert (where_it_is_found(), files, FileToRemove.objects.count()) == (ASKED_NOT_TO_BE_WRITTEN_TO, [], 0)


def test_a_marked_person_is_found_only_where_the_plan_says_that_something_stays():
    customer = person_known_everywhere()
    stamp(customer)
    plan = plan_erasure(customer)
    erase(customer)
    link_marked()
    allowed = {"pghistory_context"}.union(*(tables_of(line.rule) for line in plan.lines if line.stays))
    assert where_it_is_found() <= allowed
    assert {"customers_contactpoint", "customers_claimdraft", "account_emailaddress", "customers_user"} & (
        where_it_is_found()
    ) == {"customers_contactpoint"}


def test_every_row_that_stays_says_why_and_until_when():
    plan = plan_erasure(person_known_everywhere())
    stays = [stay for line in plan.lines for stay in line.stays]
    assert all(str(stay.why) for stay in stays)
    assert max(stay.until for stay in stays if stay.until) > date(2036, 1, 1)


def test_what_was_erased_is_proved_by_table_and_number():
    customer = CustomerFactory()
    ContactPointFactory(customer=customer)
    erase(customer)
    proofs = RetentionProof.objects.filter(rule="erasure").values_list("table", "rows")
    assert {("customers_contactpoint", 1), ("customers_customer", 1), ("customers_customerhistory", 1)} <= set(proofs)


def test_the_figures_of_a_day_do_not_change_when_its_people_are_forgotten():
    for minutes in (0, 60):
        ContactFactory(closed=True, started_at=timezone.now() - timedelta(days=1000, minutes=minutes))
    link_marked()
    repeated = list(Contact.objects.order_by("pk").values_list("repeated_on", flat=True))
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind=ContactPoint.Kind.EMAIL, value="maria.rossi@example.it")
    erase(customer)
    link_marked()
    assert list(Contact.objects.order_by("pk").values_list("repeated_on", flat=True)) == repeated
    assert all(address.startswith("forgotten:") for address in Contact.objects.values_list("address", flat=True))


# --- Twice, and in the middle
def test_erased_twice_is_erased_once():
    customer = person_known_everywhere()
    later = timezone.now() + timedelta(days=12 * 365)
    erase(customer, now=later)
    again = erase(customer, now=later)
    assert (again.numbers, again.plan.something_goes) == ({}, False)


def test_a_worker_that_dies_in_the_middle_has_erased_nothing(monkeypatch):
    customer = CustomerFactory()
    ContactPointFactory(customer=customer)
    request = granted(customer)

    def die(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Going, "_forget_versions", die)
        with pytest.raises(KeyboardInterrupt):
            carry_out(request)
    assert (customer.contact_points.count(), ErasureRequest.objects.get().state) == (1, State.GRANTED)
    assert carry_out_all(timezone.now()) == 1
    assert (customer.contact_points.count(), ErasureRequest.objects.get().state) == (0, State.FINISHED)


# --- Other people
def test_another_person_of_the_same_policy_keeps_their_data():
    holder, other = CustomerFactory(), CustomerFactory(last_name="Verdi")
    policy = PolicyFactory(holder=holder)
    PolicyAdherentFactory(policy=policy, customer=other)
    theirs = ContactPointFactory(customer=other)
    erase(holder)
    assert PolicyAdherent.objects.filter(policy=policy, customer=other).exists()
    assert (Customer.objects.get(pk=other.pk).last_name, ContactPoint.objects.get()) == ("Verdi", theirs)


def test_a_number_that_is_somebody_elses_too_remains_on_the_calls():
    customer, other = CustomerFactory(), CustomerFactory()
    for each in (customer, other):
        ContactPointFactory(customer=each, value="+393331234567")
    CallFactory(abandoned=True)
    erase(customer)
    assert Call.objects.get().caller == "+393331234567"


def test_a_colleague_who_is_a_customer_keeps_the_sign_in_of_a_colleague():
    colleague = UserFactory(role="agent", email="collega@example.it")
    account = ReservedAreaAccountFactory(user=colleague)
    plan = plan_erasure(account.customer)
    erase(account.customer)
    colleague = User.objects.get(pk=colleague.pk)
    assert (plan.works_here, colleague.email, colleague.is_active) == (True, "collega@example.it", True)
    assert not type(account).objects.exists()


def test_an_erased_sign_in_is_signed_out_everywhere():
    account = ReservedAreaAccountFactory()
    for user in (account.user, UserFactory()):
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session.save()
    erase(account.customer)
    assert [each.get_decoded()["_auth_user_id"] for each in Session.objects.all()] == [str(user.pk)]


# --- What has to end first
UNDER_WAY = {
    "a complaint": lambda customer: ComplaintFactory(customer=customer),
    "a claim": lambda customer: ClaimFactory(policy__holder=customer),
    "an operation": lambda customer: OperationFactory(customer=customer),
    "an unpaid instalment": lambda customer: InstalmentFactory(policy__holder=customer, due_on=date(2026, 1, 1)),
    "a payment": lambda customer: PaymentFactory(
        instalment__policy__holder=customer, instalment__paid_on=date(2026, 1, 1)
    ),
    "a refund": lambda customer: RefundDueFactory(
        payment__instalment__policy__holder=customer, payment__instalment__paid_on=date(2026, 1, 1)
    ),
    "a hold": lambda customer: LegalHoldFactory(customer=customer),
}


@pytest.mark.parametrize("what", UNDER_WAY)
def test_a_granted_erasure_waits_for_what_is_under_way(what):
    customer = ContactPointFactory().customer
    UNDER_WAY[what](customer)
    request = granted(customer)
    result = carry_out(request)
    assert (len(result.waits), result.numbers) == (1, {})
    assert (ErasureRequest.objects.get().state, customer.contact_points.count()) == (State.GRANTED, 1)


def test_it_goes_on_by_itself_when_that_has_ended():
    customer = CustomerFactory()
    complaint = ComplaintFactory(customer=customer)
    granted(customer)
    assert carry_out_all(timezone.now()) == 0
    Complaint.objects.filter(pk=complaint.pk).update(state=Complaint.State.WITHDRAWN)
    ConsentFactory(customer=customer)
    ContactPointFactory(customer=customer)
    assert carry_out_all(timezone.now()) == 1
    request = ErasureRequest.objects.get()
    assert (request.state, customer.contact_points.count()) == (State.CARRIED_OUT, 0)


def test_with_a_contract_in_force_goes_what_may_go():
    account = ReservedAreaAccountFactory()
    policy = PolicyFactory(holder=account.customer, ends_on=date(2099, 1, 1))
    ContactPointFactory(customer=account.customer)
    erase(account.customer)
    customer = Customer.objects.get(pk=account.customer_id)
    assert (customer.last_name, customer.contact_points.count(), policy.holder) == ("Rossi", 1, customer)
    assert User.objects.get(pk=account.user_id).email.endswith("@erased.invalid")


# --- Holds
def test_a_hold_over_a_claim_keeps_the_claim_with_its_files_and_the_name():
    customer = CustomerFactory()
    claim = ClaimFactory(policy__holder=customer, state=Claim.State.CLOSED)
    ClaimFileFactory(claim=claim)
    LegalHoldFactory(customer=customer, matter=f"customers.Claim:{claim.pk}")
    erase(customer, now=timezone.now() + timedelta(days=12 * 365))
    assert Claim.objects.filter(pk=claim.pk, files__isnull=False).exists()
    assert Customer.objects.get(pk=customer.pk).last_name == "Rossi"


def test_a_lifted_hold_erases_by_itself():
    customer = CustomerFactory()
    hold = LegalHoldFactory(customer=customer)
    granted(customer)
    carry_out_all(timezone.now())
    requests.lift_hold(hold, reason="Causa chiusa.", by=UserFactory())
    assert carry_out_all(timezone.now()) == 1
    assert (ErasureRequest.objects.get().state, Customer.objects.get(pk=customer.pk).tax_code) == (State.FINISHED, "")


# --- Asked, withdrawn, decided
def test_asked_twice_is_one_request_to_be_answered_within_a_month():
    account = ReservedAreaAccountFactory()
    first = letters.ask_erasure(account.customer, by=account.user)
    assert letters.ask_erasure(account.customer, by=account.user) == first
    assert 28 <= (first.due_on - timezone.localdate(first.asked_at)).days <= 31
    assert Notice.objects.filter(kind="erasure-asked", customer=account.customer).count() == 1


@pytest.mark.parametrize(
    ("day", "due"), [(date(2026, 1, 31), date(2026, 2, 28)), (date(2026, 12, 5), date(2027, 1, 5))]
)
def test_the_month_ends_on_the_same_day_of_the_next_or_on_its_last(day, due):
    assert commands.due_after(day) == due


@pytest.mark.parametrize(
    ("day", "due"), [(date(2026, 1, 31), date(2026, 4, 30)), (date(2026, 11, 29), date(2027, 2, 28))]
)
def test_three_months_are_counted_from_the_day_of_the_request(day, due):
    assert commands.due_after(day, months=3) == due


def test_a_request_is_taken_back_while_nobody_has_decided():
    request = ErasureRequestFactory()
    letters.withdraw_erasure(request, by=request.asked_by)
    assert ErasureRequest.objects.get().state == State.WITHDRAWN
    with pytest.raises(Refused, match="non si può più ritirare"):
        letters.withdraw_erasure(granted(CustomerFactory()), by=request.asked_by)


def test_a_refusal_says_why_and_is_told():
    request = ErasureRequestFactory(customer__language="en")
    with pytest.raises(Refused):
        requests.decide_erasure(request, decision="refused", reason=" ", by=UserFactory())
    requests.decide_erasure(request, decision="refused", reason="You are party to a dispute.", by=UserFactory())
    assert "You are party to a dispute." in Notice.objects.get(kind="erasure-refused").body_text


# --- Two further months (art. 12(3) GDPR)
WHY = "The archives of three companies have to be searched."


def to_be_answered(*, days=0, **fields):
    """A request whose month ends in so many days."""
    asked_at = timezone.now() - timedelta(days=25)
    due_on = timezone.localdate() + timedelta(days=days)
    return ErasureRequestFactory(asked_at=asked_at, due_on=due_on, **fields)


def test_the_term_is_lengthened_on_its_last_day_and_both_days_are_kept():
    request, officer = to_be_answered(), UserFactory(role="data_officer")
    first, three_months = request.due_on, commands.due_after(timezone.localdate(request.asked_at), months=3)
    letters.lengthen_erasure(request, reason=f" {WHY} ", by=officer)
    kept = ErasureRequest.objects.get()
    assert (kept.due_on, kept.first_due_on, kept.is_overdue(first + timedelta(days=1))) == (three_months, first, False)
    assert (kept.lengthened_because, kept.lengthened_by, kept.lengthened_at is not None) == (WHY, officer, True)


def test_the_person_reads_why_it_takes_longer_and_until_when():
    request = to_be_answered(customer__language="en")
    letters.lengthen_erasure(request, reason=WHY, by=UserFactory())
    text = Notice.objects.get(kind="erasure-lengthened", customer=request.customer).body_text
    with translation.override("en"):
        day = date_format(ErasureRequest.objects.get().due_on, "DATE_FORMAT")
    assert (f"answer by {day} at the latest" in text, WHY in text) == (True, True)


def test_the_term_is_not_lengthened_once_the_month_is_over():
    with pytest.raises(Refused, match="solo prima"):
        letters.lengthen_erasure(to_be_answered(days=-1), reason=WHY, by=UserFactory())


def test_the_term_is_not_lengthened_twice():
    request = to_be_answered()
    letters.lengthen_erasure(request, reason=WHY, by=UserFactory())
    with pytest.raises(Refused, match="una sola volta"):
        letters.lengthen_erasure(request, reason=WHY, by=UserFactory())
    assert Notice.objects.filter(kind="erasure-lengthened").count() == 1


def test_the_term_is_not_lengthened_without_a_reason_nor_of_ones_own_request():
    account = ReservedAreaAccountFactory(user=UserFactory(role="data_officer"))
    request = to_be_answered(customer=account.customer)
    with pytest.raises(Refused, match="perché serve più tempo"):
        letters.lengthen_erasure(request, reason=" ", by=UserFactory())
    with pytest.raises(Refused, match="deve decidere un’altra persona"):
        letters.lengthen_erasure(request, reason=WHY, by=account.user)


def test_the_term_of_what_is_decided_is_not_lengthened():
    with pytest.raises(Refused, match="non è più aperta"):
        letters.lengthen_erasure(granted(CustomerFactory()), reason=WHY, by=UserFactory())


@pytest.mark.parametrize(
    "change",
    [{"due_on": date(2099, 1, 1)}, {"lengthened_because": "Altro."}, {"first_due_on": date(2020, 1, 1)}],
)
def test_the_database_lets_nobody_change_a_term_that_was_lengthened(change):
    letters.lengthen_erasure(to_be_answered(), reason=WHY, by=UserFactory())
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        ErasureRequest.objects.update(**change)


def test_the_database_moves_no_term_that_was_not_lengthened():
    to_be_answered()
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        ErasureRequest.objects.update(due_on=date(2099, 1, 1))


def test_nobody_decides_about_their_own_request():
    account = ReservedAreaAccountFactory(user=UserFactory(role="data_officer"))
    request = ErasureRequestFactory(customer=account.customer)
    with pytest.raises(Refused, match="deve decidere un’altra persona"):
        requests.decide_erasure(request, decision="granted", by=account.user)


def test_the_plan_of_a_grant_ends_the_consents_in_force_and_keeps_their_proof():
    customer = ConsentFactory().customer
    ConsentFactory(customer=customer, channel="sms")
    ConsentFactory(customer=customer, channel="sms", event="withdrawn")
    until = timezone.localdate() + timedelta(days=5 * 365 + 2)
    kept = [(stay.number, stay.until) for stay in explain(customer).stays]
    assert kept == [(1, until), (2, until)]
    assert [each.why for each in explain(customer).stays if "ritirati nel momento" in each.why] != []
    assert [stay.until for line in plan_erasure(customer).lines for stay in line.stays] == [None, until]


def test_what_the_person_is_told_of_their_consents_is_what_the_grant_does():
    customer = ConsentFactory().customer
    told = {(stay.heading, stay.number, stay.until) for stay in explain(customer).stays}
    requests.decide_erasure(ErasureRequestFactory(customer=customer), decision="granted", by=UserFactory())
    [(consents, number, until)] = told
    after = {(stay.heading, stay.until) for stay in explain(customer).stays if stay.heading == consents}
    assert (after, number) == ({(consents, until)}, 1)


def test_a_granted_request_takes_back_the_consents_at_once():
    consent = ConsentFactory()
    request = ErasureRequestFactory(customer=consent.customer)
    requests.decide_erasure(request, decision="granted", by=UserFactory())
    assert [each.event for each in Consent.objects.in_force()] == [Consent.Event.WITHDRAWN]


def test_the_letter_says_what_goes_what_stays_why_and_until_when():
    customer = CustomerFactory(language="en")
    PolicyFactory(holder=customer)
    request = ErasureRequestFactory(customer=customer)
    requests.decide_erasure(request, decision="granted", by=UserFactory())
    text = Notice.objects.get(kind="erasure-granted").body_text
    assert "Your policies: accounting records are kept for ten years" in text
    assert "Until 31/12/2036" in text
    assert "\n\n\n" not in text


def test_the_erasure_waits_until_the_letter_about_it_has_left():
    customer = ContactPointFactory(kind=ContactPoint.Kind.EMAIL, value="maria@example.it").customer
    request = requests.decide_erasure(ErasureRequestFactory(customer=customer), decision="granted", by=UserFactory())
    assert carry_out_all(timezone.now()) == 0
    letters.letters_of(request).update(state=Notice.State.SENT, sent_at=timezone.now())
    assert carry_out_all(timezone.now()) == 1
    assert "Maria" not in Notice.objects.get(kind="erasure-granted").body_text


def test_what_was_done_is_kept_with_the_request_without_data():
    customer = CustomerFactory()
    PolicyFactory(holder=customer, ends_on=date(2026, 6, 30))
    ContactPointFactory(customer=customer, value="+393330000001")
    request = granted(customer)
    carry_out(request)
    request.refresh_from_db()
    assert ("customers.Policy", 1) in [(each["rule"], each.get("stays")) for each in request.outcome]
    assert ("customers.ContactPoint", 1) in [(each["rule"], each.get("goes")) for each in request.outcome]
    assert "+393330000001" not in str(request.outcome)
