"""The room "My data": the copy is the person's alone, and erasure is explained before it is asked for."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import DataExport, DataExportOpening, ErasureRequest, User
from customers.privacy.rules import CONTRACTS
from customers.tests.factories import (
    ConsentFactory,
    CustomerFactory,
    DataExportFactory,
    DataExportOpeningFactory,
    ErasureRequestFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from customers.tests.sign_in import signed_in
from foundation.dates import written_day
from notifications.erasure import lengthen_erasure
from notifications.models import Notice

pytestmark = pytest.mark.django_db

ROOM = "portal_my_data"
ZIP = b"PK\x03\x04prova"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def client(account):
    return just_signed_in(account.user)


@pytest.fixture
def ready(account):
    return DataExportFactory(
        customer=account.customer, ready=True, size=len(ZIP), file=ContentFile(ZIP, name="x"), asked_by=account.user
    )


def just_signed_in(user: User, *, ago: int = 0) -> Client:
    """A browser in which the user gave their password so many seconds ago."""
    client = signed_in(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time() - ago, "email": user.email}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def file_of(export: DataExport) -> str:
    return reverse("portal_data_export", args=[export.key])


def fetch(client: Client, address: str) -> Any:
    answer: Any = client.get(address)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


# --- What we hold ----------------------------------------------------------------------------------------------------
def test_what_we_hold_is_shown_in_numbers(client, account):
    PolicyFactory.create_batch(2, holder=account.customer)
    page = client.get(reverse(ROOM))
    held = {str(each.heading): each.count for each in page.context["held"]}
    assert held[str(CONTRACTS)] == 2
    assert str(CONTRACTS) in page.content.decode()


def test_the_page_asks_as_much_of_the_database_however_much_there_is(client, account):
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse(ROOM))
        return len(seen)

    PolicyFactory(holder=account.customer)
    export = DataExportFactory(customer=account.customer, ready=True)
    DataExportOpeningFactory(export=export)
    first = cost()
    PolicyFactory.create_batch(3, holder=account.customer)
    DataExportOpeningFactory.create_batch(3, export=export)
    assert cost() == first


def test_the_profile_and_the_menu_lead_here(client):
    assert client.get(reverse("portal_profile")).content.decode().count(reverse(ROOM)) >= 2


# --- Asking ----------------------------------------------------------------------------------------------------------
def test_a_copy_is_asked_for_once_however_often_the_button_is_pressed(client, account):
    for _twice in range(2):
        answer = client.post(reverse("portal_data_export_ask"), follow=True)
    export = DataExport.objects.get()
    assert (export.customer, export.asked_by, export.channel) == (account.customer, account.user, "portal")
    assert answer.context["under_way"] == export
    assert reverse("portal_data_export_ask") not in answer.content.decode()


def test_why_a_copy_is_late_is_said(client, account):
    DataExportFactory(customer=account.customer, problem="Al momento non c'è spazio per la copia.")
    assert "non c&#x27;è spazio" in client.get(reverse(ROOM)).content.decode()


def test_beyond_the_limit_of_a_day_the_reason_is_shown(client, account, settings):
    settings.DATA_EXPORTS_PER_DAY = 0
    answer = client.post(reverse("portal_data_export_ask"), follow=True)
    assert "in 24 ore" in answer.content.decode()
    assert not DataExport.objects.exists()


# --- Opening ---------------------------------------------------------------------------------------------------------
def test_the_person_saves_the_copy_and_each_time_is_written_down(client, account, ready):
    for _twice in range(2):
        answer = fetch(client, file_of(ready))
    assert answer.body == ZIP
    assert answer["Content-Disposition"].startswith('attachment; filename="i-miei-dati-')
    assert "no-store" in answer["Cache-Control"]
    assert [(each.user, each.door) for each in DataExportOpening.objects.all()] == [(account.user, "portal")] * 2
    assert len(client.get(reverse(ROOM)).context["openings"]) == 2


def test_to_look_at_the_heads_opens_nothing(client, ready):
    assert client.head(file_of(ready)).status_code == 200
    assert not DataExportOpening.objects.exists()


def test_somebody_who_signed_in_a_while_ago_gives_the_password_again(account, ready):
    answer = just_signed_in(account.user, ago=3_600).get(file_of(ready))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not DataExportOpening.objects.exists()


@pytest.mark.parametrize("ago", [0, 3_600])
def test_somebody_elses_copy_is_not_found(ready, ago):
    other = just_signed_in(ReservedAreaAccountFactory().user, ago=ago)
    assert other.get(file_of(ready)).status_code == 404
    assert other.post(reverse("portal_data_export_end", args=[ready.key])).status_code == 404
    assert other.get(reverse("portal_data_export", args=[uuid4()])).status_code == 404
    ready.refresh_from_db()
    assert ready.state == DataExport.State.READY


@pytest.mark.parametrize("kind", [{"member": True, "rights": ["ask"]}, {"by_document": True}])
def test_who_only_acts_for_the_customer_sees_the_room_and_takes_nothing(kind):
    account = ReservedAreaAccountFactory(**kind)
    client = just_signed_in(account.user)
    ready = DataExportFactory(customer=account.customer, ready=True)
    page = client.get(reverse(ROOM)).content.decode()
    assert reverse("portal_data_export_ask") not in page
    assert reverse("portal_erasure") not in page
    assert client.get(file_of(ready)).status_code == 403
    assert client.post(reverse("portal_data_export_ask")).status_code == 403
    assert client.get(reverse("portal_erasure")).status_code == 403


def test_what_our_people_hand_over_is_not_opened_here(client, account):
    handed = DataExportFactory(
        customer=account.customer, ready=True, channel="office", reason="Lettera", handing="file"
    )
    assert client.get(file_of(handed)).status_code == 404


def test_after_its_end_the_page_says_so(client, ready):
    DataExport.objects.filter(pk=ready.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.get(file_of(ready))
    assert answer.status_code == 410
    assert "è stata cancellata" in answer.content.decode()
    assert answer.context["ready"] is None


def test_before_it_is_ready_the_page_says_so(client, account):
    answer = client.get(file_of(DataExportFactory(customer=account.customer)))
    assert answer.status_code == 409


def test_a_lost_archive_is_no_error_of_the_program(client, account):
    lost = DataExportFactory(customer=account.customer, ready=True)
    assert client.get(file_of(lost)).status_code == 410
    assert not DataExportOpening.objects.exists()


def test_the_person_deletes_the_copy(client, ready, django_capture_on_commit_callbacks):
    stored = ready.file.path
    with django_capture_on_commit_callbacks(execute=True):
        for _twice in range(2):
            client.post(reverse("portal_data_export_end", args=[ready.key]))
    ready.refresh_from_db()
    assert ready.state == DataExport.State.ENDED
    assert not Path(stored).exists()


# --- Erasure ---------------------------------------------------------------------------------------------------------
def test_what_would_go_and_stay_is_shown_before_anything_is_asked(client, account):
    PolicyFactory(holder=account.customer)
    page = client.get(reverse("portal_erasure"))
    explanation = page.context["explanation"]
    assert {each.heading for each in explanation.stays} >= {str(CONTRACTS)}
    assert all(str(each.why) for each in explanation.stays)
    assert not ErasureRequest.objects.exists()


def test_erasure_is_asked_for_once_and_confirmed_in_writing(client, account):
    for _twice in range(2):
        answer = client.post(reverse("portal_erasure"), {"read": "on"}, follow=True)
    request = ErasureRequest.objects.get()
    assert (request.customer, request.asked_by) == (account.customer, account.user)
    assert answer.context["erasure"] == request
    assert Notice.objects.filter(kind="erasure-asked", customer=account.customer).exists()


def test_a_consent_in_force_is_said_to_end_when_the_request_is_granted(client, account):
    ConsentFactory(customer=account.customer)
    page = client.get(reverse("portal_erasure")).content.decode()
    assert "Sono ritirati nel momento in cui la Sua richiesta è accolta" in page
    assert "il consenso è in vigore" not in page


def test_whoever_acts_for_a_firm_reads_that_their_own_sign_in_stays():
    account = ReservedAreaAccountFactory(member=True, rights=["ask", "people"])
    page = just_signed_in(account.user).get(reverse("portal_erasure")).content.decode()
    assert "Chi agisce per questo cliente conserva il proprio accesso" in page
    assert "Quando si cancella il Suo accesso" not in page


def test_why_the_answer_takes_longer_is_shown_with_the_new_day(client, account):
    request = ErasureRequestFactory(customer=account.customer, due_on=timezone.localdate())
    lengthen_erasure(request, reason="Tre archivi da esaminare.", by=UserFactory())
    request.refresh_from_db()
    page = client.get(reverse(ROOM)).content.decode()
    assert [words in page for words in ("Tre archivi da esaminare.", written_day(request.due_on))] == [True, True]


def test_without_the_tick_nothing_is_asked(client):
    answer = client.post(reverse("portal_erasure"))
    assert "non si può recuperare" in answer.content.decode()
    assert not ErasureRequest.objects.exists()


def test_erasure_asks_for_the_password_of_somebody_who_signed_in_a_while_ago(account):
    client = just_signed_in(account.user, ago=3_600)
    for answer in (client.get(reverse("portal_erasure")), client.post(reverse("portal_erasure"), {"read": "on"})):
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not ErasureRequest.objects.exists()


def test_what_is_not_decided_is_taken_back(client, account):
    request = ErasureRequestFactory(customer=account.customer)
    address = reverse("portal_erasure_withdraw", args=[request.pk])
    assert address in client.get(reverse(ROOM)).content.decode()
    for _twice in range(2):
        client.post(address)
    request.refresh_from_db()
    assert request.state == ErasureRequest.State.WITHDRAWN


def test_what_is_decided_is_not_taken_back(client, account):
    now = timezone.now()
    request = ErasureRequestFactory(
        customer=account.customer, state="refused", reason="Un sinistro è aperto.", decided_at=now, ended_at=now
    )
    answer = client.post(reverse("portal_erasure_withdraw", args=[request.pk]), follow=True)
    request.refresh_from_db()
    assert request.state == ErasureRequest.State.REFUSED
    assert "Un sinistro è aperto." in answer.content.decode()
    assert reverse("portal_erasure") in answer.content.decode()


def test_somebody_elses_request_is_not_found(client):
    request = ErasureRequestFactory(customer=CustomerFactory())
    assert client.post(reverse("portal_erasure_withdraw", args=[request.pk])).status_code == 404
