"""The events of which people may be informed: for each a SELECT over the whole portfolio, and when a row of it is owed.

What an event is, is code; when it is announced, to whom and by which way, is data (`notifications.models.AlertRule`). The
days of a rule count from the `day` of the event. `VALUES` below are what every statement is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from customers.models import Policy
from customers.policy_terms import EXPIRY_NOTICE_DAYS, INSTALMENT_GRACE_DAYS, LIFE_GRACE_DAYS
from customers.rami import MOTOR_LIABILITY, RAMI, Business
from notifications import alert_kinds, kinds
from notifications.kinds import NoticeKind
from notifications.models import AlertEvent, AlertRule

LIFE = [each.code for each in RAMI if each.business == Business.LIFE]
EVER = datetime(9999, 1, 1, tzinfo=UTC)  # what the plan knows: everything until now

EXPIRY_DAYS = EXPIRY_NOTICE_DAYS + 10  # a week of downtime, and the alert still comes thirty days before
INSTALMENT_DAYS = 15  # before an instalment falls due
POSTING_DAYS = 5  # a payment may take these to reach us; only then is it missed
CLAIM_DAYS = 60  # that a claim is followed, and by whom, is news for so long
ADJUSTER_DAYS = 5  # after the report, the customer is written to though nobody was named yet
DOCUMENT_DAYS = (1, 30)  # after the day by which a document of a claim was needed
STEP_DAYS = 30  # an offer, a payment or a refusal is news for so long

# Facts of the policy that every text names.
POLICY = "'policy', policy.number, 'product', policy.product, 'plate', policy.plate"
POLICY_AND_LINE = f"{POLICY}, 'line', policy.ramo"


@dataclass(frozen=True, slots=True)
class Event:
    """What may be announced: a SELECT of the columns about, customer_id, expires_on, day and words, and when a row is owed.

    `about` is the part of the unique key that names the row and its day; `subject` the id it begins with; `day` the day of
    the event, from which a rule counts. `owed` is what must be true until it is sent. `unless` is a SELECT that finds why a row
    needs no alert after all; it is asked only of what reached nobody yet, because it costs more. `window` takes the place
    of the plain one, from the rule's first day to its last.

    `kinds` are the texts to choose from; `usual` the days of a new rule, from and until. `repeats`: whether there can be
    reminders. `owed_then` is `owed` for a simulation of days that are past, by the days that the rows keep; `as_it_stood`:
    whether it reads the policies as they were on the first of these days. `gaps` says what a simulation cannot know.
    """

    code: AlertEvent
    kinds: tuple[NoticeKind, ...]
    select: str
    subject: str
    day: str
    owed: str
    usual: tuple[int, int]
    gaps: Any
    window: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    unless: str = ""
    waits_days: int = 0
    repeats: bool = True
    owed_then: str = ""
    as_it_stood: bool = False

    @property
    def is_of_claims(self) -> bool:
        """Whether it is about a claim."""
        return self.code.value.startswith("claim_")

    @property
    def in_window(self) -> str:
        """The days in which it is announced: some day from %(on)s to %(last)s lies between the rule's."""
        plain = f"{self.day} BETWEEN %(on)s::date - %(until_days)s AND %(last)s::date - %(from_days)s"
        return self.window or plain

    @property
    def needed(self) -> str:
        """The condition on a row of `owed` that nothing made it superfluous."""
        return f"NOT EXISTS ({self.unless})" if self.unless else "true"

    @property
    def asked(self) -> str:
        """What is still owed, of some ids, whatever the day."""
        return f"{self.select} WHERE {self.owed} AND {self.subject} = ANY(%(ids)s)"

    def planned(self, rule: AlertRule, *, past: bool = False) -> str:
        """What the rule announces in its days, over the whole portfolio; in days that are `past`, as the rows stood then."""
        select, owed = self.select, self.owed
        if past:
            owed = self.owed_then or owed
            if self.as_it_stood:
                select = select.replace("customers_policy AS policy", f"{POLICIES_THEN} AS policy")
        chosen = " AND policy.ramo = ANY(%(lines)s)" if rule.lines else ""
        chosen += " AND claim.kind = ANY(%(claim_kinds)s)" if rule.claim_kinds else ""
        return f"{select} WHERE {owed} AND {self.in_window}{chosen}"

    def values_of(self, rule: AlertRule) -> dict[str, Any]:
        """What the statements ask for, of the rule."""
        return {
            **self.values,
            **KNOWN,
            "suffix": rule.suffix,
            "from_days": rule.from_days,
            "until_days": rule.until_days,
            "waits_days": rule.waits_days,
            "lines": rule.lines,
            "claim_kinds": rule.claim_kinds,
        }

    @property
    def usual_values(self) -> dict[str, Any]:
        """The same without a rule, where one asks of some ids whether they are still owed."""
        first, last = self.usual
        days = {"from_days": first, "until_days": last, "waits_days": self.waits_days}
        return {**self.values, **KNOWN, **days, "suffix": "", "lines": [], "claim_kinds": []}


