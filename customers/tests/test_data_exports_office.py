"""The back office: the data protection officer has a copy made for a person who wrote to us, and hands it over."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from customers import roles
from customers.data_exports import tiles
from customers.models import AccessLog, DataExport, DataExportOpening
from customers.tests.factories import CustomerFactory, DataExportFactory, ReservedAreaAccountFactory, UserFactory
from customers.tests.sign_in import signed_in, signed_in_as

pytestmark = pytest.mark.django_db

ZIP = b"PK\x03\x04prova"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def customer():
    return CustomerFactory()


@pytest.fixture
def officer():
    return UserFactory(role=roles.DATA_OFFICER)


@pytest.fixture
def client(officer):
    return signed_in(officer)


def button(customer):
    return reverse("admin:customers_customer_command", args=[customer.pk, "copia-dei-dati"])


def handed_over(customer, **more):
    facts = {"channel": "office", "reason": "Lettera", "handing": "file", "ready": True, "size": len(ZIP)}
    return DataExportFactory(customer=customer, file=ContentFile(ZIP, name="x"), **{**facts, **more})


def test_a_copy_is_asked_for_with_its_reason(client, officer, customer):
    client.post(button(customer), {"reason": "Lettera del 12 giugno, carta d'identità allegata", "handing": "file"})
    export = DataExport.objects.get()
    assert (export.customer, export.asked_by, export.channel, export.handing) == (customer, officer, "office", "file")
    assert export.reason.startswith("Lettera del 12 giugno")


def test_without_a_reason_nothing_is_asked(client, customer):
    assert "reason" in client.post(button(customer), {"reason": " ", "handing": "file"}).context["form"].errors
    assert not DataExport.objects.exists()


def test_only_who_can_open_it_is_sent_a_link(client, customer):
    assert "handing" in client.post(button(customer), {"reason": "Lettera", "handing": "link"}).context["form"].errors
    ReservedAreaAccountFactory(customer=customer)
    client.post(button(customer), {"reason": "Lettera", "handing": "link"})
    assert DataExport.objects.get().handing == DataExport.Handing.LINK


@pytest.mark.parametrize("role", [roles.AGENT, roles.MANAGER, roles.AUDITOR, roles.ADMINISTRATOR])
def test_nobody_else_has_one_made_or_opens_one(customer, role):
    client = signed_in_as(role)
    assert client.post(button(customer), {"reason": "Lettera", "handing": "file"}).status_code == 403
    address = reverse("admin:customers_dataexport_file", args=[handed_over(customer).pk])
    assert client.get(address).status_code == 403
    assert not DataExportOpening.objects.exists()


def test_a_file_that_is_handed_over_is_opened_under_the_officers_name(client, officer, customer):
    export = handed_over(customer)
    address = reverse("admin:customers_dataexport_file", args=[export.pk])
    assert address in client.get(reverse("admin:customers_dataexport_change", args=[export.pk])).content.decode()
    assert b"".join(client.get(address).streaming_content) == ZIP
    opening = DataExportOpening.objects.get()
    assert (opening.user, opening.door) == (officer, "office")
    assert AccessLog.objects.filter(user=officer, customer=customer).exists()


def test_what_the_person_opens_is_not_opened_by_us(client, customer):
    export = handed_over(customer, handing="link")
    assert client.get(reverse("admin:customers_dataexport_file", args=[export.pk])).status_code == 404
    page = client.get(reverse("admin:customers_dataexport_change", args=[export.pk])).content.decode()
    assert "lo apre solo la persona" in page


def test_after_its_end_the_officer_reads_so(client, customer):
    export = DataExportFactory(
        customer=customer,
        channel="office",
        reason="Lettera",
        handing="file",
        state="ended",
        ended_at="2026-06-10 09:00Z",
    )
    answer = client.get(reverse("admin:customers_dataexport_file", args=[export.pk]), follow=True)
    assert "è stata cancellata" in answer.content.decode()


def test_a_copy_that_is_late_is_on_the_first_page_of_who_makes_them(officer, customer):
    assert tiles.tiles(officer) == []
    DataExportFactory(customer=customer, asked_at="2026-06-10 09:00Z", problem="Non c'è spazio.")
    assert [tile.value for tile in tiles.tiles(officer)] == ["1"]
    assert tiles.tiles(UserFactory(role=roles.AGENT)) == []
