"""What the timeline shows of a customer's claims, payments, operations, changes of data, consents and documents."""

from collections.abc import Sequence

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.contact_points.office import value_seen
from customers.models import Claim, Consent, DataChange, Document, Operation, Payment
from customers.models.claim import OPEN_STATES as OPEN_CLAIMS
from customers.models.operation import OPEN_STATES as OPEN_OPERATIONS
from customers.timeline.queries import Entry, MomentOfDay, TimelineSource
from foundation.constraints import is_among
from foundation.masking import names_hidden, seen_text
from foundation.office.links import change_address
from foundation.office.read_only import euro
from foundation.requests import Reader

LONGEST_WORDS = 200  # characters of what somebody wrote


def claim_rows(ids: Sequence[int], reader: Reader) -> QuerySet:
    """The claims that they reported."""
    return Claim.objects.visible_to(reader).filter(customer__in=ids)


def claim_entry(claim: Claim, reader: Reader) -> Entry:
    """Number and kind; how it stands and when it happened."""
    day = formats.date_format(claim.occurred_on, "SHORT_DATE_FORMAT")
    happened = _("happened on %(day)s") % {"day": day}
    tone = {Claim.State.PAID: "good", Claim.State.REFUSED: "bad"}.get(Claim.State(claim.state), "")
    return Entry(
        f"{claim.number} · {claim.get_kind_display()}",
        f"{claim.get_state_display()} · {happened}",
        change_address(claim),
        tone,
    )


def payment_rows(ids: Sequence[int], reader: Reader) -> QuerySet:
    """The payments that they began."""
    return Payment.objects.visible_to(reader).filter(customer__in=ids)


def payment_entry(payment: Payment, reader: Reader) -> Entry:
    """Number and amount; how it stands and for which policy."""
    tone = {Payment.State.PAID: "good", Payment.State.REFUSED: "bad"}.get(Payment.State(payment.state), "")
    hint = f"{payment.get_state_display()} · {payment.policy.number}"
    return Entry(f"{payment.number} · {euro(payment.amount)}", hint, change_address(payment), tone)


def operation_rows(ids: Sequence[int], reader: Reader) -> QuerySet:
    """What was asked to be done for them."""
    return Operation.objects.visible_to(reader).filter(customer__in=ids)


def operation_entry(operation: Operation, reader: Reader) -> Entry:
    """Number and kind; how it stands, by which way it came and about what."""
    about = operation.policy or operation.claim
    parts = [operation.get_state_display(), operation.get_channel_display(), str(about or "")]
    tone = {Operation.State.DONE: "good", Operation.State.REFUSED: "bad"}.get(Operation.State(operation.state), "")
    title = f"{operation.number} · {operation.get_kind_display()}"
    return Entry(title, " · ".join(filter(None, parts)), change_address(operation), tone)


def change_rows(ids: Sequence[int], reader: Reader) -> QuerySet:
    """The changes of their data."""
    return DataChange.objects.visible_to(reader).filter(customer__in=ids)


def change_entry(change: DataChange, reader: Reader) -> Entry:
    """What was changed, from what to what; why, and who changed it."""
    values = [value_seen(reader, change, value) for value in (change.old, change.new) if value]
    what = change.get_point_kind_display() if change.point_kind else ""
    words = seen_text(reader, change.words, names=names_hidden(reader, change.customer), most=LONGEST_WORDS)
    title = " · ".join(filter(None, [change.get_kind_display(), what, " → ".join(values)]))
    return Entry(title, " · ".join(filter(None, [change.get_reason_display(), words, str(change.by)])))


def consent_rows(ids: Sequence[int], reader: Reader) -> QuerySet:
    """Each event of their ledger."""
    return Consent.objects.visible_to(reader).filter(customer__in=ids)


def consent_entry(consent: Consent, reader: Reader) -> Entry:
    """Purpose, channel and event; where it was recorded."""
    tone = "bad" if consent.event == Consent.Event.WITHDRAWN else "good"
    title = f"{consent.get_purpose_display()}, {consent.get_channel_display()}"
    hint = f"{consent.get_event_display()} · {consent.get_source_display()}"
    return Entry(title, hint, change_address(consent), tone)


def document_rows(ids: Sequence[int], reader: Reader) -> QuerySet:
    """Their papers, earlier versions too."""
    return Document.objects.visible_to(reader).filter(customer__in=ids)


def document_entry(document: Document, reader: Reader) -> Entry:
    """Title; kind, day and policy. The link leads to its page, and not to the file, whose opening is written down."""
    day = formats.date_format(document.dated_on, "SHORT_DATE_FORMAT")
    replaced = _("replaced by a later version") if document.replaced_at is not None else ""
    parts = [document.get_kind_display(), _("dated %(day)s") % {"day": day}, str(document.policy or ""), replaced]
    address = reverse("admin:customers_document_change", args=[document.pk])
    return Entry(document.title, " · ".join(filter(None, parts)), address)


CLAIMS = TimelineSource(
    "sinistri",
    gettext_lazy("claims"),
    Claim,
    MomentOfDay("reported_on", "created_at"),
    claim_rows,
    claim_entry,
    open=is_among("state", OPEN_CLAIMS),
    is_of_a_day=True,
)
PAYMENTS = TimelineSource(
    "pagamenti",
    gettext_lazy("payments"),
    Payment,
    F("begun_at"),
    payment_rows,
    payment_entry,
    prepare=lambda rows: rows.select_related("policy"),
)
OPERATIONS = TimelineSource(
    "operazioni",
    gettext_lazy("operations"),
    Operation,
    F("asked_at"),
    operation_rows,
    operation_entry,
    prepare=lambda rows: rows.select_related("policy", "claim"),
    open=is_among("state", OPEN_OPERATIONS),
)
DATA_CHANGES = TimelineSource(
    "dati",
    gettext_lazy("changes of data"),
    DataChange,
    F("at"),
    change_rows,
    change_entry,
    prepare=lambda rows: rows.select_related("by", "customer"),
)
CONSENTS = TimelineSource("consensi", gettext_lazy("consents"), Consent, F("recorded_at"), consent_rows, consent_entry)
DOCUMENTS = TimelineSource(
    "documenti",
    gettext_lazy("documents"),
    Document,
    F("received_at"),
    document_rows,
    document_entry,
    prepare=lambda rows: rows.select_related("policy"),
)
