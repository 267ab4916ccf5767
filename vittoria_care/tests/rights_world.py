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
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from complaints.intermediaries.secret import answer_place
from complaints.models import (
    AddedFile,
    ArbitratorAppeal,
    Complaint,
    ComplaintDocument,
    ComplaintLetter,
    Enquiry,
    EnquiryFile,
    LetterText,
    ProcedureFile,
    RegulatorRequest,
)
from complaints.tests.factories import (
    AddedFileFactory,
    ArbitratorAppealFactory,
    ComplaintDocumentFactory,
    EnquiryFileFactory,
    LetterTextFactory,
    ProcedureFileFactory,
    ProcedureLetterFactory,
    PublicStatementFactory,
    RegulatorRequestFactory,
)
from complaints.tests.files import PLAIN
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
    DataExport,
    Document,
    Enrolment,
    ErasureRequest,
    Instalment,
    Invitation,
    Mandate,
    Operation,
    Payment,
    Policy,
    ProofCode,
    RenewalOffer,
    ReservedAreaAccount,
    Upload,
    User,
)
from customers.payments.sandbox import Sandbox
from customers.tests import factories as people
from foundation.api.keys import create_key, revoke_key
from foundation.models import Scope
from insights.tests.factories import LineForecastFactory, MeasureFactory, WatchAlertFactory
from notifications.channels.sms.twilio import Twilio
from notifications.consents import link_of
from notifications.enrolment import digest_of as enrolment_digest
from notifications.models import DeliveryReport, LetterBatch, Notice, NoticeText, ReturnedMessage
from notifications.sign_in_address import digest_of as address_digest
from notifications.tests.factories import (
    DeliveryReportFactory,
    LetterFactory,
    NoticeFactory,
    NoticeTextFactory,
    ReturnedMessageFactory,
)
from notifications.unsubscribing import unsubscribe_link
from promotions.models import CalledPerson, CallList, OppositionCheck, Promotion, Recipient
from promotions.tests.factories import CalledPersonFactory, CallListFactory, PromotionFactory, RecipientFactory
from vittoria_care.demonstration.mail import _names
from vittoria_care.rights import Door, Rows, Who, office_models
from vittoria_care.sign_in.app_sessions import HEADER, SIGN_IN
from vittoria_care.tests.factories import make_row, rows_about

