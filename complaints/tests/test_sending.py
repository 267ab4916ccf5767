"""The letter on its way: who hears that it did not arrive, the list of answers that have not gone out, and what is done."""

from datetime import date

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from complaints.letters.proof import proof_of
from complaints.letters.ways import lines_of_address, looks_certified
from complaints.models import Complaint, ComplaintEvent, ComplaintLetter, LetterSending, answers_not_out
from complaints.register import COLUMNS, register_of
from complaints.services import (
    answer_complaint,
    correct_particulars,
    follow_letters,
    record_posting,
    send_letter_again,
    sending,
    ways_for,
)
from complaints.services.sending import is_certified
from complaints.tests.factories import ComplaintFactory
from customers import roles
from customers.tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications.channels import NotTaken
from notifications.delivery import deliver_notices
from notifications.letters.commands import make_batch, record_returned, send_batch
from notifications.models import Notice
from notifications.services import report_delivery
from notifications.tests.factories import DeliveryReportFactory

pytestmark = pytest.mark.django_db
Kind, State, Way = ComplaintEvent.Kind, Complaint.State, LetterSending.Way


class Mail:
    """A mail channel that knows which mailboxes do not exist."""

    gone: set[str] = set()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return None

    def send(self, message, claimed):
        claimed()
        if message.address in self.gone:
            raise NotTaken("550 5.1.1 no such user", no_such_mailbox=True)


@pytest.fixture
def deliver():
    """Send what is queued; the mailbox gone@example.it does not exist."""
    Mail.gone = {"gone@example.it"}

    def delivered():
        queued = Notice.objects.filter(kind="complaint-answered", state="queued")
        return deliver_notices(list(queued.values_list("pk", flat=True)), channels={Notice.Channel.EMAIL: Mail})

    return delivered


@pytest.fixture
def answered(clock, officer):
    """Answers a complaint whose letter goes to the address."""

    def answer(address="gone@example.it", **fields):
        complaint = ComplaintFactory(
            state=State.UNDER_REVIEW,
            ramo="8",
            address=address,
            handler=officer,
            received_on=date(2026, 4, 20),
            **{"customer": None, **fields},
        )
        return answer_complaint(complaint, outcome="rejected", answer="No.", reasons="Perché.", by=officer)

    return answer


def english(call, *arguments):
    with translation.override("en"):
        return call(*arguments)


def not_out() -> list[Complaint]:
    return list(answers_not_out(Complaint.objects.all()))


# --- What came back ---------------------------------------------------------------------------------------------------
def test_who_answered_hears_at_once_that_the_letter_did_not_arrive(answered, deliver, officer):
    complaint = answered()
    deliver()
    notice = Notice.objects.get(kind="complaint-not-delivered")
    assert (notice.user, "550 5.1.1 no such user" in notice.body_text) == (officer, True)
    event = complaint.events.get(kind=Kind.RETURNED)
    assert event.details == {
        "address": "gone@example.it",
        "problem": "550 5.1.1 no such user",
        "told": [str(officer)],
    }
    assert not_out() == [complaint]


def test_it_is_reported_once_however_often_it_is_looked_at(answered, deliver):
    answered()
    deliver()
    assert (follow_letters(), Notice.objects.filter(kind="complaint-not-delivered").count()) == (0, 1)


def test_a_fault_while_a_letter_is_followed_stops_no_delivery(answered, deliver, monkeypatch):
    def fault(_sending):
        raise OperationalError

    answered()
    with monkeypatch.context() as broken:
        broken.setattr(sending, "follow_letter", fault)
        deliver()
    assert Notice.objects.get(kind="complaint-answered").state == "refused"
    assert follow_letters() == 1


def test_what_was_not_followed_at_once_is_found_by_the_task(answered, officer):
    complaint = answered()
    Notice.objects.filter(kind="complaint-answered").update(state="withheld", problem="Soppresso.")
    assert (follow_letters(), follow_letters()) == (1, 0)
    assert complaint.events.filter(kind=Kind.RETURNED).count() == 1


def test_a_letter_that_went_is_entered_with_its_day(answered, deliver):
    complaint = answered(address="maria@example.it")
    deliver()
    assert (follow_letters(), follow_letters()) == (1, 0)
    sending = complaint.sendings.get()
    assert (sending.way, sending.address, sending.gone_on) == (Way.EMAIL, "maria@example.it", date(2026, 5, 4))
    assert not_out() == []


def test_a_letter_that_is_still_queued_is_on_no_list(answered):
    answered(address="maria@example.it")
    assert not_out() == []


