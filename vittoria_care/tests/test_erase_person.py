"""`erase_person`: the plan of one person line by line, with totals and what the words mean; and the erasure itself."""

from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from customers.models import ClaimDraft, Consent
from customers.tests.factories import (
    ClaimDraftFactory,
    ClaimFactory,
    ClaimFileFactory,
    ConsentFactory,
    ContactPointFactory,
    CustomerFactory,
    PolicyFactory,
)
from vittoria_care.privacy.erasure import erase

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ERASURE_LEDGER = str(tmp_path / "erasures.jsonl")


def printed(customer, *options):
    """The lines of a dry run, without the blanks between their columns."""
    out = StringIO()
    call_command("erase_person", str(customer.pk), "--dry-run", *options, stdout=out)
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def a_draft_with_files(customer):
    """A draft of a claim with two photographs, one of which has no file any more."""
    draft = ClaimDraftFactory(customer=customer, policy=PolicyFactory(holder=customer, ends_on="2099-01-01"))
    name = default_storage.save("claims/foto", ContentFile(b"foto"))
    ClaimFileFactory(draft=draft, claim=None, file=name)
    ClaimFileFactory(draft=draft, claim=None, file="")
    return draft


def test_each_line_says_what_goes_or_stays_why_and_until_when_and_nothing_is_done():
    customer = ContactPointFactory().customer
    PolicyFactory(holder=customer, ends_on="2026-12-31", state="expired")
    lines = printed(customer)
    assert "deleted customers.ContactPoint 1 row nothing makes us keep it" in lines
    policy = next(line for line in lines if "customers.Policy" in line)
    assert policy.startswith("kept customers.Policy 1 row until 2036-12-31: accounting records are kept for ten years")
    assert customer.contact_points.count() == 1


def test_a_row_without_a_file_is_no_file():
    customer = CustomerFactory()
    a_draft_with_files(customer)
    assert "deleted customers.ClaimFile/draft 2 rows with it (1 file)" in printed(customer)


def test_earlier_versions_are_counted_with_their_rows():
    customer = ContactPointFactory().customer
    customer.contact_points.update(stated="333 1")
    line = next(line for line in printed(customer) if "customers.ContactPoint" in line)
    assert line.endswith("(1 earlier version)")


def test_the_totals_are_those_of_the_lines():
    customer = ContactPointFactory().customer
    a_draft_with_files(customer)
    ConsentFactory(customer=customer)
    lines = printed(customer)
    totals = lines[lines.index("In all:") + 1 :][:2]
    assert totals[0].startswith("3 rows deleted, 0 rows emptied, 1 file and ")
    assert totals[1].startswith("4 rows kept, 2 of them until 2109-")
    assert totals[1].endswith(", 2 until a day that nobody knows yet")


def test_the_words_are_explained():
    words = printed(ContactPointFactory().customer)
    explained = [line.split()[0] for line in words[words.index("In these words:") + 1 :]]
    assert explained == ["deleted", "emptied", "kept", "with"]


def test_the_ids_are_named_to_whoever_asks_for_them():
    point = ContactPointFactory()
    line = f"deleted customers.ContactPoint 1 row nothing makes us keep it [{point.pk}]"
    assert [line in printed(point.customer, *options) for options in ((), ("--verbosity=2",))] == [False, True]


def test_what_has_to_end_first_stands_before_the_plan():
    customer = ClaimFactory().customer
    lines = printed(customer)
    assert lines.index("- a claim is open: it has to be settled first") < lines.index("What stays:")


def test_of_somebody_erased_nothing_is_known():
    customer = ContactPointFactory().customer
    erase(customer)
    assert printed(customer)[-1] == "Nothing is known of this person any more."


# --- Without --dry-run
def test_it_erases_and_withdraws_the_consents():
    customer = CustomerFactory()
    a_draft_with_files(customer)
    ConsentFactory(customer=customer)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("erase_person", customer.code, stdout=out)
    assert [each.event for each in Consent.objects.in_force()] == [Consent.Event.WITHDRAWN]
    assert (ClaimDraft.objects.count(), default_storage.listdir("claims")[1]) == (0, [])
    assert "1 file." in out.getvalue().splitlines()[-1]


def test_it_says_by_its_exit_code_that_something_stays():
    customer = ContactPointFactory().customer
    PolicyFactory(holder=customer, ends_on="2026-02-01")
    with pytest.raises(SystemExit) as end:
        call_command("erase_person", str(customer.pk), stdout=StringIO())
    assert (end.value.code, customer.contact_points.count()) == (1, 0)


def test_nothing_is_done_while_something_is_under_way():
    point = ContactPointFactory()
    ClaimFactory(policy__holder=point.customer, policy__ends_on="2026-02-01")
    with pytest.raises(CommandError, match="Nothing was erased") as refusal:
        call_command("erase_person", str(point.customer_id), stdout=StringIO())
    assert (refusal.value.returncode, point.customer.contact_points.count()) == (2, 1)


@pytest.mark.parametrize("named", ["0", "nobody", "9" * 30])
def test_somebody_unknown_is_refused(named):
    with pytest.raises(CommandError, match="There is no customer") as refusal:
        call_command("erase_person", named, stdout=StringIO())
    assert refusal.value.returncode == 2
