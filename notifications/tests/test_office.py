"""Notices in the back office: what is in trouble, and the figure of the first page."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications import tiles
from notifications.models import Notice, SuppressedAddress
from notifications.services import record_sent_by_hand
from notifications.tests.factories import NoticeFactory, SuppressedAddressFactory
from notifications.tests.test_kinds import INSTALMENT

pytestmark = pytest.mark.django_db


def test_notices_in_trouble_are_listed_and_counted():
    user = UserFactory(role=roles.MANAGER)
    NoticeFactory()
    refused = NoticeFactory(state=Notice.State.REFUSED)
    client = Client()
    client.force_login(user)
    page = client.get(reverse("admin:notifications_notice_changelist"), {"work": "trouble"})
    assert list(page.context["cl"].result_list) == [refused]
    assert [(panel.value, panel.tone) for panel in tiles.tiles(user)] == [("1", "bad")]


def test_an_agency_member_gets_no_figure():
    assert tiles.tiles(UserFactory(role=roles.AGENCY_MEMBER)) == []


def test_a_notice_is_found_by_its_customer_or_its_key():
    notice = NoticeFactory(customer__last_name="Bianchi", once="prova:unica")
    NoticeFactory()
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    for text in ("bianchi", "prova:unica"):
        page = client.get(reverse("admin:notifications_notice_changelist"), {"q": text})
        assert list(page.context["cl"].result_list) == [notice]


SECRET = "https://care.example/contatti/seguito/C-2026-000007/mfrggzdfmztwq2lknnwg23tpoa/"


def text_seen(notice):
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    return client.get(reverse("admin:notifications_notice_change", args=[notice.pk])).content.decode()


@pytest.mark.parametrize("channel", ["email", "inbox"])
def test_a_colleague_reads_a_notice_but_not_the_secret_of_its_address(channel):
    text = f"Ecco la copia.\n{SECRET}\nInformativa: https://care.example/privacy/"
    page = text_seen(NoticeFactory(channel=channel, kind="request-answered", body_text=text))
    assert "Ecco la copia." in page
    assert "https://care.example/privacy/" in page
    assert "mfrggzdfmztwq2lknnwg23tpoa" not in page
    assert "/contatti/seguito/" not in page


def test_a_notice_that_waits_is_shown_without_its_secret_as_well():
    words = {"number": "C-2026-000007", "subject": "Copia", "text": "Ecco la copia.", "files": 0, "action_url": SECRET}
    page = text_seen(NoticeFactory(kind="request-answered", words=words, subject="", body_text=""))
    assert "Ecco la copia." in page
    assert "mfrggzdfmztwq2lknnwg23tpoa" not in page


def test_a_colleague_does_not_read_what_holds_a_link_alone():
    page = text_seen(NoticeFactory(kind="satisfaction-asked", body_text=f"È stato risolto?\n{SECRET}"))
    assert "È stato risolto?" not in page


# --- What a person sends, and what is lifted at once
def by_hand(**fields):
    return NoticeFactory(
        channel="post", address="", kind="instalment-due", words=INSTALMENT, subject="", body_text="", **fields
    )


def manager():
    client = Client()
    client.force_login(UserFactory(role=roles.MANAGER))
    return client


def test_what_a_person_has_to_send_is_listed_and_counted():
    NoticeFactory()
    mine, client = by_hand(), manager()
    page = client.get(reverse("admin:notifications_notice_changelist"), {"work": "by_hand"})
    assert list(page.context["cl"].result_list) == [mine]
    panels = tiles.tiles(UserFactory(role=roles.MANAGER))
    assert [(panel.value, panel.tone) for panel in panels] == [("0", "good"), ("1", "bad")]


def test_a_letter_that_went_is_entered_with_its_proof_and_its_text_remains():
    notice, client = by_hand(), manager()
    address = reverse("admin:notifications_notice_command", args=[notice.pk, "spedita"])
    assert client.post(address, {"how": "Raccomandata 123"}).status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.is_rendered, notice.sent_at is not None) == (Notice.State.SENT, True, True)
    assert [(event.old, event.new, event.detail) for event in notice.events.all()] == [
        ("queued", "sent", "Raccomandata 123")
    ]
    assert client.post(address, {"how": "di nuovo"}).status_code == 409


def test_an_email_is_not_sent_by_hand():
    notice = NoticeFactory()
    with pytest.raises(Refused) as refused:
        record_sent_by_hand(notice, how="x", by=UserFactory())
    assert refused.value.code == "not_by_hand"


def test_a_round_of_letters_is_entered_at_once_and_later_ones_remain():
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        by_hand()
    later, client = by_hand(), manager()
    until = timezone.localtime() - timedelta(hours=1)
    address = reverse("admin:notifications_notice_list_command", args=["spedite"])
    assert client.get(address).status_code == 200
    send_command(client, address, {"until": f"{until:%Y-%m-%dT%H:%M}", "how": "postalizzazione"})
    assert list(Notice.objects.by_hand()) == [later]


def test_the_addresses_of_an_hour_are_lifted_by_the_words_of_the_server():
    SuppressedAddressFactory(detail="550 5.1.1 relay")
    kept = SuppressedAddressFactory(detail="550 5.1.1 no such user")
    now, client = timezone.localtime(), manager()
    address = reverse("admin:notifications_suppressedaddress_list_command", args=["riammetti-molti"])
    assert client.get(address).status_code == 200
    times = {"since": now - timedelta(hours=1), "until": now + timedelta(minutes=5)}
    send_command(
        client,
        address,
        {name: f"{at:%Y-%m-%dT%H:%M}" for name, at in times.items()}
        | {"detail": "relay", "cause": "no_mailbox", "reason": "Il relay sbagliava", "confirmed": "on"},
    )
    assert list(SuppressedAddress.objects.in_force()) == [kept]
