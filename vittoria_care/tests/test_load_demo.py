"""`load_demo`: invented data of the right size and shape, made once, and the same each time."""

import datetime
import logging
from collections import Counter
from io import StringIO
from random import Random
from typing import ClassVar

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db.models import F, Q
from django.test import TestCase
from django.utils import timezone

from complaints.models import (
    AnswerDraft,
    ArbitratorAppeal,
    Complaint,
    Feedback,
    LetterText,
    RegisterYear,
    RegulatorRequest,
    StoreRatings,
    Suspension,
    ThemeMeasure,
)
from contact_center.figures.freezing import corrected_since
from contact_center.models import (
    Agent,
    AgentState,
    Call,
    Contact,
    FrozenPeriod,
    Message,
    QualityForm,
    QualityMark,
    QualityRemark,
    QualityReview,
    Team,
    Topic,
    WebFormRequest,
)
from customers import roles
from customers.claim_reports.lines import HOME, MOTOR, lacking
from customers.models import (
    AccessLog,
    Agency,
    AgencyMember,
    Claim,
    Consent,
    ContactPoint,
    Customer,
    Instalment,
    Policy,
    ReservedAreaAccount,
    User,
)
from customers.privacy.rules import ERASED_DOMAIN
from customers.provinces import province
from customers.sessions import live_sessions
from customers.user_agents import device_in_words
from customers.validators import (
    birth_date_and_sex,
    normalise_email,
    normalise_phone,
    normalise_plate,
    tax_code_matches_name,
    validate_tax_code,
    validate_vat_number,
)
from foundation.dates import ROME
from foundation.text import fold
from insights.models import WatchRound
from notifications.kinds import KINDS
from notifications.models import AlertRule, Notice, NoticeText
from promotions.models import ContactPause, Promotion, Recipient
from vittoria_care.demonstration.data import people, portfolio, profiles, promotions, words
from vittoria_care.demonstration.data.sign_ins import CUSTOMERS, PASSWORD, STAFF, sign_ins
from vittoria_care.management.commands import load_demo
from vittoria_care.sign_in.known_devices import devices_of

UNTIL = "2026-03-18"
AS_OF = datetime.datetime(2026, 3, 18, 23, 59, tzinfo=ROME)
TODAY = AS_OF.date()


def load(**options) -> str:
    out = StringIO()
    call_command("load_demo", scale="60", until=UNTIL, stdout=out, **options)
    return out.getvalue()


def states(model, field="state") -> set:
    return set(model.objects.values_list(field, flat=True))


# --- The totals of the company ---------------------------------------------------------------------------------
def planned(year: int, seed: int = 1) -> list[profiles.DayPlan]:
    return list(profiles.plan_year(profiles.COMPANY_YEARS[year], Random(seed)))


def test_the_days_of_2019_come_to_the_calls_of_the_report():
    days = planned(2019)
    assert sum(day.total for day in days) == 71_489
    assert sum(day.total - day.not_first_level for day in days) == 70_231
    assert all(day.not_first_level <= day.total for day in days)


def test_the_rate_of_2018_is_one_point_nine_points_lower():
    before, after = profiles.COMPANY_YEARS[2018], profiles.COMPANY_YEARS[2019]
    rate_before, rate_after = before.first_level / before.handled, after.first_level / after.handled
    assert (round(100 * rate_before, 2), round(100 * rate_after, 2)) == (96.34, 98.24)
    assert round(100 * (rate_after - rate_before), 2) == 1.90
    assert sum(day.total for day in planned(2018)) == before.handled


def test_ten_years_come_to_715000_calls():
    plan = profiles.make_plan("full", seed=1, as_of=AS_OF, years=10)
    assert sum(each.handled for each in plan.years if each.as_reported) == 715_000
    assert [each.year for each in plan.years if each.as_reported] == list(range(2010, 2020))


