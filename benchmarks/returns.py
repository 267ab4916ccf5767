"""The register's page, the half-year return and the causes of complaints, over 100,000 complaints in four years."""

import statistics
from collections.abc import Callable, Iterator
from datetime import date

from django.test import Client
from django.urls import reverse

from complaints.causes.queries import cause_lines
from complaints.models import HalfYearReturn
from complaints.returns import rules
from complaints.returns.freezing import freeze_return
from complaints.returns.halves import Half
from complaints.returns.queries import corrections_of, entries_now, lines_for
from customers import roles

from . import data
from .measure import Row, Scale, at_most, median_seconds, say, seconds_of
from .people import person_with_role

MOST = 100_000
HALF = Half(2025, 2)
RUNS = 5

# A register of four years: two complaints in three answered after twenty days, one in nine open, some about an agency.
COMPLAINTS = """
    INSERT INTO complaints_complaint (version, year_id, sequence, complainant_name, complainant_kind, proposer_kind, address,
        phone, language, tax_code, reference, intermediary_stated, intermediary_address, province, ramo, product,
        distribution, area, reason_codes, reason, subject, text, about_conduct, intermediary_kind, treatable,
        not_treatable_cause, not_treatable_reason, value_band, received_by, received_on, suspended_days, state, outcome,
        answer, reasons, answered_at, registered_at, agency_id, old_number, cancelled_as)
    SELECT 1, extract(year FROM day)::int, row_number() OVER (PARTITION BY extract(year FROM day)), 'Rossi', 'policyholder',
        'interested', '', '', 'it', '', '', '', '', 'MI', (ARRAY['10', '10', '8', '13', 'I', '2'])[1 + n %% 6], '',
        (ARRAY['agency', 'broker', 'direct'])[1 + n %% 3],
        (ARRAY['settlement', 'administrative', 'commercial'])[1 + n %% 3],
        ARRAY[(ARRAY['settlement_delay', 'cancellation', 'information', 'damage_valuation', 'documents', 'price'])[1 + n %% 6]],
        '', 'Oggetto', 'Testo', n %% 20 = 0, CASE WHEN n %% 20 = 0 THEN 'agent' ELSE '' END, n %% 29 <> 0,
        CASE WHEN n %% 29 = 0 THEN 'court' ELSE '' END, CASE WHEN n %% 29 = 0 THEN 'causa' ELSE '' END, '', 'pec', day, 0,
        CASE WHEN n %% 9 = 0 AND day > date '2025-10-01' THEN 'received' ELSE 'answered' END,
        CASE WHEN n %% 9 = 0 AND day > date '2025-10-01' THEN ''
            ELSE (ARRAY['upheld', 'rejected', 'rejected', 'settled'])[1 + n %% 4] END,
        CASE WHEN n %% 9 = 0 AND day > date '2025-10-01' THEN '' ELSE 'Risposta' END, '',
        CASE WHEN n %% 9 = 0 AND day > date '2025-10-01' THEN NULL ELSE day + interval '20 days' END, day,
        CASE WHEN n %% 20 = 0 THEN 1 + n %% 100 END, '', ''
    FROM (SELECT n, date '2022-01-01' + (n %% 1461) AS day FROM generate_series(1, %(count)s) AS n) AS drawn
"""
SENDINGS = """
    INSERT INTO complaints_lettersending (complaint_id, way, address, post, tracking, made_at, gone_on, problem)
    SELECT id, 'post', 'Via Roma 1', '', '', answered_at, (answered_at + interval '2 days')::date, ''
    FROM complaints_complaint WHERE state = 'answered'
"""
YEARS = """
    INSERT INTO complaints_registeryear (year, last_number) SELECT year, %(count)s FROM generate_series(2022, 2026) AS year
    ON CONFLICT DO NOTHING
"""
# The plainest question about the same half: how many by line of business, of the whole register.
RAW = """
    SELECT ramo, area, count(*) FROM complaints_complaint AS c
    LEFT JOIN (SELECT complaint_id, min(gone_on) AS gone_on FROM complaints_lettersending GROUP BY 1) AS gone
        ON gone.complaint_id = c.id
    WHERE received_on <= date '2025-12-31' AND (received_on >= date '2025-07-01' OR gone.gone_on >= date '2025-07-01')
    GROUP BY 1, 2
"""
TABLES = ("complaints_complaint", "complaints_lettersending", "complaints_halfyearreturn", "complaints_returnrow")


def measure(scale: Scale) -> Iterator[Row]:
    """100,000 complaints at full size, in proportion to the customers below it."""
    count = min(MOST, max(1_000, scale.customers * MOST // 642_141))
    data.agencies()
    for table in reversed(TABLES):
        data.truncate(table)
    say(f"{count:,} complaints")
    data.execute(YEARS, {"count": count})
    data.execute(COMPLAINTS, {"count": count})
    data.execute(SENDINGS)
    for table in TABLES[:2]:
        data.vacuum(table)
    yield Row("raw query over the register, by line of business and area", _median(lambda: data.execute(RAW)), "s")
    client = _officer()
    page = reverse("admin:complaints_complaint_changelist")
    (taken,) = median_seconds(lambda: client.get(page), runs=RUNS)
    yield at_most(f"page of the register, {count:,} complaints", taken, "s", 0.1, aim="at most 100 ms")
    taken = _median(lambda: rules.tables_of(entries_now(HALF), HALF, lines_for(HALF)))
    entries = entries_now(HALF)
    yield at_most(f"half-year return of {len(entries):,} complaints", taken, "s", 2, aim="at most 2 s")
    yield Row("freezing it, with its rows and four files", seconds_of(lambda: freeze_return(HALF, by=None)), "s")
    frozen = HalfYearReturn.objects.get(half=HALF.name)
    yield at_most("its corrections", _median(lambda: corrections_of(frozen)), "s", 2, aim="at most 2 s")
    span = (date(2025, 1, 1), date(2025, 12, 31))
    taken = _median(lambda: cause_lines("reason_agency", *span))
    yield at_most("causes by reason and agency, two years", taken, "s", 2, aim="at most 2 s")
    for table in reversed(TABLES):
        data.truncate(table)


def _median(action: Callable[[], object]) -> float:
    return statistics.median(seconds_of(action) for _run in range(RUNS))


def _officer() -> Client:
    client = Client()
    client.force_login(person_with_role(roles.COMPLAINT_OFFICER))
    return client
