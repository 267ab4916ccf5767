"""The search over everything (Ctrl+K): each kind of word, and names with one letter wrong, among all customers and calls."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from complaints.models import Complaint
from complaints.models.complaint import RegisterYear
from contact_center.models import Contact, KnownPerson
from customers import roles
from customers.models import Agency, AgencyMember, Claim, ContactPoint, Customer, Policy, User
from foundation.masking import page_for
from notifications.models import Notice
from vittoria_care.backoffice.find import find_anything

from . import data
from .measure import Row, Scale, at_most, median_seconds, say
from .people import person_with_role
from .plans import read_whole, statements_of

FIND_MS = 50
COMPLAINTS, NOTICES, KNOWN_PEOPLE = 2_000, 20_000, 20_000


def measure(scale: Scale) -> Iterator[Row]:
    """Each kind of word as company staff, who see all, and as a member of an agency; then what the statements read."""
    data.portfolio(scale)
    data.calls(scale.calls, scale)
    _claims(scale)
    _complaints_and_notices(scale)
    _known_people()
    staff, member = person_with_role(roles.AGENT), person_with_role(roles.AGENCY_MEMBER)
    AgencyMember.objects.get_or_create(user=member, agency=Agency.objects.order_by("pk")[7])
    sent: list[str] = []
    for whose, user in (("", staff), (" by an agency member", member)):
        for word, texts in _words(scale).items():
            slowest, text = max((_milliseconds(user, each), each) for each in texts)
            yield at_most(f"find{whose}: {word} (“{text}”)", slowest, "ms", FIND_MS, aim="under 50 ms")
            for each in texts:
                sent += statements_of(lambda: _found(user, each))  # noqa: B023
    found = sorted({table for statement in sent for table in read_whole(statement)})
    yield Row(f"find: big tables read whole {' '.join(found)}".rstrip(), len(found), "", 0, "none", not found)


def _words(scale: Scale) -> dict[str, list[str]]:
    """Texts of each kind, which all name somebody but the last."""
    person = Customer.objects.filter(kind="person").order_by("pk")[scale.customers // 3]
    company = Customer.objects.filter(kind="company").order_by("pk")[scale.customers // 60]
    policy = Policy.objects.exclude(plate="").order_by("pk")[scale.policies // 5]
    points = ContactPoint.objects.filter(customer=person)
    phone = points.filter(kind="phone").earliest("pk").value
    contact = Contact.objects.exclude(address="").order_by("pk")[scale.calls // 4]
    claim = Claim.objects.filter(number__startswith="SIN-2026/").latest("number")
    return {
        "name": ["Bernardi", "lucia bernardi", "Rossi", "Maria", "ros mar"],
        "name without its blank": ["bernardilucia", "rossi mariaanna"],
        "one letter wrong": ["Bernadi Lucia", "Rosssi Maria", "Rosi Maria", "Bernradi Lucia", "Ferari", "Cernardi"],
        "one letter wrong in the second word": ["Bernardi Luccia", "Rossi Giusepe", "Marai Martini", "Russo Frnco"],
        "nobody nearly so": ["Zzyzx", "Rossi Zzyzx", "Maria Zzyzx Rossi", "Wwwqqq Kkkjjj Xxxyyy Zzzwww"],
        "tax code": [person.tax_code, person.tax_code.lower(), person.tax_code[:9]],
        "VAT number": [company.vat_number],
        "telephone": [phone, phone[3:], f"{phone[3:6]} {phone[6:]}", contact.address],
        "last digits": [phone[-4:], phone[-7:]],
        "e-mail": [points.filter(kind="email").earliest("pk").value, "nessuno@example.it"],
        "plate": [
            policy.plate.lower(),
            f"{policy.plate[:2]} {policy.plate[2:5]} {policy.plate[5:]}",
            policy.plate[:5],
        ],
        "policy number": [policy.number, policy.number[:8].lower()],
        "claim number": [claim.number, "sin 2026 0012", "20260012"],
        "contact number": [contact.number, str(contact.pk), contact.number[:6].lower()],
        "complaint number": ["2026/17", "2026 1", "202617"],
        "word of a complaint": ["ritardo", "ritardi testo", "grandine"],
        "known person": ["Nora Quaglia 17", "qua nora", "+393900000017", "P-000017", "nora.quaglia.17@example.it"],
        "notice": [str(Notice.objects.latest("pk").pk), Notice.objects.latest("pk").once],
    }


def _found(user: User, text: str) -> list:
    with page_for(user):
        return list(find_anything(text, user))


def _milliseconds(user: User, text: str) -> float:
    [seconds] = median_seconds(lambda: _found(user, text), runs=7, warm_up=1)
    return seconds * 1000


def _claims(scale: Scale) -> None:
    """One claim for fifteen policies, numbered as a file of the night numbers them."""
    claims = max(20, scale.policies // 15)
    if Claim.objects.filter(number__startswith="SIN-2026/").exists():
        return
    say(f"claims: {claims:,}")
    with data.bare("customers_claim"):
        data.execute(
            """
            INSERT INTO customers_claim (number, policy_id, customer_id, kind, description, place, signed_by_both, occurred_on,
                                         reported_on, adjuster, adjuster_phone, assessor, repairer, state, created_at, updated_at)
            SELECT 'SIN-2026/' || to_char(n, 'FM0000000'), policy.id, policy.holder_id, 'property', '', '', false,
                   current_date - mod(n, 900)::int - 1, current_date - mod(n, 900)::int, '', '', '', '', 'reported', now(), now()
            FROM (SELECT row_number() OVER (ORDER BY id) AS n, id, holder_id FROM customers_policy ORDER BY id LIMIT %(claims)s) AS policy
            """,
            {"claims": claims},
        )


def _complaints_and_notices(scale: Scale) -> None:
    if Complaint.objects.count() < min(COMPLAINTS, scale.customers):
        year, _made = RegisterYear.objects.get_or_create(year=2026, defaults={"last_number": COMPLAINTS})
        Complaint.objects.bulk_create(
            Complaint(
                year=year,
                sequence=number,
                complainant_name="Rossi Maria",
                subject="Ritardo",
                text="Il testo.",
                received_on=timezone.localdate() - timedelta(days=number % 40),
                outcome="",
            )
            for number in range(1, min(COMPLAINTS, scale.customers) + 1)
        )
    if not Notice.objects.filter(once__startswith="bench-find:").exists():
        ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:NOTICES])
        Notice.objects.bulk_create(
            Notice(
                kind="raw",
                channel="email",
                once=f"bench-find:{pk}",
                customer_id=pk,
                address=f"{pk}@example.it",
                subject="Prova",
                body_text="Il testo.",
                state="withheld",
            )
            for pk in ids
        )
        data.vacuum("notifications_notice", "complaints_complaint")


def _known_people() -> None:
    """Cards of people who are no customers, of a few names alike."""
    if KnownPerson.objects.exists():
        return
    author = person_with_role(roles.AGENT)
    KnownPerson.objects.bulk_create(
        (
            KnownPerson(
                name=f"Nora Quaglia {number}",
                search_key=f"nora quaglia {number}",
                phone=f"+3939{number:08d}",
                email=f"nora.quaglia.{number}@example.it",
                created_by=author,
            )
            for number in range(1, KNOWN_PEOPLE + 1)
        ),
        batch_size=5_000,
    )
    data.vacuum("contact_center_knownperson")
