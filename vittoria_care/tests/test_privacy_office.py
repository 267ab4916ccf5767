"""The back office of personal data: what waits, what is decided with the plan before one's eyes, what each role sees."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.tests.factories import ComplaintFactory
from customers import roles
from customers.models import ErasureRequest, LegalHold
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    ErasureRequestFactory,
    LegalHoldFactory,
    PolicyFactory,
    UserFactory,
)
from foundation.models import RetentionPeriod, RetentionProof
from foundation.tests.factories import RetentionRunFactory
from notifications.models import Notice
from vittoria_care.privacy.rules import RULES

pytestmark = pytest.mark.django_db
OF_NOTICES = next(rule.name for rule in RULES if rule.model == "notifications.Notice")
PERIODS = "admin:foundation_retentionperiod_list_command"


@pytest.fixture
def officer(client):
    client.force_login(UserFactory(role=roles.DATA_OFFICER, language="en"))
    client.cookies["django_language"] = "en"
    return client


def send(client, address, **data):
    return client.post(address, {"seen_at": timezone.now().isoformat(), **data})


def decide(request):
    return reverse("admin:customers_erasurerequest_command", args=[request.pk, "decidi"])


def test_the_list_shows_what_is_to_be_answered_with_the_days_left(officer):
    late = ErasureRequestFactory(due_on=timezone.localdate() - timedelta(days=3))
    ErasureRequestFactory(due_on=timezone.localdate() + timedelta(days=5))
    ErasureRequestFactory(state="withdrawn", ended_at=timezone.now())
    page = officer.get(reverse("admin:customers_erasurerequest_changelist")).content.decode()
    assert [words in page for words in ("overdue by 3 days", "5 days left", str(late.customer))] == [True, True, True]
    assert page.count("days left") + page.count("overdue by") == 2


def test_the_page_of_the_decision_shows_what_goes_and_what_stays(officer):
    customer = ContactPointFactory().customer
    PolicyFactory(holder=customer, ends_on="2026-12-31", state="expired")
    ComplaintFactory(customer=customer)
    page = officer.get(decide(ErasureRequestFactory(customer=customer))).content.decode()
    wanted = ("A complaint is open: it has to be answered first", "Until 31/12/2036", "accounting records")
    assert [words for words in wanted if words.lower() not in page.lower()] == []


def test_a_decision_is_given_once(officer):
    request = ErasureRequestFactory()
    assert send(officer, decide(request), decision="granted").status_code == 302
    assert send(officer, decide(request), decision="refused", reason="No.").status_code == 409
    assert ErasureRequest.objects.get().state == ErasureRequest.State.GRANTED


def test_a_refusal_without_a_reason_is_shown_at_its_field_and_nothing_is_done(officer):
    request = ErasureRequestFactory()
    answer = send(officer, decide(request), decision="refused")
    assert (answer.status_code, "Say why" in answer.content.decode()) == (409, True)
    assert ErasureRequest.objects.get().state == ErasureRequest.State.ASKED


def lengthen(request):
    return reverse("admin:customers_erasurerequest_command", args=[request.pk, "proroga"])


def test_a_lengthened_term_is_what_the_list_and_the_first_page_count(officer):
    today = timezone.localdate()
    request = ErasureRequestFactory(asked_at=timezone.now() - timedelta(days=28), due_on=today)
    assert send(officer, lengthen(request), reason="Tre archivi.").status_code == 302
    row = ErasureRequest.objects.get()
    ErasureRequestFactory(due_on=today + timedelta(days=3))
    page = officer.get(reverse("admin:customers_erasurerequest_changelist")).content.decode()
    assert page.index("3 days left") < page.index(f"{(row.due_on - today).days} days left")
    assert "to be answered within their term" in officer.get(reverse("admin:index")).content.decode()


def test_the_page_of_a_request_keeps_both_days_and_the_reason(officer):
    request = ErasureRequestFactory(due_on=timezone.localdate())
    send(officer, lengthen(request), reason="Tre archivi.")
    request.refresh_from_db()
    page = officer.get(reverse("admin:customers_erasurerequest_change", args=[request.pk])).content.decode()
    days = [f"{day:%d/%m/%Y}" for day in (request.due_on, request.first_due_on)]
    assert [each for each in (*days, "Tre archivi.", "Lengthened by") if each.lower() not in page.lower()] == []


def test_a_term_is_lengthened_once_and_only_before_it_is_over(officer):
    late = ErasureRequestFactory(due_on=timezone.localdate() - timedelta(days=1))
    answer = send(officer, lengthen(late), reason="Tardi.")
    assert (answer.status_code, "allows to lengthen it only before" in answer.content.decode()) == (409, True)
    request = ErasureRequestFactory(due_on=timezone.localdate())
    send(officer, lengthen(request), reason="Tre archivi.")
    again = send(officer, lengthen(request), reason="Ancora.")
    assert (again.status_code, "the law allows it once" in again.content.decode()) == (409, True)


def test_a_term_is_not_lengthened_without_a_reason(officer):
    request = ErasureRequestFactory(due_on=timezone.localdate())
    answer = send(officer, lengthen(request), reason=" ")
    assert "This field is required" in answer.content.decode()
    assert ErasureRequest.objects.get().lengthened_at is None


def test_a_request_that_came_by_letter_is_recorded_and_confirmed(officer):
    customer = ContactPointFactory(kind="email", value="maria@example.it").customer
    send(officer, reverse("admin:customers_customer_command", args=[customer.pk, "cancellazione"]))
    assert ErasureRequest.objects.get().customer == customer
    assert Notice.objects.get().kind == "erasure-asked"


@pytest.mark.parametrize(
    ("make", "page", "matter"),
    [
        (CustomerFactory, "customers_customer", ""),
        (ClaimFactory, "customers_claim", "customers.Claim:{}"),
        (ComplaintFactory, "complaints_complaint", "complaints.Complaint:{}"),
    ],
)
def test_a_hold_is_set_over_a_file_a_claim_or_a_complaint(officer, make, page, matter):
    row = make()
    address = reverse(f"admin:{page}_command", args=[row.pk, "blocco"])
    version = {"seen_version": row.version} if hasattr(row, "version") else {}
    assert send(officer, address, reason="Causa.", **version).status_code == 302
    assert LegalHold.objects.get().matter == matter.format(row.pk)


def test_a_hold_is_lifted_with_a_reason(officer):
    hold = LegalHoldFactory()
    send(officer, reverse("admin:customers_legalhold_command", args=[hold.pk, "sblocca"]), reason="Causa chiusa.")
    assert LegalHold.objects.get().lifted_because == "Causa chiusa."


def test_the_first_page_tells_the_officer_what_waits(officer):
    ErasureRequestFactory(due_on=timezone.localdate() - timedelta(days=1))
    LegalHoldFactory()
    RetentionRunFactory(ended_at=timezone.now())
    page = officer.get(reverse("admin:index")).content.decode()
    assert [
        each in page for each in ("Erasures to decide", "1 is overdue", "Legal holds in force", "Last retention")
    ] == [True] * 4


def test_the_first_page_tells_an_agent_nothing_of_it(client):
    client.force_login(UserFactory(role=roles.AGENT))
    assert "Cancellazioni da decidere" not in client.get(reverse("admin:index")).content.decode()


def test_a_list_without_changed_periods_says_where_those_in_force_are(officer):
    page = officer.get(reverse("admin:foundation_retentionperiod_changelist")).content.decode()
    assert "Nobody has changed a period" in page


def test_an_administrator_lengthens_a_period(client):
    client.force_login(UserFactory(role=roles.ADMINISTRATOR))
    token = {"page_token": "0" * 32}
    data = {"period": "conversation", "days": "1500", "reason": "Contenzioso."}
    assert send(client, reverse(PERIODS, args=["periodo"]), **data, **token).status_code == 302
    assert RetentionPeriod.objects.get().days == 1500


def test_a_period_below_the_law_is_refused_at_its_field(client):
    client.force_login(UserFactory(role=roles.ADMINISTRATOR))
    data = {"period": "contract", "days": "30", "reason": "Meno.", "page_token": "0" * 32}
    answer = send(client, reverse(PERIODS, args=["periodo"]), **data)
    assert (answer.status_code, "almeno 3653 giorni" in answer.content.decode()) == (409, True)


def test_the_officer_reads_the_periods_and_cannot_change_them(officer):
    page = officer.get(reverse(PERIODS, args=["periodi"]))
    assert "10 years since the end of the contract" in page.content.decode()
    assert officer.get(reverse(PERIODS, args=["periodo"])).status_code == 403


def test_a_night_shows_its_numbers_by_rule(officer):
    numbers = {"customers.Claim": {"gone": 2, "files": 3, "held": 1, "held_keys": [17]}}
    run = RetentionRunFactory(ended_at=timezone.now(), numbers=numbers)
    page = officer.get(reverse("admin:foundation_retentionrun_change", args=[run.pk])).content.decode()
    assert "gone 2, files 3; kept by a hold 1 (17)" in page


@pytest.mark.parametrize(
    ("rule", "table", "words"),
    [
        ("erasure", "customers_userhistory", ["cancellazione chiesta", "Utenti: versioni precedenti"]),
        (OF_NOTICES, "notifications_notice", ["Che cosa Le abbiamo scritto", "Avvisi"]),
        ("a rule of before", "a_table_of_before", ["a rule of before", "a_table_of_before"]),
    ],
)
def test_a_proof_says_in_words_why_and_what_went(rule, table, words):
    RetentionProof.objects.create(rule=rule, table=table, rows=3)
    client = Client(headers={"accept-language": "it"})
    client.force_login(UserFactory(role=roles.DATA_OFFICER, language="it"))
    page = client.get(reverse("admin:foundation_retentionproof_changelist")).content.decode()
    assert [each for each in words if each not in page] == []
