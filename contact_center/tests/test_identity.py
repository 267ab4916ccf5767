"""Callers are identified before their data are shown: questions as data, right and wrong, what opens and what stays closed."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contact_center.calls import recording
from contact_center.calls.events import Event
from contact_center.contacts.candidates import candidates_for
from contact_center.desk import identity_commands as identity
from contact_center.desk.commands import code_call
from contact_center.desk.identity import FACTS, asking_of, questions_for, result_by, right_answer, standing_of
from contact_center.models import Contact, IdentityEvent, IdentityQuestion, TollFreeLine, Topic, WrapUpCode
from contact_center.models.identity import IdentityFact
from contact_center.tests import factories as make
from customers import roles
from customers.models import AccessLog
from customers.tests import factories as people
from customers.tests.sign_in import signed_in
from foundation.office.closed import RESTRICTED
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
NUMBER, PAGE = "+393331234567", "/backoffice/scrivania/"
BORN, TAX_CODE = date(1970, 3, 12), "RSSMRA70C12H501X"
ASKED, RIGHT, WRONG = IdentityEvent.Step.ASKED, IdentityEvent.Step.RIGHT, IdentityEvent.Step.WRONG


@pytest.fixture
def agent():
    return make.AgentFactory(code="op1", user=people.UserFactory(role=roles.AGENT))


@pytest.fixture
def client(agent):
    return signed_in(agent.user)


@pytest.fixture
def customer():
    """A customer with a policy, whose file answers four of the questions."""
    person = people.CustomerFactory(birth_date=BORN, address="Via Roma 1", city="Pavia")
    people.ContactPointFactory(customer=person, kind="phone", value=NUMBER, verified_at=timezone.now())
    people.PolicyFactory(holder=person, plate="AB123CD", number="POL-991")
    return person


@pytest.fixture
def call(agent):
    """A call of the customers' line that the agent has in hand."""
    now = timezone.now()
    events = [
        ("c1", Event("q", "queued", now - timedelta(seconds=9), line="customers", caller=NUMBER)),
        ("c1", Event("a", "answered", now, agent=agent.code)),
    ]
    recording.record_events(events, source="centralino")
    return Contact.objects.get(call__external_id="c1")


@pytest.fixture
def asked(call, customer, agent):
    """Ask the question with this code, and judge the answer."""

    def ask(code, *, is_right):
        question = IdentityQuestion.objects.get(code=code)
        whom = {"customer": customer, "question": question, "by": agent.user}
        identity.ask_question(call, **whom)
        return identity.judge_answer(call, is_right=is_right, **whom)

    return ask


def result_of(call, customer):
    return asking_of(call, customer).standing.result


# --- The rule -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("right", "wrong", "left", "needed", "result"),
    [
        (0, 0, 5, 2, ""),
        (1, 0, 4, 2, ""),
        (2, 0, 3, 2, "passed"),
        (2, 1, 2, 2, "passed"),
        (1, 1, 3, 2, ""),
        (1, 2, 2, 2, "failed"),
        (0, 2, 3, 2, "failed"),
        (1, 1, 0, 2, "failed"),
        (1, 0, 0, 1, "passed"),
    ],
)
def test_enough_right_answers_pass_and_a_second_wrong_one_or_too_few_questions_fail(
    right, wrong, left, needed, result
):
    assert result_by(right=right, wrong=wrong, left=left, needed=needed) == result


def test_the_last_result_counts():
    steps = [(ASKED, 1), (WRONG, 1), (ASKED, 2), (WRONG, 2), ("failed", None), ("reason", None)]
    standing = standing_of(steps)
    assert (standing.wrong, standing.result, standing.is_open) == (2, "reason", True)


def test_the_question_that_waits_for_its_answer_is_known():
    assert standing_of([(ASKED, 1), (RIGHT, 1), (ASKED, 2)]).waits_for == 2


# --- The questions --------------------------------------------------------------------------------------------------
def test_every_fact_has_its_answer():
    assert set(FACTS) == set(IdentityFact)


