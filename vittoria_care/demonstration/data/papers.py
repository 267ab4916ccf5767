"""Documents, values and named people of the demonstration.

The three customers who sign in have papers of their own; everybody else's show a specimen of their kind, one file for
all of them. Whose certificate is missing, and which life policy has no value yet, is on purpose.
"""

import datetime
import hashlib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from random import Random

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import formats, translation

from customers.models import Claim, Customer, Document, Policy, PolicyPerson, PolicyValue
from customers.rami import MOTOR_LIABILITY
from foundation.dates import written_day
from foundation.pdf import printable, typeset

from . import words
from .people import FEATURED
from .profiles import Plan

TEMPLATE = Path(__file__).parent / "paper.typ"
SOURCE = "demo"
COMPANY, FOOT = (
    "Vittoria Assicurazioni S.p.A.",
    "Documento dimostrativo con dati inventati: non ha valore contrattuale.",
)
SHARE = 3  # one in so many of the other customers' policies has its papers here
CERTIFICATE_AHEAD = 45  # days before the expiry from which a certificate is there
ONE_MISSING_IN = 30  # certificates
TERM = "I"  # a term insurance has no surrender value: none is ever sent
LINKED = "III"
FUNDS = (("Orizzonte Azionario Europa", Decimal("14.287300")), ("Orizzonte Obbligazionario", Decimal("10.912450")))
BENEFICIARIES = "Eredi legittimi in parti uguali"
Kind = Document.Kind


def make_papers(plan: Plan, customers: list[Customer]) -> int:
    """Make the papers of the customers given, and the certificates of all; returns how many documents there are."""
    with translation.override("it"):  # whatever the terminal speaks
        return _make(plan, customers)


def _make(plan: Plan, customers: list[Customer]) -> int:
    maker = _Maker(plan)
    ours = {customer.pk: place for place, customer in enumerate(customers)}
    policies = Policy.objects.filter(holder__in=ours).select_related("holder").order_by("pk")
    for policy in policies:
        if ours[policy.holder_id] < FEATURED:
            maker.own(policy)
        elif policy.pk % SHARE == 0:
            maker.specimens(policy)
    for claim in Claim.objects.filter(customer__in=customers[:FEATURED], state="offered").select_related("policy"):
        maker.offer(claim)
    Document.objects.bulk_create(maker.documents)
    PolicyValue.objects.bulk_create(maker.values)
    PolicyPerson.objects.bulk_create(maker.people)
    return len(maker.documents) + _certificates(plan, maker)


