"""Two files of one person in the back office: the list of likely duplicates, the page that compares two, and the joined files."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.joining.commands import dismiss_pair, join_files, part_files, suggest_pair
from customers.joining.forms import FIRST, SECOND, JoinForm, OtherFileForm, ReasonForm
from customers.joining.queries import differing, shown_value, standing_of, what_each_has
from customers.joining.rules import CHOICES, undone_until, why_not_joined
from customers.models import ContactPoint, Customer, CustomerJoin, DuplicatePair
from customers.models.joining import CustomerJoinQuerySet, DuplicatePairQuerySet, DuplicateState
from customers.search import found_ids
from customers.sensitive.restricted import shut_to
from foundation.masking import Kind, may_see_whole
from foundation.office.base import OfficeAdmin, WorkFilter, badge
from foundation.office.commands import Command, Done
from foundation.office.read_only import may_read
from foundation.requests import StaffRequest

JOINS = "customers.add_customerjoin"
MOST_FOUND = 200
PAIR_TONES = {
    DuplicateState.SUGGESTED: "warning",
    DuplicateState.DISMISSED: "info",
    DuplicateState.JOINED: "success",
}


def may_join(request: StaffRequest) -> bool:
    """Whether the reader compares and joins files: only who sees all of them whole can tell two people apart."""
    return request.user.has_perm(JOINS) and all(may_see_whole(request.user, kind) for kind in _COMPARED)


_COMPARED = (Kind.NAME, Kind.TAX_CODE, Kind.BIRTH_DATE, Kind.TELEPHONE)


def file_link(customer: Customer) -> SafeString:
    """The name, which leads to the file, and its code."""
    address = reverse("admin:customers_customer_change", args=[customer.pk])
    return format_html('<span><a href="{}" class="vc-link">{}</a> {}</span>', address, customer, customer.code)


def _decision(pair: DuplicatePair) -> str:
    """What was decided about the pair already, by whom and when; and where the two were joined, which file remains."""
    who = pair.decided_by or gettext("nobody any more")
    when = formats.date_format(timezone.localtime(pair.decided_at), "d/m/Y H:i") if pair.decided_at else "–"
    if pair.state == DuplicateState.DISMISSED:
        words = {"who": who, "when": when, "reason": pair.decision_reason}
        return gettext("%(who)s decided on %(when)s that they are two people: %(reason)s") % words
    joins = CustomerJoin.objects.standing().filter(kept__in=(pair.first_id, pair.second_id))
    join = joins.filter(joined__in=(pair.first_id, pair.second_id)).select_related("kept", "joined", "by").first()
    if join is None:
        return gettext("This was decided on %(when)s by %(who)s.") % {"who": who, "when": when}
    words = {
        "joined": join.joined.code,
        "kept": join.kept.code,
        "who": join.by,
        "when": formats.date_format(timezone.localtime(join.at), "d/m/Y H:i"),
    }
    return gettext("%(joined)s is joined to %(kept)s already, since %(when)s, by %(who)s.") % words


# --- Likely duplicates --------------------------------------------------------------------------------------------
class JoinFiles(Command[DuplicatePair]):
    """Compare the two files, choose, and make them one."""

    name = "unire"
    label = _("Join the files")
    icon = "merge"
    tone = "primary"
    permission = JOINS
    template = "office/join_files.html"
    form_class = JoinForm
    question = _(
        "The other file is read through the one that remains, and is not found any more. It can be undone for thirty days."
    )

    def allowed(self, request: StaffRequest, row: DuplicatePair) -> bool:
        return may_join(request)

    def offered(self, request: StaffRequest, row: DuplicatePair) -> bool:
        return row.state == DuplicateState.SUGGESTED

    def why_not(self, request: StaffRequest, row: DuplicatePair) -> str:
        return _decision(row)

    def form_arguments(self, request: StaffRequest, row: DuplicatePair) -> dict[str, Any]:
        first, second = row.first, row.second
        return {
            "first": first,
            "second": second,
            "values": differing(first, second),
            "remains": SECOND if _is_likelier(second, first) else FIRST,
        }

    def context(self, request: StaffRequest, row: DuplicatePair) -> dict[str, Any]:
        first, second = row.first, row.second
        known = {each.pk: each for each in standing_of(Customer.objects.filter(pk__in=[first.pk, second.pk]))}
        points = ContactPoint.objects.filter(customer__in=[first.pk, second.pk]).order_by("kind", "pk")
        return {
            "files": [
                {
                    "customer": each,
                    "url": reverse("admin:customers_customer_change", args=[each.pk]),
                    "home": shown_value(each, CHOICES["home"][1]),
                    "points": [point for point in points if point.customer_id == each.pk],
                }
                for each in (first, second)
            ],
            "having": what_each_has(first, second),
            "hindrance": why_not_joined(known[first.pk], known[second.pk])[1]
            if row.state == DuplicateState.SUGGESTED
            else "",
            "reasons_shown": _reasons(row),
        }

    def run(self, request: StaffRequest, row: DuplicatePair, data: dict[str, Any]) -> Done:
        kept, joined = (row.first, row.second) if data["kept"] == FIRST else (row.second, row.first)
        choices = {
            name: "kept" if value == data["kept"] else "joined"
            for name, value in data.items()
            if name not in ("kept", "reason")
        }
        join = join_files(kept, joined, choices=choices, reason=data["reason"], by=request.user)
        sentence = gettext("%(joined)s was joined with %(kept)s.") % {"joined": joined.code, "kept": kept.code}
        return Done(sentence, goes_to=reverse("admin:customers_customer_change", args=[join.kept_id]))


def _is_likelier(one: Customer, other: Customer) -> bool:
    """Whether the one is proposed to remain: the file with the tax code, else the one to which others were joined."""
    return (bool(one.tax_code), bool(one.joined_ids)) > (bool(other.tax_code), bool(other.joined_ids))


class DismissPair(Command[DuplicatePair]):
    """They are two people."""

    name = "persone-diverse"
    label = _("Record that they are two people")
    icon = "call_split"
    permission = JOINS
    form_class = ReasonForm
    question = _("The pair is not suggested again.")

    def allowed(self, request: StaffRequest, row: DuplicatePair) -> bool:
        return may_join(request)

    def offered(self, request: StaffRequest, row: DuplicatePair) -> bool:
        return row.state == DuplicateState.SUGGESTED

    def why_not(self, request: StaffRequest, row: DuplicatePair) -> str:
        return _decision(row)

    def run(self, request: StaffRequest, row: DuplicatePair, data: dict[str, Any]) -> Done:
        dismiss_pair(row, reason=data["reason"], by=request.user)
        return Done(
            gettext("Recorded: they are two people."), goes_to=reverse("admin:customers_duplicatepair_changelist")
        )


class PairFilter(WorkFilter[DuplicatePairQuerySet]):
    """What is to be decided at first."""

    title = _("pairs shown")
    default = "suggested"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("suggested", _("To be decided")),
            ("dismissed", _("Two people")),
            ("joined", _("Joined")),
            ("all", _("All")),
        )

    def narrowed(self, request: HttpRequest, queryset: DuplicatePairQuerySet, chosen: str) -> DuplicatePairQuerySet:
        return queryset if chosen == "all" else queryset.filter(state=chosen)


def _reasons(pair: DuplicatePair) -> str:
    return "; ".join(str(DuplicatePair.Reason(each).label) for each in pair.reasons)


@admin.register(DuplicatePair)
class DuplicatePairAdmin(OfficeAdmin[DuplicatePair]):
    """Files that are likely to be of one person, found each night or by a colleague; what was decided, by whom and why."""

    list_display = ("pair", "first_shown", "second_shown", "reasons_shown", "state_shown", "found_at")
    list_select_related = ("first", "second", "decided_by")
    list_filter = (PairFilter,)
    ordering = ("-found_at", "-pk")
    search_help_text = _("One of the two customers, in any way")
    customer_path = "first_id"
    own_commands = (JoinFiles(), DismissPair())
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("first_shown", "second_shown"),
                    "reasons_shown",
                    "state_shown",
                    ("found_at", "seen_on"),
                    ("decided_by", "decided_at"),
                    "decision_reason",
                ]
            },
        ),
    )
    empty_words = _("No pair is suggested: files are compared each night.")

    def get_queryset(self, request: StaffRequest) -> QuerySet[DuplicatePair]:
        """A pair with a file that asks a reason is shown to whoever has opened that file with one."""
        shut = shut_to(request.user)
        pairs = super().get_queryset(request).select_related("first__agency", "second__agency", "decided_by")
        return pairs.exclude(first__in=shut).exclude(second__in=shut) if shut else pairs

    def find(self, queryset: QuerySet[DuplicatePair], text: str) -> QuerySet[DuplicatePair]:
        ids = found_ids(Customer.objects.all(), text, MOST_FOUND, partly=False)
        return queryset.filter(first__in=ids) | queryset.filter(second__in=ids)

    def write_down(self, request: StaffRequest, obj: DuplicatePair) -> None:
        """Both files are looked at."""
        for customer in (obj.first_id, obj.second_id):
            self.admin_site.record_opened(request.user, customer, what=f"duplicatepair {obj}"[:60])

    @display(description=_("pair"))
    def pair(self, pair: DuplicatePair) -> str:
        return str(pair)

    @display(description=_("first file"))
    def first_shown(self, pair: DuplicatePair) -> SafeString:
        return file_link(pair.first)

    @display(description=_("second file"))
    def second_shown(self, pair: DuplicatePair) -> SafeString:
        return file_link(pair.second)

    @display(description=_("why it is likely"))
    def reasons_shown(self, pair: DuplicatePair) -> str:
        return _reasons(pair)

    @badge(description=_("state"), tones=PAIR_TONES)
    def state_shown(self, pair: DuplicatePair) -> tuple[str, str]:
        return pair.state, pair.get_state_display()


# --- Joined files -------------------------------------------------------------------------------------------------
class PartFiles(Command[CustomerJoin]):
    """Undo the join."""

    name = "separare"
    label = _("Part the files again")
    icon = "call_split"
    tone = "danger"
    permission = JOINS
    form_class = ReasonForm

    def allowed(self, request: StaffRequest, row: CustomerJoin) -> bool:
        return may_join(request)

    def offered(self, request: StaffRequest, row: CustomerJoin) -> bool:
        return row.parted_at is None and timezone.now() <= undone_until(row.at)

    def why_not(self, request: StaffRequest, row: CustomerJoin) -> str:
        if row.parted_at is not None:
            when = formats.date_format(timezone.localtime(row.parted_at), "d/m/Y H:i")
            words = {"who": row.parted_by, "when": when, "reason": row.part_reason}
            return gettext("%(who)s parted them on %(when)s: %(reason)s") % words
        day = formats.date_format(timezone.localtime(undone_until(row.at)), "SHORT_DATE_FORMAT")
        return gettext("A join can be undone for 30 days: until %(day)s.") % {"day": day}

    def asks(self, request: StaffRequest, row: CustomerJoin) -> str:
        day = formats.date_format(timezone.localtime(undone_until(row.at)), "SHORT_DATE_FORMAT")
        return gettext(
            "%(joined)s and %(kept)s become two files again. What was written since remains where it was written. Possible until"
            " %(day)s."
        ) % {"joined": row.joined.code, "kept": row.kept.code, "day": day}

    def run(self, request: StaffRequest, row: CustomerJoin, data: dict[str, Any]) -> str:
        parted = part_files(row, reason=data["reason"], by=request.user)
        if parted.left:
            left = gettext("Left as they are, because they were changed since: %(names)s.")
            messages.warning(request, left % {"names": ", ".join(parted.left)})
        return gettext("The files were parted.")


class JoinFilter(WorkFilter[CustomerJoinQuerySet]):
    """Those that hold, at first."""

    title = _("joins shown")
    default = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("standing", _("Joined")),
            ("parted", _("Parted again")),
            ("all", pgettext_lazy("joined files", "All")),
        )

    def narrowed(self, request: HttpRequest, queryset: CustomerJoinQuerySet, chosen: str) -> CustomerJoinQuerySet:
        if chosen == "standing":
            return queryset.standing()
        return queryset.filter(parted_at__isnull=False) if chosen == "parted" else queryset


@admin.register(CustomerJoin)
class CustomerJoinAdmin(OfficeAdmin[CustomerJoin]):
    """Which files were joined, by whom and why; and what was undone."""

    list_display = ("join", "kept_shown", "joined_shown", "reason", "by", "at", "parted_at")
    list_select_related = ("kept", "joined", "by")
    list_filter = (JoinFilter,)
    ordering = ("-at", "-pk")
    search_help_text = _("One of the two customers, in any way")
    customer_path = "kept_id"
    own_commands = (PartFiles(),)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("kept_shown", "joined_shown"),
                    "reason",
                    ("by", "at"),
                    "until_shown",
                    ("parted_by", "parted_at"),
                    "part_reason",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[CustomerJoin]:
        shut = shut_to(request.user)
        joins = super().get_queryset(request).select_related("kept", "joined", "by", "parted_by")
        return joins.exclude(kept__in=shut).exclude(joined__in=shut) if shut else joins

    def find(self, queryset: QuerySet[CustomerJoin], text: str) -> QuerySet[CustomerJoin]:
        ids = found_ids(Customer.objects.all(), text, MOST_FOUND, partly=False)
        return queryset.filter(kept__in=ids) | queryset.filter(joined__in=ids)

    @display(description=_("join"))
    def join(self, join: CustomerJoin) -> str:
        return str(join)

    @display(description=_("file that remains"))
    def kept_shown(self, join: CustomerJoin) -> SafeString:
        return file_link(join.kept)

    @display(description=_("file that was joined"))
    def joined_shown(self, join: CustomerJoin) -> SafeString:
        return file_link(join.joined)

    @display(description=_("can be undone until"))
    def until_shown(self, join: CustomerJoin) -> str:
        return formats.date_format(timezone.localtime(undone_until(join.at)), "SHORT_DATETIME_FORMAT")


# --- On a customer's file (the head of the page) -----------------------------------------------------------------------------------------
class FindOtherFile(Command[Customer]):
    """The person has another file: compare the two."""

    name = "altro-fascicolo"
    label = _("Join with another file")
    icon = "merge"
    permission = JOINS
    form_class = OtherFileForm
    question = _("The two files are compared on the next page; nothing is joined yet.")

    def allowed(self, request: StaffRequest, row: Customer) -> bool:
        return may_join(request)

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> Done:
        pair = suggest_pair(row, data["code"], by=request.user)
        return Done("", goes_to=reverse("admin:customers_duplicatepair_command", args=[pair.pk, JoinFiles.name]))


COMMANDS = (FindOtherFile(),)


@dataclass(frozen=True)
class ShownJoin:
    """A file that was joined to this one, or the one that this was joined to."""

    customer: Customer
    url: str
    join_url: str = ""


def joins_shown(request: StaffRequest, customer: Customer) -> dict[str, Any]:
    """What the head of a file says of joins: the file that remains, and those that were joined to this one."""
    if customer.merged_into is not None:
        remains = customer.merged_into
        return {"remains": ShownJoin(remains, reverse("admin:customers_customer_change", args=[remains.pk]))}
    if not customer.joined_ids:
        return {}
    reads = may_read(request.user, CustomerJoin)
    standing = CustomerJoin.objects.standing().filter(kept=customer).select_related("joined").order_by("-at", "-pk")
    return {
        "joined": [
            ShownJoin(
                each.joined,
                reverse("admin:customers_customer_change", args=[each.joined_id]),
                reverse("admin:customers_customerjoin_change", args=[each.pk]) if reads else "",
            )
            for each in standing
        ]
    }
