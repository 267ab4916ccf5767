"""How much is made and in what shape: scales, the company's own years, seasons, weekdays, hours, topics, reasons.

**The company's years.** The report of 2019 states 71,489 calls handled, 98.24 % of them resolved at first level
(70,231), "+1.9 %" on 2018. The "+1.9 %" can be read two ways; here it is read as **percentage points**, as rates are
compared in such reports, so 2018 stands at 96.34 % (relative growth would give 96.41 %). How many calls 2018 had is
not stated: 68,908 is assumed, of which 66,386 at first level. The years before are invented, and make the ten years
2010 to 2019 come to exactly 715,000 handled calls. Abandoned calls come on top of all these.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from random import Random

import holidays
from django.utils.translation import gettext as _

from foundation.numbers import whole_number

ENROLLED = 642_141  # customers of the reserved area, in the report of 2019
SMALL = 3_000


@dataclass(frozen=True, slots=True)
class YearTotals:
    """The totals of a year: calls handled (answered, with a contact in the base) and those resolved at first level.

    `as_reported` years are the company's: every other handled call was escalated, none is left out of the base.
    """

    year: int
    handled: int
    first_level: int
    as_reported: bool = False
    until: datetime.date | None = None

    @property
    def last_day(self) -> datetime.date:
        """The last day with calls."""
        return min(self.until or datetime.date.max, datetime.date(self.year, 12, 31))


COMPANY_YEARS = {
    each.year: each
    for each in (
        YearTotals(2010, 74_380, 69_025, True),
        YearTotals(2011, 73_912, 68_812, True),
        YearTotals(2012, 73_105, 68_426, True),
        YearTotals(2013, 72_240, 67_906, True),
        YearTotals(2014, 71_618, 67_679, True),
        YearTotals(2015, 70_655, 67_052, True),
        YearTotals(2016, 69_720, 66_513, True),
        YearTotals(2017, 68_973, 66_145, True),
        YearTotals(2018, 68_908, 66_386, True),
        YearTotals(2019, 71_489, 70_231, True),
    )
}
LIVELY = 10_000  # calls a year: with fewer, a page looks empty
STORY_RATES = (0.974, 0.979, 0.983)  # first level of the year before last, last year, this year


class ScaleError(ValueError):
    """The scale, the years or the day asked for cannot be made; the text gives the reason."""


@dataclass(frozen=True)
class Plan:
    """Everything that decides what is made: the same plan makes the same rows."""

    scale: str
    seed: int
    as_of: datetime.datetime  # the present of the story, in Rome
    customers: int
    everybody_enrolled: bool
    years: tuple[YearTotals, ...]
    agencies: int
    agents: int
    written: int = 0
    complaints: int = 0
    feedback: int = 0
    calls_factor: int = 1
    today: datetime.date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", self.as_of.date())

    def stream(self, subject: str) -> Random:
        """The random numbers of one subject: they do not change when another subject draws more or fewer."""
        return Random(f"{self.seed}:{subject}")  # noqa: S311 - invented data, nothing secret

    @property
    def is_company(self) -> bool:
        """Whether the company's own size and years are made."""
        return self.everybody_enrolled

    @property
    def handled_calls(self) -> int:
        """Calls with a contact in the base, over all years."""
        return sum(each.handled for each in self.years)


