"""Invented rows, the same in every run: customers with valid tax codes, their policies, calls over ten years.

Everything follows from a row's number, so that two generators that speak of customer 17 mean the same person. Rows go
in by COPY and INSERT … SELECT into tables without their indexes, which are put back afterwards (`bare`).
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from heapq import heappop, heappush
from itertools import product
from typing import Any, NamedTuple

import pgtrigger
from django.apps import apps
from django.db import connection, transaction
from stdnum import luhn
from stdnum.it import codicefiscale

from contact_center.contacts.repeats import link_repeats
from contact_center.models import Contact, Topic
from foundation.text import fold

from .measure import Scale, say

AGENCIES = 400
AGENTS = 60
YEARS = 10
DAYS = 3652
FIRST_BIRTH = date(1935, 1, 1)
BIRTHS = 25_000  # days of birth in use: customers of 18 to 86 years


def _words(text: str) -> list[str]:
    return text.split()


_COMMON = _words(
    "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti Costa Giordano Mancini "
    "Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile "
    "Martinelli Vitale Lombardo Serra Coppola Villa Conte Ferri Fabbri Bianco Marini Grasso Valentini Messina Sala"
)
_STEMS = _words(
    "Bern Mart Car Gal Per Mor Fer Bal Tom Zan Cor Pel Sal Ven Mar Lor Bas Pag Ros Bon Cast Gri Mont Sart Alb Bar Bel "
    "Ber Bor Cam Cap Cav Cer Den Don Fab Fan Fer Fil For Gar Ghi Gui Lam Lan Mag Mal Man Mas Mel Mig Nap Neg Pal Pas "
    "Pia Pir Pol Por Pug Qua Ram Ran Rav Ric San Sca Ser Sim Sol Tad Tar Tor Tre Val Var Vec Vig Vis Zam Zor"
)
_ENDS = _words(
    "ardi elli ini etti oni acci otti ucci etto ato ese iero aldi asso igo ola one ina ari usso anti essi oli amo"
)
SURNAMES = [*_COMMON, *("".join(parts) for parts in product(_STEMS, _ENDS))]
GIVEN_NAMES = _words(
    "Maria Giuseppe Anna Antonio Giulia Luca Francesca Marco Sara Andrea Laura Giovanni Chiara Roberto Elena Stefano "
    "Paola Mario Silvia Luigi Valentina Alessandro Federica Paolo Martina Davide Elisa Simone Giorgia Matteo Alice "
    "Nicola Rosa Vincenzo Teresa Claudio Lucia Fabio Angela Massimo Barbara Daniele Cristina Salvatore Monica Franco"
)
CITIES = [
    ("Milano", "MI", "20121"),
    ("Roma", "RM", "00184"),
    ("Torino", "TO", "10121"),
    ("Napoli", "NA", "80133"),
    ("Bologna", "BO", "40121"),
    ("Firenze", "FI", "50122"),
    ("Verona", "VR", "37121"),
    ("Bari", "BA", "70121"),
]


class Person(NamedTuple):
    """A customer as a row of the file of `import_customers`, a field for each column."""

    code: str
    kind: str
    first_name: str
    last_name: str
    company_name: str
    tax_code: str
    vat_number: str
    segment: str
    agency: str
    address: str
    postal_code: str
    city: str
    province: str
    mobile: str
    phone: str
    email: str


def mobile_of(customer: int) -> int:
    """The national number of a customer's mobile telephone: 320 to 399, and of nobody else."""
    return 3_200_000_000 + customer * 104_729_003 % 800_000_000


def mobile_in_sql(customer: str) -> str:
    """The same as an expression of SQL, in E.164, of one that gives the customer's number."""
    return f"'+39' || (3200000000 + mod(({customer})::bigint * 104729003, 800000000))"


