"""A person of whom every table knows something, with a word of their own in every text and file; and the search for it."""

from datetime import timedelta
from typing import Any

import pghistory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from complaints.tests import factories as complaints
from contact_center.tests import factories as contacts
from customers.models import Claim, ContactPoint, Customer, Operation, Payment
from customers.tests import factories as customers
from foundation.privacy import is_text
from foundation.retention import erasing
from foundation.tests.factories import IdempotencyRecordFactory
from notifications.tests import factories as notices
from promotions.models import Visit
from promotions.tests import factories as promotions
from vittoria_care.privacy.people import person_of
from vittoria_care.privacy.rules import RULES, followers_of, rows_of

MARK = "zqmarked"
EMAIL, PHONE = f"{MARK}@posta.example", "+393339990001"
# What a column takes whose shape is checked: each has the mark, or is looked for by itself.
SHAPES = [MARK, EMAIL, PHONE, "ZQMRKD80A01F205X", "98765432109", "ZQMR"]
SOUGHT = [MARK, PHONE, "ZQMRKD80A01F205X", "98765432109", "ZQMR"]


def person_known_everywhere() -> Customer:
    """A customer with a row in every table that may know one; what can be under way is closed."""
    now = timezone.now()
    customer: Any = customers.CustomerFactory()
    user: Any = customers.UserFactory(role="customer", email=EMAIL)
    account = customers.ReservedAreaAccountFactory(customer=customer, user=user)
    user.emailaddress_set.create(email=EMAIL, primary=True, verified=True).emailconfirmation_set.create(key="k" * 20)
    user.authenticator_set.create(type="totp", data={"secret": MARK})
    customers.CalendarFeedFactory(account=account)
    customers.AppDeviceFactory(user=user)
    identity = user.socialaccount_set.create(provider="spid", uid=MARK, extra_data={"sub": MARK})
    identity.socialtoken_set.create(token=MARK)
    user.known_devices.create(number="1" * 32, password_mark="2" * 32, user_agent=MARK)
    user.usersession_set.create(ip="192.0.2.1", session_key="3" * 32, user_agent=MARK)
    customers.UploadFactory(customer=customer)
    customers.InvitationFactory(customer=customer, email=EMAIL)
    customers.ContactPointFactory(customer=customer, value=PHONE)
    customers.ContactPointFactory(customer=customer, kind=ContactPoint.Kind.EMAIL, value=EMAIL)
    customers.EnrolmentFactory(linked=True, customer=customer, email=EMAIL)
    customers.EnrolmentFactory(linked=True, customer=customer, used_at=timezone.now())
    customers.ConsentFactory(customer=customer)
    customers.ConsentFactory(customer=customer, event="withdrawn")
    customers.AccessLogFactory(customer=customer)
    customers.FileRestrictionFactory(customer=customer)
    customers.CareNeedFactory(customer=customer, note=MARK)
    customers.UnusualAccessFactory(customer=customer)
    customers.ProofCodeFactory(customer=customer)
    _copies_and_addresses(customer, user)
    customers.ErasureRequestFactory(customer=customer, state="refused", reason="x", decided_at=now, ended_at=now)
    customers.LegalHoldFactory(customer=customer, lifted_at=now, lifted_because="x")
    IdempotencyRecordFactory(principal=f"user:{user.pk}", response={"said": MARK})
    _contract(customer)
    _asked_by_the_file_of_another(user)
    _conversations(customer)
    _complaints(customer)
    _promotions(customer)
    _notices(customer, user)
    return customer


