"""The examples of docs/formats/portfolio.md and life.md, loaded as they stand."""

import re
from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command

from customers.imports.agencies import AgencyLoader
from customers.imports.claims import ClaimLoader
from customers.imports.customers import CustomerLoader
from customers.imports.policies import PolicyLoader
from customers.imports.policy_people import PolicyPersonLoader
from customers.imports.policy_values import PolicyValueLoader
from customers.imports.renewal_offers import RenewalOfferLoader
from customers.models import Agency, Claim, Customer, Instalment, Policy, PolicyPerson, PolicyValue, RenewalOffer
from customers.tests.factories import LifePolicyFactory

PAGE = settings.BASE_DIR / "docs" / "formats" / "portfolio.md"
LIFE = settings.BASE_DIR / "docs" / "formats" / "life.md"
EXAMPLE = re.compile(r"^```csv\n(.*?)^```", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@pytest.mark.django_db
def test_every_example_of_the_page_loads_without_refusals(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    for example in EXAMPLE.finditer(page):
        subject = HEADING.findall(page[: example.start()])[-1].lower().replace(" ", "_")
        source, out = tmp_path / "example.csv", StringIO()
        source.write_text(example[1], encoding="utf-8")
        with time_machine.travel("2026-08-01 09:00Z", tick=False):
            call_command(f"import_{subject}", str(source), stdout=out)
        assert "unchanged=0 duplicates=0 rejected=0" in out.getvalue()
    counted = (Agency, Customer, Policy, Instalment, Claim, RenewalOffer)
    assert [model.objects.count() for model in counted] == [1, 2, 2, 3, 1, 1]
    assert Customer.objects.get(code="C000001").province == "TO"
    assert not Instalment.objects.filter(policy__number="P2026000001", paid_on=None).exists()


def test_the_page_names_every_column():
    page = PAGE.read_text(encoding="utf-8")
    for loader in (AgencyLoader, CustomerLoader, PolicyLoader, ClaimLoader, RenewalOfferLoader):
        for field in loader.fields:
            assert f"`{field.column}`" in page


@pytest.mark.django_db
def test_the_examples_about_life_policies_load_without_refusals(tmp_path):
    LifePolicyFactory(number="V2020000001")
    values, people = (match[1] for match in EXAMPLE.finditer(LIFE.read_text(encoding="utf-8")))
    for command, example in (("import_policy_values", values), ("import_policy_people", people)):
        source, out = tmp_path / "example.csv", StringIO()
        source.write_text(example, encoding="utf-8")
        with time_machine.travel("2026-08-01 09:00Z", tick=False):
            call_command(command, str(source), stdout=out)
        assert "unchanged=0 duplicates=0 rejected=0" in out.getvalue()
    assert (PolicyValue.objects.count(), PolicyPerson.objects.count()) == (2, 1)


@pytest.mark.parametrize("loader", [PolicyValueLoader, PolicyPersonLoader])
def test_the_page_about_life_policies_names_every_column(loader):
    page = LIFE.read_text(encoding="utf-8")
    assert [field.column for field in loader.fields if f"`{field.column}`" not in page] == []