def test_only_what_the_file_can_answer_is_asked(customer):
    codes = {each.code for each in questions_for(customer, timezone.localdate())}
    assert {"data-nascita", "targa", "numero-polizza", "residenza"} <= codes
    assert not {"fine-partita-iva", "ultimo-pagamento"} & codes


def test_a_question_that_has_ended_is_not_asked_any_more(customer):
    IdentityQuestion.objects.filter(code="targa").update(valid_to=timezone.localdate() - timedelta(days=1))
    assert "targa" not in {each.code for each in questions_for(customer, timezone.localdate())}


def test_the_file_has_the_end_of_the_tax_code_and_the_plates():
    person = people.CustomerFactory(tax_code=TAX_CODE)
    people.PolicyFactory(holder=person, plate="ZZ999ZZ")
    by_code = {each.code: right_answer(each, person) for each in IdentityQuestion.objects.all()}
    assert (by_code["fine-codice-fiscale"], by_code["targa"]) == (TAX_CODE[-5:], "ZZ999ZZ")


# --- What opens ------------------------------------------------------------------------------------------------------
def test_two_right_answers_identify_the_caller_and_confirm_the_person(asked, call, customer, agent):
    asked("data-nascita", is_right=True)
    assert result_of(call, customer) == ""
    asked("targa", is_right=True)
    assert result_of(call, customer) == "passed"
    call.refresh_from_db()
    passed = IdentityEvent.objects.get(step="passed")
    assert (call.customer, passed.by, passed.needed) == (customer, agent.user, 2)


def test_a_line_says_how_many_right_answers_are_needed(asked, call, customer):
    TollFreeLine.objects.filter(code="customers").update(right_answers=1)
    asked("targa", is_right=True)
    assert result_of(call, customer) == "passed"


def test_a_second_wrong_answer_ends_it_and_confirms_nobody(asked, call, customer):
    asked("data-nascita", is_right=False)
    asked("targa", is_right=False)
    assert result_of(call, customer) == "failed"
    call.refresh_from_db()
    assert call.customer is None
    with pytest.raises(Refused) as refusal:
        asked("numero-polizza", is_right=True)
    assert refusal.value.code == "identification_ended"


def test_the_answer_is_stored_nowhere(asked, call):
    asked("data-nascita", is_right=True)
    stored = repr(list(IdentityEvent.objects.values())) + repr(list(call.events.values()))
    assert "1970" not in stored


def test_asking_and_judging_twice_writes_once(asked, call, customer, agent):
    asked("targa", is_right=True)
    asked("targa", is_right=True)
    assert IdentityEvent.objects.count() == 2


def test_a_judgement_is_not_changed_afterwards(asked):
    asked("targa", is_right=False)
    with pytest.raises(Refused) as refusal:
        asked("targa", is_right=True)
    assert refusal.value.code == "judged_already"


def test_one_question_at_a_time(call, customer, agent):
    first, second = IdentityQuestion.objects.filter(code__in=["data-nascita", "targa"])
    identity.ask_question(call, customer=customer, question=first, by=agent.user)
    with pytest.raises(Refused) as refusal:
        identity.ask_question(call, customer=customer, question=second, by=agent.user)
    assert refusal.value.code == "answer_not_judged"


def test_what_was_not_asked_is_not_judged(call, customer, agent):
    question = IdentityQuestion.objects.get(code="targa")
    with pytest.raises(Refused) as refusal:
        identity.judge_answer(call, customer=customer, question=question, is_right=True, by=agent.user)
    assert refusal.value.code == "not_asked"


def test_a_question_that_the_file_cannot_answer_is_refused(call, customer, agent):
    question = IdentityQuestion.objects.get(code="ultimo-pagamento")
    with pytest.raises(Refused) as refusal:
        identity.ask_question(call, customer=customer, question=question, by=agent.user)
    assert refusal.value.code == "no_question"


