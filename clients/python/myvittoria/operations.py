"""A method for each operation of the API. Made from the OpenAPI schema by scripts/make_client.py: change the schema, not this file."""

from typing import Any, Literal

from .models import (
    AccessRowPage,
    AccountRight,
    ActingInputCapacityEnum,
    ActingRequestRowPage,
    AddressChangeShape,
    AskOutput,
    BeforehandShape,
    BegunShape,
    CalendarShape,
    CallBackPlaces,
    CallBackRowPage,
    ChangedShape,
    CheckedShape,
    CheckShape,
    ClaimDetail,
    ClaimRowPage,
    CodeInputKindEnum,
    CodeShape,
    ComplainantKindEnum,
    ComplaintDetail,
    ComplaintRowPage,
    ComplaintShape,
    ConductEnum,
    ConsentEventRowPage,
    ConsentShape,
    ConsentsShape,
    ContactRowPage,
    DataExportRow,
    DataExportRowPage,
    DevicePlatform,
    DeviceRow,
    DeviceRowPage,
    DocumentShape,
    DraftShape,
    DraftsShape,
    EnrolmentTerms,
    ErasureShape,
    FeedbackRowPage,
    FileShape,
    FinishOutput,
    HomeShape,
    InstalmentRowPage,
    InvitationAcceptOutput,
    InvitationRowPage,
    InvitationShape,
    LanguageEnum,
    NoticeDetail,
    NoticePreferencesChanged,
    NoticePreferencesShape,
    NoticeRowPage,
    OperationDetail,
    OperationForm,
    OperationInputKindEnum,
    OperationRowPage,
    OwnAccountRowPage,
    OwnRequestInputFormEnum,
    PaperDetail,
    PaperRowPage,
    PaymentRow,
    PaymentRowPage,
    PersonRow,
    PersonRowPage,
    PoliciesToReportShape,
    PolicyRowPage,
    PolicyShape,
    ProfileDetail,
    ProposerKindEnum,
    RelationEnum,
    RequestDetail,
    SaidShape,
    SentShape,
    ServiceNotices,
    SessionRowPage,
    SignInAnswer,
    TopicList,
    UploadShape,
    UploadsShape,
    WrittenShape,
)
from .transport import Transport


