"""Italian identifiers, checked and brought to the one form in which they are stored.

Each `normalise_…` function takes what a person typed or a file carried and returns the stored form, or raises
`django.core.exceptions.ValidationError` with a sentence: what is wrong and how to fix it (and a `code`).
They never read the database; empty text is refused, so callers decide themselves whether a value may be missing.

The `validate_…` wrappers are for model fields: they refuse a wrong value, and a right one not in its stored form.
"""

import datetime
import re
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum import iban, luhn
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.it import codicefiscale, iva

from foundation.numbers import is_digits
from foundation.text import fold

# --- Names ----------------------------------------------------------------------------------------------------
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def validate_one_line(text: str) -> None:
    """Refuse a name that holds a control character or a line break: a spreadsheet made of it would not open."""
    if found := _CONTROL.search(text):
        raise ValidationError(
            _(
                "An invisible character (number %(number)d of the text) does not belong in a name: write the name again."
            ),
            code="control_character",
            params={"number": found.start() + 1},
        )


# --- Codice fiscale -------------------------------------------------------------------------------------------
# D.M. 23 December 1976: 3 + 3 letters of surname and given name, year, month letter, day (women +40), place, check.
# When two people would share a code, digits from the right become letters (omocodia): LMNPQRSTUV stand for 0 to 9.
_PERSON_CODE = re.compile(r"[A-Z]{6}[0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]")
_UNCLASH = str.maketrans("LMNPQRSTUV", "0123456789")
_MONTHS = {letter: month for month, letter in enumerate("ABCDEHLMPRST", start=1)}
_SEPARATORS = str.maketrans("", "", " \t\r\n\u00a0.-/:")


def normalise_tax_code(text: str) -> str:
    """A codice fiscale in capitals without separators: 16 characters of a person, or 11 digits.

    Persons: shape with omocodia letters in the seven places of digits, month letter, a real day (1 to 31, or 41 to 71
    for women) and the check character. Eleven digits: legal persons and temporary codes of persons, whose office
    digits follow no published list, so only the Luhn digit counts. The name is not compared: `tax_code_matches_name`.
    """
    code = text.translate(_SEPARATORS).upper()
    if len(code) == 16:
        return _person_code(code)
    if len(code) == 11 and is_digits(code):
        if code.startswith("0000000") or not luhn.is_valid(code):
            raise ValidationError(
                _("The last of the eleven digits does not agree with the others: look for a slip in “%(value)s”."),
                code="tax_code_check",
                params={"value": code},
            )
        return code
    if not code:
        raise ValidationError(_("The tax code is empty."), code="tax_code_length")
    raise ValidationError(
        _("A tax code has 16 letters and digits (11 digits if a company or temporary), not %(n)d: “%(value)s”."),
        code="tax_code_length",
        params={"value": code[:40], "n": len(code)},
    )


def _person_code(code: str) -> str:
    if not code.isascii() or not _PERSON_CODE.fullmatch(code):
        raise ValidationError(
            _("“%(value)s” is not shaped like a tax code (RSSMRA85T10A562S): look for a letter O in place of a zero."),
            code="tax_code_shape",
            params={"value": code},
        )
    if code[8] not in _MONTHS:
        raise ValidationError(
            _("The month letter of a tax code is one of A B C D E H L M P R S T, not “%(letter)s” (ninth character)."),
            code="tax_code_month",
            params={"letter": code[8]},
        )
    # python-stdnum takes the day modulo 40, so it lets 81 to 99 pass: our own reading of the date.
    if _day_of_birth(code[6:11]) is None:
        raise ValidationError(
            _("The tax code “%(value)s” holds a day of birth that does not exist (characters 7 to 11)."),
            code="tax_code_date",
            params={"value": code},
        )
    if codicefiscale.calc_check_digit(code[:15]) != code[15]:
        raise ValidationError(
            _("The last letter of the tax code “%(value)s” does not agree with the others: look for a slip."),
            code="tax_code_check",
            params={"value": code},
        )
    return code


@lru_cache(maxsize=80_000)  # every day of a century, twice: a portfolio repeats them
def _day_of_birth(part: str) -> tuple[int, int, int, str] | None:
    """(year of century, month, day, sex) of the five characters year, month and day; None when no such day exists."""
    year = int(part[:2].translate(_UNCLASH))
    month = _MONTHS[part[2]]
    day = int(part[3:].translate(_UNCLASH))
    sex = "M" if day < 40 else "F"
    day = day if day < 40 else day - 40
    try:
        datetime.date(2000 + year, month, day)  # 29 February of year 00 was a day in 2000 and not in 1900
    except ValueError:
        return None
    return year, month, day, sex