OURS, THEIRS = "ours", "theirs"
ME, ENROLMENT, SERVICE_NOTICES = "/api/v1/me/", "/api/v1/enrolment/", "/api/v1/service-notices/"
NAMES = {OURS: "Ametistelli", THEIRS: "Zaffirotti"}  # nobody else is called so, and no text says so
# Of pg_stat_xact_user_tables, which counts the reads of every index as well and takes three times as long.
COUNTERS = """
    SELECT relname, written FROM pg_class, LATERAL (
        SELECT pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
            + pg_stat_get_xact_tuples_deleted(oid)
    ) AS rows (written)
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND written > 0
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
            if about_a_row and door.rows in (Rows.LED, Rows.OWN):
                return False  # nobody here leads a team, and no row is their own
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
    account: str = ""  # with whose rights the database is asked; empty: the owner's

    def ask(self, person: Person, method: str, path: str, data: Any = None, **more: Any) -> tuple[Any, bytes, set]:
        """The answer, its body, and the tables that it wrote to; all of it is undone."""
        self.client.cookies.clear()
        self.client.cookies.load(person.cookies)
        if path.startswith((SIGN_IN, ME, ENROLMENT)):  # as the app sends it
            token = person.cookies.get(settings.SESSION_COOKIE_NAME)
            app = {"headers": {"Idempotency-Key": str(uuid.uuid4())} | ({HEADER: token} if token else {})}
            takes_file = method == "POST" and path.endswith(("/files/", "/uploads/"))
            more = ({} if takes_file else {"content_type": "application/json"}) | app | more
            data = data or (None if method == "GET" else {})
        with undone():
            if self.account:
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL ROLE {self.account}")
            statements = Statements()
            with connection.execute_wrapper(statements):
                answer = getattr(self.client, method.lower())(path, data or {}, **more)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            before = self.counted
            if statements.may_write:
                self.counted = written()
        return answer, body, {table for table, rows in self.counted.items() if rows != before.get(table)}

    def values_for(self, name: str, whose: str) -> dict[str, Any] | None:
        """What fills the variable parts of an address; None where it is about no row of theirs."""
        if name.startswith(("admin:", "backoffice/")):
            stem = name.removeprefix("admin:").removeprefix("backoffice/").replace("/", "_")
            for model, row in self.rows[whose].items():
                if stem.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
                    return {"object_id": row.pk, **self.values[whose].get(name, {})}
        return self.values[whose].get(name)


class Statements:
    """Whether any statement of a request may have written: to look at the counters of all tables takes a while."""

    may_write = False

    def __call__(self, execute: Any, sql: Any, *args: Any) -> Any:
        text = sql if isinstance(sql, str) else sql.as_string(connection.connection)
        reads = text.startswith("SELECT ") and " FROM " in text
        self.may_write = self.may_write or not (reads or text.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")))
        return execute(sql, *args)


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
    user, mandate = rows[OURS][ReservedAreaAccount].user, rows[OURS][Mandate]
    acting = people.ReservedAreaAccountFactory.create(by_document=True, user=user, mandate=mandate)
    values[OURS]["portal_acting_leave"] = values[OURS]["me_account_leave"] = {"pk": acting.pk}
    values[OURS]["calendar_feed"] = {"secret": secret_of(feed)}
    for whose in rows:
        _change_address(rows[whose][Customer], values[whose], whose)
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
    rows[DeliveryReport] = DeliveryReportFactory(notice=rows[Notice], original=b"From: posta-certificata@pec.example")
    rows[NoticeText] = NoticeTextFactory(kind={OURS: "policy-expiring", THEIRS: "instalment-due"}[whose])
    rows[LetterText] = LetterTextFactory(code={OURS: "dear", THEIRS: "greeting"}[whose])
    rows[LetterBatch] = LetterFactory(notice__customer=customer).batch
    rows[ReturnedMessage] = ReturnedMessageFactory(notice=rows[Notice], matched_by="token", sender=mail)
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
    _procedures(rows, customer, name)
    _complaint(rows[Enquiry].complaint, customer=customer, complainant_name=name)
    rows[Enquiry].refresh_from_db()
    proof = ContentFile(b"prova", name="proposta.txt")
    rows[EnquiryFile] = EnquiryFileFactory(enquiry=rows[Enquiry], file=proof)
    written_mail = ContentFile(PLAIN, name="reclamo.eml")
    rows[ComplaintDocument] = ComplaintDocumentFactory(
        complaint=rows[Complaint], content_type="message/rfc822", name="reclamo.eml", file=written_mail
    )
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
    rows[ReservedAreaAccount] = people.ReservedAreaAccountFactory.create(customer=customer)
    decree = ContentFile(b"%PDF-1.7 %%EOF", name="decreto.pdf")
    rows[Mandate] = people.MandateFactory(
        customer=customer,
        operation__customer=customer,
        operation__begun_by=rows[ReservedAreaAccount].user,
        name=f"{name}.pdf",
        file=decree,
    )
    rows[Invitation] = people.InvitationFactory(
        customer=customer, email=f"invito.{mail}", digest=enrolment_digest(f"invito-{whose}")
    )
    people.ContactPointFactory(customer=customer, kind="email", value=f"posta.{mail}")
    promotion = PromotionFactory.create(sending=True, agency=customer.agency, name=f"Promozione di {name}")
    notice = NoticeFactory.create(customer=customer, kind="promotion", is_promotional=True)
    rows[Promotion] = promotion
    rows[Recipient] = RecipientFactory.create(
        promotion=promotion,
        customer=customer,
        state="written",
        consent=people.ConsentFactory.create(customer=customer, purpose=Consent.Purpose.AGENCY_PROMOTIONS),
        notice=notice,
        written_at=timezone.now(),
    )
    rows[CallList] = CallListFactory.create(promotion=promotion)
    rows[CalledPerson] = CalledPersonFactory.create(call_list=rows[CallList], customer=customer)
    rows[OppositionCheck] = rows[CalledPerson].checked.opposition_check
    archive = ContentFile(b"PK", name="copia.zip")
    rows[DataExport] = people.DataExportFactory(customer=customer, ready=True, file=archive, size=2)
    rows[ErasureRequest] = people.ErasureRequestFactory(customer=customer)
    rows[ProofCode] = people.ProofCodeFactory(customer=customer, value=f"posta.{mail}", kind="email")
    return rows


def _procedures(rows: dict[type[Model], Any], customer: Customer, name: str) -> None:
    """A request of IVASS and an appeal with a draft, a document and a letter each."""
    of = {"complaint__customer": customer, "complaint__complainant_name": name, "draft": "Bozza."}
    rows[RegulatorRequest] = RegulatorRequestFactory(**of)
    rows[ArbitratorAppeal] = ArbitratorAppealFactory(preparing=True, **of)
    paper = {"file": ContentFile(b"prova", name="foglio.pdf")}
    rows[ProcedureFile] = ProcedureFileFactory(request=rows[RegulatorRequest], **paper)
    ProcedureFileFactory(request=None, appeal=rows[ArbitratorAppeal], **paper)
    ProcedureLetterFactory(request=rows[RegulatorRequest])
    ProcedureLetterFactory(request=None, appeal=rows[ArbitratorAppeal], way="portal")


def _change_address(customer: Customer, values: dict[str, dict[str, Any]], side: str) -> None:
    """A change of sign-in address that waits for its proof at the desk, and one that can be undone."""
    account = ReservedAreaAccount.objects.filter(customer=customer).first()
    account = account or people.ReservedAreaAccountFactory.create(customer=customer)
    now = timezone.now()
    waits = people.SignInAddressChangeFactory.create(
        account=account,
        channel="desk",
        reason="Prova",
        questions=["policy", "home"],
        link_digest=address_digest("link", f"conferma-{side}"),
        created_at=now,
        expires_at=now + timedelta(hours=1),
    )
    people.SignInAddressChangeFactory.create(
        account=account,
        changed_at=now,
        undo_until=now + timedelta(days=1),
        undo_digest=address_digest("undo", f"annulla-{side}"),
    )
    values["portal_sign_in_address_code"] = {"key": waits.key}
    values["me_sign_in_address_change"] = {"change": waits.key}
    values["sign_in_address_confirm"] = {"secret": f"conferma-{side}"}
    values["sign_in_address_undo"] = {"secret": f"annulla-{side}"}


def _complaint(complaint: Complaint, **changed: Any) -> Complaint:
    with pgtrigger.ignore("complaints.Complaint:answered_is_fixed"):  # one that was answered already gets its person
        Complaint.objects.filter(pk=complaint.pk).update(**changed)
    complaint.refresh_from_db()
    return complaint


def _people(ours: Customer, theirs: Customer) -> dict[str, Person]:
    """Everybody who has something to see, and those who no longer have: turned away, closed, left, never let in."""
    both, mine = frozenset({OURS, THEIRS}), frozenset({OURS})
    found = [Person("a visitor"), Person("somebody without a role", people.UserFactory.create())]
    account = ReservedAreaAccount.objects.get(customer=ours)
    found.append(Person("the customer", account.user, roles.CUSTOMER, mine, enrolled=True))
    for role in sorted(roles.COMPANY_WIDE):
        found.append(Person(role, people.UserFactory.create(role=role), role, both))
    member = people.AgencyMemberFactory.create(agency=ours.agency).user
    found.append(Person(roles.AGENCY_MEMBER, member, roles.AGENCY_MEMBER, mine))
    author = people.UserFactory.create(role=roles.CAMPAIGN_AUTHOR)
    people.CampaignAgencyFactory.create(user=author, agency=ours.agency)
    found.append(Person(roles.CAMPAIGN_AUTHOR, author, roles.CAMPAIGN_AUTHOR, mine))
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
    archive = ContentFile(b"PK", name="copia.zip")
    handed_over = people.DataExportFactory.create(
        customer=rows[Customer], ready=True, channel="office", reason="Lettera", handing="file", file=archive
    )
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
        "me_policy": rows[Policy],
        "me_payment": rows[Payment],
        "me_receipt": rows[Payment],
        "me_claim": rows[Claim],
        "me_document": rows[Document],
        "me_document_file": rows[Document],
        "me_operation": rows[Operation],
        "me_request": written,
        "me_complaint": rows[Complaint],
        "me_complaint_letter": rows[ComplaintLetter].complaint,
        "me_notice": rows[Notice],
        "me_operation_withdraw": rows[Operation],
        "me_instalment_pay": rows[Instalment],
        "me_renewal_offer_accept": rows[RenewalOffer],
        "me_payment_check": rows[Payment],
        "me_claim_messages": rows[Claim],
        "me_request_messages": written,
        "me_request_survey": written,
        "me_call_back_move": rows[CallBack],
        "me_call_back_cancel": rows[CallBack],
        "me_complaint_additions": rows[Complaint],
        "me_notice_read": rows[Notice],
        "me_erasure_withdraw": rows[ErasureRequest],
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
        "portal_erasure_withdraw": rows[ErasureRequest],
        "portal_notice": rows[Notice],
        "portal_notice_read": rows[Notice],
        "portal_push_off": people.AppDeviceFactory.create(user=rows[ReservedAreaAccount].user),
        "desk_person": phone,
        **dict.fromkeys(
            ("quality_review", "quality_score", "quality_answer", "quality_second"),
            contacts.QualityReviewFactory.create(contact=rows[Contact]),
        ),
        **dict.fromkeys(
            ("supervision_give_out", "supervision_end_state"),
            contacts.AgentFactory.create(team=contacts.TeamFactory.create()),
        ),
        "states_of_agent": contacts.AgentFactory.create(),
        "desk_reason": phone,
        "desk_card": phone,
        "desk_identity": phone,
        "desk_join": phone,
        "desk_code": phone,
        "file_reason": rows[Customer],
        "desk_pass_on": phone,
        "begin_operation": rows[Customer],
        "office_report_sent": rows[Claim],
        "portal_person": rows[ReservedAreaAccount],
        "portal_person_end": rows[ReservedAreaAccount],
        "portal_acting_leave": rows[ReservedAreaAccount],  # their own file is not given up; ours is replaced below
        "portal_people_withdraw": rows[Invitation],
        "portal_acting_withdraw": rows[Mandate].operation,
        "me_acting_request_withdraw": rows[Mandate].operation,
        "me_account_leave": rows[ReservedAreaAccount],  # as on the page
        "me_person": rows[ReservedAreaAccount],
        "me_person_rights": rows[ReservedAreaAccount],
        "me_person_end": rows[ReservedAreaAccount],
        "me_invitation_withdraw": rows[Invitation],
        "admin:customers_mandate_file": rows[Mandate],
        "admin:customers_customer_timeline": rows[Customer],
        "admin:notifications_returnedmessage_message": rows[ReturnedMessage],
        "admin:notifications_letterbatch_document": rows[LetterBatch],
        "admin:notifications_letterbatch_manifest": rows[LetterBatch],
        "admin:notifications_noticetext_letter": rows[NoticeText],
        "admin:customers_document_file": rows[Document],
        "admin:complaints_complaint_preview": rows[Complaint],
        "admin:complaints_complaint_live": rows[Complaint],
        "admin:complaints_complaint_draft": rows[Complaint],
        "admin:complaints_complaint_letter": rows[ComplaintLetter].complaint,
        **{
            f"admin:complaints_{model._meta.model_name}_{page}": rows[model]
            for model in (RegulatorRequest, ArbitratorAppeal)
            for page in ("letter", "preview")
        },
    }
    return (
        {name: {"pk": row.pk} for name, row in by_pk.items()}
        | reports
        | {
            "portal_claim_document": {"pk": rows[Claim].pk, "asked": asked.pk},
            "portal_claim_file": {"pk": rows[Claim].pk, "key": photograph.key},
            "admin:customers_claim_file": {"pk": rows[Claim].pk, "key": photograph.key},
            "admin:notifications_noticetext_kind": {"code": rows[NoticeText].kind},
            "admin:notifications_notice_person": {"customer_id": rows[Customer].pk},
            "admin:notifications_notice_report": {"pk": rows[Notice].pk, "report": rows[DeliveryReport].pk},
            "portal_operation_code": {"key": rows[ProofCode].key},
            "portal_data_export": {"key": rows[DataExport].key},
            "portal_data_export_end": {"key": rows[DataExport].key},
            "admin:customers_dataexport_file": {"pk": handed_over.pk},
            "portal_policy_operation": {"pk": rows[Policy].pk, "kind": "refund"},
            "portal_claim_operation": {"pk": rows[Claim].pk, "kind": "settlement"},
            "me_claim_file": {"pk": rows[Claim].pk, "key": photograph.key},
            "me_complaint_file": {"pk": rows[Complaint].pk, "key": added.key},
            "me_attachment": {"key": file.key},
            "me_operation_code": {"code_key": rows[ProofCode].key},
            "me_data_export": {"key": rows[DataExport].key},
            "me_data_export_file": {"key": rows[DataExport].key},
            "me_upload": {"upload": rows[Upload].key},
            "me_claim_report": {"report": draft.key},
            "me_claim_report_step": {"report": draft.key, "step": "evento"},
            "me_claim_report_files": {"report": draft.key},
            "me_claim_report_file": {"report": draft.key, "file": of_draft.key},
            "me_claim_report_send": {"report": draft.key},
            "me_claim_document": {"pk": rows[Claim].pk, "asked": asked.pk},
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
            "enquiry_answer": answer_place(rows[Enquiry]),
            "admin:complaints_enquiry_file": {"pk": rows[Enquiry].pk, "key": rows[EnquiryFile].key},
            "portal_complaint_file": {"pk": rows[Complaint].pk, "key": added.key},
            "admin:complaints_complaint_file": {"pk": rows[Complaint].pk, "key": added.key},
            **{
                f"admin:complaints_{model._meta.model_name}_file": {
                    "pk": rows[model].pk,
                    "key": rows[model].files.get().key,
                }
                for model in (RegulatorRequest, ArbitratorAppeal)
            },
            "admin:complaints_complaint_mail": {"pk": rows[Complaint].pk, "key": rows[ComplaintDocument].key},
            "admin:complaints_complaint_mail_part": {
                "pk": rows[Complaint].pk,
                "key": rows[ComplaintDocument].key,
                "place": 0,
            },
            "consent_confirm": {"link": link_of(rows[Consent])},
            "unsubscribe": {"link": unsubscribe_link(rows[Customer].pk, Consent.Purpose.MARKETING)},
            **{f"promotion_{page}": {"key": rows[Recipient].key} for page in ("link", "offer", "asked")},
            "enrolment_finish": {"secret": f"iscrizione-{side}"},
            "people_join": {"secret": f"invito-{side}"},
        }
    )


def _guessed(ours: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The addresses of a secret, with one that was never given out."""
    names = (
        *("request_tracking", "request_sent", "tracked_survey", "tracked_attachment", "survey"),
        *("complaint_tracking", "complaint_registered", "complaint_tracked_letter", "complaint_tracked_file"),
        "enquiry_answer",
        *("calendar_feed", "consent_confirm", "unsubscribe", "enrolment_finish", "people_join"),
        *("sign_in_address_confirm", "sign_in_address_undo"),
        *("promotion_link", "promotion_offer", "promotion_asked"),
    )
    secrets: dict[str, Any] = dict.fromkeys(("secret", "token", "link"), "indovinato")
    secrets |= {"key": uuid.UUID(int=1)}
    return {name: {part: secrets.get(part, value) for part, value in ours[name].items()} for name in names}


