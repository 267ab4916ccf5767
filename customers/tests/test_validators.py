"""Rules: Italian identifiers, accepted in their many spellings and refused when they were made up."""

import datetime
import re
from itertools import combinations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum.it.codicefiscale import calc_check_digit

from customers import validators
from customers.validators import (
    birth_date_and_sex,
    normalise_email,
    normalise_phone,
    normalise_plate,
    normalise_tax_code,
    normalise_vat_number,
    tax_code_matches_name,
)

CLASH_LETTERS = "LMNPQRSTUV"
DIGIT_PLACES = (6, 7, 9, 10, 12, 13, 14)
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def with_check(fifteen: str) -> str:
    return fifteen + calc_check_digit(fifteen)


@st.composite
def person_codes(draw) -> tuple[str, datetime.date, str]:
    """A valid code with the day of birth and the sex it holds."""
    born = draw(st.dates(datetime.date(1930, 1, 1), datetime.date(2025, 12, 31)))
    sex = draw(st.sampled_from("MF"))
    names = draw(st.text(CAPITALS, min_size=6, max_size=6))
    place = draw(st.sampled_from("ABCDEFGHILMZ")) + f"{draw(st.integers(1, 999)):03}"
    day = born.day + (40 if sex == "F" else 0)
    return with_check(f"{names}{born:%y}{'ABCDEHLMPRST'[born.month - 1]}{day:02}{place}"), born, sex


ON = datetime.date(2026, 1, 1)


@given(person_codes())
def test_a_valid_code_is_accepted_and_gives_birth_and_sex(made):
    code, born, sex = made
    assert normalise_tax_code(code) == code
    assert birth_date_and_sex(code, ON) == (born, sex)


@given(person_codes())
def test_every_clash_variant_is_accepted_with_the_same_birth_and_sex(made):
    code, born, sex = made
    for count in range(1, len(DIGIT_PLACES) + 1):
        for places in combinations(DIGIT_PLACES, count):
            letters = list(code[:15])
            for place in places:
                letters[place] = CLASH_LETTERS[int(letters[place])]
            variant = with_check("".join(letters))
            assert normalise_tax_code(variant) == variant
            assert birth_date_and_sex(variant, ON) == (born, sex)


@given(person_codes(), st.sampled_from(CAPITALS))
def test_another_check_letter_is_refused(made, letter):
    code = made[0]
    if letter != code[15]:
        with pytest.raises(ValidationError):
            normalise_tax_code(code[:15] + letter)


@given(person_codes(), st.integers(0, 14), st.data())
def test_one_changed_character_is_refused(made, place, data):
    code = made[0]
    alphabet = "0123456789" if code[place].isdigit() else CAPITALS
    other = data.draw(st.sampled_from(alphabet.replace(code[place], "")))
    with pytest.raises(ValidationError):
        normalise_tax_code(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("RCCMNL83S18D969H", "RCCMNL83S18D969H"),
        ("RCCMNL83S18D96VW", "RCCMNL83S18D96VW"),
        (" rcc mnl 83s18 d969h ", "RCCMNL83S18D969H"),
        ("00743110157", "00743110157"),
        ("802 099 305 87", "80209930587"),
    ],
)
def test_tax_codes_come_to_one_form(text, stored):
    assert normalise_tax_code(text) == stored


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "tax_code_length"),
        ("RCCMNL83S18D969", "tax_code_length"),
        ("RCCMNL83S18D969HH", "tax_code_length"),
        ("RCCMNL83S18D969A", "tax_code_check"),
        (with_check("RCCMNL83F18D969"), "tax_code_month"),
        (with_check("RCCMNL83B30D969"), "tax_code_date"),
        (with_check("RCCMNL83B29D969"), "tax_code_date"),  # 1983 and 2083 have no such day
        (with_check("RCCMNL83S00D969"), "tax_code_date"),
        (with_check("RCCMNL83S32D969"), "tax_code_date"),
        (with_check("RCCMNL83S40D969"), "tax_code_date"),
        (with_check("RCCMNL83S72D969"), "tax_code_date"),
        (with_check("RCCMNL83S81D969"), "tax_code_date"),  # modulo forty this would be the first
        ("1CCMNL83S18D969H", "tax_code_shape"),
        ("RCCMNL83S18D96AH", "tax_code_shape"),  # A stands for no digit
        ("RCCMNL83S18Dà69H", "tax_code_shape"),
        ("00743110158", "tax_code_check"),
        ("00000000000", "tax_code_check"),
        ("٠٠٧٤٣١١٠١٥٧", "tax_code_length"),
    ],
)
def test_a_made_up_tax_code_is_refused_with_its_reason(text, code):
    with pytest.raises(ValidationError) as refusal:
        normalise_tax_code(text)
    assert refusal.value.code == code


def test_the_leap_day_of_year_00_is_accepted():
    code = with_check("RCCMNL00B29D969")
    assert normalise_tax_code(code) == code
    assert birth_date_and_sex(code, ON) == (datetime.date(2000, 2, 29), "M")


@pytest.mark.parametrize(
    ("on", "born"),
    [
        (datetime.date(2026, 3, 14), datetime.date(1926, 3, 15)),
        (datetime.date(2026, 3, 15), datetime.date(2026, 3, 15)),
    ],
)
def test_the_century_is_the_latest_that_is_not_in_the_future(on, born):
    assert birth_date_and_sex(with_check("RCCMNL26C15D969"), on) == (born, "M")


def test_eleven_digits_hold_no_birth():
    assert birth_date_and_sex("00743110157") is None


