"""Acting for another by the app: ask with the document that says so, take that back, give an account up."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from contact_center.acting.commands import AskFromOwnFile, ask_to_act, refuse_beside_own_file
from contact_center.operations.commands import withdraw
from customers.models import Operation, ReservedAreaAccount
from customers.models.account import Capacity
from customers.models.mandate import BY_DOCUMENT
from customers.operations.forms import RepresentationFacts
from customers.operations.subjects import subject_of
from foundation.api.strict import StrictSerializer
from notifications.people import end_access
from reserved_area.acting import ONE
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.reading import acting as reading
from reserved_area.api.writing.door import (
    GONE,
    LONGEST_TEXT,
    UploadKeys,
    WrittenShape,
    conflict,
    filled_in,
    form_data,
    given,
    writes,
    written,
)
from reserved_area.api.writing.messages import with_files


class ActingInput(StrictSerializer):
    """For whom, as what, and the document that was sent ahead."""

    capacity = serializers.ChoiceField([(each.value, each.label) for each in BY_DOCUMENT])
    person = serializers.CharField(max_length=400, help_text="Name of the person or company")
    tax_code = serializers.CharField(max_length=40, help_text="Theirs, or the VAT number of the company")
    valid_until = serializers.DateField(required=False, help_text="The last day, if the document has one")
    text = serializers.CharField(
        required=False, allow_blank=True, max_length=2 * LONGEST_TEXT, help_text="Anything to add"
    )
    uploads = UploadKeys(help_text="One file of at most 10 MB, with all pages of the document")


class ActingRequestsView(reading.ActingRequestsView):
    """Asking to act for somebody, beside the list of what was asked."""

    @writes(
        "ask_to_act",
        "Ask to act for somebody",
        takes=ActingInput,
        refused={
            **GONE,
            AskFromOwnFile.code: "the person has a file of their own: send it again with `account` as X-Acting-For",
            "files_not_kept": "there is no room for files just now",
        },
        description=(
            "With a document that was sent ahead (`send_upload`). A colleague reads it and answers in writing. Asked from "
            "one’s own file; who has none asks by the account in use, and nobody else of that customer sees it."
        ),
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """As the page takes it."""
        sent = given(ActingInput, request)
        try:
            refuse_beside_own_file(request.account)
        except AskFromOwnFile as refusal:
            raise conflict(refusal, account=refusal.account.pk) from refusal
        keys = sent.pop("uploads")
        subject = subject_of(request.customer, today=timezone.localdate())
        form = RepresentationFacts(form_data(sent), subject=subject)
        filled_in(form)
        if not keys:
            raise ValidationError(
                {"uploads": [_("Add the document that says so: without it we cannot decide.")]}, code="no_document"
            )
        begun = with_files(
            request,
            keys,
            lambda files: ask_to_act(
                request.account,
                facts=form.facts(),
                document=files[0],
                submission_key=key,
                by=request.user,
                channel=Operation.Channel.APP,
            ),
            limits=ONE,
        )
        message = _("We have received it: its number is %(number)s.") % {"number": begun.operation.number}
        return Response(WrittenShape(written(begun.operation, message)).data, status=201)


class ActingRequestWithdrawView(MeView):
    """Take back what one asked."""

    for_heirs = True

    @writes("withdraw_acting_request", "Take a request to act back", status=200, refused={"ended": "it has ended"})
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """While nobody has decided. Again: nothing changes."""
        operation = get_object_or_404(Operation.objects.to_act_asked_by(request.user), pk=pk)
        if operation.state != Operation.State.WITHDRAWN:
            operation = withdraw(operation, by=request.user)
        return Response(WrittenShape(written(operation, _("You have taken it back: nothing is changed."))).data)


class AccountLeaveView(MeView):
    """Stop acting for a customer."""

    for_heirs = True

    @writes(
        "leave_account",
        "Stop acting for somebody",
        status=200,
        refused={"last_person": "nobody else decides who has access to the company"},
        description="From the next request on it opens nothing. To come back takes an invitation or the document again.",
    )
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """By one's own decision; one's own file is none of these."""
        mine: Any = ReservedAreaAccount.objects.not_closed().filter(user=request.user)
        account = get_object_or_404(mine.exclude(capacity=Capacity.SELF).select_related("customer"), pk=pk)
        name = account.customer.letter_name
        account = end_access(account, by=request.user)
        return Response(
            WrittenShape(written(account, _("You do not act for %(name)s any more.") % {"name": name})).data
        )