def birth_date_and_sex(tax_code: str, on: datetime.date | None = None) -> tuple[datetime.date, str] | None:
    """Day of birth and sex ("M" or "F") held by a person's tax code; None for eleven digits or an unreadable code.

    The code keeps two figures of the year: it is read as the latest such day that is not after `on` (today), so the
    code of a person past a hundred gives a day one century late.
    """
    code = tax_code.translate(_SEPARATORS).upper()
    if len(code) != 16 or not _PERSON_CODE.fullmatch(code) or code[8] not in _MONTHS:
        return None
    found = _day_of_birth(code[6:11])
    if found is None:
        return None
    year, month, day, sex = found
    born = datetime.date(2000 + year, month, day)
    if born > (on or timezone.localdate()):
        if (year, month, day) == (0, 2, 29):
            return None
        born = born.replace(year=1900 + year)
    return born, sex


def tax_code_matches_name(tax_code: str, *, first_name: str, last_name: str) -> bool:
    """Whether the six first letters follow from the names; True for eleven digits, which hold no name.

    Only ever a warning: foreign names, second given names and corrected records differ lawfully.
    """
    code = tax_code.translate(_SEPARATORS).upper()
    if len(code) != 16:
        return True
    return code[:3] == _letters(last_name, given=False) and code[3:6] == _letters(first_name, given=True)


@lru_cache(maxsize=50_000)  # a portfolio repeats its names
def _letters(name: str, *, given: bool) -> str:
    """Three letters of a name: consonants, then vowels, then X; a given name with four consonants skips the second."""
    letters = fold(name).replace(" ", "").upper()
    consonants = [letter for letter in letters if letter not in "AEIOU"]
    if given and len(consonants) > 3:
        del consonants[1]
    vowels = [letter for letter in letters if letter in "AEIOU"]
    return "".join([*consonants, *vowels, "X", "X", "X"][:3])


# --- Partita IVA ----------------------------------------------------------------------------------------------
def normalise_vat_number(text: str) -> str:
    """A partita IVA: eleven digits without the IT prefix; the office digits and the check digit are verified."""
    number = text.translate(_SEPARATORS).upper().removeprefix("IT")
    if len(number) != 11 or not is_digits(number):
        raise ValidationError(
            _("A VAT number has 11 digits, with or without IT before them: “%(value)s” has not."),
            code="vat_number_shape",
            params={"value": number[:40]},
        )
    try:
        return iva.validate(number)
    except InvalidChecksum:
        raise ValidationError(
            _("The last digit of the VAT number “%(value)s” does not agree with the others: look for a slip."),
            code="vat_number_check",
            params={"value": number},
        ) from None
    except StdnumError:
        raise ValidationError(
            _("The VAT number “%(value)s” was never issued: digits 8 to 10 name no office or the first 7 are zero."),
            code="vat_number_office",
            params={"value": number},
        ) from None


# --- Telephone ------------------------------------------------------------------------------------------------
_PHONE_PADDING = str.maketrans("", "", " \t\r\n\u00a0\u2009\u202f.-/()[]\u2010\u2011\u2012\u2013_")
_ITALIAN_MOBILE = re.compile(r"(?:\+39)?(3[2-9][0-9]{8})")


