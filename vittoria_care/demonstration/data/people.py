"""Customers of the demonstration: persons and companies, how to reach them, their accounts and consents.

What must be known of a customer elsewhere (their telephone, their agency, whether they own a camper) follows from
their number alone, so that nothing has to be kept in memory for six hundred thousand of them.
"""

import datetime
from collections.abc import Callable, Iterator
from random import Random

from stdnum import luhn
from stdnum.it import codicefiscale

from customers.models import Agency, Consent, ContactPoint, Customer, ReservedAreaAccount, User
from customers.models.account import Capacity, Right
from foundation.text import fold

from . import words
from .loading import Copier
from .profiles import Plan

PREFIX = "DEMO-"
MOBILE_PREFIXES = (
    *("320", "327", "328", "329", "333", "335", "338", "339", "340", "342", "345", "347", "348", "349"),
    *("351", "366", "370", "371", "375", "380", "388", "389", "391", "392", "393"),
)
MAIL_DOMAINS = ("posta.example", "mail.example", "casella.example", "lettere.example")
VAT_OFFICES = ("001", "003", "009", "012", "015", "023", "034", "036", "048", "058", "063", "072", "082", "087")
MONTH_LETTERS = "ABCDEHLMPRST"
OMOCODIA = "LMNPQRSTUV"
NOBODY_SIGNS_IN = "!" + "demo" * 10  # an unusable password
TERMS, PRIVACY_TEXT = "2018-10", "2018-05"
CAMPER_EVERY, COMPANY_EVERY = 14, 17
IN_PERSON = f"{Capacity.SELF.value}\t{{}}"  # as what an account acts, and its rights, as COPY reads them
MEMBER = f"{Capacity.MEMBER.value}\t{{{','.join(Right.values)}}}"
FEATURED = 3  # the customers with a sign-in of their own: a family, a camper owner, a firm


def phone_of(number: int) -> str:
    """The mobile telephone of a customer (E.164), different for each."""
    return f"+39{MOBILE_PREFIXES[number % 25]}{(number * 7_368_787 + 1_234_567) % 10_000_000:07d}"


def stranger_phone(rng: Random) -> str:
    """The mobile telephone of somebody who is no customer."""
    return f"+39{rng.choice(('324', '331', '334', '346', '377', '379'))}{rng.randrange(10_000_000):07d}"


def is_company(number: int) -> bool:
    """Whether a customer is a company."""
    return number == 3 or (number % COMPANY_EVERY == 8 and number > FEATURED)


def is_camper(number: int) -> bool:
    """Whether a customer owns a camper."""
    return number == 2 or (number % CAMPER_EVERY == 5 and not is_company(number) and number > FEATURED)


