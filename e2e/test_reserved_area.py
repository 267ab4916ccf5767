"""The reserved area: how a customer gets in, and the rooms they find there."""

import re
import uuid

from playwright.sync_api import Page, expect

from customers import roles
from e2e.forms import send
from e2e.mail import follow_link, open_mail
from e2e.people import mailbox_of, sign_in
from e2e.records import WRITTEN_CONTACT, ask
from vittoria_care.demonstration.data.sign_ins import PASSWORD

HOME, ENROLMENT = "/area-riservata/", "/area-riservata/iscrizione/"
TOO_SHORT = "girasole"

# `result`: what a person who is not enrolled would write into the form.
NOT_ENROLLED = """
from customers.models import ContactPoint, User
from notifications.models import SuppressedAddress
points = ContactPoint.objects.filter(
    kind="email", customer__kind="person", customer__reserved_area_accounts=None, customer__policies__state="active",
).exclude(customer__tax_code="").exclude(value__in=User.objects.values("email")).exclude(
    value__in=SuppressedAddress.objects.in_force().values("address")
).select_related("customer")
point = points.order_by("pk").first()
policy = point.customer.policies.filter(state="active").first()
result = {"tax_code": point.customer.tax_code, "policy_number": policy.number, "email": point.value}
"""
# `result`: a request of the customer that an agent has answered, and the addresses of what is somebody else's.
ANSWERED_REQUEST = (
    WRITTEN_CONTACT
    + """
from contact_center.models import SatisfactionSurvey, Topic, WrapUpCode
from contact_center.contacts.commands import reply, take, wrap_up
from customers.models import Claim, Policy, User
from complaints.models import Complaint
from notifications.models import Notice
agent = User.objects.get(email=agent)
# The question whether it was resolved comes once in some days: those of earlier journeys were long ago.
SatisfactionSurvey.objects.filter(contact__customer=customer).update(asked_at=timezone.now() - timedelta(days=400))
take(contact, by=agent)
reply(contact, text="Il rimborso parte oggi: ci scusiamo per l'attesa.", by=agent)
wrap_up(contact, code=WrapUpCode.objects.get(key="1"), by=agent, topic=Topic.objects.first())
others = {"polizze": Policy.objects.exclude(holder=customer).exclude(adherents__customer=customer),
          "sinistri": Claim.objects.exclude(customer=customer).exclude(policy__holder=customer),
          "richieste": contact.__class__.objects.exclude(customer=customer).exclude(customer=None),
          "reclami": Complaint.objects.exclude(customer=customer).exclude(customer=None),
          "avvisi": Notice.objects.filter(channel="inbox").exclude(customer=customer)}
result = {"pk": contact.pk, "number": contact.number,
        "others": [f"/area-riservata/{room}/{rows.latest('pk').pk}/" for room, rows in others.items()]}
"""
)


def room(page: Page, name: str) -> None:
    """Open a room by its name in the menu; on a phone most of them are behind “More”."""
    in_menu = page.locator(".rooms").get_by_role("link", name=re.compile(f"^{name}"))
    if not in_menu.is_visible():
        page.locator(".rooms .more a").click()
        in_menu = page.locator(".place-list").get_by_role("link", name=re.compile(f"^{name}"))
    in_menu.click()
    expect(page.locator("h1")).to_have_text(name)


# --- Getting in -----------------------------------------------------------------------------------------------------
def test_a_customer_enrols_and_a_stranger_reads_the_same_page(site, visitor, look):
    person = ask(site, NOT_ENROLLED)
    stranger = person | {"policy_number": "112.014.0000000000", "email": f"rosa.{uuid.uuid4().hex[:10]}@posta.example"}
    pages = []
    for applicant in (stranger, person):
        page = visitor()
        page.goto(ENROLMENT)
        for name, value in applicant.items():
            page.locator(f"[name={name}]").fill(value)
        if applicant is person:
            look(page, "enrolment")
        send(page.locator("main form"))
        expect(page).to_have_url(re.compile("/iscrizione/inviata/$"))
        pages.append(page.locator("main").inner_text())
    assert pages[0] == pages[1]
    look(page, "enrolment-sent")

    open_mail(page, stranger["email"])
    expect(page.locator(".mail-text a[href*='/iscrizione/']")).to_have_count(0)
    look(page, "mail-enrolment-unknown")
    open_mail(page, person["email"])
    look(page, "mail-enrolment")
    link = page.locator(".mail-text a[href*='/iscrizione/']").first.get_attribute("href")
    follow_link(page, "/iscrizione/")
    choose_password(page, TOO_SHORT)
    expect(page.locator(".errorlist").first).to_be_visible()
    look(page, "enrolment-password")
    choose_password(page, PASSWORD)
    expect(page).to_have_url(re.compile(f"{HOME}$"))
    expect(page.locator(".notice-success")).to_be_visible()
    look(page, "enrolled")
    again = visitor()
    again.goto(link)
    expect(again).to_have_url(re.compile("/accesso/login/"))