def people(count: int) -> Iterator[Person]:
    """Customers 1 to `count`: one in twenty a company; a mobile each, a fixed line or an e-mail address for most."""
    letters = {name: _letters(name, given=False) for name in SURNAMES}
    letters |= {name: _letters(name, given=True) for name in GIVEN_NAMES}
    # Some surnames are forty times as common as others, as in life.
    shares = [place for place in range(len(SURNAMES)) for _copy in range(max(1, 40 // (place + 1)))]
    births = [_birth_part(FIRST_BIRTH + timedelta(days=day)) for day in range(BIRTHS)]
    for n in range(1, count + 1):
        surname = SURNAMES[shares[n * 7919 % len(shares)]]
        given = GIVEN_NAMES[n // 3 % len(GIVEN_NAMES)]
        city, province, postal_code = CITIES[n % len(CITIES)]
        company, tax_code, vat_number = "", "", ""
        if n % 20 == 0:
            company = f"{surname} {given} e figli {n} Srl"
            vat_number = f"{n:07d}{n % 100 + 1:03d}"
            vat_number += luhn.calc_check_digit(vat_number)
            tax_code = vat_number
        else:
            # The day of birth and the place together are of nobody else.
            place = n // BIRTHS
            tax_code = letters[surname] + letters[given] + births[n % BIRTHS] + f"{'FGHL'[place % 4]}{place // 4:03d}"
            tax_code += codicefiscale.calc_check_digit(tax_code)
        yield Person(
            code=f"C{n:07d}",
            kind="company" if company else "person",
            first_name="" if company else given,
            last_name="" if company else surname,
            company_name=company,
            tax_code=tax_code,
            vat_number=vat_number,
            segment="business" if company else "camper" if n % 50 == 7 else "private",
            agency=f"A{n % AGENCIES:04d}",
            address=f"Via {SURNAMES[n * 31 % len(SURNAMES)]} {n % 190 + 1}",
            postal_code=postal_code,
            city=city,
            province=province,
            mobile=f"+39{mobile_of(n)}",
            phone=f"+3902{n % 90_000_000 + 10_000_000}" if n % 4 == 0 else "",
            email=f"{fold(given)}.{fold(surname).replace(' ', '')}.{n}@example.it" if n % 4 else "",
        )


def _letters(name: str, *, given: bool) -> str:
    """The three letters that a name gives to a tax code."""
    consonants = [letter for letter in name.upper() if letter not in "AEIOU"]
    if given and len(consonants) > 3:
        del consonants[1]
    vowels = [letter for letter in name.upper() if letter in "AEIOU"]
    return "".join([*consonants, *vowels, "X", "X", "X"][:3])


def _birth_part(day: date) -> str:
    """Year, month and day of a tax code; every second day of birth is a woman's."""
    return f"{day.year % 100:02d}{'ABCDEHLMPRST'[day.month - 1]}{day.day + 40 * (day.toordinal() % 2):02d}"


# --- Writing a lot of rows ------------------------------------------------------------------------------------


def execute(statement: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Run a statement of our own; its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def count(table: str) -> int:
    """How many rows a table has."""
    return execute(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608


def copy(table: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """COPY rows into a table, by pieces. None becomes NULL; texts hold neither tabs nor backslashes."""
    listed, pending = ", ".join(columns), io.StringIO()

    def flush() -> None:
        pending.seek(0)
        with connection.cursor() as cursor:
            cursor.cursor.copy_expert(f"COPY {table} ({listed}) FROM STDIN", pending)
        pending.seek(0)
        pending.truncate()

    for place, row in enumerate(rows, start=1):
        pending.write("\t".join("\\N" if value is None else str(value) for value in row) + "\n")
        if place % 50_000 == 0:
            flush()
    flush()


@contextmanager
def bare(*tables: str) -> Iterator[None]:
    """Fill the tables in one transaction, without indexes, keys and triggers meanwhile; put these back and VACUUM.

    The primary key and the checks stay. The owner of the tables may do this; no superuser is needed.
    """
    with transaction.atomic():
        for table in tables:
            execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        keys = execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype "
            "FROM pg_constraint WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype IN ('u', 'f') "
            "ORDER BY contype DESC",  # unique ones before the foreign keys
            {"tables": list(tables)},
        )
        indexes = execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index AS i "
            "WHERE indrelid = ANY(%(tables)s::regclass[]) "
            "AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)",
            {"tables": list(tables)},
        )
        for table, name, _definition, _type in keys:
            execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _definition in indexes:
            execute(f"DROP INDEX {name}")
        yield
        say(f"indexes of {', '.join(tables)}")
        for _name, definition in indexes:
            execute(definition)
        for table, name, definition, _type in keys:
            execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for table in tables:
            execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    vacuum(*tables)


def vacuum(*tables: str) -> None:
    """What the database would do by itself a little later: so that all is measured in the same state."""
    for table in tables:
        execute(f"VACUUM (ANALYZE) {table}")


def set_sequence(table: str) -> None:
    """Let the next row of the table get an id of its own, after rows were written with theirs."""
    execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))")  # noqa: S608


# The guards that stand aside on this connection while the owner of the tables empties them.
NEVER_EMPTIED = [
    f"{model._meta.label}:{trigger.name}"
    for model in apps.get_models()
    for trigger in getattr(model._meta, "triggers", ())
    if trigger.name == "never_emptied"
]


def truncate(*tables: str) -> None:
    """Empty the tables, and whatever points at them."""
    with pgtrigger.ignore(*NEVER_EMPTIED):
        execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


# --- The portfolio --------------------------------------------------------------------------------------------


def agencies() -> None:
    """The agencies that the customers belong to, once."""
    execute(
        "INSERT INTO customers_agency (id, code, name, rui_number, address, postal_code, city, province, phone, email, "
        "pec, is_active) SELECT n + 1, 'A' || to_char(n, 'FM0000'), 'Agenzia ' || n, '', '', '', '', '', '', '', '', "
        "true FROM generate_series(0, %(last)s) AS n ON CONFLICT DO NOTHING",
        {"last": AGENCIES - 1},
    )
    set_sequence("customers_agency")


def portfolio(scale: Scale) -> None:
    """Customers, their contact points and their policies, unless they are there already."""
    if count("customers_customer") == scale.customers and count("customers_policy") == scale.policies:
        return
    say(f"portfolio: {scale.customers:,} customers, {scale.policies:,} policies")
    truncate("customers_customer")
    agencies()
    columns = (*Person._fields[:8], *Person._fields[9:13])
    listed = ", ".join(columns)
    with bare("customers_customer", "customers_contactpoint"):
        execute(
            f"CREATE TEMPORARY TABLE drawn ON COMMIT DROP AS SELECT id, agency_id, search_key, {listed}, "  # noqa: S608
            "''::text AS mobile, ''::text AS phone, ''::text AS email FROM customers_customer WITH NO DATA"
        )
        copy(
            "drawn",
            ["id", "agency_id", "search_key", *columns, "mobile", "phone", "email"],
            (
                (n, int(each.agency[1:]) + 1, _search_key(each), *each[:8], *each[9:])
                for n, each in enumerate(people(scale.customers), start=1)
            ),
        )
        execute(
            f"INSERT INTO customers_customer (id, agency_id, search_key, {listed}, country, language, created_at, "  # noqa: S608
            f"updated_at) SELECT id, agency_id, search_key, {listed}, 'IT', 'it', now(), now() FROM drawn"
        )
        execute(
            "INSERT INTO customers_contactpoint (customer_id, kind, value, stated, created_at) "
            "SELECT id, given.kind, value, value, now() FROM drawn CROSS JOIN LATERAL "
            "(VALUES ('phone', mobile), ('phone', phone), ('email', email)) AS given (kind, value) WHERE value <> ''"
        )
        set_sequence("customers_customer")
    with bare("customers_policy"):
        policies(scale)


def _search_key(person: Person) -> str:
    return fold(person.company_name or f"{person.last_name} {person.first_name}")


def policies(scale: Scale) -> None:
    """Policies of all customers in turn: half of them motor liability with a plate, one in six no longer in force."""
    letter = "substr('ABCDEFGHJKLMNPRSTVWXYZ', 1 + mod(p / {}, 22), 1)"
    digits = "to_char(mod(p / 484, 1000), 'FM000')"
    plate = " || ".join(
        [*(letter.format(n) for n in (10_648_000, 484_000)), digits, letter.format(22), letter.format(1)]
    )
    execute(
        f"""
        INSERT INTO customers_policy (number, holder_id, agency_id, ramo, product, plate, premium, starts_on, ends_on,
                                      annual, tacit_renewal, grace_days, state, created_at, updated_at)
        SELECT 'P' || to_char(p, 'FM000000000'), holder.id, holder.agency_id, ramo, product,
               CASE WHEN ramo = '10' THEN {plate} ELSE '' END, 200 + mod(p, 900), ends_on - 365, ends_on,
               true, mod(p, 2) = 1, 15, CASE WHEN mod(p, 6) = 0 THEN 'expired' ELSE 'active' END, now(), now()
        FROM generate_series(1, %(policies)s) AS p
        JOIN customers_customer AS holder ON holder.id = 1 + mod(p::bigint * 104729, %(customers)s)
        CROSS JOIN LATERAL (SELECT (ARRAY['10', '8', '10', '1', '10', '13'])[1 + mod(p, 6)],
                                   (ARRAY['Auto', 'Casa', 'Auto', 'Persona', 'Auto', 'Famiglia'])[1 + mod(p, 6)],
                                   current_date + CASE WHEN mod(p, 6) = 0 THEN -20 - mod(p, 700) ELSE mod(p, 365) END
                           ) AS drawn (ramo, product, ends_on)
        """,  # noqa: S608
        {"policies": scale.policies, "customers": scale.customers},
    )


# --- Calls ----------------------------------------------------------------------------------------------------

TOPICS = [
    (f"{area}-{reason}", area, f"{area} {reason}")
    for area in ("claims", "policies", "payments", "reserved_area", "roadside", "commercial", "personal_data", "other")
    for reason in (1, 2, 3)
]


def centre() -> None:
    """The agents and the topics of the calls, once; the lines are there from the migrations."""
    for code, area, name in TOPICS:
        Topic.objects.get_or_create(code=f"bench-{code}", defaults={"area": area, "name": name})
    execute(
        "INSERT INTO contact_center_agent (code, name, extension, is_active) SELECT 'bench-' || n, "
        "'Operatore ' || n, '', true FROM generate_series(1, %(agents)s) AS n ON CONFLICT DO NOTHING",
        {"agents": AGENTS},
    )


def calls(number_of_calls: int, scale: Scale) -> None:
    """Calls of the ten years up to yesterday, with a contact for each answered one, unless they are there already.

    One in twenty is not answered; 98 contacts in 100 end at first level; one call in sixteen comes from somebody who
    called in the week before about the same topic; three callers in ten are no known customer, one in twenty withholds
    the number. Who came back is found by the product, while there are no indexes to keep; daily counts are not made here.
    """
    if count("contact_center_call") == number_of_calls:
        return
    say(f"calls: {number_of_calls:,} over {YEARS} years")
    centre()
    truncate("contact_center_contact", "contact_center_dailyfigures", "contact_center_staleday")
    execute("SELECT setseed(0.42)")
    with bare("contact_center_call", "contact_center_contact"):
        execute(
            f"""
            WITH lines AS (SELECT array_agg(id ORDER BY position) AS ids FROM contact_center_tollfreeline
            ), topics AS (SELECT array_agg(id ORDER BY id) AS ids FROM contact_center_topic WHERE code LIKE 'bench-%%'
            ), agents AS (SELECT array_agg(id ORDER BY id) AS ids FROM contact_center_agent WHERE code LIKE 'bench-%%'
            ), drawn AS (
                SELECT n, (n - 1) * {DAYS} / %(calls)s AS day, random() AS hour, random() AS line, random() AS ending,
                       random() AS wait, random() AS talk, random() AS level, random() AS outcome, random() AS confirmed,
                       CASE WHEN random() < 0.06 THEN greatest(1, n - 1 - floor(random() * 7 * %(calls)s / {DAYS})::bigint)
                            ELSE n END AS person
                FROM generate_series(1::bigint, %(calls)s) AS n
            ), shaped AS MATERIALIZED (
                SELECT n, person, line, level, outcome, confirmed,
                       (current_date - {DAYS} + day::int + time '08:30' + interval '11 hours' * hour)
                           AT TIME ZONE 'Europe/Rome' AS queued_at,
                       CASE WHEN ending < 0.95 THEN 'answered' WHEN ending < 0.995 THEN 'abandoned' ELSE 'timed_out'
                       END AS disposition,
                       floor(-18 * ln(1 - wait))::int AS wait, 30 + floor(-180 * ln(1 - talk))::int AS talk,
                       CASE WHEN mod(person, 20) >= 6 THEN 1 + mod(person * 104729, %(customers)s) END AS customer,
                       CASE WHEN mod(person, 20) >= 6 THEN {mobile_in_sql("1 + mod(person * 104729, %(customers)s)")}
                            WHEN mod(person, 20) = 0 THEN ''
                            ELSE {mobile_in_sql("person + 100000000")} END AS caller
                FROM drawn
            ), answered AS (
                INSERT INTO contact_center_contact (
                    id, channel, kind, line_id, customer_id, address, subject, topic_id, agent_id, level, outcome,
                    escalation, state, confirmed, notes, started_at, closed_at, reopened_count, version
                )
                SELECT n, 'phone', 'request', lines.ids[1 + (line > 0.7)::int + (line > 0.92)::int], customer, caller, '',
                       topics.ids[1 + mod(person * 31 / 7, cardinality(topics.ids))],
                       agents.ids[1 + mod(n * 7919 / 3, cardinality(agents.ids))],
                       CASE WHEN level < 0.0176 THEN 2 ELSE 1 END,
                       CASE WHEN level < 0.0176 OR outcome < 0.97 THEN 'resolved' WHEN outcome < 0.98 THEN 'unresolved'
                            WHEN outcome < 0.985 THEN 'wrong_number' WHEN outcome < 0.99 THEN 'dropped' ELSE '' END,
                       CASE WHEN level < 0.008 THEN 'authority' WHEN level < 0.012 THEN 'knowledge'
                            WHEN level < 0.0176 THEN 'other_office' ELSE '' END,
                       'closed', CASE WHEN confirmed < 0.05 THEN confirmed < 0.045 END, '',
                       queued_at + wait * interval '1 second', queued_at + (wait + talk) * interval '1 second', 0, 1
                FROM shaped, lines, topics, agents WHERE disposition = 'answered'
            )
            INSERT INTO contact_center_call (
                source, external_id, line_id, caller, caller_stated, agent_id, contact_id, queued_at, answered_at, ended_at,
                wait_seconds, talk_seconds, hold_seconds, wrap_seconds, disposition, transferred, ring_no_answer
            )
            SELECT 'bench', n, lines.ids[1 + (line > 0.7)::int + (line > 0.92)::int], caller, caller,
                   CASE disposition WHEN 'answered' THEN agents.ids[1 + mod(n * 7919 / 3, cardinality(agents.ids))] END,
                   CASE disposition WHEN 'answered' THEN n END, queued_at,
                   CASE disposition WHEN 'answered' THEN queued_at + wait * interval '1 second' END,
                   queued_at + (wait + CASE disposition WHEN 'answered' THEN talk ELSE 0 END) * interval '1 second',
                   wait, CASE disposition WHEN 'answered' THEN talk ELSE 0 END, 0,
                   CASE disposition WHEN 'answered' THEN talk / 5 ELSE 0 END, disposition, level < 0.0176, 0
            FROM shaped, lines, agents
            """,  # noqa: S608
            {"calls": number_of_calls, "customers": scale.customers},
        )
        set_sequence("contact_center_contact")
        say("who came back")
        execute("ANALYZE contact_center_contact")
        link_repeats(everybody=True)


# --- The queue ------------------------------------------------------------------------------------------------


def queue(number_of_contacts: int, scale: Scale) -> None:
    """Written contacts that are all still open, due from a month ago to a month from now, with a message each.

    One in ten waits for the customer, one in ten is at the second level, one in fifty came by post, one in a thousand
    is about the last topic; six in ten have nobody yet.
    """
    if Contact.objects.open().count() == number_of_contacts:
        return
    say(f"queue: {number_of_contacts:,} open contacts")
    centre()
    truncate("contact_center_contact", "contact_center_call")
    for code, level in (("bench-first", 1), ("bench-second", 2)):
        execute(
            "INSERT INTO contact_center_team (code, name, name_en, level, is_active) "
            "VALUES (%(code)s, %(code)s, '', %(level)s, true) ON CONFLICT DO NOTHING",
            {"code": code, "level": level},
        )
    with bare("contact_center_contact", "contact_center_message"):
        execute(
            """
            WITH topics AS (SELECT array_agg(id ORDER BY id) AS ids FROM contact_center_topic WHERE code LIKE 'bench-%%'
            ), agents AS (SELECT array_agg(id ORDER BY id) AS ids FROM contact_center_agent WHERE code LIKE 'bench-%%'
            ), teams AS (SELECT array_agg(id ORDER BY level) AS ids FROM contact_center_team WHERE code LIKE 'bench-%%'
            ), shaped AS (
                SELECT n, now() - interval '20 days' * (mod(n * 7919, 10007) / 10007.0) AS started,
                       CASE WHEN mod(n, 10) = 3 THEN 2 ELSE 1 END AS level,
                       CASE WHEN mod(n, 10) = 7 THEN 'waiting' WHEN mod(n, 10) < 3 THEN 'in_progress' ELSE 'open' END AS state
                FROM generate_series(1::bigint, %(contacts)s) AS n
            )
            INSERT INTO contact_center_contact (
                id, channel, kind, customer_id, address, subject, topic_id, owner_id, team_id, level, outcome, escalation,
                state, notes, started_at, due_at, escalated_at, reopened_count, version
            )
            SELECT n, CASE WHEN mod(n, 50) = 1 THEN 'post' WHEN mod(n, 3) = 0 THEN 'email' ELSE 'site_form' END, 'request',
                   CASE WHEN mod(n, 10) < 9 THEN 1 + mod(n * 104729, %(customers)s) END, 'posta.' || n || '@example.it',
                   'Richiesta ' || n,
                   topics.ids[CASE WHEN mod(n, 1000) = 1 THEN cardinality(topics.ids)
                                   ELSE 1 + mod(n * 31 / 7, cardinality(topics.ids) - 3) END],
                   CASE state WHEN 'in_progress' THEN agents.ids[1 + mod(n, cardinality(agents.ids))] END,
                   teams.ids[level], level, '', CASE level WHEN 2 THEN 'authority' ELSE '' END, state, '', started,
                   CASE state WHEN 'waiting' THEN NULL
                              ELSE now() + interval '60 days' * (mod(n * 6007, 9973) / 9973.0 - 0.5) END,
                   CASE level WHEN 2 THEN started END, 0, 1
            FROM shaped, topics, agents, teams
            """,
            {"contacts": number_of_contacts, "customers": scale.customers},
        )
        execute(
            "INSERT INTO contact_center_message (contact_id, direction, text, external_id, written_at) "
            "SELECT id, 'inbound', repeat('Vorrei sapere a che punto è la mia pratica. ', 8), '', started_at "
            "FROM contact_center_contact"
        )
        set_sequence("contact_center_contact")


# --- Calls as rows of files ---------------------------------------------------------------------------------


class CallOfFile(NamedTuple):
    """A call as a row of a CSV in our own columns."""

    id: str
    line: str
    queued_at: str
    answered_at: str
    ended_at: str
    agent: str
    topic: str
    caller: str
    customer: str
    answered: str
    resolved: str
    transferred: str


LINES = ("customers", "claims", "campers")
FIRST_CALL = datetime(2023, 1, 2, 7, 30, tzinfo=UTC)
CALLS_SECONDS = 3 * 365 * 86_400  # three years


def _drawn_calls(count: int, customers: int) -> Iterator[tuple[int, datetime, str, int, int, int, int]]:
    """(number, queued, line, agent, customer or 0, wait, talk or 0 if nobody answered), in the order of time."""
    for n in range(1, count + 1):
        talk = 0 if n % 20 == 11 else 40 + n * 7919 % 600
        queued = FIRST_CALL + timedelta(seconds=n * CALLS_SECONDS // count)
        line = LINES[(n % 10 > 6) + (n % 50 > 46)]
        yield (
            n,
            queued,
            line,
            n * 31 % AGENTS + 1,
            (n * 104_729 % customers + 1) if n % 10 < 7 else 0,
            n * 13 % 90,
            talk,
        )


def calls_of_file(count: int, customers: int) -> Iterator[CallOfFile]:
    """Calls of three years: seven in ten of known customers, half of these named by code as well; one in 20 abandoned."""
    codes = [f"bench-{code}" for code, _area, _name in TOPICS]
    for n, queued, line, agent, customer, wait, talk in _drawn_calls(count, customers):
        answered = queued + timedelta(seconds=wait) if talk else None
        yield CallOfFile(
            id=f"{n:09d}",
            line=line,
            queued_at=queued.isoformat(),
            answered_at=answered.isoformat() if answered else "",
            ended_at=((answered or queued) + timedelta(seconds=talk or wait)).isoformat(),
            agent=f"bench-{agent}" if talk else "",
            topic=codes[n * 7 // 3 % len(codes)] if talk else "",
            caller=str(mobile_of(customer or 100_000_000 + n)) if n % 20 else "anonymous",
            customer=f"C{customer:07d}" if customer and n % 2 else "",
            answered="yes" if talk else "no",
            resolved=("no" if n % 55 == 0 else "yes") if talk else "",
            transferred="yes" if n % 55 == 0 else "no",
        )


def queue_log(count: int, customers: int) -> Iterator[str]:
    """The same calls as lines of Asterisk's log, three of each answered call, all in the order of time."""
    waiting: list[tuple[int, int, str]] = []
    for n, queued, line, agent, customer, wait, talk in _drawn_calls(count, customers):
        epoch = int(queued.timestamp())
        while waiting and waiting[0][0] <= epoch:
            yield heappop(waiting)[2]
        key = f"{epoch}.{n}"
        caller = mobile_of(customer or 100_000_000 + n) if n % 20 else ""
        yield f"{epoch}|{key}|{line}|NONE|ENTERQUEUE||{caller}|1"
        begun, member = epoch + wait, f"Agent/{1000 + agent}"
        if talk:
            heappush(waiting, (begun, 3 * n, f"{begun}|{key}|{line}|{member}|CONNECT|{wait}|{key}0|2"))
            ended = f"{begun + talk}|{key}|{line}|{member}|COMPLETECALLER|{wait}|{talk}|1"
            heappush(waiting, (begun + talk, 3 * n + 1, ended))
        else:
            heappush(waiting, (begun, 3 * n + 2, f"{begun}|{key}|{line}|NONE|ABANDON|1|1|{wait}"))
    while waiting:
        yield heappop(waiting)[2]
