"""What a reporter does about a claim by the app: write about it, and send a document that was asked for."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError as FormRefusal
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from contact_center.claims.conversation import conversation_of, write_about_claim
from contact_center.claims.documents import receive_checked
from contact_center.models import Contact
from customers.models import AskedDocument, Claim
from customers.models.account import Right
from customers.uploads import files_to_send
from foundation.api.strict import StrictSerializer
from foundation.files.accepted import CLAIM
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.writing.door import GONE, UploadKeys, WrittenShape, given, limit, refused_files, writes, written
from reserved_area.api.writing.messages import MOST_IN_AN_HOUR, MessageInput, take_message
from reserved_area.api.writing.requests import KEPT


class ReportedView(MeView):
    """What the addresses of a claim share: it is the reporter's own."""

    right = Right.REPORT
    for_heirs = True

    def reported(self, pk: int) -> Claim:
        """A claim that the customer reported; 404 for any other, also for one on a policy they hold."""
        claims = Claim.objects.visible_to(self.request.user).for_list().filter(customer=self.request.customer)
        return get_object_or_404(claims, pk=pk)


class ClaimMessageView(ReportedView):
    """A message about a claim."""

    @writes("send_claim_message", "Write about a claim", takes=MessageInput, refused=KEPT)
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """Into its conversation, which goes back to work."""
        claim = self.reported(pk)
        limit(request, "message", MOST_IN_AN_HOUR)

        def add(text: str, files: Any) -> Any:
            app = Contact.Channel.APP
            return write_about_claim(claim, text=text, files=files, key=key, by=request.user, channel=app)

        return Response(take_message(request, conversation_of(claim), add), status=201)


class DocumentInput(StrictSerializer):
    """The files of a document that was asked for."""

    uploads = UploadKeys(help_text="Files sent ahead: at least one, up to 20 of 20 MB, 60 MB together")


class DocumentShape(WrittenShape):
    """A document that came, and the files that could not be kept with it."""

    refused = serializers.ListField(child=serializers.CharField(), help_text="A sentence for each file left out")


class ClaimDocumentView(ReportedView):
    """A document that was asked for."""

    @writes(
        "send_claim_document",
        "Send a document that was asked for",
        takes=DocumentInput,
        gives=DocumentShape,
        refused={**GONE, "not_waited_for": "it came already another way, or is not needed any more"},
    )
    def post(self, request: MeRequest, pk: int, asked: int, *, key: uuid.UUID) -> Response:
        """With one file that is kept it counts as received."""
        document = get_object_or_404(AskedDocument, claim=self.reported(pk), pk=asked)
        keys = given(DocumentInput, request)["uploads"]
        if not keys:
            raise ValidationError({"uploads": [_("Choose the file first: none was sent.")]})
        try:
            with files_to_send(keys, customer=request.customer, by=request.user, limits=CLAIM) as files:
                added = receive_checked(document, files, by=request.user, channel=Contact.Channel.APP)
        except FormRefusal as error:
            raise refused_files(error) from error
        if not added.kept:
            raise ValidationError({"uploads": added.refused})
        document.refresh_from_db()
        message = _("We have received “%(name)s”: thank you.") % {"name": document.name}
        shown = written(document, message, number=document.name) | {"refused": added.refused}
        return Response(DocumentShape(shown).data, status=201)