def choose_password(page: Page, password: str) -> None:
    """Write the password twice, accept the terms, send."""
    for name in ("password1", "password2"):
        page.locator(f"[name={name}]").fill(password)
    page.locator("[name=terms]").check()
    page.locator("main form button[type=submit]").click()


# --- The rooms ------------------------------------------------------------------------------------------------------
def test_a_customer_finds_every_room_in_order(site, visitor, look):
    mine = ask(site, ANSWERED_REQUEST, mailbox=mailbox_of(1), agent=mailbox_of(roles.AGENT))
    page = visitor()
    sign_in(page, 1, to=HOME, again=True)

    # What is due with its amount, what moves, what is new
    due = page.locator(".due").filter(has_text="rata").first
    amount = due.locator(".due-amount strong").inner_text()
    assert re.fullmatch(r"[\d.]+,\d\d\s€", amount)
    expect(page.locator("#moves-title ~ *, .section-head:has(#moves-title) + .cards .card-row")).not_to_have_count(0)
    expect(page.locator(".card-row.is-unread")).not_to_have_count(0)
    look(page, "portal-home")

    # The policy that it is due for
    due.locator(".due-what a").click()
    expect(page.locator("[aria-labelledby=payments-title] .card-row").filter(has_text=amount).first).to_be_visible()
    look(page, "portal-policy")
    room(page, "Polizze")
    expect(page.locator(".card-row").filter(has_text=amount)).to_have_count(1)
    look(page, "portal-policies")
    room(page, "Sinistri")
    look(page, "portal-claims")
    page.locator(".card-row a:not([href*=denuncia])").first.click()  # a claim, not a report that was begun
    look(page, "portal-claim")

    # A request that was answered: it was not resolved, and more is written
    room(page, "Richieste")
    look(page, "portal-requests")
    page.locator(f"a[href$='/richieste/{mine['pk']}/']").click()
    look(page, "portal-request-answered")
    page.get_by_label("No").check()
    page.locator("[name=rating][value='2']").check()
    page.get_by_role("button", name="Inviare la risposta").click()
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator("#survey")).to_have_count(0)
    page.locator("[name=text]").fill("Il rimborso non è arrivato: potete verificare l'IBAN?")
    send(page.locator("form[action$='#write']"))
    expect(page.locator(".thread-message").last).to_contain_text("verificare l'IBAN")
    expect(page.locator(".thread-message")).to_have_count(3)
    look(page, "portal-request-reopened")

    # A notice is unread until it is opened
    room(page, "Avvisi")
    unread = page.locator(".card-row.is-unread")
    number = unread.count()
    look(page, "portal-notices")
    unread.first.get_by_role("link").click()
    expect(page.locator(".page-header .badge-state")).to_be_visible()
    look(page, "portal-notice")
    room(page, "Avvisi")
    expect(unread).to_have_count(number - 1)

    # A consent is withdrawn and given back by one press each; given, it waits for the link; the ledger keeps both
    room(page, "Consensi")
    look(page, "portal-consents")
    mail = page.locator("[aria-labelledby=consent-marketing] .choices li").first
    recorded = page.locator(".ledger li").count()
    for press, standing in (("Revocare", "No, "), ("Acconsento", "da confermare")):
        mail.get_by_role("button", name=press).click()
        expect(mail).to_contain_text(standing)
    expect(page.locator(".ledger li")).to_have_count(recorded + 2)
    look(page, "portal-consent-waits")

    # Their own data, the people who looked at them, the other language
    room(page, "Reclami")
    room(page, "Profilo")
    look(page, "portal-profile")
    page.locator("a[href$='/profilo/accessi/']").click()
    look(page, "portal-accesses")
    room(page, "Profilo")
    page.locator("[name=language][value=en].btn").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    room(page, "Policies")
    look(page, "portal-english")
    room(page, "Profile")
    page.locator("[name=language][value=it].btn").click()
    expect(page.locator("html")).to_have_attribute("lang", "it")

    # What is somebody else's does not exist
    for address in mine["others"]:
        assert page.goto(address).status == 404, address
    look(page, "portal-not-found")

    page.goto(HOME)
    page.locator("details.menu").last.click()
    page.locator("form[action*='logout'] button").click()
    page.goto(HOME)
    expect(page).to_have_url(re.compile("/accesso/login/"))
