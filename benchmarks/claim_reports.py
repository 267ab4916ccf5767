"""A claim reported in the reserved area by a customer with fifty policies: sent, and the pages around it, in one process."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.claim_reports.lines import guide_for
from customers.models import Agency, ClaimDraft, Customer, Policy, ReservedAreaAccount, User

from . import data
from .measure import Row, Scale, at_most, median_seconds
from .plans import read_whole, statements_of

POLICIES = 50
SENT_MS, SENT_QUERIES = 50, 36
PAGE_QUERIES = 12
RUNS, WARM_UP = 25, 3
MAIL = "denunce@bench.example"


def measure(scale: Scale) -> Iterator[Row]:
    """Beside the whole portfolio: the report sent, each time of another day; choosing the policy; the claim's own page."""
    data.portfolio(scale)
    reporter = _Reporter()
    seconds, bare = median_seconds(reporter.send, reporter.look_at_profile, runs=RUNS, warm_up=WARM_UP)
    yield at_most("claim report sent", seconds * 1000, "ms", SENT_MS, aim=f"under {SENT_MS} ms")
    yield Row("claim report sent, against a bare signed-in page", seconds / bare, "×")
    statements = statements_of(reporter.send)
    yield at_most("claim report sent: queries", len(statements), "", SENT_QUERIES, aim=f"at most {SENT_QUERIES}")
    questions = [each for each in statements if each.startswith("SELECT")]
    whole = [each for each in questions if read_whole(each)]
    yield Row("claim report sent: big tables read whole", len(whole), "", 0, "none", not whole)
    asked = len(statements_of(reporter.choose_policy))
    yield at_most(
        f"choosing among {POLICIES} policies: queries", asked, "", PAGE_QUERIES, aim=f"at most {PAGE_QUERIES}"
    )
    numbers = list(reporter.customer.claims.filter(report__isnull=False).values_list("report__sequence", flat=True))
    gaps = max(numbers) - min(numbers) + 1 - len(numbers)
    yield Row("numbers of reports missing between the first and the last", gaps, "", 0, "none", gaps == 0)


class _Reporter:
    """A customer with POLICIES policies who reports a claim of another day each time."""

    def __init__(self) -> None:
        user = User.objects.filter(email=MAIL).first()
        if user is None:
            user = _enrol()
        self.customer = Customer.objects.get(reserved_area_accounts__user=user)
        self.user = user
        self.policy = Policy.objects.filter(holder=self.customer).earliest("pk")
        self.client = Client()
        self.client.force_login(user)
        self.day = timezone.localdate() - timedelta(days=300)

    def send(self) -> None:
        """A report that is whole, of the next day, sent by its page."""
        self.day += timedelta(days=1)
        draft = ClaimDraft.objects.create(
            key=uuid.uuid4(),
            customer=self.customer,
            policy=self.policy,
            answers=_answers(self.policy, self.day.isoformat()),
            begun_by=self.user,
            saved_by=self.user,
        )
        answer = self.client.post(reverse("portal_report_review", args=[draft.key]), {"declared": "on"})
        assert answer.status_code == 302, answer.content[:500]

    def choose_policy(self) -> None:
        """The page on which a report begins."""
        assert self.client.get(reverse("portal_report")).status_code == 200

    def look_at_profile(self) -> None:
        """A page of the same person with little in it."""
        assert self.client.get(reverse("portal_profile")).status_code == 200


def _answers(policy: Policy, day: str) -> dict[str, dict[str, str]]:
    """Every question answered, with the first of its choices."""
    answers = {
        step.key: {each.name: each.options[0][0] if each.options else "Prova" for each in step.questions}
        for step in guide_for(policy.ramo).steps
    }
    answers["evento"] |= {"occurred_on": day, "occurred_time": "18:30"}
    return answers


def _enrol() -> User:
    today = timezone.localdate()
    agency = Agency.objects.earliest("pk")
    customer = Customer.objects.create(code="BENCH-DENUNCE", last_name="Prova", first_name="Denuncia", agency=agency)
    user = User.objects.create_user(MAIL)
    user.groups.set([Group.objects.get(name=roles.CUSTOMER)])
    ReservedAreaAccount.objects.create(
        user=user, customer=customer, terms_version="2026-01", terms_accepted_at=timezone.now()
    )
    Policy.objects.bulk_create(
        Policy(
            number=f"BENCH-DENUNCE-{number}",
            holder=customer,
            agency=agency,
            ramo="10",
            product="Auto",
            starts_on=today - timedelta(days=330),
            ends_on=today + timedelta(days=35),
        )
        for number in range(POLICIES)
    )
    return user
