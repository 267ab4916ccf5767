"""Rules of alerts: written, simulated, switched on by a second person; never below the law; planned each night."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from customers import roles
from customers.models import Policy
from customers.rami import MOTOR_LIABILITY
from customers.tests.factories import (
    AskedDocumentFactory,
    ContactPointFactory,
    CustomerFactory,
    DocumentFactory,
    InstalmentFactory,
    PaymentFactory,
    PolicyFactory,
    PolicyValueFactory,
    RenewalOfferFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.dates import ROME
from foundation.refusals import Refused
from notifications import channels, deadlines
from notifications.alerts import commands
from notifications.alerts.events import BY_CODE, EVENTS
from notifications.deadlines import no_longer_owed, plan_alerts, plan_by_rule
from notifications.models import AlertRule, AlertSimulation, Notice
from notifications.tests.factories import AlertRuleFactory, AlertSimulationFactory, NoticeFactory
from notifications.tiles import tiles

pytestmark = pytest.mark.django_db

ON = date(2026, 6, 15)
RULE = {"name": "Promemoria", "event": "policy_expiring", "kind": "policy-expiry-reminder", "number": 2, "from_days": -7, "until_days": 0}  # fmt: skip


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 6, 15, 9, tzinfo=ROME), tick=False):
        yield


def policy(ends_in=20, **fields):
    ends_on = ON + timedelta(days=ends_in)
    return PolicyFactory(**{"starts_on": ends_on - timedelta(days=365), "ends_on": ends_on, **fields})


def told(counts):
    return {code: number for code, number in counts.items() if number}


def simulated(rule, by=None):
    commands.simulate_rule(rule, first=ON, last=ON + timedelta(days=9), by=by or UserFactory())
    return rule


def switched_on(rule):
    return commands.switch_rule_on(commands.submit_rule(simulated(rule), by=UserFactory()), by=UserFactory())


# --- What was on before there were rules
def test_the_first_rules_say_what_was_announced_before_there_were_rules():
    rules = AlertRule.objects.on(ON)
    said = list(rules.values_list("kind", "number", "from_days", "until_days", "waits_days", "lines", "ladder"))
    assert said == [
        ("policy-expiring", 1, -40, 0, 0, [], []),
        ("instalment-due", 1, -15, 0, 0, [], []),
        ("instalment-overdue", 1, 5, 20, 0, [], []),
        ("claim-taken-in-charge", 1, 0, 60, 5, [], []),
        ("claim-people-changed", 1, 0, 60, 0, [], []),
        ("claim-document-missing", 2, 1, 30, 0, [], []),  # as the contact centre did
    ]
    assert [rule.kind for rule in rules if rule.is_legal] == ["policy-expiring"]
    assert {rule.event for rule in AlertRule.objects.all()} == {event.code for event in EVENTS}


def test_after_an_upgrade_nobody_is_told_twice():
    """The keys are those that the plan wrote before: what it told, by e-mail or waiting on the list, is told."""
    expiring, owing = policy(), policy(200)
    due = InstalmentFactory(policy=owing, due_on=ON + timedelta(days=5))
    late = InstalmentFactory(policy=owing, due_on=ON - timedelta(days=8))
    for kind, about, customer in (
        ("policy-expiring", f"{expiring.pk}:{expiring.ends_on}", expiring.holder),
        ("instalment-due", f"{due.pk}:{due.due_on}", owing.holder),
        ("instalment-overdue", f"{late.pk}:{late.due_on}", owing.holder),
    ):
        NoticeFactory(
            kind=kind, once=f"{kind}:{about}:email", customer=customer, state="sent", sent_at=datetime.now(ROME)
        )
    assert told(plan_alerts()) == {}
    assert Notice.objects.count() == 3


def test_what_was_queued_before_the_upgrade_goes_with_its_text_or_with_new_facts():
    """Facts that texts did not name then are no change of what was announced."""
    made = InstalmentFactory(policy=policy(200), due_on=ON + timedelta(days=5))
    plan_alerts()
    notice = Notice.objects.get()
    old = {name: value for name, value in notice.words.items() if name != "instalment_id"}
    for fields in ({"words": old}, {"words": old, "subject": "Rata", "body_text": "Gentile Cliente"}):
        Notice.objects.filter(pk=notice.pk).update(**fields)
        found = Notice.objects.get(pk=notice.pk)
        assert no_longer_owed([found], datetime.now(ROME)) == {}
    type(made).objects.filter(pk=made.pk).update(amount="999.00")
    assert len(no_longer_owed([Notice.objects.get()], datetime.now(ROME))) == 1


# --- Reminders, and rules that meet
def test_a_reminder_is_told_beside_the_announcement_once():
    policy(5)
    rule = AlertRule.objects.get(kind="policy-expiry-reminder")
    assert told(plan_alerts()) == {"policy-expiring": 1}
    switched_on(rule)
    assert told(plan_alerts()) == {"policy-expiry-reminder": 1}
    assert told(plan_alerts()) == {}
    reminder = Notice.objects.get(kind="policy-expiry-reminder")
    assert reminder.once.endswith("~2:post")
    assert "Le ricordiamo" in reminder.wording.text
    assert no_longer_owed(Notice.objects.all(), datetime.now(ROME)) == {}


def test_two_rules_with_the_same_number_tell_a_person_once():
    policy(5)
    for lines in ([], [MOTOR_LIABILITY]):
        switched_on(AlertRuleFactory(event="policy_expiring", kind="policy-expiry-reminder", number=2, lines=lines))
    of_policies = [each for each in plan_by_rule() if each.rule.event == "policy_expiring"]
    assert [each.notices for each in of_policies if each.rule.number == 2] == [1, 0]


def test_a_rule_is_limited_to_its_lines_its_days_and_the_time_it_is_valid():
    policy(5, ramo="8", plate=""), policy(5)
    fields = {"event": "policy_expiring", "kind": "policy-expiry-reminder", "number": 3}
    switched_on(AlertRuleFactory(**fields, lines=["8"]))
    switched_on(AlertRuleFactory(**fields, valid_from=ON + timedelta(days=1)))
    switched_on(AlertRuleFactory(**fields, from_days=-4))
    counts = [each.notices for each in plan_by_rule() if each.rule.number == 3]
    assert counts == [1, 0]


def test_what_waits_of_a_rule_that_was_switched_off_does_not_go():
    policy(5)
    rule = switched_on(AlertRule.objects.get(kind="policy-expiry-reminder"))
    plan_alerts()
    commands.switch_rule_off(rule, by=UserFactory())
    notice = Notice.objects.get(kind="policy-expiry-reminder")
    assert list(no_longer_owed([notice], datetime.now(ROME)).values()) == [
        "Nel frattempo la regola di questo avviso è stata spenta."
    ]


@pytest.mark.parametrize(
    ("ladder", "ways"),
    [
        ([], ["sms"]),
        (["pec", "sms"], ["pec"]),
        (["post", "pec"], ["post"]),
        (["email", "inbox"], []),
        (["inbox", "sms", "post"], ["inbox"]),
    ],
)
def test_a_rule_takes_its_own_ways_in_its_order(ladder, ways, monkeypatch):
    monkeypatch.setattr(deadlines, "served", lambda: channels.AUTOMATIC)
    customer = CustomerFactory()
    if "inbox" in ways:
        ReservedAreaAccountFactory(customer=customer)
    ContactPointFactory(customer=customer, kind="pec", value="anna@pec.example.it")
    ContactPointFactory(customer=customer, kind="phone", value="+393331234567")
    InstalmentFactory(policy=policy(200, holder=customer), due_on=ON + timedelta(days=3))
    AlertRule.objects.filter(event="instalment_due").update(state="off")
    switched_on(AlertRuleFactory(ladder=ladder))
    plan_alerts()
    assert list(Notice.objects.values_list("channel", flat=True)) == ways


# --- The floor of the law
BELOW = [
    {"from_days": -29, "kind": "policy-expiring", "number": 1},
    {"from_days": -29, "kind": "policy-expiring", "number": 1, "lines": [MOTOR_LIABILITY, "8"]},
]


@pytest.mark.parametrize("changes", BELOW)
def test_a_first_announcement_below_the_term_of_the_law_is_refused_in_words_and_by_the_database(changes):
    with pytest.raises(Refused) as refused:
        commands.write_rule(**RULE | changes, by=UserFactory())
    assert "170-bis" in str(refused.value)
    assert refused.value.field == "from_days"
    with pytest.raises(IntegrityError, match="alert_rule_not_below_the_law"), transaction.atomic():
        AlertRuleFactory(**RULE | changes)


@pytest.mark.parametrize(
    "changes", [{"from_days": -30}, {"lines": ["8"], "from_days": -5}, {"number": 2, "from_days": -5}]
)
def test_what_the_law_does_not_ask_is_free(changes):
    commands.write_rule(**RULE | {"number": 1, "kind": "policy-expiring"} | changes, by=UserFactory())


def test_the_rule_of_the_law_cannot_be_switched_off():
    rule = AlertRule.objects.get(is_legal=True)
    with pytest.raises(Refused):
        commands.switch_rule_off(rule, by=UserFactory())
    with pytest.raises(IntegrityError, match="alert_rule_of_law_stays_on"), transaction.atomic():
        AlertRule.objects.filter(pk=rule.pk).update(state="off")


def test_it_is_replaced_by_another_that_the_law_owes():
    before = AlertRule.objects.get(is_legal=True)
    facts = RULE | {"number": 1, "kind": "policy-expiring", "from_days": -45, "is_legal": True}
    after = switched_on(commands.write_rule(**facts, by=UserFactory()))
    before.refresh_from_db()
    assert (before.state, before.replaced_by, after.state) == ("off", after, "on")
    policy(45)
    assert told(plan_alerts()) == {"policy-expiring": 1}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ladder": ["email"]}, "ladder"),
        ({"valid_until": ON}, "valid_from"),
        ({"until_days": -3}, "until_days"),
        ({"lines": ["8"]}, "is_legal"),
    ],
)
def test_what_the_law_owes_is_whole(changes, field):
    facts = RULE | {"number": 1, "kind": "policy-expiring", "from_days": -45, "is_legal": True} | changes
    with pytest.raises(Refused) as refused:
        commands.write_rule(**facts, by=UserFactory())
    assert refused.value.field == field
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertRuleFactory(**facts)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "instalment-due"}, "kind"),
        ({"event": "claim_taken", "kind": "claim-taken-in-charge"}, "number"),
        ({"claim_kinds": ["injury"]}, "claim_kinds"),
        ({"from_days": 3}, "until_days"),
        ({"from_days": -400}, "from_days"),
        ({"waits_days": 3}, "waits_days"),
        ({"valid_from": ON, "valid_until": ON - timedelta(days=1)}, "valid_until"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(changes, field):
    with pytest.raises(Refused) as refused:
        commands.write_rule(**RULE | changes, by=UserFactory())
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("alert_rule_event_is_known", {"event": "eclipse", "kind": "instalment-due"}),
        ("alert_rule_state_is_known", {"state": "asleep"}),
        ("alert_rule_has_name_and_text", {"name": ""}),
        ("alert_rule_days_are_in_order", {"from_days": 1}),
        ("alert_rule_number_is_one_to_nine", {"number": 0}),
        ("alert_rule_valid_days_in_order", {"valid_from": ON, "valid_until": ON - timedelta(days=1)}),
        ("alert_rule_ways_are_known", {"ladder": ["pigeon"]}),
        ("alert_rule_claim_kinds_of_claims", {"claim_kinds": ["injury"]}),
        ("alert_rule_on_by_a_second_person", {"state": "on"}),
    ],
)
def test_a_bad_rule_is_refused_by_the_database(name, bad):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        AlertRuleFactory(**bad)


def test_a_bad_simulation_is_refused_by_the_database_and_a_good_one_remains():
    for name, bad in (
        ("alert_simulation_days_in_order", {"last": date(2026, 4, 1)}),
        ("alert_simulation_counts_are_parts", {"reached_anyway": 2}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            AlertSimulationFactory(**bad)
    kept = AlertSimulationFactory()
    with pytest.raises(InternalError, match="append_only"), transaction.atomic():
        AlertSimulation.objects.filter(pk=kept.pk).update(people=2)


# --- By two people, after a simulation
def test_a_rule_is_switched_on_by_a_second_person_after_it_was_simulated_as_it_is():
    writer, second = UserFactory(), UserFactory()
    rule = commands.write_rule(**RULE, by=writer)
    with pytest.raises(Refused, match="Simulare"):
        commands.submit_rule(rule, by=writer)
    simulated(rule, by=writer)
    rule = commands.submit_rule(rule, by=writer)
    with pytest.raises(Refused):
        commands.switch_rule_on(rule, by=writer)
    rule = commands.switch_rule_on(rule, by=second)
    assert (rule.state, rule.switched_on_by) == ("on", second)
    with pytest.raises(Refused):
        commands.rewrite_rule(rule, by=writer, changes={"from_days": -5})


def test_another_revision_is_to_be_simulated_again():
    rule = simulated(commands.write_rule(**RULE, by=UserFactory()))
    rule = commands.rewrite_rule(rule, by=UserFactory(), changes={"from_days": -5})
    assert (rule.revision, AlertSimulation.objects.get().revision) == (2, 1)
    with pytest.raises(Refused):
        commands.submit_rule(rule, by=UserFactory())


def test_a_rule_that_is_off_is_switched_on_again_the_same_way():
    rule = switched_on(commands.write_rule(**RULE, by=UserFactory()))
    rule = commands.switch_rule_off(rule, by=UserFactory())
    with pytest.raises(Refused):
        commands.switch_rule_on(rule, by=UserFactory())
    assert switched_on(rule).state == "on"


def test_one_that_is_sent_back_says_what_has_to_change():
    rule = commands.submit_rule(simulated(commands.write_rule(**RULE, by=UserFactory())), by=UserFactory())
    rule = commands.send_back_rule(rule, remark="Sette giorni sono pochi.", by=UserFactory())
    assert (rule.state, rule.remark) == ("draft", "Sette giorni sono pochi.")
    with pytest.raises(Refused):
        commands.send_back_rule(rule, remark="Ancora", by=UserFactory())


def test_the_database_keeps_what_was_read_and_that_there_were_two():
    rule = switched_on(commands.write_rule(**RULE, by=UserFactory()))
    with pytest.raises(InternalError, match="what_is_on_is_fixed"), transaction.atomic():
        AlertRule.objects.filter(pk=rule.pk).update(from_days=-3)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        AlertRule.objects.filter(pk=rule.pk).update(switched_on_by=rule.submitted_by)
    assert rule.history.count() == 2


# --- Each new event
def offer(**fields):
    made = policy(20)
    days = {"starts_on": made.ends_on, "ends_on": made.ends_on + timedelta(days=365)}
    return RenewalOfferFactory(policy=made, premium="512.30", valid_until=ON + timedelta(days=6), **days | fields)


def failed(**fields):
    instalment = InstalmentFactory(policy=policy(200), due_on=ON - timedelta(days=2), amount="88.10")
    ended = datetime(2026, 6, 14, 12, tzinfo=ROME)
    return PaymentFactory(instalment=instalment, state="refused", ended_at=ended, **fields)


def certificate():
    made = policy(60)
    return DocumentFactory(kind="certificate", policy=made, dated_on=ON - timedelta(days=2))


def life():
    made = policy(40, ramo="I", plate="", tacit_renewal=False)
    return PolicyValueFactory(policy=made, kind="position", amount="15000.00", valued_on=ON - timedelta(days=30))


NEW = [
    ("grace_ending", lambda: policy(-10), "grace-ending", ["170-bis"]),
    ("renewal_offered", offer, "renewal-offered", ["512,30", "/rinnovi/"]),
    ("payment_failed", failed, "payment-failed", ["88,10", "/pagamenti/rate/"]),
    ("certificate_available", certificate, "certificate-available", ["attestato"]),
    ("life_maturity", life, "life-maturity", ["15.000,00"]),
    (
        "claim_document",
        lambda: AskedDocumentFactory(name="Preventivo", due_on=ON + timedelta(days=2)),
        "claim-document-missing",
        ["Preventivo"],
    ),
]


@pytest.mark.parametrize(("event", "make", "kind", "words"), NEW, ids=[each[0] for each in NEW])
def test_a_new_event_is_told_once_with_amount_day_object_and_where_to_pay(event, make, kind, words):
    row = make()
    holder = (row if isinstance(row, Policy) else getattr(row, "policy", None) or row.claim.policy).holder
    customer = row.claim.customer if event == "claim_document" else holder
    ContactPointFactory(customer=customer, kind="email", value="anna@example.it")
    assert kind not in told(plan_alerts())
    switched_on(AlertRule.objects.filter(event=event).earliest("pk"))
    assert told(plan_alerts()).get(kind) == 1
    assert told(plan_alerts()) == {}
    notice = Notice.objects.get(kind=kind)
    wording = notice.make_wording()
    for each in words:
        assert each in wording.text.lower() or each in wording.text
    assert no_longer_owed([notice], datetime.now(ROME)) == {}


@pytest.mark.parametrize(
    ("event", "make", "change"),
    [
        ("grace_ending", lambda: policy(-10), {"state": "cancelled"}),
        ("renewal_offered", offer, {"withdrawn_on": ON}),
        ("renewal_offered", offer, {"paid_on": ON}),
        (
            "claim_document",
            lambda: AskedDocumentFactory(due_on=ON),
            {"state": "withdrawn", "ended_at": datetime.now(ROME)},
        ),
    ],
)
def test_what_is_not_owed_any_more_does_not_go(event, make, change):
    row = make()
    switched_on(AlertRule.objects.filter(event=event).earliest("pk"))
    plan_alerts()
    kind = BY_CODE[event].kinds[0].code
    notice = Notice.objects.get(kind=kind)
    type(row).objects.filter(pk=row.pk).update(**change)
    assert list(no_longer_owed([notice], datetime.now(ROME))) == [notice.pk]


def test_a_payment_that_was_tried_again_is_not_told_to_have_failed():
    made = failed()
    PaymentFactory(instalment=made.instalment)
    switched_on(AlertRule.objects.get(event="payment_failed"))
    assert "payment-failed" not in told(plan_alerts())


# --- The pages
def test_the_list_and_the_pages_of_a_rule(client, django_assert_max_num_queries):
    manager, second = UserFactory(role=roles.MANAGER), UserFactory(role=roles.ADMINISTRATOR)
    policy(5)
    client.force_login(manager)
    listed = client.get(reverse("admin:notifications_alertrule_changelist"))
    assert "Scadenza della polizza" in listed.content.decode()
    written = {
        "name": "Promemoria",
        "event": "policy_expiring",
        "kind": "policy-expiring",
        "number": "1",
        "from_days": "-20",
        "until_days": "0",
        "waits_days": "0",
    }
    address = reverse("admin:notifications_alertrule_list_command", args=["scrivi"])
    page = client.get(address)
    token = page.context["page_token"]
    refused = client.post(address, written | {"page_token": token})
    assert refused.status_code == 409
    assert "170-bis" in refused.content.decode()
    right = written | {"number": "2", "kind": "policy-expiry-reminder", "page_token": token}
    assert client.post(address, right).status_code == 302
    rule = AlertRule.objects.get(name="Promemoria")

    def do(name, **data):
        rule.refresh_from_db()
        where = reverse("admin:notifications_alertrule_command", args=[rule.pk, name])
        return client.post(where, {"seen_version": rule.version, **data})

    assert do("presenta").status_code == 409  # not simulated
    shown = do("simula", first="2026-06-15", last="2026-06-30").content.decode()
    assert "Questa regola informerebbe 1 persona." in shown
    assert do("simula", first="2026-06-01", last="2026-06-30").status_code == 409
    assert do("presenta").status_code == 302
    assert do("accendi").status_code == 409  # by whoever wrote it
    client.force_login(second)
    assert client.get(reverse("admin:notifications_alertrule_change", args=[rule.pk])).status_code == 200
    assert do("accendi").status_code == 302
    assert do("spegni").status_code == 302
    rule.refresh_from_db()
    assert rule.state == "off"


def test_the_first_page_names_the_rules_that_wait_for_somebody_else():
    writer, second = UserFactory(role=roles.MANAGER), UserFactory(role=roles.ADMINISTRATOR)
    commands.submit_rule(simulated(commands.write_rule(**RULE, by=writer)), by=writer)
    named = {user: [str(each.title) for each in tiles(user)] for user in (writer, second)}
    assert "Regole degli avvisi da accendere" in named[second]
    assert "Regole degli avvisi da accendere" not in named[writer]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_number_of_queries(client, number, django_assert_max_num_queries):
    client.force_login(UserFactory(role=roles.MANAGER))
    for _place in range(number):
        AlertRuleFactory()
    with django_assert_max_num_queries(12):
        assert client.get(reverse("admin:notifications_alertrule_changelist")).status_code == 200


@pytest.mark.parametrize("role", [roles.AGENT, roles.SPECIALIST, roles.AGENCY_MEMBER, roles.COMPLAINT_OFFICER])
def test_others_do_not_see_the_rules(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("admin:notifications_alertrule_changelist")).status_code == 403
