"""`import_documents`: a manifest beside its files, the versions of a document, and what is refused row by row."""

import csv
import hashlib
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from customers.documents.manifest import LARGEST, NEEDED, READERS
from customers.models import Document
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    PolicyAdherentFactory,
    PolicyFactory,
)
from notifications.models import Notice

pytestmark = pytest.mark.django_db

COUNTS = ("read", "created", "updated", "unchanged", "duplicates", "rejected")
HEADER = "key,file,kind,title,policy,dated_on"
PDF = b"%PDF-1.7\nprova\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
ROW = "D1,polizza.pdf,policy,Polizza auto,P1,2026-01-02"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory(number="P1", holder=CustomerFactory(code="C1"), ends_on=date(2026, 7, 1))


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "arrivo"
    (made / "sotto").mkdir(parents=True)
    (made / "polizza.pdf").write_bytes(PDF)
    (made / "sotto" / "foto.png").write_bytes(PNG)
    return made


@pytest.fixture
def load(folder, tmp_path):
    """Import the lines on 10 June 2026; give back (exit code, counts, refused rows, everything printed)."""

    def run(*lines: str, **options):
        manifest, errors, out = folder / "manifest.csv", tmp_path / "errors.csv", StringIO()
        manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
        code: str | int | None = 0
        with time_machine.travel("2026-06-10 09:00Z", tick=False):
            try:
                call_command("import_documents", str(manifest), errors=str(errors), stdout=out, **options)
            except SystemExit as end:
                code = end.code
        counts = dict(pair.split("=") for pair in out.getvalue().splitlines()[-1].split())
        with errors.open(encoding="utf-8-sig", newline="") as file:
            return code, {name: int(counts[name]) for name in COUNTS}, list(csv.DictReader(file)), out.getvalue()

    return run


def numbers(**given: int) -> dict[str, int]:
    return {name: given.get(name, 0) for name in COUNTS}


def content_of(document: Document) -> bytes:
    with document.file.open("rb") as file:
        return file.read()


def kept_files(media: Path) -> list[Path]:
    return [each for each in Path(media).rglob("*") if each.is_file()]


# --- What is kept ----------------------------------------------------------------------------------------------------
def test_a_document_is_kept_for_the_holder_of_its_policy(load, policy, media):
    code, counts, _errors, _printed = load(HEADER, ROW)
    assert (code, counts) == (0, numbers(read=1, created=1))
    document = Document.objects.get()
    assert (document.customer, document.policy, document.kind, document.version) == (
        policy.holder,
        policy,
        "policy",
        1,
    )
    assert (document.content_type, document.size) == ("application/pdf", len(PDF))
    assert document.sha256 == hashlib.sha256(PDF).hexdigest()
    [kept] = kept_files(media)
    assert kept.read_bytes() == PDF
    assert "polizza" not in str(kept.relative_to(media))


def test_the_same_manifest_again_changes_nothing(load, media):
    load(HEADER, ROW)
    before = Document.objects.values().get()
    _code, counts, _errors, _printed = load(HEADER, ROW)
    assert counts == numbers(read=1, unchanged=1)
    assert Document.objects.values().get() == before
    assert len(kept_files(media)) == 1


def test_another_content_under_the_key_is_a_version_and_the_earlier_one_remains(load, folder):
    load(HEADER, ROW)
    (folder / "polizza.pdf").write_bytes(PDF + b"%%EOF")
    _code, counts, _errors, _printed = load(HEADER, ROW)
    assert counts == numbers(read=1, updated=1)
    first, second = Document.objects.order_by("version")
    assert (second.replaces, first.replaced_at is None, second.replaced_at) == (first, False, None)
    assert content_of(first) == PDF
    assert list(Document.objects.current()) == [second]


def test_a_corrected_title_is_a_version_too_and_shares_the_file(load, media):
    load(HEADER, ROW)
    _code, counts, _errors, _printed = load("key,file,title", "D1,polizza.pdf,Polizza dell'auto")
    assert counts == numbers(read=1, updated=1)
    assert Document.objects.current().get().title == "Polizza dell'auto"
    assert Document.objects.current().get().dated_on == date(2026, 1, 2)
    assert len(kept_files(media)) == 1


