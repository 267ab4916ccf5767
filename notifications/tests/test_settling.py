"""The later steps of a claim: told at once by who records them, at night by what a file brings, once, and with what was skipped."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from customers import roles
from customers.models import Claim
from customers.tests.factories import ClaimFactory, ContactPointFactory, UserFactory
from foundation.refusals import Refused
from notifications import settling
from notifications.claims import take_claim_in_charge
from notifications.deadlines import plan_alerts
from notifications.models import AlertRule, Notice

pytestmark = pytest.mark.django_db

TODAY = date.today()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def history():
    """Claims were kept here long before."""
    long_ago = datetime(2025, 1, 10, tzinfo=UTC)
    days = {"occurred_on": date(2025, 1, 1), "reported_on": date(2025, 1, 2)}
    return ClaimFactory(state="paid", paid_on=date(2025, 1, 9), paid_amount=1, created_at=long_ago, **days)


def claim(**fields):
    given = {"occurred_on": TODAY - timedelta(days=9), "reported_on": TODAY - timedelta(days=8), "state": "reported"}
    made = ClaimFactory(**given | {"policy__ends_on": TODAY + timedelta(days=300)} | fields)
    ContactPointFactory(customer=made.customer, kind="email", value=f"c{made.pk}@example.it")
    return made


def taken():
    people = {"adjuster": "Nora Pavan", "adjuster_phone": "+390255501401"}
    return take_claim_in_charge(claim(), by=UserFactory(), **people)


def switch_on(*events):
    """As the program's own rules are: on from the start."""
    AlertRule.objects.filter(event__in=events).update(state="on")


def told(made, kind):
    return list(Notice.objects.filter(customer=made.customer, kind=kind).order_by("pk"))


def recorded(step, made):
    by = UserFactory()
    match step:
        case "claim_people":
            return settling.change_claim_people(made, adjuster="Elio Dutto", adjuster_phone="02 5550 1402", by=by)
        case "claim_visit":
            return settling.set_claim_visit(made, visit_on=TODAY + timedelta(days=3), by=by)
        case "claim_offered":
            return settling.record_claim_offer(made, offered_on=YESTERDAY, amount=Decimal("1240.50"), by=by)
        case "claim_paid":
            return settling.record_claim_payment(made, paid_on=YESTERDAY, amount=Decimal("1240.50"), by=by)
    return settling.refuse_claim(made, refused_on=YESTERDAY, reason="Il sinistro è fuori garanzia.", by=by)


STEPS = [
    ("claim_people", "claim-people-changed", "Elio Dutto"),
    ("claim_visit", "claim-visit", "Il perito non è ancora stato nominato"),
    ("claim_offered", "claim-offered", "1.240,50"),
    ("claim_paid", "claim-paid", "1.240,50"),
    ("claim_refused", "claim-refused", "Il sinistro è fuori garanzia."),
]


@pytest.mark.parametrize(("step", "kind", "words"), STEPS)
def test_a_step_is_told_at_once_and_never_again_by_the_plan(step, kind, words):
    made = taken()
    recorded(step, made)
    [notice] = told(made, kind)
    assert words in notice.body_text
    switch_on(step)
    assert plan_alerts().get(kind) == 0
    assert [each.pk for each in told(made, kind)] == [notice.pk]


@pytest.mark.parametrize(("step", "kind", "words"), STEPS[1:])
def test_a_step_that_a_file_brings_is_told_at_night_once(step, kind, words):
    made = claim()
    changes = {
        "claim_visit": {"visit_on": TODAY + timedelta(days=3)},
        "claim_offered": {"state": "offered", "offered_on": YESTERDAY, "offered_amount": "1240.50"},
        "claim_paid": {"state": "paid", "paid_on": YESTERDAY, "paid_amount": "1240.50"},
        "claim_refused": {
            "state": "refused",
            "offered_on": YESTERDAY,
            "refusal_reason": "Il sinistro è fuori garanzia.",
        },
    }
    Claim.objects.filter(pk=made.pk).update(**changes[step])
    assert plan_alerts().get(kind) is None  # a draft tells nobody
    switch_on(step)
    assert plan_alerts()[kind] == 1
    assert plan_alerts()[kind] == 0
    [notice] = told(made, kind)
    assert words in notice.wording.text


def test_a_claim_that_arrives_offered_is_told_in_one_notice_what_was_skipped():
    switch_on("claim_offered")
    made = claim(state="offered", offered_on=YESTERDAY, offered_amount="900.00", adjuster="", assessor="Studio Actis")
    counts = plan_alerts()
    assert (counts["claim-offered"], counts["claim-taken-in-charge"]) == (1, 0)
    text = told(made, "claim-offered")[0].wording.text
    for words in (made.number, "900,00", "Studio Actis", "non è ancora stato nominato", "non Le abbiamo scritto"):
        assert words in text
    assert plan_alerts() == dict.fromkeys(counts, 0)