KNOWN = {"known_on": date(9999, 1, 1), "known_by": EVER, "announced": []}
_COLUMNS = [each.column for each in Policy._meta.concrete_fields]
# The policies as they stood at a moment: the version that the first later change put away, or the row itself.
POLICIES_THEN = f"""(
    SELECT {", ".join(f"version.{each}" for each in _COLUMNS)} FROM customers_policyhistory AS version
    WHERE version.pgh_created_at >= %(then)s AND version.created_at < %(then)s AND NOT EXISTS (
        SELECT FROM customers_policyhistory AS earlier
        WHERE earlier.pgh_obj_id = version.pgh_obj_id AND earlier.pgh_created_at >= %(then)s AND earlier.pgh_id < version.pgh_id
    )
    UNION ALL
    SELECT {", ".join(f"present.{each}" for each in _COLUMNS)} FROM customers_policy AS present
    WHERE present.created_at < %(then)s AND NOT EXISTS (
        SELECT FROM customers_policyhistory AS later
        WHERE later.pgh_obj_id = present.id AND later.pgh_created_at >= %(then)s
    )
)"""  # noqa: S608 - our own words

# --- Policies -------------------------------------------------------------------------------------------------------
# The last day of cover after the expiry, where the law gives days of grace (`policy_terms.cover_ends_on`).
GRACE_ENDS = "(policy.ends_on + policy.grace_days)"
OPEN_OFFER = """(
    SELECT offer.id FROM customers_renewaloffer AS offer
    WHERE offer.policy_id = policy.id AND offer.paid_on IS NULL AND offer.withdrawn_on IS NULL AND offer.valid_until >= %(on)s
    ORDER BY offer.id DESC LIMIT 1
)"""
ENDING = f"""
    SELECT policy.id || ':' || policy.ends_on || %(suffix)s AS about, policy.holder_id AS customer_id,
           {{expires_on}} AS expires_on, {{expires_on}} AS day, policy.id AS policy_id, policy.plate, policy.ramo, policy.ends_on,
           greatest(policy.ends_on + 1, CASE WHEN policy.ramo = %(motor)s AND policy.annual
                                             THEN {GRACE_ENDS} END) AS renewed_by,
           jsonb_build_object({POLICY_AND_LINE}, 'ends_on', policy.ends_on, 'premium', policy.premium::text,
                              'annual', policy.annual, 'grace_days', policy.grace_days{{more}}) AS words
    FROM customers_policy AS policy
"""  # noqa: S608
# Renewed already: the vehicle has a policy that goes on where this one ends, or the premium of the next year is paid, or a
# renewal offer was (`PolicyQuerySet.not_renewed` is the same, for the pages).
RENEWED = """
    SELECT 1 FROM customers_policy AS newer
    WHERE owed.plate <> '' AND newer.plate = owed.plate AND newer.plate <> '' AND newer.state = 'active'
      AND newer.id <> owed.policy_id
      AND newer.holder_id = owed.customer_id AND newer.ramo = owed.ramo AND newer.ends_on > owed.ends_on
      AND newer.starts_on <= owed.renewed_by AND newer.created_at < %(known_by)s
    UNION ALL
    SELECT 1 FROM customers_instalment AS renewal
    WHERE renewal.policy_id = owed.policy_id AND renewal.due_on >= owed.ends_on AND renewal.paid_on < %(known_on)s
    UNION ALL
    SELECT 1 FROM customers_renewaloffer AS offer
    WHERE offer.policy_id = owed.policy_id AND offer.starts_on >= owed.ends_on AND offer.paid_on < %(known_on)s
"""
# Motor liability never renews by itself; other lines are announced where the contract does not. Life ends otherwise.
EXPIRES = """
    policy.state = 'active' AND (policy.ramo = %(motor)s OR NOT policy.tacit_renewal)
    AND policy.ramo <> ALL(%(life)s)
"""

