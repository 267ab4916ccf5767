"""Commands: ask a caller who they are, judge the answers, and write down how it ended. The answers themselves are kept nowhere."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.agents.states import agent_of
from contact_center.contacts import commands
from contact_center.contacts.candidates import is_number_of_one
from contact_center.contacts.moves import locked, wake_desks
from contact_center.desk.identity import asking_of, questions_for, result_by, standing_of, steps_of
from contact_center.models import Agent, Contact, IdentityEvent, IdentityQuestion
from contact_center.models.identity import IdentityStep
from customers.access import open_with_reason, require_open
from customers.models import Customer, User
from foundation.refusals import Refused


def own_call(contact: Contact, by: User) -> tuple[Agent, Contact]:
    """The agent and the locked contact; Refused for a contact that somebody else has."""
    agent, contact = agent_of(by), locked(contact)
    if contact.owner_id != agent.pk:
        holder = contact.owner or contact.team or _("nobody")
        raise Refused(
            _("%(number)s is with %(who)s now: you cannot change it.") % {"number": contact.number, "who": holder},
            code="not_yours",
        )
    return agent, contact


def uncoded_call(contact: Contact, by: User) -> Contact:
    """The locked contact of the agent's own call; Refused for another's, and for one that has been coded."""
    _agent, contact = own_call(contact, by)
    if contact.wrap_up_id or contact.state == Contact.State.CLOSED:
        raise Refused(_("%(number)s has been wrapped up already.") % {"number": contact.number}, code="coded_already")
    return contact


@transaction.atomic
def ask_question(contact: Contact, *, customer: Customer, question: IdentityQuestion, by: User) -> IdentityEvent:
    """Write down that the question was put to the caller; from now on the agent sees what the file answers.

    The same question again asks nothing more. Refused for another's call, one that has been coded or whose identification has
    ended, while another question waits for its answer, for a question that has ended or that the file cannot answer, and where
    the file answers too few for anybody to pass.
    """
    contact = _identified_by_questions(contact, customer, by)
    before = IdentityEvent.objects.filter(contact=contact, customer=customer, question=question)
    if (asked := before.filter(step=IdentityStep.ASKED).first()) is not None:
        return asked
    if standing_of(steps_of(contact, customer)).waits_for is not None:
        raise Refused(_("First say whether the answer to the question before was right."), code="answer_not_judged")
    asking = asking_of(contact, customer)
    if question not in asking.left:
        raise Refused(_("This question cannot be asked of this person: choose another."), code="no_question")
    return _write(contact, customer, IdentityStep.ASKED, by=by, question=question)


@transaction.atomic
def judge_answer(
    contact: Contact, *, customer: Customer, question: IdentityQuestion, is_right: bool, by: User
) -> IdentityEvent:
    """Write down whether the caller's answer was right, and the result with it once there is one.

    With enough right answers the caller is the customer, and the call theirs. The same judgement again writes nothing more.
    Refused as `ask_question`, for a question that was not asked, and for one that was judged otherwise.
    """
    step = IdentityStep.RIGHT if is_right else IdentityStep.WRONG
    of_question = IdentityEvent.objects.filter(contact=contact, customer=customer, question=question)
    contact = locked(contact)
    if (same := of_question.filter(step=step).first()) is not None:
        return same
    contact = _identified_by_questions(contact, customer, by)
    steps = set(of_question.values_list("step", flat=True))
    if IdentityStep.ASKED not in steps:
        raise Refused(_("This question was not asked yet."), code="not_asked")
    if len(steps) > 1:
        raise Refused(_("This answer was judged already: it remains as it was written."), code="judged_already")
    event = _write(contact, customer, step, by=by, question=question)
    standing = standing_of(steps_of(contact, customer))
    left = sum(each.pk not in standing.asked for each in questions_for(customer, timezone.localdate()))
    needed = contact.line.right_answers if contact.line else 1
    result = result_by(right=standing.right, wrong=standing.wrong, left=left, needed=needed)
    if result:
        event = _write(contact, customer, result, by=by, needed=needed)
    if result == IdentityStep.PASSED:
        commands.link_customer(contact, customer=customer, by=by)
    return event


@transaction.atomic
def accept_number(contact: Contact, *, customer: Customer, by: User) -> IdentityEvent:
    """Take the number of the call as proof, where the line allows it; the call is the customer's.

    Refused for a number that nobody verified as theirs, or that other customers have as well, and as `ask_question`.
    """
    contact = _identified_by_questions(contact, customer, by)
    line = contact.line
    if line is None or not line.known_number_suffices:
        raise Refused(_("On this line a number is no proof: ask the questions."), code="number_not_enough")
    if not is_number_of_one(contact.address, customer):
        raise Refused(
            _("The number is not verified, or others have it as well: ask the questions."), code="number_not_known"
        )
    event = _write(contact, customer, IdentityStep.KNOWN_NUMBER, by=by)
    commands.link_customer(contact, customer=customer, by=by)
    return event


@transaction.atomic
def give_general_information(contact: Contact, *, customer: Customer, by: User) -> IdentityEvent:
    """Write down that no data were read out, so that nobody had to be identified. Refused as `ask_question`."""
    contact = _identified_by_questions(contact, customer, by)
    before = IdentityEvent.objects.filter(contact=contact, customer=customer, step=IdentityStep.GENERAL)
    return before.first() or _write(contact, customer, IdentityStep.GENERAL, by=by)


@transaction.atomic
def open_without_identification(
    contact: Contact, *, customer: Customer, kind: str, words: str, by: User
) -> IdentityEvent:
    """Open the person's data though nobody was identified, for a reason written down; after a failure as well.

    A second time writes nothing more. Refused for another's call, and for a reason that says nothing (`open_with_reason`).
    """
    contact = uncoded_call(contact, by)
    found = IdentityEvent.objects.filter(contact=contact, customer=customer, step=IdentityStep.REASON).first()
    if found is not None:
        return found
    access = open_with_reason(
        customer, by=by, what=f"call {contact.number}, without identification", kind=kind, words=words
    )
    return _write(
        contact, customer, IdentityStep.REASON, by=by, reason_kind=access.reason_kind, reason=access.reason[:200]
    )


def _identified_by_questions(contact: Contact, customer: Customer, by: User) -> Contact:
    """The locked call whose caller may still be identified; Refused where it ended, and ReasonNeeded for a restricted file."""
    contact = uncoded_call(contact, by)
    require_open(by, customer.pk)
    if contact.line is None or not contact.line.asks_identity:
        raise Refused(_("On this line nobody is asked to identify themselves."), code="line_asks_nothing")
    ended = standing_of(steps_of(contact, customer)).result
    if ended and ended != IdentityStep.GENERAL:
        raise Refused(
            _("The identification has ended: “%(result)s”.") % {"result": IdentityStep(ended).label},
            code="identification_ended",
        )
    return contact


def _write(contact: Contact, customer: Customer, step: str, *, by: User, **more: object) -> IdentityEvent:
    """Add the step to the call, which the caller has locked, and have the desk show it."""
    event = IdentityEvent.objects.create(contact=contact, customer=customer, step=step, by=by, **more)
    wake_desks(contact)
    return event
