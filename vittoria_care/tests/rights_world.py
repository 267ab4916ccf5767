"""The people and rows with which the table of doors is walked: ours, within reach, and theirs, of somebody else.

It is made once for all the tests of a module, and each request is undone.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

import pgtrigger
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from complaints.models import AddedFile, Complaint, ComplaintLetter
from complaints.tests.factories import AddedFileFactory
from complaints.tracking import tracking_place
from contact_center.contacts import satisfaction
from contact_center.contacts.opening import digest_of, tracking_secret
from contact_center.models import (
    Call,
    CallBack,
    Contact,
    MessageAttachment,
    SatisfactionSurvey,
    ServiceTarget,
    WebFormRequest,
)
from contact_center.tests import factories as contacts
from customers import roles
from customers.calendars import make_feed, secret_of
from customers.models import (
    AskedDocument,
    Claim,
    ClaimDraft,
    ClaimFile,
    Consent,
    Customer,
    Document,
    Enrolment,
    Instalment,
    Operation,
    Payment,
    Policy,
    ProofCode,
    RenewalOffer,
    ReservedAreaAccount,
    User,
)
from customers.payments.sandbox import Sandbox
from customers.tests import factories as people
from foundation.api.keys import create_key, revoke_key
from foundation.models import Scope
from notifications.consents import link_of
from notifications.enrolment import digest_of as enrolment_digest
from notifications.models import Notice
from notifications.tests.factories import NoticeFactory
from notifications.unsubscribing import unsubscribe_link
from vittoria_care.demonstration.mail import _names
from vittoria_care.rights import Door, Rows, Who, office_models
from vittoria_care.tests.factories import make_row, rows_about

OURS, THEIRS = "ours", "theirs"
NAMES = {OURS: "Ametistelli", THEIRS: "Zaffirotti"}  # nobody else is called so, and no text says so
COUNTERS = """
    SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""


@dataclass
class Person:
    """Somebody who tries the doors. `reach` says whose rows they may see; nobody's where it is empty."""

    label: str
    user: User | None = None
    role: str | None = None
    reach: frozenset[str] = frozenset()
    enrolled: bool = False
    shut_out: bool = False  # as if nobody had signed in
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def is_here(self) -> bool:
        return self.user is not None and not self.shut_out

    def may(self, needs: tuple[str, ...]) -> bool:
        """By the table of roles, not by what the database says of the user."""
        if self.user is not None and self.user.is_superuser:
            return True
        return self.role in Door("", Who.STAFF, needs=needs).roles

    def opens(self, door: Door, whose: str, *, about_a_row: bool) -> bool:
        """What the table says of this person at this door, for our row or for theirs. A list opens, if only to be empty."""
        if door.who in (Who.ANYBODY, Who.MACHINE):  # the walk is made on this machine
            return True
        if door.who is Who.HOLDER:
            return whose == OURS  # theirs is a secret that was guessed
        if not self.is_here:
            return False
        if door.who is Who.SIGNED_IN:
            return True
        if door.who is Who.CUSTOMER:
            return self.enrolled and whose in self.reach
        if door.who is Who.STAFF:
            anyhow = not about_a_row or door.rows in (Rows.NONE, Rows.ANSWERED)
            return self.may(door.needs) and (anyhow or whose in self.reach)
        return False


@dataclass
class World:
    """People by label, the values of addresses, and the keys of programs."""

    people: dict[str, Person]
    rows: dict[str, dict[type[Model], Any]]
    values: dict[str, dict[str, dict[str, Any]]]  # by whose, by the address's name
    bodies: dict[str, dict[str, Any]]
    keys: dict[str, str]
    client: Client = field(default_factory=Client)
    counted: dict[str, int] = field(default_factory=dict)

    def ask(self, person: Person, method: str, path: str, data: Any = None, **more: Any) -> tuple[Any, bytes, set]:
        """The answer, its body, and the tables that it wrote to; all of it is undone."""
        self.client.cookies.clear()
        self.client.cookies.load(person.cookies)
        with undone():
            answer = getattr(self.client, method.lower())(path, data or {}, **more)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            before, self.counted = self.counted, written()
        return answer, body, {table for table, rows in self.counted.items() if rows != before.get(table)}

    def values_for(self, name: str, whose: str) -> dict[str, Any] | None:
        """What fills the variable parts of an address; None where it is about no row of theirs."""
        if name.startswith(("admin:", "backoffice/")):
            stem = name.removeprefix("admin:").removeprefix("backoffice/").replace("/", "_")
            for model, row in self.rows[whose].items():
                if stem.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
                    return {"object_id": row.pk, **self.values[whose].get(name, {})}
        return self.values[whose].get(name)


