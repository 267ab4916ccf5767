"""The list of the one queue: its tabs and filters, and what each row says beside its columns."""

from collections import Counter
from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import BigIntegerField, CharField, QuerySet, TextChoices, Value
from django.db.models.functions import Left
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contact_center.contacts.fitting import that_nobody_can_take
from contact_center.contacts.priority import priority_words
from contact_center.contacts.rungs import warning_shown
from contact_center.contacts.setting_priority import reasons_by_hand
from contact_center.due.targets import Book
from contact_center.due.words import DueShown, calendar_for, due_shown
from contact_center.models import Agent, CallBack, Contact, MassEvent, Mention, Message, Team, Topic
from contact_center.models.contact import ContactQuerySet
from contact_center.office.slices import PARTS, sliced
from contact_center.office.work import KEEPS_AGENTS
from contact_center.queue_views.tallies import KEPT, tallies_for
from contact_center.templatetags.queue import EXCERPT
from customers.visibility import reach_of
from foundation.masking import Kind, seen_of, seen_text_of
from foundation.office.base import NOT_SHOWN, WorkFilter, chosen_work
from foundation.office.closed import is_closed
from foundation.office.read_only import clock

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    DescribedContacts = list[WithAnnotations[Contact, "RowWords"]]

MOST = 99  # of a tab that is not kept are counted: a page must not cost more on a bad day
EVENTS = "events"  # counted beside the tabs: what holds now is asked for only where there is any

CHANNEL_ICONS: dict[str, str] = {
    Contact.Channel.PHONE: "call",
    Contact.Channel.SITE_FORM: "language",
    Contact.Channel.PORTAL: "account_circle",
    Contact.Channel.APP: "smartphone",
    Contact.Channel.EMAIL: "mail",
    Contact.Channel.POST: "markunread_mailbox",
    Contact.Channel.VISIT: "storefront",
}
OUTBOUND_ICONS: dict[str, str] = {
    Contact.Channel.PHONE: "phone_forwarded",
    Contact.Channel.EMAIL: "forward_to_inbox",
    Contact.Channel.POST: "outgoing_mail",
}
MESSAGE_ICONS = {"inbound": "south_west", "outbound": "north_east", "note": "sticky_note_2"}


def channel_icon(contact: Contact) -> str:
    """The symbol of the channel; of what we began another than of what came to us."""
    icon = CHANNEL_ICONS[contact.channel]
    return OUTBOUND_ICONS.get(contact.channel, icon) if contact.direction == Contact.Direction.OUTBOUND else icon


def channel_words(contact: Contact, channel: str) -> str:
    """The name of the channel, and that the contact was begun by us where it was."""
    is_ours = contact.direction == Contact.Direction.OUTBOUND
    return f"{channel}, {Contact.Direction.OUTBOUND.label}" if is_ours else channel


def agent_on(request: HttpRequest) -> Agent | None:
    """The agent that the signed-in person answers as; it came with the person (vittoria_care/sign_in/backends.py)."""
    agent = getattr(request.user, "agent", None)
    return agent if agent is not None and agent.is_active else None


def default_work(request: HttpRequest) -> str:
    """What the queue shows at first: all open work; to a specialist, what waits for their own team."""
    agent = agent_on(request)
    return "team" if agent and agent.team and agent.team.level == 2 else "open"


def work_of(request: HttpRequest) -> str:
    """The tab that is shown."""
    chosen = chosen_work(request, default_work(request))
    return chosen if chosen in dict(QueueFilter.TABS) else default_work(request)