def test_equal_contents_of_two_documents_share_a_file(load, media):
    load(HEADER, ROW, ROW.replace("D1", "D2"))
    assert Document.objects.count() == 2
    assert len(kept_files(media)) == 1


def test_a_shared_file_that_was_lost_is_written_again(load, media):
    load(HEADER, ROW)
    default_storage.delete(Document.objects.get().file.name)
    load(HEADER, ROW.replace("D1", "D2"))
    assert content_of(Document.objects.get(external_key="D2")) == PDF


def test_a_claims_document_is_of_the_person_who_reported_it(load, policy):
    claim = ClaimFactory(number="S1", policy=policy, customer=CustomerFactory(), occurred_on=date(2026, 5, 1))
    load("key,file,kind,title,claim,dated_on", "D1,sotto\\foto.png,letter,Offerta,S1,2026-06-01")
    document = Document.objects.get()
    assert (document.customer, document.policy, document.claim) == (claim.customer, policy, claim)
    assert document.content_type == "image/png"


def test_the_named_customer_comes_before_the_holder(load):
    adherent = PolicyAdherentFactory(policy__number="P2").customer
    load(f"{HEADER},customer", f"D1,polizza.pdf,letter,Lettera,P2,2026-06-01,{adherent.code}")
    assert Document.objects.get().customer == adherent


def test_a_customer_who_has_nothing_to_do_with_the_policy_is_doubtful(load):
    other = CustomerFactory()
    code, counts, _errors, printed = load(f"{HEADER},customer", f"{ROW},{other.code}")
    assert (code, counts) == (0, numbers(read=1, created=1))
    assert " 1: " in printed


def test_two_sources_may_use_the_same_key(load):
    load(HEADER, ROW)
    _code, counts, _errors, _printed = load(HEADER, ROW, source="archivio")
    assert counts == numbers(read=1, created=1)


def test_a_trial_run_writes_neither_rows_nor_files(load, media):
    code, counts, _errors, _printed = load(HEADER, ROW, dry_run=True)
    assert (code, counts) == (0, numbers(read=1, created=1))
    assert not Document.objects.exists()
    assert kept_files(media) == []


def test_the_checksum_is_compared_where_it_is_stated(load):
    digest = hashlib.sha256(PDF).hexdigest()
    _code, counts, errors, _printed = load(
        f"{HEADER},sha256", f"{ROW},{digest.upper()}", f"{ROW.replace('D1', 'D2')},{'0' * 64}"
    )
    assert counts == numbers(read=2, created=1, rejected=1)
    assert errors[0]["column"] == "sha256"


