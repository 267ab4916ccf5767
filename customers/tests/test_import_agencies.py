"""`import_agencies`: the sales network."""

from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command

from customers.models import Agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(tmp_path):
    """Import the lines; give back the last line printed."""

    def run(*lines: str) -> str:
        source, out = tmp_path / "in.csv", StringIO()
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with suppress(SystemExit):  # 1 when rows are refused
            call_command("import_agencies", str(source), stdout=out)
        return out.getvalue().splitlines()[-1].split(" seconds")[0]

    return run


def test_agencies_are_loaded_and_the_second_time_changes_nothing(load):
    lines = ["code;name;province;phone", "A01;Agenzia di Milano;mi;02 48219001", "A02;Agenzia di Roma;RM;"]
    assert load(*lines) == "read=2 created=2 updated=0 unchanged=0 duplicates=0 rejected=0"
    assert load(*lines) == "read=2 created=0 updated=0 unchanged=2 duplicates=0 rejected=0"
    assert Agency.objects.values_list("name", "province", "phone").get(code="A01") == (
        "Agenzia di Milano",
        "MI",
        "+390248219001",
    )


def test_an_agency_without_a_name_or_with_a_wrong_province_is_refused(load):
    assert load("code,name,province", "A01,,MI", "A02,Agenzia,XX") == (
        "read=2 created=0 updated=0 unchanged=0 duplicates=0 rejected=2"
    )