# --- Instalments ----------------------------------------------------------------------------------------------------
INSTALMENT = f"""
    SELECT instalment.id || ':' || instalment.due_on || %(suffix)s AS about, policy.holder_id AS customer_id,
           {{expires_on}} AS expires_on, instalment.due_on AS day,
           jsonb_build_object({POLICY_AND_LINE}, 'due_on', instalment.due_on, 'amount', instalment.amount::text,
                              'is_first', {{is_first}}, 'instalment_id', instalment.id) AS words
    FROM customers_instalment AS instalment
    JOIN customers_policy AS policy ON policy.id = instalment.policy_id AND policy.state = 'active'
"""  # noqa: S608
# Not paid yet on the first day on which the rule would have announced it.
UNPAID_THEN = """
    (instalment.paid_on IS NULL OR instalment.paid_on > greatest(%(on)s::date, instalment.due_on + %(from_days)s))
"""

# --- Claims ---------------------------------------------------------------------------------------------------------
CLAIM = """
    SELECT {about} || %(suffix)s AS about, claim.customer_id, {expires_on} AS expires_on, {day} AS day,
           jsonb_build_object({policy}, 'number', claim.number, 'occurred_on', claim.occurred_on{more}) AS words
    FROM customers_claim AS claim
    JOIN customers_policy AS policy ON policy.id = claim.policy_id
"""
PEOPLE = """, 'adjuster', claim.adjuster, 'adjuster_phone', claim.adjuster_phone, 'assessor', claim.assessor,
              'repairer', claim.repairer"""
CHANGED = """
    CROSS JOIN LATERAL (
        SELECT earlier.pgh_id AS version, earlier.pgh_created_at AS at FROM customers_claimhistory AS earlier
        WHERE earlier.pgh_obj_id = claim.id
          AND (earlier.adjuster, earlier.adjuster_phone, earlier.assessor)
              <> (claim.adjuster, claim.adjuster_phone, claim.assessor)
        ORDER BY earlier.pgh_id DESC LIMIT 1
    ) AS changed
"""
FOLLOWED = "claim.state IN ('taken_in_charge', 'offered', 'accepted')"  # by somebody, and not over
# What happened before the first claim was kept here is history: a first import informs nobody.
FIRST_DAY = """(
    SELECT (first.created_at AT TIME ZONE 'Europe/Rome')::date FROM customers_claim AS first ORDER BY first.id LIMIT 1
)"""


def _announced_by(*of: NoticeKind, before: str = "") -> str:
    """The condition that the reporter of the claim was informed by a notice of one of these kinds, and perhaps before a moment."""
    ranges = " OR ".join(
        f"sent.once ~>=~ ('{kind.code}:' || claim.id || ':') AND sent.once ~<~ ('{kind.code}:' || claim.id || ';')"
        for kind in of
    )
    since = f" AND sent.created_at < {before}" if before else ""
    return f"""EXISTS (
        SELECT FROM notifications_notice AS sent WHERE ({ranges}) AND sent.state NOT IN ('refused', 'withheld'){since}
    )"""


# The steps of which nobody was informed, of which the notice of a later step informs as well.
TAKEN_ANNOUNCED = _announced_by(kinds.CLAIM_TAKEN_IN_CHARGE, alert_kinds.CLAIM_OFFERED, alert_kinds.CLAIM_PAID)
OFFER_ANNOUNCED = _announced_by(alert_kinds.CLAIM_OFFERED, alert_kinds.CLAIM_PAID)


