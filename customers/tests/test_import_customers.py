"""`import_customers`: what is loaded, what is refused and why, and what a second time changes."""

import csv
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from stdnum.it import codicefiscale

from customers import roles
from customers.contact_points.commands import Why, add_point, change_home, change_language, correct_point, retire_point
from customers.contact_points.rules import seen_of
from customers.imports.customers import CustomerLoader
from customers.models import Agency, ContactPoint, Customer, FedValue
from customers.tests.factories import UserFactory
from foundation.files import upserts as loading

pytestmark = pytest.mark.django_db

HEADER = "code,kind,first_name,last_name,company_name,tax_code,agency,province,phone,email"
ROSSI = "C1,person,Mario,Rossi,,RSSMRA85T10A562S,A01,MI,02 48219001,Mario.Rossi@example.it"
ACME = "C2,company,,,Acme S.r.l.,00743110157,A01,RM,,acme@example.it"


@pytest.fixture(autouse=True)
def agency() -> Agency:
    return Agency.objects.create(code="A01", name="Agenzia di Milano")


@pytest.fixture
def load(tmp_path):
    """Import the lines; give back (exit code, counts by name, refused rows)."""

    def run(*lines: str, **options):
        source, errors, out = tmp_path / "in.csv", tmp_path / "errors.csv", StringIO()
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        code: str | int | None = 0
        try:
            call_command("import_customers", str(source), errors=str(errors), stdout=out, **options)
        except SystemExit as end:
            code = end.code
        counts = dict(pair.split("=") for pair in out.getvalue().splitlines()[-1].split())
        return code, {name: int(counts[name]) for name in COUNTS}, refused(errors)

    return run


COUNTS = ("read", "created", "updated", "unchanged", "duplicates", "rejected")


