"""The copy of a customer's data: everything of the person is in it, nothing of anybody else, and it is made whatever happens."""

import errno
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from complaints.tests.factories import ComplaintFactory, ComplaintLetterFactory
from contact_center.tests.factories import (
    AgentFactory,
    CallFactory,
    ContactFactory,
    MessageAttachmentFactory,
    MessageFactory,
)
from customers import roles
from customers.data_exports import commands
from customers.models import (
    ContactPoint,
    Customer,
    DataExport,
    PolicyPerson,
    User,
)
from customers.tests.factories import (
    AccessLogFactory,
    ClaimFileFactory,
    ClaimReportFactory,
    CustomerFactory,
    DataExportFactory,
    DocumentFactory,
    ErasureRequestFactory,
    InstalmentFactory,
    MandateFactory,
    OperationEventFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from notifications.models import Notice
from notifications.tests.factories import NoticeFactory
from vittoria_care.privacy import making, readable_copy
from vittoria_care.privacy.exporting import (
    FOR_PROGRAMS,
    Contents,
    is_given,
    labels_of,
    person_of,
    pieces_of,
    write_archive,
)
from vittoria_care.privacy.holding import held_about
from vittoria_care.privacy.rules import RULES
from vittoria_care.tests.factories import FACTORIES, rows_about

pytestmark = pytest.mark.django_db

MARK = "ZAFFIROTTI"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def account():
    return ReservedAreaAccountFactory(customer__last_name="Ametistelli")


@pytest.fixture
def customer(account):
    return account.customer


class Copy:
    """An archive, opened."""

    def __init__(self, customer: Customer, language: str = "it") -> None:
        to = io.BytesIO()
        self.contents = write_archive(
            customer, person_of(customer), RULES, to, language=language, made_at=timezone.now()
        )
        self.archive = zipfile.ZipFile(to)
        assert self.archive.testzip() is None
        self.names = self.archive.namelist()
        self.facts = json.loads(self.archive.read(next(name for name in self.names if name.endswith(".json"))))

    def rows(self, key: str) -> list[dict[str, Any]]:
        return [row for piece in self.facts["contents"] if piece["key"] == key for row in piece["rows"]]

    @property
    def everything(self) -> str:
        """All that can be read in it, whatever the file."""
        return "".join(self.archive.read(name).decode("latin-1") for name in self.names if not name.endswith(".pdf"))


@pytest.fixture
def printed(monkeypatch) -> list[str]:
    """What is set in the documents, instead of setting it."""
    found: list[str] = []

    def typeset(template: Any, values: dict[str, Any], *, on: Any) -> bytes:
        found.append(json.dumps(values, ensure_ascii=False))
        return b"%PDF-1.7"

    monkeypatch.setattr(readable_copy, "typeset", typeset)
    return found


# --- What is in it ---------------------------------------------------------------------------------------------------
def test_every_table_with_something_of_the_person_is_in_it(customer, printed):
    rows = rows_about(customer)
    person = person_of(customer)
    given = {rule.name.lower(): rule for rule in RULES if is_given(rule)}
    found = {piece.key: {row.pk for row in piece.rows} for piece in pieces_of(person, RULES)}
    assert given.keys() <= found.keys()
    for model, row in rows.items():
        keys = [key for key, rule in given.items() if rule.model_class is model]
        if keys:
            assert any(row.pk in found[key] for key in keys), model
    copy = Copy(customer)
    assert {piece["key"] for piece in copy.facts["contents"]} == {key for key, pks in found.items() if pks}


def test_what_somebody_asked_as_their_own_affair_is_in_their_copy_and_not_in_the_companys(customer):
    company, user = CustomerFactory(company=True), customer.reserved_area_accounts.get().user
    asked = MandateFactory(operation__customer=company, operation__begun_by=user, operation__is_private=True).operation
    OperationEventFactory(operation=asked)

    def given(to):
        return {piece.key for piece in pieces_of(person_of(to), RULES) if piece.rows.exists()}

    tables = {"customers.operation/private", "customers.operationevent/private", "customers.mandate/private"}
    assert tables <= given(customer)
    assert [key for key in given(company) if "operation" in key or "mandate" in key] == []


def test_every_exported_column_of_a_row_is_in_it(customer, printed):
    policy = PolicyFactory(holder=customer)
    ContactPoint.objects.create(customer=customer, kind="email", value="ada@example.it", stated="Ada@Example.it")
    copy = Copy(customer)
    (row,) = copy.rows("customers.policy")
    rule = next(rule for rule in RULES if rule.model == "customers.Policy")
    assert row.keys() == set(rule.exported_columns())
    assert row["number"] == policy.number
    assert row["holder"] == "self"
    assert row["premium"] == {"amount": "480.00", "currency": "EUR"}
    assert row["starts_on"] == "2026-01-01"
    assert copy.rows("customers.contactpoint")[0]["stated"] == "Ada@Example.it"


def test_the_persons_own_files_are_in_it_with_their_checksums(customer, printed):
    policy = PolicyFactory(holder=customer)
    paper = DocumentFactory(policy=policy, title="Polizza", file=ContentFile(b"%PDF-1.7 foglio", name="x"))
    ClaimFileFactory(
        claim__policy=policy, claim__customer=customer, name="../../foto.jpg", file=ContentFile(b"foto", name="x")
    )
    message = MessageFactory(contact__customer=customer)
    MessageAttachmentFactory(message=message, name="ricevuta.pdf", file=ContentFile(b"ricevuta", name="x"))
    ComplaintLetterFactory(complaint__customer=customer)
    copy = Copy(customer)
    (row,) = copy.rows("customers.document/policy")
    assert copy.archive.read(row["file"]["path"]) == b"%PDF-1.7 foglio"
    assert row["file"]["path"].endswith(f"{paper.pk}-{paper.name}")
    assert (row["file"]["size"], len(row["file"]["sha256"])) == (15, 64)
    (photograph,) = copy.rows("customers.claimfile/claim")
    assert ".." not in photograph["file"]["path"]
    assert copy.archive.read(photograph["file"]["path"]) == b"foto"
    (letter,) = copy.rows("complaints.complaintletter")
    assert copy.archive.read(letter["pdf"]["path"])
    assert copy.contents.files == 4


def test_a_lost_file_is_named_and_counted(customer, printed):
    DocumentFactory(policy=PolicyFactory(holder=customer), file="documents/2026/05/mai-scritto")
    copy = Copy(customer)
    (row,) = copy.rows("customers.document/policy")
    assert (row["file"]["path"], row["file"]["sha256"]) == (None, None)
    assert len(copy.contents.lost) == 1
    assert copy.contents.files == 0


def test_earlier_versions_are_in_it(customer, printed):
    Customer.objects.filter(pk=customer.pk).update(city="Pavia")
    Customer.objects.filter(pk=customer.pk).update(city="Lodi")
    assert [row["city"] for row in Copy(customer).rows("customers.customer.history")] == ["Milano", "Pavia"]


def test_what_is_left_out_is_said_with_its_reason(customer, printed):
    copy = Copy(customer)
    notes = json.loads(printed[-1])["sections"][-1]["notes"]
    assert notes == [f"{each['what']}: {each['why']}" for each in copy.facts["not_included"]]
    assert len(notes) > 3


def test_the_numbers_of_the_page_are_those_of_the_copy(customer, printed):
    rows_about(customer)
    copy = Copy(customer)
    counted = {each.heading: each.count for each in held_about(customer)}
    histories = {
        piece["heading"]: len(piece["rows"]) for piece in copy.facts["contents"] if piece["key"].endswith(".history")
    }
    assert counted == {heading: number - histories.get(heading, 0) for heading, number in copy.contents.rows.items()}


def test_the_numbers_cost_as_many_queries_however_much_there_is(customer):
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            held_about(customer)
        return len(seen)

    PolicyFactory(holder=customer)
    first = cost()
    PolicyFactory.create_batch(3, holder=customer)
    assert cost() == first <= 6


# --- What is not in it -----------------------------------------------------------------------------------------------
def test_nothing_of_anybody_else_is_in_it(customer, printed):
    """A word stands in all that is of other people: of another customer, of whom a policy covers, of our colleagues."""
    other = CustomerFactory(last_name=MARK, first_name=MARK, city=MARK)
    colleague = UserFactory(role=roles.AGENT, last_name=MARK, first_name=MARK)
    rows_about(customer)
    rows_about(other)
    shared, theirs = PolicyFactory(holder=customer), PolicyFactory(holder=other, product=MARK)
    PolicyAdherentFactory(policy=shared, customer=other)
    PolicyAdherentFactory(policy=theirs, customer=customer)
    DocumentFactory(policy=theirs, title=MARK)
    NoticeFactory(customer=other, subject=MARK, body_text=MARK)
    MessageFactory(contact=ContactFactory(customer=other, subject=MARK, notes=MARK), text=MARK)
    ComplaintFactory(customer=other, complainant_name=MARK, text=MARK)
    agent = AgentFactory(user=colleague, name=MARK)
    contact = ContactFactory(customer=customer, agent=agent, owner=agent)
    MessageFactory(contact=contact, author=colleague, direction="outbound", text="Ecco la risposta.")
    AccessLogFactory(customer=customer, user=colleague)
    copy = Copy(customer)
    assert "Ecco la risposta." in copy.everything
    assert copy.rows("customers.policyadherent")[0]["policy"] == theirs.number  # that they are covered, and by what
    assert copy.rows("contact_center.contact/conversation")[-1]["owner"] == "staff"
    assert MARK not in copy.everything
    assert MARK not in "".join(printed)


def test_who_is_named_in_a_policy_is_named_and_no_more(customer, printed):
    FACTORIES[PolicyPerson].create(policy__holder=customer, name="Bruno Neri", phone="+393330001122")
    copy = Copy(customer)
    assert "Bruno Neri" in copy.everything
    assert "+393330001122" not in copy.everything


def test_no_secret_is_in_it(account, printed):
    notice = NoticeFactory(
        customer=account.customer, kind="code-email", subject="Il Suo codice", body_text="Il codice è 714233."
    )
    copy = Copy(account.customer)
    secret = {(rule.model, column) for rule in RULES for column in rule.secret}
    assert ("customers.User", "password") in secret
    assert account.user.password not in copy.everything
    (row,) = copy.rows("notifications.notice/own")
    assert (row["subject"], row["body_text"]) == (notice.subject, None)
    assert "714233" not in copy.everything + "".join(printed)


def test_the_number_by_which_a_browser_is_known_is_in_no_copy(account, printed):
    account.user.known_devices.create(number="7" * 32, password_mark="2" * 32, user_agent="Firefox")
    copy = Copy(account.customer)
    assert "Firefox" in copy.everything + "".join(printed)
    assert "7" * 32 not in copy.everything + "".join(printed)


def test_the_sign_in_of_a_company_s_people_is_not_the_companys(printed):
    account = ReservedAreaAccountFactory(customer=CustomerFactory(company=True), user__email="ada@example.it")
    copy = Copy(account.customer)
    assert copy.rows("customers.user") == []
    assert "ada@example.it" not in copy.everything


def test_the_work_of_a_colleague_is_not_in_the_copy_of_their_own_file(customer, account, printed):
    User.objects.filter(pk=account.user.pk).update(is_staff=True)
    assert Copy(customer).rows("customers.user") == []


# --- What it looks like ----------------------------------------------------------------------------------------------
def test_the_document_is_tagged_and_in_the_persons_language(customer):
    PolicyFactory(holder=customer, product="Auto 🚗")
    copy = Copy(customer, "en")
    pdf = copy.archive.read("my-data.pdf")
    assert pdf.startswith(b"%PDF-")
    assert b"/MarkInfo" in pdf
    assert copy.facts["language"] == "en"


def test_values_are_written_for_people(customer, printed):
    PolicyFactory(holder=customer, ramo="10")
    InstalmentFactory(policy__holder=customer)
    Copy(customer)
    assert "240,00" in printed[0]
    assert "1° gennaio 2026" in printed[0]
    assert '"holder"' not in printed[0]


SAME_IN_BOTH_LANGUAGES = {"PDF", "e-mail", "file"}


def in_both_languages(text: Callable[[], str]) -> set[str]:
    found = set()
    for language in ("it", "en"):
        with translation.override(language):
            found.add(text())
    return found


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if is_given(rule) or rule.not_exported], ids=lambda rule: rule.name
)
def test_whatever_can_come_into_the_copy_has_a_name_in_both_languages(rule):
    """The table, and each column that is shown or said to be left out."""
    columns = [each for each in rule.model_class._meta.fields if each.name not in rule.secret]
    kept_back = [each for each in columns if each.name in rule.kept_back]
    named = [lambda: rule.plural, *(lambda each=each: rule.label_of(each) for each in kept_back)]
    named += [lambda each=each: labels_of(rule, columns)[each] for each in labels_of(rule, columns)]
    raw = [text() for text in named if len(in_both_languages(text)) == 1 or not text()]
    assert [text for text in raw if text not in SAME_IN_BOTH_LANGUAGES] == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if is_given(rule)], ids=lambda rule: rule.name)