# --- What is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("row", "column"),
    [
        (ROW.replace("D1", ""), "key"),
        (ROW.replace("D1", "D" * 101), "key"),
        (ROW.replace("polizza.pdf", ""), "file"),
        (ROW.replace("polizza.pdf", "manca.pdf"), "file"),
        (ROW.replace("polizza.pdf", "sotto"), "file"),
        (ROW.replace("polizza.pdf", "../segreti.pdf"), "file"),
        (ROW.replace("polizza.pdf", "sotto/../../segreti.pdf"), "file"),
        (ROW.replace("polizza.pdf", "/etc/passwd"), "file"),
        (ROW.replace("polizza.pdf", "C:\\segreti.pdf"), "file"),
        (ROW.replace("polizza.pdf", "fuori.pdf"), "file"),  # a link that leads out
        (ROW.replace("polizza.pdf", "vuoto.pdf"), "file"),
        (ROW.replace("polizza.pdf", "pagina.pdf"), "file"),
        (ROW.replace("polizza.pdf", "programma.jpg"), "file"),
        (ROW.replace("polizza.pdf", "enorme.pdf"), "file"),
        (ROW.replace("policy", "poem"), "kind"),
        (ROW.replace(",policy,", ",,"), "kind"),
        (ROW.replace("Polizza auto", ""), "title"),
        (ROW.replace("Polizza auto", "x" * 10_000), "title"),
        (ROW.replace("P1", "P404"), "policy"),
        (ROW.replace("P1", ""), "policy"),
        (ROW.replace("2026-01-02", ""), "dated_on"),
        (ROW.replace("2026-01-02", "2027-01-02"), "dated_on"),
        (ROW.replace("2026-01-02", "-"), "dated_on"),
    ],
)
def test_a_wrong_row_is_refused_by_its_cell_and_the_rest_is_loaded(load, folder, tmp_path, row, column):
    (tmp_path / "segreti.pdf").write_bytes(PDF)
    (folder / "fuori.pdf").symlink_to(tmp_path / "segreti.pdf")
    (folder / "vuoto.pdf").write_bytes(b"")
    (folder / "pagina.pdf").write_bytes(b"<!doctype html><script>alert(1)</script>")
    (folder / "programma.jpg").write_bytes(b"MZ\x90\x00")
    with (folder / "enorme.pdf").open("wb") as file:
        file.write(PDF)
        file.truncate(LARGEST + 1)
    code, counts, errors, _printed = load(HEADER, row, ROW.replace("D1", "D9"))
    assert (code, counts) == (1, numbers(read=2, created=1, rejected=1))
    assert errors[0]["column"] == column
    assert errors[0]["hint"] or column in ("key", "kind", "dated_on", "title")
    assert Document.objects.get().external_key == "D9"


def test_a_letter_of_nobody_is_refused(load):
    _code, _counts, errors, _printed = load(HEADER, "D1,polizza.pdf,letter,Lettera,,2026-06-01")
    assert errors[0]["column"] == "customer"


def test_a_claim_under_another_policy_is_refused(load):
    claim = ClaimFactory(number="S1")
    _code, _counts, errors, _printed = load(f"{HEADER},claim", f"{ROW},{claim.number}")
    assert errors[0]["column"] == "policy"


def test_a_validity_that_ends_before_it_begins_is_refused(load):
    _code, _counts, errors, _printed = load(f"{HEADER},valid_from,valid_to", f"{ROW},2026-02-01,2026-01-01")
    assert errors[0]["column"] == "valid_to"


def test_the_same_key_twice_in_a_manifest(load):
    _code, counts, errors, _printed = load(HEADER, ROW, ROW, ROW.replace("Polizza auto", "Altro"))
    assert counts == numbers(read=3, created=1, duplicates=1, rejected=1)
    assert errors[0]["column"] == "key"


def test_the_error_file_corrected_can_be_imported(load, folder, tmp_path):
    load(HEADER, ROW.replace("polizza.pdf", "manca.pdf"))
    corrected = (tmp_path / "errors.csv").read_text(encoding="utf-8-sig").replace("manca.pdf", "polizza.pdf")
    (tmp_path / "corrected.csv").write_text(corrected, encoding="utf-8")
    with time_machine.travel("2026-06-10 09:00Z", tick=False):
        call_command("import_documents", str(tmp_path / "corrected.csv"), folder=str(folder), stdout=StringIO())
    assert Document.objects.get().external_key == "D1"


@pytest.mark.parametrize(
    ("file", "options"),
    [
        ("manca.csv", {}),
        ("-", {}),
        ("manifest.csv", {"folder": "/manca"}),
        ("manifest.csv", {"source": "Un nome lungo"}),
        ("senza.csv", {}),
    ],
)
def test_what_cannot_be_used_stops_before_anything_is_written(folder, file, options):
    (folder / "manifest.csv").write_text(f"{HEADER}\n{ROW}\n")
    (folder / "senza.csv").write_text("key,title\nD1,x\n")
    with pytest.raises(CommandError) as refusal:
        call_command("import_documents", file if file == "-" else str(folder / file), stdout=StringIO(), **options)
    assert refusal.value.returncode == 2
    assert not Document.objects.exists()