class _Maker:
    """Gathers rows; each content is written once, under a name that follows from it."""

    def __init__(self, plan: Plan):
        self.today: datetime.date = plan.today
        self.received_at = plan.as_of - datetime.timedelta(days=2)
        self.rng: Random = plan.stream("papers")
        self.documents: list[Document] = []
        self.values: list[PolicyValue] = []
        self.people: list[PolicyPerson] = []
        self._kept: dict[tuple[str, str], tuple[str, int, str]] = {}

    # --- What a customer has
    def own(self, policy: Policy) -> None:
        """The papers of a customer who signs in: their own words in each."""
        start = min(policy.starts_on, self.today)
        facts = _facts(policy)
        self._paper(policy, Kind.CONDITIONS, f"Condizioni di assicurazione – {policy.product}", start, [])
        self._paper(policy, Kind.POLICY, f"Polizza n. {policy.number}", start, facts)
        paid = policy.instalments.filter(paid_on__isnull=False, paid_on__lte=self.today).order_by("due_on").last()
        if paid is not None and paid.paid_on is not None:
            amount = formats.number_format(paid.amount, 2, use_l10n=True, force_grouping=True)
            receipt = [*facts, ("Rata", written_day(paid.due_on)), ("Importo pagato", f"{amount} €")]
            self._paper(policy, Kind.RECEIPT, f"Quietanza {written_day(paid.due_on, 'del')}", paid.paid_on, receipt)
        if policy.ramo == MOTOR_LIABILITY and policy.ends_on <= self.today + _days(CERTIFICATE_AHEAD):
            dated_on = min(policy.ends_on - _days(35), self.today)
            self._paper(
                policy, Kind.CERTIFICATE, "Attestato di rischio", dated_on, [*facts, ("Classe di merito", "1")]
            )
        if policy.ramo in (TERM, LINKED):
            self._life(policy, ours=True)

    def specimens(self, policy: Policy) -> None:
        """Of everybody else's papers, the conditions and the contract."""
        start = min(policy.starts_on, self.today)
        self._paper(policy, Kind.CONDITIONS, f"Condizioni di assicurazione – {policy.product}", start, [])
        self._paper(policy, Kind.POLICY, "Polizza", start, [])
        if policy.ramo in (TERM, LINKED):
            self._life(policy, ours=False)

    def offer(self, claim: Claim) -> None:
        """The letter with which an offer was made."""
        facts = [("Sinistro", claim.number), ("Polizza", claim.policy.number)]
        self._paper(
            claim.policy, Kind.LETTER, "Offerta di risarcimento", claim.offered_on or self.today, facts, claim=claim
        )

    def _life(self, policy: Policy, *, ours: bool) -> None:
        """A yearly statement, whom the holder named, and what it is worth; a term insurance is worth nothing known."""
        year = self.today.year - 1
        sent_on = datetime.date(self.today.year, 1, 31)
        if policy.starts_on.year <= year and sent_on <= self.today:
            facts = _facts(policy) if ours else []
            self._paper(policy, Kind.STATEMENT, f"Estratto conto {year}", sent_on, facts)
        day = self.today.replace(day=1) - _days(1)
        self._named(policy, day)
        if policy.ramo != LINKED:
            return
        total = Decimal(0)
        for fund, price in FUNDS:
            units = Decimal(self.rng.randrange(200_000, 4_000_000)).scaleb(-3)
            amount = (units * price).quantize(Decimal("0.01"))
            total += amount
            self._value(policy, PolicyValue.Kind.POSITION, amount, day, fund=fund, units=units, unit_price=price)
        surrender = (total * Decimal("0.985")).quantize(Decimal("0.01"))
        self._value(policy, PolicyValue.Kind.SURRENDER, surrender, day)

    def _named(self, policy: Policy, day: datetime.date) -> None:
        first = words.WOMEN_TABLE[policy.pk % len(words.WOMEN_TABLE)]
        last = policy.holder.last_name or words.SURNAME_TABLE[policy.pk % len(words.SURNAME_TABLE)]
        mailbox = f"{first}.{last}".lower().replace(" ", "").replace("'", "")
        facts = {"policy": policy, "as_of": day}
        Role = PolicyPerson.Role
        if policy.pk % 4 == 3:  # many name no person, but a class of people
            self.people.append(
                PolicyPerson(key=f"{policy.number}-B1", role=Role.BENEFICIARY, name=BENEFICIARIES, **facts)
            )
            return
        email = f"{mailbox}@posta.example" if mailbox.isascii() else ""
        self.people += [
            PolicyPerson(
                key=f"{policy.number}-B1", role=Role.BENEFICIARY, name=f"{first} {last}", email=email, **facts
            ),
            PolicyPerson(
                key=f"{policy.number}-R1",
                role=Role.REFERENT,
                name=words.MEN_TABLE[policy.pk % len(words.MEN_TABLE)] + f" {last}",
                phone=f"+39347{policy.pk % 10_000_000:07d}",
                **facts,
            ),
        ]

    def _value(self, policy: Policy, kind: str, amount: Decimal, day: datetime.date, **more: object) -> None:
        key = f"{policy.number} | {kind} | {more.get('fund', '')} | {day}"
        self.values.append(PolicyValue(key=key, policy=policy, kind=kind, amount=amount, valued_on=day, **more))

    # --- A paper
    def _paper(
        self,
        policy: Policy,
        kind: str,
        title: str,
        on: datetime.date,
        facts: Iterable[tuple[str, str]],
        *,
        claim: Claim | None = None,
    ) -> None:
        sha256, size, name = self.content(title, kind, [*facts])
        self.documents.append(
            Document(
                customer=policy.holder,
                policy=policy,
                claim=claim,
                kind=kind,
                title=title,
                dated_on=on,
                source=SOURCE,
                external_key=f"{policy.number}-{kind}" + (f"-{claim.pk}" if claim else ""),
                content_type="application/pdf",
                size=size,
                sha256=sha256,
                file=name,
                received_at=self.received_at,
            )
        )

    def content(self, title: str, kind: str, facts: list[tuple[str, str]]) -> tuple[str, int, str]:
        """Digest, size and name of a file with this content, which is made and stored where it is not there yet."""
        asked = (title, repr(facts))
        if asked not in self._kept:
            values = {
                "title": printable(title),
                "company": COMPANY,
                "about": str(Kind(kind).label).capitalize(),
                "facts": [[printable(name), printable(value)] for name, value in facts],
                "text": TEXTS.get(kind, TEXTS[Kind.OTHER]),
                "foot": FOOT,
            }
            made = typeset(TEMPLATE, values, on=self.today)
            sha256 = hashlib.sha256(made).hexdigest()
            name = f"documents/demo/{sha256[:32]}"
            if not default_storage.exists(name):
                name = default_storage.save(name, ContentFile(made))
            self._kept[asked] = (sha256, len(made), name)
        return self._kept[asked]


