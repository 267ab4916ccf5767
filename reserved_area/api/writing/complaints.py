"""Complaints by the app: write one, and add words or files to one."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from complaints.forms import LONGEST_TEXT, AdditionFields, ComplaintFields, known_of
from complaints.models import Complaint, Representation
from complaints.services import add_to_complaint, register_complaint
from complaints.tracking import tracking_place
from customers.models.account import Right
from foundation.api.strict import StrictSerializer
from foundation.files.accepted import CheckedFile
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.reading import complaints as reading
from reserved_area.api.writing.door import (
    UploadKeys,
    WrittenShape,
    filled_in,
    form_data,
    given,
    limit,
    writes,
    written,
)
from reserved_area.api.writing.messages import with_files
from reserved_area.api.writing.requests import KEPT

PER_HOUR, ADDED_PER_HOUR = 20, 30  # of one person


class ComplaintInput(StrictSerializer):
    """A complaint as its form takes it. Who complains is known, unless another name is given."""

    subject = serializers.CharField(max_length=500, help_text="Up to 250 characters")
    text = serializers.CharField(
        max_length=2 * LONGEST_TEXT, help_text="Facts with their dates: up to 20,000 characters"
    )
    conduct = serializers.ChoiceField(
        ComplaintFields.CONDUCT, default=ComplaintFields.COMPANY, help_text="Whose conduct it is about"
    )
    intermediary = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Which one, where the conduct is an intermediary's"
    )
    reference = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="Number of a policy or claim, or a plate"
    )
    complainant_name = serializers.CharField(required=False, max_length=200)
    complainant_kind = serializers.ChoiceField(
        Complaint.Complainant.choices, default=Complaint.Complainant.POLICYHOLDER.value
    )
    proposer_kind = serializers.ChoiceField(
        Complaint.Proposer.choices,
        default=Complaint.Proposer.INTERESTED.value,
        help_text="As what one writes; the interested party, if for oneself",
    )
    represented_name = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="For whom one writes, where that is somebody else"
    )
    represented_tax_code = serializers.CharField(required=False, allow_blank=True, max_length=30)
    relation = serializers.ChoiceField(
        Representation.Relation.choices, required=False, help_text="What that person is to the writer"
    )
    tax_code = serializers.CharField(required=False, allow_blank=True, max_length=30)
    email = serializers.CharField(
        required=False, allow_blank=True, max_length=254, help_text="For the answer; that of the sign-in, if not given"
    )
    postal_address = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=254,
        help_text="For an answer by post, with an empty e-mail address",
    )
    phone = serializers.CharField(required=False, allow_blank=True, max_length=30)
    uploads = UploadKeys(help_text="Up to five files of 10 MB, 20 MB together, the mandate among them")
    mandate = serializers.UUIDField(
        required=False, help_text="Which of the uploads is the mandate, where one writes for somebody else"
    )


class ComplaintShape(WrittenShape):
    """A complaint as it was registered."""

    due_on = serializers.DateField(help_text="By when the law has us answer")
    tracking_url = serializers.CharField(
        help_text="Page of a complaint for somebody else, which is not among one's own; else empty"
    )


class ComplaintsView(reading.ComplaintsView):
    """Writing a complaint, beside the list of them."""

    right = Right.ASK

    @writes("send_complaint", "Write a complaint", takes=ComplaintInput, gives=ComplaintShape, refused=KEPT)
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """Into the register, under the next number of the year."""
        sent = given(ComplaintInput, request)
        uploads, mandate = list(dict.fromkeys(sent.pop("uploads"))), sent.pop("mandate", None)
        known = {**known_of(request.customer), "email": request.user.email}
        form = ComplaintFields(form_data({**known, **sent}))
        filled_in(form)
        if mandate is not None and (mandate not in uploads or form.represented() is None):
            wrong = _("The mandate is one of the uploads of whoever writes for somebody else.")
            raise ValidationError({"mandate": [wrong]})
        limit(request, "complaint", PER_HOUR)

        def register(files: Sequence[CheckedFile]) -> Complaint:
            named = list(zip(uploads, files, strict=True))
            return register_complaint(
                form.statement(request.customer, received_by="app"),
                by=None,
                submission_key=key,
                files=[file for upload, file in named if upload != mandate],
                represented=form.represented(),
                mandate=[file for upload, file in named if upload == mandate],
                privacy_version=settings.PRIVACY_NOTICE_VERSION,
            )

        complaint = with_files(request, uploads, register)
        return Response(_registered(request, complaint), status=201)


def _registered(request: MeRequest, complaint: Complaint) -> dict[str, Any]:
    is_own = complaint.customer_id == request.customer.pk
    message = _("We have received your complaint: its number is %(number)s.") % {"number": complaint.number}
    shown = written(complaint, message, url="me_complaint" if is_own else "")
    elsewhere = "" if is_own else settings.SITE_URL + reverse("complaint_registered", kwargs=tracking_place(complaint))
    return ComplaintShape({**shown, "due_on": complaint.due_on, "tracking_url": elsewhere}).data


class AdditionInput(StrictSerializer):
    """Words, files or both."""

    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=2 * LONGEST_TEXT)
    uploads = UploadKeys(help_text="Up to five files of 10 MB, 20 MB together")


class ComplaintAdditionView(MeView):
    """Adding to a complaint."""

    right = Right.ASK

    @writes(
        "add_to_complaint",
        "Add words or files to a complaint",
        takes=AdditionInput,
        refused={**KEPT, "too_many_additions": "fifty were added: the rest goes by post or certified mail"},
    )
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """After the answer as well: it is read, and the complaint is not opened again."""
        complaint = get_object_or_404(Complaint.objects.visible_to(request.user), pk=pk)
        sent = given(AdditionInput, request)
        text = filled_in(AdditionFields(form_data({"text": sent["text"]})))["text"]
        if not text and not sent["uploads"]:
            raise ValidationError({"text": [_("Write something, or choose a file.")]})
        limit(request, "addition", ADDED_PER_HOUR)
        with_files(
            request,
            sent["uploads"],
            lambda files: add_to_complaint(complaint, text=text, files=files, submission_key=key),
        )
        message = _("We have added it to your complaint.")
        return Response(WrittenShape(written(complaint, message, url="me_complaint")).data, status=201)