def test_nobody_is_asked_in_vain_where_the_file_answers_too_few_questions(call, agent):
    person = people.CustomerFactory(birth_date=BORN, tax_code="", address="", kind="person")
    question = IdentityQuestion.objects.get(code="data-nascita")
    TollFreeLine.objects.filter(code="customers").update(right_answers=2)
    assert asking_of(call, person).left == ()
    with pytest.raises(Refused) as refusal:
        identity.ask_question(call, customer=person, question=question, by=agent.user)
    assert refusal.value.code == "no_question"


def test_another_agents_caller_is_not_identified(call, customer):
    other = make.AgentFactory(user=people.UserFactory(role=roles.AGENT))
    with pytest.raises(Refused) as refusal:
        identity.give_general_information(call, customer=customer, by=other.user)
    assert refusal.value.code == "not_yours"


def test_a_verified_number_is_enough_only_where_the_line_says_so(call, customer, agent):
    with pytest.raises(Refused) as refusal:
        identity.accept_number(call, customer=customer, by=agent.user)
    assert refusal.value.code == "number_not_enough"
    TollFreeLine.objects.filter(code="customers").update(known_number_suffices=True)
    identity.accept_number(call, customer=customer, by=agent.user)
    assert asking_of(call, customer).is_open


def test_a_number_that_two_customers_have_is_no_proof(call, customer, agent):
    TollFreeLine.objects.filter(code="customers").update(known_number_suffices=True)
    people.ContactPointFactory(kind="phone", value=NUMBER)
    assert not asking_of(call, customer).number_suffices
    with pytest.raises(Refused) as refusal:
        identity.accept_number(call, customer=customer, by=agent.user)
    assert refusal.value.code == "number_not_known"


def test_general_information_opens_nothing_and_the_questions_remain(asked, call, customer, agent):
    identity.give_general_information(call, customer=customer, by=agent.user)
    identity.give_general_information(call, customer=customer, by=agent.user)
    assert (result_of(call, customer), IdentityEvent.objects.count()) == ("general", 1)
    assert not asking_of(call, customer).is_open
    asked("targa", is_right=True)


def test_a_reason_opens_the_data_after_a_failure_and_is_written_down(asked, call, customer, agent):
    asked("data-nascita", is_right=False)
    asked("targa", is_right=False)
    identity.open_without_identification(
        call, customer=customer, kind="other", words="  Il marito, con delega allegata ", by=agent.user
    )
    assert asking_of(call, customer).is_open
    [access] = AccessLog.objects.filter(customer=customer).exclude(reason_kind="")
    assert (access.reason_kind, access.reason) == ("other", "Il marito, con delega allegata")
    assert IdentityEvent.objects.get(step="reason").reason == access.reason


def test_an_identification_is_of_one_call(asked, call, customer, agent):
    asked("data-nascita", is_right=True)
    asked("targa", is_right=True)
    later = make.ContactFactory(by_phone=True, line=call.line, owner=agent)
    assert not asking_of(later, customer).is_open


def test_a_line_that_asks_nobody_shows_the_data_at_once(call, customer):
    TollFreeLine.objects.filter(code="customers").update(asks_identity=False)
    assert asking_of(Contact.objects.get(pk=call.pk), customer).is_open


# --- The desk -----------------------------------------------------------------------------------------------------------
def test_until_then_the_card_has_the_name_and_neither_birth_nor_policies(client, call, customer):
    page = client.get(PAGE).content.decode()
    assert str(customer) in page
    assert not {"12/03/1970", "AB123CD", "POL-991", "Via Roma 1", customer.tax_code} & {
        text for text in ("12/03/1970", "AB123CD", "POL-991", "Via Roma 1", customer.tax_code) if text and text in page
    }


def test_the_right_answer_is_shown_only_for_the_question_that_was_asked(client, call, customer):
    question = IdentityQuestion.objects.get(code="targa")
    send = {"customer": customer.pk, "step": "asked", "question": question.pk}
    page = client.post(reverse("desk_identity", args=[call.pk]), send, follow=True).content.decode()
    assert ("AB123CD" in page, "12/03/1970" in page, "POL-991" in page) == (True, False, False)


