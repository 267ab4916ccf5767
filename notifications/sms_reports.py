"""The door by which providers of texts report what became of them: signed, as often as they like, in any order."""

import logging

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.channels import Channel
from notifications.channels.sms.configured import provider_called
from notifications.channels.sms.providers import NotAuthentic, Report
from notifications.message_ids import notice_of_message_id
from notifications.models import Notice, SuppressedAddress
from notifications.services import report_delivery, suppress_address

log = logging.getLogger(__name__)

LARGEST = 64 * 1024  # bytes


@csrf_exempt  # a provider posts: its signature is the proof
@require_POST
def report_view(request: HttpRequest, code: str) -> HttpResponse:
    """A provider reports: 204 once it is kept, or was kept before; 400 unsigned; 404 for a text that is not ours."""
    used = provider_called(code)
    if used is None:
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return _answer(413)
    url = settings.SITE_URL + request.get_full_path()
    signature = request.headers.get("X-Twilio-Signature", "")
    try:
        report = used.read_report(request.POST.dict(), url=url, signature=signature)
    except NotAuthentic as problem:
        log.warning("a report that is not %s's: %s", code, problem)
        return _answer(400)
    if report is None:
        return _answer(204)
    notice = notice_of_message_id(request.GET.get("notice", ""))
    if notice is None or notice.channel != Channel.SMS:
        log.warning("%s reports on a text that is not ours: %s", code, report.source_key)
        return _answer(404)
    _keep(notice, report)
    return _answer(204)


@transaction.atomic
def _keep(notice: Notice, report: Report) -> None:
    kept = report_delivery(notice, outcome=report.outcome, detail=report.detail, source_key=report.source_key)
    if kept is not None and report.no_such_number:
        reason = SuppressedAddress.Reason.NO_SUCH_MAILBOX
        suppress_address(channel=notice.channel, address=notice.address, reason=reason, detail=report.detail)


def _answer(status: int) -> HttpResponse:
    answer = HttpResponse(status=status)
    patch_cache_control(answer, no_store=True)
    return answer
