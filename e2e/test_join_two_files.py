"""A specialist compares two files of one person, joins them, finds the one that remains, and parts them again."""

import re

import pytest
from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask

# `result`: two files with a name that nobody else has, found by the comparison of the night.
MADE = """
import uuid
from datetime import date, timedelta
from customers.joining.nightly import find_duplicates
from customers.models import Agency, Customer, DuplicatePair, Policy
from django.utils import timezone
mark = uuid.uuid4().hex[:6]
letters = mark.translate(str.maketrans("0123456789", "ghijklmnop"))
named = dict(last_name="Unitelli" + letters, first_name="Orsola", birth_date=date(1971, 3, 4), agency=Agency.objects.earliest("pk"))
first = Customer.objects.create(code="A" + mark.upper(), city="Torino", **named)
second = Customer.objects.create(code="B" + mark.upper(), city="Asti", **named)
today = timezone.localdate()
policy = Policy.objects.create(
    number="U" + mark.upper() + "9", holder=second, agency=second.agency, ramo="10", product="Auto", starts_on=today,
    ends_on=today + timedelta(days=365),
)
find_duplicates(today)
pair = DuplicatePair.objects.get(first=first, second=second)
result = {
    "pair": f"/backoffice/customers/duplicatepair/{pair.pk}/change/", "name": "Unitelli" + letters, "codes": [first.code, second.code],
    "first": f"/backoffice/customers/customer/{first.pk}/change/", "second": f"/backoffice/customers/customer/{second.pk}/change/",
    "policy": policy.number,
}
"""


@pytest.fixture
def made(site):
    return ask(site, MADE)


def test_a_specialist_joins_two_files_of_one_person_and_parts_them_again(visitor, look, made):
    page = visitor()
    sign_in(page, roles.SPECIALIST, to="/backoffice/customers/duplicatepair/")
    expect(page.locator("#result_list")).to_contain_text(made["name"])
    look(page, "join-list")

    page.goto(made["pair"])
    page.locator('.vc-commands a[href$="/unire/"]').click()
    expect(page.locator(".vc-compared")).to_contain_text(made["codes"][0])
    expect(page.locator(".vc-compared")).to_contain_text(made["codes"][1])
    look(page, "join-compared")
    page.locator("[name=reason]").fill("Stessa persona: lo ha confermato al telefono.")
    page.locator(".vc-command-form button[type=submit]").click()

    expect(page).to_have_url(re.compile(re.escape(made["first"])))
    expect(page.locator("main, #content").first).to_contain_text(made["policy"])
    expect(page.locator(".vc-here").first).to_contain_text(made["codes"][1])
    look(page, "join-file")
    page.locator('a[href$="/storia/"]').click()
    look(page, "timeline")

    page.goto(f"/backoffice/customers/customer/?q={made['name']}")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)

    page.goto(made["second"])
    expect(page.locator(".vc-refusal")).to_contain_text(made["codes"][0])
    page.goto(made["first"])
    page.locator('.vc-here a[href*="/customerjoin/"]').click()
    page.locator('.vc-commands a[href$="/separare/"]').click()
    page.locator("[name=reason]").fill("Sono madre e figlia.")
    page.locator(".vc-command-form button[type=submit]").click()
    page.goto(f"/backoffice/customers/customer/?q={made['name']}")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
