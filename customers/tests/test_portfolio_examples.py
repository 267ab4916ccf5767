"""The examples of docs/formats/portfolio.md, loaded as they stand."""

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
from customers.imports.renewal_offers import RenewalOfferLoader
from customers.models import Agency, Claim, Customer, Instalment, Policy, RenewalOffer

PAGE = settings.BASE_DIR / "docs" / "formats" / "portfolio.md"
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
