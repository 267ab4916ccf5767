"""An exception for each code by which the API refuses. Made from the OpenAPI schema by scripts/make_client.py: change the schema, not this file."""

from .errors import Problem


class NotAuthenticated(Problem):
    """401: no token was sent."""


class SignedOut(Problem):
    """401: the token's sign-in has ended."""


class SecondFactorRequired(Problem):
    """403: a colleague has no second factor yet, or has not given it."""


class FreshProofRequired(Problem):
    """403: password or code are wanted again; `reauthenticate` names the ways."""


class NoAccount(Problem):
    """403: the sign-in has no place in the reserved area."""


class AccountSuspended(Problem):
    """403: the account is suspended."""


class AccountClosed(Problem):
    """403: the account is closed, or past its last day."""


class RightMissing(Problem):
    """403: the person may look, and not do this for whom they act; `right` is what they lack."""


class NotForHeirs(Problem):
    """403: heirs do not open this."""


class ActingForUnknown(Problem):
    """404: X-Acting-For names no account of theirs that is open."""


class NotFound(Problem):
    """404: there is no such row, or it is somebody else's."""


class AppTooOld(Problem):
    """410: this version of the app is not answered any more; `update_url` says where there is a newer one."""


class ChangesForgotten(Problem):
    """410: `changed_since` is of no use any more: read the whole list."""


class LinkInvalid(Problem):
    """410: the link of an enrolment or of an invitation is over."""


class Invalid(Problem):
    """400: `errors` says what is wrong with which field."""


class ParseError(Problem):
    """400: the body is not JSON."""


class UnknownField(Problem):
    """400: a field that is not known, by its name."""


class UnknownParameter(Problem):
    """400: a parameter that is not known, by its name."""


class CursorUnknown(Problem):
    """400: `cursor` was changed: take `next` as it came."""


class ChangesUnknown(Problem):
    """400: `changed_since` was changed: take `changes` as it came."""


class AskFromOwnFile(Problem):
    """409: the person has a file of their own: `account` is its id, for X-Acting-For."""


class LastPerson(Problem):
    """409: nobody else decides who has access to the company."""


class AskedAlready(Problem):
    """409: the same operation is open; `operation` is its id."""


class NeedsCode(Problem):
    """409: a new number or address wants a code: `send_operation_code`."""


class Outdated(Problem):
    """409: the offer of the claim is another one now."""


class LookedAt(Problem):
    """409: a person is looking at a payment of this: nobody pays again."""


class ProviderAway(Problem):
    """503: the provider of payments does not answer; nothing was charged."""


class ChangedMeanwhile(Problem):
    """409: the step was saved from elsewhere, and `saved` and `version` are what stands; of a change of
    the sign-in's address: it was changed another way.
    """


class DraftGone(Problem):
    """409: the report was sent, and then `claim` is its claim, or given up."""


class SameDay(Problem):
    """409: there is a claim of that day, `claim`: confirm `another`."""


class OutsideCover(Problem):
    """409: the policy did not cover on that day: confirm `outside`."""


class NotComplete(Problem):
    """409: obligatory answers are missing."""


class UploadBroken(Problem):
    """409: the bytes that arrived are not those of the checksum."""


class UploadGone(Problem):
    """409: a file that was sent ahead is not here any more."""


class TooManyUploads(Problem):
    """409: many files wait already."""


class FilesNotKept(Problem):
    """503: there is no room for files just now."""


class TooManyDataExports(Problem):
    """409: so many copies of one's data were asked for in a day already."""


class DataExportNotReady(Problem):
    """409: the copy is still being made."""


class DataExportEnded(Problem):
    """409: the copy was deleted at its end."""


class Decided(Problem):
    """409: the request for erasure was decided already."""


class TextChanged(Problem):
    """409: the text of the consent is another version now."""


class EnrolledAlready(Problem):
    """409: there is a sign-in already."""


class SignInFirst(Problem):
    """409: the address of an enrolment or invitation signs in already: its owner signs in, then takes the
    place.
    """


class TooManyDevices(Problem):
    """409: twenty devices are registered."""


class IdempotencyKeyReused(Problem):
    """422: the Idempotency-Key was used for another body."""


class Throttled(Problem):
    """429: too many requests; Retry-After says when to go on."""


BY_CODE: dict[str, type[Problem]] = {
    "not_authenticated": NotAuthenticated,
    "signed_out": SignedOut,
    "second_factor_required": SecondFactorRequired,
    "fresh_proof_required": FreshProofRequired,
    "no_account": NoAccount,
    "account_suspended": AccountSuspended,
    "account_closed": AccountClosed,
    "right_missing": RightMissing,
    "not_for_heirs": NotForHeirs,
    "acting_for_unknown": ActingForUnknown,
    "not_found": NotFound,
    "app_too_old": AppTooOld,
    "changes_forgotten": ChangesForgotten,
    "link_invalid": LinkInvalid,
    "invalid": Invalid,
    "parse_error": ParseError,
    "unknown_field": UnknownField,
    "unknown_parameter": UnknownParameter,
    "cursor_unknown": CursorUnknown,
    "changes_unknown": ChangesUnknown,
    "ask_from_own_file": AskFromOwnFile,
    "last_person": LastPerson,
    "asked_already": AskedAlready,
    "needs_code": NeedsCode,
    "outdated": Outdated,
    "looked_at": LookedAt,
    "provider_away": ProviderAway,
    "changed_meanwhile": ChangedMeanwhile,
    "draft_gone": DraftGone,
    "same_day": SameDay,
    "outside_cover": OutsideCover,
    "not_complete": NotComplete,
    "upload_broken": UploadBroken,
    "upload_gone": UploadGone,
    "too_many_uploads": TooManyUploads,
    "files_not_kept": FilesNotKept,
    "too_many_data_exports": TooManyDataExports,
    "data_export_not_ready": DataExportNotReady,
    "data_export_ended": DataExportEnded,
    "decided": Decided,
    "text_changed": TextChanged,
    "enrolled_already": EnrolledAlready,
    "sign_in_first": SignInFirst,
    "too_many_devices": TooManyDevices,
    "idempotency_key_reused": IdempotencyKeyReused,
    "throttled": Throttled,
}