def _copies_and_addresses(customer: Customer, user: Any) -> None:
    """A copy of the data that was opened and can be still, and changes of the sign-in address: one made, one never proved."""
    now = timezone.now()
    export = customers.DataExportFactory(customer=customer, asked_by=user, channel="office", reason=MARK, ready=True)
    customers.FedValueFactory(customer=customer, value={"address": MARK})
    customers.DataChangeFactory(customer=customer, by=user, old=MARK, new="", kind="retired", words=MARK)
    customers.DataExportOpeningFactory(export=export, user=user)
    customers.DuplicatePairFactory(first=customer, dismissed=True, decision_reason=MARK)
    customers.CustomerJoinFactory(
        kept=customer,
        parted=True,
        reason=MARK,
        part_reason=MARK,
        fields={"city": ["", MARK]},
        points=[{"value": PHONE}],
    )
    for fields in ({}, {"changed_at": now, "undo_until": now + timedelta(days=7), "undo_digest": "4" * 64}):
        customers.SignInAddressChangeFactory(user=user, customer=customer, by=user, **fields)


def _contract(customer: Customer) -> None:
    policy = customers.PolicyFactory(holder=customer)
    customers.PolicyAdherentFactory(policy=policy, customer=customer)
    customers.PolicyValueFactory(policy=policy)
    customers.PolicyPersonFactory(policy=policy)
    customers.RenewalOfferFactory(policy=policy)
    instalment = customers.InstalmentFactory(policy=policy, paid_on=policy.starts_on)
    payment = customers.PaymentFactory(instalment=instalment, paid=True)
    customers.PaymentEventFactory(payment=payment, outcome="booked")
    customers.PaymentIncidentFactory(
        payment=payment,
        closed_at=timezone.now(),
        closed_by=customers.UserFactory(),
        closed_because="x",
        decision="counts",
    )
    customers.RefundDueFactory(
        payment=payment,
        refunded_on=policy.starts_on,
        way="x",
        recorded_at=timezone.now(),
        recorded_by=customers.UserFactory(),
    )
    claim = customers.ClaimFactory(policy=policy, state=Claim.State.CLOSED)
    customers.ClaimReportFactory(claim=claim)
    asked = customers.AskedDocumentFactory(claim=claim, state="received", ended_at=timezone.now())
    customers.ClaimFileFactory(claim=claim, asked=asked)
    draft = customers.ClaimDraftFactory(customer=customer, policy=policy)
    customers.ClaimFileFactory(draft=draft, claim=None)
    for fields in ({"claim": claim}, {}, {"policy": None}):
        document = customers.DocumentFactory(**{"policy": policy, "customer": customer} | fields)
        customers.DocumentOpeningFactory(document=document)
    operation = customers.OperationFactory(
        customer=customer, policy=policy, state=Operation.State.DONE, ended_at=timezone.now()
    )
    customers.OperationEventFactory(operation=operation)
    customers.MandateFactory(operation=operation)


def _asked_by_the_file_of_another(user: Any) -> None:
    """A request to act for somebody, from the time when they had no file of their own: it is theirs alone."""
    ended = {"operation__state": Operation.State.DONE, "operation__ended_at": timezone.now()}
    mandate = customers.MandateFactory(operation__begun_by=user, operation__is_private=True, **ended)
    customers.OperationEventFactory(operation=mandate.operation)


def _conversations(customer: Customer) -> None:
    claim, operation = Claim.objects.get(customer=customer), Operation.objects.get(customer=customer)
    for fields in ({}, {"claim": claim}, {"operation": operation}):
        contact = contacts.ContactFactory(customer=customer, closed=True, **fields)
        message = contacts.MessageFactory(contact=contact)
        contacts.MessageAttachmentFactory(message=message)
        contacts.MentionFactory(message=message)
        contacts.DraftFileFactory(draft__contact=contact)
        contacts.WebFormRequestFactory(contact=contact)
        contacts.ContactEntryFactory(contact=contact)
        contacts.PastContactFactory(contact=contact)
        contacts.SatisfactionSurveyFactory(contact=contact)
        contacts.ContactEventFactory(contact=contact)
        contacts.JoinedContactFactory(contact=contact)
        contacts.RaisedRungFactory(contact=contact)
        contacts.ContactLinkFactory(other=contact)
        criterion = contacts.QualityCriterionFactory()
        review = contacts.QualityReviewFactory(contact=contact, scored=True, sample__form=criterion.form)
        contacts.QualityMarkFactory(review=review, criterion=criterion)
        contacts.QualityRemarkFactory(review=review)
        contacts.IdentityEventFactory(contact=contact, customer=customer, explained=True, reason="Su richiesta")
        contacts.OutgoingCallFactory(contact=contact, number=PHONE)
    contacts.ContactFactory(customer=None, address=EMAIL, closed=True)
    card = contacts.KnownPersonFactory(joined=True, customer=customer, phone=PHONE, email=EMAIL)
    contacts.ContactFactory(customer=customer, person=card, closed=True)
    contacts.CallBackFactory(customer=customer, contact=contact, phone=PHONE)
    call: Any = contacts.CallFactory(caller=PHONE)
    call.contact.customer = customer
    call.contact.save()
    contacts.CallLegFactory(call=call)
    contacts.CallFactory(abandoned=True, caller=PHONE)


