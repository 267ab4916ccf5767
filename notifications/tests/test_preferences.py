"""What a person switched off is not sent, nobody is left unreached by it, and every change is kept."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.refusals import Refused
from notifications import kinds
from notifications.climbing import next_rung
from notifications.delivery import deliver_notices
from notifications.kinds import KINDS
from notifications.models import Notice, NoticePreference, PreferenceChange
from notifications.preferences.asking import choices_about
from notifications.preferences.commands import change_preferences
from notifications.preferences.groups import CHOOSABLE, KEYS, Group
from notifications.preferences.queries import Chosen, chosen_by, groups_for, keys_offered
from notifications.preferences.rules import channels_left, may_follow
from notifications.services import tell_customer
from notifications.tests.factories import NoticeFactory, NoticePreferenceFactory
from notifications.tests.mail import mail_server

pytestmark = pytest.mark.django_db

FREE, REQUIRED = kinds.PAYMENT_NOT_RECEIVED, kinds.PAYMENT_RECEIVED
SHARED = {"policy": "1", "product": "Auto", "plate": "", "number": "P1", "amount": Decimal("99.50")}
WORDS = {
    FREE.code: SHARED | {"begun_on": date(2026, 6, 1)},
    REQUIRED.code: SHARED | {"paid_on": date(2026, 6, 1), "due_on": None, "renewal_until": None},
}
DEADLINES_OFF = ["deadlines:email", "deadlines:sms"]


@pytest.fixture(autouse=True)
def quiet_hours(settings):
    settings.NOTICE_QUIET_FROM, settings.NOTICE_QUIET_UNTIL = time(22), time(7)


@pytest.fixture
def customer():
    made = CustomerFactory()
    ContactPointFactory(customer=made, kind="email", value="anna@example.it")
    return made


@pytest.fixture
def enrolled(customer):
    ReservedAreaAccountFactory(customer=customer)
    return customer


def change(customer, **fields):
    """All as everybody has it, but for the fields."""
    asked = {"off": [], "quiet_from": None, "quiet_until": None, "quiet_email": False, "digest": True}
    asked |= {"language": "it", "source": "portal", "by": UserFactory()}
    return change_preferences(customer, **asked | fields)


@transaction.atomic
def tell(kind, customer):
    told = tell_customer(kind, once=f"{kind.code}:1", words=WORDS[kind.code], customer=customer)
    return [notice.channel for notice in told]


# --- The rule
@pytest.mark.parametrize(
    ("kind", "off", "reaching", "left"),
    [
        (FREE, [], ["email", "inbox"], ["email", "inbox"]),
        (FREE, ["payments:email"], ["email", "inbox"], ["inbox"]),
        (FREE, ["payments:email"], ["email"], []),
        (REQUIRED, ["payments:email"], ["email", "inbox"], ["inbox"]),
        (REQUIRED, ["payments:email"], ["email"], ["email"]),
        (FREE, ["claims:email"], ["email"], ["email"]),
        (kinds.INSTALMENT_DUE, ["deadlines:email"], ["email", "sms"], ["sms"]),
        (kinds.POLICY_EXPIRING, DEADLINES_OFF, ["email", "sms"], ["email", "sms"]),
    ],
)
def test_a_preference_chooses_among_channels_and_leaves_nobody_unreached_by_what_is_required(
    kind, off, reaching, left
):
    assert channels_left(kind, off, reaching) == left


def test_what_nothing_asks_for_is_not_posted_in_place_of_what_was_switched_off():
    assert may_follow(kinds.INSTALMENT_DUE, "post", [])
    assert not may_follow(kinds.INSTALMENT_DUE, "post", ["deadlines:email"])
    assert may_follow(kinds.POLICY_EXPIRING, "post", ["deadlines:email"])


def test_every_kind_to_a_customer_says_in_which_group_it_is():
    to_others = {"complaint-passed-on", "complaint-enquiry", "complaint-copy", "complaint-letter-copy"}
    to_others.add("request-agency-copy")
    to_others |= {"complaint-invitation-to-position", "complaint-enquiry-reminder", "complaint-enquiry-closed"}
    to_staff = {"complaint-added", "complaint-term", "complaint-not-delivered", "text-test"}
    to_staff |= {"complaint-position", "complaint-position-late", "complaint-to-approve", "complaint-sent-back"}
    to_staff |= {"contact-terms", "figures-outside"}
    to_staff |= {"ivass-term", "ivass-not-delivered", "arbiter-term"}
    to_others.add("ivass-answer")
    of_another = {"device-notification"}  # it is of the group of what it announces
    assert {code for code, kind in KINDS.items() if not kind.group} == to_others | to_staff | of_another
    assert {kind.group for kind in KINDS.values() if kind.group} == set(Group)


def test_what_is_offered_can_be_stored():
    assert set(keys_offered()) <= set(KEYS)
    assert {group.group for group in groups_for(Chosen()) if group.channels} == set(CHOOSABLE)
    assert all(group.duties for group in groups_for(Chosen()) if group.group in CHOOSABLE)


# --- The command
def test_a_change_is_kept_with_what_held_before(customer):
    by = UserFactory()
    kept = change(customer, off=["deadlines:sms"], quiet_from=time(13), quiet_until=time(15), language="en", by=by)
    customer.refresh_from_db()
    assert chosen_by(customer) == Chosen(frozenset({"deadlines:sms"}), time(13), time(15))
    assert (kept.before["off"], kept.after["off"], kept.after["quiet_from"]) == ([], ["deadlines:sms"], "13:00")
    assert (kept.by, kept.source, customer.language) == (by, "portal", "en")


def test_the_same_again_changes_nothing(customer):
    assert change(customer, off=["payments:email"]) is not None
    assert change(customer, off=["payments:email"]) is None
    assert PreferenceChange.objects.count() == NoticePreference.objects.count() == 1


def test_at_the_desk_the_reason_is_kept(customer):
    with pytest.raises(Refused) as refusal:
        change(customer, off=["payments:email"], source="desk", reason="  ")
    assert (refusal.value.code, refusal.value.field) == ("no_reason", "reason")
    assert change(customer, off=["payments:email"], source="desk", reason="L’ha chiesto").reason == "L’ha chiesto"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"off": ["deadlines:inbox"]}, "unknown_choice"),
        ({"off": ["account:email"]}, "unknown_choice"),
        ({"language": "fr"}, "unknown_language"),
        ({"quiet_from": time(13)}, "half_hours"),
        ({"quiet_until": time(13)}, "half_hours"),
        ({"quiet_from": time(13), "quiet_until": time(13)}, "no_hours"),
        ({"quiet_from": time(7), "quiet_until": time(22)}, "too_quiet"),
        ({"quiet_from": time(7), "quiet_until": time(18, 1)}, "too_quiet"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(customer, fields, code):
    with pytest.raises(Refused) as refusal:
        change(customer, **fields)
    assert refusal.value.code == code
    assert not PreferenceChange.objects.exists()
    assert not NoticePreference.objects.exists()


def test_four_hours_of_a_day_remain(customer):
    assert change(customer, quiet_from=time(7), quiet_until=time(18)) is not None


@pytest.mark.parametrize("fields", [{"off": ["niente"]}, {"quiet_from": time(9)}])
def test_the_database_refuses_what_the_command_does(customer, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticePreference.objects.create(customer=customer, **fields)


# --- Commands that owe a notice
def test_what_was_switched_off_is_not_queued(enrolled):
    NoticePreferenceFactory(customer=enrolled, off=["payments:email"])
    assert tell(FREE, enrolled) == tell(REQUIRED, enrolled) == ["inbox"]


def test_what_is_required_goes_where_nothing_else_reaches(customer):
    NoticePreferenceFactory(customer=customer, off=["payments:email"])
    assert (tell(FREE, customer), tell(REQUIRED, customer)) == ([], ["email"])


def test_nobody_chose_anything_and_all_is_as_it_was(enrolled):
    assert tell(FREE, enrolled) == ["email", "inbox"]


def came_back(customer, kind):
    once = f"{kind.code}:1:email"
    fields = {"state": "sent", "sent_at": timezone.now(), "arrival": "failed", "address": "anna@example.it"}
    return NoticeFactory(customer=customer, kind=kind.code, once=once, **fields)


def test_what_came_back_goes_where_the_person_still_wants_it(enrolled):
    NoticePreferenceFactory(customer=enrolled, off=["payments:email"])
    ContactPointFactory(customer=enrolled, kind="email", value="altrove@example.it")
    following = next_rung(came_back(enrolled, FREE).pk, timezone.now())
    assert (following.channel, following.address) == ("inbox", "")


@pytest.mark.parametrize(("kind", "channels"), [(FREE, ["email"]), (REQUIRED, ["email", "post"])])
def test_what_came_back_is_posted_only_where_it_is_required(customer, kind, channels):
    NoticePreferenceFactory(customer=customer, off=["payments:email"])
    next_rung(came_back(customer, kind).pk, timezone.now())
    assert list(Notice.objects.order_by("pk").values_list("channel", flat=True)) == channels


# --- Between the plan and the sending
def waiting(customer, kind, channel="email"):
    return NoticeFactory(
        customer=customer,
        kind=kind.code,
        channel=channel,
        once=f"{kind.code}:1:{channel}",
        address="anna@example.it" if channel == "email" else "",
    )


def send(*notices):
    with mail_server() as sink:
        deliver_notices([notice.pk for notice in notices])
    for notice in notices:
        notice.refresh_from_db()
    return [each.recipient for each in sink.messages]


def test_what_was_switched_off_since_is_withheld_and_says_so(customer):
    notice = waiting(customer, FREE)
    change(customer, off=["payments:email"])
    day = timezone.localdate()
    assert send(notice) == []
    assert notice.state == "withheld"
    assert str(day.year) in notice.problem
    assert notice.problem.startswith("Disattivato dal cliente")


def test_what_is_required_goes_all_the_same(customer):
    notice = waiting(customer, REQUIRED)
    change(customer, off=["payments:email"])
    assert send(notice) == ["anna@example.it"]


def test_what_is_required_does_not_go_twice_where_the_reserved_area_has_it(enrolled):
    notices = waiting(enrolled, REQUIRED), waiting(enrolled, REQUIRED, "inbox")
    change(enrolled, off=["payments:email"])
    assert send(*notices) == []
    assert [notice.state for notice in notices] == ["withheld", "sent"]


def test_switched_on_again_it_goes(customer):
    notice = waiting(customer, FREE)
    change(customer, off=["payments:email"])
    change(customer, off=[])
    assert send(notice) == ["anna@example.it"]


def test_a_chunk_asks_once_for_everybody(django_assert_num_queries):
    notices = [waiting_of_somebody(place) for place in range(3)]
    for notice in notices:
        NoticePreferenceFactory(customer=notice.customer, off=["claims:email"])
    with django_assert_num_queries(1):
        assert len(choices_about(notices)) == 3


def waiting_of_somebody(place):
    return NoticeFactory(kind=FREE.code, once=f"{FREE.code}:{place}:email", customer=CustomerFactory())