def test_a_column_that_is_shown_to_nobody_is_a_key_a_count_or_named_as_such(rule):
    columns = [column for column in rule.model_class._meta.fields if column.name in rule.exported_columns()]
    unseen = [column for column in columns if column.name not in labels_of(rule, columns)]
    keys = (models.AutoField, models.UUIDField, models.GeneratedField)
    own = [each for each in unseen if not isinstance(each, keys) and each.name not in FOR_PROGRAMS]
    is_of_a_package = rule.model.split(".")[0] in ("account", "mfa", "usersessions", "socialaccount")
    assert [each.name for each in own if each.name not in rule.labels and not is_of_a_package] == []


def lines_of(printed: list[str], piece: str) -> list[dict[str, str]]:
    """What is printed of each row of a table, by its labels."""
    sections = [section for values in printed for section in json.loads(values)["sections"]]
    rows = [row for section in sections for each in section["pieces"] if each["name"] == piece for row in each["rows"]]
    return [dict([*row["lines"], *row["long"]]) | {"": row["title"]} for row in rows]


def test_no_unit_is_said_twice(customer, printed):
    DocumentFactory(policy=PolicyFactory(holder=customer), size=13_000)
    CallFactory(contact=ContactFactory(customer=customer, by_phone=True))
    Copy(customer)
    assert lines_of(printed, "Documenti")[0]["Dimensione"] == "12,7 KB"
    assert lines_of(printed, "Polizze")[0]["Premio annuo"] == "480,00 €"
    assert lines_of(printed, "Chiamate")[0]["Attesa"] == "0:10"