@pytest.mark.parametrize(
    ("tax_code", "first_name", "last_name", "matches"),
    [
        ("RSSMRA85T10A562S", "Mario", "Rossi", True),
        ("RSSGFR85T10A562X", "Gianfranco", "Rossi", True),  # four consonants: the second is skipped
        ("FOXDRA85T10A562X", "Dario", "Fo", True),
        ("DNGNCL85T10A562X", "Nicolò", "D'Angelo", True),
        ("AIEZOX85T10A562X", "Zo", "Aie", True),
        ("RSSMRA85T10A562S", "Luigi", "Rossi", False),
        ("00743110157", "Mario", "Rossi", True),
    ],
)
def test_the_name_is_compared_with_the_code(tax_code, first_name, last_name, matches):
    assert tax_code_matches_name(tax_code, first_name=first_name, last_name=last_name) is matches


@pytest.mark.parametrize(("text", "stored"), [("IT 00743110157", "00743110157"), ("00743110157", "00743110157")])
def test_vat_numbers_come_to_one_form(text, stored):
    assert normalise_vat_number(text) == stored


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0074311015", "vat_number_shape"),
        ("DE00743110157", "vat_number_shape"),
        ("00743110158", "vat_number_check"),
        ("00000000000", "vat_number_office"),
        ("00743112007", "vat_number_office"),  # office 200
    ],
)
def test_a_made_up_vat_number_is_refused(text, code):
    with pytest.raises(ValidationError) as refusal:
        normalise_vat_number(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("02 48219001", "+390248219001"),
        ("0248219001", "+390248219001"),
        ("0039 02.48219001", "+390248219001"),
        ("+39 02/4821.9001", "+390248219001"),
        ("(+39) 02-48219001", "+390248219001"),
        ("+390248219001", "+390248219001"),
        ("333 1234567", "+393331234567"),
        ("0039-333-1234567", "+393331234567"),
        ("393331234567", "+393331234567"),
        ("800 016611", "+39800016611"),
        ("803.116", "+39803116"),
        ("0044 20 7946 0958", "+442079460958"),
        ("+41 91 807 21 11", "+41918072111"),
    ],
)
def test_phones_come_to_e164(text, stored):
    assert normalise_phone(text) == stored


@given(st.integers(320_0000000, 399_9999999), st.sampled_from(["{}", "+39 {}", "0039{}", "{:_}", "+39/{}"]))
def test_a_mobile_is_the_same_however_it_is_written(number, shape):
    assert normalise_phone(shape.format(number)) == f"+39{number}"


@given(st.integers(2000_0000, 8999_9999))
def test_normalising_twice_changes_nothing(subscriber):
    once = normalise_phone(f"02 {subscriber}")
    assert once == f"+3902{subscriber}"
    assert normalise_phone(once) == once


@pytest.mark.parametrize(
    "text", ["", "112", "12345", "02 12", "333 12345", "+39", "02 4821 9001 int. 3", "800-VITTORIA", "x"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValidationError):
        normalise_phone(text)


def test_a_number_without_prefix_is_read_in_its_region():
    assert normalise_phone("020 7946 0958", region="GB") == "+442079460958"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        (" Mario.Rossi@Example.IT ", "mario.rossi@example.it"),
        ("o'neil+polizze@mail.example.co.uk", "o'neil+polizze@mail.example.co.uk"),
        ("studio@legalmail.example", "studio@legalmail.example"),
    ],
)
def test_e_mail_comes_to_lower_case(text, stored):
    assert normalise_email(text) == stored


@pytest.mark.parametrize(
    "text", ["", "mario", "a@b", "a..b@example.it", "a b@example.it", "a@example.it;b@example.it", "a@-x.it"]
)
def test_what_is_no_e_mail_is_refused(text):
    with pytest.raises(ValidationError):
        normalise_email(text)


def test_an_e_mail_too_long_for_its_column_is_refused():
    with pytest.raises(ValidationError):
        normalise_email("a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".it")


@pytest.mark.parametrize(
    "text",
    [
        '"rossi,mario"@example.it',
        '"rossi mario"@example.it',
        "mario@[192.0.2.7]",
        "mario@localhost",
        "a" * 65 + "@example.it",
        "rossi;mario@example.it",
    ],
)
def test_an_address_to_which_no_mail_can_be_sent_is_refused_at_the_door(text):
    with pytest.raises(ValidationError, match=re.escape(text[:60])):
        normalise_email(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("ab 123-cd", "AB123CD"),
        ("AB12345", "AB12345"),
        ("TO 12345", "TO12345"),
        ("Roma A12345", "ROMAA12345"),
        ("B-MW 1234", "BMW1234"),
    ],
)
def test_plates_come_to_one_form(text, stored):
    assert normalise_plate(text) == stored


@pytest.mark.parametrize("text", ["", "A", "AO123CD", "AB123CQ", "AB#123", "X" * 16])
def test_what_is_no_plate_is_refused(text):
    with pytest.raises(ValidationError):
        normalise_plate(text)


def test_a_foreign_plate_may_look_italian():
    assert normalise_plate("IL 123 AB", country="SK") == "IL123AB"


@pytest.mark.parametrize(
    ("name", "stored", "otherwise"),
    [
        ("tax_code", "RCCMNL83S18D969H", "rccmnl83s18d969h"),
        ("vat_number", "00743110157", "IT00743110157"),
    ],
)
def test_a_field_takes_only_the_stored_form(name, stored, otherwise):
    validate = getattr(validators, f"validate_{name}")
    validate(stored)
    with pytest.raises(ValidationError) as refusal:
        validate(otherwise)
    assert refusal.value.params["normal"] == stored
