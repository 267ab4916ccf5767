"""Policies, their instalments of the current year, and claims, written customer by customer."""

import datetime
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from customers.models import Agency, Claim, Instalment, Policy, PolicyAdherent

from .loading import Copier
from .people import FEATURED, PREFIX, agency_index, is_camper, is_company
from .profiles import Plan

PLATE_LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalogue: line of business, name, how often it is held, premium in euro, what it insures."""

    ramo: str
    name: str
    weight: float
    premium: tuple[int, int]
    sum_insured: tuple[int, int] | None = None
    motor: bool = False
    tacit: bool = True
    life: bool = False


PRIVATE = (
    Product("10", "Strada Sicura – Autovetture", 40, (320, 980), None, True, False),
    Product("10", "Strada Sicura – Moto e scooter", 8, (180, 520), None, True, False),
    Product("3", "Veicolo Protetto – Incendio, furto e kasko", 9, (140, 760), (4_000, 42_000), True, False),
    Product("1", "Giorni Sereni – Infortuni", 10, (90, 420), (50_000, 300_000)),
    Product("2", "Salute Vicina – Malattia e ricoveri", 5, (320, 1_400), (50_000, 250_000)),
    Product("8", "Casa e Famiglia – Incendio e danni", 11, (110, 460), (60_000, 450_000)),
    Product("13", "Casa e Famiglia – Responsabilità civile", 6, (60, 190), (500_000, 2_000_000)),
    Product("17", "Buon Diritto – Tutela legale", 3, (50, 160), (15_000, 40_000)),
    Product("I", "Domani Insieme – Temporanea caso morte", 5, (120, 900), (50_000, 300_000), life=True),
    Product("III", "Orizzonte – Fondo interno", 2, (600, 3_000), (5_000, 80_000), life=True),
)
CAMPER = (
    Product("10", "In Viaggio – Camper e caravan", 60, (280, 640), None, True, False),
    Product("3", "In Viaggio – Camper: incendio, furto, cristalli", 25, (190, 820), (15_000, 75_000), True, False),
    Product("18", "In Viaggio – Assistenza", 15, (45, 110), None, False, False),
)
BUSINESS = (
    Product("10", "Strada Sicura – Autocarri e flotte", 34, (620, 2_400), None, True, False),
    Product("8", "Impresa Protetta – Incendio", 22, (420, 3_800), (150_000, 3_000_000)),
    Product("13", "Impresa Protetta – Responsabilità civile", 26, (380, 2_900), (500_000, 3_000_000)),
    Product("15", "Cauzioni", 5, (200, 1_500), (20_000, 400_000)),
    Product("1", "Giorni Sereni – Infortuni cumulativa", 8, (500, 4_000), (100_000, 500_000)),
    Product("9", "Impresa Protetta – Furto ed elettronica", 5, (260, 1_300), (20_000, 200_000)),
)
HOW_MANY = (1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 5, 6)  # mean 2.35 policies a customer
# When contracts of a year expire: more in spring and at the turns of the half years, few in August.
EXPIRY_MONTHS = (9.6, 7.6, 9.4, 9.0, 9.2, 10.2, 8.9, 4.2, 7.9, 8.0, 7.4, 8.6)

ADJUSTERS = (
    "dott. Ivo Carella",
    "dott.ssa Nora Pavan",
    "dott. Elio Dutto",
    "dott.ssa Iris Melis",
    "dott. Tito Vezzani",
)
ASSESSORS = ("Studio peritale Sgambati", "Studio peritale Actis", "Studio peritale Lelli", "Studio peritale Cossu")
REPAIRERS = ("Carrozzeria Due Torri", "Carrozzeria del Ponte", "Autofficina Stella", "Carrozzeria La Rotonda", "")
# Losses by line of business and kind of damage; a kind that a line lacks does not happen under it.
LOSSES: dict[str, dict[str, tuple[str, ...]]] = {
    "10": {
        "property": (
            "Tamponamento al semaforo: danni al paraurti posteriore e al portellone.",
            "Urto laterale in rotatoria, con danni alla portiera e al parafango.",
            "Collisione in retromarcia nel parcheggio di un supermercato.",
            "Urto durante il cambio di corsia in tangenziale: specchio e fiancata.",
        ),
        "injury": (
            "Colpo di frusta dopo un tamponamento in coda.",
            "Ciclista caduto per l'apertura della portiera: frattura del polso.",
            "Pedone urtato sulle strisce: contusioni al ginocchio.",
        ),
        "mixed": (
            "Scontro all'incrocio: veicolo non marciante e passeggera contusa.",
            "Tamponamento a catena: danni davanti e dietro, colpo di frusta per il conducente.",
        ),
    },
    "3": {
        "property": (
            "Danni da grandine al tetto e al cofano.",
            "Rottura del parabrezza per un sasso in autostrada.",
            "Veicolo urtato in sosta da ignoti: fiancata sinistra.",
            "Uscita di strada per fondo ghiacciato, veicolo non marciante.",
            "Furto del veicolo parcheggiato sotto casa, denuncia presentata ai Carabinieri.",
        ),
    },
    "1": {
        "injury": (
            "Caduta in casa con frattura del polso.",
            "Infortunio sugli sci: distorsione del ginocchio.",
            "Caduta da una scala durante un lavoro in giardino: frattura della caviglia.",
        ),
    },
    "2": {
        "injury": (
            "Ricovero per intervento chirurgico programmato.",
            "Ricovero d'urgenza per appendicite.",
            "Accertamenti diagnostici dopo una visita specialistica.",
        ),
    },
    "9": {
        "property": (
            "Furto con scasso negli uffici: computer e monitor.",
            "Guasto elettrico al server dopo un temporale.",
        ),
    },
    "13": {
        "property": (
            "Perdita d'acqua dall'impianto: soffitto e parete del vicino danneggiati.",
            "Vaso caduto dal balcone sull'auto di un vicino.",
        ),
        "injury": (
            "Ospite caduto sulle scale di casa: frattura del polso.",
            "Passante morso dal cane di famiglia.",
        ),
        "mixed": ("Ramo caduto su un passante e sulla sua bicicletta.",),
    },
    "15": {"property": ("Richiesta di escussione della cauzione da parte del committente.",)},
    "17": {"property": ("Spese legali per una controversia con un fornitore.",)},
    "18": {"property": ("Guasto in viaggio: soccorso stradale e traino fino all'officina.",)},
}
AT_HOME: dict[str, tuple[str, ...]] = {
    "property": (
        "Perdita d'acqua dall'impianto: pavimento del bagno e parquet danneggiati.",
        "Sovratensione dopo il temporale: danni agli elettrodomestici.",
        "Tegole divelte dal vento, infiltrazioni nel sottotetto.",
        "Vetro della porta finestra rotto durante la grandinata.",
    ),
}
KINDS = (("property", 0.84), ("injury", 0.096), ("mixed", 0.064))  # how often, where all three may happen
PLACES = (
    "Via Emilia",
    "Tangenziale Est",
    "A4, direzione Venezia",
    "A1, area di servizio",
    "Via Roma",
    "SS 36",
    "centro",
)


class Portfolio:
    """Writes the policies, instalments and claims of one customer after another."""

    def __init__(
        self,
        plan: Plan,
        copier: Copier,
        *,
        first_policy: int,
        first_claim: int,
        first_customer: int,
        agencies: list[Agency],
    ):
        self.plan, self.agencies, self.first_customer = plan, agencies, first_customer
        self.policy_id, self.claim_id = first_policy, first_claim
        self._first_policy, self._first_claim = first_policy, first_claim
        self.policy = copier.table(
            Policy,
            *("id", "number", "holder", "agency", "ramo", "product", "plate", "sum_insured", "premium", "starts_on"),
            *("ends_on", "annual", "tacit_renewal", "grace_days", "state", "suspended_on", "created_at", "updated_at"),
        )
        self.adherent = copier.table(PolicyAdherent, "policy", "customer", "starts_on", "ends_on")
        self.instalment = copier.table(Instalment, "policy", "due_on", "amount", "paid_on")
        self.claim = copier.table(
            Claim,
            *("id", "number", "policy", "customer", "kind", "description", "place", "signed_by_both", "occurred_on"),
            *(
                "reported_on",
                "complete_on",
                "adjuster",
                "adjuster_phone",
                "assessor",
                "repairer",
                "state",
                "offered_on",
            ),
            *("offered_amount", "accepted_on", "paid_on", "paid_amount", "created_at", "updated_at"),
        )
        today = plan.today
        self._origin = today.toordinal() - 4000
        self._texts = [str(today + n * DAY) for n in range(-4000, 12_000)]  # dates, written once
        # Days of expiry to come, in the next 365 days, in proportion to the season.
        self._expiries: list[int] = []
        for n in range(1, 366):
            day = today + n * DAY
            if (day.month, day.day) != (2, 29):
                self._expiries += [day.toordinal()] * round(EXPIRY_MONTHS[day.month - 1] * 2)
        self._tables = [
            (products, list(accumulate(each.weight for each in products))) for products in (PRIVATE, CAMPER, BUSINESS)
        ]
        self._halves: dict[int, tuple[int, ...]] = {}

    def write(self, number: int, rng: Random) -> None:
        """Write what a customer holds."""
        if number <= FEATURED:
            self._featured(number, rng)
            return
        company, camper = is_company(number), is_camper(number)
        products, weights = self._tables[2 if company else 1 if camper else 0]
        for place in range(HOW_MANY[int(rng.random() * 20)]):
            if place == 0 and not company:
                product = (
                    products[0] if camper or rng.random() < 0.62 else rng.choices(products, cum_weights=weights)[0]
                )
            else:
                product = rng.choices(products, cum_weights=weights)[0]
            if camper and place >= 2:
                product = PRIVATE[int(rng.random() * len(PRIVATE))]
            self._policy(number, product, rng)

    def _policy(
        self,
        number: int,
        product: Product,
        rng: Random,
        *,
        ends_in: int | None = None,
        instalments: int | None = None,
        unpaid_from: int | None = None,
        in_force: bool = False,
    ) -> int:
        """Write one policy with its instalments, perhaps a claim; returns its id. Days are counted from today."""
        draw, today, origin, texts = rng.random, self.plan.today.toordinal(), self._origin, self._texts
        policy, holder = self.policy_id, self.first_customer + number - 1
        self.policy_id += 1
        expiry = today + ends_in if ends_in is not None else self._expiries[int(draw() * len(self._expiries))]
        chance = 1.0 if in_force else draw()
        state, suspended_on, annual = "active", "\\N", "t"
        if product.life:
            annual, start = "f", _years_from(expiry, -1 - int(draw() * 8))
            ends = _years_from(start, 10 + int(draw() * 16))
            start, ends = max(start, origin), min(ends, origin + 15_990)
        else:
            if chance < 0.045:  # not renewed: of the last year's expiries, the latest fortnight still in its grace
                expiry -= 365
                state = "active" if product.motor and today - expiry <= 15 else "expired"
            elif chance < 0.058:
                state = "cancelled"
            elif chance < 0.07 and product.motor:
                state = "suspended"
                suspended_on = texts[max(today - int(draw() * 150), expiry - 364) - origin]
            start = _years_from(expiry, -1 - (int(draw() * 7) if product.tacit else 0))
            ends = expiry
        plate = ""
        if product.motor:
            letters, a, b = PLATE_LETTERS, int(draw() * 22), int(draw() * 22)
            if "Moto" in product.name:
                plate = f"E{letters[a]}{int(draw() * 100_000):05d}"
            else:
                first = "DFG"[int(draw() * 3)] if draw() < 0.9 else "C"
                plate = f"{first}{letters[a]}{int(draw() * 1000):03d}{letters[b]}{letters[int(draw() * 22)]}"
        low, high = product.premium
        premium = int(low + (high - low) * draw() ** 1.6)
        insured = "\\N"
        if product.sum_insured:
            low, high = product.sum_insured
            insured = f"{int(low + (high - low) * draw() ** 2) // 1000 * 1000}.00"
        starts_on, ends_on = texts[start - origin], texts[ends - origin]
        agency = self.agencies[agency_index(number, len(self.agencies))].pk
        made = texts[min(start, today) - 10 - origin] if start - 10 > origin else texts[0]
        self.policy.add_line(
            f"{policy}\t{PREFIX}P{policy - self._first_policy + 1:08d}\t{holder}\t{agency}\t{product.ramo}\t{product.name}\t{plate}"
            f"\t{insured}\t{premium}.00\t{starts_on}\t{ends_on}\t{annual}\t{'t' if product.tacit and not product.life else 'f'}"
            f"\t15\t{state}\t{suspended_on}\t{made} 09:00:00+00\t{made} 09:00:00+00"
        )
        if instalments is None:
            chance = draw()
            instalments = 1 if chance < 0.62 or premium < 120 else 2 if chance < 0.93 else 4
        self._instalments(policy, expiry, start, premium, instalments, state, rng, unpaid_from)
        if state != "cancelled" and not product.life and draw() < (0.11 if product.motor else 0.04):
            self._claim(policy, holder, product, rng, max(start, today - 700), min(ends, today))
        return policy

    def _instalments(
        self,
        policy: int,
        expiry: int,
        start: int,
        premium: int,
        number: int,
        state: str,
        rng: Random,
        unpaid_from: int | None,
    ) -> None:
        """Write the instalments of the period that ends at the expiry. Nearly all are paid, recent ones less often."""
        today, origin, texts, draw = self.plan.today.toordinal(), self._origin, self._texts, rng.random
        amount = f"{premium / number:.2f}"
        offsets = self._halves.get(expiry * 8 + number)
        if offsets is None:
            offsets = self._halves[expiry * 8 + number] = _due_days(expiry, number)
        for due in offsets:
            late = today - due
            if unpaid_from is not None:
                paid = due < today + unpaid_from
            elif late < 0:
                paid = late > -25 and draw() < 0.12
            else:
                paid = draw() < (0.8 if late <= 15 else 0.93 if late <= 45 else 0.996)
            if state in ("cancelled", "suspended") and late < 60:
                continue
            paid_on = "\\N"
            if paid:
                paid_on = (
                    texts[max(min(today, due + int((draw() - 0.5) * 16)), due - 25) - origin]
                    if late >= 0
                    else texts[today - int(draw() * 4) - origin]
                )
            self.instalment.add_line(f"{policy}\t{texts[due - origin]}\t{amount}\t{paid_on}")

    def _claim(
        self,
        policy: int,
        holder: int,
        product: Product,
        rng: Random,
        earliest: int = 0,
        latest: int = 0,
        *,
        state: str | None = None,
    ) -> None:
        """Write a claim between two days, as far along as its age allows; or a recent one in the given state."""
        today = self.plan.today.toordinal()
        occurred = earliest + int(rng.random() * (latest - earliest))
        if state:
            occurred = today - {"reported": 2, "taken_in_charge": 19, "offered": 41, "accepted": 48}.get(state, 90)
        reported = min(today, occurred + int(rng.random() ** 2 * 8))
        age = today - reported
        losses = LOSSES.get(product.ramo, AT_HOME)
        kinds = [each for each in KINDS if each[0] in losses]
        kind = rng.choices([name for name, _often in kinds], [often for _name, often in kinds])[0]
        both = product.ramo == "10" and kind == "property" and rng.random() < 0.62  # two drivers and their form
        limit = 30 if both else 60 if kind == "property" else 90
        complete = reported + int(rng.random() * 12)
        offered = complete + int(limit * (0.35 + 0.75 * rng.random() ** 1.5))  # a few come late
        accepted, paid = offered + rng.randint(2, 14), offered + rng.randint(15, 28)
        taken = reported + rng.randint(0, 4)
        if not state:
            chance = rng.random()
            if today < taken:
                state = "reported"
            elif today < offered:
                state = "taken_in_charge"
            elif chance < 0.13:
                state = "refused"
            elif chance < 0.19 and age > 60:
                state = "closed"
            elif today < accepted:
                state = "offered"
            elif today < paid:
                state = "accepted"
            else:
                state = "paid"
        else:
            complete, offered, accepted = min(complete, today), min(offered, today), min(accepted, today)
        text = rng.choice(losses[kind])
        in_charge = state != "reported"
        answered = state in ("offered", "accepted", "paid", "refused")
        origin, texts = self._origin, self._texts
        seat = int(rng.random() * len(ADJUSTERS))
        year = texts[reported - origin][:4]
        claim = self.claim_id
        self.claim_id += 1
        self.claim.add(
            claim,
            f"{PREFIX}S{year}-{claim - self._first_claim + 1:06d}",
            policy,
            holder,
            kind,
            text,
            rng.choice(PLACES) if product.motor else "",
            both,
            texts[occurred - origin],
            texts[reported - origin],
            texts[complete - origin] if in_charge and complete <= today else None,
            ADJUSTERS[seat] if in_charge else "",
            f"+3902555014{seat:02d}" if in_charge else "",
            rng.choice(ASSESSORS) if in_charge and rng.random() < 0.7 else "",
            rng.choice(REPAIRERS) if in_charge and product.motor and kind != "injury" else "",
            state,
            texts[offered - origin] if answered else None,
            (offer := _offer(state, claim, rng)),
            texts[accepted - origin] if state in ("accepted", "paid") else None,
            texts[paid - origin] if state == "paid" else None,
            offer if state == "paid" else None,
            f"{texts[reported - origin]} 10:00:00+00",
            f"{texts[min(today, reported + 5) - origin]} 10:00:00+00",
        )

    def _featured(self, number: int, rng: Random) -> None:
        """Write for the three customers whose sign-ins are printed: something of everything that a page can show."""
        if number == 1:
            car = self._policy(1, PRIVATE[0], rng, ends_in=24, instalments=2, unpaid_from=1, in_force=True)
            self._claim(car, self.first_customer, PRIVATE[0], rng, state="taken_in_charge")
            home = self._policy(1, PRIVATE[5], rng, ends_in=176, instalments=2, unpaid_from=-30, in_force=True)
            self._claim(home, self.first_customer, PRIVATE[5], rng, state="offered")
            self._policy(1, PRIVATE[8], rng, ends_in=90, instalments=2, unpaid_from=1, in_force=True)
            linked = self.plan.stream("linked")  # so that nobody else's draws change
            self._policy(1, PRIVATE[9], linked, ends_in=210, instalments=1, unpaid_from=5, in_force=True)
        elif number == 2:
            camper = self._policy(2, CAMPER[0], rng, ends_in=-6, instalments=1, unpaid_from=1, in_force=True)
            self._claim(camper, self.first_customer + 1, CAMPER[0], rng, state="reported")
            self._policy(2, CAMPER[2], rng, ends_in=120, instalments=1, in_force=True)
        else:
            self._policy(3, BUSINESS[0], rng, ends_in=45, instalments=4, unpaid_from=1, in_force=True)
            self._policy(3, BUSINESS[2], rng, ends_in=190, instalments=2, unpaid_from=-20, in_force=True)
            policy = self._policy(3, BUSINESS[4], rng, ends_in=240, instalments=2, in_force=True)
            start = self._texts[self.plan.today.toordinal() - 125 - self._origin]
            for member in (1, 2):  # covered by the firm's collective contract
                self.adherent.add(policy, self.first_customer + member - 1, start, None)


def _offer(state: str, claim: int, rng: Random) -> str | None:
    """What was offered for a claim, and paid where it was."""
    if state == "paid":
        return f"{rng.lognormvariate(7.2, 0.8):.2f}"
    return f"{420 + claim * 137 % 2_900}.00" if state in ("offered", "accepted") else None


def _due_days(expiry: int, number: int) -> tuple[int, ...]:
    """The days on which the instalments of the year before an expiry fall due, as ordinals."""
    end = datetime.date.fromordinal(expiry)
    found = []
    for part in range(number):
        months = end.year * 12 + end.month - 1 - 12 + part * (12 // number)
        year, month = divmod(months, 12)
        last = (datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1) - DAY).day
        found.append(datetime.date(year, month + 1, min(end.day, last)).toordinal())
    return tuple(found)


def _years_from(day: int, years: int) -> int:
    """The same day of the year some years on (or back), as ordinals; of 29 February the day before where there is none."""
    date = datetime.date.fromordinal(day)
    last = 28 if (date.month, date.day) == (2, 29) else date.day
    return date.replace(year=date.year + years, day=last).toordinal()