def normalise_phone(text: str, region: str = "IT") -> str:
    """A telephone number as E.164 (`+390248219001`): the zero of Italian fixed lines is kept.

    `region` (ISO 3166, two letters) is the country of a number written without its prefix. `00` counts as `+`; spaces,
    dots, dashes, slashes and brackets are ignored. Numbers that the country's plan does not have are refused, short
    service codes such as 112 among them.
    """
    compact = text.translate(_PHONE_PADDING)
    if compact.startswith("00"):
        compact = "+" + compact[2:]
    if region == "IT" and (mobile := _ITALIAN_MOBILE.fullmatch(compact)):
        return "+39" + mobile[1]  # seven numbers of ten, forty times faster than the general way
    if not compact:
        raise ValidationError(_("The telephone number is empty."), code="phone_empty")
    digits = compact.removeprefix("+")
    if not is_digits(digits):
        raise ValidationError(
            _("“%(value)s” is not a telephone number: write one, in digits, such as 02 48219001 or +39 333 1234567."),
            code="phone_shape",
            params={"value": text.strip()[:40]},
        )
    try:
        number = phonenumbers.parse(compact, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValidationError(
            _("“%(value)s” is not a number in use: count its digits, and write the prefix (+44 …) if it is foreign."),
            code="phone_plan",
            params={"value": text.strip()[:40]},
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# --- E-mail ---------------------------------------------------------------------------------------------------
_PLAIN_EMAIL = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_email_validator = EmailValidator()


def normalise_email(text: str) -> str:
    """An e-mail address (ordinary or PEC) in lower case, at most 254 characters: providers treat both cases alike.

    Only addresses to which mail can be sent: RFC 5321 also allows quoted local parts and domains in numbers, which mail
    programs and servers hardly take and in which a comma may stand; they are refused here, at the door.
    """
    address = text.strip().lower()
    if len(address) <= 254 and _PLAIN_EMAIL.fullmatch(address) and address.index("@") <= 64:
        return address
    try:
        _email_validator(address)
        if not _can_be_sent_to(address):
            raise ValidationError("")
    except ValidationError:
        raise ValidationError(
            _("“%(value)s” is not an e-mail address: write one address, such as nome.cognome@example.it."),
            code="email_shape",
            params={"value": text.strip()[:80]},
        ) from None
    return address


def _can_be_sent_to(address: str) -> bool:
    local, _at, domain = address.rpartition("@")
    try:
        encoded = domain.encode("idna").decode()
    except UnicodeError:
        return False
    quoted = any(sign in local for sign in '",;\\')
    return len(address) <= 254 and len(local) <= 64 and not quoted and "." in encoded and not domain.startswith("[")


# --- Plate ----------------------------------------------------------------------------------------------------
_PLATE_PADDING = str.maketrans("", "", " \t\r\n\u00a0.-·*/")
_CAR_SHAPE = re.compile(r"[A-Z]{2}[0-9]{3}[A-Z]{2}")
_MOTORCYCLE_SHAPE = re.compile(r"[A-Z]{2}[0-9]{5}")
_NEVER_ON_A_PLATE = re.compile(r"[IOQU]")


_CIN_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def _cin_of(account: str) -> str:
    """The control letter of an Italian account: bank, branch and account number, 22 digits or letters."""
    places = (int(sign) if sign.isdigit() else ord(sign) - ord("A") for sign in account)
    total = sum(_CIN_ODD[place] if number % 2 == 0 else place for number, place in enumerate(places))
    return chr(ord("A") + total % 26)


def normalise_iban(text: str) -> str:
    """The IBAN without blanks, in capitals; ValidationError unless its control digits are right, in Italy the CIN too."""
    code = "".join(text.split()).replace("-", "").upper()
    wrong = ValidationError(
        _("This is not a valid IBAN: compare it with your bank's, an Italian one has 27 letters and digits."),
        code="iban",
    )
    if not code.isascii() or not iban.is_valid(code):
        raise wrong
    if code.startswith("IT") and _cin_of(code[5:]) != code[4]:
        raise wrong
    return code


def normalise_plate(text: str, country: str = "IT") -> str:
    """A number plate in capitals without spaces or dashes.

    Italian cars since 1994 are AA000AA and motorcycles AA00000, without I, O, Q and U. Only cars are held to it:
    TO12345 is a motorcycle of an old series. Any other shape (provincial, foreign, trial) is kept as it is: letters
    and digits, 2 to 15. Give another `country` to keep a foreign plate that happens to look like AA000AA.
    """
    plate = text.translate(_PLATE_PADDING).upper()
    if not 2 <= len(plate) <= 15 or not plate.isalnum():
        raise ValidationError(
            _("“%(value)s” is not a number plate: write 2 to 15 letters and digits, such as AB123CD."),
            code="plate_shape",
            params={"value": text.strip()[:40]},
        )
    if country == "IT" and _CAR_SHAPE.fullmatch(plate) and _NEVER_ON_A_PLATE.search(plate):
        raise ValidationError(
            _("Italian plates never use I, O, Q or U: read “%(value)s” again for a 1 or a 0."),
            code="plate_letters",
            params={"value": plate},
        )
    return plate


# --- For model fields -----------------------------------------------------------------------------------------
def _require_stored_form(value: str, normal: str) -> None:
    if value != normal:
        raise ValidationError(
            _("Write it as “%(normal)s”."),
            code="not_normalised",
            params={"normal": normal, "value": value},
        )


def validate_tax_code(value: str) -> None:
    """Field validator: a codice fiscale in its stored form."""
    _require_stored_form(value, normalise_tax_code(value))


def validate_vat_number(value: str) -> None:
    """Field validator: a partita IVA in its stored form."""
    _require_stored_form(value, normalise_vat_number(value))
