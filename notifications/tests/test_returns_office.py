"""Returned messages in the back office: the list, the page, the message as it came, and what a person does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.models import AccessLog
from customers.tests.factories import CustomerFactory, UserFactory
from notifications.models import MailboxPlace, Notice, ReturnedMessage, SuppressedAddress
from notifications.returns.tiles import tiles
from notifications.tests.factories import NoticeFactory, ReturnedMessageFactory
from notifications.tests.return_samples import RECIPIENT, RETURNS, answer

pytestmark = pytest.mark.django_db

LIST = reverse("admin:notifications_returnedmessage_changelist")


def client_of(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    return client


@pytest.fixture
def agent():
    return client_of(roles.AGENT)


@pytest.fixture
def officer():
    return client_of(roles.COMPLAINT_OFFICER)


def notice(**fields):
    now = timezone.now()
    return NoticeFactory(**{"state": "sent", "sent_at": now, "claimed_at": now, "address": RECIPIENT} | fields)


def page(row):
    return reverse("admin:notifications_returnedmessage_change", args=[row.pk])


def command(row, name):
    return reverse("admin:notifications_returnedmessage_command", args=[row.pk, name])


def give(client, row, name, **data):
    return client.post(command(row, name), data, follow=True).content.decode()


def rows(client, **query):
    return {row.pk for row in client.get(LIST, query).context["cl"].result_list}


def test_the_list_shows_what_is_to_be_looked_at_and_the_choices_the_rest(agent):
    now = timezone.now()
    reply, refused = ReturnedMessageFactory(), ReturnedMessageFactory(kind="bounce", verdict="policy")
    done = ReturnedMessageFactory(kind="automatic", state="handled", handled_at=now)
    assert rows(agent) == {reply.pk, refused.pk}
    assert rows(agent, work="answers") == {reply.pk}
    assert rows(agent, work="problems") == {refused.pk}
    assert rows(agent, work="all") == {reply.pk, refused.pk, done.pk}
    assert rows(agent, work="all", kind__exact="automatic") == {done.pk}


def test_a_message_is_found_by_address_and_by_customer(agent):
    customer = CustomerFactory(last_name="Brambilla")
    mine = ReturnedMessageFactory(
        notice=notice(customer=customer), matched_by="token", state="handled", handled_at=timezone.now()
    )
    other = ReturnedMessageFactory(kind="bounce", sender="mailer-daemon@x.example", recipient="altro@example.it")
    assert rows(agent, q="Brambilla") == {mine.pk}
    assert rows(agent, q="Altro@example.it") == {other.pk}
    assert rows(agent, q="nessuno") == set()


def test_the_list_costs_the_same_at_one_row_and_at_three(agent):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert agent.get(LIST).status_code == 200
        return len(queries)

    ReturnedMessageFactory(notice=notice(), matched_by="token")
    agent.get(LIST)
    before = cost()
    for _place in range(2):
        ReturnedMessageFactory(notice=notice(), matched_by="token")
    assert cost() == before
    with CaptureQueriesContext(connection) as queries:
        agent.get(LIST)
    assert not [each["sql"] for each in queries if '"notifications_returnedmessage"."raw"' in each["sql"]]


def test_the_page_shows_the_text_as_letters_alone_and_is_written_down(agent):
    mine = notice()
    raw = answer(RETURNS, text="Ciao <script>alert(1)</script> <img src=https://x.example/p.gif>")
    row = ReturnedMessageFactory(raw=raw, notice=mine, matched_by="token")
    content = agent.get(page(row)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in content
    assert "https://x.example/p.gif>" not in content
    assert reverse("admin:notifications_notice_change", args=[mine.pk]) in content
    assert AccessLog.objects.filter(customer=mine.customer).exists()


def test_the_message_is_saved_as_it_came_by_those_who_see_all_of_it(agent):
    raw = answer(RETURNS)
    row = ReturnedMessageFactory(raw=raw)
    address = reverse("admin:notifications_returnedmessage_message", args=[row.pk])
    assert address in agent.get(page(row)).content.decode()
    saved = agent.get(address)
    assert (saved.content, saved["Content-Type"], saved["X-Content-Type-Options"]) == (
        raw,
        "message/rfc822",
        "nosniff",
    )
    assert "attachment" in saved["Content-Disposition"]
    assert agent.post(address).status_code == 405
    assert agent.get(address.replace(str(row.pk), "999999")).status_code == 404
    manager = client_of(roles.MANAGER)
    assert manager.get(address).status_code == 403
    assert address not in manager.get(page(row)).content.decode()


def test_who_only_reads_sees_neither_text_nor_buttons():
    row = ReturnedMessageFactory(raw=answer(RETURNS, text="Parole riservate"))
    auditor = client_of(roles.AUDITOR)
    content = auditor.get(page(row)).content.decode()
    assert "Parole riservate" not in content
    assert command(row, "fatto") not in content
    assert auditor.post(command(row, "fatto"), {"remark": "x"}).status_code == 403


def test_an_agent_deals_with_it_and_looks_again(agent):
    row = ReturnedMessageFactory()
    assert "risulta gestito" in give(agent, row, "fatto", remark="Ho telefonato").lower()
    row.refresh_from_db()
    assert (row.state, row.remark, row.handled_by.email != "") == ("handled", "Ho telefonato", True)
    assert command(row, "fatto") not in agent.get(page(row)).content.decode()
    give(agent, row, "riapri", remark="Non rispondeva")
    row.refresh_from_db()
    assert row.state == "open"


def test_a_remark_is_asked_for(agent):
    row = ReturnedMessageFactory()
    give(agent, row, "fatto", remark="")
    row.refresh_from_db()
    assert row.state == "open"


def test_an_officer_matches_it_and_a_wrong_number_is_explained(officer, agent):
    row, mine = ReturnedMessageFactory(kind="bounce", verdict="unclear", sender="mailer-daemon@x.example"), notice()
    assert agent.get(command(row, "abbina")).status_code == 403
    assert "Message-ID" in give(officer, row, "abbina", notice="12345678")
    give(officer, row, "abbina", notice=str(mine.pk))
    row.refresh_from_db()
    mine.refresh_from_db()
    assert (row.notice, row.matched_by, mine.arrival) == (mine, "person", Notice.Arrival.FAILED)


def test_an_officer_has_nothing_sent_to_the_address_any_more(officer):
    row = ReturnedMessageFactory(kind="bounce", verdict="unclear", recipient="via@example.it")
    assert "via@example.it" in officer.get(command(row, "sopprimi")).content.decode()
    give(officer, row, "sopprimi", remark="Non esiste")
    assert SuppressedAddress.objects.get().address == "via@example.it"


def test_many_alike_are_dealt_with(officer):
    for _place in range(3):
        ReturnedMessageFactory(kind="bounce", verdict="policy", words="blocked")
    address = reverse("admin:notifications_returnedmessage_list_command", args=["fatti"])
    assert officer.get(address).status_code == 200
    until = timezone.localtime() + timedelta(minutes=1)
    data = {"kind": "bounce", "until": f"{until:%Y-%m-%dT%H:%M}", "words": "", "remark": "Risolto"}
    token = officer.get(LIST).context["page_token"]
    officer.post(address, data | {"page_token": token})
    assert not ReturnedMessage.objects.open().exists()


# --- The first page
def test_the_first_page_counts_what_waits_and_leads_there():
    user = UserFactory(role=roles.AGENT)
    assert tiles(user) == []
    ReturnedMessageFactory(), ReturnedMessageFactory(kind="unreadable")
    found = {tile.url.partition("?")[2]: tile.value for tile in tiles(user)}
    assert found == {"work=answers": "1", "work=problems": "1"}
    assert tiles(UserFactory(role=roles.AGENCY_MEMBER)) == []


def test_the_first_page_names_a_mailbox_that_is_not_read(settings):
    user, now = UserFactory(role=roles.AGENT), timezone.now()
    settings.RETURNS_IMAP_URL = "imaps://a:b@mail.example/INBOX"
    place = MailboxPlace.objects.create(name="returns", read_at=now)
    assert tiles(user) == []
    MailboxPlace.objects.filter(pk=place.pk).update(problem="TimeoutError: timed out")
    assert "timed out" in str(tiles(user)[0].hint)
    MailboxPlace.objects.filter(pk=place.pk).update(problem="", read_at=now - timedelta(hours=2))
    assert len(tiles(user)) == 1
