"""What the database refuses to hold in the tables of `contact_center`, each refusal beside a row that it takes."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.apps import apps
from factory import SubFactory

from contact_center.tests import factories as make
from contact_center.tests.factories import STARTED_AT
from customers.tests.factories import ClaimFactory, OperationFactory, UserFactory
from foundation.tests.database import constraint_names, refused_by

pytestmark = pytest.mark.django_db

EARLIER, LATER = STARTED_AT - timedelta(seconds=1), STARTED_AT + timedelta(minutes=9)


def a_state_that_ended(ended_at=LATER, **fields):
    """A state, and the one that follows it."""
    first = make.AgentStateFactory(ended_at=ended_at, **fields)
    make.AgentStateFactory(agent=first.agent, began_at=ended_at)
    return first


PARTED = {"parted_at": LATER, "parted_by": SubFactory(UserFactory)}
SENDING = {"begun_at": LATER, "sent_by": SubFactory(UserFactory)}


def a_caller_who_gave_up(**fields):
    """A call-back of today for somebody who gave up waiting."""
    gave_up = {"gave_up_on": date(2026, 1, 1), "gave_up_at": STARTED_AT, "gave_up_count": 1}
    return make.CallBackFactory(**{"source": "gave_up", **gave_up, **fields})


def _of(event):
    """The same call and customer as an identification."""
    return {"contact": event.contact, "customer": event.customer}


# constraint, factory, the fields that are taken, the fields that are refused
CASES = [
    ("mass_event_state_is_known", make.MassEventFactory, {"state": "active"}, {"state": "gone"}),
    ("mass_event_ends_after_it_begins", make.MassEventFactory, {"ends_at": LATER}, {"ends_at": STARTED_AT}),
    ("mass_event_declared_by_somebody", make.MassEventFactory, {"draft": True}, {"declared_by": None}),
    ("mass_event_over_has_its_moment", make.MassEventFactory, {"over": True}, {"state": "over"}),
    ("mass_event_has_its_words", make.MassEventFactory, {"words_en": ""}, {"guidance": ""}),
    ("joined_contact_parted_by_somebody", make.JoinedContactFactory, PARTED, {"parted_at": LATER}),
    (
        "joined_contact_result_is_known",
        make.JoinedContactFactory,
        {"result": "owed", "answer": SubFactory(make.MassAnswerFactory)},
        {"result": "lost", "answer": SubFactory(make.MassAnswerFactory)},
    ),
    ("joined_contact_result_is_of_an_answer", make.JoinedContactFactory, {}, {"result": "owed"}),
    ("mass_answer_has_its_words", make.MassAnswerFactory, {}, {"text_en": ""}),
    ("mass_answer_sent_by_somebody", make.MassAnswerFactory, {"state": "sending", **SENDING}, {"state": "sending"}),
    (
        "mass_answer_ended_has_its_moment",
        make.MassAnswerFactory,
        {"state": "withdrawn", "ended_at": LATER},
        {"state": "withdrawn"},
    ),
    (
        "contact_link_of_different_people_says_why",
        make.ContactLinkFactory,
        {"is_same_person": False, "why": "x"},
        {"is_same_person": False},
    ),
    ("contact_link_parted_by_somebody", make.ContactLinkFactory, PARTED, {"parted_at": LATER}),
    ("line_is_toll_free", make.TollFreeLineFactory, {"number": "+39803123"}, {"number": "+39840123456"}),
    ("line_language_is_known", make.TollFreeLineFactory, {"language": "de"}, {"language": "xx"}),
    ("agent_carries_some", make.AgentFactory, {"capacity": 1}, {"capacity": 0}),
    ("agent_languages_are_known", make.AgentFactory, {"languages": ["it", "fr"]}, {"languages": ["it", "xx"]}),
    (
        "skill_ends_after_it_begins",
        make.SkillFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    ("term_rung_warns_somebody", make.TermRungFactory, {"warns": "lead"}, {"warns": "nobody"}),
    ("term_rung_concerns_is_known", make.TermRungFactory, {"concerns": "requests"}, {"concerns": "letters"}),
    ("term_rung_amount_fits_its_moment", make.TermRungFactory, {"amount": 1}, {"amount": 0}),
    ("term_rung_kinds_are_known", make.TermRungFactory, {"kinds": ["request"]}, {"kinds": ["letter"]}),
    ("term_rung_level_is_one_or_two", make.TermRungFactory, {"level": 2}, {"level": 3}),
    (
        "term_rung_ends_after_it_begins",
        make.TermRungFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    (
        "term_rung_of_call_backs_is_no_share",
        make.TermRungFactory,
        {"moment": "share_left", "amount": 50, "concerns": "requests"},
        {"moment": "share_left", "amount": 50, "concerns": "call_backs"},
    ),
    ("raised_rung_warned_is_known", make.RaisedRungFactory, {"warned": "nobody"}, {"warned": "someone"}),
    ("line_target_is_a_share", make.LineTargetFactory, {"share": 100}, {"share": 101}),
    ("line_target_within_an_hour", make.LineTargetFactory, {"seconds": 1}, {"seconds": 0}),
    (
        "line_target_ends_after_it_begins",
        make.LineTargetFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    ("team_level_is_one_or_two", make.TeamFactory, {"level": 2}, {"level": 3}),
    (
        "pause_reason_ends_after_it_begins",
        make.PauseReasonFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    ("line_right_answers_are_one_to_five", make.TollFreeLineFactory, {"right_answers": 5}, {"right_answers": 6}),
    ("identity_question_fact_is_known", make.IdentityQuestionFactory, {"fact": "plate"}, {"fact": "shoe_size"}),
    (
        "identity_question_ends_after_it_begins",
        make.IdentityQuestionFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    (
        "identity_step_is_known",
        make.IdentityEventFactory,
        {"step": "general", "needed": None},
        {"step": "guessed", "needed": None},
    ),
    (
        "identity_question_is_named_where_asked",
        make.IdentityEventFactory,
        {"asked": True},
        {"asked": True, "question": None},
    ),
    (
        "identity_opened_without_says_why",
        make.IdentityEventFactory,
        {"explained": True},
        {"explained": True, "reason_kind": ""},
    ),
    ("identity_result_says_what_was_needed", make.IdentityEventFactory, {"needed": 1}, {"needed": None}),
    (
        "outgoing_call_has_its_key_or_none",
        make.OutgoingCallFactory,
        {"source": "a", "external_id": "1"},
        {"source": "a"},
    ),
    ("outgoing_call_number_is_e164", make.OutgoingCallFactory, {"number": "+39061234"}, {"number": "061234"}),
    (
        "outgoing_call_ended_after_it_began",
        make.OutgoingCallFactory,
        {"ended_at": LATER},
        {"ended_at": make.STARTED_AT - timedelta(seconds=1)},
    ),
    (
        "outgoing_call_talk_only_if_reached",
        make.OutgoingCallFactory,
        {"talk_seconds": 5},
        {"talk_seconds": 5, "reached": False},
    ),
    ("agent_state_reported_is_known", make.AgentStateFactory, {"reported": "written"}, {"reported": "asleep"}),
    ("agent_state_cause_is_known", make.AgentStateFactory, {"cause": "sign_in"}, {"cause": "the weather"}),
    (
        "agent_state_of_call_is_known",
        make.AgentStateFactory,
        {"call_state": "on_call", "contact": SubFactory(make.ContactFactory)},
        {"call_state": "engaged", "contact": SubFactory(make.ContactFactory)},
    ),
    (
        "agent_state_pause_has_its_reason",
        make.AgentStateFactory,
        {"reported": "pause", "pause": SubFactory(make.PauseReasonFactory)},
        {"reported": "pause"},
    ),
    (
        "agent_state_pause_has_its_reason",
        make.AgentStateFactory,
        {},
        {"pause": SubFactory(make.PauseReasonFactory)},
    ),
    (
        "agent_state_call_is_named",
        make.AgentStateFactory,
        {"call_state": "after_call", "contact": SubFactory(make.ContactFactory)},
        {"call_state": "after_call"},
    ),
    ("agent_state_call_is_named", make.AgentStateFactory, {}, {"contact": SubFactory(make.ContactFactory)}),
    ("agent_state_takes_time", a_state_that_ended, {"ended_at": LATER}, {"ended_at": STARTED_AT}),
    ("ended_state_has_a_reason", make.EndedStateFactory, {"reason": "a"}, {"reason": ""}),
    ("ended_state_ends_after_it_begins", make.EndedStateFactory, {"at": STARTED_AT}, {"at": EARLIER}),
    (
        "agent_state_reported_before_it_begins",
        make.AgentStateFactory,
        {"reported_at": EARLIER},
        {"reported_at": LATER},
    ),
    (
        "quality_form_ends_after_it_begins",
        make.QualityFormFactory,
        {"valid_from": date(2026, 2, 2), "valid_to": date(2026, 2, 2)},
        {"valid_from": date(2026, 2, 2), "valid_to": date(2026, 2, 1)},
    ),
    ("quality_form_draws_some", make.QualityFormFactory, {"per_agent": 1}, {"per_agent": 0}),
    ("quality_form_has_channels", make.QualityFormFactory, {"channels": ["phone"]}, {"channels": []}),
    ("quality_criterion_scale_is_known", make.QualityCriterionFactory, {"scale": "yes_no"}, {"scale": "mood"}),
    ("quality_criterion_weighs_something", make.QualityCriterionFactory, {"weight": 10}, {"weight": 0}),
    (
        "quality_sample_begins_on_monday",
        make.QualitySampleFactory,
        {"week": date(2026, 5, 4)},
        {"week": date(2026, 5, 5)},
    ),
    ("quality_sample_has_its_seed", make.QualitySampleFactory, {"seed": "a"}, {"seed": ""}),
    ("quality_review_is_scored_whole", make.QualityReviewFactory, {"scored": True}, {"result": 50}),
    (
        "quality_review_result_range",
        make.QualityReviewFactory,
        {"scored": True, "result": 100},
        {"scored": True, "result": 101},
    ),
    (
        "quality_review_critical_is_zero",
        make.QualityReviewFactory,
        {"scored": True, "failed_critical": True, "result": 0},
        {"scored": True, "failed_critical": True, "result": 50},
    ),
    ("quality_mark_points_range", make.QualityMarkFactory, {"points": 4}, {"points": 5}),
    ("quality_remark_has_text", make.QualityRemarkFactory, {"text": "a"}, {"text": ""}),
    ("agent_has_a_code", make.AgentFactory, {"code": "1"}, {"code": ""}),
    (
        "topic_ends_after_it_begins",
        make.TopicFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    ("contact_has_a_line_if_by_phone", make.ContactFactory, {"by_phone": True}, {"channel": "phone"}),
    ("contact_has_a_line_if_by_phone", make.ContactFactory, {}, {"by_phone": True, "channel": "email"}),
    (
        "contact_has_a_line_if_by_phone",
        make.ContactFactory,
        {"channel": "phone", "direction": "outbound"},
        {"channel": "phone", "direction": "inbound"},
    ),
    ("contact_channel_is_known", make.ContactFactory, {"channel": "post"}, {"channel": "pigeon"}),
    ("contact_outcome_is_known", make.ContactFactory, {"outcome": "dropped"}, {"outcome": "fine"}),
    ("contact_escalated_says_why", make.ContactFactory, {"escalated": True}, {"level": 2}),
    ("contact_escalated_says_why", make.ContactFactory, {}, {"escalation": "authority"}),
    (
        "contact_escalation_is_known",
        make.ContactFactory,
        {"level": 2, "escalation": "not_stated"},
        {"level": 2, "escalation": "mood"},
    ),
    ("contact_closed_has_its_moment", make.ContactFactory, {"closed": True}, {"state": "closed"}),
    ("contact_closed_has_its_moment", make.ContactFactory, {"state": "waiting"}, {"closed_at": LATER}),
    ("contact_closed_has_its_moment", make.ContactFactory, {}, {"state": "asleep"}),
    (
        "contact_follow_up_while_open",
        make.ContactFactory,
        {"follow_up_on": date(2027, 1, 8)},
        {"closed": True, "follow_up_on": date(2027, 1, 8)},
    ),
    (
        "contact_priority_is_known",
        make.ContactFactory,
        {"priority_by_hand": 2, "priority": 2},
        {"priority_by_hand": 3, "priority": 3},
    ),
    (
        "contact_priority_reasons_are_known",
        make.ContactFactory,
        {"priority": 1, "priority_reasons": ["came_back"]},
        {"priority": 1, "priority_reasons": ["mood"]},
    ),
    ("contact_priority_says_why", make.ContactFactory, {"priority": 0}, {"priority": 1}),
    (
        "contact_priority_says_why",
        make.ContactFactory,
        {"priority": 0, "priority_by_hand": 0, "priority_reasons": ["injured"]},
        {"priority": 2, "priority_by_hand": 0, "priority_reasons": ["injured"]},
    ),
    (
        "contact_priority_while_open",
        make.ContactFactory,
        {"closed": True},
        {"closed": True, "priority": 1, "priority_reasons": ["came_back"]},
    ),
    ("known_person_has_a_name", make.KnownPersonFactory, {"name": "x"}, {"name": ""}),
    ("known_person_can_be_reached", make.KnownPersonFactory, {"phone": "", "email": "a@example.it"}, {"phone": ""}),
    ("known_person_joined_has_its_moment", make.KnownPersonFactory, {"joined": True}, {"joined_at": LATER}),
    ("known_person_language_is_known", make.KnownPersonFactory, {"language": "en"}, {"language": "xx"}),
    ("queue_view_has_a_name", make.QueueViewFactory, {"name": "x"}, {"name": ""}),
    ("queue_view_sharing_is_known", make.QueueViewFactory, {"sharing": "all"}, {"sharing": "some"}),
    (
        "queue_view_of_a_team_names_it",
        make.QueueViewFactory,
        {"sharing": "team", "team": SubFactory(make.TeamFactory)},
        {"sharing": "team"},
    ),
    ("queue_view_of_a_team_names_it", make.QueueViewFactory, {}, {"team": SubFactory(make.TeamFactory)}),
    ("queue_view_place_in_range", make.QueueViewFactory, {"position": 99}, {"position": 0}),
    ("reply_draft_then_is_known", make.ReplyDraftFactory, {"then": "waiting"}, {"then": "later"}),
    ("reply_draft_version_begins_at_one", make.ReplyDraftFactory, {"version": 1}, {"version": 0}),
    ("draft_file_has_a_name", make.DraftFileFactory, {"name": "a"}, {"name": ""}),
    ("draft_file_is_not_empty", make.DraftFileFactory, {"size": 1}, {"size": 0}),
    ("contact_closed_after_start", make.ContactFactory, {"closed": True}, {"closed": True, "closed_at": EARLIER}),
    ("contact_satisfaction_range", make.ContactFactory, {"satisfaction": 1}, {"satisfaction": 0}),
    ("contact_satisfaction_range", make.ContactFactory, {"satisfaction": 5}, {"satisfaction": 6}),
    ("contact_direction_is_known", make.ContactFactory, {"direction": "outbound"}, {"direction": "sideways"}),
    ("past_contact_has_source_and_key", make.PastContactFactory, {"key": "1"}, {"key": ""}),
    ("past_contact_has_source_and_key", make.PastContactFactory, {"source": "a"}, {"source": ""}),
    ("web_form_is_known", make.WebFormRequestFactory, {"form": "guided"}, {"form": "blank"}),
    (
        "web_form_suspicion_is_known",
        make.WebFormRequestFactory,
        {"suspicion": "links"},
        {"suspicion": "mood"},
    ),
    ("message_has_text", make.MessageFactory, {"text": "1"}, {"text": ""}),
    ("message_direction_is_known", make.MessageFactory, {"direction": "note"}, {"direction": "aside"}),
    ("message_attachment_has_a_name", make.MessageAttachmentFactory, {"name": "a"}, {"name": ""}),
    ("message_attachment_is_not_empty", make.MessageAttachmentFactory, {"size": 1}, {"size": 0}),
    ("question_kind_is_known", make.TopicQuestionFactory, {"kind": "plate"}, {"kind": "colour"}),
    (
        "question_has_choices_if_it_is_one",
        make.TopicQuestionFactory,
        {"kind": "choice", "choices": "a | A\nb | B"},
        {"kind": "choice"},
    ),
    ("question_has_choices_if_it_is_one", make.TopicQuestionFactory, {}, {"choices": "a | A\nb | B"}),
    (
        "question_ends_after_it_begins",
        make.TopicQuestionFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    (
        "survey_answered_says_what",
        make.SatisfactionSurveyFactory,
        {"answered_at": LATER, "resolved": False},
        {"answered_at": LATER},
    ),
    ("survey_answered_says_what", make.SatisfactionSurveyFactory, {}, {"comment": "Grazie"}),
    (
        "survey_rating_range",
        make.SatisfactionSurveyFactory,
        {"answered_at": LATER, "resolved": True, "rating": 5},
        {"answered_at": LATER, "resolved": True, "rating": 6},
    ),
    (
        "call_back_ends_after_it_begins",
        make.CallBackFactory,
        {"starts_at": STARTED_AT, "ends_at": LATER},
        {"starts_at": STARTED_AT, "ends_at": STARTED_AT},
    ),
    ("call_back_source_is_known", make.CallBackFactory, {"source": "agent"}, {"source": "friend"}),
    (
        "call_back_booked_has_its_customer",
        make.CallBackFactory,
        {"source": "agent", "customer": None},
        {"customer": None},
    ),
    (
        "call_back_says_when_they_gave_up",
        make.CallBackFactory,
        {"source": "gave_up", "gave_up_on": date(2026, 1, 1), "gave_up_at": STARTED_AT, "gave_up_count": 1},
        {"source": "gave_up"},
    ),
    ("call_back_says_when_they_gave_up", make.CallBackFactory, {}, {"gave_up_count": 1}),
    (
        "line_calls_back_within_some_time",
        make.TollFreeLineFactory,
        {"abandoned_within_minutes": 1},
        {"abandoned_within_minutes": 0},
    ),
    ("call_back_has_a_number", make.CallBackFactory, {"phone": "+390248219001"}, {"phone": ""}),
    ("call_has_its_key", make.CallFactory, {"external_id": "1"}, {"external_id": ""}),
    ("call_has_its_key", make.CallFactory, {"source": "1"}, {"source": ""}),
    ("call_caller_is_e164", make.CallFactory, {"caller": "", "contact": None}, {"caller": "333", "contact": None}),
    (
        "call_disposition_is_known",
        make.CallFactory,
        {"abandoned": True, "disposition": "key_exit"},
        {"abandoned": True, "disposition": "vanished"},
    ),
    (
        "call_answered_has_its_moment",
        make.CallFactory,
        {"contact": None},
        {"contact": None, "answered_at": None},
    ),
    ("call_not_answered_has_no_talk", make.CallFactory, {"abandoned": True}, {"abandoned": True, "talk_seconds": 1}),
    (
        "call_not_answered_has_no_talk",
        make.CallFactory,
        {"abandoned": True, "disposition": "timed_out"},
        {"abandoned": True, "answered_at": LATER},
    ),
    (
        "call_answered_after_queued",
        make.CallFactory,
        {"answered_at": STARTED_AT},
        {"answered_at": EARLIER},
    ),
    ("call_recorded_by_is_known", make.CallFactory, {"recorded_by": "sweep"}, {"recorded_by": "nobody"}),
    ("call_event_has_its_keys", make.CallEventFactory, {"key": "1"}, {"key": ""}),
    ("call_event_has_its_keys", make.CallEventFactory, {"external_id": "1"}, {"external_id": ""}),
    ("call_event_kind_is_known", make.CallEventFactory, {"kind": "held"}, {"kind": "vanished"}),
    ("call_ended_after_queued", make.CallFactory, {"ended_at": STARTED_AT}, {"ended_at": EARLIER}),
    ("call_ended_unless_open", make.CallFactory, {"disposition": "open", "ended_at": None}, {"ended_at": None}),
    ("call_ended_unless_open", make.CallFactory, {}, {"disposition": "open"}),
    ("leg_answered_after_entered", make.CallLegFactory, {"answered_at": STARTED_AT}, {"answered_at": EARLIER}),
    ("leg_ended_after_entered", make.CallLegFactory, {"ended_at": STARTED_AT}, {"ended_at": EARLIER}),
    ("period_closes_after_it_opens", make.OpeningPeriodFactory, {"closes": time(9)}, {"closes": time(8, 30)}),
    ("period_closes_after_it_opens", make.OpeningPeriodFactory, {"closes": time(0)}, {"closes": time(8, 30)}),
    ("period_weekday_is_one_of_seven", make.OpeningPeriodFactory, {"weekday": 6}, {"weekday": 7}),
    (
        "special_day_is_closed_or_has_hours",
        make.SpecialDayFactory,
        {"opens": time(9), "closes": time(12)},
        {"opens": time(9)},
    ),
    (
        "special_day_is_closed_or_has_hours",
        make.SpecialDayFactory,
        {"opens": time(9), "closes": time(0)},
        {"opens": time(9), "closes": time(8)},
    ),
    ("target_takes_some_time", make.ServiceTargetFactory, {"minutes": 1}, {"minutes": 0}),
    (
        "target_ends_after_it_begins",
        make.ServiceTargetFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    ("wrap_up_outcome_is_known", make.WrapUpCodeFactory, {"outcome": "dropped"}, {"outcome": "fine"}),
    (
        "wrap_up_call_back_is_not_resolved",
        make.WrapUpCodeFactory,
        {"outcome": "unresolved", "keeps_open": True},
        {"outcome": "resolved", "keeps_open": True},
    ),
    (
        "wrap_up_ends_after_it_begins",
        make.WrapUpCodeFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    ("daily_figures_are_cut_one_way", make.DailyFiguresFactory, {"cut": "topic"}, {"cut": "all"}),
    (
        "half_hour_begins_on_the_half_hour",
        make.HalfHourFiguresFactory,
        {"begins_at": datetime(2026, 10, 25, 1, 30, tzinfo=UTC)},
        {"begins_at": datetime(2026, 10, 25, 1, 31, tzinfo=UTC)},
    ),
    ("one_basis", make.FiguresBasisFactory, {}, {"id": 2}),
]
UNIQUE = [
    (
        "past_contact_once_in_its_source",
        make.PastContactFactory,
        {"source": "a", "key": "1"},
        lambda first: {"source": first.source, "key": first.key},
        lambda first: {"source": "b", "key": first.key},
    ),
    (
        "one_open_state_per_agent",
        make.AgentStateFactory,
        {},
        lambda first: {"agent": first.agent, "began_at": LATER},
        lambda first: {"agent": first.agent, "began_at": EARLIER, "ended_at": first.began_at},
    ),
    (
        "one_state_begins_at_a_moment",
        make.AgentStateFactory,
        {},
        lambda first: {"agent": first.agent, "ended_at": LATER},
        lambda first: {},
    ),
    (
        "one_state_ends_at_a_moment",
        a_state_that_ended,
        {},
        lambda first: {"agent": first.agent, "began_at": EARLIER},
        lambda first: {},
    ),
    (
        "one_active_agent_per_extension",
        make.AgentFactory,
        {"extension": "21"},
        lambda first: {"extension": first.extension},
        lambda first: {"extension": first.extension, "is_active": False},
    ),
    (
        "one_contact_per_operation",
        lambda **fields: make.ContactFactory(operation=fields.get("operation") or OperationFactory()),
        {},
        lambda first: {"operation": first.operation},
        lambda first: {},
    ),
    (
        "one_open_conversation_per_claim",
        make.ContactFactory,
        {"claim": SubFactory(ClaimFactory)},
        lambda first: {"claim": first.claim},
        lambda first: {"claim": first.claim, "by_phone": True},
    ),
    (
        "one_open_conversation_per_claim",
        make.ContactFactory,
        {"claim": SubFactory(ClaimFactory), "operation": SubFactory(OperationFactory)},
        lambda first: {"claim": first.claim},
        lambda first: {"claim": first.claim},
    ),
    (
        "message_once_per_contact",
        make.MessageFactory,
        {"external_id": "<1@example.it>"},
        lambda first: {"contact": first.contact, "external_id": first.external_id},
        lambda first: {"external_id": first.external_id},
    ),
    (
        "question_code_once_per_topic",
        make.TopicQuestionFactory,
        {"code": "targa"},
        lambda first: {"topic": first.topic, "code": first.code},
        lambda first: {"code": first.code},
    ),
    (
        "one_call_back_per_customer_and_hour",
        make.CallBackFactory,
        {},
        lambda first: {"customer": first.customer, "starts_at": first.starts_at},
        lambda first: {"customer": first.customer, "starts_at": first.starts_at, "cancelled_at": first.booked_at},
    ),
    (
        "one_call_back_per_number_and_day",
        a_caller_who_gave_up,
        {"phone": "+390248219001"},
        lambda first: {"phone": first.phone},
        lambda first: {"phone": first.phone, "gave_up_on": date(2026, 1, 2)},
    ),
    (
        "call_once_per_source",
        make.CallFactory,
        {},
        lambda first: {"external_id": first.external_id},
        lambda first: {"external_id": first.external_id, "source": "other"},
    ),
    (
        "one_leg_per_position",
        make.CallLegFactory,
        {},
        lambda first: {"call": first.call, "position": first.position},
        lambda first: {"position": first.position},
    ),
    (
        "call_event_once_per_source",
        make.CallEventFactory,
        {},
        lambda first: {"key": first.key},
        lambda first: {"key": first.key, "source": "other"},
    ),
    (
        "one_reply_draft_per_person_and_contact",
        make.ReplyDraftFactory,
        {},
        lambda first: {"user": first.user, "contact": first.contact},
        lambda first: {"contact": first.contact},
    ),
    (
        "draft_file_once",
        make.DraftFileFactory,
        {},
        lambda first: {"draft": first.draft},
        lambda first: {"draft": first.draft, "sha256": "0" * 64},
    ),
    (
        "known_person_once_per_phone",
        make.KnownPersonFactory,
        {},
        lambda first: {"phone": first.phone},
        lambda first: {"phone": first.phone, "joined": True},
    ),
    (
        "known_person_once_per_email",
        make.KnownPersonFactory,
        {"email": "nora@example.it"},
        lambda first: {"email": "NORA@example.it"},
        lambda first: {"email": "nora@example.it", "joined": True},
    ),
    (
        "queue_view_once_per_name",
        make.QueueViewFactory,
        {},
        lambda first: {"user": first.user, "name": first.name},
        lambda first: {"name": first.name},
    ),
    (
        "one_mention_per_note_and_colleague",
        make.MentionFactory,
        {},
        lambda first: {"message": first.message, "agent": first.agent},
        lambda first: {"message": first.message},
    ),
    (
        "contact_is_of_one_mass_event",
        make.JoinedContactFactory,
        {},
        lambda first: {"contact": first.contact},
        lambda first: {"contact": first.contact, **PARTED},
    ),
    (
        "contact_follows_one_at_most",
        make.ContactLinkFactory,
        {},
        lambda first: {"other": first.other},
        lambda first: {"other": first.other, **PARTED},
    ),
    (
        "one_mass_answer_at_a_time",
        make.MassAnswerFactory,
        {},
        lambda first: {"event": first.event},
        lambda first: {"event": first.event, "state": "withdrawn", "ended_at": LATER},
    ),
    (
        "agent_serves_a_line_once",
        make.AgentLineFactory,
        {},
        lambda first: {"agent": first.agent, "line": first.line},
        lambda first: {"agent": first.agent},
    ),
    (
        "agent_has_a_skill_once",
        make.AgentSkillFactory,
        {},
        lambda first: {"agent": first.agent, "skill": first.skill},
        lambda first: {"agent": first.agent},
    ),
    (
        "a_rung_is_raised_once_for_a_term",
        make.RaisedRungFactory,
        {},
        lambda first: {"contact": first.contact, "rung": first.rung},
        lambda first: {"contact": first.contact},
    ),
    (
        "one_line_target_per_beginning",
        make.LineTargetFactory,
        {},
        lambda first: {"line": first.line},
        lambda first: {"line": first.line, "valid_from": date(2026, 1, 1)},
    ),
    (
        "one_period_per_opening",
        make.OpeningPeriodFactory,
        {},
        lambda first: {"calendar": first.calendar},
        lambda first: {"calendar": first.calendar, "weekday": 1},
    ),
    (
        "one_special_day_per_opening",
        make.SpecialDayFactory,
        {},
        lambda first: {"calendar": first.calendar},
        lambda first: {},
    ),
    (
        "one_target_per_beginning",
        make.ServiceTargetFactory,
        {},
        lambda first: {"valid_from": first.valid_from},
        lambda first: {"valid_from": first.valid_from, "level": 2},
    ),
    (
        "one_wrap_up_code_per_key",
        make.WrapUpCodeFactory,
        {"key": "x"},
        lambda first: {"key": "x"},
        lambda first: {"key": "x", "valid_to": date(2026, 1, 1)},
    ),
    (
        "a_state_is_ended_once",
        make.EndedStateFactory,
        {},
        lambda first: {"agent": first.agent},
        lambda first: {},
    ),
    (
        "one_criterion_of_a_code_per_form",
        make.QualityCriterionFactory,
        {},
        lambda first: {"form": first.form, "code": first.code},
        lambda first: {"code": first.code},
    ),
    (
        "one_review_per_contact",
        make.QualityReviewFactory,
        {},
        lambda first: {"contact": first.contact},
        lambda first: {"contact": first.contact, "calibrates": first},
    ),
    (
        "one_second_opinion",
        lambda **fields: make.QualityReviewFactory(**{"calibrates": make.QualityReviewFactory()} | fields),
        {},
        lambda first: {"calibrates": first.calibrates},
        lambda first: {},
    ),
    (
        "one_mark_per_criterion",
        make.QualityMarkFactory,
        {},
        lambda first: {"review": first.review, "criterion": first.criterion},
        lambda first: {"review": first.review},
    ),
    (
        "identity_question_asked_once",
        make.IdentityEventFactory,
        {"asked": True},
        lambda first: {"asked": True, **_of(first), "question": first.question},
        lambda first: {"asked": True, **_of(first)},
    ),
    (
        "identity_question_answered_once",
        make.IdentityEventFactory,
        {"asked": True, "step": "right"},
        lambda first: {"asked": True, "step": "wrong", **_of(first), "question": first.question},
        lambda first: {"asked": True, "step": "wrong", **_of(first)},
    ),
    (
        "identity_result_once",
        make.IdentityEventFactory,
        {},
        _of,
        lambda first: {**_of(first), "step": "failed"},
    ),
    (
        "outgoing_call_once_per_source",
        make.OutgoingCallFactory,
        {"source": "a", "external_id": "1"},
        lambda first: {"source": "a", "external_id": "1"},
        lambda first: {"source": "b", "external_id": "1"},
    ),
    (
        "one_row_per_cut_and_day",
        make.DailyFiguresFactory,
        {"line": None},
        lambda first: {"line": None},
        lambda first: {"line": None, "channel": "email"},
    ),
    (
        "one_row_per_half_hour",
        make.HalfHourFiguresFactory,
        {"line": None},
        lambda first: {"line": None},
        lambda first: {"line": None, "begins_at": first.begins_at + timedelta(minutes=30)},
    ),
]


@pytest.mark.parametrize(("name", "factory", "good", "bad"), CASES)
def test_a_bad_row_is_refused_beside_a_good_one(name, factory, good, bad):
    factory(**good)
    with refused_by(name):
        factory(**bad)


@pytest.mark.parametrize(("name", "factory", "given", "again", "other"), UNIQUE, ids=[case[0] for case in UNIQUE])
def test_the_same_thing_is_not_stored_twice(name, factory, given, again, other):
    first = factory(**given)
    factory(**other(first))
    with refused_by(name):
        factory(**again(first))


def test_a_call_that_nobody_answered_has_no_contact():
    contact = make.ContactFactory(by_phone=True)
    with refused_by("call_has_a_contact_only_if_answered"):
        make.CallFactory(abandoned=True, contact=contact)


def test_a_contact_is_not_joined_to_itself():
    contact = make.ContactFactory()
    with refused_by("contact_link_is_with_another"):
        make.ContactLinkFactory(main=contact, other=contact)


def test_a_form_is_stored_once_however_often_it_is_sent():
    first = make.WebFormRequestFactory(submission_key=uuid.uuid4())
    with pytest.raises(Exception, match="submission_key"):
        make.WebFormRequestFactory(submission_key=first.submission_key)


def test_every_constraint_has_its_case():
    models = [model for model in apps.get_app_config("contact_center").get_models() if not hasattr(model, "pgh_obj")]
    alone = {"call_has_a_contact_only_if_answered", "contact_link_is_with_another"}
    tested = {case[0] for case in CASES} | {case[0] for case in UNIQUE} | alone
    # By contact_escalated_says_why and mass_answer_ended_has_its_moment, which refuse first
    implied = {"contact_level_is_one_or_two", "mass_answer_state_is_known"}
    assert tested | implied == constraint_names(*models)