def written() -> dict[str, int]:
    """Rows written so far in the transaction by table; what was undone since counts as well."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTERS)
        return dict(cursor.fetchall())


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is written no more afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- Making it ------------------------------------------------------------------------------------------------------
def make_world() -> World:
    """Two customers of two agencies, a row of every kind about each, and everybody who may come to a door."""
    rows = {OURS: _rows_of(OURS), THEIRS: _rows_of(THEIRS)}
    open_always = contacts.OpeningPeriodFactory(opens=time(0), closes=time(23, 59)).calendar
    rows[OURS][ServiceTarget] = contacts.ServiceTargetFactory(calendar=open_always)
    for model in office_models():
        if model not in rows[OURS]:
            rows[OURS][model] = make_row(model)
    everybody = _people(rows[OURS][Customer], rows[THEIRS][Customer])
    values = {whose: _values(rows[whose]) for whose in rows}
    feed = make_feed(ReservedAreaAccount.objects.get(customer=rows[OURS][Customer]))
    values[OURS]["calendar_feed"] = {"secret": secret_of(feed)}
    values[THEIRS] |= _guessed(values[OURS])
    values[OURS] |= _about_nobody(rows[OURS])
    world = World(everybody, rows, values, _bodies(rows), _keys())
    _give_calls(world)
    for person in everybody.values():
        if person.user is not None:
            client = Client()
            client.force_login(person.user)
            person.cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    mail = EmailMultiAlternatives("Prova", "Prova", "a@example.it", ["b@example.it"])
    mail.attach_alternative("<p>Prova</p>", "text/html")
    mail.send()
    values[OURS]["demo_mail_message"] = values[OURS]["demo_mail_html"] = {"name": _names()[0]}
    world.counted = written()
    return world


def _rows_of(whose: str) -> dict[type[Model], Any]:
    """A row of each model about a customer whose name and addresses are nobody else's."""
    name = NAMES[whose]
    mail = f"{name.lower()}@example.it"
    customer = people.CustomerFactory.create(last_name=name)
    rows: dict[type[Model], Any] = rows_about(customer)
    rows[Notice] = NoticeFactory(customer=customer, channel="inbox", state="sent", address="", sent_at=timezone.now())
    rows[Complaint] = _complaint(rows[Complaint], state=Complaint.State.UNDER_REVIEW, complainant_name=name)
    _complaint(rows[ComplaintLetter].complaint, customer=customer, complainant_name=name)
    written = contacts.ContactFactory(customer=customer, address=mail, subject=f"Da {name}")
    key = uuid.uuid4()
    form = contacts.WebFormRequestFactory(
        contact=written,
        name=name,
        email=mail,
        submission_key=key,
        tracking_digest=digest_of(tracking_secret(key)),
    )
    message = contacts.MessageFactory(contact=written, text=f"Scrive {name}")
    file = ContentFile(b"prova", name="nota.txt")
    rows[WebFormRequest] = form
    sent = ContentFile(b"prova", name="ricevuta.txt")
    rows[AddedFile] = AddedFileFactory(addition__complaint=rows[Complaint], file=sent)
    rows[MessageAttachment] = contacts.MessageAttachmentFactory(message=message, file=file)
    rows[SatisfactionSurvey] = contacts.SatisfactionSurveyFactory(
        contact=written,
        token_digest=satisfaction.digest_of(f"esito-{whose}"),
    )
    rows[Enrolment] = people.EnrolmentFactory(
        linked=True,
        customer=customer,
        email=mail,
        digest=enrolment_digest(f"iscrizione-{whose}"),
        expires_at=timezone.now() + timedelta(days=1),
    )
    paper = ContentFile(b"%PDF-1.7 %%EOF", name="foglio.pdf")
    rows[Document] = people.DocumentFactory(policy=rows[Policy], title=f"Foglio di {name}", file=paper)
    photograph = ContentFile(b"prova", name="foto.jpg")
    rows[ClaimFile] = people.ClaimFileFactory(claim=rows[Claim], name=f"{name}.jpg", file=photograph)
    people.AskedDocumentFactory(claim=rows[Claim], name=f"Documento {name}")
    people.ContactPointFactory(customer=customer, kind="email", value=f"posta.{mail}")
    rows[ProofCode] = people.ProofCodeFactory(customer=customer, value=f"posta.{mail}", kind="email")
    return rows


def _complaint(complaint: Complaint, **changed: Any) -> Complaint:
    with pgtrigger.ignore("complaints.Complaint:answered_is_fixed"):  # one that was answered already gets its person
        Complaint.objects.filter(pk=complaint.pk).update(**changed)
    complaint.refresh_from_db()
    return complaint