def make_plan(
    scale: str, *, seed: int, as_of: datetime.datetime, years: int | None = None, calls_factor: int = 1
) -> Plan:
    """The plan of a scale: "small", "full" or a number of customers. ScaleError names what cannot be made.

    small and N: calls of `years` calendar years (3), ending with that of `as_of`. full: `years` of the company (2), ending
    with 2019, and on top of them the calls of the year of `as_of` and the two before, in the number of the small scale,
    where these are later than 2019. `calls_factor` multiplies every year, for measuring.
    """
    if scale not in ("small", "full") and not 20 <= (whole_number(scale) or 0) <= 900_000:
        raise ScaleError(
            _("The scale is small, full or a number of customers from 20 to 900000, not “%(text)s”.") % {"text": scale}
        )
    if calls_factor < 1:
        raise ScaleError(_("The factor of the calls is 1 or more."))
    company = scale == "full"
    customers = ENROLLED if company else SMALL if scale == "small" else int(scale)
    if company and as_of.year <= max(COMPANY_YEARS):
        raise ScaleError(_("The company's calls end with 2019: at full scale, give --until a later day."))
    if years is not None and not 1 <= years <= 10:
        raise ScaleError(_("The years of calls are from 1 to 10."))
    proportional = round(customers * COMPANY_YEARS[2019].handled / ENROLLED)
    a_year = LIVELY if company else max(proportional, min(LIVELY, 4 * customers))
    totals: list[YearTotals] = []
    if company:
        wanted = sorted(COMPANY_YEARS)[-(years or 2) :]
        totals += [COMPANY_YEARS[year] for year in wanted]
    first = as_of.year - (3 if company else (years or 3)) + 1
    for year in range(max(first, 2020) if company else first, as_of.year + 1):
        rate = STORY_RATES[max(0, 2 - (as_of.year - year))]
        handled = round(a_year * (1 - 0.015 * (as_of.year - year)))
        until = None
        if year == as_of.year:
            until = as_of.date()
            handled = round(handled * share_of_year_gone(until))
        totals.append(YearTotals(year, handled, round(handled * rate), until=until))
    if calls_factor > 1:
        totals = [
            YearTotals(
                each.year, each.handled * calls_factor, each.first_level * calls_factor, each.as_reported, each.until
            )
            for each in totals
        ]
    busiest = max(each.handled for each in totals)
    return Plan(
        scale=scale,
        seed=seed,
        as_of=as_of,
        customers=customers,
        everybody_enrolled=company,
        years=tuple(totals),
        agencies=max(6, customers // 1600),
        agents=max(12, -(-busiest // 5_000)),
        written=max(90, min(480, customers * 16 // 100)),
        complaints=max(36, min(210, customers * 7 // 100)),
        feedback=max(40, min(360, customers * 12 // 100)),
        calls_factor=calls_factor,
    )


# --- When people call -----------------------------------------------------------------------------------------
LINES = ("customers", "claims", "campers")
LINE_SHARE = {"customers": 0.62, "claims": 0.30, "campers": 0.08}
MONTHS = {
    "customers": (1.14, 0.99, 1.06, 1.00, 1.03, 1.13, 1.06, 0.58, 1.04, 1.00, 0.97, 1.04),
    "claims": (1.16, 1.09, 0.98, 0.94, 0.95, 0.99, 1.01, 0.72, 0.97, 1.02, 1.10, 1.13),
    "campers": (0.34, 0.36, 0.58, 0.92, 1.05, 1.38, 1.95, 2.40, 1.30, 0.75, 0.40, 0.48),
}
WEEKDAYS = {
    "customers": (1.24, 1.06, 1.00, 0.97, 0.95, 0.21, 0.0),
    "claims": (1.22, 1.04, 0.99, 0.99, 1.02, 0.42, 0.20),
    "campers": (1.12, 1.00, 0.98, 1.00, 1.18, 0.62, 0.38),
}
HOLIDAY = {"customers": 0.0, "claims": 0.22, "campers": 0.42}
# Weight of each half hour from 8.00; the lines open at 8.30 (claims at 8.00) and close at 19.00 (claims at 22.00).
_WORKING_DAY = (
    *(0.0, 0.62, 1.05, 1.42, 1.52, 1.46, 1.30, 1.05, 0.62, 0.44, 0.46, 0.66),
    *(0.98, 1.22, 1.26, 1.18, 1.02, 0.84, 0.56, 0.40, 0.24, 0.14),
)
HOURS = {
    "customers": _WORKING_DAY,
    "claims": (0.40, 0.72, *_WORKING_DAY[2:-3], 0.50, 0.42, 0.34, 0.28, 0.22, 0.18, 0.14, 0.10, 0.06),
    "campers": (0.0, 0.70, 1.15, 1.40, 1.42, 1.30, 1.15, 0.95, 0.65, 0.50, 0.55, 0.70, *_WORKING_DAY[12:]),
}
SATURDAY_ENDS = {"customers": 10, "claims": 28, "campers": 28}  # half hours after 8.00: 13.00, 22.00
FIRST_HOUR = 8 * 3600


def is_working_day(day: datetime.date) -> bool:
    """Whether the offices that answer in writing work: Monday to Friday, and no holiday."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[datetime.date]:
    """National holidays of Italy, and the patron of Milan, where the lines are answered."""
    return frozenset(holidays.country_holidays("IT", subdiv="MI", years=year).keys())


def day_weight(line: str, day: datetime.date) -> float:
    """How many calls a line expects on a day, against an ordinary Wednesday."""
    closed = _public_holidays(day.year)
    weight = MONTHS[line][day.month - 1] * WEEKDAYS[line][day.weekday()]
    if day in closed:
        return HOLIDAY[line] * MONTHS[line][day.month - 1]
    if (day.month, day.day) in ((12, 24), (12, 31)):
        weight *= 0.5
    yesterday, tomorrow = day - datetime.timedelta(days=1), day + datetime.timedelta(days=1)
    if day.weekday() < 5 and yesterday in closed and yesterday.weekday() < 5:
        weight *= 1.2  # what waited for a day
    elif day.weekday() in (0, 4) and (yesterday in closed or tomorrow in closed):
        weight *= 0.7  # a bridge to the weekend
    if day.month == 8 and 8 <= day.day <= 24:
        weight *= 0.78 if line != "campers" else 1.08
    if day.day >= 26 or day.day <= 3:
        weight *= 1.08  # instalments
    return weight


def days_of(totals: YearTotals) -> list[datetime.date]:
    """The days of the year on which calls may come, up to its last."""
    first = datetime.date(totals.year, 1, 1)
    return [first + datetime.timedelta(days=n) for n in range((totals.last_day - first).days + 1)]


def share_of_year_gone(until: datetime.date) -> float:
    """The share of a year's calls that have come by the end of a day."""
    whole = YearTotals(until.year, 0, 0)
    gone = total = 0.0
    for day in days_of(whole):
        weight = sum(LINE_SHARE[line] * day_weight(line, day) for line in LINES)
        total += weight
        gone += weight if day <= until else 0
    return gone / total


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day of calls: how many are handled on each line, how many of them not at first level, how the day goes."""

    day: datetime.date
    handled: dict[str, int]
    expected: dict[str, float]
    not_first_level: int
    system_down: bool

    @property
    def total(self) -> int:
        """Calls handled on all lines."""
        return sum(self.handled.values())


def plan_year(totals: YearTotals, rng: Random) -> Iterator[DayPlan]:
    """The days of a year: their counts add up to the totals exactly.

    Days differ by season, weekday and holiday, by chance, and by three sorts of event: a few storms (claims), and one
    week in which the systems are down, when more calls cannot be settled at once.
    """
    days = days_of(totals)
    storms = set(rng.sample(days, min(len(days), 6)))
    bad_week = rng.choice([day for day in days if day.weekday() == 0] or days)
    counts = {line: [0] * len(days) for line in LINES}
    expected: dict[str, list[float]] = {}
    shares = _share_out(totals.handled, [LINE_SHARE[line] * sum(day_weight(line, d) for d in days) for line in LINES])
    for line, number in zip(LINES, shares, strict=True):
        weights = [day_weight(line, day) for day in days]
        whole = sum(weights) or 1
        expected[line] = [number * weight / whole for weight in weights]
        moved = []
        for day, weight in zip(days, weights, strict=True):
            near_storm = line == "claims" and any(day - n * datetime.timedelta(days=1) in storms for n in (0, 1, 2))
            moved.append(weight * rng.lognormvariate(0, 0.09) * (1.75 if near_storm else 1))
        for index in rng.choices(range(len(days)), cum_weights=list(accumulate(moved)), k=number):
            counts[line][index] += 1
    in_bad_week = [0 <= (day - bad_week).days < 6 for day in days]
    handled = [sum(counts[line][index] for line in LINES) for index in range(len(days))]
    not_first = _draw(totals.handled - totals.first_level, handled, [3.6 if bad else 1.0 for bad in in_bad_week], rng)
    for index, day in enumerate(days):
        yield DayPlan(
            day,
            {line: counts[line][index] for line in LINES},
            {line: expected[line][index] for line in LINES},
            not_first[index],
            in_bad_week[index],
        )


def _share_out(number: int, weights: list[float]) -> list[int]:
    """A number split in proportion to weights, in whole parts that add up to it."""
    whole = sum(weights)
    exact = [number * weight / whole for weight in weights]
    parts = [int(each) for each in exact]
    for index in sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])[: number - sum(parts)]:
        parts[index] += 1
    return parts


def _draw(number: int, sizes: list[int], weights: list[float], rng: Random) -> list[int]:
    """How many of `number` fall into each of some groups, none getting more than its size."""
    found = [0] * len(sizes)
    left = number
    while left:
        room = [weight * (size - had) for size, had, weight in zip(sizes, found, weights, strict=True)]
        for index in rng.choices(range(len(sizes)), cum_weights=list(accumulate(room)), k=left):
            if found[index] < sizes[index]:
                found[index] += 1
                left -= 1
    return found


# --- A measure that worked -------------------------------------------------------------------------------------------
GUIDED = "claims-status"  # the topic for which a guide was published
GUIDED_WEEKS_AGO, GUIDED_WEEKS = 18, 12
UNGUIDED, WITH_GUIDE = 3.0, 0.5  # how hard it was in the weeks before, and is since, in times of usually


def hardness_on(topic: "TopicShape", days_ago: int) -> float:
    """How hard a topic was to settle on a day: the guided one harder before its guide, and easier since."""
    if topic.code != GUIDED:
        return topic.hardness
    since = GUIDED_WEEKS_AGO * 7
    if days_ago <= since:
        return topic.hardness * WITH_GUIDE
    return topic.hardness * (UNGUIDED if days_ago <= since + GUIDED_WEEKS * 7 else 1)


# --- What about -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TopicShape:
    """A reason for contact: its words, how often on each line and in writing, how long to talk, how hard to settle."""

    code: str
    area: str
    name: str
    customers: float
    claims: float
    campers: float
    written: float
    talk: int  # mean seconds
    hardness: float = 1.0


TOPICS = (
    TopicShape("claims-report", "claims", "Denuncia di un nuovo sinistro", 2, 34, 8, 6, 390, 0.6),
    TopicShape("claims-status", "claims", "Stato di avanzamento della pratica di sinistro", 6, 27, 5, 14, 250, 1.9),
    TopicShape("claims-documents", "claims", "Documenti da inviare per il sinistro", 2, 12, 2, 6, 215, 0.9),
    TopicShape("claims-assessor", "claims", "Appuntamento o recapito del perito", 1, 9, 1, 2, 180, 1.3),
    TopicShape("claims-repairer", "claims", "Carrozzerie e riparatori convenzionati", 1, 6, 1, 1, 170, 0.4),
    TopicShape("claims-payment", "claims", "Liquidazione: offerta e pagamento del danno", 2, 9, 1, 8, 285, 2.6),
    TopicShape("policy-expiry", "policies", "Scadenza e rinnovo della polizza", 13, 0, 8, 6, 220, 0.5),
    TopicShape("policy-documents", "policies", "Copia di polizza o di certificato", 7, 0, 4, 7, 170, 0.4),
    TopicShape("policy-risk-certificate", "policies", "Attestato di rischio e classe di merito", 6, 0, 3, 5, 230, 0.8),
    TopicShape("policy-change", "policies", "Variazione di polizza: veicolo, targa, residenza", 6, 0, 5, 6, 310, 1.5),
    TopicShape("policy-suspension", "policies", "Sospensione o riattivazione della copertura", 4, 0, 9, 4, 260, 1.2),
    TopicShape("policy-cancellation", "policies", "Disdetta o recesso", 3, 0, 2, 6, 265, 1.8),
    TopicShape("policy-life", "policies", "Polizze vita: valori, riscatto, beneficiari", 3, 0, 0, 5, 340, 2.4),
    TopicShape("payments-due", "payments", "Importo e data della rata", 9, 0, 4, 4, 180, 0.4),
    TopicShape("payments-online", "payments", "Pagamento on line del premio", 5, 0, 2, 5, 240, 1.0),
    TopicShape("payments-not-shown", "payments", "Pagamento eseguito ma non registrato", 3, 0, 1, 5, 275, 2.0),
    TopicShape("payments-refund", "payments", "Rimborso del premio non goduto", 2, 0, 1, 4, 260, 2.1),
    TopicShape("area-sign-in", "reserved_area", "Accesso all'area riservata: credenziali", 11, 0, 3, 9, 230, 0.7),
    TopicShape("area-enrolment", "reserved_area", "Registrazione all'area riservata", 5, 0, 2, 3, 260, 0.6),
    TopicShape("area-app", "reserved_area", "App MyVittoria: errori e aggiornamenti", 4, 0, 1, 6, 270, 1.7),
    TopicShape("roadside-help", "roadside", "Richiesta di soccorso stradale", 1, 3, 26, 0, 300, 0.5),
    TopicShape(
        "roadside-follow-up", "roadside", "Soccorso in corso: tempi e mezzo sostitutivo", 0, 1, 12, 1, 210, 1.1
    ),
    TopicShape("commercial-quote", "commercial", "Preventivo o nuova polizza", 5, 0, 7, 6, 240, 0.6),
    TopicShape("commercial-agency", "commercial", "Agenzia di riferimento: recapiti e orari", 4, 0, 3, 2, 130, 0.2),
    TopicShape("data-change", "personal_data", "Modifica di recapiti e indirizzo", 3, 0, 1, 4, 165, 0.4),
    TopicShape("data-privacy", "personal_data", "Consensi e privacy", 1, 0, 0, 3, 220, 1.4),
    TopicShape("other-information", "other", "Altre informazioni", 3, 1, 2, 3, 175, 0.8),
)
SECOND_LEVEL_TEAM = {
    "claims": "sinistri",
    "roadside": "sinistri",
    "policies": "polizze",
    "payments": "polizze",
    "commercial": "polizze",
    "personal_data": "polizze",
    "other": "polizze",
    "reserved_area": "tecnico-area-riservata",
}

# Why not at first level: authority 41 %, another office 30 %, knowledge 18 %, and the systems 11 % over a year, half of
# which in the bad week.
REASONS = ("authority", "other_office", "knowledge", "system_down")
ORDINARY_REASONS = (0.431, 0.315, 0.189, 0.065)
BAD_WEEK_REASONS = (0.11, 0.08, 0.05, 0.76)

# --- Telephone ------------------------------------------------------------------------------------------------
WITHHELD = 0.06
WITHHELD_KNOWN = 0.75  # of those, the agent finds out the customer
STRANGERS = 0.07  # callers who are no customers: the other party, people who ask for a quote
OTHER_PHONE = 0.07  # customers who call from a number we do not hold
ASKED = 0.12  # answer the question after the call
RETURNS_RESOLVED = 0.052  # come back about the same area within days
RETURNS_UNRESOLVED = 0.46
RETURN_DAYS = (1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6)
