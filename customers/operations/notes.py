"""Rule: what a person must know before an operation is sent, beside the text of its kind: values, days and terms."""

from django.conf import settings
from django.utils.translation import gettext as _

from customers.claim_terms import payment_due_on
from customers.models.operation import OperationKind as Code
from customers.operations.checks import offer_in_words
from customers.operations.frequency import LABELS
from customers.operations.kinds import Kind
from customers.operations.subjects import Subject
from customers.operations.terms import cancellation_due_on, withdrawal_ends_on
from customers.rami import MOTOR_LIABILITY
from foundation.dates import written_day
from foundation.office.read_only import euro


def notes_before(kind: Kind, subject: Subject) -> list[str]:
    """Sentences for the person who asks; none where there is nothing to know."""
    makers = {
        Code.SURRENDER: _of_surrender,
        Code.FREQUENCY: _of_frequency,
        Code.OFFER_ACCEPTED: _of_acceptance,
        Code.OFFER_REFUSED: _of_the_offer,
        Code.WITHDRAWAL: _of_withdrawal,
        Code.CANCELLATION: _of_cancellation,
    }
    return makers[kind.code](subject) if kind.code in makers else []


def _of_surrender(subject: Subject) -> list[str]:
    value = subject.value
    if value is None:
        return [
            _("Not every life contract can be surrendered: a colleague checks yours, and writes to you if it cannot."),
            _("The surrender value is not known here: it is calculated when the surrender is carried out."),
        ]
    return [
        _("Surrender value %(day)s: %(amount)s.")
        % {"day": written_day(value.valued_on, "al"), "amount": euro(value.amount)}
    ]


def _of_frequency(subject: Subject) -> list[str]:
    if not subject.frequency:
        return [_("How often you pay now is not known here: a colleague checks it.")]
    return [_("How often you pay now: %(frequency)s.") % {"frequency": LABELS[subject.frequency]}]


def _of_the_offer(subject: Subject) -> list[str]:
    assert subject.claim is not None, "it is about a claim"
    return [offer_in_words(subject.claim.offered_amount, subject.claim.offered_on)]


def _of_acceptance(subject: Subject) -> list[str]:
    """Art. 148 CAP: of a motor claim what was accepted is paid within fifteen days."""
    assert subject.claim is not None, "it is about a claim"
    offer = _of_the_offer(subject)
    if subject.claim.policy.ramo != MOTOR_LIABILITY:
        return offer
    day = written_day(payment_due_on(subject.today), "il")
    return [
        *offer,
        _("If you accept today, the law has us pay by %(day)s: 15 days from the acceptance.") % {"day": day},
    ]


def _of_withdrawal(subject: Subject) -> list[str]:
    assert subject.policy is not None, "it is about a policy"
    days = settings.LIFE_WITHDRAWAL_DAYS if subject.is_life else settings.WITHDRAWAL_DAYS
    last = withdrawal_ends_on(subject.policy.starts_on, days=days)
    sentence = _("Where the contract has no other term, you can withdraw until %(day)s.")
    return [sentence % {"day": written_day(last, "al")}]


def _of_cancellation(subject: Subject) -> list[str]:
    assert subject.policy is not None, "it is about a policy"
    last = cancellation_due_on(subject.policy.ends_on, days=settings.CANCELLATION_NOTICE_DAYS)
    sentence = _("Where the contract has no other term, we must have it by %(last)s; the cover ends on %(end)s.")
    return [sentence % {"last": written_day(last, "il"), "end": written_day(subject.policy.ends_on, "il")}]
