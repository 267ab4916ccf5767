"""A customer comes in with their digital identity: from the sign-in page to the provider and back, in two clicks."""

import re

from playwright.sync_api import expect

from e2e.mail import open_mail
from e2e.people import SIGN_IN, mailbox_of
from e2e.records import ask

TAX_CODE = """
from customers.models import ReservedAreaAccount
result = ReservedAreaAccount.objects.get(user__email=mailbox, capacity="self").customer.tax_code
"""
FISCAL_NUMBER = "https://attributes.eid.gov.it/fiscal_number"


def test_a_customer_signs_in_with_their_digital_identity(visitor, look, site, identity_provider):
    mailbox = mailbox_of(1)
    code = ask(site, TAX_CODE, mailbox=mailbox)
    identity_provider.claims |= {"acr": "L2", FISCAL_NUMBER: f"TINIT-{code}"}
    page = visitor()
    page.goto(SIGN_IN)
    look(page, "sign-in-with-identity")
    page.get_by_role("link", name="Accedere con Identità di prova").click()
    page.locator("#agree").click()
    expect(page).to_have_url(re.compile("/area-riservata/$"))
    page.goto("/area-riservata/accesso/")
    expect(page.get_by_text("Identità di prova")).to_be_visible()
    open_mail(page, mailbox, "Un nuovo modo di accedere")


def test_a_provider_that_refuses_leads_back_with_a_reason(visitor, look, identity_provider):
    identity_provider.claims |= {"acr": "L1", FISCAL_NUMBER: "TINIT-RSSMRA20A41H001X"}
    page = visitor()
    page.goto(SIGN_IN)
    page.get_by_role("link", name="Accedere con Identità di prova").click()
    page.locator("#agree").click()
    expect(page.get_by_role("heading", name="Non ha effettuato l’accesso")).to_be_visible()
    look(page, "identity-refused")