def _step(kind_of_day: str, more: str, about: str = "claim.id::text") -> str:
    """The SELECT of a later step of a claim."""
    return CLAIM.format(
        about=about,
        expires_on=f"{kind_of_day} + {STEP_DAYS}",
        day=kind_of_day,
        policy=POLICY,
        more=f", 'claim_id', claim.id{more}",
    )


# The day of an offer or refusal; where the file does not say it, that on which we learnt it.
ANSWERED = "coalesce(claim.offered_on, (claim.updated_at AT TIME ZONE 'Europe/Rome')::date)"


def _is_news(day: str) -> str:
    """A step that happened since claims are kept here; one that a file brings days later is news as well."""
    return f"{day} > {FIRST_DAY}"


# The words of a simulation: what it cannot know. They are translated where they are shown.
GAPS_OF_POLICIES = "policies"
GAPS_OF_INSTALMENTS = "instalments"
GAPS_OF_CLAIMS = "claims"
GAPS_OF_PAYMENTS = "payments"

EVENTS = (
    Event(
        AlertEvent.POLICY_EXPIRING,
        (kinds.POLICY_EXPIRING, alert_kinds.POLICY_EXPIRY_REMINDER),
        ENDING.format(expires_on="policy.ends_on", more=""),
        subject="policy.id",
        day="policy.ends_on",
        owed=EXPIRES,
        usual=(-EXPIRY_DAYS, 0),
        values={"motor": MOTOR_LIABILITY, "life": LIFE},
        unless=RENEWED,
        as_it_stood=True,
        gaps=GAPS_OF_POLICIES,
    ),
    # Art. 170-bis CAP: the cover of an annual motor liability contract lasts until the fifteenth day after the expiry.
    Event(
        AlertEvent.GRACE_ENDING,
        (alert_kinds.GRACE_ENDING,),
        ENDING.format(expires_on=GRACE_ENDS, more=f", 'offer_id', {OPEN_OFFER}"),
        subject="policy.id",
        day=GRACE_ENDS,
        owed="policy.state = 'active' AND policy.ramo = %(motor)s AND policy.annual AND policy.grace_days > 0",
        # Whoever is informed within the days of grace: before, it is the expiry that is announced.
        window=f"""
            {GRACE_ENDS} BETWEEN %(on)s::date - %(until_days)s AND %(last)s::date - %(from_days)s
            AND policy.ends_on BETWEEN %(on)s::date - {LIFE_GRACE_DAYS * 3} AND %(last)s::date - 1
        """,
        usual=(-7, 0),
        values={"motor": MOTOR_LIABILITY, "life": LIFE},
        unless=RENEWED,
        as_it_stood=True,
        gaps=GAPS_OF_POLICIES,
    ),
    Event(
        AlertEvent.RENEWAL_OFFERED,
        (alert_kinds.RENEWAL_OFFERED,),
        f"""
        SELECT offer.id || ':' || offer.valid_until || %(suffix)s AS about, policy.holder_id AS customer_id,
               offer.valid_until AS expires_on, offer.valid_until AS day,
               jsonb_build_object({POLICY_AND_LINE}, 'number', offer.number, 'premium', offer.premium::text,
                                  'starts_on', offer.starts_on, 'until', offer.ends_on, 'valid_until', offer.valid_until,
                                  'ends_on', policy.ends_on, 'annual', policy.annual, 'grace_days', policy.grace_days,
                                  'offer_id', offer.id) AS words
        FROM customers_renewaloffer AS offer
        JOIN customers_policy AS policy ON policy.id = offer.policy_id
        """,  # noqa: S608
        subject="offer.id",
        day="offer.valid_until",
        owed="""
        offer.paid_on IS NULL AND offer.withdrawn_on IS NULL AND offer.valid_until >= %(on)s
        AND policy.state IN ('active', 'suspended')
        """,
        owed_then="""
        (offer.withdrawn_on IS NULL OR offer.withdrawn_on > %(last)s)
        AND (offer.created_at AT TIME ZONE 'Europe/Rome')::date <= %(last)s AND (
            offer.paid_on IS NULL
            OR offer.paid_on > greatest(%(on)s::date, (offer.created_at AT TIME ZONE 'Europe/Rome')::date,
                                        offer.valid_until + %(from_days)s)
        )
        """,
        usual=(-90, 0),
        gaps=GAPS_OF_PAYMENTS,
    ),
    Event(
        AlertEvent.INSTALMENT_DUE,
        (kinds.INSTALMENT_DUE,),
        INSTALMENT.format(expires_on="instalment.due_on", is_first="instalment.due_on <= policy.starts_on"),
        subject="instalment.id",
        day="instalment.due_on",
        owed="instalment.paid_on IS NULL",
        owed_then=UNPAID_THEN,
        usual=(-INSTALMENT_DAYS, 0),
        as_it_stood=True,
        gaps=GAPS_OF_INSTALMENTS,
    ),
    # While there is still cover to save: fifteen days, twenty for life. An unpaid first premium never gave any.
    Event(
        AlertEvent.INSTALMENT_OVERDUE,
        (kinds.INSTALMENT_OVERDUE,),
        INSTALMENT.format(expires_on="instalment.due_on + terms.grace", is_first="false")
        + """
        CROSS JOIN LATERAL (
            SELECT CASE WHEN policy.ramo = ANY(%(life)s) THEN %(life_grace)s ELSE %(grace)s END AS grace
        ) AS terms
        """,
        subject="instalment.id",
        day="instalment.due_on",
        owed="instalment.paid_on IS NULL AND instalment.due_on > policy.starts_on",
        owed_then=f"{UNPAID_THEN} AND instalment.due_on > policy.starts_on",
        window="""
        instalment.due_on BETWEEN %(on)s::date - least(%(until_days)s, %(life_grace)s) AND %(last)s::date - %(from_days)s
        AND instalment.due_on + terms.grace >= %(on)s
        """,
        usual=(POSTING_DAYS, LIFE_GRACE_DAYS),
        values={"life": LIFE, "life_grace": LIFE_GRACE_DAYS, "grace": INSTALMENT_GRACE_DAYS},
        as_it_stood=True,
        gaps=GAPS_OF_INSTALMENTS,
    ),
    # An attempt that brought no money, where nothing was tried since and it is still owed.
    Event(
        AlertEvent.PAYMENT_FAILED,
        (alert_kinds.PAYMENT_FAILED,),
        f"""
        SELECT payment.id || %(suffix)s AS about, payment.customer_id,
               greatest(payment.due_on, (payment.ended_at AT TIME ZONE 'Europe/Rome')::date) + {INSTALMENT_GRACE_DAYS}
                   AS expires_on,
               (payment.ended_at AT TIME ZONE 'Europe/Rome')::date AS day,
               jsonb_build_object({POLICY_AND_LINE}, 'number', 'PG-' || lpad(payment.id::text, 8, '0'),
                                  'amount', payment.amount::text, 'due_on', payment.due_on, 'reason', payment.reason,
                                  'failed_on', (payment.ended_at AT TIME ZONE 'Europe/Rome')::date,
                                  'is_first', payment.due_on <= policy.starts_on,
                                  'instalment_id', payment.instalment_id, 'offer_id', payment.offer_id,
                                  'ends_on', policy.ends_on, 'annual', policy.annual, 'grace_days', policy.grace_days)
                   AS words
        FROM customers_payment AS payment
        JOIN customers_policy AS policy ON policy.id = payment.policy_id
        LEFT JOIN customers_instalment AS instalment ON instalment.id = payment.instalment_id
        LEFT JOIN customers_renewaloffer AS offer ON offer.id = payment.offer_id
        """,  # noqa: S608
        subject="payment.id",
        day="(payment.ended_at AT TIME ZONE 'Europe/Rome')::date",
        owed="""
        payment.state IN ('refused', 'abandoned', 'expired') AND policy.state IN ('active', 'suspended')
        AND (instalment.id IS NOT NULL AND instalment.paid_on IS NULL
             OR offer.id IS NOT NULL AND offer.paid_on IS NULL AND offer.withdrawn_on IS NULL AND offer.valid_until >= %(on)s)
        AND NOT EXISTS (
            SELECT FROM customers_payment AS later
            WHERE later.id > payment.id
              AND (later.instalment_id = payment.instalment_id OR later.offer_id = payment.offer_id)
        )
        """,
        owed_then="payment.state IN ('refused', 'abandoned', 'expired')",
        usual=(1, 5),
        gaps=GAPS_OF_PAYMENTS,
    ),
    # `notifications.documents` announces each that arrives, at once and by the same key; this finds those that it did not.
    Event(
        AlertEvent.CERTIFICATE_AVAILABLE,
        (kinds.CERTIFICATE_AVAILABLE,),
        f"""
        SELECT document.id || %(suffix)s AS about, document.customer_id, policy.ends_on AS expires_on,
               (document.received_at AT TIME ZONE 'Europe/Rome')::date AS day,
               jsonb_build_object({POLICY}, 'dated_on', document.dated_on, 'ends_on', policy.ends_on) AS words
        FROM customers_document AS document
        JOIN customers_policy AS policy ON policy.id = document.policy_id
        """,  # noqa: S608
        subject="document.id",
        day="(document.received_at AT TIME ZONE 'Europe/Rome')::date",
        # As `customers.documents.rules.certificate_serves`.
        owed="""
        document.kind = 'certificate' AND document.replaced_at IS NULL AND policy.state IN ('active', 'suspended')
        AND policy.ends_on >= %(on)s AND document.dated_on > policy.ends_on - 365
        AND (document.valid_to IS NULL OR document.valid_to >= policy.ends_on)
        """,
        usual=(0, 30),
        repeats=False,
        gaps=GAPS_OF_POLICIES,
    ),
    Event(
        AlertEvent.LIFE_MATURITY,
        (alert_kinds.LIFE_MATURITY,),
        f"""
        SELECT policy.id || ':' || policy.ends_on || %(suffix)s AS about, policy.holder_id AS customer_id,
               policy.ends_on + {CLAIM_DAYS} AS expires_on, policy.ends_on AS day,
               jsonb_build_object({POLICY}, 'ends_on', policy.ends_on, 'sum_insured', policy.sum_insured::text,
                                  'value', position.amount::text, 'valued_on', position.valued_on) AS words
        FROM customers_policy AS policy
        LEFT JOIN LATERAL (
            SELECT sum(value.amount) AS amount, value.valued_on FROM customers_policyvalue AS value
            WHERE value.policy_id = policy.id AND value.kind = 'position'
            GROUP BY value.valued_on ORDER BY value.valued_on DESC LIMIT 1
        ) AS position ON true
        """,  # noqa: S608
        subject="policy.id",
        day="policy.ends_on",
        owed="policy.state = 'active' AND policy.ramo = ANY(%(life)s) AND NOT policy.tacit_renewal",
        usual=(-60, 0),
        values={"life": LIFE},
        as_it_stood=True,
        gaps=GAPS_OF_POLICIES,
    ),
    # Claims that a file brought in charge (`take_claim_in_charge` announces the others at once, by the same key):
    # those that were only reported when we first knew them, however long it took and however far they have come since,
    # and those that came in charge soon after their report. One whose next step is announced is left to that notice, which
    # tells what was skipped. With what is known: a claim whose adjuster was not named is announced after some days.
    Event(
        AlertEvent.CLAIM_TAKEN,
        (kinds.CLAIM_TAKEN_IN_CHARGE,),
        CLAIM.format(
            about="claim.id::text",
            expires_on="%(on)s::date + %(until_days)s",
            day="claim.reported_on",
            policy=POLICY_AND_LINE,
            more=PEOPLE
            + ", 'kind', claim.kind, 'signed_by_both', claim.signed_by_both, 'complete_on', claim.complete_on",
        ),
        subject="claim.id",
        day="claim.reported_on",
        owed=FOLLOWED,
        owed_then="claim.state <> 'reported'",
        window=f"""
        claim.state <> ALL(%(announced)s::text[]) AND claim.reported_on <= %(last)s::date - %(from_days)s
        AND (claim.adjuster <> '' OR claim.reported_on < %(last)s::date - %(waits_days)s)
        AND (
            EXISTS (
                SELECT FROM customers_claimhistory AS earlier
                WHERE earlier.pgh_obj_id = claim.id AND earlier.state = 'reported'
            )
            OR claim.reported_on >= %(on)s::date - %(until_days)s AND claim.reported_on > {FIRST_DAY}
        )
        """,
        # The notice of an offer said it as well.
        unless=f"""
        SELECT 1 FROM notifications_notice AS sent
        WHERE sent.once ~>=~ ('{alert_kinds.CLAIM_OFFERED.code}:' || owed.about || ':')
          AND sent.once ~<~ ('{alert_kinds.CLAIM_OFFERED.code}:' || owed.about || ';')
          AND sent.state NOT IN ('refused', 'withheld')
        """,  # noqa: S608
        usual=(0, CLAIM_DAYS),
        waits_days=ADJUSTER_DAYS,
        repeats=False,
        gaps=GAPS_OF_CLAIMS,
    ),
    # Another adjuster, telephone or assessor than when the customer was written to. The latest earlier version of the claim
    # that names others was kept when they changed, and is part of the key: each change is announced once.
    Event(
        AlertEvent.CLAIM_PEOPLE,
        (kinds.CLAIM_PEOPLE_CHANGED,),
        CLAIM.format(
            about="claim.id || ':' || changed.version",
            expires_on="%(on)s::date + %(until_days)s",
            day="(changed.at AT TIME ZONE 'Europe/Rome')::date",
            policy=POLICY_AND_LINE,
            more=PEOPLE,
        )
        + CHANGED,
        subject="claim.id",
        day="(changed.at AT TIME ZONE 'Europe/Rome')::date",
        owed=FOLLOWED + " AND claim.adjuster <> ''",
        window=f"""
        changed.at > %(on)s::date - %(until_days)s AND changed.at < %(last)s::date - %(from_days)s + 1
        AND {_announced_by(kinds.CLAIM_TAKEN_IN_CHARGE, alert_kinds.CLAIM_OFFERED, before="changed.at")}
        """,
        usual=(0, CLAIM_DAYS),
        repeats=False,
        gaps=GAPS_OF_CLAIMS,
    ),
    Event(
        AlertEvent.CLAIM_VISIT,
        (alert_kinds.CLAIM_VISIT,),
        CLAIM.format(
            about="claim.id || ':' || claim.visit_on",
            expires_on="claim.visit_on",
            day="claim.visit_on",
            policy=POLICY,
            more=PEOPLE + ", 'visit_on', claim.visit_on, 'visit_place', claim.visit_place, 'claim_id', claim.id",
        ),
        subject="claim.id",
        day="claim.visit_on",
        owed="claim.visit_on IS NOT NULL AND claim.state IN ('reported', 'taken_in_charge', 'offered', 'accepted')",
        owed_then="claim.visit_on IS NOT NULL",
        usual=(-30, 0),
        gaps=GAPS_OF_CLAIMS,
    ),
    # `contact_center.claims.documents` writes when the document is asked for; that it has not come is announced here alone.
    Event(
        AlertEvent.CLAIM_DOCUMENT,
        (alert_kinds.CLAIM_DOCUMENT_MISSING,),
        f"""
        SELECT asked.id || ':' || asked.due_on || %(suffix)s AS about, claim.customer_id,
               greatest(asked.due_on, %(on)s::date) + {STEP_DAYS} AS expires_on, asked.due_on AS day,
               jsonb_build_object({POLICY}, 'number', claim.number, 'document', asked.name, 'why', asked.why,
                                  'due_on', asked.due_on, 'claim_id', claim.id) AS words
        FROM customers_askeddocument AS asked
        JOIN customers_claim AS claim ON claim.id = asked.claim_id
        JOIN customers_policy AS policy ON policy.id = claim.policy_id
        """,  # noqa: S608
        subject="asked.id",
        day="asked.due_on",
        owed="asked.state = 'asked' AND claim.state IN ('reported', 'taken_in_charge', 'offered', 'accepted')",
        owed_then="""
        (asked.asked_at AT TIME ZONE 'Europe/Rome')::date <= %(last)s
        AND (asked.ended_at IS NULL OR (asked.ended_at AT TIME ZONE 'Europe/Rome')::date
             > greatest(%(on)s::date, asked.due_on + %(from_days)s))
        """,
        # Who was reminded by the contact centre, before this was the one way, is not reminded again.
        unless="""
        SELECT 1 FROM notifications_notice AS sent
        WHERE sent.once ~>=~ ('claim-document-reminder:' || split_part(owed.about, ':', 1) || ':')
          AND sent.once ~<~ ('claim-document-reminder:' || split_part(owed.about, ':', 1) || ';')
          AND sent.state NOT IN ('refused', 'withheld')
        """,
        usual=DOCUMENT_DAYS,
        gaps=GAPS_OF_CLAIMS,
    ),
    Event(
        AlertEvent.CLAIM_OFFERED,
        (alert_kinds.CLAIM_OFFERED,),
        CLAIM.format(
            about="claim.id || ':' || coalesce(claim.offered_amount::text, '-')",  # another offer is another key
            expires_on=f"{ANSWERED} + {STEP_DAYS}",
            day=ANSWERED,
            policy=POLICY_AND_LINE,
            more=PEOPLE
            + f""", 'claim_id', claim.id, 'offered_on', claim.offered_on, 'amount', claim.offered_amount::text,
                    'accepted_on', claim.accepted_on, 'skipped_taken', NOT {TAKEN_ANNOUNCED}""",
        ),
        subject="claim.id",
        day=ANSWERED,
        owed="claim.state IN ('offered', 'accepted')",
        owed_then="claim.offered_on IS NOT NULL AND claim.state <> 'refused'",
        window=f"""
        {ANSWERED} BETWEEN %(on)s::date - %(until_days)s AND %(last)s::date - %(from_days)s
        AND {_is_news(ANSWERED)}
        """,
        usual=(0, STEP_DAYS),
        repeats=False,
        gaps=GAPS_OF_CLAIMS,
    ),
    Event(
        AlertEvent.CLAIM_PAID,
        (alert_kinds.CLAIM_PAID,),
        _step(
            "claim.paid_on",
            f""", 'paid_on', claim.paid_on, 'amount', claim.paid_amount::text, 'offered_on', claim.offered_on,
                'offered_amount', claim.offered_amount::text, 'skipped_taken', NOT {TAKEN_ANNOUNCED},
                'skipped_offer', claim.offered_on IS NOT NULL AND NOT {OFFER_ANNOUNCED}""",
        ),
        subject="claim.id",
        day="claim.paid_on",
        owed="claim.state = 'paid'",
        window=f"""
        claim.paid_on BETWEEN %(on)s::date - %(until_days)s AND %(last)s::date - %(from_days)s
        AND {_is_news("claim.paid_on")}
        """,
        usual=(0, STEP_DAYS),
        repeats=False,
        gaps=GAPS_OF_CLAIMS,
    ),
    Event(
        AlertEvent.CLAIM_REFUSED,
        (alert_kinds.CLAIM_REFUSED,),
        _step(
            ANSWERED,
            f""", 'refused_on', claim.offered_on, 'reason', claim.refusal_reason, 'adjuster', claim.adjuster,
                'adjuster_phone', claim.adjuster_phone, 'skipped_taken', NOT {TAKEN_ANNOUNCED}""",
        ),
        subject="claim.id",
        day=ANSWERED,
        owed="claim.state = 'refused'",
        window=f"""
        {ANSWERED} BETWEEN %(on)s::date - %(until_days)s AND %(last)s::date - %(from_days)s
        AND {_is_news(ANSWERED)}
        """,
        usual=(0, STEP_DAYS),
        repeats=False,
        gaps=GAPS_OF_CLAIMS,
    ),
)
BY_CODE = {event.code.value: event for event in EVENTS}
# The event of each text; what `notifications.documents` writes is owed whatever happens, and is not asked again.
BY_KIND = {kind.code: event for event in EVENTS for kind in event.kinds if kind.still_owed == kinds.STILL_OWED}