class Operations(Transport):
    """What the app reads and does. Arguments that are None are not sent.

    A write takes a `key`, which names it for good: without one it gets a new key, and keeps it while it is tried again. Give your
    own where the write may be sent again after your program was ended.
    """

    def accept_invitation(
        self,
        *,
        secret: str,
        terms_version: str,
        first_name: str | None = None,
        last_name: str | None = None,
        password: str | None = None,
    ) -> InvitationAcceptOutput:
        """Accept an invitation by its link.

        Let the reader of the mailbox act. 410 `link_invalid`; 409 `sign_in_first`, `not_allowed`,
        `has_access`, `staff`.
        """
        return self._json(
            "POST",
            "/api/v1/enrolment/invitation/accept/",
            body={
                "secret": secret,
                "terms_version": terms_version,
                "first_name": first_name,
                "last_name": last_name,
                "password": password,
            },
        )

    def accept_renewal_offer(self, id: int, *, accepted: bool, key: str | None = None) -> BegunShape:
        """Accept a renewal offer and begin to pay it.

        An offer that is not paid lapses by itself on its last day: there is nothing to refuse.

        Refused as things are, and nothing was done. `paid_already`: nothing is owed for it any more;
        `policy_over`: the policy is not in force; `offer_over`: the offer is not valid any more;
        `looked_at`: a person is looking at an earlier payment of it: do not pay again; `not_online`:
        nothing can be paid online here.
        """
        return self._json(
            "POST", f"/api/v1/me/renewal-offers/{id}/accept/", body={"accepted": accepted}, key=key, is_keyed=True
        )

    def add_claim_report_file(self, report: str, *, content: bytes, name: str, key: str | None = None) -> FileShape:
        """Add a photograph or document to a claim report.

        One file at a time, with the same Idempotency-Key as often as it takes. The same picture twice is
        one.

        Refused as things are, and nothing was done. `upload_broken`: the bytes that arrived are not those
        of the checksum: send it again; `draft_gone`: it was sent, or given up.
        """
        return self._json(
            "POST", f"/api/v1/me/claim-reports/{report}/files/", content=content, name=name, key=key, is_keyed=True
        )

    def add_to_complaint(
        self, id: int, *, text: str | None = None, uploads: list[str] | None = None, key: str | None = None
    ) -> WrittenShape:
        """Add words or files to a complaint.

        After the answer as well: it is read, and the complaint is not opened again.

        Refused as things are, and nothing was done. `upload_gone`: a file that was sent ahead is not here
        any more; `too_many_additions`: fifty were added: the rest goes by post or certified mail.
        """
        return self._json(
            "POST",
            f"/api/v1/me/complaints/{id}/additions/",
            body={"text": text, "uploads": uploads},
            key=key,
            is_keyed=True,
        )

    def answer_survey(
        self, id: int, *, resolved: bool, rating: int | None = None, comment: str | None = None, key: str | None = None
    ) -> SaidShape:
        """Say whether a request was resolved.

        Once.

        Refused as things are, and nothing was done. `answered_already`: it was answered before.
        """
        return self._json(
            "POST",
            f"/api/v1/me/requests/{id}/survey/",
            body={"resolved": resolved, "rating": rating, "comment": comment},
            key=key,
            is_keyed=True,
        )

    def ask_data_export(self, *, key: str | None = None) -> DataExportRow:
        """Ask for a copy of one's own data.

        Made within minutes by a worker, and announced by e-mail. One that is under way, or less than a day
        old, is answered as it is.

        Refused as things are, and nothing was done. `too_many_data_exports`: so many were asked for in a
        day already.
        """
        return self._json("POST", "/api/v1/me/data-exports/", key=key, is_keyed=True)

    def ask_erasure(self, *, read: bool, key: str | None = None) -> WrittenShape:
        """Ask for erasure.

        A person decides within a month, or says within it why up to two more are needed. Password or code
        are wanted again first (403 `fresh_proof_required`). Asked twice it is one request.
        """
        return self._json("POST", "/api/v1/me/erasure/", body={"read": read}, key=key, is_keyed=True)

    def ask_operation(
        self,
        *,
        kind: OperationInputKindEnum,
        policy: int | None = None,
        claim: int | None = None,
        facts: dict[str, str | bool] | None = None,
        key: str | None = None,
    ) -> WrittenShape:
        """Ask for an operation.

        Every kind that `get_operation_form` describes, about the customer's data, a policy or a claim. What
        needs nobody is done at once (`state` is `done`); the rest is followed under its number. Where money
        is paid to an account, or the address changes, password or code are wanted again (403
        `fresh_proof_required`).

        Refused as things are, and nothing was done. `asked_already`: the same is open already; `operation`
        is its id; `not_possible`: the reason is in the sentence; `outdated`: the offer of the claim is
        another one now; `not_yours`: only the policyholder, or whoever reported the claim, can ask;
        `needs_code`: a new number or address is proved by a code: `send_operation_code`.
        """
        return self._json(
            "POST",
            "/api/v1/me/operations/",
            body={"kind": kind, "policy": policy, "claim": claim, "facts": facts},
            key=key,
            is_keyed=True,
        )

    def ask_to_act(
        self,
        *,
        capacity: ActingInputCapacityEnum,
        person: str,
        tax_code: str,
        valid_until: str | None = None,
        text: str | None = None,
        uploads: list[str] | None = None,
        key: str | None = None,
    ) -> WrittenShape:
        """Ask to act for somebody.

        With a document that was sent ahead (`send_upload`). A colleague reads it and answers in writing.
        Asked from one’s own file; who has none asks by the account in use, and nobody else of that customer
        sees it.

        Refused as things are, and nothing was done. `upload_gone`: a file that was sent ahead is not here
        any more; `ask_from_own_file`: the person has a file of their own: send it again with `account` as
        X-Acting-For.
        """
        return self._json(
            "POST",
            "/api/v1/me/acting-requests/",
            body={
                "capacity": capacity,
                "person": person,
                "tax_code": tax_code,
                "valid_until": valid_until,
                "text": text,
                "uploads": uploads,
            },
            key=key,
            is_keyed=True,
        )

    def begin_claim_report(self, *, policy: int, key: str | None = None) -> DraftShape:
        """Begin to report a claim.

        An empty draft.

        Refused as things are, and nothing was done. `policy_not_theirs`: no claim can be reported under it
        here; `too_many_drafts`: ten are under way.
        """
        return self._json("POST", "/api/v1/me/claim-reports/", body={"policy": policy}, key=key, is_keyed=True)

    def begin_enrolment(self, *, tax_code: str, policy_number: str, email: str, submission_key: str) -> AskOutput:
        """Ask for a place in the reserved area.

        Compare, and write to the mailbox. The answer is the same for everybody.
        """
        return self._json(
            "POST",
            "/api/v1/enrolment/",
            body={
                "tax_code": tax_code,
                "policy_number": policy_number,
                "email": email,
                "submission_key": submission_key,
            },
        )

    def book_call_back(
        self, *, starts_at: str, phone: str, topic: str | None = None, text: str | None = None, key: str | None = None
    ) -> WrittenShape:
        """Book a call-back.

        It is confirmed in writing.

        Refused as things are, and nothing was done. `hour_not_on_offer`: the hour is not on offer any more;
        `hour_full`: its last place has just gone; `hour_yours_already`: there is a call-back at this hour
        already; `many_call_backs`: three are ahead already.
        """
        return self._json(
            "POST",
            "/api/v1/me/call-backs/",
            body={"starts_at": starts_at, "phone": phone, "topic": topic, "text": text},
            key=key,
            is_keyed=True,
        )

    def cancel_call_back(self, id: int, *, key: str | None = None) -> WrittenShape:
        """Call a call-back off.

        Again: nothing changes.

        Refused as things are, and nothing was done. `call_back_over`: it was made or called off;
        `call_back_begun`: its hour has come.
        """
        return self._json("POST", f"/api/v1/me/call-backs/{id}/cancel/", key=key, is_keyed=True)

    def change_language(self, *, language: LanguageEnum, key: str | None = None) -> SaidShape:
        """Choose the language.

        An operation that is done at once; the language that it is already changes nothing.
        """
        return self._json("POST", "/api/v1/me/profile/language/", body={"language": language}, key=key, is_keyed=True)

    def change_notice_preferences(
        self,
        *,
        off: list[str],
        quiet_from: str | None,
        quiet_until: str | None,
        quiet_email: bool,
        digest: bool,
        language: LanguageEnum,
        key: str | None = None,
    ) -> NoticePreferencesChanged:
        """Change how one wants to be written to.

        The whole of it, as it is to be. The same again changes nothing.

        Refused as things are, and nothing was done. `half_hours`: quiet hours have a beginning and an end;
        `no_hours`: they end at another time than they begin; `too_quiet`: with the company's they leave
        less than four hours of a day.
        """
        return self._json(
            "POST",
            "/api/v1/me/notice-preferences/",
            body={
                "off": off,
                "quiet_from": quiet_from,
                "quiet_until": quiet_until,
                "quiet_email": quiet_email,
                "digest": digest,
                "language": language,
            },
            key=key,
            is_keyed=True,
        )

    def change_person_rights(self, id: int, *, rights: list[AccountRight]) -> WrittenShape:
        """Change what somebody may do.

        From their next request on; the person is written to. Password or code of the sign-in are wanted
        again first (403 `fresh_proof_required`).

        Refused as things are, and nothing was done. `not_allowed`: the person may not decide any more;
        `last_person`: nobody else decides who has access to the company; `by_document`: it follows from a
        document: the customer writes to us; `ended`: the access was ended meanwhile.
        """
        return self._json("POST", f"/api/v1/me/people/{id}/rights/", body={"rights": rights})

    def change_sign_in_address(self, *, email: str, key: str | None = None) -> AddressChangeShape:
        """Ask for another address to sign in with.

        Nothing is changed before the code comes back. Password or code of the sign-in are wanted again
        first (403 `fresh_proof_required`); where `reauthenticate` is empty, the person signs in again. The
        answer is the same for an address that somebody else has.

        Refused as things are, and nothing was done. `same_address`: it is the address of now;
        `too_many_codes`: too many were sent in the last hour; `staff_address`: a colleague’s is changed by
        an administrator; `not_enrolled`: the reserved area is not open.
        """
        return self._json("POST", "/api/v1/me/sign-in-address/", body={"email": email}, key=key, is_keyed=True)

    def check_operation(
        self,
        *,
        kind: OperationInputKindEnum,
        policy: int | None = None,
        claim: int | None = None,
        facts: dict[str, str | bool] | None = None,
    ) -> CheckShape:
        """Look at an operation before it is sent.

        Writes nothing. The amounts and days shown are those that are compared once it is sent.
        """
        return self._json(
            "POST",
            "/api/v1/me/operations/check/",
            body={"kind": kind, "policy": policy, "claim": claim, "facts": facts},
        )

    def check_payment(self, id: int) -> CheckedShape:
        """Ask the provider how a payment stands.

        Asked often it answers with what is known. While the end is not known nothing is said to have
        failed.
        """
        return self._json("POST", f"/api/v1/me/payments/{id}/check/", body={})

    def confirm_sign_in_address(self, change: str, *, code: str) -> ChangedShape:
        """Change the address by its code.

        Every other sign-in ends, on pages and in the app, and both addresses are written to. Keep
        `session_token`: the token that was sent is over. Where this answer is lost, the person signs in
        with the new address.

        Refused as things are, and nothing was done. `code_wrong`: five tries in all;
        `code_tried_too_often`: ask again; `code_too_late`: ask again; `code_used`: it was changed by
        another code; `changed_meanwhile`: the address was changed another way: begin again;
        `address_taken`: somebody else has it by now.
        """
        return self._json("POST", f"/api/v1/me/sign-in-address/{change}/", body={"code": code})

    def discard_claim_report(self, report: str) -> None:
        """Give a claim report up.

        Nothing of it remains.

        Refused as things are, and nothing was done. `draft_gone`: it was sent, or given up.
        """
        self._done("DELETE", f"/api/v1/me/claim-reports/{report}/")

    def end_data_export(self, key: str) -> None:
        """Delete a copy before its time.

        What was saved on the device remains there.

        Refused as things are, and nothing was done. `data_export_not_ready`: it is just being made.
        """
        self._done("DELETE", f"/api/v1/me/data-exports/{key}/")

    def end_other_sessions(self) -> None:
        """Sign out everywhere else.

        End all but the one that asks.
        """
        self._done("DELETE", "/api/v1/me/sessions/")

    def end_person_access(self, id: int, *, key: str | None = None) -> WrittenShape:
        """End somebody’s access.

        At once; the person is written to. Password or code of the sign-in are wanted again first (403
        `fresh_proof_required`).

        Refused as things are, and nothing was done. `not_allowed`: the person may not decide any more;
        `last_person`: nobody else decides who has access to the company; `own_file`: one’s own file stays
        open; `by_document`: a court or the law decided it: the customer writes to us.
        """
        return self._json("POST", f"/api/v1/me/people/{id}/end/", key=key, is_keyed=True)

    def end_session(self, id: int) -> None:
        """End one sign-in, at once.

        404 for one that is over, or somebody else's.
        """
        self._done("DELETE", f"/api/v1/me/sessions/{id}/")

    def finish_enrolment(self, *, secret: str, terms_version: str, password: str | None = None) -> FinishOutput:
        """Take the place by the link.

        Make the sign-in. 410 `link_invalid`; 409 `enrolled_already`, or `sign_in_first` where the address
        has one.
        """
        return self._json(
            "POST",
            "/api/v1/enrolment/finish/",
            body={"secret": secret, "password": password, "terms_version": terms_version},
        )

    def forget_device(self, id: int) -> None:
        """Forget a device.

        Nothing is pushed to it any more.
        """
        self._done("DELETE", f"/api/v1/me/devices/{id}/")

    def get_answers_beforehand(self, *, policy: int | None = None, topic: str | None = None) -> BeforehandShape:
        """What we can tell about a topic at once.

        Of all policies, or of one.
        """
        return self._json("GET", "/api/v1/me/requests/beforehand/", query={"policy": policy, "topic": topic})

    def get_attachment(self, key: str) -> bytes:
        """A file of a message.

        Its bytes, as they came.
        """
        return self._bytes("GET", f"/api/v1/me/attachments/{key}/")

    def get_calendar(self) -> CalendarShape:
        """The address of the calendar.

        As it is in force.
        """
        return self._json("GET", "/api/v1/me/calendar/")

    def get_call_back_places(self) -> CallBackPlaces:
        """Hours that can be booked.

        The hours with room, one's own numbers, and when the lines are open.
        """
        return self._json("GET", "/api/v1/me/call-backs/places/")

    def get_claim(self, id: int, *, before: int | None = None) -> ClaimDetail:
        """One claim with all about it.

        How far it has come, by when what is owed, and what was written and sent.
        """
        return self._json("GET", f"/api/v1/me/claims/{id}/", query={"before": before})

    def get_claim_file(self, id: int, key: str) -> bytes:
        """A file of a claim.

        Its bytes, as they came.
        """
        return self._bytes("GET", f"/api/v1/me/claims/{id}/files/{key}/")

    def get_claim_report(self, report: str) -> DraftShape:
        """A claim report under way.

        With its guide, what was answered, its files, and what is still missing.
        """
        return self._json("GET", f"/api/v1/me/claim-reports/{report}/")

    def get_claim_report_file(self, report: str, file: str) -> bytes:
        """A file of a claim report under way.

        As a download.
        """
        return self._bytes("GET", f"/api/v1/me/claim-reports/{report}/files/{file}/")

    def get_complaint(self, id: int) -> ComplaintDetail:
        """One complaint and its answer.

        What was written, by when it is answered, the answer, and what was added.
        """
        return self._json("GET", f"/api/v1/me/complaints/{id}/")

    def get_complaint_file(self, id: int, key: str) -> bytes:
        """A file sent with a complaint.

        Its bytes, as they came.
        """
        return self._bytes("GET", f"/api/v1/me/complaints/{id}/files/{key}/")

    def get_complaint_letter(self, id: int) -> bytes:
        """The answer letter.

        A PDF; 404 before the answer.
        """
        return self._bytes("GET", f"/api/v1/me/complaints/{id}/letter/")

    def get_consents(self) -> ConsentsShape:
        """Consents and their texts.

        Each text with what was decided about it.
        """
        return self._json("GET", "/api/v1/me/consents/")

    def get_data_export(self, key: str) -> DataExportRow:
        """How far a copy is.

        Ask again while it is `waiting` or `making`.
        """
        return self._json("GET", f"/api/v1/me/data-exports/{key}/")

    def get_data_export_file(self, key: str) -> bytes:
        """The archive of a copy.

        A ZIP with a document to read, the data for programs, and the person's files. Password or code are
        wanted again first (403 `fresh_proof_required`); each time it is taken is written down. 409
        `data_export_not_ready` before it is made, `data_export_ended` after its end.
        """
        return self._bytes("GET", f"/api/v1/me/data-exports/{key}/file/")

    def get_document(self, id: int) -> PaperDetail:
        """One document and its versions.

        What it is, and what it replaced.
        """
        return self._json("GET", f"/api/v1/me/documents/{id}/")

    def get_document_file(self, id: int) -> bytes:
        """The file of a document.

        A stream with its length. The opening is written down, and shown to the person as on the pages.
        """
        return self._bytes("GET", f"/api/v1/me/documents/{id}/file/")

    def get_enrolment_terms(self) -> EnrolmentTerms:
        """The terms.

        Which terms are in force.
        """
        return self._json("GET", "/api/v1/enrolment/")

    def get_erasure(self) -> ErasureShape:
        """What an erasure would do.

        It changes nothing.
        """
        return self._json("GET", "/api/v1/me/erasure/")

    def get_home(self) -> HomeShape:
        """What is due, in progress and new.

        All of it in one answer.
        """
        return self._json("GET", "/api/v1/me/")

    def get_notice(self, id: int) -> NoticeDetail:
        """One notice.

        Its text. Reading it here does not mark it as read.
        """
        return self._json("GET", f"/api/v1/me/notices/{id}/")

    def get_notice_preferences(self) -> NoticePreferencesShape:
        """How one wants to be written to.

        What holds, with all that may be chosen. Offers are not here: they have their consents.
        """
        return self._json("GET", "/api/v1/me/notice-preferences/")

    def get_operation(self, id: int) -> OperationDetail:
        """One operation with its steps.

        What was asked, what became of it, and what happens next.
        """
        return self._json("GET", f"/api/v1/me/operations/{id}/")

    def get_operation_form(self, kind: str, *, claim: int | None = None, policy: int | None = None) -> OperationForm:
        """What a kind of operation asks.

        What to ask, what to say before and after, and why not.
        """
        return self._json("GET", f"/api/v1/me/operations/forms/{kind}/", query={"claim": claim, "policy": policy})

    def get_payment(self, id: int) -> PaymentRow:
        """One payment.

        How it stands.
        """
        return self._json("GET", f"/api/v1/me/payments/{id}/")

    def get_person(self, id: int) -> PersonRow:
        """One person with access.

        What they may do, and until when.
        """
        return self._json("GET", f"/api/v1/me/people/{id}/")

    def get_policy(self, id: int) -> PolicyShape:
        """One policy with all about it.

        The contract, what is paid and due, who is covered, its values, and what can be done about it.
        """
        return self._json("GET", f"/api/v1/me/policies/{id}/")

    def get_profile(self) -> ProfileDetail:
        """One's own data.

        As we hold them.
        """
        return self._json("GET", "/api/v1/me/profile/")

    def get_receipt(self, id: int) -> bytes:
        """The receipt of a payment that came.

        A PDF in the reader's language; 404 for a payment that did not come.
        """
        return self._bytes("GET", f"/api/v1/me/payments/{id}/receipt/")

    def get_request(self, id: int, *, before: int | None = None) -> RequestDetail:
        """One request with its thread.

        Where it stands and what was written, without internal notes.
        """
        return self._json("GET", f"/api/v1/me/requests/{id}/", query={"before": before})

    def get_service_notices(self) -> ServiceNotices:
        """What concerns many just now.

        An empty list on most days.
        """
        return self._json("GET", "/api/v1/service-notices/")

    def get_sign_in_address_change(self, change: str) -> AddressChangeShape:
        """Whether a change of address waits for its code.

        As it stands.
        """
        return self._json("GET", f"/api/v1/me/sign-in-address/{change}/")

    def give_consent(self, purpose: str, channel: str, *, version: str) -> ConsentShape:
        """Consent to a text on a channel.

        Given twice it is given once.

        Refused as things are, and nothing was done. `text_changed`: the text is another version now: show
        it, then ask again; `no_address`: it is confirmed by e-mail, and we have no address.
        """
        return self._json("POST", f"/api/v1/me/consents/{purpose}/{channel}/give/", body={"version": version})

    def invite_person(self, *, rights: list[AccountRight], email: str, key: str | None = None) -> WrittenShape:
        """Invite somebody to act for the company.

        The mailbox gets a link, which is valid for seven days. Password or code of the sign-in are wanted
        again first (403 `fresh_proof_required`).

        Refused as things are, and nothing was done. `not_allowed`: the person may not decide any more;
        `not_a_company`: only a company invites people; `has_access`: the person acts for the company
        already; `too_many`: twenty people were invited in a day.
        """
        return self._json(
            "POST", "/api/v1/me/invitations/", body={"rights": rights, "email": email}, key=key, is_keyed=True
        )

    def leave_account(self, id: int, *, key: str | None = None) -> WrittenShape:
        """Stop acting for somebody.

        From the next request on it opens nothing. To come back takes an invitation or the document again.

        Refused as things are, and nothing was done. `last_person`: nobody else decides who has access to
        the company.
        """
        return self._json("POST", f"/api/v1/me/accounts/{id}/leave/", key=key, is_keyed=True)

    def list_accesses(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> AccessRowPage:
        """Who of us opened the file.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/accesses/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_accounts(
        self,
        *,
        changed_since: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        room: Literal["open", "over"] | None = None,
    ) -> OwnAccountRowPage:
        """Whom one acts for, or acted for.

        A page of the list.
        """
        return self._json(
            "GET",
            "/api/v1/me/accounts/",
            query={"changed_since": changed_since, "cursor": cursor, "limit": limit, "room": room},
        )

    def list_acting_requests(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ActingRequestRowPage:
        """What one asked for, to act for somebody.

        A page of the list.
        """
        return self._json(
            "GET",
            "/api/v1/me/acting-requests/",
            query={"changed_since": changed_since, "cursor": cursor, "limit": limit},
        )

    def list_call_backs(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> CallBackRowPage:
        """One's call-backs.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/call-backs/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_claim_reports(self) -> DraftsShape:
        """Claim reports under way.

        Those begun on a page, or by an agent on the telephone, as well.
        """
        return self._json("GET", "/api/v1/me/claim-reports/")

    def list_claims(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ClaimRowPage:
        """Claims one reported, or on one's policies.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/claims/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_complaints(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ComplaintRowPage:
        """One's complaints.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/complaints/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_consent_events(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ConsentEventRowPage:
        """Every decision about consents.

        A page of the list.
        """
        return self._json(
            "GET",
            "/api/v1/me/consents/events/",
            query={"changed_since": changed_since, "cursor": cursor, "limit": limit},
        )

    def list_data_exports(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> DataExportRowPage:
        """Copies of one's own data.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/data-exports/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_devices(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> DeviceRowPage:
        """One's devices with the app.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/devices/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_documents(
        self,
        *,
        changed_since: str | None = None,
        cursor: str | None = None,
        kind: Literal["conditions", "policy", "receipt", "certificate", "statement", "letter", "other"] | None = None,
        limit: int | None = None,
        policy: int | None = None,
    ) -> PaperRowPage:
        """One's own documents as they are now.

        A page of the list.
        """
        return self._json(
            "GET",
            "/api/v1/me/documents/",
            query={"changed_since": changed_since, "cursor": cursor, "kind": kind, "limit": limit, "policy": policy},
        )

    def list_feedback(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> FeedbackRowPage:
        """What one said about app and area.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/feedback/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_instalments(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> InstalmentRowPage:
        """Premiums of one's own policies.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/instalments/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_invitations(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> InvitationRowPage:
        """Who is invited.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/invitations/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_notices(
        self,
        *,
        changed_since: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        room: Literal["inbox", "offers", "sent"] | None = None,
    ) -> NoticeRowPage:
        """The inbox, the offers, or what was sent.

        A page of the list.
        """
        return self._json(
            "GET",
            "/api/v1/me/notices/",
            query={"changed_since": changed_since, "cursor": cursor, "limit": limit, "room": room},
        )

    def list_operations(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> OperationRowPage:
        """What was asked to have done.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/operations/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_payments(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> PaymentRowPage:
        """Payments begun or made.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/payments/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_people(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> PersonRowPage:
        """Who acts for the customer.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/people/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_policies(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> PolicyRowPage:
        """Policies held, and those that cover one.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/policies/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_policies_to_report(self) -> PoliciesToReportShape:
        """Ids of the policies that a claim can be reported under.

        At most a hundred.
        """
        return self._json("GET", "/api/v1/me/claim-reports/policies/")

    def list_requests(
        self, *, changed_since: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ContactRowPage:
        """What was asked, by writing or telephone.

        A page of the list.
        """
        return self._json(
            "GET", "/api/v1/me/requests/", query={"changed_since": changed_since, "cursor": cursor, "limit": limit}
        )

    def list_sessions(self, *, cursor: str | None = None, limit: int | None = None) -> SessionRowPage:
        """Where one is signed in.

        A page of the list.
        """
        return self._json("GET", "/api/v1/me/sessions/", query={"cursor": cursor, "limit": limit})

    def list_topics(self) -> TopicList:
        """Topics and their questions.

        Every topic with what it asks. Two queries.
        """
        return self._json("GET", "/api/v1/me/topics/")

    def list_uploads(self) -> UploadsShape:
        """Files sent ahead that still wait.

        One's own, at most as many as go with a claim.
        """
        return self._json("GET", "/api/v1/me/uploads/")

    def make_calendar(self, *, id: int | None = None) -> CalendarShape:
        """Give out an address of the calendar.

        With `id` in place of that one, which opens nothing any more. Asked twice, there is one.
        """
        return self._json("POST", "/api/v1/me/calendar/", body={"id": id})

    def mark_notice_read(self, id: int) -> WrittenShape:
        """Mark a notice as read.

        For good; the first time counts.
        """
        return self._json("POST", f"/api/v1/me/notices/{id}/read/")

    def move_call_back(self, id: int, *, starts_at: str, key: str | None = None) -> WrittenShape:
        """Choose another hour.

        To the hour that it has already: nothing changes.

        Refused as things are, and nothing was done. `hour_not_on_offer`: the hour is not on offer any more;
        `hour_full`: its last place has just gone; `hour_yours_already`: there is a call-back at this hour
        already; `call_back_over`: it was made or called off; `call_back_begun`: its hour has come.
        """
        return self._json(
            "POST", f"/api/v1/me/call-backs/{id}/move/", body={"starts_at": starts_at}, key=key, is_keyed=True
        )

    def open_invitation(self, *, secret: str) -> InvitationShape:
        """What the link of an invitation offers.

        It changes nothing. 410 `link_invalid` where it was taken back, is over, or is none of ours.
        """
        return self._json("POST", "/api/v1/enrolment/invitation/", body={"secret": secret})

    def pay_instalment(self, id: int, *, key: str | None = None) -> BegunShape:
        """Begin to pay an instalment.

        The same key, or an attempt that is open, leads to the same page.

        Refused as things are, and nothing was done. `paid_already`: nothing is owed for it any more;
        `policy_over`: the policy is not in force; `offer_over`: the offer is not valid any more;
        `looked_at`: a person is looking at an earlier payment of it: do not pay again; `not_online`:
        nothing can be paid online here.
        """
        return self._json("POST", f"/api/v1/me/instalments/{id}/pay/", body={}, key=key, is_keyed=True)

    def record_answered_beforehand(
        self, *, topic: str, helped: bool, policy: int | None = None, key: str | None = None
    ) -> SaidShape:
        """Say whether the answers were enough.

        Counted once, without who it was.
        """
        return self._json(
            "POST",
            "/api/v1/me/requests/beforehand/",
            body={"topic": topic, "policy": policy, "helped": helped},
            key=key,
            is_keyed=True,
        )

    def register_device(self, *, token: str, platform: DevicePlatform) -> DeviceRow:
        """Register a device for push messages.

        At each start of the app: the same token again only says that the device is there still. A token of
        somebody else becomes this person's. Its version is that of X-App-Version.
        """
        return self._json("POST", "/api/v1/me/devices/", body={"token": token, "platform": platform})

    def remove_claim_report_file(self, report: str, file: str) -> None:
        """Take a file away.

        One that is gone already is no matter.

        Refused as things are, and nothing was done. `draft_gone`: it was sent, or given up.
        """
        self._done("DELETE", f"/api/v1/me/claim-reports/{report}/files/{file}/")

    def remove_upload(self, upload: str) -> None:
        """Take away a file sent ahead.

        One that is gone already is no matter.
        """
        self._done("DELETE", f"/api/v1/me/uploads/{upload}/")

    def revoke_calendar(self, *, id: int) -> CalendarShape:
        """Take back the address of the calendar.

        It opens nothing from now on.
        """
        return self._json("POST", "/api/v1/me/calendar/revoke/", body={"id": id})

    def save_claim_report_step(self, report: str, step: str, *, version: int, answers: dict[str, str]) -> DraftShape:
        """Save a step of a claim report.

        Saved again with the same answers it does nothing, whatever the version.

        Refused as things are, and nothing was done. `draft_gone`: it was sent, or given up;
        `changed_meanwhile`: it was saved from elsewhere: `saved` are the answers that stand, `version` the
        one to send with what should stand.
        """
        return self._json(
            "PUT", f"/api/v1/me/claim-reports/{report}/steps/{step}/", body={"version": version, "answers": answers}
        )

    def send_claim_document(
        self, id: int, asked: int, *, uploads: list[str] | None = None, key: str | None = None
    ) -> DocumentShape:
        """Send a document that was asked for.

        With one file that is kept it counts as received.

        Refused as things are, and nothing was done. `upload_gone`: a file that was sent ahead is not here
        any more; `not_waited_for`: it came already another way, or is not needed any more.
        """
        return self._json(
            "POST", f"/api/v1/me/claims/{id}/documents/{asked}/", body={"uploads": uploads}, key=key, is_keyed=True
        )

    def send_claim_message(
        self, id: int, *, text: str, uploads: list[str] | None = None, key: str | None = None
    ) -> WrittenShape:
        """Write about a claim.

        Into its conversation, which goes back to work.

        Refused as things are, and nothing was done. `upload_gone`: a file that was sent ahead is not here
        any more.
        """
        return self._json(
            "POST",
            f"/api/v1/me/claims/{id}/messages/",
            body={"text": text, "uploads": uploads},
            key=key,
            is_keyed=True,
        )

    def send_claim_report(
        self, report: str, *, declared: bool, another: bool | None = None, outside: bool | None = None
    ) -> SentShape:
        """Send a claim report.

        The same report sent twice is one claim: the answer is the same.

        Refused as things are, and nothing was done. `draft_gone`: it was sent, or given up; `not_complete`:
        obligatory answers are missing; `outside_cover`: the policy did not cover on that day: confirm
        `outside`; `same_day`: there is a claim of that day, `claim`: confirm `another`;
        `policy_not_theirs`: the policy is no longer theirs.
        """
        return self._json(
            "POST",
            f"/api/v1/me/claim-reports/{report}/send/",
            body={"declared": declared, "another": another, "outside": outside},
        )

    def send_complaint(
        self,
        *,
        subject: str,
        text: str,
        conduct: ConductEnum | None = None,
        intermediary: str | None = None,
        reference: str | None = None,
        complainant_name: str | None = None,
        complainant_kind: ComplainantKindEnum | None = None,
        proposer_kind: ProposerKindEnum | None = None,
        represented_name: str | None = None,
        represented_tax_code: str | None = None,
        relation: RelationEnum | None = None,
        tax_code: str | None = None,
        email: str | None = None,
        postal_address: str | None = None,
        phone: str | None = None,
        uploads: list[str] | None = None,
        mandate: str | None = None,
        key: str | None = None,
    ) -> ComplaintShape:
        """Write a complaint.

        Into the register, under the next number of the year.

        Refused as things are, and nothing was done. `upload_gone`: a file that was sent ahead is not here
        any more.
        """
        return self._json(
            "POST",
            "/api/v1/me/complaints/",
            body={
                "subject": subject,
                "text": text,
                "conduct": conduct,
                "intermediary": intermediary,
                "reference": reference,
                "complainant_name": complainant_name,
                "complainant_kind": complainant_kind,
                "proposer_kind": proposer_kind,
                "represented_name": represented_name,
                "represented_tax_code": represented_tax_code,
                "relation": relation,
                "tax_code": tax_code,
                "email": email,
                "postal_address": postal_address,
                "phone": phone,
                "uploads": uploads,
                "mandate": mandate,
            },
            key=key,
            is_keyed=True,
        )

    def send_feedback(
        self, *, rating: int, text: str | None = None, platform: str | None = None, key: str | None = None
    ) -> WrittenShape:
        """Say what one thinks of the app.

        It is kept, and with words it is read by the customer service, who may answer: the answer comes as a
        notice and stands in list_feedback. It opens no request: whoever wants something done writes one.

        Refused as things are, and nothing was done. `many_today`: many came from this customer today;
        `text_too_long`: over 2,000 characters.
        """
        return self._json(
            "POST",
            "/api/v1/me/feedback/",
            body={"rating": rating, "text": text, "platform": platform},
            key=key,
            is_keyed=True,
        )

    def send_operation_code(
        self, *, kind: CodeInputKindEnum, facts: dict[str, str | bool], key: str | None = None
    ) -> CodeShape:
        """Send a code to a new number or address.

        Password or code of the sign-in are wanted again first (403 `fresh_proof_required`).

        Refused as things are, and nothing was done. `no_sms`: no code can be sent by SMS now;
        `too_many_codes`: too many were sent in the last hour.
        """
        return self._json(
            "POST", "/api/v1/me/operations/codes/", body={"kind": kind, "facts": facts}, key=key, is_keyed=True
        )

    def send_request(
        self,
        *,
        form: OwnRequestInputFormEnum,
        privacy_version: str,
        subject: str | None = None,
        text: str | None = None,
        topic: str | None = None,
        answers: dict[str, str] | None = None,
        policy_number: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        uploads: list[str] | None = None,
        key: str | None = None,
    ) -> WrittenShape:
        """Write a request.

        It goes to the first level, and is acknowledged with the day by which it is answered.

        Refused as things are, and nothing was done. `upload_gone`: a file that was sent ahead is not here
        any more.
        """
        return self._json(
            "POST",
            "/api/v1/me/requests/",
            body={
                "form": form,
                "subject": subject,
                "text": text,
                "topic": topic,
                "answers": answers,
                "policy_number": policy_number,
                "email": email,
                "phone": phone,
                "privacy_version": privacy_version,
                "uploads": uploads,
            },
            key=key,
            is_keyed=True,
        )

    def send_request_message(
        self, id: int, *, text: str, uploads: list[str] | None = None, key: str | None = None
    ) -> WrittenShape:
        """Write once more about a request.

        To a request that was closed long ago it opens another, which the answer names.

        Refused as things are, and nothing was done. `upload_gone`: a file that was sent ahead is not here
        any more.
        """
        return self._json(
            "POST",
            f"/api/v1/me/requests/{id}/messages/",
            body={"text": text, "uploads": uploads},
            key=key,
            is_keyed=True,
        )

    def send_upload(self, *, content: bytes, name: str, key: str | None = None) -> UploadShape:
        """Send a file ahead of its message.

        One file at a time, with the same Idempotency-Key as often as it takes: sent three times it is one
        file. It waits for a day to be named in `uploads` of a message, a complaint or a document asked for.

        Refused as things are, and nothing was done. `upload_broken`: the bytes that arrived are not those
        of the checksum: send it again; `too_many_uploads`: many wait already.
        """
        return self._json("POST", "/api/v1/me/uploads/", content=content, name=name, key=key, is_keyed=True)

    def use_operation_code(self, code_key: str, *, code: str) -> WrittenShape:
        """Change the number or address by its code.

        The same code sent again answers with what it did.

        Refused as things are, and nothing was done. `code_wrong`: five tries in all;
        `code_tried_too_often`: have another one sent; `code_too_late`: have another one sent; `code_used`:
        have another one sent.
        """
        return self._json("POST", f"/api/v1/me/operations/codes/{code_key}/", body={"code": code})

    def withdraw_acting_request(self, id: int, *, key: str | None = None) -> WrittenShape:
        """Take a request to act back.

        While nobody has decided. Again: nothing changes.

        Refused as things are, and nothing was done. `ended`: it has ended.
        """
        return self._json("POST", f"/api/v1/me/acting-requests/{id}/withdraw/", key=key, is_keyed=True)

    def withdraw_consent(self, purpose: str, channel: str) -> ConsentShape:
        """Withdraw a consent.

        At once.

        Refused as things are, and nothing was done. `not_given`: there is none to withdraw.
        """
        return self._json("POST", f"/api/v1/me/consents/{purpose}/{channel}/withdraw/")

    def withdraw_erasure(self, id: int) -> WrittenShape:
        """Take the request for erasure back.

        Done twice, it is done once.

        Refused as things are, and nothing was done. `decided`: it was decided already.
        """
        return self._json("POST", f"/api/v1/me/erasure/{id}/withdraw/")

    def withdraw_invitation(self, id: int) -> WrittenShape:
        """Take an invitation back.

        Its link opens nothing any more. Again: nothing changes.

        Refused as things are, and nothing was done. `not_allowed`: the person may not decide any more;
        `accepted`: the person has accepted: end the access.
        """
        return self._json("POST", f"/api/v1/me/invitations/{id}/withdraw/")

    def withdraw_operation(self, id: int, *, key: str | None = None) -> WrittenShape:
        """Take an operation back.

        While nothing has come of it.

        Refused as things are, and nothing was done. `ended`: it has ended; `not_withdrawn`: asking for it
        has had its effect.
        """
        return self._json("POST", f"/api/v1/me/operations/{id}/withdraw/", key=key, is_keyed=True)

    def activate_totp(self, *, code: str) -> SignInAnswer:
        """Set it up with a code of it."""
        return self._signing_in("POST", "/accesso/app/v1/account/authenticators/totp", body={"code": code})

    def add_passkey(self, *, name: str, credential: dict[str, Any]) -> SignInAnswer:
        """Add a passkey."""
        return self._signing_in(
            "POST", "/accesso/app/v1/account/authenticators/webauthn", body={"name": name, "credential": credential}
        )

    def begin_passkey(self) -> SignInAnswer:
        """What a new passkey is made of."""
        return self._signing_in("GET", "/accesso/app/v1/account/authenticators/webauthn")

    def begin_passkey_proof(self) -> SignInAnswer:
        """What a passkey signs as fresh proof."""
        return self._signing_in("GET", "/accesso/app/v1/auth/webauthn/reauthenticate")

    def begin_passkey_second_factor(self) -> SignInAnswer:
        """What a passkey signs as second factor."""
        return self._signing_in("GET", "/accesso/app/v1/auth/webauthn/authenticate")

    def begin_passkey_sign_in(self) -> SignInAnswer:
        """What a passkey signs. The answer has a token already: send it with the passkey, or it is not known."""
        return self._signing_in("GET", "/accesso/app/v1/auth/webauthn/login")

    def change_password(self, *, current_password: str, new_password: str) -> SignInAnswer:
        """Choose another password; every other device is signed out."""
        return self._signing_in(
            "POST",
            "/accesso/app/v1/account/password/change",
            body={"current_password": current_password, "new_password": new_password},
        )

    def check_password_reset(self, *, password_reset_key: str) -> SignInAnswer:
        """Whether the link's key still holds."""
        return self._signing_in(
            "GET", "/accesso/app/v1/auth/password/reset", headers={"X-Password-Reset-Key": password_reset_key}
        )

    def deactivate_totp(self) -> SignInAnswer:
        """Take it away."""
        return self._signing_in("DELETE", "/accesso/app/v1/account/authenticators/totp")

    def get_recovery_codes(self) -> SignInAnswer:
        """Recovery codes."""
        return self._signing_in("GET", "/accesso/app/v1/account/authenticators/recovery-codes")

    def get_sign_in(self) -> SignInAnswer:
        """Whether the token's person is signed in."""
        return self._signing_in("GET", "/accesso/app/v1/auth/session")

    def get_sign_in_config(self) -> SignInAnswer:
        """Which ways of signing in there are."""
        return self._signing_in("GET", "/accesso/app/v1/config")

    def get_totp(self) -> SignInAnswer:
        """The authenticator app; 404 with a new `meta.secret` where there is none."""
        return self._signing_in("GET", "/accesso/app/v1/account/authenticators/totp")

    def give_passkey_second_factor(self, *, credential: dict[str, Any]) -> SignInAnswer:
        """A passkey as second factor."""
        return self._signing_in("POST", "/accesso/app/v1/auth/webauthn/authenticate", body={"credential": credential})

    def give_second_factor(self, *, code: str) -> SignInAnswer:
        """The second factor."""
        return self._signing_in("POST", "/accesso/app/v1/auth/2fa/authenticate", body={"code": code})

    def list_authenticators(self) -> SignInAnswer:
        """Second factors and passkeys."""
        return self._signing_in("GET", "/accesso/app/v1/account/authenticators")

    def prove_with_code(self, *, code: str) -> SignInAnswer:
        """A fresh proof by code."""
        return self._signing_in("POST", "/accesso/app/v1/auth/2fa/reauthenticate", body={"code": code})

    def prove_with_passkey(self, *, credential: dict[str, Any]) -> SignInAnswer:
        """A fresh proof by passkey."""
        return self._signing_in(
            "POST", "/accesso/app/v1/auth/webauthn/reauthenticate", body={"credential": credential}
        )

    def prove_with_password(self, *, password: str) -> SignInAnswer:
        """A fresh proof by password."""
        return self._signing_in("POST", "/accesso/app/v1/auth/reauthenticate", body={"password": password})

    def remove_passkeys(self, *, authenticators: list[int]) -> SignInAnswer:
        """Take passkeys away."""
        return self._signing_in(
            "DELETE", "/accesso/app/v1/account/authenticators/webauthn", body={"authenticators": authenticators}
        )

    def rename_passkey(self, *, id: int, name: str) -> SignInAnswer:
        """Name a passkey."""
        return self._signing_in(
            "PUT", "/accesso/app/v1/account/authenticators/webauthn", body={"id": id, "name": name}
        )

    def renew_recovery_codes(self) -> SignInAnswer:
        """New recovery codes in place of the others."""
        return self._signing_in("POST", "/accesso/app/v1/account/authenticators/recovery-codes")

    def request_password_reset(self, *, email: str) -> SignInAnswer:
        """Have a link for a new password sent."""
        return self._signing_in("POST", "/accesso/app/v1/auth/password/request", body={"email": email})

    def request_sign_in_code(self, *, email: str) -> SignInAnswer:
        """Have a code sent by e-mail."""
        return self._signing_in("POST", "/accesso/app/v1/auth/code/request", body={"email": email})

    def resend_sign_in_code(self) -> SignInAnswer:
        """Have another code sent."""
        return self._signing_in("POST", "/accesso/app/v1/auth/code/resend")

    def reset_password(self, *, key: str, password: str) -> SignInAnswer:
        """Choose a new password by the link's key (the last part of its address)."""
        return self._signing_in("POST", "/accesso/app/v1/auth/password/reset", body={"key": key, "password": password})

    def sign_in_with_code(self, *, code: str) -> SignInAnswer:
        """Sign in with the code."""
        return self._signing_in("POST", "/accesso/app/v1/auth/code/confirm", body={"code": code})

    def sign_in_with_passkey(self, *, credential: dict[str, Any]) -> SignInAnswer:
        """Sign in with a passkey."""
        return self._signing_in("POST", "/accesso/app/v1/auth/webauthn/login", body={"credential": credential})

    def sign_in_with_password(self, *, email: str, password: str) -> SignInAnswer:
        """Sign in with address and password."""
        return self._signing_in("POST", "/accesso/app/v1/auth/login", body={"email": email, "password": password})

    def sign_out(self) -> SignInAnswer:
        """Sign out: the token ends at once, and the answer is 401."""
        return self._signing_in("DELETE", "/accesso/app/v1/auth/session")
