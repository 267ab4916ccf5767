"""The whole of the demonstration data, in order and in one transaction: all of it is there, or nothing."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint
from contact_center.figures.daily import refresh
from contact_center.models import Call, Contact
from customers.models import (
    Claim,
    Consent,
    ContactPoint,
    Customer,
    Instalment,
    Policy,
    ReservedAreaAccount,
    User,
)
from insights.staffing.making import make_forecast
from insights.watching.commands import watch_figures
from notifications.models import Notice

from .acting import make_people
from .alert_rules import make_alert_rules
from .call_backs import make_answered_beforehand, make_call_backs
from .calls import SOURCE, Calls
from .care import make_care_need
from .complaint_returns import make_complaint_returns
from .complaints import make_complaints
from .duplicates import make_duplicates
from .duty import make_duty
from .feedback import make_feedback
from .frozen import make_frozen_year
from .identifications import make_calls_of_ours, make_identifications
from .intake import make_intake
from .known_people import make_known_people
from .letters import make_letter_texts
from .loading import Copier, Progress, analyze, move_sequences, next_id
from .mass_events import make_mass_events
from .measures import make_measures
from .notices import make_access_log, make_notices
from .operations import make_operations
from .organisation import Organisation, make_organisation
from .papers import make_papers
from .payments import make_payments
from .people import FEATURED, PREFIX, People
from .portfolio import Portfolio
from .preferences import make_preferences
from .privacy import carry_out_one, make_privacy
from .procedures import make_procedures
from .profiles import Plan, ScaleError
from .promotions import make_promotions
from .quality import make_quality
from .receipts import make_receipts
from .reports import make_reports
from .returns import make_returns
from .rungs import make_raised_rungs
from .sendings import make_sending_days
from .sensitive import make_sensitive_files
from .sessions import make_sessions
from .sign_ins import CUSTOMERS
from .texts import make_texts
from .watching import make_alert
from .written import make_written

CHUNK = 5_000  # customers made from one stream of random numbers
ACTORS = 900  # customers among whom the written requests, complaints and notices are shared out
BIG = (User, Customer, ReservedAreaAccount, ContactPoint, Consent, Policy, Instalment, Claim, Contact, Call)


class UnsafePlace(Exception):
    """The data may not be loaded here; the text gives the reason and what to do."""


@dataclass(frozen=True)
class Loaded:
    """The number of rows of each kind."""

    customers: int
    policies: int
    claims: int
    calls: int
    contacts: int
    complaints: int
    notices: int


def count_demo_customers() -> int:
    """Customers of an earlier run."""
    return Customer.objects.filter(code__startswith=PREFIX).count()


def refuse_unless_safe(plan: Plan, *, force: bool) -> bool:
    """Whether there is anything to load: False when this very scale is there already.

    UnsafePlace: a production environment; another scale is there; customers who are not invented (unless `force`).
    """
    if settings.PRODUCTION:
        raise UnsafePlace(_("This is a production environment: invented data is never loaded here."))
    there = count_demo_customers()
    if there:
        first_year = f"{PREFIX}{plan.years[0].year}-0000001"
        if there == plan.customers and Call.objects.filter(source=SOURCE, external_id=first_year).exists():
            return False
        raise UnsafePlace(
            _("Demonstration data of another scale is there (%(count)d customers): empty the database first.")
            % {"count": there}
        )
    if not force and Customer.objects.exists():
        raise UnsafePlace(
            _("The database has customers who are not invented: give --force to load invented ones beside them.")
        )
    return True


def load(plan: Plan, progress: Progress) -> Loaded:
    """Make and load everything. ScaleError and UnsafePlace come from `make_plan` and `refuse_unless_safe`, before this."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the checks of millions of rows would pile up
        progress.step(_("Agencies, teams, agents, topics"))
        organisation = make_organisation(plan)
        _load_customers(plan, organisation, progress)
        _load_calls(plan, organisation, progress)
        progress.step(_("Written requests, complaints, feedback, notices"))
        _load_story(plan, organisation)
    carry_out_one(plan, organisation)  # by the account of retention, which sees what is committed
    progress.step(_("Statistics of the tables"))
    analyze(*BIG)
    progress.step(_("Repeat contacts and daily figures"))
    refresh()  # the rows that came in have marked their days and people
    make_frozen_year(plan, organisation)
    refresh()  # what was corrected since
    make_alert(organisation)
    watch_figures(timezone.localdate(plan.as_of))  # the round of this morning
    progress.step(_("Expected calls"))
    make_forecast(today=timezone.localdate(plan.as_of))
    progress.end()
    return Loaded(
        customers=count_demo_customers(),
        policies=Policy.objects.count(),
        claims=Claim.objects.count(),
        calls=Call.objects.count(),
        contacts=Contact.objects.count(),
        complaints=Complaint.objects.count(),
        notices=Notice.objects.count(),
    )


