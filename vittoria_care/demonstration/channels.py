"""A page of the demonstration: by which channels each kind of notice went, with the newest text of each."""

from collections import defaultdict
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifications.channels import AUTOMATIC, Channel
from notifications.channels.sms import length_of
from notifications.kinds import name_of
from notifications.models import Notice

from .kept_here import only_where_kept


@dataclass(frozen=True)
class Example:
    """The newest notice of a kind on a channel."""

    kind: str
    notice: Notice
    segments: int  # of a text to a telephone; 0 elsewhere


@require_safe
@only_where_kept
def channel_list(request: HttpRequest) -> HttpResponse:
    """Every channel with the newest notice of each kind that goes by it."""
    newest = Notice.objects.order_by("kind", "channel", "-created_at", "-pk").distinct("kind", "channel")
    found: dict[str, list[Example]] = defaultdict(list)
    for notice in newest:
        segments = length_of(notice.wording.text.strip()).segments if notice.channel == Channel.SMS else 0
        found[notice.channel].append(Example(name_of(notice.kind), notice, segments))
    groups = [
        {"channel": channel.label, "examples": sorted(found[channel], key=lambda each: each.kind)}
        for channel in (*AUTOMATIC, Channel.POST)
    ]
    shown = [group for group in groups if group["examples"]]
    empty = [group["channel"] for group in groups if not group["examples"]]
    return render(request, "demo/channels.html", {"groups": shown, "empty": empty})