def test_full_has_every_customer_of_the_report_and_leaves_its_years_alone():
    plan = profiles.make_plan("full", seed=1, as_of=AS_OF)
    assert plan.customers == 642_141
    assert plan.everybody_enrolled
    assert [(each.year, each.as_reported) for each in plan.years] == [
        *((2018, True), (2019, True)),
        *((2024, False), (2025, False), (2026, False)),
    ]
    soon_after = profiles.make_plan("full", seed=1, as_of=AS_OF.replace(year=2020))
    assert [(each.year, each.as_reported) for each in soon_after.years] == [(2018, True), (2019, True), (2020, False)]


def test_calls_factor_multiplies_every_year():
    plan = profiles.make_plan("full", seed=1, as_of=AS_OF, years=10, calls_factor=10)
    assert sum(each.handled for each in plan.years if each.as_reported) == 7_150_000


def test_days_follow_the_week_the_holidays_and_the_season():
    by_weekday, by_month, on_holidays = Counter(), Counter(), Counter()
    for day in planned(2019):
        by_weekday[day.day.weekday()] += day.total
        by_month[day.day.month] += day.total
        if (day.day.month, day.day.day) in ((1, 1), (4, 25), (8, 15), (12, 25)):
            on_holidays.update(day.handled)
    assert max(by_weekday, key=by_weekday.get) == 0
    assert by_weekday[6] < by_weekday[5] < by_weekday[4] / 3
    assert min(by_month, key=by_month.get) == 8
    assert on_holidays["customers"] == 0 < on_holidays["claims"]


@pytest.mark.parametrize("scale", ["tiny", "0", "19", "-5", "1000000"])
def test_a_scale_that_cannot_be_made_is_refused(scale):
    with pytest.raises(CommandError) as refused:
        call_command("load_demo", scale=scale)
    assert refused.value.returncode == 2


@pytest.mark.parametrize("options", [{"until": "yesterday"}, {"until": "2026-02-30"}, {"years": 0}, {"years": 11}])
def test_an_argument_that_cannot_be_used_is_refused(options):
    with pytest.raises(CommandError) as refused:
        call_command("load_demo", **options)
    assert refused.value.returncode == 2


def test_full_as_of_a_day_before_the_end_of_2019_is_refused():
    with pytest.raises(CommandError):
        call_command("load_demo", scale="full", until="2019-06-30")


def test_invented_troubles_are_not_logged_as_if_they_were_faults_and_real_ones_are_raised(monkeypatch, caplog):
    def trouble(plan, progress):
        logging.getLogger("notifications").error("a receiver refuses us")
        raise RuntimeError("really")

    monkeypatch.setattr(load_demo, "refuse_unless_safe", lambda plan, force: True)
    monkeypatch.setattr(load_demo, "load", trouble)
    with pytest.raises(RuntimeError, match="really"):
        load()
    logging.getLogger("notifications").error("afterwards")
    assert caplog.messages == ["afterwards"]


# --- People ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("last", "first", "born", "sex", "place", "code"),
    [
        ("Rossi", "Mario", datetime.date(1985, 12, 10), "M", "A562", "RSSMRA85T10A562S"),
        ("Fo", "Ada", datetime.date(1990, 1, 31), "F", "F205", "FOXDAA90A71F205"),
        ("D'Angelo", "Gianfranco", datetime.date(2000, 2, 29), "M", "H501", "DNGGFR00B29H501"),
    ],
)
def test_tax_code_follows_from_name_birth_and_place(last, first, born, sex, place, code):
    letters = people.name_letters(last, given=False), people.name_letters(first, given=True)
    made = people.tax_code(*letters, born, sex, place)
    assert made.startswith(code)
    validate_tax_code(made)
    validate_tax_code(people.next_variant(made))


def test_nobody_is_somebody():
    assert words.is_somebody("Paolo", "Rossi")
    assert not words.is_somebody("Tullio", "Cannizzaro")
    assert not any(words.is_somebody(each.first_name, each.last_name) for each in STAFF)