def _load_customers(plan: Plan, organisation: Organisation, progress: Progress) -> None:
    progress.step(_("Customers, policies, instalments, claims"))
    first_customer = next_id(Customer)
    featured = {number: (email, organisation.password) for number, (_label, email) in CUSTOMERS.items()}
    agencies = organisation.agencies
    first_user, first_policy, first_claim = next_id(User), next_id(Policy), next_id(Claim)
    with Copier() as copier:
        people = People(plan, copier, first_user=first_user, first_customer=first_customer, agencies=agencies)
        portfolio = Portfolio(
            plan,
            copier,
            first_policy=first_policy,
            first_claim=first_claim,
            first_customer=first_customer,
            agencies=agencies,
        )
        for start in range(1, plan.customers + 1, CHUNK):
            numbers = range(start, min(start + CHUNK, plan.customers + 1))
            rng = plan.stream(f"portfolio:{start}")
            for number in people.write(numbers, featured):
                portfolio.write(number, rng)
            copier.flush_if_full()
            progress.at(numbers.stop - 1, plan.customers)
    move_sequences(User, Customer, Policy, Claim)
    organisation.enrol_groups(User.objects.filter(pk__in=range(first_user, first_user + FEATURED)))
    if plan.customers > CHUNK:  # the calls look customers up, and the planner should know there are many
        analyze(User, Customer, Policy)


def _load_calls(plan: Plan, organisation: Organisation, progress: Progress) -> None:
    progress.step(_("Calls"))
    first_customer = Customer.objects.get(code=f"{PREFIX}{1:07d}").pk
    first_contact, first_call = next_id(Contact), next_id(Call)
    with Copier() as copier:
        calls = Calls(
            plan,
            copier,
            organisation,
            first_contact=first_contact,
            first_call=first_call,
            first_customer=first_customer,
        )
        done = 0
        for totals in plan.years:
            done += calls.write_year(totals, progress, done)
    move_sequences(Contact, Call)


def _load_story(plan: Plan, organisation: Organisation) -> None:
    """Load what has texts, about some of the customers: those who sign in come first."""
    codes = [f"{PREFIX}{number:07d}" for number in range(1, min(plan.customers, ACTORS) + 1)]
    customers = list(Customer.objects.filter(code__in=codes).order_by("code"))
    points = ContactPoint.objects.filter(customer__in=customers, kind=ContactPoint.Kind.EMAIL)
    emails = dict(points.order_by("-pk").values_list("customer", "value"))
    contacts = make_written(plan, organisation, customers, emails)
    make_reports(plan, organisation, customers[0])
    make_call_backs(plan, organisation, customers)
    make_answered_beforehand(plan, organisation)
    make_known_people(plan, organisation.staff["agent"])
    make_identifications(plan)
    make_calls_of_ours(plan, organisation, customers)
    complaints = make_complaints(plan, organisation, customers, contacts)
    make_procedures(plan, organisation, complaints)
    make_complaint_returns(plan, organisation)
    make_intake(plan, organisation, contacts, complaints)
    make_feedback(plan, organisation, customers, contacts, complaints)
    make_care_need(organisation.staff["agent"])
    make_operations(plan, organisation, customers)
    make_people(plan, organisation, customers)
    make_mass_events(plan, organisation)
    make_notices(plan, customers, contacts, complaints)
    make_sending_days(plan)
    make_returns(plan)
    make_receipts(plan)
    make_preferences(plan, customers)
    make_promotions(plan, organisation, customers)
    make_alert_rules(plan, organisation, customers[0])
    make_texts(organisation)
    make_letter_texts(organisation, complaints)
    make_payments(plan, customers)
    make_access_log(plan, organisation, customers)
    make_sensitive_files(plan, organisation, customers)
    make_papers(plan, customers)
    make_sessions()
    make_duty(plan)
    make_quality(plan, organisation)
    make_raised_rungs(plan)
    make_measures(plan, organisation)
    make_privacy(plan, organisation, customers)
    make_duplicates(plan, organisation, customers)


__all__ = ["Loaded", "ScaleError", "UnsafePlace", "load", "refuse_unless_safe"]