def _people(ours: Customer, theirs: Customer) -> dict[str, Person]:
    """Everybody who has something to see, and those who no longer have: turned away, closed, left, never let in."""
    both, mine = frozenset({OURS, THEIRS}), frozenset({OURS})
    found = [Person("a visitor"), Person("somebody without a role", people.UserFactory.create())]
    account = people.ReservedAreaAccountFactory.create(customer=ours)
    found.append(Person("the customer", account.user, roles.CUSTOMER, mine, enrolled=True))
    for role in sorted(roles.COMPANY_WIDE):
        found.append(Person(role, people.UserFactory.create(role=role), role, both))
    member = people.AgencyMemberFactory.create(agency=ours.agency).user
    found.append(Person(roles.AGENCY_MEMBER, member, roles.AGENCY_MEMBER, mine))
    found.append(
        Person(roles.CAMPAIGN_AUTHOR, people.UserFactory.create(role=roles.CAMPAIGN_AUTHOR), roles.CAMPAIGN_AUTHOR)
    )
    chief = people.UserFactory.create(is_staff=True, is_superuser=True)
    found.append(Person("the superuser", chief, None, both))

    State = ReservedAreaAccount.State
    for state in (State.SUSPENDED, State.CLOSED):
        user = people.ReservedAreaAccountFactory.create(state=state).user
        found.append(Person(f"a customer whose account is {state.value}", user, roles.CUSTOMER))
    former = people.AgencyMemberFactory.create(agency=ours.agency, is_active=False).user
    found.append(Person("a former agency member", former, roles.AGENCY_MEMBER))
    closed = people.AgencyMemberFactory.create(agency__is_active=False).user
    found.append(Person("a member of a closed agency", closed, roles.AGENCY_MEMBER))
    for role in (roles.ADMINISTRATOR, roles.AGENCY_MEMBER):
        user = people.UserFactory.create(role=role)
        User.objects.filter(pk=user.pk).update(is_active=False)
        found.append(Person(f"an inactive {role}", user, role, shut_out=True))
    return {person.label: person for person in found}


def _values(rows: dict[type[Model], Any]) -> dict[str, dict[str, Any]]:
    """What fills the addresses that are about a customer's rows."""
    form, phone = rows[WebFormRequest], rows[Contact]
    written = form.contact
    secret = {"number": written.number, "secret": tracking_secret(form.submission_key)}
    file, whose = rows[MessageAttachment], rows[Enrolment].customer.last_name
    complaint, added = tracking_place(rows[Complaint]), rows[AddedFile]
    draft, photograph, asked = rows[ClaimDraft], rows[ClaimFile], rows[AskedDocument]
    of_draft = people.ClaimFileFactory.create(draft=draft, claim=None, file=ContentFile(b"prova", name="foto.jpg"))
    reports = {
        f"{place}_report_{page}": {"key": draft.key, **more}
        for place in ("portal", "office")
        for page, more in {
            "draft": {},
            "step": {"step": "evento"},
            "files": {},
            "file": {"file": of_draft.key},
            "file_remove": {"file": of_draft.key},
            "review": {},
            "discard": {},
        }.items()
    }
    side = next(each for each in NAMES if NAMES[each] == whose)
    by_pk = {
        "portal_policy": rows[Policy],
        "portal_pay": rows[Instalment],
        "portal_renewal": rows[RenewalOffer],
        "portal_payment": rows[Payment],
        "portal_payment_check": rows[Payment],
        "portal_payment_receipt": rows[Payment],
        "portal_claim": rows[Claim],
        "portal_claim_message": rows[Claim],
        "portal_report_sent": rows[Claim],
        "portal_document": rows[Document],
        "portal_document_file": rows[Document],
        "portal_request": written,
        "portal_request_message": written,
        "portal_request_survey": written,
        "portal_operation": rows[Operation],
        "portal_operation_withdraw": rows[Operation],
        "portal_call_back_move": rows[CallBack],
        "portal_call_back_cancel": rows[CallBack],
        "portal_complaint": rows[Complaint],
        "portal_complaint_add": rows[Complaint],
        "portal_complaint_letter": rows[ComplaintLetter].complaint,
        "portal_notice": rows[Notice],
        "portal_notice_read": rows[Notice],
        "desk_person": phone,
        "desk_code": phone,
        "desk_pass_on": phone,
        "begin_operation": rows[Customer],
        "office_report_sent": rows[Claim],
        "admin:customers_document_file": rows[Document],
        "admin:complaints_complaint_preview": rows[Complaint],
        "admin:complaints_complaint_letter": rows[ComplaintLetter].complaint,
    }
    return (
        {name: {"pk": row.pk} for name, row in by_pk.items()}
        | reports
        | {
            "portal_claim_document": {"pk": rows[Claim].pk, "asked": asked.pk},
            "portal_claim_file": {"pk": rows[Claim].pk, "key": photograph.key},
            "admin:customers_claim_file": {"pk": rows[Claim].pk, "key": photograph.key},
            "portal_operation_code": {"key": rows[ProofCode].key},
            "portal_policy_operation": {"pk": rows[Policy].pk, "kind": "refund"},
            "portal_claim_operation": {"pk": rows[Claim].pk, "kind": "settlement"},
            "attachment": {"key": file.key},
            "request_tracking": secret,
            "request_sent": secret,
            "tracked_survey": secret,
            "tracked_attachment": secret | {"key": file.key},
            "survey": {"token": f"esito-{side}"},
            "complaint_tracking": complaint,
            "complaint_registered": complaint,
            "complaint_tracked_letter": tracking_place(rows[ComplaintLetter].complaint),
            "complaint_tracked_file": complaint | {"key": added.key},
            "portal_complaint_file": {"pk": rows[Complaint].pk, "key": added.key},
            "admin:complaints_complaint_file": {"pk": rows[Complaint].pk, "key": added.key},
            "consent_confirm": {"link": link_of(rows[Consent])},
            "unsubscribe": {"link": unsubscribe_link(rows[Customer].pk, Consent.Purpose.MARKETING)},
            "enrolment_finish": {"secret": f"iscrizione-{side}"},
        }
    )