def test_by_post_the_answer_waits_until_it_is_posted(answered, officer):
    complaint = answered(address="Via Roma 1, 27100 Pavia")
    assert not_out() == [complaint]
    sending = record_posting(complaint, posted_on=date(2026, 5, 4), post="receipt", tracking=" 1512 34 ", by=officer)
    assert (sending.gone_on, sending.post, sending.tracking) == (date(2026, 5, 4), "receipt", "1512 34")
    assert complaint.events.get(kind=Kind.POSTED).details == {
        "posted_on": "2026-05-04",
        "post": "receipt",
        "tracking": "1512 34",
        "address": "Via Roma 1, 27100 Pavia",
    }
    assert not_out() == []


def test_in_the_reserved_area_alone_it_has_gone_with_its_notice(answered):
    complaint = answered(address="", customer=ReservedAreaAccountFactory().customer)
    Notice.objects.filter(kind="complaint-answered").update(state="sent", sent_at="2026-05-04T10:00Z")
    follow_letters()
    assert complaint.sendings.get().gone_on == date(2026, 5, 4)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"posted_on": date(2026, 5, 5)}, "not_that_day"),  # still to come
        ({"posted_on": date(2026, 5, 3)}, "not_that_day"),  # before the answer
        ({"post": ""}, "no_way"),
        ({"post": "pigeon"}, "no_way"),
    ],
)
def test_a_posting_that_cannot_be_is_refused(answered, officer, changed, code):
    complaint = answered(address="Via Roma 1, 27100 Pavia")
    with pytest.raises(Refused) as refusal:
        record_posting(complaint, **({"posted_on": date(2026, 5, 4), "post": "ordinary"} | changed), by=officer)
    assert refusal.value.code == code
    assert not_out() == [complaint]


# --- Sending it again -------------------------------------------------------------------------------------------------
def test_the_kept_letter_goes_to_the_corrected_address(answered, deliver, officer):
    complaint = answered()
    deliver()
    correct_particulars(complaint, changes={"address": " Maria@Example.it "}, reason="Ha telefonato.", by=officer)
    send_letter_again(complaint, by=officer)
    again = Notice.objects.filter(kind="complaint-answered").latest("pk")
    assert again.address == "maria@example.it"
    assert bytes(again.attachments.get().content) == bytes(ComplaintLetter.objects.get().pdf)
    assert again.body_text == Notice.objects.filter(kind="complaint-answered").earliest("pk").body_text
    deliver()
    follow_letters()
    assert not_out() == []
    assert list(complaint.events.values_list("kind", flat=True)) == ["answered", "returned", "amended", "sent"]


def test_a_letter_that_may_still_arrive_is_not_sent_again(answered, officer):
    with pytest.raises(Refused) as refusal:
        send_letter_again(answered(), by=officer)
    assert refusal.value.code == "on_its_way"


def test_without_a_letter_there_is_nothing_to_send(officer):
    with pytest.raises(Refused) as refusal:
        send_letter_again(ComplaintFactory(answered=True), by=officer)
    assert refusal.value.code == "no_letter"


