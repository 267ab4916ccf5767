"""From an approved promotion to the people it reaches: by chunks, in working hours, once each, and only while it may."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command

from customers.models import Consent, Customer
from customers.tests.factories import (
    AgencyFactory,
    ContactPointFactory,
    CustomerFactory,
    ErasureRequestFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
)
from notifications import delivery
from notifications.channels.email import EmailChannel
from notifications.consents import object_to
from notifications.delivery import deliver_notices, sweep
from notifications.models import Notice
from notifications.tests.mail import mail_server
from promotions.models import ContactPause, Promotion, Recipient
from promotions.sending import handing_over
from promotions.sending.commands import due_now, send_promotions
from promotions.sending.handing_over import begin_promotion, hand_over_chunk
from promotions.sending.hours import leaves_at, next_opening
from promotions.tests.factories import ContactPauseFactory, PromotionFactory, consent, willing
from promotions.writing.commands import pause_promotion, resume_promotion, stop_promotion

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 3, 10, 10, tzinfo=UTC)  # a Tuesday, eleven in Rome
STATE = Promotion.State


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def promotion():
    """Approved, and due since the morning."""
    return PromotionFactory(
        approved=True,
        send_from=MORNING - timedelta(hours=2),
        not_after=MORNING + timedelta(days=10),
        subject="Casa",
    )


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(handing_over, "CHUNK", 2)


def sent(seconds=5):
    """One round of the worker: who got a message."""
    with mail_server() as sink:
        send_promotions(seconds=seconds)
    return sorted(each.recipient for each in sink.messages)


def addresses(*customers):
    return sorted(f"cliente{each.pk}@example.it" for each in customers)


def test_everybody_of_the_audience_gets_one_message_and_it_is_over(promotion, small_chunks):
    customers = [willing(promotion) for _number in range(5)]
    assert sent() == addresses(*customers)
    assert sent() == []
    promotion.refresh_from_db()
    assert promotion.state == STATE.FINISHED
    assert set(Recipient.objects.values_list("state", flat=True)) == {"written"}
    for recipient in Recipient.objects.select_related("notice"):
        assert recipient.consent == Consent.objects.get(customer=recipient.customer)
        assert recipient.notice.state == Notice.State.SENT


def test_the_message_says_who_offers_who_answers_for_the_data_why_it_comes_and_how_to_stop_it(promotion, settings):
    customer = willing(promotion)
    with mail_server() as sink:
        send_promotions(seconds=5)
    [message] = sink.messages
    text = Notice.objects.get().body_text
    recipient = Recipient.objects.get()
    assert promotion.text in text
    assert f"Gentile {customer.letter_name}" in text
    assert text.count(promotion.agency.name) == 2, "sender and controller"
    assert "10 marzo 2026" in text, "the day of the consent"
    assert f"{settings.SITE_URL}/promozioni/{recipient.key}/" in text
    assert "/consensi/disiscrizione/" in text
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in message.body


def test_nothing_leaves_before_its_moment_nor_outside_working_hours(promotion, clock):
    willing(promotion)
    Promotion.objects.filter(pk=promotion.pk).update(send_from=MORNING + timedelta(hours=1))
    assert sent() == []
    clock.move_to(datetime(2026, 3, 10, 18, 0, tzinfo=UTC))  # seven in the evening
    assert sent() == []
    clock.move_to(datetime(2026, 3, 11, 8, 0, tzinfo=UTC))
    assert len(sent()) == 1


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        (datetime(2026, 3, 10, 10, tzinfo=UTC), datetime(2026, 3, 10, 10, tzinfo=UTC)),
        (datetime(2026, 3, 10, 7, 59, tzinfo=UTC), datetime(2026, 3, 10, 8, tzinfo=UTC)),
        (datetime(2026, 3, 13, 18, tzinfo=UTC), datetime(2026, 3, 16, 8, tzinfo=UTC)),  # a week-end
        (datetime(2026, 4, 3, 18, tzinfo=UTC), datetime(2026, 4, 7, 7, tzinfo=UTC)),  # Easter Monday; summer time
        (datetime(2026, 10, 23, 17, 30, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)),  # the clock goes back
    ],
)
def test_promotions_leave_on_working_days_from_nine_to_seven(moment, opening):
    assert next_opening(moment) == opening
    assert leaves_at(moment) is (moment == opening)


def test_a_consent_withdrawn_since_the_lots_were_drawn_is_seen(promotion, small_chunks):
    customers = [willing(promotion) for _number in range(3)]
    begin_promotion(promotion.pk, now=MORNING)
    object_to(customers[2], purpose="agency_promotions", channel="email", source="portal", evidence="")
    assert sent() == addresses(*customers[:2])
    left_out = Recipient.objects.get(customer=customers[2])
    assert (left_out.state, left_out.reason, left_out.notice) == ("excluded", "opted_out", None)


def test_a_consent_withdrawn_while_its_message_is_in_the_outbox_holds_it_back(promotion):
    customer = willing(promotion)
    begin_promotion(promotion.pk, now=MORNING)
    chunk = hand_over_chunk(promotion.pk, now=MORNING)
    object_to(customer, purpose="agency_promotions", channel="email", source="portal", evidence="")
    with mail_server() as sink:
        deliver_notices(chunk.notice_ids)
    assert sink.messages == []
    assert Notice.objects.get().state == Notice.State.WITHHELD


@pytest.mark.parametrize(("state", "leaves"), [("asked", 0), ("granted", 0), ("carried_out", 0), ("refused", 1)])
def test_who_asked_for_erasure_while_the_message_is_in_the_outbox_gets_none(promotion, state, leaves):
    customer = willing(promotion)
    begin_promotion(promotion.pk, now=MORNING)
    chunk = hand_over_chunk(promotion.pk, now=MORNING)
    decided = {
        "asked": {},
        "granted": {"decided_at": MORNING},
        "carried_out": {"decided_at": MORNING, "carried_out_at": MORNING},
        "refused": {"decided_at": MORNING, "reason": "È in corso una lite.", "ended_at": MORNING},
    }
    ErasureRequestFactory(customer=customer, state=state, **decided[state])
    with mail_server() as sink:
        deliver_notices(chunk.notice_ids)
    assert len(sink.messages) == leaves


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [(datetime(2026, 3, 10, 22, 59, tzinfo=UTC), 0), (datetime(2026, 3, 10, 23, 1, tzinfo=UTC), 1)],
    ids=["23:59 of its last day in Rome", "00:01 of the day after"],
)
def test_the_last_day_of_a_pause_ends_at_midnight_in_rome(promotion, clock, settings, moment, leaves):
    settings.PROMOTIONS_AT_ALL_HOURS = True
    customer = willing(promotion)
    begin_promotion(promotion.pk, now=MORNING)
    chunk = hand_over_chunk(promotion.pk, now=MORNING)
    ContactPauseFactory(customer=customer, set_at=MORNING, until=date(2026, 3, 10))
    clock.move_to(moment)
    with mail_server() as sink:
        deliver_notices(chunk.notice_ids)
    assert len(sink.messages) == leaves


def test_the_text_is_written_with_the_notice(promotion):
    willing(promotion)
    begin_promotion(promotion.pk, now=MORNING)
    hand_over_chunk(promotion.pk, now=MORNING)
    notice = Notice.objects.get()
    made = notice.make_wording()
    assert notice.is_rendered
    assert (notice.subject, notice.made_of_id) == (made.subject, made.text_id)
    assert (notice.body_text, notice.body_html) == (made.text, made.html)


def test_a_text_that_cannot_be_made_holds_nobody_else_up(promotion, monkeypatch):
    customers = [willing(promotion) for _number in range(2)]
    begin_promotion(promotion.pk, now=MORNING)
    whole = handing_over.words_of

    def without_sender(*given, customer, **facts):
        words = whole(*given, customer=customer, **facts)
        return {name: word for name, word in words.items() if customer != customers[0] or name != "sender"}

    monkeypatch.setattr(handing_over, "words_of", without_sender)
    assert sent() == addresses(customers[1])
    assert Notice.objects.get(customer=customers[0]).state == Notice.State.REFUSED


def test_the_holder_of_a_similar_product_gets_the_message_without_a_day_of_consent(settings):
    settings.SOFT_SPAM_SINCE = date(2026, 1, 1)
    promotion = PromotionFactory(
        approved=True,
        controller="company",
        by_similarity=True,
        ramo="3",
        send_from=MORNING - timedelta(hours=2),
        not_after=MORNING + timedelta(days=10),
    )
    customer = CustomerFactory(agency=promotion.agency)
    PolicyFactory(holder=customer, starts_on=date(2026, 2, 1), ends_on=date(2027, 2, 1))
    ContactPointFactory(customer=customer, kind="email", value=f"cliente{customer.pk}@example.it")
    assert sent() == addresses(customer)
    assert "prodotto analogo" in Notice.objects.get().body_text


def test_a_consent_withdrawn_while_the_mail_server_is_slow_holds_its_message_back(promotion, monkeypatch):
    """What was made ready is asked again after some seconds, however many messages are before it."""
    customers = [willing(promotion) for _number in range(3)]
    monkeypatch.setattr(delivery, "ASKED_FOR", 0.0)
    send = EmailChannel.send

    def withdrawing(channel, message, claimed):
        if message.address == f"cliente{customers[0].pk}@example.it":
            object_to(customers[1], purpose="agency_promotions", channel="email", source="portal", evidence="")
        return send(channel, message, claimed)

    monkeypatch.setattr(EmailChannel, "send", withdrawing)
    assert sent() == addresses(customers[0], customers[2])
    assert Notice.objects.get(customer=customers[1]).state == Notice.State.WITHHELD


def test_who_moved_or_fits_no_more_or_is_left_alone_is_passed_over_with_the_reason(promotion):
    moved, unfit, alone = (willing(promotion) for _number in range(3))
    begin_promotion(promotion.pk, now=MORNING)
    Customer.objects.filter(pk=moved.pk).update(agency=AgencyFactory())
    ContactPauseFactory(customer=alone, set_at=MORNING)
    assert sent() == addresses(unfit)
    reasons = dict(Recipient.objects.filter(state="excluded").values_list("customer", "reason"))
    assert reasons == {moved.pk: "moved", alone.pk: "paused"}


def test_a_person_hears_of_one_promotion_only_though_two_are_sent_at_once(promotion):
    customer = willing(promotion)
    other = PromotionFactory(
        approved=True, agency=promotion.agency, send_from=MORNING, not_after=MORNING + timedelta(days=1)
    )
    begin_promotion(promotion.pk, now=MORNING)
    begin_promotion(other.pk, now=MORNING)
    assert sent() == addresses(customer)
    assert sorted(Recipient.objects.values_list("state", "reason")) == [("excluded", "capped"), ("written", "")]


def test_who_is_held_out_is_never_written_to(promotion):
    for _number in range(4):
        willing(promotion)
    held = PromotionFactory(
        approved=True,
        agency=promotion.agency,
        send_from=MORNING,
        not_after=MORNING + timedelta(days=1),
        holdout_percent=50,
    )
    Promotion.objects.filter(pk=promotion.pk).update(state="stopped", ended_at=MORNING)
    assert len(sent()) == 2
    assert Recipient.objects.filter(promotion=held, state="held_out", notice=None).count() == 2


def test_after_its_last_moment_nothing_leaves_and_who_waits_is_left_out(promotion, clock):
    willing(promotion)
    begin_promotion(promotion.pk, now=MORNING)
    clock.move_to(promotion.not_after + timedelta(minutes=1))
    assert sent() == []
    promotion.refresh_from_db()
    assert promotion.state == STATE.FINISHED
    assert Recipient.objects.values_list("state", "reason").get() == ("excluded", "too_late")


# --- Addresses that are shared, and people who have several ---------------------------------------------------------
def test_two_customers_with_one_address_are_two_people_and_get_a_message_each(promotion):
    anna, bruno = willing(promotion), willing(promotion)
    bruno.contact_points.update(value=f"cliente{anna.pk}@example.it")
    assert sent() == addresses(anna, anna)
    names = Notice.objects.order_by("customer").values_list("customer", flat=True)
    assert sorted(names) == sorted([anna.pk, bruno.pk])


def test_who_withdraws_does_not_silence_another_customer_of_the_same_address(promotion):
    anna, bruno = willing(promotion), willing(promotion)
    bruno.contact_points.update(value=f"cliente{anna.pk}@example.it")
    begin_promotion(promotion.pk, now=MORNING)
    object_to(anna, purpose="agency_promotions", channel="email", source="unsubscribe", evidence="")
    assert sent() == addresses(anna), "to the address, for the other of the two"
    assert Notice.objects.get().customer == bruno


def test_a_customer_with_three_addresses_gets_one_message_to_the_best_of_them(promotion):
    customer = willing(promotion)
    customer.contact_points.create(kind="email", value="altro@example.it")
    customer.contact_points.create(
        kind="email", value="verificato@example.it", verified_at=MORNING - timedelta(days=9)
    )
    assert sent() == ["verificato@example.it"]
    assert Notice.objects.count() == 1


# --- Pause, resume, stop --------------------------------------------------------------------------------------------
def test_a_pause_holds_everything_and_a_resume_goes_on_where_it_was(promotion, small_chunks):
    customers = [willing(promotion) for _number in range(4)]
    begin_promotion(promotion.pk, now=MORNING)
    first = hand_over_chunk(promotion.pk, now=MORNING)
    pause_promotion(promotion, words="aspettiamo", by=promotion.approved_by)
    with mail_server() as sink:
        send_promotions(seconds=5)
        deliver_notices(first.notice_ids)
    assert sink.messages == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"queued"}
    resume_promotion(promotion, by=promotion.approved_by)
    assert set(Notice.objects.values_list("send_after", flat=True)) == {MORNING}, "not minutes later"
    with mail_server() as sink:
        deliver_notices(first.notice_ids)
        send_promotions(seconds=5)
    assert sorted(each.recipient for each in sink.messages) == addresses(*customers)


def test_a_stop_keeps_back_all_that_has_not_left_and_says_how_many_had(promotion, small_chunks):
    customers = [willing(promotion) for _number in range(5)]
    begin_promotion(promotion.pk, now=MORNING)
    gone = hand_over_chunk(promotion.pk, now=MORNING)
    with mail_server() as sink:
        deliver_notices(gone.notice_ids)
    waiting = hand_over_chunk(promotion.pk, now=MORNING)
    stopped = stop_promotion(promotion, words="prezzo sbagliato", by=promotion.approved_by)
    assert (stopped.kept_back, stopped.gone) == (3, 2)
    with mail_server() as later:
        deliver_notices(waiting.notice_ids)
        send_promotions(seconds=5)
    assert (len(sink.messages), later.messages) == (2, [])
    assert Recipient.objects.filter(state="excluded", reason="stopped").count() == 1
    assert len(customers) == Recipient.objects.count()


def test_a_stop_while_a_chunk_is_on_its_way_keeps_back_all_but_the_messages_already_claimed(promotion):
    """The stop comes while the chunk's first message is being handed to the mail server: the rest of the chunk does not leave."""
    for _number in range(40):
        willing(promotion)
    begin_promotion(promotion.pk, now=MORNING)
    chunk = hand_over_chunk(promotion.pk, now=MORNING)

    def stop_at_first():
        if not stopped:
            stopped.append(stop_promotion(promotion, words="prezzo sbagliato", by=promotion.approved_by))

    stopped = []
    real = EmailChannel.send

    def sends(channel, notice, *args, **kwargs):
        stop_at_first()
        return real(channel, notice, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patched, mail_server() as sink:
        patched.setattr(EmailChannel, "send", sends)
        deliver_notices(chunk.notice_ids)
    left = len(sink.messages)
    assert left <= 2, "what a process has claimed already"
    assert stopped[0].kept_back == 40 - left
    assert Notice.objects.filter(state=Notice.State.WITHHELD).count() == 40 - left


def test_a_chunk_that_breaks_in_the_middle_was_never_there(promotion, small_chunks, monkeypatch):
    customers = [willing(promotion) for _number in range(3)]
    begin_promotion(promotion.pk, now=MORNING)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(handing_over, "_record", killed)
        with pytest.raises(KeyboardInterrupt):
            hand_over_chunk(promotion.pk, now=MORNING)
    assert Notice.objects.count() == 0
    assert sent() == addresses(*customers)


def test_a_message_whose_worker_died_before_it_left_is_handed_out_again_on_the_queue_of_promotions(
    promotion, monkeypatch
):
    willing(promotion)
    begin_promotion(promotion.pk, now=MORNING)
    chunk = hand_over_chunk(promotion.pk, now=MORNING)
    published = []
    monkeypatch.setattr(
        "notifications.delivery.wake_the_worker", lambda ids, queue=None: published.append((list(ids), queue))
    )
    assert sweep() == (0, 1)
    assert published == [(chunk.notice_ids, "promotions")]


def test_promotions_leave_half_of_the_hour_to_what_contracts_need(promotion, settings, small_chunks):
    settings.NOTICES_PER_HOUR = 2
    for _number in range(5):
        willing(promotion)
    assert len(sent()) == 2, "the chunk under way is ended"
    assert sent() == []
    assert Recipient.objects.filter(state="waiting").count() == 3


# --- Other channels -------------------------------------------------------------------------------------------------
def test_in_the_reserved_area_and_by_sms_it_reaches_who_consented_there(promotion, settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path
    Promotion.objects.filter(pk=promotion.pk).update(state="stopped", ended_at=MORNING)
    other = PromotionFactory(
        approved=True,
        agency=promotion.agency,
        channels=["sms", "inbox"],
        sms_text="Casa: 10% in meno fino al 30 aprile.",
        send_from=MORNING,
        not_after=MORNING + timedelta(days=1),
    )
    by_area, by_sms = willing(other), willing(other)
    consent(by_area, "given", purpose="portal_advertising", channel="portal")
    ReservedAreaAccountFactory(customer=by_area)
    consent(by_sms, channel="sms")
    by_sms.contact_points.create(kind="phone", value="+393331112223")
    assert sent() == []
    shown = Notice.objects.get(customer=by_area)
    assert (shown.channel, shown.state) == ("inbox", "sent")
    texted = Notice.objects.get(customer=by_sms)
    assert (texted.channel, texted.state, texted.address) == ("sms", "sent", "+393331112223")
    assert other.sms_text in texted.body_text
    assert "/promozioni/" in texted.body_text


def test_the_command_counts_without_changing_and_sends(promotion, capsys):
    willing(promotion)
    call_command("send_promotions", "--dry-run")
    assert "Promotions to begin: 1" in capsys.readouterr().out
    assert due_now(MORNING) == {"to_begin": 1, "sending": 0, "waiting": 0}
    with mail_server():
        call_command("send_promotions", "--seconds", "5")
    assert "written to: 1" in capsys.readouterr().out


def test_the_command_says_when_promotions_leave_again(promotion, clock, capsys):
    clock.move_to(datetime(2026, 3, 14, 10, tzinfo=UTC))
    call_command("send_promotions")
    assert "16/03/2026 09:00" in capsys.readouterr().out


def test_a_pause_in_a_persons_file_is_seen_until_its_last_day(promotion):
    customer = willing(promotion)
    ContactPauseFactory(customer=customer, set_at=MORNING, until=MORNING.date())
    assert sent() == []
    assert ContactPause.objects.in_force(MORNING.date()).count() == 1
