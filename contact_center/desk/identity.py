"""Whether a caller has been identified as a customer: the rule, the facts that answer the questions, what the desk shows of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Max
from django.utils import formats, timezone

from contact_center.contacts.candidates import is_number_of_one
from contact_center.models import Contact, IdentityEvent, IdentityQuestion
from contact_center.models.identity import OPENING, RESULTS, IdentityFact, IdentityStep
from customers.models import Customer, Instalment, Policy

MOST_WRONG = 1  # a slip of the tongue; at the second wrong answer the caller is not identified
TAX_CODE_TAIL, VAT_NUMBER_TAIL = 5, 4
MOST_SHOWN = 6  # plates and numbers of one person; of a fleet any of these will do


# --- The rule ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Standing:
    """How far an identification has come. Questions are keys."""

    asked: tuple[int, ...] = ()  # in the order asked
    answered: frozenset[int] = frozenset()
    right: int = 0
    wrong: int = 0
    result: str = ""  # the last one: a file may be opened for a reason after a failure

    @property
    def is_open(self) -> bool:
        """Whether the data may be read out."""
        return self.result in OPENING

    @property
    def waits_for(self) -> int | None:
        """The question that was asked and whose answer nobody has judged yet."""
        return next((each for each in self.asked if each not in self.answered), None)


def standing_of(steps: Iterable[tuple[str, int | None]]) -> Standing:
    """What the steps (step, question) of one call and one customer come to, in the order in which they were written."""
    asked: list[int] = []
    answered: set[int] = set()
    right = wrong = 0
    result = ""
    for step, question in steps:
        if step in RESULTS:
            result = step
        elif question is not None and step == IdentityStep.ASKED:
            asked.append(question)
        elif question is not None:
            answered.add(question)
            right += step == IdentityStep.RIGHT
            wrong += step == IdentityStep.WRONG
    return Standing(tuple(asked), frozenset(answered), right, wrong, result)


def result_by(*, right: int, wrong: int, left: int, needed: int) -> str:
    """How the questions end: "passed" with enough right answers, "failed" with too many wrong ones or too few questions left; "" goes on."""
    if right >= needed:
        return IdentityStep.PASSED
    if wrong > MOST_WRONG or right + left < needed:
        return IdentityStep.FAILED
    return ""


# --- What answers a question ------------------------------------------------------------------------------------
def _day(day: date | None) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""


class _File:
    """What is asked of a customer's file: its policies once, however many questions they answer."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer

    @cached_property
    def in_force(self) -> list[Policy]:
        own = Policy.objects.filter(holder=self.customer, state__in=[Policy.State.ACTIVE, Policy.State.SUSPENDED])
        return list(own.order_by("-ends_on", "pk").only("plate", "number")[:MOST_SHOWN])

    def last_payment(self) -> str:
        paid = Instalment.objects.filter(policy__holder=self.customer, paid_on__isnull=False)
        return _day(paid.aggregate(last=Max("paid_on"))["last"])

    def address(self) -> str:
        return ", ".join(filter(None, [self.customer.address, self.customer.city])) if self.customer.address else ""


FACTS: dict[str, Callable[[_File], str]] = {
    IdentityFact.BIRTH_DATE: lambda file: _day(file.customer.birth_date),
    IdentityFact.TAX_CODE_END: lambda file: (file.customer.tax_code or "")[-TAX_CODE_TAIL:],
    IdentityFact.VAT_NUMBER_END: lambda file: (file.customer.vat_number or "")[-VAT_NUMBER_TAIL:],
    IdentityFact.ADDRESS: _File.address,
    IdentityFact.PLATE: lambda file: ", ".join(filter(None, (each.plate for each in file.in_force))),
    IdentityFact.POLICY_NUMBER: lambda file: ", ".join(each.number for each in file.in_force),
    IdentityFact.LAST_PAYMENT: _File.last_payment,
}


def right_answer(question: IdentityQuestion, customer: Customer) -> str:
    """What the file says, as the agent compares it with what the caller says; "" where the file does not have it."""
    return FACTS[question.fact](_File(customer))


def questions_for(customer: Customer, day: date) -> list[IdentityQuestion]:
    """The questions of the day that the customer's file can answer, in their order."""
    file = _File(customer)
    return [each for each in IdentityQuestion.objects.valid_on(day) if FACTS[each.fact](file)]


# --- What the desk shows ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Asking:
    """The questions at the desk. `answer` is shown for the question that was asked, and for no other."""

    standing: Standing
    needed: int
    is_asked: bool  # the line asks for it at all
    waiting: IdentityQuestion | None = None
    answer: str = ""
    left: tuple[IdentityQuestion, ...] = ()
    number_suffices: bool = False
    last_failure: IdentityEvent | None = None

    @property
    def is_open(self) -> bool:
        """Whether the data may be shown."""
        return not self.is_asked or self.standing.is_open


def steps_of(contact: Contact, customer: Customer) -> list[tuple[str, int | None]]:
    """The steps of the call and the customer, as they were written."""
    events = IdentityEvent.objects.filter(contact=contact, customer=customer)
    return list(events.order_by("pk").values_list("step", "question"))


def asking_of(contact: Contact, customer: Customer) -> Asking:
    """What to ask the caller, for the card of the customer."""
    line = contact.line
    if line is None or not line.asks_identity:
        return Asking(Standing(), 0, is_asked=False)
    standing = standing_of(steps_of(contact, customer))
    if standing.is_open:
        return Asking(standing, line.right_answers, is_asked=True)
    failures = IdentityEvent.objects.filter(customer=customer, step=IdentityStep.FAILED).exclude(contact=contact)
    usable = questions_for(customer, timezone.localdate())
    left = [each for each in usable if each.pk not in standing.asked]
    if standing.right + len(left) < line.right_answers:
        left = []  # too few to pass: none is asked in vain
    pk = standing.waits_for
    waiting = next((each for each in usable if each.pk == pk), None) if pk is not None else None
    if pk is not None and waiting is None:  # it ended, or the file changed, since it was asked
        waiting = IdentityQuestion.objects.get(pk=pk)
    return Asking(
        standing,
        line.right_answers,
        is_asked=True,
        waiting=waiting,
        answer=right_answer(waiting, customer) if waiting is not None else "",
        left=tuple(left),
        number_suffices=line.known_number_suffices and is_number_of_one(contact.address, customer),
        last_failure=failures.select_related("by").order_by("-at").first(),
    )