# --- Name and address -------------------------------------------------------------------------------------------------
def test_a_correction_stays_in_the_history_with_its_reason(officer):
    complaint = ComplaintFactory(address="maria.rosi@example.it")
    changes = {"address": "maria.rossi@example.it", "subject": complaint.subject}
    correct_particulars(complaint, changes=changes, reason="Refuso.", by=officer)
    complaint.refresh_from_db()
    assert (complaint.address, complaint.version) == ("maria.rossi@example.it", 2)
    assert complaint.events.get().details == {
        "reason": "Refuso.",
        "address": ["maria.rosi@example.it", "maria.rossi@example.it"],
    }


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        ({"address": "a@example.it"}, " ", "no_reason"),
        ({"address": ""}, "x", "unchanged"),
        ({"complainant_name": "\u202e"}, "x", "nothing_said"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(officer, changes, reason, code):
    complaint = ComplaintFactory(address="")
    with pytest.raises(Refused) as refusal:
        correct_particulars(complaint, changes=changes, reason=reason, by=officer)
    assert (refusal.value.code, complaint.events.count()) == (code, 0)


def test_the_name_in_a_letter_stays_and_the_address_may_change(answered, officer):
    complaint = answered()
    with pytest.raises(Refused) as refusal:
        correct_particulars(complaint, changes={"complainant_name": "Altra"}, reason="x", by=officer)
    assert refusal.value.code == "in_the_letter"
    assert correct_particulars(complaint, changes={"phone": "02 12345678"}, reason="x", by=officer).phone


# --- In the back office -----------------------------------------------------------------------------------------------
def test_an_officer_finds_corrects_and_sends_it_again(answered, deliver, officer):
    complaint = answered()
    deliver()
    client = Client()
    client.force_login(officer)
    listed = client.get(reverse("admin:complaints_complaint_changelist"), {"work": "not_out"})
    assert list(listed.context["cl"].result_list) == [complaint]

    def command(name):
        return reverse("admin:complaints_complaint_command", args=[complaint.pk, name])

    form = client.get(command("recapito")).context["form"]
    data = {name: form[name].value() for name in ("complainant_name", "subject", "phone")}
    send_command(client, command("recapito"), data | {"address": "maria@example.it", "reason": "Ha telefonato."})
    send_command(client, command("rispedisci"))
    page = client.get(reverse("admin:complaints_complaint_change", args=[complaint.pk]))
    assert (page.status_code, page.context["not_out"]) == (200, False)
    assert complaint.sendings.count() == 2


def test_the_page_says_that_an_answer_has_not_gone_out(answered, officer):
    complaint = answered(address="Via Roma 1, 27100 Pavia")
    client = Client()
    client.force_login(officer)
    page = client.get(reverse("admin:complaints_complaint_change", args=[complaint.pk]))
    assert page.context["not_out"] is True
    posted = send_command(
        client,
        reverse("admin:complaints_complaint_command", args=[complaint.pk, "spedita"]),
        {"posted_on": "2026-05-04", "post": "registered", "tracking": "1"},
    )
    assert (posted.status_code, not_out()) == (302, [])


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR])
def test_who_only_reads_sends_nothing(answered, role):
    client = Client()
    client.force_login(UserFactory(role=role))
    address = reverse("admin:complaints_complaint_command", args=[answered().pk, "rispedisci"])
    assert client.post(address).status_code == 403


# --- By certified e-mail, by post, and what comes back later ------------------------------------------------------------
@pytest.fixture
def with_pec(settings):
    """An installation that has a certified mailbox."""
    settings.PEC_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PEC_ADDRESS = "vittoria@pec.example.it"


def sent_on(notice, at="2026-05-04T10:00Z"):
    Notice.objects.filter(pk=notice.pk).update(state="sent", sent_at=at)
    follow_letters()
    notice.refresh_from_db()
    return notice


def register_row(complaint):
    row = dict(zip(COLUMNS, next(iter(register_of(complaint.year_id))), strict=True))
    return row["letter_gone_on"], row["letter_way"]


@pytest.mark.usefixtures("with_pec")
def test_a_certified_address_is_written_to_by_pec_and_its_receipts_are_the_proof(answered):
    complaint = answered(address="maria@legalmail.it")
    sending = complaint.sendings.get()
    assert (sending.way, sending.notice.channel, sending.address) == (Way.PEC, "pec", "maria@legalmail.it")
    notice = sent_on(sending.notice)
    report_delivery(notice, outcome="on_its_way", detail="accettazione", happened_at=timezone.now())
    report_delivery(notice, outcome="delivered", detail="consegna", happened_at=timezone.now())
    sending.refresh_from_db()
    assert (sending.gone_on, sending.delivered_at) == (date(2026, 5, 4), timezone.now())
    assert [fact for fact in proof_of(sending) if "consegna" in fact]
    assert register_row(complaint) == (date(2026, 5, 4), Way.PEC)


@pytest.mark.usefixtures("with_pec")
def test_an_ordinary_address_is_written_to_by_pec_only_where_the_officer_says_so(clock, officer):
    complaint = ComplaintFactory(state=State.UNDER_REVIEW, ramo="8", customer=None, address="maria@example.it")
    assert ways_for(complaint) == [Way.EMAIL, Way.PEC, Way.POST]
    answer_complaint(complaint, outcome="upheld", answer="Sì.", way="pec", by=officer)
    assert complaint.sendings.get().way == Way.PEC


def test_without_a_certified_mailbox_there_is_no_pec(clock, officer):
    complaint = ComplaintFactory(state=State.UNDER_REVIEW, ramo="8", customer=None, address="maria@legalmail.it")
    with pytest.raises(Refused) as refusal:
        answer_complaint(complaint, outcome="upheld", answer="Sì.", way="pec", by=officer)
    assert refusal.value.code == "not_that_way"
    complaint.refresh_from_db()
    assert (complaint.state, complaint.sendings.count()) == (State.UNDER_REVIEW, 0)