def camper_number(rng: Random, customers: int) -> int:
    """The number of some customer who owns a camper."""
    for _attempt in range(20):
        number = rng.randrange((customers - 5) // CAMPER_EVERY + 1) * CAMPER_EVERY + 5
        if is_camper(number):
            return number
    return 2


def is_enrolled(number: int, plan: Plan) -> bool:
    """Whether a customer has an account in the reserved area: all at full scale, seven of ten otherwise."""
    return plan.everybody_enrolled or number <= FEATURED or number % 10 < 7


def agency_index(number: int, agencies: int) -> int:
    """Which of the agencies a customer belongs to: eight neighbours in number to the same, as families do."""
    return ((number >> 3) * 48_271) % agencies


def name_letters(name: str, *, given: bool) -> str:
    """The three letters of a name in a tax code (D.M. 23 December 1976, art. 4): consonants, then vowels, then X.

    A given name with four consonants or more skips the second.
    """
    letters = [letter for letter in fold(name).upper() if letter.isalpha()]
    consonants = [letter for letter in letters if letter not in "AEIOU"]
    if given and len(consonants) > 3:
        del consonants[1]
    vowels = [letter for letter in letters if letter in "AEIOU"]
    return "".join([*consonants, *vowels, "X", "X", "X"])[:3]


def tax_code(surname_letters: str, given_letters: str, born: datetime.date, sex: str, place_code: str) -> str:
    """The codice fiscale of a person: name letters, year, month letter, day (women 40 more), place, check character."""
    day = born.day + (40 if sex == "F" else 0)
    start = (
        f"{surname_letters}{given_letters}{born.year % 100:02d}{MONTH_LETTERS[born.month - 1]}{day:02d}{place_code}"
    )
    return start + codicefiscale.calc_check_digit(start)


def next_variant(code: str) -> str:
    """The next variant of a tax code that two people share: digits from the right become letters (omocodia)."""
    start = list(code[:15])
    for place in (14, 13, 12, 10, 9, 7, 6):
        if start[place].isdigit():
            start[place] = OMOCODIA[int(start[place])]
            break
    joined = "".join(start)
    return joined + codicefiscale.calc_check_digit(joined)


def vat_number(number: int) -> str:
    """The partita IVA of a company: above nine million, where no office has got to, with the right check digit."""
    start = f"{9_000_000 + number:07d}{VAT_OFFICES[number % len(VAT_OFFICES)]}"
    return start + luhn.calc_check_digit(start)


class People:
    """Writes customers with all that hangs on them, number by number."""

    def __init__(self, plan: Plan, copier: Copier, *, first_user: int, first_customer: int, agencies: list[Agency]):
        self.plan, self.agencies = plan, agencies
        self._cities = [words.CITIES_BY_NAME[agency.city] for agency in agencies]
        self.first_user, self.first_customer = first_user, first_customer
        self.user = copier.table(
            User,
            *("id", "password", "last_login", "is_superuser", "email", "first_name", "last_name", "language"),
            *("is_active", "is_staff", "date_joined"),
        )
        self.customer = copier.table(
            Customer,
            *("id", "code", "kind", "first_name", "last_name", "company_name", "tax_code", "vat_number", "birth_date"),
            *("segment", "agency", "address", "postal_code", "city", "province", "country", "language", "search_key"),
            *("created_at", "updated_at"),
        )
        self.account = copier.table(
            ReservedAreaAccount,
            *("user", "customer", "capacity", "rights", "valid_from", "state", "end_reason", "terms_version"),
            *("terms_accepted_at", "enrolled_at"),
        )
        self.point = copier.table(ContactPoint, "customer", "kind", "value", "stated", "verified_at", "created_at")
        self.consent = copier.table(
            Consent,
            *("customer", "purpose", "channel", "event", "text_version", "source", "evidence", "recorded_by"),
            "recorded_at",
        )
        self._codes: set[str] = set()
        self._letters = {
            **{("given", name): name_letters(name, given=True) for name in {*words.MEN_TABLE, *words.WOMEN_TABLE}},
            **{("family", name): name_letters(name, given=False) for name in set(words.SURNAME_TABLE)},
        }
        last = datetime.date(2019, 12, 31) if plan.is_company else plan.today
        first = datetime.date(2013, 9, 1)  # the reserved area exists since then
        self._days = [str(first + datetime.timedelta(days=n)) for n in range((last - first).days)]
        self._births = [plan.today.replace(month=1, day=1) - datetime.timedelta(days=n) for n in range(88 * 365)]

    def write(self, numbers: range, featured: dict[int, tuple[str, str]]) -> Iterator[int]:
        """Write some customers, yielding the number of each; `featured` gives e-mail and password of those who sign in."""
        rng = self.plan.stream(f"people:{numbers.start}")
        family: tuple[str, words.City, str, str] | None = None
        for number in numbers:
            if is_company(number):
                self._company(number, rng, featured)
                family = None
            else:
                # One in nine lives with the customer before: same name, same house, same telephone at home.
                together = rng.random() < 0.11 and number & 7
                family = self._person(number, rng, family if together else None, featured)
            yield number

    def _person(
        self,
        number: int,
        rng: Random,
        family: tuple[str, words.City, str, str] | None,
        featured: dict[int, tuple[str, str]],
    ) -> tuple[str, words.City, str, str]:
        draw = rng.random
        sex = "M" if draw() < 0.53 else "F"
        names = words.MEN_TABLE if sex == "M" else words.WOMEN_TABLE
        first = names[int(draw() * len(names))]
        if family:
            last, city, street, home_phone = family
        else:
            last = words.SURNAME_TABLE[int(draw() * len(words.SURNAME_TABLE))]
            city = self._city(number, draw)
            street = f"{words.STREET_TABLE[int(draw() * len(words.STREET_TABLE))]}, {1 + int(draw() ** 2 * 140)}"
            home_phone = ""
            if draw() < 0.3:
                length = 10 - len(city.prefix) if len(city.prefix) < 4 else 6
                home_phone = f"+39{city.prefix}{2 + int(draw() * 7)}{int(draw() * 10 ** (length - 1)):0{length - 1}d}"
        while words.is_somebody(first, last):
            first = names[int(draw() * len(names))]
        age = 19 + (draw() + draw()) / 2 * 66
        born = self._births[int(age * 365.25)]
        birthplace = city if draw() < 0.7 else words.CITY_TABLE[int(draw() * len(words.CITY_TABLE))]
        letters = self._letters
        code = tax_code(letters["family", last], letters["given", first], born, sex, birthplace.place_code)
        while code in self._codes:
            code = next_variant(code)
        self._codes.add(code)
        segment = "camper" if is_camper(number) else "private"
        mailbox = f"{fold(first).replace(' ', '')}.{fold(last).replace(' ', '')}.{number}"
        email = f"{mailbox}@{MAIL_DOMAINS[number & 3]}"
        since = self._customer(
            number, rng, "person", first, last, "", code, "", str(born), segment, street, city, fold(f"{last} {first}")
        )
        self._reach(number, rng, since, email, first, last, home_phone, "", featured)
        return last, city, street, home_phone

    def _city(self, number: int, draw: Callable[[], float]) -> words.City:
        """Where a customer lives: mostly in the town of their agency."""
        if draw() < 0.8:
            return self._cities[agency_index(number, len(self._cities))]
        return words.CITY_TABLE[int(draw() * len(words.CITY_TABLE))]

    def _company(self, number: int, rng: Random, featured: dict[int, tuple[str, str]]) -> None:
        last = words.SURNAME_TABLE[int(rng.random() * len(words.SURNAME_TABLE))]
        first = words.MEN_TABLE[int(rng.random() * len(words.MEN_TABLE))]
        form = rng.choice(("S.r.l.", "S.r.l.", "S.n.c.", "S.a.s.", "S.p.A."))
        name = f"{rng.choice(words.TRADE_TABLE)} {last} {form}"
        city = self._city(number, rng.random)
        street = f"{rng.choice(words.STREET_TABLE)}, {rng.randint(1, 180)}"
        vat = vat_number(number)
        email = f"info.{fold(last).replace(' ', '')}.{number}@{MAIL_DOMAINS[number & 3]}"
        since = self._customer(
            number, rng, "company", "", "", name, vat, vat, "\\N", "business", street, city, fold(name)
        )
        self._reach(number, rng, since, email, first, last, "", f"azienda.{number}@pec.example", featured)

    def _customer(
        self,
        number: int,
        rng: Random,
        kind: str,
        first: str,
        last: str,
        company: str,
        code: str,
        vat: str,
        born: str,
        segment: str,
        street: str,
        city: words.City,
        search_key: str,
    ) -> int:
        """Write the customer; returns the position of the day on which they became one."""
        since = int(rng.random() * len(self._days))
        agency = self.agencies[agency_index(number, len(self.agencies))].pk
        at = f"{self._days[since]} 0{7 + int(rng.random() * 3)}:{int(rng.random() * 60):02d}:00+00"
        self.customer.add_line(
            f"{self.first_customer + number - 1}\t{PREFIX}{number:07d}\t{kind}\t{first}\t{last}\t{company}\t{code}\t{vat}\t{born}"
            f"\t{segment}\t{agency}\t{street}\t{city.postal_code}\t{city.name}\t{city.province}\tIT\tit\t{search_key}\t{at}\t{at}"
        )
        return since

    def _reach(
        self,
        number: int,
        rng: Random,
        since: int,
        email: str,
        first: str,
        last: str,
        home_phone: str,
        pec: str,
        featured: dict[int, tuple[str, str]],
    ) -> None:
        """Write how to reach the customer, what they allow, and their account."""
        draw, days = rng.random, self._days
        customer = self.first_customer + number - 1
        at = f"{days[since]} 10:{int(draw() * 60):02d}:00+00"
        enrolled = since + int(draw() ** 2 * (len(days) - since))
        enrolled_at = f"{days[enrolled]} {8 + int(draw() * 12):02d}:{int(draw() * 60):02d}:{int(draw() * 60):02d}+00"
        password = NOBODY_SIGNS_IN
        if number in featured:
            email, password = featured[number]
        has_account = is_enrolled(number, self.plan)
        line = self.point.add_line
        verified = enrolled_at if draw() < 0.86 else "\\N"
        line(f"{customer}\tphone\t{phone_of(number)}\t\t{verified}\t{at}")
        if has_account or draw() < 0.6:
            confirmed = enrolled_at if has_account else "\\N"
            line(f"{customer}\temail\t{email}\t\t{confirmed}\t{at}")
        if home_phone:
            line(f"{customer}\tphone\t{home_phone}\t\t\\N\t{at}")
        if pec:
            line(f"{customer}\tpec\t{pec}\t\t{at}\t{at}")
        if has_account:
            user = self.first_user + number - 1
            seen = days[enrolled + int(draw() ** 0.3 * (len(days) - enrolled))] if draw() < 0.8 else ""
            last_login = f"{seen} 18:{int(draw() * 60):02d}:00+00" if seen else "\\N"
            self.user.add_line(
                f"{user}\t{password}\t{last_login}\tf\t{email}\t{first}\t{last}\tit\tt\tf\t{enrolled_at}"
            )
            state, chance = "enrolled", draw()
            if chance > 0.985 and number > FEATURED and not self.plan.is_company:
                state = "suspended" if chance < 0.995 else "closed"
            capacity = MEMBER if is_company(number) else IN_PERSON
            self.account.add_line(
                f"{user}\t{customer}\t{capacity}\t{days[enrolled]}\t{state}\t\t{TERMS}\t{enrolled_at}\t{enrolled_at}"
            )
        willing = draw()
        if willing < 0.46 or number <= FEATURED:
            self._consents(customer, at, enrolled_at if has_account else at, willing, draw())

    def _consents(self, customer: int, at: str, later: str, willing: float, source: float) -> None:
        """Write the consents: some to offers of the company, fewer to the agency's; most are confirmed, some withdrawn."""
        line = self.consent.add_line
        if source < 0.45:
            where, evidence = "agency", "modulo firmato in agenzia"
        elif source < 0.92:
            where, evidence = "portal", "spunta nel profilo"
        else:
            where, evidence = "import", "archivio precedente"
        line(f"{customer}\tmarketing\temail\tgiven\t{PRIVACY_TEXT}\t{where}\t{evidence}\t\\N\t{at}")
        if willing < 0.35:
            line(f"{customer}\tagency_promotions\temail\tgiven\t{PRIVACY_TEXT}\t{where}\t{evidence}\t\\N\t{at}")
            if where == "portal":
                line(
                    f"{customer}\tagency_promotions\temail\tconfirmed\t{PRIVACY_TEXT}\t{where}\tcollegamento di conferma\t\\N\t{later}"
                )
        if willing < 0.14:
            line(f"{customer}\tagency_promotions\tsms\tgiven\t{PRIVACY_TEXT}\t{where}\t{evidence}\t\\N\t{at}")
        if willing < 0.06:
            line(f"{customer}\tprofiling\tportal\tgiven\t{PRIVACY_TEXT}\t{where}\t{evidence}\t\\N\t{at}")
        if 0.30 < willing < 0.34 and later > at:
            line(
                f"{customer}\tmarketing\temail\twithdrawn\t{PRIVACY_TEXT}\tunsubscribe\tcollegamento nel messaggio\t\\N\t{later}"
            )