def refused(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def numbers(**given: int) -> dict[str, int]:
    return {name: given.get(name, 0) for name in COUNTS}


def test_people_and_companies_are_loaded_with_their_contact_points(load):
    code, counts, _errors = load(HEADER, ROSSI, ACME)
    assert (code, counts) == (0, numbers(read=2, created=2))
    rossi = Customer.objects.get(code="C1")
    assert (str(rossi), rossi.search_key, rossi.birth_date.isoformat()) == ("Rossi Mario", "rossi mario", "1985-12-10")
    assert list(rossi.contact_points.values_list("kind", "value", "stated")) == [
        ("phone", "+390248219001", "02 48219001"),
        ("email", "mario.rossi@example.it", "Mario.Rossi@example.it"),
    ]
    assert Customer.objects.get(code="C2").segment == "business"


def test_the_second_time_changes_nothing(load):
    load(HEADER, ROSSI, ACME)
    before = list(Customer.objects.order_by("pk").values())
    code, counts, _errors = load(HEADER, ROSSI, ACME)
    assert (code, counts) == (0, numbers(read=2, unchanged=2))
    assert list(Customer.objects.order_by("pk").values()) == before
    assert ContactPoint.objects.count() == 3


def test_a_trial_run_counts_the_same_and_keeps_nothing(load):
    code, counts, _errors = load(HEADER, ROSSI, ACME, dry_run=True)
    assert (code, counts) == (0, numbers(read=2, created=2))
    assert not Customer.objects.exists()


def test_a_changed_row_updates_and_leaves_a_trace(load):
    load(HEADER, ROSSI)
    code, counts, _errors = load(HEADER, ROSSI.replace("MI", "TO"))
    assert (code, counts) == (0, numbers(read=1, updated=1))
    rossi = Customer.objects.get()
    assert rossi.province == "TO"
    assert list(apps.get_model("customers", "CustomerHistory").objects.values_list("province", flat=True)) == ["MI"]


def test_an_absent_column_and_an_empty_cell_leave_what_is_stored(load):
    load(HEADER, ROSSI)
    _code, counts, _errors = load("code,last_name,province", "C1,,")
    assert counts == numbers(read=1, unchanged=1)
    assert Customer.objects.get().province == "MI"


def test_a_dash_empties_the_value(load):
    load(HEADER, ROSSI)
    _code, counts, _errors = load("code,province,tax_code", "C1,-,-")
    assert counts == numbers(read=1, updated=1)
    rossi = Customer.objects.get()
    assert (rossi.province, rossi.tax_code) == ("", "")


def test_contact_points_are_added_and_those_there_are_kept(load):
    load(HEADER, ROSSI)
    _code, counts, _errors = load("code,phone,mobile", "C1,,333 1234567|+39 333 1234567|347 1234567")
    assert counts == numbers(read=1, updated=1)
    assert set(ContactPoint.objects.filter(kind="phone").values_list("value", flat=True)) == {
        "+390248219001",
        "+393331234567",
        "+393471234567",
    }


def test_a_dash_takes_away_the_unverified_contact_points_of_its_kind(load):
    load(HEADER, ROSSI)
    load("code,mobile", "C1,333 1234567")
    ContactPoint.objects.filter(value="+393331234567").update(verified_at=timezone.now())
    load("code,phone", "C1,-")
    assert list(ContactPoint.objects.values_list("value", flat=True)) == ["mario.rossi@example.it", "+393331234567"]


def test_what_was_removed_or_corrected_here_does_not_come_back(load):
    load(HEADER, ROSSI)
    customer, agent = Customer.objects.get(code="C1"), UserFactory(role=roles.AGENT)
    phone, email = customer.contact_points.get(kind="phone"), customer.contact_points.get(kind="email")
    common = {"why": Why("phone"), "by": agent}
    retire_point(customer, point=phone.pk, seen=seen_of(phone.value, None), key=uuid.uuid4(), **common)
    correct_point(
        customer, point=email.pk, seen=seen_of(email.value, None), value="nuova@example.it", key=uuid.uuid4(), **common
    )
    _code, counts, _errors = load(HEADER, ROSSI)
    assert counts == numbers(read=1, unchanged=1)
    assert list(customer.contact_points.values_list("value", flat=True)) == ["nuova@example.it"]


def test_what_was_removed_and_added_again_here_is_kept(load):
    load(HEADER, ROSSI)
    customer, agent = Customer.objects.get(code="C1"), UserFactory(role=roles.AGENT)
    phone = customer.contact_points.get(kind="phone")
    common = {"why": Why("phone"), "by": agent}
    retire_point(customer, point=phone.pk, seen=seen_of(phone.value, None), key=uuid.uuid4(), **common)
    add_point(customer, kind="phone", value=phone.value, key=uuid.uuid4(), **common)
    load(HEADER, ROSSI)
    assert customer.contact_points.filter(value=phone.value).count() == 1


def test_equal_rows_are_a_repetition_and_a_contradiction_is_refused(load):
    code, counts, errors = load(HEADER, ROSSI, ROSSI, ROSSI.replace("Mario", "Maria", 1))
    assert (code, counts) == (1, numbers(read=3, created=1, duplicates=1, rejected=1))
    assert [(row["row"], row["column"], row["value"]) for row in errors] == [("3", "code", "C1")]
    assert "1" in errors[0]["hint"]


def test_repetitions_are_seen_across_chunks(load, monkeypatch):
    monkeypatch.setattr(loading.load_table, "__kwdefaults__", {"chunk_rows": 1})
    _code, counts, _errors = load(HEADER, ROSSI, ACME, ROSSI)
    assert counts == numbers(read=3, created=2, duplicates=1)


def test_a_corrected_row_may_follow_its_refused_twin(load):
    _code, counts, _errors = load(HEADER, ROSSI.replace("A01", "A99"), ROSSI)
    assert counts == numbers(read=2, created=1, rejected=1)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (ROSSI.replace("C1", "", 1), "code"),
        (ROSSI.replace("A01", "A99"), "agency"),
        (ROSSI.replace("A01", ""), "agency"),
        (ROSSI.replace("RSSMRA85T10A562S", "RSSMRA85T10A562A"), "tax_code"),
        (ROSSI.replace("MI", "XX"), "province"),
        (ROSSI.replace("MI", "PS"), "province"),
        (ROSSI.replace("02 48219001", "12345"), "phone"),
        (ROSSI.replace("Mario.Rossi@example.it", "mario"), "email"),
        (ROSSI.replace("person", "robot"), "kind"),
        (ROSSI.replace("Rossi,", ",", 1), "last_name"),
        (ROSSI.replace("Rossi,,", "Rossi,Acme,", 1), "company_name"),
        (ACME.replace("Acme S.r.l.", ""), "company_name"),
        (ROSSI.replace("Mario,", "M" * 101 + ",", 1), "first_name"),
    ],
)
def test_a_wrong_row_is_refused_by_its_cell_and_the_rest_is_loaded(load, row, column):
    code, counts, errors = load(HEADER, row, "C9,person,Anna,Verdi,,,A01,MI,,")
    assert (code, counts) == (1, numbers(read=2, created=1, rejected=1))
    assert errors[0]["column"] == column
    assert errors[0]["reason"]
    assert list(Customer.objects.values_list("code", flat=True)) == ["C9"]