def test_codes_are_shown_as_words(customer, account, printed):
    AccessLogFactory(customer=customer, what="claim S-1")
    ReservedAreaAccountFactory(user=account.user, by_document=True)
    type(account).objects.exclude(pk=account.pk).update(rights=["ask", "pay"])
    ContactPoint.objects.create(customer=customer, kind="phone", value="+393331234567")
    NoticeFactory(customer=customer)
    ClaimReportFactory(claim__policy__holder=customer)
    Copy(customer)
    assert lines_of(printed, "Accessi ai fascicoli")[0]["Che cosa è stato aperto"] == "Sinistro S-1"
    assert lines_of(printed, "Iscrizioni all’area riservata")[1]["Può"] == "Chiedere e scrivere, pagare"
    assert lines_of(printed, "Il Suo fascicolo")[0]["Paese"] == "Italia"
    assert lines_of(printed, "Recapiti")[0][""] == "333 123 4567"
    assert lines_of(printed, "Avvisi")[0]["Lingua"] == "Italiano"
    assert lines_of(printed, "Denunce di sinistro")[0]["Domande poste"] == "Auto"


def test_what_became_of_an_erasure_is_told_in_words(customer, printed):
    outcome = [{"rule": "customers.Policy", "stays": 2, "why": "the claim is open", "until": None}]
    ErasureRequestFactory(customer=customer, state="withdrawn", ended_at=timezone.now(), outcome=outcome)
    Copy(customer)
    told = lines_of(printed, "Richieste di cancellazione")[0]["Che cosa è stato cancellato e che cosa resta"]
    assert "il sinistro è aperto" in told
    assert "customers.Policy" not in told