def _about_nobody(rows: dict[type[Model], Any]) -> dict[str, dict[str, Any]]:
    """What fills the addresses that are about no customer's row."""
    user = people.UserFactory.create()
    reset = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    yes = {"purpose": Consent.Purpose.PORTAL_ADVERTISING, "channel": Consent.Channel.PORTAL}
    statement = PublicStatementFactory.create(year=2031)
    frozen = {"pk": statement.first.pk}
    closed = {"pk": contacts.FrozenPeriodFactory.create().pk}
    LineForecastFactory.create()  # without a forecast there is no plan to be had as a file
    screen, _secret = create_key(name="Sala", source="wallboard", scopes=[Scope.WALLBOARD_READ], by=None)
    return {
        "frozen_period": closed,
        "frozen_period_csv": closed,
        "unfreeze_period": closed,
        "hide_mass_event": {"pk": contacts.MassEventFactory.create().pk},
        "wallscreen_end": {"pk": screen.pk},
        "watching_note": {"pk": WatchAlertFactory.create(ended_on=None).pk},
        "complaint_statement_year": {"year": statement.year},
        "admin:complaints_halfyearreturn_draft": {"half": "2026H1"},
        "admin:complaints_halfyearreturn_corrections": frozen,
        "admin:complaints_halfyearreturn_file": frozen | {"kind": "csv"},
        "account_reset_password_from_key": reset,
        "account_confirm_email": {"key": "x"},
        "admin:app_list": {"app_label": "customers"},
        "backoffice/<url>": {"url": "niente"},
        "openid_connect_login": {"provider_id": "prova"},  # as testbed.openid_provider calls itself
        "openid_connect_callback": {"provider_id": "prova"},
        "portal_own_operation": {"kind": "address"},
        "me_operation_form": {"kind": "address"},
        "me_consent_give": yes,
        "me_consent_withdraw": yes,
        "payment_confirmation": {"code": Sandbox.code},
        "sms_report": {"code": Twilio.code},
        "demo_payment": {"page_id": Sandbox().start(rows[Payment], title="", return_url="/", language="it").reference},
        "portal_consent_give": yes,
        "portal_consent_withdraw": yes,
        **{
            name: {"pk": MeasureFactory.create().pk}
            for name in ("measure", "measure_change", "measure_record", "measure_drop")
        },
    }


def _bodies(rows: dict[str, dict[type[Model], Any]]) -> dict[str, dict[str, Any]]:
    """What is sent where an empty body would do nothing; the rest is posted empty."""
    return {
        "portal_request_message": {"text": "Ancora una parola.", "key": str(uuid.uuid4())},
        "portal_language": {"language": "en"},
        "portal_acting_choose": {"account": rows[OURS][ReservedAreaAccount].pk},
        "set_language": {"language": "en"},
        "portal_erasure": {"read": "on"},
        "desk_person": {"customer": rows[OURS][Customer].pk},
        "desk_reason": {"customer": rows[OURS][Customer].pk, "kind": "calls"},
        "desk_card": {"name": "Nora Conoscente", "phone": "+393337009999", "language": "it"},
        "desk_identity": {"customer": rows[OURS][Customer].pk, "step": "general"},
        "desk_join": {"matter": f"claim:{rows[OURS][Claim].pk}"},
        "file_reason": {"kind": "calls"},
        "measure_drop": {"words": "Non serve più."},
        "watching_note": {"text": "Turno scoperto"},
        "watching_mail": {"wants": "1"},
        "watching_targets": {"figure": "abandonment", "line": "", "value": "5", "valid_from": "2026-01-01"},
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