def _guessed(ours: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The addresses of a secret, with one that was never given out."""
    names = (
        *("request_tracking", "request_sent", "tracked_survey", "tracked_attachment", "survey"),
        *("complaint_tracking", "complaint_registered", "complaint_tracked_letter", "complaint_tracked_file"),
        *("calendar_feed", "consent_confirm", "unsubscribe", "enrolment_finish"),
    )
    secrets = dict.fromkeys(("secret", "token", "link"), "indovinato")
    return {name: {part: secrets.get(part, value) for part, value in ours[name].items()} for name in names}


def _about_nobody(rows: dict[type[Model], Any]) -> dict[str, dict[str, Any]]:
    """What fills the addresses that are about no customer's row."""
    user = people.UserFactory.create()
    reset = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    yes = {"purpose": Consent.Purpose.PORTAL_ADVERTISING, "channel": Consent.Channel.PORTAL}
    return {
        "account_reset_password_from_key": reset,
        "account_confirm_email": {"key": "x"},
        "admin:app_list": {"app_label": "customers"},
        "backoffice/<url>": {"url": "niente"},
        "portal_own_operation": {"kind": "address"},
        "payment_confirmation": {"code": Sandbox.code},
        "demo_payment": {"page_id": Sandbox().start(rows[Payment], title="", return_url="/", language="it").reference},
        "portal_consent_give": yes,
        "portal_consent_withdraw": yes,
    }


def _bodies(rows: dict[str, dict[type[Model], Any]]) -> dict[str, dict[str, Any]]:
    """What is sent where an empty body would do nothing; the rest is posted empty."""
    return {
        "portal_request_message": {"text": "Ancora una parola.", "key": str(uuid.uuid4())},
        "portal_language": {"language": "en"},
        "set_language": {"language": "en"},
        "desk_person": {"customer": rows[OURS][Customer].pk},
    }


def _keys() -> dict[str, str]:
    """A key for each scope, and one revoked that had them all."""
    found = {
        scope: create_key(name=scope, source=f"x{number}", scopes=[scope], by=None)[1]
        for number, scope in enumerate(Scope.values)
    }
    key, found["revoked"] = create_key(name="Revoked", source="y", scopes=Scope.values, by=None)
    revoke_key(key, by=None)
    return found


def _give_calls(world: World) -> None:
    """Our call is the agent's; theirs is one that a colleague answered."""
    agent = contacts.AgentFactory(user=world.people[roles.AGENT].user)
    for label in (roles.SPECIALIST, "the superuser"):
        contacts.AgentFactory(user=world.people[label].user)
    for whose, owner in ((OURS, agent), (THEIRS, contacts.AgentFactory())):
        contact = world.rows[whose][Contact]
        Contact.objects.filter(pk=contact.pk).update(owner=owner, agent=owner, state=Contact.State.IN_PROGRESS)
        Call.objects.filter(contact=contact).update(agent=owner)
