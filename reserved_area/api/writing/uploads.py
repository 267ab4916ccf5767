"""Files that are sent ahead of the message they go with, one at a time: a line that breaks costs one file, not the message."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError as FormRefusal
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from contact_center.claims.guide import refusals_of_reading
from customers.models import Upload
from customers.uploads import KEPT, keep_upload, refuse_broken, remove_upload
from foundation.api.strict import StrictSerializer
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.writing.door import given, refused_files, writes


@extend_schema_field({"type": "string", "format": "binary"})
class BytesField(serializers.FileField):
    """A file, of whatever name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_empty_file=True, max_length=None, **options)


class FileInput(StrictSerializer):
    """One file with its checksum. Send the checksum first, so that it is here if the line breaks."""

    sha256 = serializers.RegexField(
        r"^[0-9A-Fa-f]{64}$",
        help_text="SHA-256 of the file's bytes as sent, in hexadecimal: what arrived otherwise is not kept",
        error_messages={"invalid": gettext_lazy("Send the SHA-256 of the file as 64 hexadecimal digits.")},
    )
    file = BytesField()


class UploadShape(serializers.Serializer):
    """A file that waits to be sent with a message."""

    key = serializers.UUIDField()
    name = serializers.CharField(help_text="As it was called, cleaned")
    content_type = serializers.CharField(help_text="As found inside it")
    size = serializers.IntegerField(help_text="Bytes kept: a picture loses what its camera wrote beside it")
    expires_at = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DateTimeField())
    def get_expires_at(self, upload: Upload) -> Any:
        """Until when it waits."""
        return serializers.DateTimeField().to_representation(upload.received_at + KEPT)


class UploadsShape(serializers.Serializer):
    """The files that wait."""

    results = UploadShape(many=True)


def file_sent(request: MeRequest) -> Any:
    """The file of a request, whole; ValidationError where it could not be read, UploadBroken where it did not arrive whole."""
    if wrong := refusals_of_reading(request._request):
        raise ValidationError({"file": wrong})
    sent = given(FileInput, request)
    refuse_broken(sent["file"], sent["sha256"])
    return sent["file"]


BROKEN = {"upload_broken": "the bytes that arrived are not those of the checksum: send it again"}


class UploadsView(MeView):
    """Files sent ahead."""

    for_heirs = True
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="list_uploads", summary="Files sent ahead that still wait", responses=UploadsShape)
    def get(self, request: MeRequest) -> Response:
        """One's own, at most as many as go with a claim."""
        waiting = Upload.objects.visible_to(request.user).filter(customer=request.customer, given_by=request.user.pk)
        return Response({"results": UploadShape(waiting, many=True).data})

    @writes(
        "send_upload",
        "Send a file ahead of its message",
        takes={"multipart/form-data": FileInput},
        gives=UploadShape,
        refused={**BROKEN, "too_many_uploads": "many wait already", "files_not_kept": "there is no room just now"},
        description=(
            "One file at a time, with the same Idempotency-Key as often as it takes: sent three times it is one file. It waits "
            "for a day to be named in `uploads` of a message, a complaint or a document asked for."
        ),
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """Checked as the files of a claim."""
        try:
            upload = keep_upload(file_sent(request), key=key, customer=request.customer, by=request.user)
        except FormRefusal as error:
            raise refused_files(error, "file") from error
        return Response(UploadShape(upload).data, status=201)


class UploadView(MeView):
    """One file sent ahead."""

    for_heirs = True

    @writes("remove_upload", "Take away a file sent ahead", gives=None, status=204, is_keyed=False)
    def delete(self, request: MeRequest, upload: uuid.UUID) -> Response:
        """One that is gone already is no matter."""
        remove_upload(upload, customer=request.customer, by=request.user)
        return Response(status=204)