def test_the_tax_code_of_another_customer_is_refused_and_names_them(load):
    load(HEADER, ROSSI)
    _code, counts, errors = load(HEADER, ROSSI.replace("C1", "C7"), "C8,person,A,B,,RCCMNL83S18D969H,A01,,,")
    assert counts == numbers(read=2, created=1, rejected=1)
    assert (errors[0]["column"], "C1" in errors[0]["hint"]) == ("tax_code", True)


def test_two_rows_of_one_file_cannot_share_a_tax_code(load):
    _code, counts, errors = load(HEADER, ROSSI, ROSSI.replace("C1", "C7"))
    assert counts == numbers(read=2, created=1, rejected=1)
    assert errors[0]["row"] == "2"


def test_birth_dates_are_dates_of_the_past(load):
    _code, counts, errors = load(
        "code,last_name,agency,birth_date",
        "C1,Rossi,A01,31/02/1980",
        "C2,Rossi,A01,2199-01-01",
        "C3,Rossi,A01,31/01/1980",
    )
    assert counts == numbers(read=3, created=1, rejected=2)
    assert [row["column"] for row in errors] == ["birth_date", "birth_date"]
    assert Customer.objects.get().birth_date.isoformat() == "1980-01-31"


def test_an_address_abroad_has_no_italian_province(load):
    _code, counts, errors = load(
        "code,last_name,agency,country,province",
        "C1,Muster,A01,CH,EE",
        "C2,Muster,A01,CH,TI",
        "C3,Muster,A01,XX,",
        "C4,Muster,A01,CH,-",
    )
    assert counts == numbers(read=4, created=2, rejected=2)
    assert [row["column"] for row in errors] == ["province", "country"]


@pytest.mark.parametrize(("text", "stored"), [("20121", "20121"), ("118", "00118"), ("2012A", None), ("201211", None)])
def test_an_italian_postal_code_gets_its_lost_zeros_back(load, text, stored):
    load("code,last_name,agency,postal_code", f"C1,Rossi,A01,{text}")
    assert Customer.objects.values_list("postal_code", flat=True).first() == stored


def test_a_move_abroad_forgets_the_province(load):
    load(HEADER, ROSSI)
    load("code,country", "C1,CH")
    assert Customer.objects.values_list("country", "province").get() == ("CH", "")


def test_a_person_who_became_a_company_keeps_no_name_of_a_person(load):
    load(HEADER, ROSSI)
    load("code,kind,company_name", "C1,company,Rossi S.n.c.")
    rossi = Customer.objects.get()
    assert (str(rossi), rossi.last_name, rossi.search_key) == ("Rossi S.n.c.", "", "rossi s n c")


def test_every_row_is_in_one_count(load):
    load(HEADER, ROSSI, ACME)
    new = "C3,person,Anna,Verdi,,,A01,MI,,"
    rows = [ROSSI, ACME.replace("RM", "MI"), new, new, "C4,person,,,,,A01,,,", '"broken', ROSSI.replace("MI", "TO")]
    code, counts, _errors = load(HEADER, *rows)
    assert (code, counts) == (1, numbers(read=7, created=1, updated=1, unchanged=1, duplicates=1, rejected=3))


def test_a_rule_that_only_the_database_knows_refuses_its_row_alone(load, monkeypatch):
    monkeypatch.setattr(loading.Loader, "_parse", too_trusting(loading.Loader._parse))
    _code, counts, errors = load(HEADER, ROSSI, ACME, "C3,person,Anna,Verdi,,,A01,MI,,")
    assert counts == numbers(read=3, created=2, rejected=1)
    assert "customer_tax_code_shape" in errors[0]["reason"]


def too_trusting(parse):
    def without_rules(self, place, row):
        parsed = parse(self, place, row)
        if parsed.key == "C1":
            parsed.given["tax_code"] = "?"
        return parsed

    return without_rules