def _facts(policy: Policy) -> list[tuple[str, str]]:
    found = [
        ("Contraente", str(policy.holder)),
        ("Polizza", policy.number),
        ("In vigore dal", written_day(policy.starts_on)),
        ("Scadenza", written_day(policy.ends_on)),
    ]
    return found + ([("Targa", policy.plate)] if policy.plate else [])


def _days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)


def _certificates(plan: Plan, maker: _Maker) -> int:
    """Put the certificate of each motor policy that expires soon beside it, but for a few; in one statement for all."""
    sha256, size, name = maker.content("Attestato di rischio", Kind.CERTIFICATE, [])
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO customers_document (customer_id, policy_id, kind, title, dated_on, source, external_key,
                version, content_type, size, sha256, file, received_at)
            SELECT holder_id, id, 'certificate', 'Attestato di rischio', LEAST(ends_on - 35, %(today)s::date), %(source)s,
                number || '-certificate', 1, 'application/pdf', %(size)s, %(sha256)s, %(file)s, %(at)s
            FROM customers_policy
            WHERE ramo = %(motor)s AND state = 'active' AND ends_on BETWEEN %(today)s AND %(last)s
                AND id %% %(missing)s <> 0
            ON CONFLICT DO NOTHING
            """,
            {
                "today": plan.today,
                "last": plan.today + _days(CERTIFICATE_AHEAD),
                "source": SOURCE,
                "size": size,
                "sha256": sha256,
                "file": name,
                "at": maker.received_at,
                "motor": MOTOR_LIABILITY,
                "missing": ONE_MISSING_IN,
            },
        )
        return cursor.rowcount


TEXTS: dict[str, list[str]] = {
    Kind.CONDITIONS: [
        "Questo esemplare mostra dove stanno le condizioni sottoscritte: che cosa è assicurato, che cosa non lo è, come si "
        "denuncia un sinistro e come si recede dal contratto.",
        "Le condizioni complete sono quelle consegnate alla firma.",
    ],
    Kind.POLICY: ["La polizza riporta le garanzie scelte, i massimali e le franchigie."],
    Kind.RECEIPT: ["Riceviamo il premio indicato, a saldo della rata. Conservi la quietanza."],
    Kind.CERTIFICATE: [
        "L’attestato riporta i sinistri degli ultimi anni e la classe di merito del veicolo assicurato."
    ],
    Kind.STATEMENT: ["L’estratto conto riassume i premi versati e il valore della posizione alla fine dell’anno."],
    Kind.LETTER: ["Le proponiamo la somma indicata nella Sua area riservata, con i motivi della nostra valutazione."],
    Kind.OTHER: ["Documento dimostrativo."],
}
