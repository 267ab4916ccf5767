"""The one question about an audience, in SQL: who is meant, whether something forbids to write to them, and what allows it.

It is asked when a person counts before anything is sent, when the audience is drawn, and again of each chunk just before
it is sent, so that the three cannot disagree. Each person has the first reason of `Exclusion` that holds; without one, the
first channel of the promotion that they allow and that reaches them, with the consent that allows it.

Without a consent only the company writes, by e-mail, to the holder of a similar product who gave the address since the
day from which contracts inform about it (SOFT_SPAM_SINCE), and who never refused (art. 130(4) of the privacy code).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from complaints.models.complaint import OPEN_STATES as OPEN_COMPLAINTS
from customers.models import Consent
from customers.models.claim import OPEN_STATES as OPEN_CLAIMS
from foundation.dates import ROME
from notifications.channels import Channel
from promotions.families import similar_lines
from promotions.models import Promotion

Purpose = Consent.Purpose

FRESH_CLAIM_DAYS = 30  # after the report, whatever became of it
OF_AGE = 18

# What each exclusion asks of a person, in the order of `Exclusion`. `obstacle` is what their best channel lacks.
REASONS = """
    CASE
        WHEN EXISTS (
            SELECT FROM customers_erasurerequest AS erasure
            WHERE erasure.customer_id = facts.customer_id
              AND erasure.state IN ('asked', 'granted', 'carried_out', 'finished')
        ) THEN 'erased'
        WHEN EXISTS (
            SELECT FROM customers_reservedareaaccount AS heir
            WHERE heir.customer_id = facts.customer_id AND heir.capacity = 'heir'
        ) THEN 'deceased'
        WHEN facts.birth_date > %(of_age_since)s THEN 'minor'
        WHEN EXISTS (
            SELECT FROM promotions_contactpause AS pause
            WHERE (
                pause.customer_id = facts.customer_id
                OR pause.customer_id IN (SELECT id FROM customers_customer WHERE merged_into_id = facts.customer_id)
            ) AND pause.until >= %(today)s AND pause.ended_at IS NULL
        ) THEN 'paused'
        WHEN EXISTS (
            SELECT FROM complaints_complaint AS complaint
            WHERE complaint.customer_id = facts.customer_id AND complaint.state = ANY(%(open_complaints)s)
        ) THEN 'complaint'
        WHEN EXISTS (
            SELECT FROM customers_claim AS claim
            WHERE claim.customer_id = facts.customer_id
              AND (claim.reported_on >= %(fresh_since)s OR claim.state = ANY(%(open_claims)s))
        ) THEN 'claim'
        WHEN %(by_profile)s AND facts.profile_consent_id IS NULL THEN 'no_profiling'
        WHEN facts.obstacle <> '' THEN facts.obstacle
        WHEN EXISTS (
            SELECT FROM promotions_recipient AS earlier
            WHERE earlier.customer_id = facts.customer_id AND earlier.written_at > %(capped_since)s
              AND earlier.promotion_id <> %(promotion)s
        ) OR EXISTS (
            SELECT FROM promotions_calledperson AS rung
            WHERE rung.customer_id = facts.customer_id AND rung.listed_at > %(capped_since)s
              AND rung.promotion_id <> %(promotion)s
        ) THEN 'capped'
        ELSE ''
    END
"""
MEANT = """
    meant AS MATERIALIZED (
        SELECT customer.id, customer.language, customer.birth_date FROM customers_customer AS customer
        WHERE customer.merged_into_id IS NULL AND {filters}
    )
"""
# The last event of the consent that a channel needs.
ASKED = """
    asked_{n} AS (
        SELECT DISTINCT ON (consent.customer_id) consent.customer_id, consent.id, consent.event,
               consent.event = 'confirmed' OR consent.event = 'given' AND consent.purpose = 'portal_advertising'
                   AS is_in_force
        FROM customers_consent AS consent {of_meant}
        WHERE consent.purpose = %(purpose_{n})s AND consent.channel = %(consent_channel_{n})s
        ORDER BY consent.customer_id, consent.recorded_at DESC, consent.id DESC
    )
