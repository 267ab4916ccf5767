"""Command: find what was opened in an unusual way on a day, and keep it for the data protection officer.

A few questions for all the people of the day, each answered from the rows of that day (an index by time finds them among ten
years of accesses). A second run adds nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from statistics import fmean
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate, TruncHour

from customers.models import AccessLog, AgencyMember, OperationEvent, ReservedAreaAccount, UnusualAccess, User
from customers.models.access import UnusualRule
from customers.sensitive import rules
from foundation.dates import ROME
from foundation.slots import Slot

SUNDAY = 6
Found = Iterable[UnusualAccess]
Work = Callable[[datetime, datetime], Exists]  # since, until

# What of a person's work explains a look at a file: each gives the condition on accesses (`user`, `customer`) of the work done
# between two moments.
WORK: Slot[Work] = Slot("the work that explains a look at a file")


def operations_worked(since: datetime, until: datetime) -> Exists:
    """The person did something about an operation of the customer."""
    steps = OperationEvent.objects.filter(at__gte=since, at__lt=until, by=OuterRef("user"))
    return Exists(steps.filter(operation__customer=OuterRef("customer")))


@transaction.atomic
def find_unusual(day: date) -> int:
    """Keep what the rules find of the day, by the clock of Rome; returns how many were not known yet."""
    since = datetime.combine(day, time(), ROME)
    looks = AccessLog.objects.filter(at__gte=since, at__lt=since + timedelta(days=1)).order_by()
    found = [each for rule in RULES for each in rule(day, looks)]
    before = UnusualAccess.objects.filter(day=day).count()
    UnusualAccess.objects.bulk_create(found, ignore_conflicts=True, batch_size=1_000)
    return UnusualAccess.objects.filter(day=day).count() - before


# --- The rules ----------------------------------------------------------------------------------------------------
def _unexplained(day: date, looks: QuerySet[AccessLog]) -> QuerySet[AccessLog]:
    """The looks at somebody's file that no work of the reader explains; those with a reason of the list explain themselves."""
    until = datetime.combine(day + timedelta(days=1), time(), ROME)
    since = until - timedelta(days=rules.EXPLAINS_DAYS + 1)
    looks = looks.filter(customer__isnull=False, reason_kind="")
    for work in WORK:
        looks = looks.exclude(work(since, until))
    return looks.filter(user__groups__name__in=rules.LEAVE_A_TRACE)


def _many(day: date, looks: QuerySet[AccessLog]) -> Found:
    busiest = _busiest_hours(looks)
    asked = [user for user, hours in busiest.items() if max(hours.values()) >= rules.MANY_LEAST]
    if not asked:
        return
    start = datetime.combine(day - timedelta(days=rules.PAST_DAYS), time(), ROME)
    past = _busiest_hours(
        AccessLog.objects.filter(at__gte=start, at__lt=datetime.combine(day, time(), ROME), user__in=asked).order_by()
    )
    roles_of: dict[int, set[int]] = defaultdict(set)
    for user, group in User.groups.through.objects.filter(user__in=busiest).values_list("user", "group"):
        roles_of[user].add(group)
    for user in asked:
        files = max(busiest[user].values())
        usual = fmean(past[user].values()) if user in past else 0.0
        team = [
            max(busiest[other].values()) for other in busiest if other != user and roles_of[other] & roles_of[user]
        ]
        if rules.is_many(files, usual=usual, of_team=fmean(team) if team else 0.0):
            yield UnusualAccess(day=day, user_id=user, rule=UnusualRule.MANY, number=files, usual=round(usual))


def _busiest_hours(looks: QuerySet[AccessLog]) -> dict[int, dict[date, int]]:
    """Of each person, the most files in one hour of each day."""
    hours = looks.filter(customer__isnull=False).annotate(
        _day=TruncDate("at", tzinfo=ROME), _hour=TruncHour("at", tzinfo=ROME)
    )
    found: dict[int, dict[date, int]] = defaultdict(dict)
    counted = hours.values("user", "_day", "_hour").annotate(files=Count("customer", distinct=True))
    for user, day, files in counted.values_list("user", "_day", "files"):
        found[user][day] = max(files, found[user].get(day, 0))
    return found