def test_an_unknown_column_is_passed_over_with_a_warning(load, capsys):
    code, counts, _errors = load(HEADER + ",hobby", ROSSI + ",chess")
    assert (code, counts) == (0, numbers(read=1, created=1))


@pytest.mark.parametrize(
    "lines", [["name,agency", "Rossi,A01"], [""], ["code,code", "1,2"]], ids=["no code", "empty", "column twice"]
)
def test_an_unusable_file_ends_with_two_and_writes_nothing(load, lines):
    with pytest.raises(CommandError) as end:
        load(*lines)
    assert end.value.returncode == 2
    assert not Customer.objects.exists()


def test_without_agencies_the_file_is_unusable(load):
    Agency.objects.all().delete()
    with pytest.raises(CommandError, match="import_agencies") as end:
        load(HEADER, ROSSI)
    assert end.value.returncode == 2


def test_an_extension_is_kept_in_the_number_as_stated(load):
    load(HEADER, ROSSI.replace("02 48219001", "347 1234567 int. 5"))
    point = ContactPoint.objects.get(kind="phone")
    assert (point.value, point.stated) == ("+393471234567", "347 1234567 int. 5")


@pytest.mark.parametrize("name", ["Torino", "TORINO", "to", "Forlì-Cesena", "forli cesena"])
def test_a_province_is_found_by_code_or_name(load, name):
    code, _counts, _errors = load(HEADER, ROSSI.replace(",MI,", f",{name},"))
    assert (code, Customer.objects.get().province) == (0, "TO" if name.lower().startswith("to") else "FC")


@pytest.mark.parametrize(("age", "stated", "is_doubtful"), [(5, False, True), (5, True, False), (30, False, False)])
def test_a_birth_date_that_only_the_tax_code_gives_is_doubtful_of_a_minor(
    load, capsys, tmp_path, age, stated, is_doubtful
):
    born = timezone.localdate().replace(month=1, day=10)
    born = born.replace(year=born.year - age)
    code = f"RSSMRA{born:%y}A10F205"
    row = ROSSI.replace("RSSMRA85T10A562S", code + codicefiscale.calc_check_digit(code)) + f",{born if stated else ''}"
    (tmp_path / "one.csv").write_text(f"{HEADER},birth_date\n{row}\n", encoding="utf-8")
    call_command("import_customers", str(tmp_path / "one.csv"))
    assert ("minorenne" in capsys.readouterr().out) == is_doubtful


def test_the_error_file_can_be_corrected_and_loaded(load, tmp_path):
    load(HEADER, ROSSI.replace("A01", "A99").replace("02 48219001", "+39 02 48219001"))
    corrected = (tmp_path / "errors.csv").read_text().replace("RSSMRA85T10A562S,A99", "RSSMRA85T10A562S,A01")
    _code, counts, _errors = load(*corrected.splitlines())
    assert counts == numbers(read=1, created=1)
    assert ContactPoint.objects.filter(value="+390248219001").exists()


def test_the_number_of_statements_does_not_grow_with_the_rows(load, django_assert_max_num_queries):
    rows = [f"C{n},person,Anna,Verdi,,,A01,MI,,anna{n}@example.it" for n in range(200)]
    with django_assert_max_num_queries(12):
        load(HEADER, *rows)
    with django_assert_max_num_queries(12):
        load(HEADER, *(row.replace("Anna", "Anita") for row in rows))


def test_a_row_changed_by_somebody_else_meanwhile_is_read_again(load, monkeypatch):
    load(HEADER, ROSSI)
    settle, times = CustomerLoader.settle, []

    def overtaken(self, parsed, state, stored):
        times.append(parsed.key)
        if len(times) == 1:
            Customer.objects.update(city="Monza")
        return settle(self, parsed, state, stored)

    monkeypatch.setattr(CustomerLoader, "settle", overtaken)
    _code, counts, _errors = load(HEADER, ROSSI.replace("MI", "TO"))
    assert (counts, times) == (numbers(read=1, updated=1), ["C1", "C1"])
    assert Customer.objects.get().province == "TO"


