"""Colleagues sign in with password and code; customers with their password."""

import re

import pytest
from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in


@pytest.mark.parametrize(
    ("person", "lands_on"), [(roles.AGENT, "/backoffice/"), (roles.MANAGER, "/dashboard/"), (1, "/area-riservata/")]
)
def test_everybody_lands_on_the_page_of_their_work(visitor, look, person, lands_on):
    page = visitor()
    sign_in(page, person, again=True)
    expect(page).to_have_url(re.compile(rf"{lands_on}$"))
    look(page, f"signed-in-{lands_on.strip('/')}")
