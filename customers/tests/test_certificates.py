"""The risk certificate is in the reserved area thirty days before the expiry: which policies lack it, and who learns of it."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from customers import roles
from customers.documents.queries import without_certificate
from customers.documents.rules import certificate_serves
from customers.models import Document, Policy
from customers.tests.factories import AgencyMemberFactory, DocumentFactory, PolicyFactory, UserFactory
from customers.tests.sign_in import signed_in
from customers.tiles import tiles

TODAY, ENDS = date(2026, 6, 10), date(2026, 7, 10)


@pytest.mark.parametrize(
    ("dated_on", "valid_to", "serves"),
    [
        (date(2026, 6, 1), None, True),
        (date(2025, 7, 11), None, True),
        (date(2025, 7, 10), None, False),  # of the year before
        (date(2026, 6, 1), date(2026, 7, 10), True),
        (date(2026, 6, 1), date(2026, 7, 9), False),
        (date(2025, 6, 1), date(2030, 6, 1), False),  # usable for years, but not the one that is owed now
    ],
)
def test_a_certificate_serves_the_year_that_ends(dated_on, valid_to, serves):
    assert certificate_serves(ends_on=ENDS, dated_on=dated_on, valid_to=valid_to) is serves


def lacking() -> list[Policy]:
    return list(without_certificate(Policy.objects.all(), today=TODAY))


@pytest.mark.django_db
def test_a_motor_policy_lacks_it_from_thirty_days_before_the_expiry():
    due = [PolicyFactory(ends_on=day) for day in (TODAY, ENDS)]
    PolicyFactory(ends_on=date(2026, 7, 11))
    PolicyFactory(ends_on=date(2026, 6, 9))
    PolicyFactory(ends_on=ENDS, ramo="8", plate="")
    PolicyFactory(ends_on=ENDS, state="cancelled")
    assert set(lacking()) == set(due)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"dated_on": date(2025, 6, 1)}, False),
        ({"valid_to": date(2026, 7, 1)}, False),
        ({"kind": Document.Kind.POLICY}, False),
        ({"replaced_at": "2026-06-05 09:00Z"}, False),
    ],
)
def test_which_documents_count(fields, counts):
    policy = PolicyFactory(ends_on=ENDS)
    facts = {"kind": Document.Kind.CERTIFICATE, "dated_on": date(2026, 6, 1), **fields}
    document = DocumentFactory(policy=policy, **facts)
    assert (lacking() == []) is counts
    rule = certificate_serves(ends_on=ENDS, dated_on=document.dated_on, valid_to=document.valid_to)
    assert counts is (rule and document.kind == "certificate" and not document.replaced_at)


@pytest.mark.django_db
@time_machine.travel("2026-06-10 09:00Z", tick=False)
def test_the_first_page_leads_to_the_policies_that_lack_it():
    user, policy = UserFactory(role=roles.MANAGER), PolicyFactory(ends_on=ENDS)
    served = PolicyFactory(ends_on=ENDS)
    DocumentFactory(policy=served, kind=Document.Kind.CERTIFICATE, dated_on=date(2026, 6, 1))
    [tile] = tiles(user)
    assert (tile.value, tile.tone) == ("1", "bad")
    page = signed_in(user).get(tile.url).content.decode()
    assert policy.number in page
    assert served.number not in page


@pytest.mark.django_db
@time_machine.travel("2026-06-10 09:00Z", tick=False)
def test_nothing_is_shown_where_nothing_lacks():
    assert tiles(UserFactory(role=roles.MANAGER)) == []


@pytest.mark.django_db
@time_machine.travel("2026-06-10 09:00Z", tick=False)
def test_an_agency_sees_its_own_that_lack_it():
    member = AgencyMemberFactory()
    PolicyFactory(ends_on=ENDS)
    assert "certificate" not in "".join(str(each.url) for each in tiles(member.user))
    PolicyFactory(ends_on=ENDS, holder__agency=member.agency)
    assert tiles(member.user)[-1].value == "1"


@pytest.mark.django_db
def test_the_page_of_a_policy_shows_its_papers_its_value_and_its_people_to_colleagues():
    document = DocumentFactory()
    page = signed_in(UserFactory(role=roles.AGENT)).get(
        reverse("admin:customers_policy_change", args=[document.policy_id])
    )
    assert document.title in page.content.decode()
    assert reverse("admin:customers_document_file", args=[document.pk]) in page.content.decode()
