"""A quality sample: a contact is drawn, a manager scores it, the agent reads the score and answers it; and the first pages of those who supervise."""

import pytest
from playwright.sync_api import expect

from customers import roles
from e2e.people import sign_in
from e2e.records import ask

# `result`: a contact of the agent of the demonstration that was drawn and waits for its score.
DRAWN = """
from contact_center.models import Contact, QualityReview, QualitySample
from customers.models import User
agent = User.objects.get(email=mailbox).agent
contact = Contact.objects.filter(agent=agent, state="closed", reviews__isnull=True).latest("closed_at")
sample = QualitySample.objects.latest("week")
review = QualityReview.objects.create(sample=sample, contact=contact, agent=agent)
result = {"pk": review.pk, "number": contact.number}
"""


@pytest.fixture
def drawn(site):
    return ask(site, DRAWN, mailbox="agente@vittoria-care.example")


def test_a_contact_is_scored_read_and_answered(visitor, look, drawn):
    page = visitor()
    sign_in(page, roles.MANAGER, to="/backoffice/qualita/campioni/")
    expect(page.get_by_role("heading", name="Campioni di qualità").first).to_be_visible()
    look(page, "quality-samples")
    page.goto(f"/backoffice/qualita/{drawn['pk']}/")
    look(page, "quality-to-score")
    for group in page.get_by_role("group").all():
        group.get_by_role("radio").first.check()
    page.get_by_label("Commento complessivo").fill("Molto bene, con una risposta chiara.")
    page.get_by_role("button", name="Registrare la valutazione").click()
    expect(page.get_by_text("è stato valutato").first).to_be_visible()
    look(page, "quality-scored")
    page.goto("/backoffice/qualita/medie/")
    expect(page.get_by_text("t di Student")).to_be_visible()
    look(page, "quality-averages")

    page = visitor()
    sign_in(page, roles.AGENT, to="/backoffice/qualita/")
    page.get_by_role("link", name=drawn["number"]).click()
    expect(page.get_by_text("Molto bene, con una risposta chiara.")).to_be_visible()
    page.get_by_label("La Sua risposta").fill("Grazie, ne sono lieta.")
    page.get_by_role("button", name="Rispondere alla valutazione").click()
    expect(page.get_by_text("Grazie, ne sono lieta.")).to_be_visible()
    look(page, "quality-answered")

    page = visitor("dark")
    sign_in(page, roles.MANAGER, to=f"/backoffice/qualita/{drawn['pk']}/")
    expect(page.get_by_text("Grazie, ne sono lieta.")).to_be_visible()
    look(page, "quality-answered-dark")


@pytest.mark.parametrize("role", [roles.SPECIALIST, roles.AGENCY_MEMBER, roles.ADMINISTRATOR])
def test_the_first_page_of_a_role_says_what_waits(visitor, look, role):
    page = visitor()
    sign_in(page, role, to="/backoffice/")
    expect(page.locator(".vc-short-lists")).to_be_visible()
    look(page, f"first-page-{role}")
    page = visitor("dark")
    sign_in(page, role, to="/backoffice/")
    look(page, f"first-page-{role}-dark")


def test_who_leads_a_team_sees_its_work_and_gives_it_out(visitor, look):
    page = visitor()
    sign_in(page, roles.SPECIALIST, to="/backoffice/supervisione/")
    expect(page.get_by_role("heading", name="Code dei gruppi")).to_be_visible()
    look(page, "supervision")
    page.get_by_role("link", name="Riassegnare i contatti").first.click()
    expect(page.get_by_text("verrebb")).to_be_visible()
    look(page, "supervision-give-out")
