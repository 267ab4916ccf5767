"""Rule and query: why of a step of a claim nothing is owed on a day, in one sentence; "" where nothing speaks against it."""

from datetime import date, timedelta

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import AskedDocument, Claim
from foundation.dates import ROME, written_day
from notifications import alert_kinds, kinds
from notifications.alerts.events import CLAIM_DAYS
from notifications.models import AlertEvent, AlertRule, Notice

State = Claim.State
REMINDED_BEFORE = "claim-document-reminder"  # what the contact centre sent before a rule did


def _words(claim: Claim) -> dict[str, str]:
    return {"claim": claim.number, "state": claim.get_state_display()}


def _is_over(claim: Claim) -> str:
    if claim.state not in Claim.OPEN_STATES:
        return _("Not written, because claim %(claim)s is over: %(state)s.") % _words(claim)
    return ""


def _not_followed(claim: Claim) -> str:
    if claim.state == State.REPORTED:
        return _("Not written yet: claim %(claim)s was not taken in charge.") % _words(claim)
    return _is_over(claim)


def _informed(code: str, claim: Claim) -> Notice | None:
    """The first notice of the kind about the claim that went, or goes."""
    found = Notice.objects.filter(once__startswith=f"{code}:{claim.pk}:")
    return found.exclude(state__in=[Notice.State.REFUSED, Notice.State.WITHHELD]).order_by("created_at").first()


def _versions(claim: Claim) -> QuerySet:
    """The earlier versions of the claim."""
    return apps.get_model("customers", "ClaimHistory")._default_manager.filter(pgh_obj=claim.pk)


def _began_on() -> date | None:
    """The day of the first claim that was kept here: what happened until then is history."""
    first = Claim.objects.order_by("pk").values_list("created_at", flat=True).first()
    return timezone.localdate(first, ROME) if first is not None else None


def _is_history(day: date) -> bool:
    return (began := _began_on()) is not None and day <= began


def _of_an_earlier_system(claim: Claim) -> str:
    return _(
        "Not written, because this step of claim %(claim)s came with the history of an earlier system: it is no news."
    ) % _words(claim)


# --- Taken in charge, and by whom
def taken(claim: Claim, today: date, rule: AlertRule) -> str:
    """Why it is not announced that the claim is taken in charge."""
    if reason := _not_followed(claim):
        return reason
    if (offer := _informed(alert_kinds.CLAIM_OFFERED.code, claim)) is not None:
        words = _words(claim) | {"day": written_day(timezone.localtime(offer.created_at, ROME), "del")}
        return (
            _("Not written, because the notice of the offer for claim %(claim)s, of %(day)s, says it as well.") % words
        )
    offers = AlertRule.objects.on(today).filter(event=AlertEvent.CLAIM_OFFERED)
    if claim.state in (State.OFFERED, State.ACCEPTED) and offers.exists():
        return _(
            "Not written, because an offer was made for claim %(claim)s already: its notice says it as well."
        ) % _words(claim)
    without_name = claim.reported_on + timedelta(days=rule.waits_days + 1)
    if not claim.adjuster and today < without_name:
        words = _words(claim) | {"day": written_day(without_name, "dal")}
        return (
            _(
                "Not written yet: nobody was named to follow claim %(claim)s; it is written without a name from %(day)s."
            )
            % words
        )
    if _versions(claim).filter(state=State.REPORTED).exists():
        return ""
    if _is_history(claim.reported_on) or claim.reported_on < today - timedelta(days=rule.until_days):
        return _(
            "Not written, because claim %(claim)s came with the history of an earlier system, in charge already."
        ) % _words(claim)
    return ""


def people(claim: Claim, today: date, rule: AlertRule) -> str:
    """Why it is not announced that somebody else follows the claim."""
    if reason := _not_followed(claim):
        return reason
    those = (_informed(kind.code, claim) for kind in (kinds.CLAIM_TAKEN_IN_CHARGE, alert_kinds.CLAIM_OFFERED))
    moments = [notice.created_at for notice in those if notice is not None]
    if not moments:
        return _(
            "Not written, because who follows claim %(claim)s was not announced before: the first notice says it."
        ) % _words(claim)
    others = _versions(claim).exclude(
        adjuster=claim.adjuster, adjuster_phone=claim.adjuster_phone, assessor=claim.assessor
    )
    since = max(min(moments), timezone.now() - timedelta(days=rule.until_days or CLAIM_DAYS))
    if not others.filter(pgh_created_at__gt=since).exists():
        return _("Not written, because the people who follow claim %(claim)s are those that were announced.") % _words(
            claim
        )
    if not claim.adjuster:
        return _("Not written yet: nobody is named to follow claim %(claim)s now.") % _words(claim)
    return ""


