"""Agencies, teams, agents, topics, and the people of the company who sign in."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from contact_center.due.targets import Book
from contact_center.models import (
    Agent,
    AgentLine,
    AgentSkill,
    Contact,
    LineTarget,
    OpeningPeriod,
    ServiceCalendar,
    Skill,
    Team,
    TollFreeLine,
    Topic,
    WrapUpCode,
)
from customers import roles
from customers.models import Agency, AgencyMember, User
from foundation.text import fold

from . import words
from .people import PREFIX
from .profiles import TOPICS, Plan
from .sign_ins import CODE_SECRET, DOMAIN, PASSWORD, STAFF

# The first agency is that of the customers who sign in.
AGENCY_CITIES = ("Milano", "Torino", "Bologna", "Verona", "Roma", "Napoli")
TEAMS = (
    ("primo-livello", "Assistenza di primo livello", "First-level service", 1),
    ("sinistri", "Secondo livello – Sinistri", "Second level – Claims", 2),
    ("polizze", "Secondo livello – Polizze e amministrazione", "Second level – Policies and administration", 2),
    ("tecnico-area-riservata", "Secondo livello – Tecnico area riservata", "Second level – Reserved area", 2),
)
# Of the topics that only a demonstration has: the others have theirs from the installation.
TOPICS_IN_ENGLISH = {
    "claims-report": "Report of a new claim",
    "claims-repairer": "Affiliated body shops and repairers",
    "policy-life": "Life policies: values, surrender, beneficiaries",
    "payments-online": "Paying the premium on line",
    "area-enrolment": "Enrolling in the reserved area",
    "roadside-help": "Request for help on the road",
    "roadside-follow-up": "Help on its way: times and replacement vehicle",
    "commercial-agency": "My agency: contacts and opening hours",
}
CODES: dict[str, str] = {
    Contact.Outcome.UNRESOLVED: "non-risolto",
    Contact.Outcome.WRONG_NUMBER: "numero-errato",
    Contact.Outcome.DROPPED: "caduta",
}
# code, Italian, English, the topics that ask for it
SKILLS = (
    ("vita", "Polizze vita", "Life policies", ("policy-life",)),
    (
        "sinistri-auto",
        "Sinistri auto: liquidazione",
        "Motor claims: settlement",
        ("claims-payment", "claims-assessor"),
    ),
    ("dati-personali", "Dati personali e consensi", "Personal data and consents", ("data-privacy",)),
)
# The first agents: lines (none: all), skills, languages, open contacts at once. The others speak Italian alone.
SERVE: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], int | None], ...] = (
    ((), ("vita", "sinistri-auto", "dati-personali"), ("it", "en"), None),
    (("claims", "campers"), ("sinistri-auto",), ("it", "en", "de"), 15),
    (("customers",), ("vita",), ("it",), 12),
    (("customers",), ("dati-personali",), ("it", "fr"), 12),
    (("claims", "campers"), ("sinistri-auto",), ("it",), 15),
    (("customers", "claims"), (), ("it", "en"), 10),
)
ALWAYS_HELPS = ("claims", "campers")  # lines that are answered every day
# line, what is read while it is closed in both languages, share of calls, seconds
LINES: tuple[tuple[str, str, str, int], ...] = (
    (
        "customers",
        "Può scriverci a ogni ora dall'area riservata.",
        "You can write to us at any hour from the reserved area.",
        80,
    ),
    (
        "claims",
        "Può denunciare il sinistro a ogni ora dall'area riservata o dall'app.",
        "You can report the claim at any hour from the reserved area or the app.",
        85,
    ),
    (
        "campers",
        "Per un soccorso urgente chiami il 112.",
        "For urgent help call 112.",
        75,
    ),
)
WANTED_SECONDS = 20
SPECIALISTS = {"sinistri": 2, "polizze": 1, "tecnico-area-riservata": 1}


@dataclass(frozen=True)
class Organisation:
    """What the rest of the data refers to."""

    agencies: list[Agency]
    members: list[User]
    lines: dict[str, int]
    teams: dict[str, Team]
    topics: dict[str, Topic]
    agents: list[Agent]  # first level, those with a sign-in first
    specialists: dict[str, list[Agent]]
    staff: dict[str, User]  # by role
    password: str  # as stored
    book: Book  # targets and calendars: by when things were due
    codes: dict[str, WrapUpCode]

    def code_for(self, outcome: str, number: int) -> WrapUpCode | None:
        """The wrap-up code of a contact that ended so; every third that was resolved was a question answered."""
        if outcome == Contact.Outcome.RESOLVED:
            return self.codes.get("informazione" if number % 3 == 0 else "risolto")
        return self.codes.get(CODES.get(outcome, ""))

    def enrol_groups(self, users: Iterable[User]) -> None:
        """Give the customers who sign in the customers' role."""
        Group.objects.get(name=roles.CUSTOMER).user_set.add(*users)


