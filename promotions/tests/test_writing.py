"""Who writes a promotion, who approves it, and what each of its commands refuses."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.models import CampaignAgency
from customers.tests.factories import AgencyFactory, AgencyMemberFactory, CustomerFactory, UserFactory
from customers.tests.sign_in import signed_in
from foundation.models import Heartbeat
from foundation.refusals import Refused
from notifications.queues import MARK, PROMOTIONS
from promotions.models import ContactPause, Promotion, PromotionEvent
from promotions.page import is_without_worker
from promotions.pauses import end_pause, pause_contact
from promotions.reach import agencies_to_write_for, ground_of
from promotions.tests.factories import NOW, PromotionFactory
from promotions.writing import commands

pytestmark = pytest.mark.django_db

STATE = Promotion.State
FACTS = {
    "name": "Casa sicura",
    "controller": "agency",
    "ramo": "8",
    "channels": ["email"],
    "subject": "La casa, protetta tutto l'anno",
    "text": "Fino al 30 aprile la polizza per la casa costa il 10% in meno.",
}
FORM = FACTS | {"cap_days": "30", "holdout_percent": "10"}


@pytest.fixture
def member():
    return AgencyMemberFactory()


@pytest.fixture
def manager():
    return UserFactory(role=roles.MANAGER)


@pytest.fixture
def submitted(member):
    return PromotionFactory(agency=member.agency, writer=member.user, state="submitted")


def author_for(*agencies):
    """A campaign author with these agencies on their record."""
    author = UserFactory(role=roles.CAMPAIGN_AUTHOR)
    for agency in agencies:
        CampaignAgency.objects.create(user=author, agency=agency)
    return author


# --- For whom one writes --------------------------------------------------------------------------------------------
def test_a_member_writes_for_their_agency_alone(member):
    made = commands.write_promotion(by=member.user, agency=member.agency, **FACTS)
    assert (made.state, made.writer, made.agency) == (STATE.DRAFT, member.user, member.agency)
    for other in (AgencyFactory(), None):
        with pytest.raises(Refused):
            commands.write_promotion(by=member.user, agency=other, **FACTS | {"controller": "company"})


def test_a_campaign_author_writes_for_the_agencies_on_their_record(member):
    ours, closed = AgencyFactory(), AgencyFactory(is_active=False)
    author = author_for(ours, closed)
    assert agencies_to_write_for(author) == [ours]
    commands.write_promotion(by=author, agency=ours, **FACTS)
    with pytest.raises(Refused):
        commands.write_promotion(by=author, agency=member.agency, **FACTS)


def test_an_author_over_all_agencies_writes_for_the_company():
    author = author_for(None)
    made = commands.write_promotion(by=author, agency=None, **FACTS | {"controller": "company"})
    assert (made.agency, made.controller_name) == (None, "Vittoria Assicurazioni S.p.A.")


def test_without_a_record_in_force_a_campaign_author_sees_nothing():
    author = author_for(AgencyFactory())
    author.campaign_agencies.update(is_active=False)
    assert ground_of(author).agency_ids == frozenset()
    PromotionFactory()
    assert not Promotion.objects.visible_to(author).exists()


def test_each_sees_the_promotions_of_their_ground(member, manager):
    ours, theirs = PromotionFactory(agency=member.agency), PromotionFactory()
    company = PromotionFactory(agency=None, controller="company")
    assert set(Promotion.objects.visible_to(member.user)) == {ours}
    assert set(Promotion.objects.visible_to(author_for(theirs.agency))) == {theirs}
    assert set(Promotion.objects.visible_to(manager)) == {ours, theirs, company}
    assert not Promotion.objects.visible_to(CustomerFactory.create() and UserFactory(role=roles.CUSTOMER)).exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"by_similarity": True}, "by_similarity"),
        ({"channels": ["sms"]}, "sms_text"),
        ({"ramo": "2"}, "by_profile"),
        ({"ramo": "2", "by_profile": True}, "controller"),
        ({"claim_free_years": 3}, "by_profile"),
        ({"lacks_lines": ["1"]}, "by_profile"),
    ],
)
def test_what_the_law_does_not_allow_is_refused_in_words(member, facts, field):
    with pytest.raises(Refused) as refused:
        commands.write_promotion(by=member.user, agency=member.agency, **FACTS | facts)
    assert refused.value.field == field


# --- Approval -------------------------------------------------------------------------------------------------------
def test_somebody_else_approves_and_the_way_is_written_down(member, manager):
    promotion = PromotionFactory(agency=member.agency, writer=member.user)
    commands.submit_promotion(promotion, by=member.user)
    approved = commands.approve_promotion(promotion, by=manager)
    assert (approved.state, approved.approved_by) == (STATE.APPROVED, manager)
    events = PromotionEvent.objects.order_by("pk").values_list("old", "new", "by")
    assert list(events) == [("draft", "submitted", member.user.pk), ("submitted", "approved", manager.pk)]


def test_nobody_approves_their_own_words(submitted):
    for role in (submitted.writer, submitted.last_written_by):
        with pytest.raises(Refused):
            commands.approve_promotion(submitted, by=role)


def test_whoever_rewrote_a_draft_does_not_approve_it(member, manager):
    CampaignAgency.objects.create(user=manager, agency=None)
    manager.groups.add(*UserFactory(role=roles.CAMPAIGN_AUTHOR).groups.all())
    promotion = PromotionFactory(agency=member.agency, writer=member.user)
    commands.rewrite_promotion(promotion, by=manager, changes={"subject": "Altro"})
    commands.submit_promotion(promotion, by=member.user)
    with pytest.raises(Refused):
        commands.approve_promotion(promotion, by=manager)


def test_what_was_sent_back_is_a_draft_again_with_the_words(submitted, manager):
    back = commands.send_back(submitted, words="Manca la data di fine.", by=manager)
    assert back.state == STATE.DRAFT
    assert PromotionEvent.objects.get().words == "Manca la data di fine."
    assert commands.rewrite_promotion(back, by=back.writer, changes={"text": "Fino al 30."}).text == "Fino al 30."


def test_what_was_submitted_is_not_rewritten(submitted):
    with pytest.raises(Refused):
        commands.rewrite_promotion(submitted, by=submitted.writer, changes={"text": "Altro"})


def test_it_is_scheduled_once_approved_with_an_end_ahead(member):
    promotion = PromotionFactory(approved=True, agency=member.agency, writer=member.user)
    now = timezone.now()
    for first, last in ((now, now), (now - timedelta(days=2), now - timedelta(days=1))):
        with pytest.raises(Refused):
            commands.schedule_promotion(promotion, send_from=first, not_after=last, by=member.user)
    done = commands.schedule_promotion(promotion, send_from=now, not_after=now + timedelta(days=1), by=member.user)
    assert (done.send_from, done.not_after) == (now, now + timedelta(days=1))
    draft = PromotionFactory(agency=member.agency, writer=member.user)
    with pytest.raises(Refused):
        commands.schedule_promotion(draft, send_from=now, not_after=now + timedelta(days=1), by=member.user)


def test_a_command_twice_is_refused_the_second_time(submitted, manager):
    commands.approve_promotion(submitted, by=manager)
    for command in (commands.approve_promotion, commands.submit_promotion):
        with pytest.raises(Refused):
            command(submitted, by=manager if command is commands.approve_promotion else submitted.writer)


# --- The back office ------------------------------------------------------------------------------------------------
def page(name, *args):
    return reverse(f"admin:promotions_promotion_{name}", args=args)


def test_a_promotion_is_written_submitted_approved_and_scheduled_on_its_pages(member, manager):
    client = signed_in(member.user)
    asked = client.get(page("list_command", "scrivi"))
    body = FORM | {"agency": member.agency.pk, "page_token": asked.context["page_token"]}
    assert client.post(page("list_command", "scrivi"), body).status_code == 302
    promotion = Promotion.objects.get()
    shown = client.get(page("change", promotion.pk)).content.decode()
    assert promotion.text in shown
    assert "comando/presenta" in shown
    assert "comando/approva" not in shown
    _send(client, promotion, "presenta")
    approver = signed_in(manager)
    assert "comando/approva" in approver.get(page("change", promotion.pk)).content.decode()
    _send(approver, promotion, "approva")
    tomorrow = timezone.localdate() + timedelta(days=1)
    _send(client, promotion, "programma", first=tomorrow, last=tomorrow)
    promotion.refresh_from_db()
    assert (promotion.state, timezone.localtime(promotion.send_from).hour) == (STATE.APPROVED, 9)


def _send(client, promotion, name, /, **data):
    promotion.refresh_from_db()
    answer = client.post(page("command", promotion.pk, name), data | {"seen_version": promotion.version})
    assert answer.status_code == 302, answer.context["form"].errors if answer.context else answer


def test_a_draft_is_edited_on_its_page(member):
    promotion = PromotionFactory(agency=member.agency, writer=member.user, provinces=["MI", "CO"])
    client = signed_in(member.user)
    form = client.get(page("command", promotion.pk, "riscrivi")).context["form"]
    assert form["provinces"].value() == "MI, CO"
    _send(client, promotion, "riscrivi", **FORM, agency=member.agency.pk, provinces="LC", least_age="30")
    promotion.refresh_from_db()
    assert (promotion.provinces, promotion.least_age, promotion.name) == (["LC"], 30, FORM["name"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"provinces": "MI, QQ"}, "provinces"),
        ({"least_age": "50", "most_age": "40"}, "most_age"),
        ({"expires_from": "2026-05-01"}, "expires_until"),
        ({"expires_from": "2026-05-02", "expires_until": "2026-05-01"}, "expires_until"),
        ({"channels": []}, "channels"),
        ({"subject": "Una riga\nBcc: altri@example.it"}, "subject"),
        ({"cap_days": "3"}, "cap_days"),
        ({"holdout_percent": "80"}, "holdout_percent"),
        ({"ramo": "2"}, "by_profile"),
    ],
)
def test_what_cannot_be_is_marked_on_the_form(member, wrong, field):
    client = signed_in(member.user)
    token = client.get(page("list_command", "scrivi")).context["page_token"]
    answer = client.post(
        page("list_command", "scrivi"), FORM | {"agency": member.agency.pk, "page_token": token} | wrong
    )
    assert field in answer.context["form"].errors
    assert not Promotion.objects.exists()


def test_the_form_shows_each_of_its_fields_once(member):
    form = signed_in(member.user).get(page("list_command", "scrivi")).context["form"]
    shown = [field.name for _heading, fields in form.parts() for field in fields]
    assert sorted(shown) == sorted(form.fields)


def test_an_agency_finds_no_promotion_of_another(member):
    other = PromotionFactory()
    assert signed_in(member.user).get(page("change", other.pk)).status_code in (302, 404)


def test_the_page_counts_the_audience_with_each_reason(member, django_assert_max_num_queries):
    promotion = PromotionFactory(agency=member.agency, writer=member.user)
    CustomerFactory(agency=member.agency)
    client = signed_in(member.user)
    shown = client.get(page("change", promotion.pk)).context["promotion_page"]
    assert [(each.code, each.number) for each in shown.audience.reasons] == [("no_consent", 1)]


def test_pausing_and_stopping_are_for_writer_and_approver(member, manager):
    promotion = PromotionFactory(sending=True, agency=member.agency, writer=member.user)
    _send(signed_in(member.user), promotion, "sospendi", words="Prezzo da rivedere")
    _send(signed_in(manager), promotion, "riprendi")
    _send(signed_in(manager), promotion, "ferma", words="Ritirata")
    promotion.refresh_from_db()
    assert promotion.state == STATE.STOPPED
    agent = signed_in(UserFactory(role=roles.AGENT))
    assert agent.get(page("command", promotion.pk, "ferma")).status_code == 403


# --- Pauses ---------------------------------------------------------------------------------------------------------
def test_an_agent_leaves_a_person_alone_until_a_day_and_ends_it(member):
    customer = CustomerFactory(agency=member.agency)
    client = signed_in(UserFactory(role=roles.AGENT))
    until = timezone.localdate() + timedelta(days=90)
    address = reverse("admin:customers_customer_command", args=[customer.pk, "pausa-promozioni"])
    assert client.post(address, {"ground": "bereavement", "until": until}).status_code == 302
    assert ContactPause.objects.in_force(until).get().customer == customer
    ended = reverse("admin:customers_customer_command", args=[customer.pk, "fine-pausa-promozioni"])
    assert client.post(ended).status_code == 302
    assert not ContactPause.objects.in_force(until).exists()


def test_a_pause_for_ever_or_of_the_past_is_refused():
    customer = CustomerFactory()
    client = signed_in(UserFactory(role=roles.AGENT))
    address = reverse("admin:customers_customer_command", args=[customer.pk, "pausa-promozioni"])
    for days in (-1, 800):
        body = {"ground": "dispute", "until": timezone.localdate() + timedelta(days=days)}
        assert "until" in client.post(address, body).context["form"].errors


def test_a_new_pause_takes_the_place_of_the_one_before():
    customer, agent = CustomerFactory(), UserFactory(role=roles.AGENT)
    pause_contact(customer, ground="asked", until=NOW.date(), by=agent)
    second = pause_contact(customer, ground="illness", until=NOW.date() + timedelta(days=9), by=agent)
    assert list(ContactPause.objects.filter(ended_at__isnull=True)) == [second]
    end_pause(customer, by=agent)
    with pytest.raises(Refused):
        end_pause(customer, by=agent)


# --- A queue to which nobody listens --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("minutes", "state", "expected"),
    [(None, "sending", True), (6, "sending", True), (2, "sending", False), (None, "draft", False)],
)
def test_the_page_warns_where_no_worker_takes_from_the_queue_of_promotions(db, minutes, state, expected):
    promotion = PromotionFactory(sending=True) if state == "sending" else PromotionFactory()
    if minutes is not None:
        Heartbeat.objects.create(name=MARK + PROMOTIONS, began_at=NOW - timedelta(minutes=minutes))
    assert is_without_worker(promotion, now=NOW) is expected