# --- The visit of the assessor
def with_visit(claim: Claim, _today: date) -> Claim | None:
    """The claim, where a visit has its day."""
    return claim if claim.visit_on is not None else None


def no_visit(claim: Claim) -> str:
    """That there is none."""
    return _is_over(claim) or _(
        "Not written, because no day is set on which an assessor visits for claim %(claim)s."
    ) % _words(claim)


def visit(claim: Claim, _today: date, _rule: AlertRule) -> str:
    """Why the visit is not announced."""
    return _is_over(claim)


def visits(claim: Claim) -> str:
    """The visit and its day."""
    assert claim.visit_on is not None, "it was asked for"
    return _("the assessor's visit for claim %(claim)s is on %(day)s") % {
        "claim": claim.number,
        "day": written_day(claim.visit_on, "il"),
    }


# --- A document that was asked for
def asked_document(claim: Claim, _today: date) -> AskedDocument | None:
    """The document that a person asks about: the first that is waited for, or else the last that was."""
    rows = claim.asked_documents.select_related("claim")
    waited_for = rows.open().order_by("due_on", "pk").first()
    return waited_for if waited_for is not None else rows.order_by("-pk").first()


def no_document(claim: Claim) -> str:
    """That none was asked for."""
    return _("Not written, because no document was asked for in claim %(claim)s.") % _words(claim)


def document(asked: AskedDocument, _today: date, _rule: AlertRule) -> str:
    """Why it is not announced that the document is missing."""
    words = {"document": asked.name}
    if asked.state != AskedDocument.State.ASKED:
        assert asked.ended_at is not None, "it is not waited for any more"
        words["day"] = written_day(timezone.localtime(asked.ended_at, ROME), "il")
        if asked.state == AskedDocument.State.RECEIVED:
            return _("Not written, because the document “%(document)s” came on %(day)s.") % words
        return _("Not written, because since %(day)s the document “%(document)s” is not needed any more.") % words
    if reason := _is_over(asked.claim):
        return reason
    before = Notice.objects.filter(once__startswith=f"{REMINDED_BEFORE}:{asked.pk}:")
    reminded = before.exclude(state__in=[Notice.State.REFUSED, Notice.State.WITHHELD]).first()
    if reminded is not None:
        words["day"] = written_day(timezone.localtime(reminded.created_at, ROME), "il")
        return _("Not written, because of the document “%(document)s” the person was reminded on %(day)s.") % words
    return ""


def is_needed(asked: AskedDocument) -> str:
    """The document and its day."""
    words = {"document": asked.name, "day": written_day(asked.due_on, "il")}
    return _("the document “%(document)s” was asked for by %(day)s") % words


# --- Offer, payment, refusal
def answered_on(claim: Claim) -> date:
    """The day of an offer or refusal; where the file does not say it, that on which we learnt it."""
    return claim.offered_on or timezone.localdate(claim.updated_at, ROME)


def offered(claim: Claim, _today: date, _rule: AlertRule) -> str:
    """Why the offer is not announced."""
    if claim.state in (State.REPORTED, State.TAKEN_IN_CHARGE):
        return _("Not written yet: no offer was made for claim %(claim)s.") % _words(claim)
    if claim.state not in (State.OFFERED, State.ACCEPTED):
        return _is_over(claim)
    return _of_an_earlier_system(claim) if _is_history(answered_on(claim)) else ""


def was_offered(claim: Claim) -> str:
    """The offer and its day."""
    words = {"claim": claim.number, "day": written_day(answered_on(claim), "il")}
    return _("the offer for claim %(claim)s was made on %(day)s") % words


def paid(claim: Claim, _today: date, _rule: AlertRule) -> str:
    """Why the payment is not announced."""
    if claim.state != State.PAID:
        return _("Not written, because claim %(claim)s was not paid: %(state)s.") % _words(claim)
    assert claim.paid_on is not None, "claim_paid_has_day_and_amount"
    return _of_an_earlier_system(claim) if _is_history(claim.paid_on) else ""


def was_paid(claim: Claim) -> str:
    """The payment and its day."""
    assert claim.paid_on is not None, "claim_paid_has_day_and_amount"
    words = {"claim": claim.number, "day": written_day(claim.paid_on, "il")}
    return _("claim %(claim)s was paid on %(day)s") % words


def refused(claim: Claim, _today: date, _rule: AlertRule) -> str:
    """Why the refusal is not announced."""
    if claim.state != State.REFUSED:
        return _("Not written, because claim %(claim)s was not refused: %(state)s.") % _words(claim)
    return _of_an_earlier_system(claim) if _is_history(answered_on(claim)) else ""


def was_refused(claim: Claim) -> str:
    """The refusal and its day."""
    words = {"claim": claim.number, "day": written_day(answered_on(claim), "il")}
    return _("claim %(claim)s was refused on %(day)s") % words