def make_organisation(plan: Plan) -> Organisation:
    """Create it, or find what an installation has already (lines, teams, topics)."""
    rng = plan.stream("organisation")
    password = make_password(PASSWORD, salt=f"demo{plan.seed}vittoriacare")  # one hash for all: it takes its time
    since = plan.as_of - datetime.timedelta(days=900)
    groups = {group.name: group for group in Group.objects.filter(name__in=roles.ALL)}

    def user(email: str, first: str, last: str, role: str) -> User:
        made = User.objects.create(
            email=email, first_name=first, last_name=last, password=password, is_staff=True, date_joined=since
        )
        made.groups.add(groups[role])
        return made

    def invented(number: int, domain: str, role: str) -> User:
        first, last = _name(rng)
        return user(f"{fold(first)}.{fold(last).replace(' ', '')}.{number}@{domain}", first, last, role)

    staff = {each.group: user(each.email, each.first_name, each.last_name, each.group) for each in STAFF}
    Authenticator.objects.bulk_create(
        Authenticator(user=each, type=Authenticator.Type.TOTP, data={"secret": encrypt(CODE_SECRET)})
        for each in staff.values()
    )
    agencies = _agencies(plan)
    members = [staff[roles.AGENCY_MEMBER]]
    members += [invented(n, "agenzie.example", roles.AGENCY_MEMBER) for n in range(1, 12)]
    AgencyMember.objects.bulk_create(
        AgencyMember(user=member, agency=agencies[n // 2 % len(agencies)], is_principal=n % 2 == 0)
        for n, member in enumerate(members)
    )
    teams = {
        code: Team.objects.get_or_create(code=code, defaults={"name": name, "name_en": english, "level": level})[0]
        for code, name, english, level in TEAMS
    }
    lines = {line.code: line for line in TollFreeLine.objects.all()}

    def agent(number: int, person: User | None, name: str, team: str, *, active: bool = True) -> Agent:
        return Agent.objects.create(
            code=f"{PREFIX}{number:03d}",
            name=name,
            user=person,
            team=teams[team],
            extension=f"{4100 + number}" if active else "",
            is_active=active,
        )

    specialists: dict[str, list[Agent]] = {}
    number = 80
    for team, how_many in SPECIALISTS.items():
        for _place in range(how_many):
            person = staff[roles.SPECIALIST] if not specialists else invented(number, DOMAIN, roles.SPECIALIST)
            specialists.setdefault(team, []).append(agent(number, person, str(person), team))
            number += 1
    agents = [agent(1, staff[roles.AGENT], str(staff[roles.AGENT]), "primo-livello")]
    for each in range(2, 13):
        person = invented(each, DOMAIN, roles.AGENT)
        agents.append(agent(each, person, str(person), "primo-livello"))
    for each in range(13, plan.agents + 1):  # colleagues of other years: they answered, and never sign in
        agents.append(agent(each + 100, None, " ".join(_name(rng)), "primo-livello", active=each % 2 == 0))
    topics = {
        shape.code: Topic.objects.get_or_create(
            code=shape.code,
            defaults={"area": shape.area, "name": shape.name, "name_en": TOPICS_IN_ENGLISH.get(shape.code, "")},
        )[0]
        for shape in TOPICS
    }
    _give_lines_and_skills(lines, topics, agents, [each for some in specialists.values() for each in some])
    head = invented(1, DOMAIN, roles.COMPLAINT_OFFICER)  # named last, so that everybody else keeps their names
    User.objects.filter(pk=head.pk).update(heads_complaints=True)
    return Organisation(
        agencies,
        members,
        {code: line.pk for code, line in lines.items()},
        teams,
        topics,
        agents,
        specialists,
        staff,
        password,
        Book(),
        {each.code: each for each in WrapUpCode.objects.all()},
    )


def _give_lines_and_skills(
    lines: dict[str, TollFreeLine], topics: dict[str, Topic], agents: list[Agent], specialists: list[Agent]
) -> None:
    """What the lines are to reach and say while they are closed; who serves which, knows what and speaks what."""
    every_day, is_new = ServiceCalendar.objects.get_or_create(
        code="ogni-giorno", defaults={"name": "Sinistri e soccorso", "name_en": "Claims and assistance"}
    )
    if is_new:
        OpeningPeriod.objects.bulk_create(
            OpeningPeriod(calendar=every_day, weekday=day, opens=datetime.time(8), closes=datetime.time(22))
            for day in range(7)
        )
    for code, message, english, share in LINES:
        if (line := lines.get(code)) is None:
            continue
        line.closed_message, line.closed_message_en = message, english
        line.calendar = every_day if code in ALWAYS_HELPS else None
        line.save()
        LineTarget.objects.get_or_create(
            line=line, valid_from=None, defaults={"share": share, "seconds": WANTED_SECONDS}
        )
    skills = {}
    for position, (code, name, english, asking) in enumerate(SKILLS, start=1):
        skills[code], _created = Skill.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": english, "position": position}
        )
        Topic.objects.filter(pk__in=[topics[each].pk for each in asking]).update(needs_skill=skills[code])
    for place, agent in enumerate(agents):
        served, known, languages, capacity = SERVE[place] if place < len(SERVE) else ((), (), ("it",), None)
        agent.languages, agent.capacity = list(languages), capacity
        AgentLine.objects.bulk_create(AgentLine(agent=agent, line=lines[code]) for code in served if code in lines)
        AgentSkill.objects.bulk_create(AgentSkill(agent=agent, skill=skills[code]) for code in known)
    Agent.objects.bulk_update(agents, ["languages", "capacity"])
    AgentSkill.objects.bulk_create(
        AgentSkill(agent=agent, skill=each) for agent in specialists for each in skills.values()
    )


def _agencies(plan: Plan) -> list[Agency]:
    rng = plan.stream("agencies")
    cities = [words.CITIES_BY_NAME[name] for name in AGENCY_CITIES]
    while len(cities) < plan.agencies:
        cities.append(rng.choice(words.CITY_TABLE))
    seen: dict[str, int] = {}
    made = []
    for number, city in enumerate(cities, start=1):
        seen[city.name] = seen.get(city.name, 0) + 1
        district = ("Centro", "Stazione", "Nord", "Sud", "Est", "Ovest")[(seen[city.name] - 1) % 6]
        again = f" {seen[city.name] // 6 + 1}" if seen[city.name] > 6 else ""
        mailbox = f"agenzia{number:03d}"
        made.append(
            Agency(
                code=f"{PREFIX}A{number:03d}",
                name=f"Agenzia di {city.name} {district}{again}",
                rui_number=f"A{700_000 + number:09d}",
                address=f"{rng.choice(words.STREET_TABLE)}, {rng.randint(1, 90)}",
                postal_code=city.postal_code,
                city=city.name,
                province=city.province,
                phone=_agency_phone(city, number),
                email=f"{mailbox}@agenzie.example",
                pec=f"{mailbox}@pec.agenzie.example",
            )
        )
    return Agency.objects.bulk_create(made)


def _agency_phone(city: words.City, number: int) -> str:
    """A fixed line of the agency's town (E.164): ten figures in all."""
    length = 10 - len(city.prefix)
    return f"+39{city.prefix}5{number:0{length - 1}d}"


def _name(rng: Random) -> tuple[str, str]:
    """A first and a last name of nobody."""
    while True:
        first = rng.choice(words.WOMEN_TABLE if rng.random() < 0.6 else words.MEN_TABLE)
        last = rng.choice(words.SURNAME_TABLE)
        if not words.is_somebody(first, last):
            return first, last
