"""Notices by the app: mark one as read."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.response import Response

from notifications.models import Notice
from notifications.services import mark_read
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.writing.door import WrittenShape, writes, written


class NoticeReadView(MeView):
    """That a notice was opened."""

    @writes("mark_notice_read", "Mark a notice as read", status=200, is_keyed=False)
    def post(self, request: MeRequest, pk: int) -> Response:
        """For good; the first time counts."""
        notice = get_object_or_404(Notice.objects.inbox_of(request.customer), pk=pk)
        return Response(WrittenShape(written(mark_read(notice, by=request.user), _("Read"), url="me_notice")).data)