def test_counts_of_the_figures_are_for_programs_alone(customer, printed):
    ContactFactory(customer=customer)
    copy = Copy(customer)
    assert copy.rows("contact_center.contact/conversation")[0]["person_key"] == f"customer:{customer.pk}"
    assert f"customer:{customer.pk}" not in "".join(printed)


def test_a_long_life_is_set_in_parts(customer, printed, monkeypatch):
    monkeypatch.setattr(readable_copy, "ROWS_OF_A_PART", 3)
    InstalmentFactory.create_batch(7, policy=PolicyFactory(holder=customer))
    copy = Copy(customer)
    parts = [name for name in copy.names if name.endswith(".pdf")]
    assert len(parts) == len(printed) >= 3
    assert parts[0].endswith("-01.pdf")
    assert all(sum(len(rows) for rows in _rows_in(each)) <= 3 for each in printed)
    assert len(copy.rows("customers.instalment")) == 7


def _rows_in(values: str) -> Iterator[list[Any]]:
    for section in json.loads(values)["sections"]:
        for piece in section["pieces"]:
            yield piece["rows"]


# --- Made by a worker ------------------------------------------------------------------------------------------------
@pytest.fixture
def asked(account):
    return commands.ask_data_export(account.customer, by=account.user, channel=DataExport.Channel.PORTAL)


