"""What the database refuses to hold in the tables of `customers`, each refusal beside a row that it takes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
from django.apps import apps
from factory import SelfAttribute, SubFactory

from customers.models import (
    AppDevice,
    CalendarFeed,
    Claim,
    ClaimReport,
    Consent,
    ContactPoint,
    Customer,
    DataChange,
    DataExport,
    Invitation,
    Mandate,
    Operation,
    Payment,
    PaymentIncident,
    Policy,
    PolicyPerson,
    PolicyValue,
    RefundDue,
    RenewalOffer,
    SignInAddressChange,
    Upload,
    User,
)
from customers.tests import factories as make
from foundation.tests.database import constraint_names, refused_by

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 10, 9, tzinfo=UTC)

payment_of_an_offer = partial(
    make.PaymentFactory,
    instalment=None,
    offer=SubFactory(make.RenewalOfferFactory),
    policy=SelfAttribute("offer.policy"),
    due_on=SelfAttribute("offer.valid_until"),
    amount=SelfAttribute("offer.premium"),
)

member = partial(make.ReservedAreaAccountFactory, member=True)
guardian = partial(make.ReservedAreaAccountFactory, by_document=True)
DECIDED = datetime(2026, 6, 1, 9, tzinfo=UTC)

EARLIER = datetime(2026, 1, 9, 9, tzinfo=UTC)
staff = SubFactory(make.UserFactory)
archived = partial(make.DataExportFactory, ready=True)
by_office = partial(make.DataExportFactory, channel="office", reason="Raccomandata del 3 maggio")
at_desk = partial(
    make.SignInAddressChangeFactory,
    channel="desk",
    reason="La casella non esiste più",
    questions=["home"],
    link_digest="1" * 64,
)
changed = partial(
    make.SignInAddressChangeFactory,
    changed_at=DECIDED,
    undo_until=datetime(2026, 6, 8, 9, tzinfo=UTC),
    undo_digest="2" * 64,
)
moved = partial(make.DataChangeFactory, kind="address", point_kind="", about=None)

# constraint, factory, the fields that are taken, the fields that are refused
LINK = "enrolment_link_has_customer_digest_and_end"
CASES = [
    ("fed_value_kind_is_known", make.FedValueFactory, {"kind": "language", "value": "en"}, {"kind": "shoes"}),
    ("user_email_is_lower_case", make.UserFactory, {}, None),  # see below: the manager itself writes lower case
    (
        "user_who_heads_complaints_works_here",
        make.UserFactory,
        {"is_staff": True, "heads_complaints": True},
        {"heads_complaints": True},
    ),
    ("account_state_is_known", make.ReservedAreaAccountFactory, {"state": "closed"}, {"state": "lost"}),
    ("account_capacity_is_known", member, {"capacity": "legal"}, {"capacity": "friend"}),
    ("account_rights_of_self", make.ReservedAreaAccountFactory, {"rights": []}, {"rights": ["ask"]}),
    ("account_rights_of_member", member, {"rights": ["people"]}, {"rights": ["everything"]}),
    ("account_rights_of_legal", partial(member, capacity="legal"), {"rights": ["pay"]}, {"rights": ["all"]}),
    ("account_rights_of_guardian", guardian, {"rights": ["consent"]}, {"rights": ["people"]}),
    ("account_rights_of_attorney", partial(guardian, capacity="attorney"), {"rights": []}, {"rights": ["people"]}),
    ("account_rights_of_heir", partial(guardian, capacity="heir"), {"rights": ["report"]}, {"rights": ["pay"]}),
    (
        "account_ends_after_it_began",
        partial(guardian, valid_from=date(2026, 1, 1)),
        {"valid_until": date(2026, 1, 1)},
        {"valid_until": date(2025, 12, 31)},
    ),
    ("account_ends_after_it_began", make.ReservedAreaAccountFactory, {}, {"valid_until": date(2099, 1, 1)}),
    ("account_ended_is_closed", member, {"state": "closed", "ended_at": NOW}, {"ended_at": NOW}),
    ("account_for_another_has_its_document", guardian, {}, {"mandate": None}),
    ("invitation_state_is_known", make.InvitationFactory, {}, {"state": "lost", "ended_at": NOW}),
    ("invitation_email_is_lower_case", make.InvitationFactory, {"email": "a@b.it"}, {"email": "A@b.it"}),
    ("invitation_rights_are_known", make.InvitationFactory, {"rights": []}, {"rights": ["everything"]}),
    ("invitation_digest_shape", make.InvitationFactory, {"digest": "f" * 64}, {"digest": "the secret itself"}),
    (
        "invitation_ended_has_its_moment",
        make.InvitationFactory,
        {"state": "withdrawn", "ended_at": NOW},
        {"state": "withdrawn"},
    ),
    (
        "invitation_accepted_has_its_account",
        partial(make.InvitationFactory, state="accepted", ended_at=NOW),
        {"account": SubFactory(make.ReservedAreaAccountFactory, member=True)},
        {"account": None},
    ),
    ("mandate_capacity_is_by_document", make.MandateFactory, {"capacity": "heir"}, {"capacity": "member"}),
    ("mandate_has_a_name", make.MandateFactory, {"name": "1"}, {"name": ""}),
    ("mandate_is_not_empty", make.MandateFactory, {"size": 1}, {"size": 0}),
    ("account_has_accepted_terms", make.ReservedAreaAccountFactory, {"terms_version": "1"}, {"terms_version": ""}),
    ("agency_has_a_code", make.AgencyFactory, {"code": "1"}, {"code": ""}),
    ("agency_phone_is_e164", make.AgencyFactory, {"phone": "+390212345678"}, {"phone": "02 12345678"}),
    ("customer_has_a_code", make.CustomerFactory, {"code": "1"}, {"code": ""}),
    ("customer_has_the_name_of_its_kind", make.CustomerFactory, {"kind": "person"}, {"kind": "robot"}),
    ("customer_has_the_name_of_its_kind", make.CustomerFactory, {"first_name": ""}, {"last_name": ""}),
    ("customer_has_the_name_of_its_kind", make.CustomerFactory, {"company": True}, {"company_name": "Rossi S.n.c."}),
    (
        "customer_has_the_name_of_its_kind",
        make.CustomerFactory,
        {"company": True, "company_name": "Rossi S.n.c."},
        {"company": True, "last_name": "Rossi"},
    ),
    (
        "customer_tax_code_shape",
        make.CustomerFactory,
        {"tax_code": "RSSMRA85T10A562S"},
        {"tax_code": "rssmra85t10a562s"},
    ),
    ("customer_tax_code_shape", make.CustomerFactory, {"tax_code": "01234567897"}, {"tax_code": "0123456789"}),
    ("customer_vat_number_shape", make.CustomerFactory, {"vat_number": "01234567897"}, {"vat_number": "IT012345678"}),
    ("contact_point_shape", make.ContactPointFactory, {"value": "+39333123456"}, {"value": "333123456"}),
    (
        "contact_point_shape",
        make.ContactPointFactory,
        {"kind": "pec", "value": "rossi@pec.example.it"},
        {"kind": "pec", "value": "rossi at pec"},
    ),
    ("contact_point_shape", make.ContactPointFactory, {}, {"kind": "fax"}),
    (
        "contact_point_address_is_lower_case",
        make.ContactPointFactory,
        {"kind": "email", "value": "rossi@example.it"},
        {"kind": "email", "value": "Rossi@example.it"},
    ),
    (LINK, make.EnrolmentFactory, {"linked": True}, {"linked": True, "customer": None}),
    (LINK, make.EnrolmentFactory, {"linked": True, "used_at": NOW}, {"linked": True, "digest": ""}),
    (LINK, make.EnrolmentFactory, {"outcome": "known"}, {"outcome": "known", "used_at": NOW}),
    (LINK, make.EnrolmentFactory, {}, {"outcome": "perhaps"}),
    ("consent_names_its_text", make.ConsentFactory, {"text_version": "1"}, {"text_version": ""}),
    ("consent_event_is_known", make.ConsentFactory, {"event": "withdrawn"}, {"event": "perhaps"}),
    ("consent_purpose_is_known", make.ConsentFactory, {"purpose": "profiling"}, {"purpose": "everything"}),
    ("consent_channel_is_known", make.ConsentFactory, {"channel": "sms"}, {"channel": "smoke"}),
    ("erasure_state_is_known", make.ErasureRequestFactory, {}, {"state": "lost", "ended_at": DECIDED}),
    (
        "erasure_decided_has_its_moment",
        make.ErasureRequestFactory,
        {"state": "granted", "decided_at": DECIDED},
        {"state": "granted"},
    ),
    (
        "erasure_refused_says_why",
        make.ErasureRequestFactory,
        {"state": "refused", "decided_at": DECIDED, "ended_at": DECIDED, "reason": "1"},
        {"state": "refused", "decided_at": DECIDED, "ended_at": DECIDED},
    ),
    (
        "erasure_carried_out_has_its_moment",
        make.ErasureRequestFactory,
        {"state": "carried_out", "decided_at": DECIDED, "carried_out_at": DECIDED},
        {"state": "carried_out", "decided_at": DECIDED},
    ),
    ("erasure_ended_has_its_moment", make.ErasureRequestFactory, {}, {"ended_at": DECIDED}),
    (
        "erasure_lengthened_says_why_and_from_when",
        make.ErasureRequestFactory,
        {
            "lengthened_at": DECIDED,
            "lengthened_by": staff,
            "lengthened_because": "1",
            "first_due_on": date(2026, 1, 1),
        },
        {"lengthened_at": DECIDED, "lengthened_by": staff, "first_due_on": date(2026, 1, 1)},
    ),
    ("access_reason_is_known", make.AccessLogFactory, {"reason_kind": "calls"}, {"reason_kind": "curious"}),
    ("access_reason_is_known", make.AccessLogFactory, {"reason_kind": ""}, {"reason_kind": "none"}),
    ("restriction_ground_is_known", make.FileRestrictionFactory, {"ground": "protected"}, {"ground": "famous"}),
    ("restriction_has_a_reason", make.FileRestrictionFactory, {"reason": "1"}, {"reason": ""}),
    (
        "restriction_lifted_by_somebody_for_a_reason",
        make.FileRestrictionFactory,
        {"lifted_at": NOW, "lifted_by": staff, "lifted_reason": "1"},
        {"lifted_at": NOW, "lifted_by": staff},
    ),
    (
        "restriction_lifted_by_somebody_for_a_reason",
        make.FileRestrictionFactory,
        {},
        {"lifted_at": NOW, "lifted_reason": "1"},
    ),
    ("unusual_rule_is_known", make.UnusualAccessFactory, {"rule": "hours"}, {"rule": "odd"}),
    (
        "unusual_access_examined_by_somebody_with_a_note",
        make.UnusualAccessFactory,
        {"examined_at": NOW, "examined_by": staff, "note": "1"},
        {"examined_at": NOW, "examined_by": staff},
    ),
    ("unusual_access_examined_by_somebody_with_a_note", make.UnusualAccessFactory, {}, {"note": "1"}),
    ("data_export_state_is_known", make.DataExportFactory, {"state": "making"}, {"state": "lost"}),
    ("data_export_channel_is_known", make.DataExportFactory, {"channel": "app"}, {"channel": "fax"}),
    ("data_export_handing_is_known", by_office, {"handing": "file"}, {"handing": "post"}),
    ("office_data_export_has_its_reason", by_office, {}, {"reason": ""}),
    ("person_opens_the_data_export_asked_for", by_office, {"handing": "file"}, {"handing": "file", "channel": "app"}),
    ("ready_data_export_has_its_file", archived, {"sha256": "f" * 64}, {"sha256": "f" * 63}),
    ("ready_data_export_has_its_file", archived, {"size": 1}, {"size": 0}),
    ("ready_data_export_has_its_file", archived, {}, {"file": ""}),
    ("ready_data_export_has_its_file", archived, {}, {"ready_at": None}),
    ("ready_data_export_has_its_file", archived, {}, {"expires_at": None}),
    (
        "ended_data_export_has_no_file",
        partial(archived, state="ended"),
        {"file": "", "ended_at": NOW},
        {"ended_at": NOW},
    ),
    ("ended_data_export_has_no_file", make.DataExportFactory, {}, {"ended_at": NOW}),
    ("data_export_door_is_known", make.DataExportOpeningFactory, {"door": "office"}, {"door": "window"}),
    ("device_platform_is_known", make.AppDeviceFactory, {"platform": "web"}, {"platform": "fridge"}),
    ("device_keys_are_of_a_browser", make.BrowserFactory, {}, {"auth": ""}),
    ("device_keys_are_of_a_browser", make.AppDeviceFactory, {}, {"p256dh": "1", "auth": "1"}),
    ("device_has_a_token", make.AppDeviceFactory, {"token": "1"}, {"token": ""}),
    (
        "device_last_used_after_first",
        partial(make.KnownDeviceFactory, first_used_at=NOW),
        {"last_used_at": NOW},
        {"last_used_at": EARLIER},
    ),
    (
        "customer_is_not_joined_to_itself",
        make.CustomerFactory,
        {},
        {"pk": 1_000_000_000, "merged_into_id": 1_000_000_000},
    ),
    ("duplicate_first_is_the_lower", make.DuplicatePairFactory, {}, {"second": SelfAttribute("first")}),
    ("duplicate_decided_says_why", make.DuplicatePairFactory, {"dismissed": True}, {"state": "dismissed"}),
    ("duplicate_decided_says_why", make.DuplicatePairFactory, {}, {"dismissed": True, "decision_reason": ""}),
    ("duplicate_decided_says_why", make.DuplicatePairFactory, {}, {"dismissed": True, "state": "perhaps"}),
    ("join_is_of_two_files", make.CustomerJoinFactory, {}, {"joined": SelfAttribute("kept")}),
    ("join_says_why", make.CustomerJoinFactory, {}, {"reason": ""}),
    ("join_parted_says_why", make.CustomerJoinFactory, {"parted": True}, {"parted": True, "part_reason": ""}),
    ("join_parted_says_why", make.CustomerJoinFactory, {}, {"part_reason": "x"}),
    ("data_change_reason_is_known", make.DataChangeFactory, {"reason": "written"}, {"reason": "fax"}),
    ("data_change_names_what_it_is_about", make.DataChangeFactory, {"point_kind": "pec"}, {"about": None}),
    ("data_change_names_what_it_is_about", make.DataChangeFactory, {}, {"point_kind": ""}),
    ("data_change_names_what_it_is_about", moved, {"new": "Via Po 1"}, {"about": 1}),
    ("data_change_is_a_change", make.DataChangeFactory, {}, {"old": "+393331112233"}),
    ("data_change_is_a_change", make.DataChangeFactory, {}, {"kind": "retired"}),
    ("data_change_is_a_change", moved, {"old": "Via Po 1", "new": "Via Po 2"}, {"old": "1", "new": "1"}),
    (
        "proof_code_used_or_void",
        make.ProofCodeFactory,
        {"used_at": NOW},
        {"used_at": NOW, "voided_at": NOW},
    ),
    ("address_change_channel_is_known", make.SignInAddressChangeFactory, {"channel": "app"}, {"channel": "fax"}),
    ("address_change_is_a_change", make.SignInAddressChangeFactory, {"new": "a@b.it"}, {"new": "A@b.it"}),
    (
        "address_change_is_a_change",
        partial(make.SignInAddressChangeFactory, new="a@b.it"),
        {"old": "c@b.it"},
        {"old": "a@b.it"},
    ),
    ("address_change_at_desk_says_why_and_whom", at_desk, {}, {"reason": "", "link_digest": "3" * 64}),
    ("address_change_at_desk_says_why_and_whom", at_desk, {}, {"questions": [], "link_digest": "3" * 64}),
    ("address_change_at_desk_says_why_and_whom", at_desk, {}, {"link_digest": ""}),
    ("address_change_at_desk_says_why_and_whom", make.SignInAddressChangeFactory, {}, {"reason": "1"}),
    ("address_change_tries_have_an_end", make.SignInAddressChangeFactory, {"tries": 5}, {"tries": 6}),
    (
        "address_change_waits_a_while",
        partial(make.SignInAddressChangeFactory, created_at=EARLIER),
        {"expires_at": NOW},
        {"expires_at": EARLIER},
    ),
    ("address_change_made_can_be_undone", changed, {}, {"undo_digest": ""}),
    ("address_change_made_can_be_undone", changed, {}, {"undo_until": DECIDED, "undo_digest": "3" * 64}),
    ("address_change_made_can_be_undone", make.SignInAddressChangeFactory, {}, {"undone_at": NOW}),
    ("hold_has_a_reason", make.LegalHoldFactory, {"reason": "1"}, {"reason": ""}),
    ("hold_matter_shape", make.LegalHoldFactory, {"matter": "customers.Claim:17"}, {"matter": "17"}),
    (
        "hold_lifted_says_why",
        make.LegalHoldFactory,
        {"lifted_at": DECIDED, "lifted_because": "1"},
        {"lifted_at": DECIDED},
    ),
    ("policy_has_a_number", make.PolicyFactory, {"number": "1"}, {"number": ""}),
    (
        "policy_ends_after_it_starts",
        make.PolicyFactory,
        {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 1)},
        {"starts_on": date(2026, 1, 2), "ends_on": date(2026, 1, 1)},
    ),
    ("policy_premium_not_negative", make.PolicyFactory, {"premium": Decimal(0)}, {"premium": Decimal("-0.01")}),
    ("policy_state_is_known", make.PolicyFactory, {"state": "expired"}, {"state": "asleep"}),
    (
        "policy_suspended_has_its_day",
        make.PolicyFactory,
        {"state": "suspended", "suspended_on": date(2026, 3, 1)},
        {"state": "suspended"},
    ),
    (
        "adherence_ends_after_it_starts",
        make.PolicyAdherentFactory,
        {"ends_on": date(2026, 1, 1)},
        {"ends_on": date(2025, 12, 31)},
    ),
    (
        "instalment_amount_is_positive",
        make.InstalmentFactory,
        {"amount": Decimal("0.01")},
        {"amount": Decimal(0)},
    ),
    ("renewal_offer_has_a_number", make.RenewalOfferFactory, {"number": "1"}, {"number": ""}),
    (
        "renewal_offer_premium_is_positive",
        make.RenewalOfferFactory,
        {"premium": Decimal("0.01")},
        {"premium": Decimal(0)},
    ),
    (
        "renewal_offer_ends_after_it_starts",
        make.RenewalOfferFactory,
        {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 1, 2)},
        {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 1, 1)},
    ),
    (
        "payment_state_is_known",
        make.PaymentFactory,
        {"state": "expired", "ended_at": NOW},
        {"state": "lost", "ended_at": NOW},
    ),
    ("payment_amount_is_positive", make.PaymentFactory, {"amount": Decimal("0.01")}, {"amount": Decimal(0)}),
    ("payment_is_in_euro", make.PaymentFactory, {"currency": "EUR"}, {"currency": "USD"}),
    ("payment_is_for_one_thing", make.PaymentFactory, {}, {"offer": SubFactory(make.RenewalOfferFactory)}),
    ("payment_is_for_one_thing", payment_of_an_offer, {}, {"instalment": SubFactory(make.InstalmentFactory)}),
    ("payment_ended_has_its_moment", make.PaymentFactory, {"state": "refused", "ended_at": NOW}, {"state": "refused"}),
    ("payment_ended_has_its_moment", make.PaymentFactory, {}, {"ended_at": NOW}),
    ("payment_paid_has_its_moment", make.PaymentFactory, {"paid": True}, {"paid": True, "paid_at": None}),
    ("payment_paid_has_its_moment", make.PaymentFactory, {"paid": True, "settles": False}, {"settles": True}),
    ("payment_event_word_is_known", make.PaymentEventFactory, {"word": "pending"}, {"word": "perhaps"}),
    ("payment_event_source_is_known", make.PaymentEventFactory, {"source": "question"}, {"source": "rumour"}),
    ("payment_event_outcome_is_known", make.PaymentEventFactory, {"outcome": "noted"}, {"outcome": "forgotten"}),
    ("incident_kind_is_known", make.PaymentIncidentFactory, {"kind": "currency"}, {"kind": "mood"}),
    (
        "incident_closed_by_somebody_for_a_reason",
        partial(make.PaymentIncidentFactory, closed_at=NOW, closed_by=SubFactory(make.UserFactory), decision="refund"),
        {"closed_because": "Rimborsato dal gestore."},
        {"closed_because": ""},
    ),
    (
        "incident_closed_by_somebody_for_a_reason",
        make.PaymentIncidentFactory,
        {},
        {"closed_at": NOW, "closed_because": "Rimborsato dal gestore."},
    ),
    (
        "incident_closed_by_somebody_for_a_reason",
        partial(
            make.PaymentIncidentFactory,
            closed_at=NOW,
            closed_by=SubFactory(make.UserFactory),
            closed_because="Rimborsato dal gestore.",
        ),
        {"decision": "refund"},
        {"decision": ""},
    ),
    (
        "incident_decision_is_known",
        partial(
            make.PaymentIncidentFactory,
            closed_at=NOW,
            closed_by=SubFactory(make.UserFactory),
            closed_because="Rimborsato dal gestore.",
        ),
        {"decision": "counts"},
        {"decision": "mood"},
    ),
    ("refund_amount_is_positive", make.RefundDueFactory, {"amount": "0.01"}, {"amount": "0.00"}),
    ("refund_reason_is_known", make.RefundDueFactory, {"reason": "not_owed"}, {"reason": "mood"}),
    (
        "refund_done_says_when_how_and_by_whom",
        partial(
            make.RefundDueFactory,
            refunded_on=date(2026, 6, 3),
            recorded_at=NOW,
            recorded_by=SubFactory(make.UserFactory),
        ),
        {"way": "Bonifico"},
        {"way": ""},
    ),
    ("refund_done_says_when_how_and_by_whom", make.RefundDueFactory, {}, {"refunded_on": date(2026, 6, 3)}),
    ("claim_has_a_number", make.ClaimFactory, {"number": "1"}, {"number": ""}),
    (
        "claim_reported_after_the_event",
        make.ClaimFactory,
        {"occurred_on": date(2026, 5, 4), "reported_on": date(2026, 5, 4)},
        {"occurred_on": date(2026, 5, 5), "reported_on": date(2026, 5, 4)},
    ),
    ("claim_state_is_known", make.ClaimFactory, {"state": "closed"}, {"state": "asleep"}),
    ("claim_kind_is_known", make.ClaimFactory, {"kind": "mixed"}, {"kind": "moral"}),
    ("operation_kind_is_known", make.OperationFactory, {"kind": "refund"}, {"kind": "wish"}),
    ("operation_channel_is_known", make.OperationFactory, {"channel": "app"}, {"channel": "pigeon"}),
    ("operation_ended_has_its_moment", make.OperationFactory, {"done": True}, {"state": "done"}),
    ("operation_ended_has_its_moment", make.OperationFactory, {"state": "in_progress"}, {"state": "asleep"}),
    (
        "operation_refused_says_why",
        partial(make.OperationFactory, state="refused", ended_at=datetime(2026, 5, 4, 9, tzinfo=UTC)),
        {"answer": "Il contratto non lo consente."},
        {"answer": ""},
    ),
    ("policy_value_kind_is_known", make.PolicyValueFactory, {"kind": "position"}, {"kind": "mood"}),
    ("policy_value_not_negative", make.PolicyValueFactory, {"amount": Decimal(0)}, {"amount": Decimal("-0.01")}),
    ("proof_code_kind_is_known", make.ProofCodeFactory, {"kind": "email"}, {"kind": "address"}),
    ("proof_code_tries_have_an_end", make.ProofCodeFactory, {"tries": 5}, {"tries": 6}),
    (
        "proof_code_lasts_a_while",
        make.ProofCodeFactory,
        {"expires_at": datetime(2026, 5, 4, 8, 0, 1, tzinfo=UTC)},
        {"expires_at": datetime(2026, 5, 4, 8, tzinfo=UTC)},
    ),
    (
        "claim_paid_has_day_and_amount",
        make.ClaimFactory,
        {"state": "paid", "paid_on": date(2026, 7, 1), "paid_amount": Decimal(900)},
        {"state": "paid", "paid_on": date(2026, 7, 1)},
    ),
    ("claim_paid_amount_not_negative", make.ClaimFactory, {"paid_amount": Decimal(0)}, {"paid_amount": Decimal(-1)}),
    (
        "claim_offered_amount_not_negative",
        make.ClaimFactory,
        {"offered_amount": Decimal(0)},
        {"offered_amount": Decimal("-0.01")},
    ),
    (
        "claim_reason_is_of_a_refusal",
        make.ClaimFactory,
        {"state": "refused", "refusal_reason": "Fuori garanzia."},
        {"state": "reported", "refusal_reason": "Fuori garanzia."},
    ),
    (
        "claim_visit_has_its_day",
        make.ClaimFactory,
        {"visit_on": date(2026, 7, 1), "visit_place": "Via Roma 1"},
        {"visit_place": "Via Roma 1"},
    ),
    ("claim_draft_channel_is_known", make.ClaimDraftFactory, {"channel": "phone"}, {"channel": "pigeon"}),
    ("claim_report_channel_is_known", make.ClaimReportFactory, {"channel": "post"}, {"channel": "pigeon"}),
    ("claim_report_number_from_one", make.ClaimReportFactory, {"sequence": 1}, {"sequence": 0}),
    (
        "asked_document_state_is_known",
        make.AskedDocumentFactory,
        {"state": "withdrawn", "ended_at": NOW},
        {"state": "lost", "ended_at": NOW},
    ),
    ("asked_document_has_a_name", make.AskedDocumentFactory, {"name": "1"}, {"name": ""}),
    (
        "asked_document_ended_has_its_moment",
        make.AskedDocumentFactory,
        {"state": "received", "ended_at": NOW},
        {"state": "received"},
    ),
    ("asked_document_ended_has_its_moment", make.AskedDocumentFactory, {}, {"ended_at": NOW}),
    ("claim_file_has_a_name", make.ClaimFileFactory, {"name": "1"}, {"name": ""}),
    ("claim_file_is_not_empty", make.ClaimFileFactory, {"size": 1}, {"size": 0}),
    ("claim_file_of_a_draft_or_a_claim", make.ClaimFileFactory, {}, {"draft": SubFactory(make.ClaimDraftFactory)}),
    (
        "claim_file_of_a_draft_or_a_claim",
        make.ClaimFileFactory,
        {"claim": None, "draft": SubFactory(make.ClaimDraftFactory)},
        {"claim": None},
    ),
    (
        "claim_file_asked_has_its_claim",
        partial(make.ClaimFileFactory, asked=SubFactory(make.AskedDocumentFactory)),
        {"claim": SelfAttribute("asked.claim")},
        {"claim": None, "draft": SubFactory(make.ClaimDraftFactory)},
    ),
    ("upload_has_a_name", make.UploadFactory, {"name": "1"}, {"name": ""}),
    ("upload_is_not_empty", make.UploadFactory, {"size": 1}, {"size": 0}),
    ("document_kind_is_known", make.DocumentFactory, {"kind": "other"}, {"kind": "poem"}),
    ("document_has_a_title", make.DocumentFactory, {"title": "1"}, {"title": ""}),
    ("document_has_a_key", make.DocumentFactory, {"external_key": "1"}, {"external_key": ""}),
    ("document_has_a_key", make.DocumentFactory, {"source": "x"}, {"source": ""}),
    (
        "document_of_a_contract_has_its_policy",
        make.DocumentFactory,
        {"kind": "certificate"},
        {"kind": "certificate", "policy": None, "customer": SubFactory(make.CustomerFactory)},
    ),
    (
        "document_valid_to_after_from",
        make.DocumentFactory,
        {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)},
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
    ),
    (
        "document_type_is_one_that_opens",
        make.DocumentFactory,
        {"content_type": "image/png"},
        {"content_type": "text/html"},
    ),
    ("document_is_not_empty", make.DocumentFactory, {"size": 1}, {"size": 0}),
    ("document_sha256_shape", make.DocumentFactory, {"sha256": "f" * 64}, {"sha256": "F" * 64}),
    (
        "document_version_replaces_another",
        make.DocumentFactory,
        {"version": 2, "replaces": SubFactory(make.DocumentFactory)},
        {"version": 2},
    ),
    (
        "document_version_replaces_another",
        make.DocumentFactory,
        {"version": 1},
        {"version": 1, "replaces": SubFactory(make.DocumentFactory)},
    ),
    ("opening_door_is_known", make.DocumentOpeningFactory, {"door": "app"}, {"door": "window"}),
    ("calendar_digest_shape", make.CalendarFeedFactory, {"digest": "f" * 64}, {"digest": "the secret itself"}),
    ("policy_person_role_is_known", make.PolicyPersonFactory, {"role": "referent"}, {"role": "friend"}),
    ("policy_person_has_a_key", make.PolicyPersonFactory, {"key": "1"}, {"key": ""}),
    ("policy_person_has_a_name", make.PolicyPersonFactory, {"name": "1"}, {"name": ""}),
]
UNIQUE = [
    (
        "fed_value_once_of_a_customer",
        make.FedValueFactory,
        lambda first: {"customer": first.customer},
        lambda first: {"customer": first.customer, "kind": "language", "value": "en"},
    ),
    (
        "one_account_of_a_person_for_a_customer",
        member,
        lambda first: {"user": first.user, "customer": first.customer},
        lambda first: {"user": first.user, "customer": first.customer, "state": "closed"},
    ),
    (
        "one_account_of_the_customer",
        make.ReservedAreaAccountFactory,
        lambda first: {"customer": first.customer},
        lambda first: {"customer": first.customer, "state": "closed"},
    ),
    (
        "one_open_invitation_to_a_mailbox",
        make.InvitationFactory,
        lambda first: {"customer": first.customer, "email": first.email},
        lambda first: {"customer": first.customer, "email": first.email, "state": "withdrawn", "ended_at": NOW},
    ),
    (
        "one_open_erasure_per_customer",
        make.ErasureRequestFactory,
        lambda first: {"customer": first.customer},
        lambda first: {"customer": first.customer, "state": "withdrawn", "ended_at": DECIDED},
    ),
    (
        "one_hold_per_matter",
        make.LegalHoldFactory,
        lambda first: {"customer": first.customer},
        lambda first: {"customer": first.customer, "matter": "customers.Claim:17"},
    ),
    (
        "one_restriction_in_force_per_customer",
        make.FileRestrictionFactory,
        lambda first: {"customer": first.customer},
        lambda first: {"customer": first.customer, "lifted_at": NOW, "lifted_by": staff, "lifted_reason": "1"},
    ),
    (
        "unusual_access_once",
        partial(make.UnusualAccessFactory, rule="namesake", customer=SubFactory(make.CustomerFactory)),
        lambda first: {"user": first.user, "customer": first.customer},
        lambda first: {"user": first.user},
    ),
    (
        "unusual_accesses_to_many_once",
        make.UnusualAccessFactory,
        lambda first: {"user": first.user},
        lambda first: {"user": first.user, "rule": "hours"},
    ),
    (
        "one_data_export_under_way",
        make.DataExportFactory,
        lambda first: {"customer": first.customer},
        lambda first: {"customer": first.customer, "ready": True},
    ),
    (
        "device_of_a_user_once",
        make.KnownDeviceFactory,
        lambda first: {"user": first.user, "number": first.number},
        lambda first: {"number": first.number},
    ),
    (
        "address_link_once",
        at_desk,
        lambda first: {"link_digest": first.link_digest},
        lambda first: {"link_digest": "3" * 64},
    ),
    (
        "address_undo_once",
        changed,
        lambda first: {"undo_digest": first.undo_digest},
        lambda first: {"undo_digest": "3" * 64},
    ),
    (
        "one_open_operation_of_a_kind",
        make.OperationFactory,
        lambda first: {"policy": first.policy},
        lambda first: {"policy": first.policy, "done": True},
    ),
    (
        "enrolment_link_once",
        partial(make.EnrolmentFactory, linked=True),
        lambda first: {"digest": first.digest},
        lambda first: {},
    ),
    (
        "one_membership_per_person_and_agency",
        make.AgencyMemberFactory,
        lambda first: {"user": first.user, "agency": first.agency},
        lambda first: {"user": first.user},
    ),
    (
        "one_record_per_author_and_agency",
        partial(make.CampaignAgencyFactory, agency=None),
        lambda first: {"user": first.user},
        lambda first: {},
    ),
    (
        "one_pair_of_two_files",
        make.DuplicatePairFactory,
        lambda first: {"first": first.first, "second": first.second},
        lambda first: {"first": first.first},
    ),
    (
        "one_standing_join_of_a_file",
        make.CustomerJoinFactory,
        lambda first: {"joined": first.joined},
        lambda first: {"joined": first.joined, "parted": True},
    ),
    (
        "one_customer_per_tax_code",
        make.CustomerFactory,
        lambda first: {"tax_code": first.tax_code},
        lambda first: {"tax_code": ""},
    ),
    (
        "contact_point_once_per_customer",
        make.ContactPointFactory,
        lambda first: {"customer": first.customer, "value": first.value},
        lambda first: {"value": first.value},
    ),
    (
        "one_adherence_per_policy",
        make.PolicyAdherentFactory,
        lambda first: {"policy": first.policy, "customer": first.customer},
        lambda first: {"policy": first.policy},
    ),
    (
        "one_instalment_per_policy_and_day",
        make.InstalmentFactory,
        lambda first: {"policy": first.policy, "due_on": first.due_on},
        lambda first: {"policy": first.policy},
    ),
    (
        "one_open_payment_of_an_instalment",
        make.PaymentFactory,
        lambda first: {"instalment": first.instalment},
        lambda first: {"instalment": first.instalment, "state": "refused", "ended_at": NOW},
    ),
    (
        "one_open_payment_of_an_offer",
        payment_of_an_offer,
        lambda first: {"offer": first.offer},
        lambda first: {"offer": first.offer, "state": "refused", "ended_at": NOW},
    ),
    (
        "one_payment_settles_an_instalment",
        partial(make.PaymentFactory, paid=True),
        lambda first: {"instalment": first.instalment},
        lambda first: {"instalment": first.instalment, "settles": False},
    ),
    (
        "one_payment_settles_an_offer",
        partial(payment_of_an_offer, paid=True),
        lambda first: {"offer": first.offer},
        lambda first: {"offer": first.offer, "settles": False},
    ),
    (
        "one_payment_of_a_provider_reference",
        make.PaymentFactory,
        lambda first: {"provider_reference": first.provider_reference},
        lambda first: {"provider_reference": first.provider_reference, "provider": "stripe"},
    ),
    (
        "one_event_of_a_provider",
        make.PaymentEventFactory,
        lambda first: {"event_id": first.event_id},
        lambda first: {"event_id": first.event_id, "provider": "stripe"},
    ),
    (
        "one_head_of_complaints",
        partial(make.UserFactory, is_staff=True, heads_complaints=True),
        lambda first: {},
        lambda first: {"heads_complaints": False},
    ),
    (
        "claim_report_number_is_its_own",
        partial(make.ClaimFactory, report_number="DEN-2026-000001"),
        lambda first: {},
        lambda first: {"report_number": ""},
    ),
    (
        "claim_report_number_once",
        make.ClaimReportFactory,
        lambda first: {"sequence": first.sequence},
        lambda first: {"sequence": first.sequence, "year": SubFactory(make.ReportYearFactory, year=2027)},
    ),
    (
        "claim_file_once_in_a_draft",
        partial(make.ClaimFileFactory, claim=None, draft=SubFactory(make.ClaimDraftFactory)),
        lambda first: {"draft": first.draft, "sha256": first.sha256},
        lambda first: {"sha256": first.sha256},
    ),
    (
        "one_document_of_a_key_and_version",
        make.DocumentFactory,
        lambda first: {"external_key": first.external_key, "replaced_at": NOW},
        lambda first: {"external_key": first.external_key, "source": "another"},
    ),
    (
        "one_current_document_of_a_key",
        make.DocumentFactory,
        lambda first: {"external_key": first.external_key, "version": 2, "replaces": first},
        lambda first: {"external_key": first.external_key, "source": "another"},
    ),
    (
        "one_calendar_in_force",
        make.CalendarFeedFactory,
        lambda first: {"account": first.account},
        lambda first: {"account": first.account, "revoked_at": NOW},
    ),
    (
        "one_value_of_a_policy_and_day",
        make.PolicyValueFactory,
        lambda first: {"policy": first.policy},
        lambda first: {"policy": first.policy, "kind": "position", "fund": "Fondo A"},
    ),
]


@pytest.mark.parametrize(("name", "factory", "good", "bad"), CASES)
def test_a_bad_row_is_refused_beside_a_good_one(name, factory, good, bad):
    factory(**good)
    if bad is not None:
        with refused_by(name):
            factory(**bad)


@pytest.mark.parametrize(("name", "factory", "again", "other"), UNIQUE, ids=[case[0] for case in UNIQUE])
def test_the_same_thing_is_not_stored_twice(name, factory, again, other):
    first = factory()
    factory(**other(first))
    with refused_by(name):
        factory(**again(first))


def test_two_customers_may_be_without_a_tax_code():
    make.CustomerFactory.create_batch(2, tax_code="")
    assert Customer.objects.filter(tax_code="").count() == 2


@pytest.mark.parametrize(
    ("model", "factory", "field"),
    [
        (User, make.UserFactory, "email"),
        (Customer, make.CustomerFactory, "code"),
        (Policy, make.PolicyFactory, "number"),
        (Operation, make.OperationFactory, "submission_key"),
        (RenewalOffer, make.RenewalOfferFactory, "number"),
        (Payment, make.PaymentFactory, "key"),
        (PaymentIncident, make.PaymentIncidentFactory, "once"),
        (RefundDue, make.RefundDueFactory, "payment"),
        (Claim, make.ClaimFactory, "number"),
        (ClaimReport, make.ClaimReportFactory, "claim"),
        (PolicyPerson, make.PolicyPersonFactory, "key"),
        (PolicyValue, make.PolicyValueFactory, "key"),
        (CalendarFeed, make.CalendarFeedFactory, "digest"),
        (Invitation, make.InvitationFactory, "digest"),
        (Invitation, make.InvitationFactory, "submission_key"),
        (Mandate, make.MandateFactory, "operation"),
        (Upload, make.UploadFactory, "key"),
        (AppDevice, make.AppDeviceFactory, "token"),
        (DataChange, make.DataChangeFactory, "key"),
        (DataExport, make.DataExportFactory, "key"),
        (SignInAddressChange, make.SignInAddressChangeFactory, "key"),
    ],
)
def test_natural_keys_are_unique(model, factory, field):
    first = factory()
    with pytest.raises(Exception, match="duplicate key") as refusal:
        factory(**{field: getattr(first, field)})
    assert model._meta.db_table in str(refusal.value)


def test_an_upper_case_address_of_a_user_is_refused_by_the_database():
    user = make.UserFactory()
    with refused_by("user_email_is_lower_case"):
        User.objects.filter(pk=user.pk).update(email="Maria@Example.it")


def test_every_constraint_has_its_case():
    models = [model for model in apps.get_app_config("customers").get_models() if not hasattr(model, "pgh_obj")]
    assert {case[0] for case in CASES} | {case[0] for case in UNIQUE} == constraint_names(*models)


def test_a_person_with_a_file_is_not_deleted():
    contact_point, consent = make.ContactPointFactory(), make.ConsentFactory()
    with pytest.raises(Exception, match="protected"):
        Customer.objects.filter(pk=consent.customer_id).delete()
    Customer.objects.filter(pk=contact_point.customer_id).delete()
    assert not ContactPoint.objects.exists()
    assert Consent.objects.exists()