def _complaints(customer: Customer) -> None:
    contact = contacts.ContactFactory(customer=customer, closed=True)
    complaint = complaints.ComplaintFactory(customer=customer, answered=True, contact=contact)
    complaints.SuspensionFactory(complaint=complaint)
    asked = complaints.EnquiryFactory(complaint=complaint, answered=True)
    complaints.EnquiryFileFactory(enquiry=asked)
    complaints.ComplaintLetterFactory(complaint=complaint)
    complaints.LetterSendingFactory(complaint=complaint)
    procedure = complaints.RegulatorRequestFactory(complaint=complaint, answered=True)
    complaints.ProcedureFileFactory(request=procedure)
    complaints.ProcedureLetterFactory(request=procedure)
    appeal = complaints.ArbitratorAppealFactory(complaint=complaint, preparing=True)
    complaints.ProcedureFileFactory(request=None, appeal=appeal)
    complaints.ProcedureLetterFactory(request=None, appeal=appeal, way="portal")
    complaints.AnswerDraftFactory(complaint=complaint)
    complaints.LetterTextEventFactory()
    notice = notices.NoticeFactory(customer=customer, kind="complaint-answered")
    complaints.ComplaintEventFactory(complaint=complaint, notice=notice)
    complaints.AddedFileFactory(addition__complaint=complaint)
    for fields in ({}, {"complaint": complaint}, {"customer": None, "source": "site", "address": EMAIL}):
        opinion = complaints.FeedbackFactory(**{"customer": customer, "answered": True} | fields)
        complaints.FeedbackEventFactory(feedback=opinion)
    complaints.PastEntryFactory(complaint__customer=customer, complaint__complainant_name=str(customer))
    complaints.ProceedingFactory(complaint=complaint)
    complaints.ChecklistTickFactory(complaint=complaint)
    complaints.AnswerApprovalFactory(complaint=complaint, decided=True)
    complaints.ComplaintDocumentFactory(complaint=complaint)
    complaints.RepresentationFactory(complaint=complaint)
    complaints.TriageDecisionFactory(contact=contact, complaint=complaint, is_complaint=True)
    other = contacts.ContactFactory(customer=customer, closed=True)
    complaints.TriageDecisionFactory(contact=other)
    complaints.ComplaintHintFactory(message__contact=other)
    opinion = complaints.FeedbackFactory(customer=customer)
    complaints.TriageDecisionFactory(contact=None, feedback=opinion)


def _notices(customer: Customer, user: Any) -> None:
    for fields in (
        {"customer": None, "kind": "enrolment-unknown", "address": EMAIL},
        {"kind": "code-sms"},
        {"kind": "policy-expiring"},
        {"kind": "request-answered"},
        {"customer": None, "user": user, "kind": "account-mail"},
    ):
        notice = notices.NoticeFactory(**{"customer": customer} | fields)
        notices.NoticeAttachmentFactory(notice=notice)
        notices.NoticeEventFactory(notice=notice)
        notices.DeliveryReportFactory(notice=notice)
        notices.LetterFactory(notice=notice)
        notices.NoticeHoldFactory(notice=notice)
        for kind in ("bounce", "answer"):
            notices.ReturnedMessageFactory(
                notice=notice, matched_by="token", kind=kind, sender=EMAIL, state="handled", handled_at=timezone.now()
            )
    notices.ReturnedMessageFactory(kind="bounce", recipient=EMAIL, state="handled", handled_at=timezone.now())
    notices.NoticePreferenceFactory(customer=customer)
    notices.PreferenceChangeFactory(customer=customer, by=user)
    notices.SuppressedAddressFactory(address=EMAIL)
    notices.SuppressedAddressFactory(channel="sms", address=PHONE, reason="asked")