def test_a_row_that_somebody_keeps_changing_is_refused(load, monkeypatch):
    load(HEADER, ROSSI)
    settle = CustomerLoader.settle

    def overtaken(self, parsed, state, stored):
        Customer.objects.filter(code="C1").update(city="Monza")
        return settle(self, parsed, state, stored)

    monkeypatch.setattr(CustomerLoader, "settle", overtaken)
    _code, counts, errors = load(HEADER, ROSSI.replace("MI", "TO"), ACME)
    assert (counts, errors[0]["code"]) == (numbers(read=2, created=1, rejected=1), "C1")


# --- What was changed here ------------------------------------------------------------------------------------------
LIVES = "code,last_name,agency,address,postal_code,city,province,country,language"
OLD, NEW, THIRD = (
    f"C1,Rossi,A01,{home},IT,it"
    for home in ("Via Vecchia 1,20121,Milano,MI", "Via Nuova 2,20122,Milano,MI", "Corso Terzo 3,10121,Torino,TO")
)
MOVED = {"address": "Via Nuova 2", "postal_code": "20122", "city": "Milano", "province": "MI"}


@pytest.fixture
def moved(load):
    """A customer whose address was changed here, after the feed had brought the old one."""
    load(LIVES, OLD)
    customer = Customer.objects.get(code="C1")
    change_home(customer, home=MOVED, why=Why("phone"), key=uuid.uuid4(), by=UserFactory(role=roles.AGENT))
    return customer


def lives_at(customer):
    customer.refresh_from_db()
    return customer.address, customer.postal_code, customer.city, customer.province


def test_a_feed_that_still_has_the_old_address_does_not_undo_what_was_changed_here(load, moved, capsys):
    for _night in (1, 2):
        code, counts, _errors = load(LIVES, OLD)
        assert (code, counts) == (0, numbers(read=1, unchanged=1))
    assert lives_at(moved) == ("Via Nuova 2", "20122", "Milano", "MI")
    assert FedValue.objects.get().value["address"] == "Via Vecchia 1"


def test_a_feed_with_a_third_address_is_newer_than_ours(load, moved):
    _code, counts, _errors = load(LIVES, THIRD)
    assert (counts, lives_at(moved)) == (numbers(read=1, updated=1), ("Corso Terzo 3", "10121", "Torino", "TO"))
    assert not FedValue.objects.exists()
    load(LIVES, OLD)  # and from then on the feed's word counts as ever
    assert lives_at(moved)[0] == "Via Vecchia 1"


def test_a_feed_that_has_ours_settles_it(load, moved):
    load(LIVES, NEW)
    assert (lives_at(moved)[0], FedValue.objects.exists()) == ("Via Nuova 2", False)


def test_a_feed_that_says_nothing_of_the_address_leaves_all_as_it_is(load, moved):
    load("code,segment", "C1,camper")
    assert (lives_at(moved)[0], FedValue.objects.count()) == ("Via Nuova 2", 1)


def test_an_address_changed_here_twice_is_still_compared_with_what_the_feed_had(load, moved):
    again = {**MOVED, "address": "Via Nuova 22"}
    change_home(moved, home=again, why=Why("phone"), key=uuid.uuid4(), by=UserFactory(role=roles.AGENT))
    load(LIVES, OLD)
    assert lives_at(moved)[0] == "Via Nuova 22"


def test_a_language_chosen_here_stays_until_the_feed_changes_its_own(load):
    load(LIVES, OLD)
    customer = Customer.objects.get(code="C1")
    change_language(customer, language="en", why=Why("phone"), key=uuid.uuid4(), by=UserFactory(role=roles.AGENT))
    load(LIVES, OLD)
    customer.refresh_from_db()
    assert customer.language == "en"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (OLD, "1 postal address was kept as it was changed here"),
        (THIRD, "doubtful 1: the postal address was changed here, and another one in the file since"),
    ],
)
def test_the_report_says_what_was_kept_and_what_was_taken_after_all(moved, tmp_path, line, sentence):
    source, out = tmp_path / "in.csv", StringIO()
    source.write_text(f"{LIVES}\n{line}\n", encoding="utf-8")
    with translation.override("en"):
        call_command("import_customers", str(source), stdout=out)
    assert sentence in out.getvalue()


def test_a_trial_run_forgets_nothing_of_what_the_feed_had(load, moved):
    load(LIVES, THIRD, dry_run=True)
    assert (lives_at(moved)[0], FedValue.objects.count()) == ("Via Nuova 2", 1)