class QueueFilter(WorkFilter[ContactQuerySet]):
    """The tabs: what is open, by what is due; late, mine, my team's, what mentions me, what is to be taken up again today, waiting, call-backs by their hour, not coded; or everything."""

    TABS = (
        ("open", _("Open")),
        ("overdue", _("Overdue")),
        ("mine", _("Mine")),
        ("team", _("My team")),
        ("mentions", _("Mentions")),
        ("follow_up", _("To take up again")),
        ("not_resolved", _("Not resolved, says the customer")),
        ("waiting", _("Waiting for the customer")),
        ("call_backs", _("Call-backs")),
        ("uncoded", _("Not coded")),
        ("unserved", _("For nobody on duty")),
        ("all", _("All")),
    )

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type, model_admin: ModelAdmin):
        self.default = default_work(request)
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        agent = agent_on(request)
        without = set() if agent and agent.team_id else {"team"} if agent else {"team", "mine", "mentions"}
        if not request.user.has_perm(KEEPS_AGENTS):
            without |= {"unserved"}
        return tuple(tab for tab in self.TABS if tab[0] not in without)

    def narrowed(self, request: HttpRequest, queryset: ContactQuerySet, chosen: str) -> ContactQuerySet:
        agent = agent_on(request)
        if chosen == "overdue":
            return queryset.overdue(timezone.now())
        if chosen == "mine":
            return queryset.open().filter(owner=agent)
        if chosen == "team":
            assert agent is not None, "the tab is offered to members of a team alone"
            return queryset.open().filter(team=agent.team_id)
        if chosen == "mentions":
            assert agent is not None, "the tab is offered to agents alone"
            return queryset.filter(pk__in=Mention.objects.unseen_by(agent).order_by().values("message__contact"))
        if chosen == "follow_up":
            return queryset.to_follow_up(timezone.localdate())
        if chosen == "not_resolved":
            return queryset.not_resolved_says_customer()
        if chosen == "waiting":
            return queryset.filter(state=Contact.State.WAITING)
        if chosen == "call_backs":
            return queryset.open().filter(pk__in=CallBack.objects.booked().order_by().values("contact"))
        if chosen == "uncoded":
            return queryset.not_coded()
        if chosen == "unserved":
            return that_nobody_can_take(queryset)
        return queryset.open() if chosen == "open" else queryset

    def counts(self, request: HttpRequest, queryset: ContactQuerySet) -> dict[str, str]:
        """How many rows each tab but the last would show, and under EVENTS how many mass events hold, in one query.

        Those that are kept (queue_views/tallies.py) are whole numbers, for a reader who reaches every contact; of the others
        no more than MOST are counted.
        """
        plain = queryset.select_related(None).order_by()
        names = [name for name, _label in self.lookup_choices if name != "all"]
        kept = KEPT.intersection(names) if reach_of(request.user).everything else frozenset()
        one = Value(1, output_field=BigIntegerField())
        asked: list[QuerySet[Any, Any]] = [
            self.narrowed(request, plain, name).values(tab=Value(name, output_field=CharField()), n=one)[: MOST + 1]
            for name in names
            if name not in kept
        ]
        events = MassEvent.objects.in_force(timezone.now()).order_by()
        asked.append(events.values(tab=Value(EVENTS, output_field=CharField()), n=one))
        rows = asked[0].union(*asked[1:], *([tallies_for(agent_on(request))] if kept else []), all=True)
        found: Counter[str] = Counter()
        for row in rows:
            found[row["tab"]] += row["n"]
        return {
            name: f"{MOST}+"
            if name not in kept and found[name] > MOST
            else number_format(found[name], force_grouping=True)
            for name in (*names, EVENTS)
        }


