"""What the database refuses to change, table by table: it is asked in SQL, as somebody past all commands would ask."""

from datetime import timedelta

import pghistory
import pgtrigger
import pytest
from django.db import InternalError, connection, transaction
from django.utils import timezone

from complaints.models import Complaint
from complaints.services import answer_complaint, assign, classify, correct_receipt
from complaints.tests.factories import ComplaintFactory
from foundation.guards import append_only_models, never_deleted_models
from foundation.models import RetentionProof
from foundation.retention import erasing
from notifications.models import Notice
from notifications.moves import move_notices

pytestmark = pytest.mark.django_db

# The tables that docs/decisions/history.md calls append-only, and those whose rows stay for good.
APPEND_ONLY = {
    "complaints_branchfigurehistory",
    "complaints_causeactionhistory",
    "complaints_halfyearreturn",
    "complaints_marketfigurehistory",
    "complaints_publicstatement",
    "complaints_returnrow",
    "complaints_addedfile",
    "complaints_approvalrulehistory",
    "complaints_checklistitemhistory",
    "complaints_codehistory",
    "complaints_complaintaddition",
    "complaints_complaintdocument",
    "complaints_complaintevent",
    "complaints_complainthistory",
    "complaints_complaintletter",
    "complaints_feedbackevent",
    "complaints_feedbackthemehistory",
    "complaints_thememeasure",
    "complaints_legalfigurehistory",
    "complaints_procedurefile",
    "complaints_termstophistory",
    "complaints_enquiryfile",
    "complaints_intermediaryhistory",
    "complaints_intermediaryrulehistory",
    "complaints_lettertextevent",
    "complaints_hintmeasurement",
    "complaints_hintphrasehistory",
    "complaints_representationhistory",
    "complaints_triagedecision",
    "contact_center_agenthistory",
    "contact_center_agentlinehistory",
    "contact_center_agentskillhistory",
    "contact_center_answeredbeforehand",
    "contact_center_callevent",
    "contact_center_callhistory",
    "contact_center_contactevent",
    "contact_center_contacthistory",
    "contact_center_daycounthistory",
    "contact_center_frozendaycount",
    "contact_center_frozenfigures",
    "contact_center_knownpersonhistory",
    "contact_center_massanswerhistory",
    "contact_center_masseventhistory",
    "contact_center_linetargethistory",
    "contact_center_endedstate",
    "contact_center_identityevent",
    "contact_center_identityquestionhistory",
    "contact_center_openingperiodhistory",
    "contact_center_qualityformhistory",
    "contact_center_qualitymarkhistory",
    "contact_center_qualityremark",
    "contact_center_qualityreviewhistory",
    "contact_center_qualitysample",
    "contact_center_servicecalendarhistory",
    "contact_center_raisedrung",
    "contact_center_servicetargethistory",
    "contact_center_termrunghistory",
    "contact_center_skillhistory",
    "contact_center_specialdayhistory",
    "contact_center_tollfreelinehistory",
    "contact_center_teamhistory",
    "contact_center_wrapupcodehistory",
    "customers_accesslog",
    "customers_agencymemberhistory",
    "customers_campaignagencyhistory",
    "customers_claimhistory",
    "customers_claimreport",
    "customers_consent",
    "customers_datachange",
    "customers_contactpointhistory",
    "customers_customerhistory",
    "customers_dataexportopening",
    "customers_documentopening",
    "customers_instalmenthistory",
    "customers_operationevent",
    "customers_paymenthistory",
    "customers_policyhistory",
    "customers_policypersonhistory",
    "customers_renewalofferhistory",
    "customers_reservedareaaccounthistory",
    "customers_userhistory",
    "foundation_apikeyhistory",
    "insights_measuregrouphistory",
    "insights_measurehistory",
    "foundation_retentionperiod",
    "foundation_retentionproof",
    "insights_alertnote",
    "insights_figuretarget",
    "insights_watchround",
    "notifications_alertrulehistory",
    "notifications_alertsimulation",
    "notifications_deliveryreport",
    "notifications_noticeattachment",
    "notifications_noticeevent",
    "promotions_calllist",
    "promotions_oppositionanswer",
    "promotions_oppositioncheck",
    "notifications_noticetextevent",
    "notifications_noticetexthistory",
    "notifications_noticehold",
    "notifications_preferencechange",
    "notifications_returnedmessagehistory",
    "promotions_promotionevent",
    "promotions_promotionhistory",
    "promotions_promotionoutcome",
    "promotions_visit",
}
NEVER_DELETED = {
    "insights_measure",
    "complaints_branchfigure",
    "complaints_causeaction",
    "complaints_marketfigure",
    "complaints_answerapproval",
    "complaints_approvalrule",
    "complaints_checklistitem",
    "complaints_code",
    "complaints_complaint",
    "complaints_feedback",
    "complaints_enquiry",
    "complaints_intermediary",
    "complaints_intermediaryrule",
    "complaints_pastentry",
    "complaints_lettersending",
    "complaints_proceeding",
    "complaints_arbitratorappeal",
    "complaints_legalfigure",
    "complaints_procedureletter",
    "complaints_lettertext",
    "complaints_hintphrase",
    "complaints_representation",
    "complaints_registeryear",
    "complaints_regulatorrequest",
    "complaints_suspension",
    "complaints_termstop",
    "contact_center_callback",
    "contact_center_massanswer",
    "contact_center_massevent",
    "contact_center_frozenperiod",
    "contact_center_pastcontact",
    "customers_askeddocument",
    "customers_customerjoin",
    "customers_calendarfeed",
    "customers_careneed",
    "customers_dataexport",
    "customers_document",
    "customers_erasurerequest",
    "customers_filerestriction",
    "customers_invitation",
    "customers_legalhold",
    "customers_mandate",
    "customers_operation",
    "customers_payment",
    "customers_paymentevent",
    "customers_paymentincident",
    "customers_refunddue",
    "customers_renewaloffer",
    "customers_reportyear",
    "customers_unusualaccess",
    "insights_watchalert",
    "notifications_alertrule",
    "notifications_letterbatch",
    "notifications_notice",
    "notifications_returnedmessage",
    "notifications_noticetext",
    "notifications_suppressedaddress",
    "promotions_calledperson",
    "promotions_checkednumber",
    "promotions_contactpause",
    "promotions_promotion",
    "promotions_recipient",
}