def test_after_two_right_answers_everything_is_shown(client, call, customer, asked):
    asked("data-nascita", is_right=True)
    asked("targa", is_right=True)
    page = client.get(PAGE).content.decode()
    assert all(text in page for text in ("12/03/1970", "AB123CD", "Via Roma 1"))


def test_a_failure_says_what_may_still_be_done_and_warns_in_the_next_call(client, call, customer, asked, agent):
    asked("data-nascita", is_right=False)
    asked("targa", is_right=False)
    assert "informazioni generali e invitare a scrivere" in client.get(PAGE, {"person": customer.pk}).content.decode()
    later = make.ContactFactory(by_phone=True, line=call.line, owner=agent, state="in_progress", address=NUMBER)
    assert asking_of(later, customer).last_failure is not None
    page = client.get(PAGE, {"contact": later.pk, "person": customer.pk}).content.decode()
    assert "non è stato identificato" in page


def test_a_reason_without_words_is_asked_again(client, call, customer):
    send = {"customer": customer.pk, "step": "reason", "without-kind": "other", "without-words": "boh"}
    answer = client.post(reverse("desk_identity", args=[call.pk]), send)
    assert (answer.status_code, IdentityEvent.objects.count()) == (409, 0)
    assert "boh" in answer.content.decode()


@pytest.mark.parametrize(
    "send",
    [{"step": "passed"}, {"step": ""}, {"step": "asked", "question": "99999"}, {"step": "right", "question": "x"}],
)
def test_what_is_no_step_is_not_found(client, call, customer, send):
    answer = client.post(reverse("desk_identity", args=[call.pk]), {"customer": customer.pk, **send})
    assert (answer.status_code, IdentityEvent.objects.count()) == (404, 0)


def test_a_call_is_coded_without_identifying_anybody(call, agent):
    topic = make.TopicFactory()
    code = WrapUpCode.objects.filter(outcome="resolved").first()
    assert code_call(call, code=code, topic=topic, by=agent.user).wrap_up == code
    assert not IdentityEvent.objects.exists()
    assert Topic.objects.filter(pk=topic.pk).exists()


def test_the_file_and_the_contact_show_how_it_ended(call, customer, asked):
    asked("data-nascita", is_right=True)
    asked("targa", is_right=True)
    manager = signed_in(people.UserFactory(role=roles.MANAGER))
    file = manager.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    contact = manager.get(reverse("admin:contact_center_contact_change", args=[call.pk])).content.decode()
    assert ("identificazioni al telefono" in file.lower(), call.number in file) == (True, True)
    assert "Identificazione di chi chiama" in contact


# --- A number that many have ------------------------------------------------------------------------------------------
def test_the_number_of_a_switchboard_proposes_nobody(agent, call):
    people.ContactPointFactory.create_batch(21, kind="phone", value=NUMBER)
    assert candidates_for(call, agent.user) == []


def test_the_page_of_the_contact_names_nobody_whose_file_asks_a_reason(client, call, customer):
    other = people.FileRestrictionFactory(customer__last_name="Celebri").customer
    for person in (customer, other):
        make.IdentityEventFactory(contact=call, customer=person, step="failed", needed=2)
    page = client.get(reverse("admin:contact_center_contact_change", args=[call.pk])).content.decode()
    assert str(customer) in page
    assert "Celebri" not in page
    assert str(RESTRICTED) in page


def confirms(client, customer) -> str:
    """The button that confirms the person, as the desk draws it."""
    page = client.get(PAGE, {"person": customer.pk}).content.decode()
    return next(each for each in page.split("<button") if 'data-key="c"' in each.partition(">")[0])


def test_after_a_failure_to_confirm_the_person_is_not_what_the_page_proposes(client, call, customer, asked):
    assert 'data-tone="primary"' in confirms(client, customer).partition(">")[0]
    asked("data-nascita", is_right=False)
    asked("targa", is_right=False)
    assert asking_of(call, customer).standing.result == "failed"
    assert 'data-tone="primary"' not in confirms(client, customer).partition(">")[0]
