"""Ringing people about a promotion, on the pages of the back office."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.models import AccessLog, Consent
from customers.tests.factories import AgencyMemberFactory, CustomerFactory, UserFactory
from customers.tests.sign_in import signed_in
from promotions.models import CalledPerson, CallList, OppositionCheck, Promotion
from promotions.tests.factories import CalledPersonFactory, PromotionFactory, consent

pytestmark = pytest.mark.django_db


def page(model, name, *arguments):
    return reverse(f"admin:promotions_{model}_{name}", args=arguments)


@pytest.fixture
def member():
    return AgencyMemberFactory()


@pytest.fixture
def promotion(member):
    now = timezone.now()
    return PromotionFactory(
        sending=True,
        agency=member.agency,
        writer=member.user,
        send_from=now - timedelta(days=1),
        not_after=now + timedelta(days=20),
        begun_at=now - timedelta(days=1),
    )


@pytest.fixture
def client(member):
    return signed_in(member.user)


def reachable(promotion, number):
    customer = CustomerFactory(agency=promotion.agency)
    customer.contact_points.create(kind="phone", value=f"+39333111000{number}")
    consent(customer, channel="phone", recorded_at=timezone.now() - timedelta(days=99))
    return customer


def give(client, row, name, **data):
    model = row._meta.model_name
    version = {"seen_version": Promotion.objects.get(pk=row.pk).version} if model == "promotion" else {}
    return client.post(page(model, "command", row.pk, name), data | version)


def answer(client, check, text, day=None):
    file = SimpleUploadedFile("risposta.csv", text.encode(), "text/csv")
    return give(client, check, "esito", answer=file, checked_on=day or timezone.localdate())


def test_from_the_promotion_to_the_call_on_the_pages(client, member, promotion):
    customer, opposed = reachable(promotion, 1), reachable(promotion, 2)
    given = give(client, promotion, "numeri-da-controllare")
    check = OppositionCheck.objects.get()
    assert given.url == page("oppositioncheck", "change", check.pk)
    numbers = give(client, check, "scarica")
    assert numbers.headers["Content-Type"].startswith("text/csv")
    assert numbers.content == b"numero\r\n3331110001\r\n3331110002\r\n"

    assert "answer" in answer(client, check, "numero;stato\n").context["form"].errors
    assert (
        "checked_on"
        in answer(client, check, "numero;esito\n", timezone.localdate() + timedelta(days=1)).context["form"].errors
    )
    partly = answer(client, check, "numero;esito\n3331110001;non iscritto\n3331110002;iscritto\n3331110007;iscritto\n")
    text = partly.content.decode()
    assert partly.status_code == 200
    assert "3331110007" in text
    assert '<th scope="row">3</th>' in text, "the number of the row"
    again = answer(client, check, "numero;esito\n3331110001;non iscritto\n3331110002;iscritto\n3331110007;iscritto\n")
    assert again.url == page("oppositioncheck", "change", check.pk)

    shown = client.get(page("promotion", "change", promotion.pk)).content.decode()
    assert page("oppositioncheck", "change", check.pk) in shown
    given = give(client, promotion, "elenco-telefonate")
    call_list = CallList.objects.get()
    assert given.url == page("calllist", "change", call_list.pk)
    handed = give(client, call_list, "scarica")
    listed = handed.content.decode("utf-8-sig")
    assert customer.letter_name in listed
    assert "333 111 0002" not in listed
    assert AccessLog.objects.filter(user=member.user, what=call_list.log_name).count() == 1
    assert str(member.user) in client.get(page("calllist", "change", call_list.pk)).content.decode()

    person = CalledPerson.objects.get()
    assert person.customer == customer != opposed
    assert client.get(page("calledperson", "change", person.pk)).status_code == 200
    assert "again_on" in give(client, person, "telefonata", result="call_again").context["form"].errors
    assert give(client, person, "telefonata", result="not_interested").url == given.url
    assert Consent.objects.filter(customer=customer).latest_first().first().event == "withdrawn"


def test_another_agency_finds_neither_check_nor_list(promotion):
    person = CalledPersonFactory(call_list__promotion=promotion)
    other = signed_in(AgencyMemberFactory().user)
    for row in (person.call_list, person.checked.opposition_check):
        assert other.get(page(row._meta.model_name, "change", row.pk)).status_code in (302, 404)
        assert give(other, row, "scarica").status_code == 404


@pytest.mark.parametrize("role", [roles.MANAGER, roles.CAMPAIGN_AUTHOR, roles.AUDITOR, roles.AGENT])
def test_only_the_agencys_members_ring(promotion, role):
    person = CalledPersonFactory(call_list__promotion=promotion)
    reader = signed_in(UserFactory(role=role))
    assert give(reader, person.call_list, "scarica").status_code in (403, 404)
    assert give(reader, person, "telefonata", result="reached").status_code in (403, 404)
    assert not AccessLog.objects.filter(what=person.call_list.log_name).exists()


def test_the_pages_ask_as_often_for_many_people_as_for_one(client, promotion):
    person = CalledPersonFactory(call_list__promotion=promotion, customer__agency=promotion.agency)
    addresses = [
        page("calllist", "change", person.call_list_id),
        page("calllist", "changelist"),
        page("calledperson", "changelist"),
    ]
    for address in addresses:
        client.get(address)
    with CaptureQueriesContext(connection) as one:
        for address in addresses:
            assert client.get(address).status_code == 200
    for _number in range(2):
        CalledPersonFactory(call_list=person.call_list, customer__agency=promotion.agency)
    with CaptureQueriesContext(connection) as three:
        for address in addresses:
            client.get(address)
    assert len(three) == len(one)