def run(statement, *arguments):
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.rowcount


def refused(statement, *arguments):
    """The words with which the database refuses the statement."""
    with pytest.raises(InternalError) as refusal, transaction.atomic():
        run(statement, *arguments)
    return str(refusal.value).splitlines()[0]


def row_triggers(table):
    """The operations of each row trigger that has no condition, and whether one forbids TRUNCATE."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgtype, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal "
            "AND tgqual IS NULL AND obj_description(oid) IS NOT NULL AND tgtype & 2 = 2",
            [table],
        )
        return {kind for kind, enabled in cursor.fetchall() if enabled == "O"}


@pytest.fixture
def answered(officer):
    complaint = ComplaintFactory(state="under_review", ramo="8", customer=None, address="m.rossi@example.it")
    assign(complaint, handler=officer, by=officer)
    return answer_complaint(complaint, outcome="rejected", answer="No.", reasons="Perché.", by=officer)


def test_the_documented_tables_are_those_that_the_models_guard():
    assert {model._meta.db_table for model in append_only_models()} == APPEND_ONLY
    assert {model._meta.db_table for model in never_deleted_models()} == NEVER_DELETED


@pytest.mark.parametrize("table", sorted(APPEND_ONLY | NEVER_DELETED))
def test_no_guarded_table_can_be_emptied(table):
    assert refused(f"TRUNCATE {table} CASCADE").startswith("pgtrigger: Cannot truncate")


BEFORE, ROW, UPDATE, DELETE = 2, 1, 16, 8  # bits of pg_trigger.tgtype


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_no_row_of_an_append_only_table_can_be_changed_or_deleted(table):
    assert BEFORE | ROW | UPDATE | DELETE in row_triggers(table)


@pytest.mark.parametrize("table", sorted(NEVER_DELETED))
def test_no_row_of_these_can_be_deleted(table):
    assert BEFORE | ROW | DELETE in row_triggers(table)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("complaints_complainthistory", "subject"),
        ("complaints_complaintletter", "language"),
        ("complaints_complaintevent", "kind"),
        ("notifications_noticeattachment", "name"),
    ],
)
def test_what_an_answer_left_behind_stays(answered, table, column):
    assert refused(f"UPDATE {table} SET {column} = {column}") == (
        f"pgtrigger: Cannot update rows from {table} table (pgtrigger_append_only_{suffix(table)})"
    )
    assert refused(f"DELETE FROM {table}").startswith("pgtrigger: Cannot delete")


def suffix(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT right(tgname, 5) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_append_only%%'",
            [table],
        )
        return cursor.fetchone()[0]


# --- An answered complaint ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("text", "falso"),
        ("subject", "falso"),
        ("complainant_name", "Altri"),
        ("answer", "falso"),
        ("reasons", "falso"),
        ("outcome", "upheld"),
        ("answered_at", "2026-04-01T10:00:00Z"),
        ("suspended_days", 15),
        ("registered_at", "2026-04-01T10:00:00Z"),
    ],
)
def test_the_words_of_an_answered_complaint_are_fixed(answered, column, value):
    assert refused(f"UPDATE complaints_complaint SET {column} = %s WHERE id = %s", value, answered.pk).startswith(
        "pgtrigger: Cannot update"
    )


def test_an_answered_complaint_is_not_opened_again(answered):
    statement = "UPDATE complaints_complaint SET state = 'under_review', outcome = '' WHERE id = %s"
    assert refused(statement, answered.pk).startswith("pgtrigger: Cannot update")


def test_an_open_complaint_may_change():
    complaint = ComplaintFactory(state="under_review")
    assert run("UPDATE complaints_complaint SET text = 'più chiaro' WHERE id = %s", complaint.pk) == 1


def test_an_answered_complaint_may_be_classified(answered, officer):
    assert classify(answered, by=officer, changes={"area": "legal"}).area == "legal"


def test_the_receipt_of_an_answered_complaint_is_corrected_by_the_command(answered, officer):
    earlier = answered.received_on - timedelta(days=2)
    correct_receipt(answered, received_on=earlier, received_by_intermediary_on=None, reason="Timbro.", by=officer)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    answered.refresh_from_db()
    assert answered.received_on == earlier


def test_the_receipt_of_an_answered_complaint_does_not_change_without_its_event(answered):
    statements = (
        "UPDATE complaints_complaint SET received_on = received_on - 20 WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE"
    )
    assert "without an event" in refused(statements, answered.pk)


# --- A notice -------------------------------------------------------------------------------------------------------
@pytest.fixture
def sent(answered):
    now = timezone.now()
    notice = Notice.objects.get(kind="complaint-answered")
    move_notices([notice.pk], old="queued", new="sending", at=now, claimed_at=now)
    move_notices([notice.pk], old="sending", new="sent", at=now, sent_at=now)
    return notice


@pytest.mark.parametrize("column", ["body_text", "subject", "address", "message_id", "once"])
def test_what_was_sent_is_fixed(sent, column):
    assert refused(f"UPDATE notifications_notice SET {column} = 'altro' WHERE id = %s", sent.pk).startswith(
        "pgtrigger: Cannot update"
    )


def test_a_sent_notice_is_read(sent):
    assert Notice.objects.filter(pk=sent.pk).update(read_at=timezone.now()) == 1


@pytest.mark.parametrize("state", ["sending", "in_doubt"])
def test_what_may_have_gone_is_fixed_and_may_be_decided(answered, state):
    now = timezone.now()
    notice = Notice.objects.get(kind="complaint-answered")
    move_notices([notice.pk], old="queued", new="sending", at=now, claimed_at=now)
    if state == "in_doubt":
        move_notices([notice.pk], old="sending", new="in_doubt", at=now)

    assert refused("UPDATE notifications_notice SET body_text = 'altro' WHERE id = %s", notice.pk)
    assert move_notices([notice.pk], old=state, new="sent", at=now, sent_at=now) == [notice.pk]


def test_a_queued_notice_may_get_another_address(answered):
    assert Notice.objects.filter(kind="complaint-answered").update(address="altro@example.it") == 1


# --- Who did it -----------------------------------------------------------------------------------------------------
def test_who_changed_what_is_added_to_while_the_request_lasts_and_then_kept():
    complaint = ComplaintFactory()
    with pghistory.context(user=1):
        Complaint.objects.filter(pk=complaint.pk).update(subject="a")
        with pghistory.context(url="/b/"):
            Complaint.objects.filter(pk=complaint.pk).update(subject="b")
    context = complaint.history.latest("pgh_id").pgh_context
    assert context.metadata == {"user": 1, "url": "/b/"}

    assert "Cannot delete" in refused("DELETE FROM pghistory_context")
    assert "Cannot update" in refused("UPDATE pghistory_context SET created_at = now() - interval '1 year'")


def test_who_changed_what_the_day_before_cannot_be_rewritten():
    run(
        "INSERT INTO pghistory_context (id, metadata, created_at, updated_at) "
        "VALUES (gen_random_uuid(), '{}', now() - interval '25 hours', now())"
    )
    assert "Cannot update" in refused("UPDATE pghistory_context SET metadata = '{\"user\": 2}'")


# --- The one exception ----------------------------------------------------------------------------------------------
def test_what_must_go_by_law_goes_with_a_proof(sent):
    attachments = sent.attachments.all()
    with erasing() as erase:
        assert erase.delete(attachments, rule="a-rule", details={"why": "asked"}) == 1

    proof = RetentionProof.objects.get()
    assert (proof.rule, proof.table, proof.rows, proof.details) == (
        "a-rule",
        "notifications_noticeattachment",
        1,
        {"why": "asked"},
    )


def test_the_exception_ends_with_its_block(sent):
    with erasing():
        pass
    assert refused("DELETE FROM notifications_noticeattachment").startswith("pgtrigger: Cannot delete")


def test_the_exception_reaches_no_truncate():
    with erasing():
        assert refused("TRUNCATE notifications_notice CASCADE").startswith("pgtrigger: Cannot truncate")


def test_a_proof_itself_has_no_exception():
    with erasing() as erase:
        erase.prove(Notice, 3, rule="a-rule")
        assert refused("DELETE FROM foundation_retentionproof").startswith("pgtrigger: Cannot")
        assert refused("UPDATE foundation_retentionproof SET rows = 1").startswith("pgtrigger: Cannot")


def test_the_owner_may_still_put_a_row_right_by_a_migration(sent):
    with pgtrigger.ignore("notifications.Notice:what_went_is_fixed"):
        assert Notice.objects.filter(pk=sent.pk).update(subject="Corretto") == 1
