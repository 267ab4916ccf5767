"""Who a promotion is meant for, why some of these are not written to, and what allows it for the others."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from complaints.tests.factories import ComplaintFactory
from customers.models import Consent, Customer
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    ErasureRequestFactory,
    MandateFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
)
from notifications.tests.factories import NoticeFactory, SuppressedAddressFactory
from promotions.audience.counting import count_audience, count_drawn
from promotions.audience.drawing import draw_audience
from promotions.audience.query import audience_of
from promotions.models import Exclusion, Promotion, Recipient
from promotions.tests.factories import (
    NOW,
    ContactPauseFactory,
    PromotionFactory,
    RecipientFactory,
    consent,
    willing,
)

pytestmark = pytest.mark.django_db


def found(promotion: Promotion) -> dict[int, dict]:
    """The rows of the audience by customer."""
    statement, values = audience_of(promotion, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column[0] for column in cursor.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def reason(promotion: Promotion, customer: Customer) -> str:
    return found(promotion)[customer.pk]["reason"]


@pytest.fixture
def promotion():
    return PromotionFactory()


@pytest.fixture
def customer(promotion):
    return willing(promotion)


def test_who_consented_and_can_be_reached_is_written_to_with_the_consent_as_proof(promotion, customer):
    row = found(promotion)[customer.pk]
    allowed = Consent.objects.get(customer=customer)
    assert (row["reason"], row["channel"], row["address"]) == ("", "email", f"cliente{customer.pk}@example.it")
    assert (row["consent_id"], row["policy_id"]) == (allowed.pk, None)


def test_customers_of_another_agency_are_not_meant(promotion):
    assert willing(PromotionFactory()).pk not in found(promotion)


def test_the_company_writes_over_all_agencies(customer):
    company = PromotionFactory(agency=None, controller="company")
    consent(customer, purpose="marketing")
    assert reason(company, customer) == ""


# --- Each exclusion -------------------------------------------------------------------------------------------------
def erased(promotion, customer):
    ErasureRequestFactory(customer=customer)


def deceased(promotion, customer):
    mandate = MandateFactory(customer=customer, operation__customer=customer)
    ReservedAreaAccountFactory(customer=customer, capacity="heir", mandate=mandate)


def minor(promotion, customer):
    Customer.objects.filter(pk=customer.pk).update(birth_date=date(2010, 1, 1))


def paused(promotion, customer):
    ContactPauseFactory(customer=customer)


def complaint(promotion, customer):
    ComplaintFactory(customer=customer)


def open_claim(promotion, customer):
    ClaimFactory(
        customer=customer, policy=customer.policies.get(), reported_on=date(2025, 8, 2), occurred_on=date(2025, 8, 1)
    )


def fresh_claim(promotion, customer):
    ClaimFactory(
        customer=customer,
        policy=customer.policies.get(),
        state="closed",
        occurred_on=date(2026, 3, 1),
        reported_on=date(2026, 3, 1),
    )


def no_consent_to_profiling(promotion, customer):
    Promotion.objects.filter(pk=promotion.pk).update(by_profile=True)


def withdrawn(promotion, customer):
    consent(customer, "withdrawn", recorded_at=NOW + timedelta(minutes=1))


def no_address(promotion, customer):
    customer.contact_points.all().delete()


def suppressed(promotion, customer):
    SuppressedAddressFactory(address=f"cliente{customer.pk}@example.it")


def capped(promotion, customer):
    earlier = RecipientFactory(customer=customer, consent=Consent.objects.get(customer=customer))
    Recipient.objects.filter(pk=earlier.pk).update(
        state="written", notice=NoticeFactory(customer=customer), written_at=NOW - timedelta(days=29)
    )


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        (erased, Exclusion.ERASED),
        (deceased, Exclusion.DECEASED),
        (minor, Exclusion.MINOR),
        (paused, Exclusion.PAUSED),
        (complaint, Exclusion.COMPLAINT),
        (open_claim, Exclusion.CLAIM),
        (fresh_claim, Exclusion.CLAIM),
        (no_consent_to_profiling, Exclusion.NO_PROFILING),
        (withdrawn, Exclusion.OPTED_OUT),
        (no_address, Exclusion.NO_ADDRESS),
        (suppressed, Exclusion.SUPPRESSED),
        (capped, Exclusion.CAPPED),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_what_happened_excludes_with_its_reason(promotion, customer, happens, expected):
    happens(promotion, customer)
    promotion.refresh_from_db()
    assert reason(promotion, customer) == expected


def test_a_consent_that_nobody_confirmed_is_none(promotion):
    customer = CustomerFactory(agency=promotion.agency)
    ContactPointFactory(customer=customer, kind="email", value="anna@example.it")
    consent(customer, "given")
    assert reason(promotion, customer) == Exclusion.NO_CONSENT


def test_a_consent_to_the_company_is_none_to_the_agency(promotion):
    customer = CustomerFactory(agency=promotion.agency)
    consent(customer, purpose="marketing")
    assert reason(promotion, customer) == Exclusion.NO_CONSENT


def test_a_pause_that_is_over_excludes_nobody(promotion, customer):
    ContactPauseFactory(customer=customer, until=date(2026, 3, 9))
    assert reason(promotion, customer) == ""


def test_a_closed_complaint_and_an_old_closed_claim_exclude_nobody(promotion, customer):
    ComplaintFactory(customer=customer, answered=True)
    ClaimFactory(
        customer=customer,
        policy=customer.policies.get(),
        state="closed",
        occurred_on=date(2025, 8, 1),
        reported_on=date(2025, 8, 2),
    )
    assert reason(promotion, customer) == ""


def test_the_cap_ends_with_its_days(promotion, customer):
    capped(promotion, customer)
    promotion.cap_days = 29
    assert reason(promotion, customer) == ""


def test_with_a_consent_to_profiling_a_promotion_by_profile_may_go(promotion, customer):
    no_consent_to_profiling(promotion, customer)
    promotion.refresh_from_db()
    profile = consent(customer, purpose="profiling", channel="portal")
    assert found(promotion)[customer.pk]["profile_consent_id"] == profile.pk
    assert reason(promotion, customer) == ""


# --- Channels -------------------------------------------------------------------------------------------------------
def test_the_first_channel_that_is_allowed_and_reaches_is_taken(customer, promotion):
    promotion.channels = ["sms", "email", "inbox"]
    assert found(promotion)[customer.pk]["channel"] == "email"
    consent(customer, channel="sms")
    assert found(promotion)[customer.pk]["channel"] == "email", "no mobile number"
    ContactPointFactory(customer=customer, value="+390212345678")
    assert found(promotion)[customer.pk]["channel"] == "email", "a land line takes no SMS"
    ContactPointFactory(customer=customer, value="+393331112223")
    row = found(promotion)[customer.pk]
    assert (row["channel"], row["address"]) == ("sms", "+393331112223")


def test_the_reserved_area_asks_for_its_own_consent_and_an_account(promotion, customer):
    promotion.channels = ["inbox"]
    assert reason(promotion, customer) == Exclusion.NO_CONSENT
    allowed = consent(customer, "given", purpose="portal_advertising", channel="portal")
    assert reason(promotion, customer) == Exclusion.NO_ADDRESS
    ReservedAreaAccountFactory(customer=customer)
    row = found(promotion)[customer.pk]
    assert (row["reason"], row["channel"], row["consent_id"]) == ("", "inbox", allowed.pk)


# --- Similar products without a consent -------------------------------------------------------------------------------
@pytest.fixture
def similar(settings):
    settings.SOFT_SPAM_SINCE = date(2026, 1, 1)
    promotion = PromotionFactory(controller="company", by_similarity=True, ramo="3")
    customer = CustomerFactory(agency=promotion.agency)
    policy = PolicyFactory(holder=customer, starts_on=date(2026, 2, 1), ends_on=date(2027, 2, 1))
    ContactPointFactory(
        customer=customer, kind="email", value="anna@example.it", created_at=datetime(2026, 2, 1, tzinfo=UTC)
    )
    return promotion, customer, policy


def test_the_holder_of_a_similar_product_needs_no_consent_by_email(similar):
    promotion, customer, policy = similar
    row = found(promotion)[customer.pk]
    assert (row["reason"], row["consent_id"], row["policy_id"]) == ("", None, policy.pk)


def test_without_the_day_from_which_contracts_inform_nobody_is_written_to_so(similar, settings):
    promotion, customer, _policy = similar
    settings.SOFT_SPAM_SINCE = None
    assert reason(promotion, customer) == Exclusion.NO_CONSENT


def test_who_refused_or_holds_nothing_similar_or_was_not_informed_is_not_written_to(similar, settings):
    promotion, customer, _policy = similar
    settings.SOFT_SPAM_SINCE = date(2026, 2, 15)
    assert reason(promotion, customer) == Exclusion.NO_ADDRESS, "the address is older than the information"
    settings.SOFT_SPAM_SINCE = date(2026, 1, 1)
    promotion.ramo = "8"
    assert reason(promotion, customer) == Exclusion.NO_CONSENT, "a home policy is not similar to a motor policy"
    promotion.ramo = "3"
    consent(customer, "withdrawn", purpose="marketing")
    assert reason(promotion, customer) == Exclusion.OPTED_OUT


def test_by_sms_and_in_the_reserved_area_it_never_goes_without_a_consent(similar):
    promotion, customer, _policy = similar
    ContactPointFactory(customer=customer)
    ReservedAreaAccountFactory(customer=customer)
    promotion.channels = ["sms", "inbox"]
    assert reason(promotion, customer) == Exclusion.NO_CONSENT


# --- Filters --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("filters", "is_meant"),
    [
        ({"holds_lines": ["10"]}, True),
        ({"holds_lines": ["8", "9"]}, False),
        ({"lacks_lines": ["8"]}, True),
        ({"lacks_lines": ["10"]}, False),
        ({"least_age": 46, "most_age": 46}, True),
        ({"least_age": 47}, False),
        ({"most_age": 45}, False),
        ({"provinces": ["MI", "CO"]}, True),
        ({"provinces": ["CO"]}, False),
        ({"expires_from": date(2026, 6, 1), "expires_until": date(2026, 6, 1)}, True),
        ({"expires_from": date(2026, 6, 2), "expires_until": date(2026, 7, 1)}, False),
        ({"holds_lines": ["8"], "expires_from": date(2026, 5, 1), "expires_until": date(2026, 7, 1)}, False),
        ({"least_years": 0}, True),
        ({"least_years": 1}, False),
        ({"claim_free_years": 1}, True),
        ({"claim_free_years": 3}, False),
    ],
)
def test_filters_say_whom_it_is_meant_for(promotion, customer, filters, is_meant):
    """Born on 1 January 1980, in Milan, a motor policy from June 2025 to June 2026, a claim of 2024."""
    ClaimFactory(
        customer=customer,
        policy=customer.policies.get(),
        state="closed",
        occurred_on=date(2024, 8, 1),
        reported_on=date(2024, 8, 2),
    )
    for name, value in filters.items():
        setattr(promotion, name, value)
    assert (customer.pk in found(promotion)) is is_meant


# --- Counting and drawing -------------------------------------------------------------------------------------------
def test_the_count_adds_up_and_names_each_reason(promotion):
    for _number in range(7):
        willing(promotion)
    withdrawn(promotion, willing(promotion))
    CustomerFactory(agency=promotion.agency)
    promotion.holdout_percent = 20
    counted = count_audience(promotion, now=NOW)
    assert (counted.meant, counted.eligible, counted.held_out, counted.written_to) == (9, 7, 1, 6)
    assert {each.code: each.number for each in counted.reasons} == {"opted_out": 1, "no_consent": 1}
    assert [(each.code, each.number) for each in counted.channels] == [("email", 7)]


def test_drawing_writes_a_row_for_everybody_and_holds_out_by_lot(promotion):
    promotion = PromotionFactory(sending=True, agency=promotion.agency, holdout_percent=50)
    for _number in range(6):
        willing(promotion)
    CustomerFactory(agency=promotion.agency)
    assert draw_audience(promotion, now=NOW) == 3
    assert draw_audience(promotion, now=NOW) == 3, "drawn once"
    states = sorted(Recipient.objects.values_list("state", "reason"))
    assert states == [("excluded", "no_consent"), *[("held_out", "")] * 3, *[("waiting", "")] * 3]
    drawn = count_drawn(promotion)
    assert (drawn.meant, drawn.eligible, drawn.held_out, drawn.written_to) == (7, 6, 3, 3)