def _promotions(customer: Customer) -> None:
    """One that was sent to the person, with a visit; one that they were left out of; a pause that has ended."""
    now = timezone.now()
    written: Any = promotions.RecipientFactory(
        customer=customer,
        state="written",
        consent=promotions.consent(customer),
        notice=notices.NoticeFactory(
            customer=customer, kind="promotion", is_promotional=True, state="sent", sent_at=now
        ),
        written_at=now,
    )
    Visit.objects.create(recipient=written, by_machine=False)
    promotions.consent(customer, "withdrawn", recorded_at=now)
    promotions.RecipientFactory(customer=customer, state="excluded", reason="claim", was_eligible=False)
    promotions.CalledPersonFactory(
        customer=customer, result="reached", result_at=now, result_by=customers.UserFactory(), tries=1
    )
    promotions.consent(customer, "withdrawn", channel="phone", recorded_at=timezone.now())
    promotions.ContactPauseFactory(customer=customer, ended_at=now, ended_by=customers.UserFactory())


def stamp(customer: Customer) -> set[str]:
    """Write the mark into every personal column of every row of the person, twice where history keeps it; returns which."""
    person, stamped = person_of(customer), set()
    with pghistory.context(note=MARK):
        for rule in RULES:
            rows = rows_of(rule, rule.of_person(person)) if rule.ways or rule.found_by else ()
            for row in rows:
                for name in rule.personal:
                    if _stamp(row, row._meta.get_field(name)):
                        stamped.add(f"{rule.name}.{name}")
    return stamped


def _stamp(row: models.Model, column: Any) -> bool:
    rows = type(row)._base_manager.filter(pk=row.pk)
    if isinstance(column, models.FileField):
        name = default_storage.save(f"{row._meta.label_lower}/file", ContentFile(MARK.encode()))
        return _set(rows, column.name, name)
    if isinstance(column, models.BinaryField):
        return _set(rows, column.name, MARK.encode())
    if isinstance(column, models.JSONField):
        return _set(rows, column.name, {"said": MARK})
    if not is_text(column):
        return False
    kept = getattr(row, column.name)
    if any(each in str(kept) for each in SOUGHT):
        return True
    return any(
        _set(rows, column.name, shape)
        for shape in (*SHAPES, f"{MARK}{row.pk}")
        if len(shape) <= (column.max_length or 999)
    )


def _set(rows: models.QuerySet, name: str, value: Any) -> bool:
    """Whether the column takes it; written twice, so that an earlier version holds it too."""
    try:
        with transaction.atomic(), erasing():
            rows.update(**{name: value})
            rows.update(**{name: value})
    except DatabaseError:
        return False
    return True


def where_it_is_found() -> set[str]:
    """Names of the tables in which a row holds the mark, in whatever column."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            words = " OR ".join("t::text ILIKE %s OR t::text ILIKE %s" for _each in SOUGHT)
            values = [value for each in SOUGHT for value in (f"%{each}%", f"%{each.encode().hex()}%")]
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" t WHERE {words})', values)
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def tables_of(rule: Any) -> set[str]:
    """The tables of a rule's rows, of their earlier versions, and of what follows them."""
    model = rule.model_class
    found = {model._meta.db_table, f"{model._meta.db_table}history"}
    for follower in followers_of(rule):
        found |= tables_of(follower)
    return found


__all__ = ["EMAIL", "MARK", "PHONE", "Payment", "person_known_everywhere", "stamp", "tables_of", "where_it_is_found"]