def _unexplained_files(day: date, looks: QuerySet[AccessLog]) -> Found:
    counted = _unexplained(day, looks).values("user").annotate(files=Count("customer", distinct=True))
    for user, files in counted.filter(files__gte=rules.UNEXPLAINED_LEAST).values_list("user", "files"):
        yield UnusualAccess(day=day, user_id=user, rule=UnusualRule.UNEXPLAINED, number=files)


def _namesakes(day: date, looks: QuerySet[AccessLog]) -> Found:
    unexplained = _unexplained(day, looks).values("user", "customer").annotate(looks=Count("pk", distinct=True))
    own = {
        account.user_id: account.customer
        for account in ReservedAreaAccount.objects.filter(
            capacity=ReservedAreaAccount.Capacity.SELF, user__in=unexplained.values("user")
        ).select_related("customer")
    }
    names = (
        "user",
        "user__last_name",
        "customer",
        "customer__last_name",
        "customer__address",
        "customer__city",
        "looks",
    )
    for user, surname, customer, last_name, address, city, number in unexplained.values_list(*names):
        home = own.get(user)
        lives_there = home is not None and bool(address) and (home.address, home.city) == (address, city)
        if rules.same_surname(surname, last_name) or lives_there:
            yield _about(day, UnusualRule.NAMESAKE, user, customer, number)


def _hours(day: date, looks: QuerySet[AccessLog]) -> Found:
    outside = Q(at__lt=datetime.combine(day, rules.OPENS, ROME)) | Q(at__gte=datetime.combine(day, rules.CLOSES, ROME))
    late = looks if day.weekday() == SUNDAY else looks.filter(outside)
    for user, number in late.values("user").annotate(looks=Count("pk")).values_list("user", "looks"):
        yield UnusualAccess(day=day, user_id=user, rule=UnusualRule.HOURS, number=number)


def _vague(day: date, looks: QuerySet[AccessLog]) -> Found:
    given: dict[tuple[int, Any], int] = defaultdict(int)
    asked = looks.exclude(reason_kind="").values_list("user", "customer", "reason_kind", "reason")
    for user, customer, kind, words in asked:
        if rules.is_vague(kind, words):
            given[user, customer] += 1
    for (user, customer), number in given.items():
        yield _about(day, UnusualRule.VAGUE, user, customer, number)


def _downloads(day: date, looks: QuerySet[AccessLog]) -> Found:
    taken = looks.filter(customer__isnull=True).values("user").annotate(files=Count("pk"))
    for user, files in taken.filter(files__gte=rules.DOWNLOADS_LEAST).values_list("user", "files"):
        yield UnusualAccess(day=day, user_id=user, rule=UnusualRule.DOWNLOADS, number=files)


def _again(day: date, looks: QuerySet[AccessLog]) -> Found:
    counted = _unexplained(day, looks).values("user", "customer").annotate(looks=Count("pk", distinct=True))
    again = counted.filter(looks__gte=rules.AGAIN_LEAST)
    for user, customer, number in again.values_list("user", "customer", "looks"):
        yield _about(day, UnusualRule.AGAIN, user, customer, number)


def _other_agency(day: date, looks: QuerySet[AccessLog]) -> Found:
    member = AgencyMember.objects.filter(user=OuterRef("user"), is_active=True)
    theirs = member.filter(agency=OuterRef("customer__agency"))
    others = looks.filter(Exists(member), customer__isnull=False).exclude(Exists(theirs))
    counted = others.values("user", "customer").annotate(looks=Count("pk"))
    for user, customer, number in counted.values_list("user", "customer", "looks"):
        yield _about(day, UnusualRule.OTHER_AGENCY, user, customer, number)


def _about(day: date, rule: UnusualRule, user: int, customer: int, number: int) -> UnusualAccess:
    return UnusualAccess(day=day, user_id=user, rule=rule, customer_id=customer, number=number)


RULES = (_many, _unexplained_files, _namesakes, _hours, _vague, _downloads, _again, _other_agency)