"""
# Who may be written to without a consent, because of a similar product that they hold.
ALIKE = """
    alike_{n} AS (
        SELECT meant.id AS customer_id, min(policy.id) AS policy_id FROM meant
        JOIN customers_policy AS policy ON policy.holder_id = meant.id AND policy.state = 'active'
                                       AND policy.ramo = ANY(%(similar)s)
        LEFT JOIN asked_{n} ON asked_{n}.customer_id = meant.id
        WHERE asked_{n}.is_in_force IS NOT TRUE AND asked_{n}.event IS DISTINCT FROM 'withdrawn'
        GROUP BY meant.id
    )
"""
CONSENTED = "SELECT customer_id, NULL::bigint AS policy_id FROM asked_{n} WHERE is_in_force"
# Where it would go: the best address that something may go to, else the best.
POINT = """
    reached_{n} AS (
        SELECT DISTINCT ON (point.customer_id) point.customer_id, point.value AS address, muted.id IS NOT NULL AS is_muted
        FROM ({allowed}) AS allowed
        JOIN customers_contactpoint AS point ON point.customer_id = allowed.customer_id AND {which}
        LEFT JOIN notifications_suppressedaddress AS muted ON muted.address = point.value AND muted.lifted_at IS NULL
                                                          AND muted.channel = %(channel_{n})s
        ORDER BY point.customer_id, muted.id IS NOT NULL, point.verified_at DESC NULLS LAST, point.id
    )
"""
AREA = """
    reached_{n} AS (
        SELECT DISTINCT account.customer_id, '' AS address, false AS is_muted
        FROM ({allowed}) AS allowed
        JOIN customers_reservedareaaccount AS account ON account.customer_id = allowed.customer_id
        JOIN customers_user AS opener ON opener.id = account.user_id AND opener.is_active
        WHERE account.state = 'enrolled' AND account.capacity <> 'heir' AND account.valid_from <= %(today)s
          AND (account.valid_until IS NULL OR account.valid_until >= %(today)s)
    )
"""
MAIL = "point.kind = 'email' AND (allowed.policy_id IS NULL OR point.created_at >= %(informed_since)s)"
MOBILE = "point.kind = 'phone' AND point.value ~~ '+393%%'"
ITALIAN = "point.kind = 'phone' AND point.value ~~ '+39%%'"  # the register of oppositions has no others
PHONE = "phone"  # no channel of the outbox: people are rung from a list (promotions/telephone)
POINTS = {Channel.EMAIL.value: MAIL, Channel.SMS.value: MOBILE, PHONE: ITALIAN}
OBSTACLE = """
    CASE
        WHEN asked_{n}.is_in_force IS NOT TRUE AND {policy} IS NULL THEN CASE asked_{n}.event WHEN 'withdrawn' THEN 'opted_out' ELSE 'no_consent' END
        WHEN reached_{n}.customer_id IS NULL THEN 'no_address'
        WHEN reached_{n}.is_muted THEN 'suppressed'
        ELSE ''
    END AS obstacle_{n}, CASE WHEN asked_{n}.is_in_force THEN asked_{n}.id END AS consent_{n},
    {policy} AS policy_{n}, reached_{n}.address AS address_{n}
"""
JOINED = """
    LEFT JOIN asked_{n} ON asked_{n}.customer_id = meant.id
    {alike}
    LEFT JOIN reached_{n} ON reached_{n}.customer_id = meant.id
"""
# The consent to profiling, where it was confirmed and not withdrawn since.
PROFILE = """
    profile AS (
        SELECT last.customer_id, last.id FROM (
            SELECT DISTINCT ON (consent.customer_id) consent.customer_id, consent.id, consent.event
            FROM customers_consent AS consent JOIN meant ON meant.id = consent.customer_id
            WHERE consent.purpose = 'profiling'
            ORDER BY consent.customer_id, consent.recorded_at DESC, consent.id DESC
        ) AS last WHERE last.event = 'confirmed'
    )