def test_a_full_disk_refuses_the_row_and_leaves_nothing(load, media, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    code, counts, errors, _printed = load(HEADER, ROW)
    assert (code, counts, errors[0]["column"]) == (1, numbers(read=1, rejected=1), "file")
    assert not Document.objects.exists()


# --- A risk certificate is announced -------------------------------------------------------------------------------------
CERTIFICATE = "D1,polizza.pdf,certificate,Attestato di rischio,P1,2026-05-28"


def test_the_arrival_of_a_certificate_is_told_once(load, policy):
    ContactPointFactory(customer=policy.holder, kind="email", value="anna@example.it")
    load(HEADER, CERTIFICATE)
    load(HEADER, CERTIFICATE)
    [notice] = Notice.objects.all()
    assert (notice.kind, notice.customer, notice.address) == (
        "certificate-available",
        policy.holder,
        "anna@example.it",
    )
    assert "P1" in notice.body_text
    assert "/area-riservata/documenti/" in notice.body_html


def test_a_customer_whom_nothing_reaches_is_not_written_to_by_post(load):
    load(HEADER, CERTIFICATE)
    assert not Notice.objects.exists()


def test_a_corrected_certificate_is_told_and_a_corrected_title_is_not(load, folder, policy):
    ContactPointFactory(customer=policy.holder, kind="email", value="anna@example.it")
    load(HEADER, CERTIFICATE)
    load("key,file,title", "D1,polizza.pdf,Attestato")
    assert Notice.objects.count() == 1
    (folder / "polizza.pdf").write_bytes(PDF + b"%%EOF")
    load(HEADER, CERTIFICATE)
    assert Notice.objects.count() == 2


@pytest.mark.parametrize(
    "row",
    [
        CERTIFICATE.replace("2026-05-28", "2025-05-28"),  # of the year before
        CERTIFICATE.replace("certificate", "policy"),
        CERTIFICATE.replace("P1", "P3"),  # expired
        CERTIFICATE.replace("P1", "P4"),  # cancelled
    ],
)
def test_nobody_is_written_to_about_an_archive(load, policy, row):
    ContactPointFactory(customer=policy.holder, kind="email", value="anna@example.it")
    PolicyFactory(number="P3", holder=policy.holder, ends_on=date(2026, 6, 9))
    PolicyFactory(number="P4", holder=policy.holder, ends_on=date(2026, 7, 1), state="cancelled")
    _code, counts, _errors, _printed = load(HEADER, row)
    assert counts["created"] == 1
    assert not Notice.objects.exists()


def test_the_first_load_may_write_to_nobody(load, policy):
    ContactPointFactory(customer=policy.holder, kind="email", value="anna@example.it")
    load(HEADER, CERTIFICATE, without_notices=True)
    assert Document.objects.exists()
    assert not Notice.objects.exists()


def test_a_trial_run_writes_to_nobody(load, policy):
    ContactPointFactory(customer=policy.holder, kind="email", value="anna@example.it")
    load(HEADER, CERTIFICATE, dry_run=True)
    assert not Notice.objects.exists()


# --- The page of the format ------------------------------------------------------------------------------------------
def test_the_page_names_every_column_and_its_example_loads(load, folder, policy):
    page = (settings.BASE_DIR / "docs" / "formats" / "documents.md").read_text(encoding="utf-8")
    assert [column for column in (*NEEDED, *READERS) if f"`{column}`" not in page] == []
    example = page.split("```csv\n")[1].split("```")[0].replace("2026-12-10", "2026-06-01").strip()
    PolicyFactory(number="P2026000001")
    ClaimFactory(number="S2026000001")
    for path in ("attestati/0001.pdf", "lettere/0007.pdf"):
        (folder / path).parent.mkdir()
        (folder / path).write_bytes(PDF)
    code, counts, _errors, _printed = load(*example.splitlines())
    assert (code, counts) == (0, numbers(read=2, created=2))