def test_a_copy_is_made_and_the_person_written_to(asked, account):
    assert making.make_data_exports() == 1
    asked.refresh_from_db()
    assert asked.state == DataExport.State.READY
    with asked.file.open() as file:
        assert zipfile.ZipFile(file).testzip() is None
    notices = Notice.objects.filter(kind="data-export-ready")
    assert {(each.channel, each.address) for each in notices} == {("email", account.user.email), ("inbox", "")}
    assert making.make_data_exports() == 0


def test_what_we_hand_over_is_written_to_nobody(account):
    commands.ask_data_export(
        account.customer, by=account.user, channel="office", reason="Lettera", handing=DataExport.Handing.FILE
    )
    assert making.make_data_exports() == 1
    assert not Notice.objects.filter(kind="data-export-ready").exists()


@pytest.mark.parametrize(
    ("error", "words"), [(OSError(errno.ENOSPC, "full"), "spazio"), (RuntimeError("inside"), "Riproviamo")]
)
def test_what_goes_wrong_is_said_in_words_and_holds_up_nobody(asked, monkeypatch, error, words):
    other = DataExportFactory(customer__first_name="Bruna")
    real = making.write_archive

    def write(customer: Customer, *args: Any, **more: Any) -> Contents:
        if customer == asked.customer:
            raise error
        return real(customer, *args, **more)

    monkeypatch.setattr(making, "write_archive", write)
    assert making.make_data_exports() == 1
    asked.refresh_from_db()
    other.refresh_from_db()
    assert (asked.state, other.state) == (DataExport.State.WAITING, DataExport.State.READY)
    assert words in asked.problem
    assert "inside" not in asked.problem


def test_a_disk_that_fills_up_at_the_end_leaves_nothing_behind(asked, media, settings, monkeypatch):
    monkeypatch.setattr(commands.default_storage, "save", _full)
    assert making.make_data_exports() == 0
    asked.refresh_from_db()
    assert (asked.state, asked.file.name) == (DataExport.State.WAITING, "")
    assert not [each for each in settings.MEDIA_ROOT.rglob("*") if each.is_file()]


def _full(*args: Any, **more: Any) -> str:
    raise OSError(errno.ENOSPC, "No space left on device")


# --- By hand ---------------------------------------------------------------------------------------------------------
def test_the_command_writes_the_archive_and_prints_where_and_what(customer, tmp_path, capsys, printed):
    PolicyFactory(holder=customer)
    call_command("export_person", customer.code, to=str(tmp_path), language="en")
    said = capsys.readouterr().out
    (archive,) = tmp_path.glob(f"{customer.code}-*.zip")
    assert str(archive) in said
    assert archive.stat().st_mode & 0o077 == 0
    assert not [*tmp_path.glob(".*.part")]


def test_the_command_says_which_files_are_lost(customer, tmp_path, capsys, printed):
    DocumentFactory(policy=PolicyFactory(holder=customer), file="documents/2026/05/mai-scritto")
    with pytest.raises(SystemExit) as ended:
        call_command("export_person", str(customer.pk), to=str(tmp_path))
    assert ended.value.code == 1
    assert "document" in capsys.readouterr().err


@pytest.mark.parametrize(("code", "folder"), [("C999999", ""), ("", ""), (None, "nowhere")])
def test_the_command_refuses_what_it_cannot_use(customer, tmp_path, code, folder):
    with pytest.raises(CommandError) as refused:
        call_command("export_person", customer.code if code is None else code, to=str(tmp_path / folder))
    assert refused.value.returncode == 2
    assert not [*tmp_path.rglob("*.zip")]