"""
NEARER_FIRST = ("", "suppressed", "no_address", "opted_out", "no_consent")


def audience_of(
    promotion: Promotion,
    *,
    now: datetime,
    customer_ids: Iterable[int] | None = None,
    channels: Sequence[str] | None = None,
) -> tuple[str, dict[str, Any]]:
    """The query of a promotion's audience as it is now, and its values; of some customers where their ids are given.

    `channels` in place of the promotion's own: whom an agency may ring is asked with PHONE.

    A row for each person whom the filters find: customer_id, language, reason (`Exclusion`, or '' for who may be written
    to), channel, address, consent_id, policy_id and profile_consent_id.
    """
    today = now.astimezone(ROME).date()
    conditions, values = _filters(promotion, today)
    if customer_ids is not None:
        conditions.append("customer.id = ANY(%(customer_ids)s)")
        values["customer_ids"] = list(customer_ids)
    since = settings.SOFT_SPAM_SINCE
    values |= {
        "promotion": promotion.pk or 0,
        "today": today,
        "of_age_since": years_before(today, OF_AGE),
        "open_complaints": [str(each) for each in OPEN_COMPLAINTS],
        "open_claims": [str(each) for each in OPEN_CLAIMS],
        "fresh_since": today - timedelta(days=FRESH_CLAIM_DAYS),
        "by_profile": promotion.by_profile,
        "capped_since": now - timedelta(days=promotion.cap_days),
        "similar": similar_lines(promotion.ramo),
        "informed_since": datetime.combine(since or today, datetime.min.time(), ROME),
    }
    ways = [
        _Way(n, str(channel), promotion.by_similarity and since is not None and channel == Channel.EMAIL)
        for n, channel in enumerate(channels or promotion.channels)
    ]
    for way in ways:
        values |= {
            f"channel_{way.n}": way.channel,
            f"purpose_{way.n}": purpose_of(promotion, way.channel),
            f"consent_channel_{way.n}": CONSENT_CHANNELS[way.channel],
        }
    return _statement(conditions, ways, by_profile=promotion.by_profile), values


@dataclass(frozen=True)
class _Way:
    """A channel of the promotion, the `n`-th, and whether a similar product may stand for the consent on it."""

    n: int
    channel: str
    is_alike: bool

    def parts(self, of_meant: str) -> list[str]:
        """The common table expressions of the channel."""
        allowed = CONSENTED.format(n=self.n)
        if self.is_alike:
            allowed += f" UNION ALL SELECT customer_id, policy_id FROM alike_{self.n}"  # noqa: S608
        return [
            ASKED.format(n=self.n, of_meant=of_meant),
            *([ALIKE.format(n=self.n)] if self.is_alike else []),
            self._reached(allowed),
        ]

    def _reached(self, allowed: str) -> str:
        if self.channel == Channel.INBOX:
            return AREA.format(n=self.n, allowed=allowed)
        return POINT.format(n=self.n, allowed=allowed, which=POINTS[self.channel])

    @property
    def columns(self) -> str:
        """What is known of a person on the channel."""
        return OBSTACLE.format(n=self.n, policy=f"alike_{self.n}.policy_id" if self.is_alike else "NULL::bigint")

    @property
    def joined(self) -> str:
        """How it comes to the person."""
        alike = f"LEFT JOIN alike_{self.n} ON alike_{self.n}.customer_id = meant.id" if self.is_alike else ""
        return JOINED.format(n=self.n, alike=alike)


def _statement(conditions: list[str], ways: list[_Way], *, by_profile: bool) -> str:
    """The parts put together: the facts of each person, their best channel, and the reason."""
    # Over the whole portfolio there is nobody to leave out, and the join would cost as much as all the rest.
    of_meant = "JOIN meant ON meant.id = consent.customer_id" if conditions else ""
    parts = [MEANT.format(filters=" AND ".join(conditions) or "true")]
    parts += [part for way in ways for part in way.parts(of_meant)]
    if by_profile:
        parts.append(PROFILE)
    profile_id = "profile.id" if by_profile else "NULL::bigint"
    profile_join = "LEFT JOIN profile ON profile.customer_id = meant.id" if by_profile else ""
    best = "".join(
        f" WHEN obstacle_{way.n} = '{obstacle}' THEN {way.n + 1}" for obstacle in NEARER_FIRST for way in ways
    )
    numbers = [way.n for way in ways]
    return f"""
        WITH {", ".join(parts)},
        looked AS (
            SELECT meant.id AS customer_id, meant.language, meant.birth_date, {profile_id} AS profile_consent_id,
                   {", ".join(way.columns for way in ways)}
            FROM meant {"".join(way.joined for way in ways)} {profile_join}
        ),
        chosen AS (SELECT looked.*, CASE{best} END AS best FROM looked),
        facts AS (
            SELECT customer_id, language, birth_date, profile_consent_id,
                   {_of_best("obstacle", numbers)}, {_of_best("consent", numbers)}, {_of_best("policy", numbers)},
                   {_of_best("address", numbers)},
                   CASE best {"".join(f" WHEN {n + 1} THEN %(channel_{n})s" for n in numbers)} END AS channel
            FROM chosen
        )
        SELECT facts.customer_id, facts.language, {REASONS} AS reason, facts.channel, facts.address,
               facts.consent AS consent_id, facts.policy AS policy_id, facts.profile_consent_id
        FROM facts
    """  # noqa: S608 - our own words and the numbers of channels


def _of_best(name: str, numbers: Iterable[int]) -> str:
    """The column of the best channel."""
    return f"CASE best {''.join(f' WHEN {n + 1} THEN {name}_{n}' for n in numbers)} END AS {name}"


CONSENT_CHANNELS = {
    Channel.EMAIL.value: Consent.Channel.EMAIL.value,
    Channel.SMS.value: Consent.Channel.SMS.value,
    Channel.INBOX.value: Consent.Channel.PORTAL.value,
    PHONE: Consent.Channel.PHONE.value,
}


def purpose_of(promotion: Promotion, channel: str) -> str:
    """Rule: the purpose whose consent a promotion needs on a channel. The reserved area has its own (Reg. IVASS 41/2018)."""
    if channel == Channel.INBOX:
        return Purpose.PORTAL_ADVERTISING.value
    is_agency = promotion.controller == Promotion.Controller.AGENCY
    return (Purpose.AGENCY_PROMOTIONS if is_agency else Purpose.MARKETING).value


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 28 February where that year has no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


HOLDS = """EXISTS (
    SELECT FROM customers_policy AS held
    WHERE held.holder_id = customer.id AND held.state = 'active' {more}
)"""


def _filters(promotion: Promotion, today: date) -> tuple[list[str], dict[str, Any]]:
    """The conditions that say whom the promotion is meant for."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if promotion.agency_id is not None:
        conditions.append("customer.agency_id = %(agency)s")
        values["agency"] = promotion.agency_id
    if promotion.provinces:
        conditions.append("customer.province = ANY(%(provinces)s)")
        values["provinces"] = list(promotion.provinces)
    if promotion.least_age is not None:
        conditions.append("customer.birth_date <= %(born_by)s")
        values["born_by"] = years_before(today, promotion.least_age)
    if promotion.most_age is not None:
        conditions.append("customer.birth_date > %(born_after)s")
        values["born_after"] = years_before(today, promotion.most_age + 1)
    if promotion.holds_lines or promotion.expires_from is not None:
        more = ""
        if promotion.holds_lines:
            more += " AND held.ramo = ANY(%(holds)s)"
            values["holds"] = list(promotion.holds_lines)
        if promotion.expires_from is not None:
            more += " AND held.ends_on BETWEEN %(expires_from)s AND %(expires_until)s"
            values |= {"expires_from": promotion.expires_from, "expires_until": promotion.expires_until}
        conditions.append(HOLDS.format(more=more))
    if promotion.lacks_lines:
        conditions.append("NOT " + HOLDS.format(more=" AND held.ramo = ANY(%(lacks)s)"))
        values["lacks"] = list(promotion.lacks_lines)
    if promotion.least_years is not None:
        conditions.append(
            "EXISTS (SELECT FROM customers_policy AS first"
            " WHERE first.holder_id = customer.id AND first.starts_on <= %(customer_since)s)"
        )
        values["customer_since"] = years_before(today, promotion.least_years)
    if promotion.claim_free_years is not None:
        conditions.append(
            "NOT EXISTS (SELECT FROM customers_claim AS loss"
            " WHERE loss.customer_id = customer.id AND loss.occurred_on > %(claim_free_since)s)"
        )
        values["claim_free_since"] = years_before(today, promotion.claim_free_years)
    return conditions, values