class ChoiceFilter(SimpleListFilter):
    """A filter drawn as a choice above the table (office/queue_head.html)."""

    template = NOT_SHOWN
    parameter_name: str

    def has_output(self) -> bool:
        return True

    def selected(self) -> list[dict[str, Any]]:
        """The choices, with the one in force."""
        return [
            {"value": value, "label": label, "selected": str(value) == self.value()}
            for value, label in (("", _("any")), *self.lookup_choices)
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value is None or value not in {str(choice) for choice, _label in self.lookup_choices}:
            return queryset
        return self.narrowed(queryset, value)

    def narrowed(self, queryset: QuerySet, value: str) -> QuerySet:
        """The rows of the choice."""
        return queryset.filter(**{self.parameter_name: value})


class TeamFilter(ChoiceFilter):
    title, parameter_name = _("team"), "team"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return [(team.pk, team.shown_name) for team in Team.objects.filter(is_active=True)]


class ChannelFilter(ChoiceFilter):
    title, parameter_name = _("channel"), "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return Contact.Channel.choices


class AreaFilter(ChoiceFilter):
    title, parameter_name = _("subject area"), "area"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return Topic.Area.choices

    def narrowed(self, queryset: QuerySet, value: str) -> QuerySet:
        # The ids first: the planner does not know how many topics a join would find.
        return queryset.filter(
            topic__in=list(Topic.objects.filter(area=value).order_by().values_list("pk", flat=True))
        )


class LevelFilter(ChoiceFilter):
    title, parameter_name = _("level"), "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return Contact.LEVELS


class PartFilter(ChoiceFilter):
    title, parameter_name = _("part"), "part"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return PARTS

    def narrowed(self, queryset: QuerySet, value: str) -> QuerySet:
        return sliced(queryset, value, timezone.now())


class PriorityFilter(ChoiceFilter):
    title, parameter_name = _("priority"), "priority"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return Contact.Priority.choices


class ViewFilter(SimpleListFilter):
    """Which of the kept views the address came from: it narrows nothing by itself (contact_center/office/views.py)."""

    template = NOT_SHOWN
    title, parameter_name = _("view of the queue"), "vista"

    def has_output(self) -> bool:
        return True

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset


FILTERS = (QueueFilter, TeamFilter, ChannelFilter, AreaFilter, LevelFilter, PartFilter, PriorityFilter, ViewFilter)


class RowWords(TypedDict):
    """What a row of the list shows beside the contact's own columns."""

    icon: str
    channel_name: str
    state_name: str
    due_shown: DueShown
    urgency: str
    warned: str
    last_message: dict[str, Any] | None
    call_back_shown: str


def describe_rows(contacts: "DescribedContacts") -> None:
    """Give each contact of a page what its row shows beside its columns. Two queries for all of them, or three."""
    now, book = timezone.now(), Book()
    whose, channels, states = _words(Message.Direction), _words(Contact.Channel), _words(Contact.State)
    last: dict[int, dict[str, Any]] = {
        row["contact"]: {**row, "whose": whose[row["direction"]], "icon": MESSAGE_ICONS[row["direction"]]}
        for row in Message.objects.filter(contact__in=[contact.pk for contact in contacts])
        .order_by("contact", "-written_at", "-pk")
        .distinct("contact")
        .values("contact", "direction", start=Left("text", 2 * EXCERPT))  # it is cut once names are covered
    }
    by_hand = reasons_by_hand(contacts)
    for contact in contacts:
        contact.urgency = urgency_of(contact, by_hand.get(contact.pk, ""))
        contact.warned = warning_shown(contact, getattr(contact, "last_warning", None))
        contact.icon = channel_icon(contact)
        contact.channel_name = channel_words(contact, channels[contact.channel])
        contact.state_name = states[contact.state]
        contact.due_shown = due_shown(contact, now, calendar_for(contact, book))
        contact.last_message = last.get(contact.pk)
        contact.call_back_shown = ""


def describe_call_backs(contacts: "DescribedContacts") -> None:
    """Give each contact of the page what is owed: from whom it comes, the number as the reader sees it, the tries. One query."""
    found = {each.contact_id: each for each in CallBack.objects.booked().filter(contact__in=contacts)}
    sources = _words(CallBack.Source)
    for contact in contacts:
        if (call_back := found.get(contact.pk)) is None:
            continue
        words = [sources[call_back.source], seen_of(contact, Kind.TELEPHONE, call_back.phone)]
        if call_back.gave_up_count:
            words.append(
                ngettext(
                    "%(n)d call, longest wait %(wait)s", "%(n)d calls, longest wait %(wait)s", call_back.gave_up_count
                )
                % {"n": call_back.gave_up_count, "wait": clock(call_back.longest_wait_seconds)}
            )
        if call_back.begun_at is not None:
            words.append(gettext("being called back"))
        if call_back.tries:
            words.append(ngettext("%(tries)d try", "%(tries)d tries", call_back.tries) % {"tries": call_back.tries})
        contact.call_back_shown = " · ".join(words)


def urgency_of(contact: Contact, why: str) -> str:
    """Why the contact comes before others, in words; of what a colleague wrote, as much as the reader may see."""
    if is_closed(contact):
        why = ""
    return priority_words(contact, seen_text_of(contact, why, most=EXCERPT) if why else "")


def _words(choices: type[TextChoices]) -> dict[str, str]:
    """What people read for each value, translated once for the page."""
    return {value: str(label) for value, label in choices.choices}


def head_of(changelist: Any, request: HttpRequest) -> dict[str, Any]:
    """The tabs and filters as the top of the list draws them; unfold's own sheet is left out."""
    tabs: list[dict[str, Any]] = []
    filters: list[dict[str, Any]] = []
    counts: dict[str, str] = {}
    for spec in changelist.filter_specs:
        if isinstance(spec, QueueFilter):
            counts = spec.counts(request, changelist.root_queryset)
            tabs = [
                each | {"count": counts.get(name)}
                for each, (name, _label) in zip(spec.choices(changelist), spec.lookup_choices, strict=True)
            ]
        elif isinstance(spec, ChoiceFilter):
            filters.append({"name": spec.parameter_name, "title": spec.title, "choices": spec.selected()})
    changelist.has_filters = False
    chosen = any(choice["selected"] and choice["value"] for each in filters for choice in each["choices"])
    kept = {name: changelist.params[name] for name in ("work", "q") if changelist.params.get(name)}
    return {
        "tabs": tabs,
        "filters": filters,
        "filters_kept": kept,
        "filters_chosen": chosen,
        "has_mass_events": counts.get(EVENTS, "0") != "0",
    }
