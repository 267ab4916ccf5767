"""The first page of a second-level specialist: the cases of the team by how long ago they were handed over, and their parts."""

from datetime import datetime

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.due.words import age_in_words
from contact_center.models import Contact, Mention
from contact_center.office.slices import since_evening
from customers.models import User
from foundation.office.tiles import Begin, OnFirstPage, ShortList, ShortRow, Tile

SHOWN = 8
MOST = 999


def on_first_page(user: User) -> list[OnFirstPage]:
    """For an agent of a second-level team; nothing for others. Three queries, however much waits."""
    agent = getattr(user, "agent", None)
    if agent is None or not agent.is_active or agent.team is None or agent.team.level != 2:
        return []
    now, team = timezone.now(), agent.team
    address = reverse("admin:contact_center_contact_changelist")
    cases = Contact.objects.visible_to(user).open().filter(team=team).order_by()
    came = Q(escalated_at__gte=since_evening(now)) | Q(escalated_at__isnull=True, started_at__gte=since_evening(now))
    counts = cases.aggregate(
        late=Count("pk", filter=Q(due_at__lt=now)),
        waiting=Count("pk", filter=Q(state=Contact.State.WAITING)),
        sent_back=Count("pk", filter=Q(sent_back_count__gt=0)),
        overnight=Count("pk", filter=came),
    )
    mentions = Mention.objects.unseen_by(agent).values("message__contact").distinct()[: MOST + 1].count()
    oldest = cases.select_related("topic", "owner").order_by(F("escalated_at").asc(nulls_last=True), "pk")[:SHOWN]
    of_team, without = f"&team={team.pk}", _("no topic")
    return [
        Begin(
            _("Take the next"), "play_arrow", reverse("admin:contact_center_contact_list_command", args=["prossimo"])
        ),
        _tile(
            _("Late in my team"),
            counts["late"],
            f"{address}?work=overdue{of_team}",
            "bad",
            _("past the time promised"),
        ),
        _tile(
            _("Sent back before"),
            counts["sent_back"],
            f"{address}?work=team&part=sent_back",
            "warn",
            _("of the team's open cases"),
        ),
        _tile(
            _("Since yesterday evening"),
            counts["overnight"],
            f"{address}?work=team&part=overnight",
            "",
            _("handed over, or come to the team"),
        ),
        _tile(
            _("Waiting for the customer's answer"),
            counts["waiting"],
            f"{address}?work=waiting{of_team}",
            "",
            _("of the team's open cases"),
        ),
        _tile(_("Colleagues ask you"), mentions, f"{address}?work=mentions", "warn", _("notes that mention you")),
        ShortList(
            title=_("Cases of my team, the oldest first"),
            rows=tuple(
                ShortRow(
                    label=f"{each.number} – {each.topic or without}",
                    detail=_case(each, now),
                    url=reverse("admin:contact_center_contact_change", args=[each.pk]),
                    tone="bad" if _is_late(each, now) else "",
                )
                for each in oldest
            ),
            empty=_("No case waits for your team. What the first level hands over appears here."),
            url=f"{address}?work=team",
        ),
    ]


def _is_late(contact: Contact, now: datetime) -> bool:
    return contact.due_at is not None and contact.due_at < now


def _case(contact: Contact, now: datetime) -> str:
    """Since when the second level has it, whether it is late, and with whom it is."""
    length = age_in_words((now - (contact.escalated_at or contact.started_at)).total_seconds())
    words = {"length": length, "owner": contact.owner or _("nobody")}
    if _is_late(contact, now):
        return _("for %(length)s, late; with %(owner)s") % words
    return _("for %(length)s; with %(owner)s") % words


def _tile(title: str, number: int, url: str, tone: str, hint: str) -> Tile:
    value = f"{MOST}+" if number > MOST else str(number)
    return Tile(title=title, value=value, hint=hint, url=url, tone=tone if number else "good")  # type: ignore[arg-type]