def test_telephones_are_as_many_as_customers():
    assert len({people.phone_of(number) for number in range(1, 200_001)}) == 200_000


# --- Everything there is ---------------------------------------------------------------------------------------
class TheDataOfSixtyCustomers(TestCase):
    """Loaded once for all these tests, which only read."""

    printed: ClassVar[str]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.printed = load()

    def test_customers_are_valid(self):
        for customer in Customer.objects.select_related("agency"):
            province(customer.province)
            validate_tax_code(customer.tax_code)
            assert customer.search_key == fold(str(customer))
            if customer.kind == "company":
                validate_vat_number(customer.vat_number)
                continue
            assert tax_code_matches_name(
                customer.tax_code, first_name=customer.first_name, last_name=customer.last_name
            )
            assert birth_date_and_sex(customer.tax_code, TODAY)[0] == customer.birth_date
        assert states(Customer, "segment") == {"private", "camper", "business"}

    def test_ways_to_reach_them_are_in_their_stored_form(self):
        for point in ContactPoint.objects.all():
            normal = normalise_phone(point.value) if point.kind == "phone" else normalise_email(point.value)
            assert normal == point.value
        addresses = [
            *ContactPoint.objects.exclude(kind="phone").values_list("value", flat=True),
            *User.objects.exclude(email__endswith=ERASED_DOMAIN).values_list("email", flat=True),
        ]
        assert {address.rsplit(".", 1)[1] for address in addresses} == {"example"}
        for phone in Agency.objects.values_list("phone", flat=True):
            assert normalise_phone(phone) == phone

    def test_plates_are_italian(self):
        plates = Policy.objects.exclude(plate="").values_list("plate", flat=True)
        assert plates
        assert [normalise_plate(plate) for plate in plates] == list(plates)

    def test_only_people_who_wrote_were_asked_whether_it_was_resolved(self):
        asked = Contact.objects.filter(confirmed__isnull=False)
        assert asked.exists()
        assert not asked.filter(channel=Contact.Channel.PHONE).exists()

    def test_a_claim_is_of_the_kind_that_its_words_tell(self):
        losses = Claim.objects.filter(report=None).values_list("policy__ramo", "kind", "description").distinct()
        assert losses
        assert [
            (ramo, kind, words)
            for ramo, kind, words in losses
            if words not in portfolio.LOSSES.get(ramo, portfolio.AT_HOME).get(kind, ())
        ] == []
        assert not Claim.objects.filter(signed_by_both=True).exclude(policy__ramo="10", kind="property").exists()

    def test_staff_write_while_the_office_works(self):
        at_night = [
            written
            for written in Message.objects.filter(author__isnull=False).values_list("written_at", flat=True)
            if not 9 <= (local := written.astimezone(ROME)).hour < 18 or not profiles.is_working_day(local.date())
        ]
        assert at_night == []

    def test_people_write_while_they_are_awake(self):
        written = Message.objects.filter(direction="inbound").values_list("written_at", flat=True)
        assert [at for at in written if not 6 <= at.astimezone(ROME).hour < 24] == []

    def test_a_note_is_written_before_its_contact_is_closed(self):
        notes = Message.objects.filter(direction="note", contact__closed_at__isnull=False, contact__reopened_count=0)
        assert not notes.filter(written_at__gt=F("contact__closed_at")).exists()
        assert (
            not Message.objects.filter(text__contains="liquidatore", direction="note")
            .exclude(contact__topic__area="claims")
            .exists()
        )

    def test_feedback_to_be_handled_has_words(self):
        assert not Feedback.objects.unanswered().filter(text="").exists()
        newest = Feedback.objects.order_by("-received_at")[:20]
        assert sum(bool(each.theme) for each in newest) >= 8

    def test_there_is_something_of_every_kind(self):
        assert Customer.objects.count() == 60
        assert Agency.objects.count() == 6
        assert AgencyMember.objects.count() == 12
        assert Topic.objects.count() == len(profiles.TOPICS)
        assert states(Topic, "area") == set(Topic.Area.values)
        assert Team.objects.filter(level=2).count() == 3
        assert Agent.objects.filter(is_active=True, user__isnull=False, team__level=1).count() == 12
        assert states(Consent, "event") >= {"given", "confirmed"}
        assert states(Contact, "channel") == set(Contact.Channel.values)
        assert states(Contact, "state") == set(Contact.State.values)
        assert states(WebFormRequest, "form") == set(WebFormRequest.Form.values)
        assert states(Message, "direction") == set(Message.Direction.values)
        assert states(Contact, "escalation") == {"", *profiles.REASONS}
        assert states(Call, "disposition") >= {"answered", "abandoned", "key_exit"}
        assert states(Notice) >= {"sent", "queued", "refused", "withheld"}
        assert len(states(Notice, "kind")) == 10
        assert states(AlertRule) >= {"on", "submitted", "draft"}
        assert Claim.objects.filter(visit_on__gt=TODAY).count() == 1
        assert states(NoticeText) == {"approved", "submitted", "draft"}
        assert states(LetterText) == {"approved", "submitted", "draft"}
        assert AnswerDraft.objects.count() == 1
        assert states(Promotion) >= {"finished", "submitted", "draft"}
        assert ContactPause.objects.count() == 1
        assert states(Notice, "kind") <= KINDS.keys()
        assert AccessLog.objects.exists()
        assert states(Feedback) >= {"received", "acknowledged", "answered", "closed"}
        assert states(Feedback, "source") == set(Feedback.Source.values)
        assert StoreRatings.objects.exists()
        assert ThemeMeasure.objects.exists()

    def test_claims_are_in_several_states_and_instalments_due_or_late(self):
        assert states(Claim) >= {"reported", "taken_in_charge", "offered", "paid"}
        unpaid = Instalment.objects.unpaid()
        assert unpaid.filter(due_on__lt=TODAY).exists()
        assert unpaid.filter(due_on__range=(TODAY, TODAY + datetime.timedelta(days=30))).exists()
        assert Policy.objects.expiring(TODAY, TODAY + datetime.timedelta(days=30)).exists()

    def test_complaints_are_numbered_without_gaps_and_stand_still_at_most_15_days(self):
        assert states(Complaint) == set(Complaint.State.values)
        assert states(Complaint, "outcome") == set(Complaint.Outcome.values)
        for year in RegisterYear.objects.all():
            numbers = Complaint.objects.filter(year=year).order_by("sequence").values_list("sequence", flat=True)
            assert list(numbers) == list(range(1, year.last_number + 1))
        for each in Suspension.objects.exclude(ended_on=None).select_related("complaint"):
            assert (each.ended_on - each.started_on).days == each.complaint.suspended_days <= 15
        assert Complaint.objects.open().filter(due_on__gte=TODAY).exists()

    def test_ivass_and_the_arbiter_have_asked_and_something_is_late_halved_or_published(self):
        assert states(RegulatorRequest) == {"received", "in_progress", "answered", "closed"}
        assert RegulatorRequest.objects.due_by(TODAY - datetime.timedelta(days=1)).exists()
        assert RegulatorRequest.objects.filter(is_halved=True).exists()
        across_august = ArbitratorAppeal.objects.filter(complete_on__month=7, counter_due_on__month=9)
        assert (across_august.count(), ArbitratorAppeal.objects.published_on(TODAY).count()) == (1, 1)

    def test_a_customer_who_signs_in_finds_an_answered_complaint_and_the_letters_of_all_their_answers(self):
        first = Customer.objects.get(
            reserved_area_accounts__user__email=CUSTOMERS[1][1], reserved_area_accounts__mandate=None
        )
        assert Complaint.objects.filter(customer=first, state="answered", outcome="rejected").exists()
        emails = [email for _label, email in CUSTOMERS.values()]
        answered = Complaint.objects.filter(customer__reserved_area_accounts__user__email__in=emails, state="answered")
        assert not answered.filter(letter=None).exists()

    def test_a_complaint_is_about_a_policy_and_a_contact_of_the_person_who_complains(self):
        others = ~Q(policy__holder=F("customer")) & Q(policy__isnull=False)
        others |= ~Q(contact__customer=F("customer")) & Q(contact__isnull=False)
        assert not Complaint.objects.filter(others).exists()

    def test_a_second_letter_is_on_the_matter_of_the_first(self):
        followed = Complaint.objects.exclude(follows=None).select_related("follows")
        assert followed
        assert all((each.ramo, each.policy) == (each.follows.ramo, each.follows.policy) for each in followed)
        assert all(each.text.endswith(each.follows.text) for each in followed)

    def test_a_policy_begins_and_ends_on_the_same_day_of_the_year(self):
        days = Policy.objects.values_list("starts_on", "ends_on")
        unlike = [(start, end) for start, end in days if (start.month, start.day) != (end.month, end.day)]
        assert [pair for pair in unlike if (2, 28) not in {(day.month, day.day) for day in pair}] == []

    def test_nothing_is_later_than_the_present_of_the_story(self):
        assert not Call.objects.filter(ended_at__gt=AS_OF).exists()
        assert not Contact.objects.filter(started_at__gt=AS_OF).exists()
        assert not Contact.objects.filter(closed_at__gt=AS_OF).exists()
        assert not Message.objects.filter(written_at__gt=AS_OF).exists()
        assert not Call.objects.filter(disposition="open").exists()
        assert Call.objects.filter(day=TODAY).exists()
        assert Call.objects.dates("day", "year")[0].year == 2024

    def test_calls_come_to_the_planned_totals(self):
        plan = profiles.make_plan("60", seed=1, as_of=AS_OF)
        for totals in plan.years[:2]:
            handled = Contact.objects.filter(channel="phone", in_base=True, day__year=totals.year)
            assert handled.count() == totals.handled
            frozen = FrozenPeriod.objects.filter(start__year=totals.year).first()
            corrected = corrected_since(frozen, user=frozen.frozen_by).count() if frozen else 0
            assert handled.filter(first_level=True).count() == totals.first_level + corrected
        assert Call.objects.filter(disposition="abandoned").count() > 0

    def test_the_last_year_is_frozen_and_what_is_outside_its_limits_was_looked_for_this_morning(self):
        assert FrozenPeriod.objects.get().start.year == TODAY.year - 1
        assert {watched.step for watched in WatchRound.objects.all()} == {"day", "week"}

    def test_an_agent_speaks_with_one_caller_at_a_time(self):
        busy: dict[int, datetime.datetime] = {}
        overlapping = 0
        calls = Call.objects.filter(disposition="answered").exclude(contact__in_base=False)
        for call in calls.order_by("answered_at"):
            overlapping += busy.get(call.agent_id, call.answered_at) > call.answered_at
            busy[call.agent_id] = call.ended_at
        assert overlapping < calls.count() / 200

    def test_contacts_were_drawn_and_scored_and_one_score_was_answered(self):
        assert QualityReview.objects.to_score().exists()
        assert QualityReview.objects.counted().filter(failed_critical=False).exists()
        assert set(QualityMark.objects.values_list("review__form", flat=True)) == {QualityForm.objects.get().pk}
        assert QualityRemark.objects.count() == 2
        assert Team.objects.filter(lead__isnull=False).count() == 1

    def test_agents_spent_the_last_working_days_as_their_calls_say(self):
        worked = AgentState.objects.exclude(reported="off")
        days = {timezone.localdate(at) for at in worked.values_list("began_at", flat=True)}
        assert len(days) == 4
        assert max(days) < TODAY
        spoken = {each.contact_id: each for each in worked.filter(call_state="on_call")}
        calls = Call.objects.filter(contact__in=spoken).in_bulk(field_name="contact_id")
        assert set(calls) == set(spoken)
        assert {calls[contact].agent_id == state.agent_id for contact, state in spoken.items()} == {True}

    def test_in_the_queue_are_a_no_of_a_customer_and_a_case_that_was_sent_back(self):
        assert Contact.objects.not_resolved_says_customer().exists()
        assert Contact.objects.filter(sent_back_count=1, level=2).exists()

    def test_the_first_customer_is_signed_in_in_the_app_and_has_a_remembered_device(self):
        user = User.objects.get(email=CUSTOMERS[1][1])
        used = [device_in_words(each.user_agent) for each in live_sessions(user)]
        assert used == ["Vittoria Care su iPhone", "Vittoria Care su iPad"]
        assert [device_in_words(each.user_agent) for each in devices_of(user).remembered()] == ["Chrome su Windows"]

    def test_sign_ins_are_the_ones_printed(self):
        shown = sign_ins()
        users = User.objects.in_bulk([each.email for each in shown], field_name="email")
        assert all(users[each.email].check_password(each.password) for each in shown)
        assert all(each.email in self.printed for each in shown)
        assert set().union(*(user.role_names for user in users.values())) == set(roles.ALL)
        for user in users.values():
            validate_password(PASSWORD, user)
        assert ReservedAreaAccount.objects.filter(user__email="cliente@posta.example", state="enrolled").exists()
        unusable = User.objects.filter(email__contains=".", is_staff=False).exclude(email__in=users)
        assert not any(user.has_usable_password() for user in unusable)

    def test_the_firm_finds_an_offer_in_its_reserved_area_unless_a_complaint_of_it_is_open(self):
        meant = Recipient.objects.get(
            customer__code="DEMO-0000003", promotion__name=promotions.GLASS["name"]
        )  # no lots: everybody who may be written to is
        assert meant.channel == "inbox" or meant.reason == "complaint"

    def test_the_first_customer_has_something_on_every_page(self):
        customer = Customer.objects.get(code="DEMO-0000001")
        assert customer.policies.count() == 4
        assert set(customer.documents.values_list("kind", flat=True)) >= {
            "conditions",
            "certificate",
            "receipt",
            "letter",
        }
        linked, term = customer.policies.get(ramo="III"), customer.policies.get(ramo="I")
        assert set(linked.policy_values.values_list("kind", flat=True)) == {"position", "surrender"}
        assert not term.policy_values.exists()
        assert all(policy.people.exists() for policy in (linked, term))
        assert set(customer.claims.values_list("state", flat=True)) == {"taken_in_charge", "offered", "reported"}
        assert Instalment.objects.unpaid().filter(policy__holder=customer, due_on__lt=TODAY).exists()
        assert customer.contacts.exclude(channel="phone").exists()
        assert customer.complaints.exists()
        assert customer.feedback.exists()
        assert customer.adherences.exists()
        assert customer.consents.exists()

    def test_the_first_customer_has_a_draft_a_report_that_waits_for_its_number_and_documents_to_send(self):
        customer = Customer.objects.get(
            reserved_area_accounts__user__email=CUSTOMERS[1][1], reserved_area_accounts__mandate=None
        )
        draft = customer.claim_drafts.get()
        assert lacking(MOTOR, draft.answers) != []
        waiting = Claim.objects.waiting_for_number().get()
        assert (waiting.customer, waiting.report.number) == (customer, waiting.number)
        assert lacking(HOME, waiting.report.answers) == []
        assert waiting.contacts.get().kind == "claim_report"
        assert set(customer.claims.values_list("asked_documents__state", flat=True)) == {None, "asked", "received"}
        assert customer.claims.get(state="offered").offered_amount > 0
