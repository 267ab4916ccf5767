"""The kinds of operation: one entry each, from which its form, its checks, its texts, its pages and its queue follow.

A further kind is a word in `OperationKind`, a form in `forms.py` and an entry here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Operation
from customers.models.operation import OperationKind as Code
from customers.operations import checks, effects, forms
from customers.operations.subjects import Subject

CUSTOMER, POLICY, CLAIM = "customer", "policy", "claim"


@dataclass(frozen=True)
class Kind:
    """A kind of operation.

    `action` is the button, `text` what the person reads before sending, `then` what happens next. `topic` is the code of
    the topic that its contact counts under, where a person must act (`needs_person`). `is_by_law` are those that art. 42,
    paragraph 2, IVASS Reg. 41/2018 names: a page shows them with the reason where they are not possible. `refusal` gives
    the reason why not, "" where it is possible; `outdated` gives it where the facts answer what does not stand any more; `at_once` is done when it is asked for, `carried_out` when it ends well.
    `takes_longer` has the customer informed when somebody begins. `is_asked` is not so for what no form of facts asks.
    Of what is not `is_one_at_a_time` several may be open.
    """

    code: Code
    action: Any
    text: Any
    then: Any
    about: frozenset[str]
    form: type[forms.FactsForm]
    refusal: Callable[[Subject], str] = lambda subject: ""
    outdated: Callable[[Subject, Mapping[str, Any]], str] = lambda subject, facts: ""
    topic: str = ""
    needs_person: bool = True
    is_by_law: bool = False
    is_asked: bool = True
    needs_proof: bool = False
    may_be_withdrawn: bool = True
    takes_longer: bool = False
    is_one_at_a_time: bool = True
    at_once: effects.Effect = effects.nothing
    carried_out: effects.Effect = effects.nothing

    @property
    def name(self) -> Any:
        """What it is called in a list."""
        return self.code.label

    def why_not(self, subject: Subject) -> str:
        """The reason why it cannot be asked for about the subject now, or ""."""
        if subject.about not in self.about:
            return _("This cannot be asked for here.")
        return self.refusal(subject)


def _suspend(subject: Subject) -> str:
    policy = subject.policy
    assert policy is not None, "it is about a policy"
    return checks.why_not_suspend(
        line=policy.ramo,
        lines=settings.SUSPENDABLE_LINES,
        is_life=subject.is_life,
        state=policy.state,
        has_overdue=subject.has_overdue,
        ends_on=policy.ends_on,
        today=subject.today,
    )


def _reactivate(subject: Subject) -> str:
    policy = subject.policy
    assert policy is not None, "it is about a policy"
    return checks.why_not_reactivate(state=policy.state, ends_on=policy.ends_on, today=subject.today)


def _settle(subject: Subject) -> str:
    if subject.claim is not None:
        return checks.why_not_settle_claim(subject.claim.state)
    policy = subject.policy
    assert policy is not None, "it is about a claim or a policy"
    return checks.why_not_settle_benefit(
        is_life=subject.is_life, state=policy.state, ends_on=policy.ends_on, today=subject.today
    )


def _surrender(subject: Subject) -> str:
    policy = subject.policy
    assert policy is not None, "it is about a policy"
    return checks.why_not_surrender(
        is_life=subject.is_life, state=policy.state, ends_on=policy.ends_on, today=subject.today
    )


def _frequency(subject: Subject) -> str:
    policy = subject.policy
    assert policy is not None, "it is about a policy"
    return checks.why_not_change_frequency(
        state=policy.state, has_overdue=subject.has_overdue, ends_on=policy.ends_on, today=subject.today
    )


def _accept(subject: Subject) -> str:
    assert subject.claim is not None, "it is about a claim"
    refused = subject.open_of([Code.OFFER_REFUSED]) is not None
    return checks.why_not_answer_offer(subject.claim.state, other_answer_open=refused)


def _refuse_offer(subject: Subject) -> str:
    assert subject.claim is not None, "it is about a claim"
    return checks.why_not_answer_offer(subject.claim.state, other_answer_open=False)


def _other_offer(subject: Subject, facts: Mapping[str, Any]) -> str:
    claim, seen = subject.claim, forms.typed(forms.OfferAcceptedFacts, dict(facts))
    assert claim is not None, "it is about a claim"
    return checks.why_not_this_offer(
        seen=(seen.get("offered_amount"), seen.get("offered_on")), standing=(claim.offered_amount, claim.offered_on)
    )


def _withdraw(subject: Subject) -> str:
    policy = subject.policy
    assert policy is not None, "it is about a policy"
    days = settings.LIFE_WITHDRAWAL_DAYS if subject.is_life else settings.WITHDRAWAL_DAYS
    return checks.why_not_withdraw(state=policy.state, starts_on=policy.starts_on, days=days, today=subject.today)


def _cancel(subject: Subject) -> str:
    policy = subject.policy
    assert policy is not None, "it is about a policy"
    return checks.why_not_cancel(
        tacit_renewal=policy.tacit_renewal,
        state=policy.state,
        ends_on=policy.ends_on,
        days=settings.CANCELLATION_NOTICE_DAYS,
        today=subject.today,
    )


ABOUT_CUSTOMER, ABOUT_POLICY, ABOUT_CLAIM = frozenset({CUSTOMER}), frozenset({POLICY}), frozenset({CLAIM})
AT_ONCE = gettext_lazy("It is changed at once, and you find it in your profile.")

ENTRIES = (
    Kind(
        Code.PHONE,
        gettext_lazy("Change a telephone number"),
        gettext_lazy("We send a code to the new number. The earlier number is informed of the change by a text."),
        AT_ONCE,
        ABOUT_CUSTOMER,
        forms.PhoneFacts,
        needs_person=False,
        is_by_law=True,
        needs_proof=True,
        carried_out=effects.change_phone,
    ),
    Kind(
        Code.EMAIL,
        gettext_lazy("Change an e-mail address"),
        gettext_lazy(
            "We send a code to the new address, and inform the earlier one of the change. You go on signing in with the "
            "address you have signed in with until now."
        ),
        AT_ONCE,
        ABOUT_CUSTOMER,
        forms.EmailFacts,
        needs_person=False,
        is_by_law=True,
        needs_proof=True,
        carried_out=effects.change_email,
    ),
    Kind(
        Code.ADDRESS,
        gettext_lazy("Change the address"),
        gettext_lazy("Our letters go to this address from now on. Tell your agency too if a vehicle moves with you."),
        AT_ONCE,
        ABOUT_CUSTOMER,
        forms.AddressFacts,
        needs_person=False,
        is_by_law=True,
        carried_out=effects.change_address,
    ),
    Kind(
        Code.LANGUAGE,
        gettext_lazy("Change the language"),
        gettext_lazy("Of these pages, and of what we write to you."),
        AT_ONCE,
        ABOUT_CUSTOMER,
        forms.LanguageFacts,
        needs_person=False,
        carried_out=effects.change_language,
    ),
    Kind(
        Code.SUSPENSION,
        gettext_lazy("Suspend the cover"),
        gettext_lazy(
            "While the cover is suspended nothing is insured, and the vehicle must not be on a public road. The days of "
            "the suspension and what becomes of the premium follow from your contract."
        ),
        gettext_lazy(
            "A colleague checks the contract and suspends the cover from the day you chose; we write to you then."
        ),
        ABOUT_POLICY,
        forms.SuspensionFacts,
        _suspend,
        topic="policy-suspension",
        is_by_law=True,
        carried_out=effects.suspend,
    ),
    Kind(
        Code.REACTIVATION,
        gettext_lazy("Reactivate the cover"),
        gettext_lazy("The cover lasts again once we have written to you that it does, and not before."),
        gettext_lazy(
            "A colleague reactivates the cover from the day you chose, and we write to you when it lasts again."
        ),
        ABOUT_POLICY,
        forms.ReactivationFacts,
        _reactivate,
        topic="policy-suspension",
        is_by_law=True,
        carried_out=effects.reactivate,
    ),
    Kind(
        Code.SETTLEMENT,
        gettext_lazy("Ask for the settlement"),
        gettext_lazy(
            "We need the account to pay to. Papers can be added to the conversation once the request is sent."
        ),
        gettext_lazy("The person who follows it reads your request, and we write to you about each step."),
        frozenset({CLAIM, POLICY}),
        forms.SettlementFacts,
        _settle,
        topic="claims-payment",
        is_by_law=True,
        takes_longer=True,
    ),
    Kind(
        Code.SURRENDER,
        gettext_lazy("Surrender the policy"),
        gettext_lazy(
            "What is paid is the value of the day on which the surrender is carried out, after costs and taxes: it may "
            "be more or less than the one shown, and less than you paid in."
        ),
        gettext_lazy("A colleague calculates what is due and writes to you; then it is paid to your account."),
        ABOUT_POLICY,
        forms.SurrenderFacts,
        _surrender,
        topic="policy-change",
        is_by_law=True,
        takes_longer=True,
    ),
    Kind(
        Code.PAYMENT,
        gettext_lazy("Pay a premium"),
        "",
        gettext_lazy("It is paid, and you find the receipt among your payments."),
        ABOUT_POLICY,
        forms.PaymentFacts,
        needs_person=False,
        is_asked=False,
        is_by_law=True,
    ),
    Kind(
        Code.FREQUENCY,
        gettext_lazy("Change how often you pay"),
        gettext_lazy(
            "The new frequency holds from the next year of the contract, unless your contract has another term."
        ),
        gettext_lazy("A colleague changes it and writes to you from when it holds, and with which amounts."),
        ABOUT_POLICY,
        forms.FrequencyFacts,
        _frequency,
        topic="policy-change",
    ),
    Kind(
        Code.OFFER_ACCEPTED,
        gettext_lazy("Accept the offer"),
        gettext_lazy("By accepting you agree to the amount of our offer for this claim. It cannot be undone here."),
        gettext_lazy("The claim is accepted from today, and the amount is paid to your account."),
        ABOUT_CLAIM,
        forms.OfferAcceptedFacts,
        _accept,
        _other_offer,
        topic="claims-payment",
        may_be_withdrawn=False,
        at_once=effects.accept_offer,
    ),
    Kind(
        Code.OFFER_REFUSED,
        gettext_lazy("Refuse the offer"),
        gettext_lazy("Tell us why: the person who follows the claim reads it and answers."),
        gettext_lazy("The person who follows the claim looks at it again and writes to you."),
        ABOUT_CLAIM,
        forms.OfferRefusedFacts,
        _refuse_offer,
        _other_offer,
        topic="claims-payment",
        takes_longer=True,
    ),
    Kind(
        Code.WITHDRAWAL,
        gettext_lazy("Withdraw from the contract"),
        gettext_lazy(
            "You need no reason. The cover ends, and what your contract gives back of the premium is paid to you."
        ),
        gettext_lazy("A colleague ends the contract, and we write to you from when and how much is paid back."),
        ABOUT_POLICY,
        forms.WithdrawalFacts,
        _withdraw,
        topic="policy-cancellation",
        takes_longer=True,
        carried_out=effects.cancel_contract,
    ),
    Kind(
        Code.CANCELLATION,
        gettext_lazy("Cancel at expiry"),
        gettext_lazy("The contract ends on its day and is not renewed; until then you remain covered."),
        gettext_lazy("A colleague records that the contract is not renewed, and we confirm it to you in writing."),
        ABOUT_POLICY,
        forms.CancellationFacts,
        _cancel,
        topic="policy-cancellation",
        carried_out=effects.cancel_renewal,
    ),
    Kind(
        Code.REFUND,
        gettext_lazy("Ask for a refund"),
        gettext_lazy(
            "Tell us what to pay back and why. Papers can be added to the conversation once the request is sent."
        ),
        gettext_lazy("A colleague checks it and writes to you; what is due is paid to your account."),
        ABOUT_POLICY,
        forms.RefundFacts,
        topic="payments-refund",
        takes_longer=True,
    ),
    Kind(
        Code.COPY,
        gettext_lazy("Ask for a document"),
        gettext_lazy("For a document that you do not find among yours."),
        gettext_lazy("A colleague looks for it and sends it to you."),
        ABOUT_POLICY,
        forms.CopyFacts,
        topic="policy-documents",
    ),
    Kind(
        Code.REPRESENTATION,
        gettext_lazy("Act for another"),
        gettext_lazy("We read the document and let you act for that customer, as far as it says and until its day."),
        gettext_lazy("A colleague reads the document and writes to you."),
        ABOUT_CUSTOMER,
        forms.RepresentationFacts,
        topic="data-change",
        is_asked=False,  # its page takes the document as well
        is_one_at_a_time=False,
        carried_out=effects.represent,
    ),
)
KINDS: dict[str, Kind] = {kind.code.value: kind for kind in ENTRIES}


def kind_of(operation: Operation) -> Kind:
    """The entry of an operation."""
    return KINDS[operation.kind]


def facts_shown(operation: Operation) -> list[tuple[str, str]]:
    """What was asked, as labels and values in the language of now."""
    return forms.shown(kind_of(operation).form, operation.facts)


def may_be_withdrawn(operation: Operation) -> bool:
    """Whether the customer can still take it back: nothing has been done about it yet."""
    return operation.state in Operation.OPEN_STATES and kind_of(operation).may_be_withdrawn


@dataclass(frozen=True)
class Offer:
    """A kind as a page offers it: possible, asked for already, or not possible, with the reason."""

    kind: Kind
    why_not: str = ""
    waiting: Operation | None = None


def offers_about(subject: Subject) -> list[Offer]:
    """What can be done about the subject now, in order; what cannot is there only where the law names it."""
    found = []
    for kind in ENTRIES:
        if not kind.is_asked or subject.about not in kind.about:
            continue
        waiting = subject.open_of([kind.code])
        why_not = "" if waiting else kind.why_not(subject)
        if not why_not or (kind.is_by_law and _is_of_this(kind, subject)):
            found.append(Offer(kind, why_not, waiting))
    return sorted(found, key=lambda offer: bool(offer.why_not))


def _is_of_this(kind: Kind, subject: Subject) -> bool:
    """Whether a reason why not is of any interest: a life policy is never suspended, a car never surrendered."""
    if subject.policy is None:
        return True
    of_life = {Code.SURRENDER, Code.SETTLEMENT}
    return (kind.code in of_life) == subject.is_life