def test_an_offer_of_which_a_file_knows_neither_day_nor_amount_is_told_with_what_is_known():
    switch_on("claim_offered")
    made = claim(state="offered")
    assert plan_alerts()["claim-offered"] == 1
    text = told(made, "claim-offered")[0].wording.text
    assert "è nella lettera" in text


def test_an_offer_with_another_amount_is_told_and_the_same_is_not():
    made = recorded("claim_offered", taken())
    recorded("claim_offered", made)
    assert len(told(made, "claim-offered")) == 1
    settling.record_claim_offer(made, offered_on=TODAY, amount=Decimal(1500), by=UserFactory())
    assert len(told(made, "claim-offered")) == 2


def test_a_refusal_without_a_reason_says_so_and_always_how_to_complain():
    switch_on("claim_refused")
    made = claim(state="refused")
    plan_alerts()
    text = told(made, "claim-refused")[0].wording.text
    for words in ("lettera", reverse("complaint_form"), "45 giorni", "IVASS", "Arbitro Assicurativo"):
        assert words in text


def test_what_happened_before_claims_were_kept_here_is_no_news():
    switch_on("claim_paid", "claim_offered", "claim_refused")
    Claim.objects.update(created_at=datetime.now(UTC))
    claim(state="paid", paid_on=YESTERDAY, paid_amount=5)
    assert plan_alerts()["claim-paid"] == 0


def test_people_that_were_never_told_of_are_left_to_the_notice_of_the_night():
    made = claim(state="taken_in_charge", adjuster="Nora Pavan")
    recorded("claim_people", made)
    assert told(made, "claim-people-changed") == []
    assert plan_alerts()["claim-taken-in-charge"] == 1


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("claim_people", "reported"),
        ("claim_people", "paid"),
        ("claim_visit", "closed"),
        ("claim_offered", "accepted"),
        ("claim_paid", "refused"),
        ("claim_refused", "closed"),
    ],
)
def test_a_step_of_a_claim_that_is_elsewhere_is_refused(step, state):
    paid = {"paid_on": YESTERDAY, "paid_amount": 1} if state == "paid" else {}
    made = claim(state=state, **paid)
    with pytest.raises(Refused):
        recorded(step, made)
    assert not Notice.objects.filter(customer=made.customer).exists()


def test_a_visit_in_the_past_and_a_payment_ahead_are_refused():
    made = taken()
    with pytest.raises(Refused) as refused:
        settling.set_claim_visit(made, visit_on=YESTERDAY, by=UserFactory())
    assert refused.value.field == "visit_on"
    with pytest.raises(Refused) as refused:
        settling.record_claim_payment(made, paid_on=TODAY + timedelta(days=1), amount=Decimal(1), by=UserFactory())
    assert refused.value.field == "paid_on"
    with pytest.raises(Refused):
        settling.change_claim_people(
            made, adjuster=made.adjuster, adjuster_phone=made.adjuster_phone, by=UserFactory()
        )


PAGES = [
    ("chi-segue", {"adjuster": "Elio Dutto", "adjuster_phone": "0255501402"}, roles.AGENT),
    ("sopralluogo", {"visit_on": str(TODAY + timedelta(days=2)), "visit_place": "Via Roma 1"}, roles.AGENT),
    ("offerta", {"offered_on": str(TODAY), "amount": "1.200,00"}, roles.SPECIALIST),
    ("liquidazione", {"paid_on": str(TODAY), "amount": "1200"}, roles.SPECIALIST),
    ("reiezione", {"refused_on": str(TODAY), "reason": "Fuori garanzia."}, roles.SPECIALIST),
]


@pytest.mark.parametrize(("page", "data", "role"), PAGES)
def test_each_step_is_a_page_of_the_claim(client, page, data, role):
    made = taken()
    client.force_login(UserFactory(role=role))
    address = reverse("admin:customers_claim_command", args=[made.pk, page])
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 200  # asked again, nothing done
    before = Notice.objects.count()
    assert client.post(address, data).status_code == 302
    assert Notice.objects.count() == before + 1


@pytest.mark.parametrize("page", ["offerta", "liquidazione", "reiezione"])
def test_an_agent_does_not_settle(client, page):
    client.force_login(UserFactory(role=roles.AGENT))
    address = reverse("admin:customers_claim_command", args=[taken().pk, page])
    assert client.get(address).status_code == 403
