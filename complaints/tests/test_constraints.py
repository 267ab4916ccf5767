"""What the database refuses to hold in the register, each refusal beside a row that it takes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import factory
import pgtrigger
import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints.models import Complaint, IntermediaryRule
from complaints.tests import factories as make
from contact_center.tests.factories import ContactFactory
from customers.tests.factories import AgencyFactory
from foundation.tests.database import constraint_names, refused_by

pytestmark = pytest.mark.django_db

CLOSED = {"state": "closed", "outcome": "no_remarks", "closed_on": date(2026, 5, 2)}
REJECTED = {"state": "decided", "decision": "rejected", "decided_on": date(2026, 4, 20)}
PUBLISHED = {
    "published_on": date(2026, 5, 21),
    "published_by_arbiter_until": date(2031, 5, 20),
    "published_by_us_until": date(2026, 11, 20),
}
UNANSWERED = {
    "state": "closed",
    "closed_at": datetime(2026, 1, 25, 9, tzinfo=UTC),
    "closed_why": "Non è più attesa.",
}
PASSED_ON = {"kind": "forwarding", "state": "passed", "answer_due_on": None}
DONE = {"state": "done", "done_on": date(2026, 2, 10), "words": "Un secondo liquidatore da febbraio."}
MEASURED = DONE | {"state": "measured", "measured_on": date(2026, 4, 10), "effect": {"before": 9, "after": 4}}
ENDED = {"closed_on": date(2026, 2, 10), "ending": "answered", "outcome": "rejected"}
WITHDRAWN = {"closed_on": date(2026, 2, 10), "ending": "withdrawn"}
NOT_CARRIED_ON = {"is_carried_on": False, "premium": None, "contracts": None}


def rule_that_follows(**given):
    """A rule that begins when the one of every installation for its type has ended: there is one a day."""
    IntermediaryRule.objects.filter(kind=given["kind"]).update(valid_to=date(2026, 12, 31))
    return make.IntermediaryRuleFactory(valid_from=date(2027, 1, 1), **given)


# constraint, factory, the fields that are taken, the fields that are refused
CASES = [
    ("complaint_numbers_begin_at_one", make.ComplaintFactory, {"sequence": 1}, {"sequence": 0}),
    (
        "complaint_number_is_ours_or_old",
        make.ComplaintFactory,
        {"past_open": True},
        {"past_open": True, "old_number": ""},
    ),
    (
        "complaint_number_is_ours_or_old",
        make.ComplaintFactory,
        {},
        {"old_number": "7"},
    ),
    (
        "complaint_past_open_has_an_old_number",
        make.ComplaintFactory,
        {"state": "received"},
        {"state": "past_open"},
    ),
    ("past_entry_places_begin_at_one", make.PastEntryFactory, {"place": 1}, {"place": 0}),
    ("past_entry_has_source_and_number", make.PastEntryFactory, {"source": "a"}, {"source": ""}),
    ("complaint_suspended_at_most_15_days", make.ComplaintFactory, {"suspended_days": 15}, {"suspended_days": 16}),
    ("complaint_state_is_known", make.ComplaintFactory, {"state": "withdrawn"}, {"state": "forgotten"}),
    (
        "complaint_answered_has_text_outcome_and_moment",
        make.ComplaintFactory,
        {"answered": True},
        {"answered": True, "answer": ""},
    ),
    (
        "complaint_answered_has_text_outcome_and_moment",
        make.ComplaintFactory,
        {"answered": True},
        {"answered": True, "outcome": ""},
    ),
    (
        "complaint_answered_has_text_outcome_and_moment",
        make.ComplaintFactory,
        {"answered": True},
        {"answered": True, "answered_at": None},
    ),
    ("complaint_outcome_only_when_answered", make.ComplaintFactory, {}, {"outcome": "upheld"}),
    (
        "complaint_not_treatable_says_why",
        make.ComplaintFactory,
        {"treatable": False, "not_treatable_reason": "Già davanti al giudice."},
        {"treatable": False},
    ),
    (
        "complaint_cause_only_if_not_treatable",
        make.ComplaintFactory,
        {"treatable": False, "not_treatable_reason": "Già davanti al giudice.", "not_treatable_cause": "court"},
        {"not_treatable_cause": "court"},
    ),
    (
        "complaint_dated_before_received",
        make.ComplaintFactory,
        {"dated_on": date(2026, 1, 10)},
        {"dated_on": date(2026, 1, 11)},
    ),
    (
        "complaint_event_before_received",
        make.ComplaintFactory,
        {"event_on": date(2026, 1, 10)},
        {"event_on": date(2026, 1, 11)},
    ),
    ("code_list_is_known", make.CodeFactory, {"list": "area"}, {"list": "colour"}),
    ("code_has_a_word_and_names", make.CodeFactory, {"word": "new_one"}, {"word": "New one"}),
    ("code_has_a_word_and_names", make.CodeFactory, {}, {"name_en": ""}),
    (
        "code_ends_after_it_begins",
        make.CodeFactory,
        {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 7, 1)},
        {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 6, 30)},
    ),
    ("code_area_only_of_a_reason", make.CodeFactory, {"area": "legal"}, {"list": "channel", "area": "legal"}),
    (
        "code_value_only_of_a_band",
        make.CodeFactory,
        {"list": "value_band", "from_euro": 0},
        {"list": "value_band", "from_euro": None, "word": "no_euro"},
    ),
    ("approval_rule_is_whole", make.ApprovalRuleFactory, {"from_euro": 0}, {"from_euro": -1}),
    (
        "approval_rule_ends_after_it_begins",
        make.ApprovalRuleFactory,
        {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 7, 1)},
        {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 6, 30)},
    ),
    ("approval_state_is_known", make.AnswerApprovalFactory, {"decided": True}, {"decided": True, "state": "perhaps"}),
    ("approval_decided_by_somebody", make.AnswerApprovalFactory, {"decided": True}, {"state": "approved"}),
    (
        "approval_sent_back_says_why",
        make.AnswerApprovalFactory,
        {"decided": True},
        {"decided": True, "state": "sent_back"},
    ),
    ("checklist_item_has_names", make.ChecklistItemFactory, {}, {"name_en": ""}),
    (
        "checklist_item_ends_after_it_begins",
        make.ChecklistItemFactory,
        {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 7, 1)},
        {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 6, 30)},
    ),
    ("proceeding_kind_is_known", make.ProceedingFactory, {"kind": "court"}, {"kind": "duel"}),
    (
        "proceeding_ends_after_it_begins",
        make.ProceedingFactory,
        {"ended_on": date(2026, 1, 15), "result": "Conciliata."},
        {"ended_on": date(2026, 1, 14), "result": "Conciliata."},
    ),
    (
        "proceeding_ended_has_a_result",
        make.ProceedingFactory,
        {"ended_on": date(2026, 2, 1), "result": "Conciliata."},
        {"ended_on": date(2026, 2, 1)},
    ),
    (
        "complaint_value_not_negative",
        make.ComplaintFactory,
        {"economic_value": Decimal(0)},
        {"economic_value": Decimal("-0.01")},
    ),
    (
        "suspension_ends_after_it_starts",
        make.SuspensionFactory,
        {"started_on": date(2026, 1, 20), "ended_on": date(2026, 1, 20)},
        {"started_on": date(2026, 1, 20), "ended_on": date(2026, 1, 19)},
    ),
    ("suspension_has_a_reason", make.SuspensionFactory, {"reason": "1"}, {"reason": ""}),
    ("sending_has_its_notice", make.LetterSendingFactory, {"way": "post"}, {"way": "email"}),
    ("sending_has_its_notice", make.LetterSendingFactory, {"way": "post"}, {"way": "fax"}),
    (
        "sending_comes_back_after_it_went",
        make.LetterSendingFactory,
        {"gone_on": date(2026, 2, 10), "returned_on": date(2026, 2, 10)},
        {"gone_on": date(2026, 2, 10), "returned_on": date(2026, 2, 9)},
    ),
    ("sending_comes_back_after_it_went", make.LetterSendingFactory, {}, {"returned_on": date(2026, 2, 9)}),
    ("answer_draft_outcome_is_known", make.AnswerDraftFactory, {"outcome": ""}, {"outcome": "perhaps"}),
    ("answer_draft_version_begins_at_one", make.AnswerDraftFactory, {"version": 1}, {"version": 0}),
    ("letter_text_approved_says_by_whom", make.LetterTextFactory, {"submitted": True}, {"state": "forgotten"}),
    ("letter_text_language_is_known", make.LetterTextFactory, {"language": "en"}, {"language": "de"}),
    ("letter_text_version_begins_at_one", make.LetterTextFactory, {"number": 2}, {"number": 0}),
    ("letter_text_has_code_and_words", make.LetterTextFactory, {"body": "a"}, {"body": ""}),
    ("letter_text_has_code_and_words", make.LetterTextFactory, {"body": "a"}, {"code": ""}),
    ("letter_text_has_its_writer", make.LetterTextFactory, {}, {"written_by": None}),
    (
        "letter_text_approved_by_another",
        make.LetterTextFactory,
        {"approved": True},
        {"approved": True, "approved_by": factory.SelfAttribute("written_by")},
    ),
    (
        "letter_text_approved_says_by_whom",
        make.LetterTextFactory,
        {"approved": True},
        {"approved": True, "approved_by": None},
    ),
    (
        "letter_text_approved_says_by_whom",
        make.LetterTextFactory,
        {"approved": True},
        {"approved": True, "valid_from": None},
    ),
    (
        "letter_text_begins_before_it_ends",
        make.LetterTextFactory,
        {"approved": True, "valid_to": date(2026, 1, 2)},
        {"approved": True, "valid_to": date(2026, 1, 1)},
    ),
    (
        "letter_text_event_changes_something",
        make.LetterTextEventFactory,
        {"new": "draft", "ends_on": date(2026, 1, 2)},
        {"new": "draft"},
    ),
    ("added_file_has_a_name", make.AddedFileFactory, {"name": "a.pdf"}, {"name": ""}),
    ("added_file_is_not_empty", make.AddedFileFactory, {"size": 1}, {"size": 0}),
    ("complaint_document_has_a_name", make.ComplaintDocumentFactory, {"name": "a.pdf"}, {"name": ""}),
    ("complaint_document_is_not_empty", make.ComplaintDocumentFactory, {"size": 1}, {"size": 0}),
    ("complaint_document_giver_is_known", make.ComplaintDocumentFactory, {"giver": "other"}, {"giver": "ghost"}),
    ("represented_person_has_a_name", make.RepresentationFactory, {"name": "A"}, {"name": ""}),
    ("representation_relation_is_known", make.RepresentationFactory, {"relation": "ward"}, {"relation": "enemy"}),
    (
        "mandate_has_its_day",
        make.RepresentationFactory,
        {"mandate_key": UUID(int=1), "mandate_on": date(2026, 1, 20)},
        {"mandate_key": UUID(int=1)},
    ),
    ("mandate_asked_by_somebody", make.RepresentationFactory, {}, {"asked_on": date(2026, 1, 20)}),
    ("triage_decision_is_about_one_thing", make.TriageDecisionFactory, {}, {"contact": None}),
    (
        "triage_decision_against_has_a_reason",
        make.TriageDecisionFactory,
        {"is_complaint": True, "reason": ""},
        {"is_complaint": False, "reason": ""},
    ),
    ("hint_phrase_has_words", make.HintPhraseFactory, {"phrase": "mai"}, {"phrase": ""}),
    ("hint_phrase_weight_in_range", make.HintPhraseFactory, {"weight": -5}, {"weight": 6}),
    ("hint_phrase_weight_in_range", make.HintPhraseFactory, {"weight": 5}, {"weight": 0}),
    (
        "hint_decided_only_if_likely",
        make.ComplaintHintFactory,
        {"decided_at": timezone.now()},
        {"decided_at": timezone.now(), "is_likely": False},
    ),
    (
        "hint_measured_in_order",
        make.HintMeasurementFactory,
        {"split": date(2026, 4, 26)},
        {"split": date(2026, 4, 27)},
    ),
    ("hint_measured_within_its_base", make.HintMeasurementFactory, {"found": 12}, {"found": 13}),
    ("complaint_cancelled_has_a_cause", make.ComplaintFactory, {"cancelled": True}, {"state": "cancelled"}),
    ("complaint_cancelled_has_a_cause", make.ComplaintFactory, {}, {"cancelled_as": "spam"}),
    (
        "complaint_double_names_the_other",
        make.ComplaintFactory,
        {"cancelled": True},
        {"cancelled": True, "cancelled_as": "double"},
    ),
    ("letter_is_not_empty", make.ComplaintLetterFactory, {}, {"pdf": b""}),
    ("legal_figure_kind_is_known", make.LegalFigureFactory, {"kind": "completion"}, {"kind": "perhaps"}),
    ("legal_figure_is_something", make.LegalFigureFactory, {"amount": 1}, {"amount": 0}),
    ("legal_figure_has_a_source", make.LegalFigureFactory, {}, {"source": ""}),
    (
        "legal_figure_stops_only_in_days",
        make.LegalFigureFactory,
        {"kind": "completion", "has_stops": True},
        {"kind": "cap_life", "has_stops": True},
    ),
    (
        "legal_figure_counts_from_for_decision",
        make.LegalFigureFactory,
        {"kind": "decision", "counts_from": "filing"},
        {"kind": "decision"},
    ),
    ("term_stop_has_days_of_a_year", make.TermStopFactory, {}, {"last_month": 13}),
    ("term_stop_has_a_source", make.TermStopFactory, {}, {"source": ""}),
    (
        "term_stop_ends_after_it_begins",
        make.TermStopFactory,
        {"valid_from": date(2091, 1, 1), "valid_to": date(2091, 1, 1)},
        {"valid_from": date(2091, 1, 2), "valid_to": date(2091, 1, 1)},
    ),
    ("procedure_file_is_of_one_procedure", make.ProcedureFileFactory, {}, {"request": None}),
    ("procedure_file_has_a_name", make.ProcedureFileFactory, {}, {"name": ""}),
    ("procedure_file_is_not_empty", make.ProcedureFileFactory, {"size": 1}, {"size": 0}),
    ("procedure_file_direction_is_known", make.ProcedureFileFactory, {"direction": "sent"}, {"direction": "up"}),
    ("procedure_letter_is_of_one_procedure", make.ProcedureLetterFactory, {}, {"request": None}),
    ("procedure_letter_is_not_empty", make.ProcedureLetterFactory, {}, {"pdf": b""}),
    ("procedure_letter_has_its_notice", make.ProcedureLetterFactory, {"way": "portal"}, {"way": "pec"}),
    ("request_has_number_and_question", make.RegulatorRequestFactory, {}, {"asked": ""}),
    ("request_channel_is_known", make.RegulatorRequestFactory, {"channel": "post"}, {"channel": "fax"}),
    ("request_state_is_known", make.RegulatorRequestFactory, {"state": "cancelled"}, {"state": "lost"}),
    ("request_outcome_is_known", make.RegulatorRequestFactory, CLOSED, CLOSED | {"outcome": "perhaps"}),
    ("request_due_after_receipt", make.RegulatorRequestFactory, {}, {"due_on": date(2026, 3, 2)}),
    (
        "request_answered_has_text_and_moment",
        make.RegulatorRequestFactory,
        {"answered": True},
        {"answered": True, "answer": ""},
    ),
    ("request_closed_has_day_and_outcome", make.RegulatorRequestFactory, CLOSED, CLOSED | {"closed_on": None}),
    (
        "request_sent_was_answered",
        make.RegulatorRequestFactory,
        {"answered": True, "sent_on": date(2026, 3, 10)},
        {"sent_on": date(2026, 3, 10)},
    ),
    ("appeal_has_number_and_question", make.ArbitratorAppealFactory, {}, {"asked": ""}),
    ("appeal_kind_is_known", make.ArbitratorAppealFactory, {"kind": "life"}, {"kind": "pets"}),
    ("appeal_state_is_known", make.ArbitratorAppealFactory, {"state": "cancelled"}, {"state": "lost"}),
    (
        "appeal_decision_is_known",
        make.ArbitratorAppealFactory,
        REJECTED,
        REJECTED | {"decision": "perhaps"},
    ),
    (
        "appeal_compliance_is_known",
        make.ArbitratorAppealFactory,
        {"upheld": True, "compliance": "none"},
        {"upheld": True, "compliance": "perhaps"},
    ),
    ("appeal_notified_after_filing", make.ArbitratorAppealFactory, {}, {"notified_on": date(2026, 2, 28)}),
    (
        "appeal_complete_after_filing",
        make.ArbitratorAppealFactory,
        {"complete_on": date(2026, 3, 1)},
        {"complete_on": date(2026, 2, 28)},
    ),
    (
        "appeal_completion_has_its_term",
        make.ArbitratorAppealFactory,
        {"completion_asked_on": date(2026, 3, 6), "completion_due_on": date(2026, 3, 16)},
        {"completion_asked_on": date(2026, 3, 6)},
    ),
    (
        "appeal_counter_arguments_have_a_term",
        make.ArbitratorAppealFactory,
        {"preparing": True},
        {"preparing": True, "counter_due_on": None},
    ),
    (
        "appeal_waiting_has_counter_arguments",
        make.ArbitratorAppealFactory,
        {"preparing": True, "state": "waiting", "counter_arguments": "Si chiede il rigetto."},
        {"preparing": True, "state": "waiting"},
    ),
    (
        "appeal_decided_has_day_and_decision",
        make.ArbitratorAppealFactory,
        REJECTED,
        REJECTED | {"decided_on": None},
    ),
    (
        "appeal_compliance_only_when_upheld",
        make.ArbitratorAppealFactory,
        {"upheld": True},
        REJECTED | {"comply_by": date(2026, 5, 20)},
    ),
    (
        "appeal_published_has_its_periods",
        make.ArbitratorAppealFactory,
        {"upheld": True, "compliance": "none", **PUBLISHED},
        {"upheld": True, "compliance": "none", **PUBLISHED, "published_by_us_until": None},
    ),
    (
        "appeal_complied_with_on_a_day",
        make.ArbitratorAppealFactory,
        {"upheld": True, "compliance": "full", "complied_on": date(2026, 5, 2)},
        {"upheld": True, "compliance": "full"},
    ),
    ("appeal_sums_are_not_negative", make.ArbitratorAppealFactory, {"value": Decimal(0)}, {"value": Decimal(-1)}),
    ("feedback_rating_range", make.FeedbackFactory, {"rating": 1}, {"rating": 0}),
    ("feedback_rating_range", make.FeedbackFactory, {"rating": 5}, {"rating": 6}),
    ("feedback_rated_but_at_a_store", make.FeedbackFactory, {"at_store": True, "rating": None}, {"rating": None}),
    ("feedback_source_is_known", make.FeedbackFactory, {"source": "site"}, {"source": "fax"}),
    ("feedback_state_is_known", make.FeedbackFactory, {"closed": True}, {"state": "lost"}),
    ("feedback_outcome_is_known", make.FeedbackFactory, {"closed": True}, {"closed": True, "outcome": "perhaps"}),
    ("feedback_suspicion_is_known", make.FeedbackFactory, {"suspicion": "links"}, {"suspicion": "tone"}),
    ("feedback_reach_is_known", make.FeedbackFactory, {"reach": "known"}, {"reach": "maybe"}),
    (
        "feedback_closed_has_moment_and_outcome",
        make.FeedbackFactory,
        {"closed": True},
        {"closed": True, "closed_at": None},
    ),
    (
        "feedback_closed_has_moment_and_outcome",
        make.FeedbackFactory,
        {"closed": True},
        {"closed": True, "outcome": ""},
    ),
    ("feedback_closed_has_moment_and_outcome", make.FeedbackFactory, {}, {"outcome": "nothing"}),
    (
        "feedback_closed_after",
        make.FeedbackFactory,
        {"closed": True, "closed_at": timezone.now() + timedelta(days=1)},
        {"closed": True, "closed_at": timezone.now() - timedelta(days=1)},
    ),
    ("feedback_answered_has_its_text", make.FeedbackFactory, {"answered": True}, {"answered": True, "answer": ""}),
    ("feedback_answered_has_its_text", make.FeedbackFactory, {}, {"answer": "Grazie."}),
    (
        "feedback_acknowledged_has_its_moment",
        make.FeedbackFactory,
        {"state": "acknowledged", "acknowledged_at": timezone.now()},
        {"state": "acknowledged"},
    ),
    ("feedback_answered_has_its_moment", make.FeedbackFactory, {"answered": True}, {"state": "answered"}),
    (
        "feedback_has_its_contact",
        lambda **given: make.FeedbackFactory(
            **{name: value() if callable(value) else value for name, value in given.items()}
        ),
        {"state": "contact", "contact": ContactFactory},
        {"state": "contact"},
    ),
    (
        "feedback_has_its_complaint",
        lambda **given: make.FeedbackFactory(
            **{name: value() if callable(value) else value for name, value in given.items()}
        ),
        {"state": "complaint", "complaint": make.ComplaintFactory},
        {"state": "complaint"},
    ),
    (
        "feedback_posted_is_an_answer_at_a_store",
        make.FeedbackFactory,
        {"at_store": True, "answered": True, "posted_on": date(2026, 5, 1)},
        {"answered": True, "posted_on": date(2026, 5, 1)},
    ),
    (
        "theme_ends_after_it_begins",
        make.FeedbackThemeFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    ("theme_has_a_name", make.FeedbackThemeFactory, {"name": "A"}, {"name": ""}),
    ("store_ratings_are_of_a_store", make.StoreRatingsFactory, {"source": "app_store"}, {"source": "app"}),
    ("theme_measure_adds_up", make.ThemeMeasureFactory, {"right": 9}, {"right": 10}),
    ("theme_measure_adds_up", make.ThemeMeasureFactory, {"tested": 9}, {"tested": 8}),
    (
        "complaint_one_intermediary_concerned",
        make.ComplaintFactory,
        {"agency": factory.SubFactory(AgencyFactory)},
        {
            "agency": factory.SubFactory(AgencyFactory),
            "intermediary_row": factory.SubFactory(make.IntermediaryFactory),
        },
    ),
    (
        "complaint_one_intermediary_concerned",
        make.ComplaintFactory,
        {"intermediary_row": factory.SubFactory(make.IntermediaryFactory)},
        {
            "agency": factory.SubFactory(AgencyFactory),
            "intermediary_row": factory.SubFactory(make.IntermediaryFactory),
        },
    ),
    ("intermediary_has_a_type", make.IntermediaryFactory, {"kind": "bank"}, {"kind": ""}),
    ("intermediary_has_a_name_or_an_agency", make.IntermediaryFactory, {"name": "A"}, {"name": ""}),
    ("intermediary_has_a_name_or_an_agency", make.IntermediaryFactory, {"ours": True}, {"ours": True, "name": "A"}),
    (
        "intermediary_has_a_name_or_an_agency",
        make.IntermediaryFactory,
        {"ours": True},
        {"ours": True, "pec": "agenzia@pec.example.it"},
    ),
    (
        "intermediary_has_a_name_or_an_agency",
        make.IntermediaryFactory,
        {"ours": True},
        {"ours": True, "kind": "broker"},
    ),
    (
        "intermediary_rule_ends_after_it_begins",
        make.IntermediaryRuleFactory,
        {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 7, 1)},
        {"valid_from": date(2026, 7, 1), "valid_to": date(2026, 6, 30)},
    ),
    (
        "intermediary_rule_gives_days",
        make.IntermediaryRuleFactory,
        {"answer_days": 1, "remind_days": 0},
        {"answer_days": 0, "remind_days": 0},
    ),
    ("intermediary_rule_gives_days", make.IntermediaryRuleFactory, {"answer_days": 60}, {"answer_days": 61}),
    (
        "intermediary_rule_gives_days",
        make.IntermediaryRuleFactory,
        {"answer_days": 5, "remind_days": 5},
        {"answer_days": 5, "remind_days": 6},
    ),
    (
        "intermediary_rule_suspends_for_a_type",
        rule_that_follows,
        {"kind": "agent", "may_suspend": True},
        {"kind": "", "may_suspend": True},
    ),
    (
        "intermediary_rule_copies_are_letters",
        make.IntermediaryRuleFactory,
        {"copies": ["complaint-answered"]},
        {"copies": ["complaint-answered", "complaint-lost"]},
    ),
    ("intermediary_rule_cites_an_article", make.IntermediaryRuleFactory, {"article": "1"}, {"article": ""}),
    ("enquiry_state_is_known", make.EnquiryFactory, {"state": "open"}, {"state": "lost"}),
    ("enquiry_kind_is_known", make.EnquiryFactory, {"kind": "invitation"}, {"kind": "chat"}),
    ("enquiry_way_is_known", make.EnquiryFactory, {"way": "post"}, {"way": "fax"}),
    (
        "enquiry_asks_something_until_a_day",
        make.EnquiryFactory,
        {"answer_due_on": date(2026, 1, 20)},
        {"answer_due_on": date(2026, 1, 19)},
    ),
    ("enquiry_asks_something_until_a_day", make.EnquiryFactory, {"asked": "1"}, {"asked": ""}),
    ("enquiry_asks_something_until_a_day", make.EnquiryFactory, {}, {"answer_due_on": None}),
    (
        "enquiry_asks_something_until_a_day",
        make.EnquiryFactory,
        PASSED_ON,
        PASSED_ON | {"answer_due_on": date(2026, 2, 4)},
    ),
    ("enquiry_asks_something_until_a_day", make.EnquiryFactory, PASSED_ON, PASSED_ON | {"state": "open"}),
    (
        "enquiry_position_is_whole",
        make.EnquiryFactory,
        {"answered": True},
        {"answered": True, "position": ""},
    ),
    (
        "enquiry_position_is_whole",
        make.EnquiryFactory,
        {"answered": True},
        {"answered": True, "answered_on": None},
    ),
    (
        "enquiry_position_is_whole",
        make.EnquiryFactory,
        {"answered": True, "answered_on": date(2026, 1, 20)},
        {"answered": True, "answered_on": date(2026, 1, 19)},
    ),
    (
        "enquiry_position_is_whole",
        make.EnquiryFactory,
        {"answered": True},
        {"answered": True, "answered_at": None},
    ),
    (
        "enquiry_position_is_whole",
        make.EnquiryFactory,
        {"answered": True, "through": "page"},
        {"answered": True, "through": "fax"},
    ),
    ("enquiry_position_is_whole", make.EnquiryFactory, {}, {"position": "Non è vero."}),
    ("enquiry_closed_says_why", make.EnquiryFactory, UNANSWERED, UNANSWERED | {"closed_why": ""}),
    ("enquiry_closed_says_why", make.EnquiryFactory, UNANSWERED, UNANSWERED | {"closed_at": None}),
    ("enquiry_closed_says_why", make.EnquiryFactory, {}, {"closed_why": "Non è più attesa."}),
    ("enquiry_file_has_a_name", make.EnquiryFileFactory, {"name": "a.pdf"}, {"name": ""}),
    ("enquiry_file_is_not_empty", make.EnquiryFileFactory, {"size": 1}, {"size": 0}),
    ("return_half_is_one", make.HalfYearReturnFactory, {"half": "2026H2"}, {"half": "2026H3", "tables": {}}),
    ("return_half_is_one", make.HalfYearReturnFactory, {"half": "2026H2"}, {"half": "1926H2", "tables": {}}),
    (
        "return_revisions_begin_at_one",
        make.HalfYearReturnFactory,
        {"revision": 1, "reason": "Un reclamo in più."},
        {"revision": 0, "reason": "Un reclamo in più."},
    ),
    (
        "return_revised_says_why",
        make.HalfYearReturnFactory,
        {"revision": 2, "reason": "Un reclamo in più."},
        {"revision": 2},
    ),
    ("return_has_its_checksums", make.HalfYearReturnFactory, {"checksum": "a" * 64}, {"checksum": "a" * 63}),
    ("return_has_its_checksums", make.HalfYearReturnFactory, {}, {"rows_checksum": "A" * 64}),
    ("return_has_its_files", make.HalfYearReturnFactory, {}, {"csv": b""}),
    ("return_has_its_files", make.HalfYearReturnFactory, {}, {"xlsx": b""}),
    ("return_has_its_files", make.HalfYearReturnFactory, {}, {"pdf": b""}),
    ("return_has_its_files", make.HalfYearReturnFactory, {}, {"xml": b""}),
    ("return_row_ends_as_it_says", make.ReturnRowFactory, ENDED, ENDED | {"outcome": ""}),
    ("return_row_ends_as_it_says", make.ReturnRowFactory, ENDED, ENDED | {"closed_on": None}),
    ("return_row_ends_as_it_says", make.ReturnRowFactory, ENDED, ENDED | {"ending": "lost"}),
    ("return_row_ends_as_it_says", make.ReturnRowFactory, WITHDRAWN, WITHDRAWN | {"outcome": "rejected"}),
    ("return_row_ends_as_it_says", make.ReturnRowFactory, {}, {"closed_on": date(2026, 2, 10)}),
    ("return_row_number_is_ours_or_old", make.ReturnRowFactory, {"past": True}, {"past": True, "old_number": ""}),
    ("return_row_number_is_ours_or_old", make.ReturnRowFactory, {}, {"old_number": "7"}),
    ("return_row_number_is_ours_or_old", make.ReturnRowFactory, {}, {"sequence": None}),
    ("return_row_is_classified", make.ReturnRowFactory, {}, {"ramo": ""}),
    ("return_row_is_classified", make.ReturnRowFactory, {}, {"area": ""}),
    ("return_row_is_classified", make.ReturnRowFactory, {}, {"reason": ""}),
    ("return_row_is_classified", make.ReturnRowFactory, {}, {"channel": ""}),
    ("return_row_is_classified", make.ReturnRowFactory, {}, {"distribution": ""}),
    (
        "branch_premium_not_negative",
        make.BranchFigureFactory,
        {"premium": Decimal(0)},
        {"premium": Decimal("-0.01")},
    ),
    ("branch_figure_has_a_source", make.BranchFigureFactory, {"source": "1"}, {"source": ""}),
    (
        "branch_not_carried_on_has_no_figures",
        make.BranchFigureFactory,
        NOT_CARRIED_ON,
        NOT_CARRIED_ON | {"premium": 0},
    ),
    (
        "branch_not_carried_on_has_no_figures",
        make.BranchFigureFactory,
        NOT_CARRIED_ON,
        NOT_CARRIED_ON | {"contracts": 0},
    ),
    ("market_period_is_one", make.MarketFigureFactory, {"period": "2022H1"}, {"period": "2022H3"}),
    ("market_period_is_one", make.MarketFigureFactory, {"period": "2022"}, {"period": "22"}),
    ("market_figure_has_source_and_names", make.MarketFigureFactory, {"source": "1"}, {"source": ""}),
    ("market_figure_has_source_and_names", make.MarketFigureFactory, {"name": "1"}, {"name": ""}),
    ("market_figure_has_source_and_names", make.MarketFigureFactory, {"name_en": "1"}, {"name_en": ""}),
    ("action_state_is_known", make.CauseActionFactory, DONE, DONE | {"state": "lost"}),
    ("action_has_a_cause", make.CauseActionFactory, {"reason": "", "area": "settlement"}, {"reason": ""}),
    ("action_has_a_cause", make.CauseActionFactory, {"reason": "", "ramo": "10"}, {"reason": ""}),
    (
        "action_has_a_cause",
        make.CauseActionFactory,
        {"reason": "", "agency": factory.SubFactory(AgencyFactory)},
        {"reason": ""},
    ),
    ("action_says_what_and_how", make.CauseActionFactory, {"title": "1"}, {"title": ""}),
    ("action_says_what_and_how", make.CauseActionFactory, {"plan": "1"}, {"plan": ""}),
    (
        "action_due_after_it_opens",
        make.CauseActionFactory,
        {"due_on": date(2026, 1, 10)},
        {"due_on": date(2026, 1, 9)},
    ),
    ("action_done_has_day_and_words", make.CauseActionFactory, DONE, DONE | {"words": ""}),
    ("action_done_has_day_and_words", make.CauseActionFactory, DONE, DONE | {"done_on": None}),
    (
        "action_done_after_it_opens",
        make.CauseActionFactory,
        DONE | {"done_on": date(2026, 1, 10)},
        DONE | {"done_on": date(2026, 1, 9)},
    ),
    ("action_measured_has_its_effect", make.CauseActionFactory, MEASURED, MEASURED | {"effect": {}}),
    ("action_measured_has_its_effect", make.CauseActionFactory, MEASURED, MEASURED | {"measured_on": None}),
    ("action_measured_has_its_effect", make.CauseActionFactory, DONE, MEASURED | {"state": "done"}),
]
UNIQUE = [
    (
        "complaint_number_once",
        make.ComplaintFactory,
        {},
        lambda first: {"year": first.year, "sequence": first.sequence},
        lambda first: {"year": make.RegisterYearFactory(year=2027), "sequence": first.sequence},
    ),
    (
        "past_entry_once_in_its_register",
        make.PastEntryFactory,
        {"place": 1},
        lambda first: {"place": 1},
        lambda first: {"place": 1, "source": "another"},
    ),
    (
        "one_complaint_per_contact",
        lambda **given: make.ComplaintFactory(**{"contact": ContactFactory(), **given}),
        {},
        lambda first: {"contact": first.contact},
        lambda first: {"contact": first.contact, "cancelled": True},
    ),
    (
        "contact_file_taken_over_once",
        make.ComplaintDocumentFactory,
        {"taken_from": UUID(int=1)},
        lambda first: {"complaint": first.complaint, "taken_from": UUID(int=1)},
        lambda first: {"complaint": first.complaint, "taken_from": UUID(int=2)},
    ),
    (
        "hint_phrase_once",
        make.HintPhraseFactory,
        {"phrase": "mai visto"},
        lambda first: {"phrase": first.phrase},
        lambda first: {"phrase": first.phrase, "language": "en"},
    ),
    (
        "one_open_enquiry_per_complaint",
        make.EnquiryFactory,
        {},
        lambda first: {"complaint": first.complaint},
        lambda first: {"complaint": first.complaint, "answered": True},
    ),
    (
        "intermediary_rui_number_once",
        make.IntermediaryFactory,
        {},
        lambda first: {"rui_number": first.rui_number},
        lambda first: {"rui_number": make.IntermediaryFactory(rui_number="").rui_number},  # none, twice
    ),
    (
        "return_once_in_a_revision",
        make.HalfYearReturnFactory,
        {},
        lambda first: {"half": first.half},
        lambda first: {"half": first.half, "revision": 2, "reason": "Un reclamo in più."},
    ),
    (
        "complaint_once_in_a_return",
        make.ReturnRowFactory,
        {},
        lambda first: {"half_year_return": first.half_year_return, "sequence": first.sequence},
        lambda first: {"sequence": first.sequence},
    ),
    (
        "past_entry_once_in_a_return",
        make.ReturnRowFactory,
        {"past": True},
        lambda first: {
            "past": True,
            "half_year_return": first.half_year_return,
            "complaint_id": first.complaint_id,
        },
        lambda first: {"past": True, "half_year_return": first.half_year_return},  # a number given twice
    ),
    (
        "branch_figure_once_a_year",
        make.BranchFigureFactory,
        {},
        lambda first: {"year": first.year},
        lambda first: {"year": first.year, "ramo": "8"},
    ),
    (
        "market_figure_once",
        make.MarketFigureFactory,
        {},
        lambda first: {"name": first.name},
        lambda first: {"name": first.name, "period": "2022H1"},
    ),
    (
        "statement_once_of_the_same_returns",
        make.PublicStatementFactory,
        {},
        lambda first: {"first": first.first, "second": first.second},
        lambda first: {"first": first.first},
    ),
    (
        "code_word_once_in_a_list",
        make.CodeFactory,
        {},
        lambda first: {"word": first.word},
        lambda first: {"word": first.word, "list": "channel"},
    ),
    (
        "one_answer_waits_per_complaint",
        make.AnswerApprovalFactory,
        {},
        lambda first: {"complaint": first.complaint},
        lambda first: {"complaint": first.complaint, "decided": True},
    ),
    (
        "approval_never_by_its_writer",
        make.AnswerApprovalFactory,
        {},
        lambda first: {"decided": True, "submitted_by": first.submitted_by, "decided_by": first.submitted_by},
        lambda first: {"decided": True, "submitted_by": first.submitted_by},
    ),
    (
        "one_tick_per_item",
        make.ChecklistTickFactory,
        {},
        lambda first: {"complaint": first.complaint, "item": first.item},
        lambda first: {"item": first.item},
    ),
    (
        "one_open_proceeding_of_a_kind",
        make.ProceedingFactory,
        {},
        lambda first: {"complaint": first.complaint, "kind": first.kind},
        lambda first: {"complaint": first.complaint, "kind": "court"},
    ),
    (
        "one_legal_figure_per_beginning",
        make.LegalFigureFactory,
        {},
        lambda first: {"valid_from": first.valid_from},
        lambda first: {"valid_from": first.valid_from, "kind": "ivass_halved"},
    ),
    (
        "one_term_stop_per_beginning",
        make.TermStopFactory,
        {},
        lambda first: {"valid_from": first.valid_from},
        lambda first: {"valid_from": first.valid_from, "first_day": 2},
    ),
    (
        "one_request_per_protocol",
        make.RegulatorRequestFactory,
        {},
        lambda first: {"protocol": first.protocol},
        lambda first: {"protocol": first.protocol, "state": "cancelled"},
    ),
    (
        "one_appeal_per_number",
        make.ArbitratorAppealFactory,
        {},
        lambda first: {"number": first.number},
        lambda first: {"number": first.number, "state": "cancelled"},
    ),
    (
        "letter_text_version_is_one",
        make.LetterTextFactory,
        {"approved": True},
        lambda first: {"approved": True, "code": first.code, "number": first.number},
        lambda first: {"approved": True, "code": first.code, "number": first.number, "language": "en"},
    ),
    (
        "letter_text_written_once_at_a_time",
        make.LetterTextFactory,
        {},
        lambda first: {"code": first.code},
        lambda first: {"code": first.code, "state": "withdrawn"},
    ),
    (
        "feedback_once_per_source",
        make.FeedbackFactory,
        {"external_id": "1"},
        lambda first: {"external_id": first.external_id},
        lambda first: {"external_id": first.external_id, "source": "portal"},
    ),
    (
        "one_unclear_theme",
        make.FeedbackThemeFactory,
        {},
        lambda first: {"is_unclear": True},  # beside the one that every installation has
        lambda first: {"is_unclear": True, "valid_to": date(2026, 1, 1)},
    ),
    (
        "store_ratings_once",
        make.StoreRatingsFactory,
        {},
        lambda first: {"day": first.day, "app_version": first.app_version},
        lambda first: {"day": first.day, "app_version": "4.9"},
    ),
]


@pytest.mark.parametrize(("name", "made", "good", "bad"), CASES)
def test_a_bad_row_is_refused_beside_a_good_one(name, made, good, bad):
    made(**good)
    with refused_by(name):
        made(**bad)


@pytest.mark.parametrize(("name", "made", "given", "again", "other"), UNIQUE, ids=[str(case[0]) for case in UNIQUE])
def test_the_same_thing_is_not_stored_twice(name, made, given, again, other):
    first = made(**given)
    made(**other(first))
    with refused_by(name):
        made(**again(first))


def test_an_entry_is_no_double_of_itself():
    complaint = make.ComplaintFactory(sequence=900)
    with refused_by("complaint_is_no_double_of_itself"):
        Complaint.objects.filter(pk=complaint.pk).update(
            state="cancelled", cancelled_as="double", double_of=complaint.pk
        )


def test_one_suspension_is_open_at_a_time():
    """An open one has no last day, so the trigger refuses a second one whenever it begins.

    The constraint refuses it where the trigger does not see the first: while another transaction writes it.
    """
    complaint = make.SuspensionFactory(ended_on=None).complaint
    make.SuspensionFactory(complaint=complaint, started_on=date(2026, 1, 12), ended_on=date(2026, 1, 20))
    enquiry = make.EnquiryFactory(complaint=complaint, answered=True)  # it waits for nothing: one enquiry may be open
    again = {"complaint": complaint, "enquiry": enquiry, "started_on": date(2026, 6, 1), "ended_on": None}
    with pytest.raises(IntegrityError, match="A day is suspended once"), transaction.atomic():
        make.SuspensionFactory(**again)
    with (
        pgtrigger.ignore("complaints.Suspension:suspensions_do_not_overlap"),
        refused_by("one_open_suspension_per_complaint"),
    ):
        make.SuspensionFactory(**again)


def test_every_constraint_has_its_case():
    models = [model for model in apps.get_app_config("complaints").get_models() if not hasattr(model, "pgh_obj")]
    shown = {case[0] for case in CASES} | {case[0] for case in UNIQUE}
    shown |= {"complaint_is_no_double_of_itself", "one_open_suspension_per_complaint"}
    assert shown == constraint_names(*models)