def test_an_answer_that_bounced_has_not_gone(answered, officer):
    complaint = answered(address="maria@example.it")
    notice = sent_on(complaint.sendings.get().notice)
    assert register_row(complaint) == (date(2026, 5, 4), Way.EMAIL)
    report_delivery(notice, outcome="failed", detail="550 5.1.1 no such user")
    sending = complaint.sendings.get()
    assert (sending.gone_on, sending.returned_on, sending.problem) == (
        date(2026, 5, 4),
        date(2026, 5, 4),
        "550 5.1.1 no such user",
    )
    assert register_row(complaint) == (None, None)
    assert not_out() == [complaint]
    assert Notice.objects.get(kind="complaint-not-delivered").user == officer
    assert follow_letters() == 0


def test_a_bounced_answer_is_sent_again_to_another_address_and_counts_from_then(answered, officer, clock):
    complaint = answered(address="maria@example.it")
    report_delivery(sent_on(complaint.sendings.get().notice), outcome="failed", detail="550")
    clock.shift(2 * 86_400)
    again = send_letter_again(complaint, address="Maria.Rossi@example.it", by=officer)
    complaint.refresh_from_db()
    assert (again.address, complaint.address) == ("maria.rossi@example.it", "maria.rossi@example.it")
    assert not_out() == []  # on its way
    sent_on(again.notice, at="2026-05-06T10:00Z")
    assert register_row(complaint) == (date(2026, 5, 6), Way.EMAIL)
    assert list(complaint.events.values_list("kind", flat=True)) == ["answered", "returned", "amended", "sent"]


def test_a_bounce_that_the_follower_missed_is_found_by_the_task(answered):
    complaint = answered(address="maria@example.it")
    notice = sent_on(complaint.sendings.get().notice)
    DeliveryReportFactory(notice=notice, outcome="failed", detail="550")
    Notice.objects.filter(pk=notice.pk).update(arrival="failed")
    assert (follow_letters(), follow_letters()) == (1, 0)
    assert not_out() == [complaint]


def test_by_post_it_goes_with_the_batch_and_counts_from_its_posting(answered, officer, clock):
    complaint = answered(address="Via Roma, 1, 27100 Pavia")
    batch = make_batch(by=officer).batch
    letter = batch.letters.get()
    assert letter.recipient == "Maria Rossi\nVia Roma, 1\n27100 Pavia"
    assert letter.pages >= 2  # the sheet with the address, and the letter behind it
    with pytest.raises(Refused) as refusal:
        record_posting(complaint, posted_on=date(2026, 5, 4), post="ordinary", by=officer)
    assert refusal.value.code == "in_a_batch"
    clock.shift(86_400)
    send_batch(batch, how="Ufficio postale, distinta 7", by=officer)
    follow_letters()
    assert register_row(complaint) == (date(2026, 5, 5), Way.POST)
    assert f"letter {letter.code}" in " ".join(english(proof_of, complaint.sendings.get()))
    record_returned([letter.code], detail="Sconosciuto", by=officer)
    assert register_row(complaint) == (None, None)
    assert not_out() == [complaint]


def test_a_letter_that_was_posted_by_hand_leaves_the_print_queue(answered, officer):
    complaint = answered(address="Via Roma 1, 27100 Pavia")
    record_posting(complaint, posted_on=date(2026, 5, 4), post="receipt", tracking="1512", by=officer)
    assert complaint.sendings.get().notice.state == "sent"
    assert make_batch(by=officer).batch is None


@pytest.mark.parametrize(
    ("address", "certified"),
    [
        ("maria@legalmail.it", True),
        ("maria@pec.it", True),
        ("studio@pec.avvocati.example.it", True),
        ("maria@example.it", False),
        ("pec@example.it", False),
        ("maria@specchio.it", False),
    ],
)
def test_a_certified_address_is_known_by_its_domain(address, certified):
    assert looks_certified(address) is certified


def test_a_customers_own_pec_is_certified_whatever_its_domain(clock):
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind="pec", value="maria@dominio.example.it")
    assert is_certified(ComplaintFactory(customer=customer), "maria@dominio.example.it")


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("Via Roma 1, 27100 Pavia", ["Via Roma 1", "27100 Pavia"]),
        ("Via Roma, 1/A, 27100 Pavia PV", ["Via Roma, 1/A", "27100 Pavia PV"]),
        ("presso Bianchi\nVia Roma n. 3\n27100 Pavia", ["presso Bianchi", "Via Roma n. 3", "27100 Pavia"]),
        ("", []),
    ],
)
def test_a_postal_address_becomes_the_lines_of_an_envelope(written, lines):
    assert lines_of_address(written) == lines
