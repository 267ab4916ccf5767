"""The page on which the same is done to many contacts: choose what, read what would come of it, confirm."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contact_center.bulk.commands import MOST, Outcome, Step, do_to_many, pass_to_team, rehearse
from contact_center.contacts import commands, follow_up
from contact_center.models import Agent, Contact, Team, Topic, WrapUpCode
from contact_center.office.queue import FILTERS
from contact_center.office.views_shown import narrowed, specs_of
from contact_center.office.work import ASSIGNS, WORKS
from contact_center.queue_views.parameters import parameters_of
from foundation.asked_if import ask_only_if
from foundation.dates import written_day
from foundation.form_fields import DayField
from foundation.office.commands import Done, ListCommand
from foundation.office.leading_back import BACK
from foundation.refusals import Refused
from foundation.requests import StaffRequest

if TYPE_CHECKING:
    from foundation.office.base import OfficeAdmin

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST_ID = 12  # digits of base 36: more than a whole number of the database has
NAMED = 20  # contacts named for one reason; of the others the page says how many
ASSIGN, TEAM, CODE, DAY = "assign", "team", "code", "day"
ACTIONS = (
    (ASSIGN, _("assign to a colleague")),
    (TEAM, _("pass to a team of the same level")),
    (CODE, _("wrap up with a code")),
    (DAY, _("remind on a day")),
)
RIGHTS = {ASSIGN: ASSIGNS, TEAM: ASSIGNS, CODE: WORKS, DAY: WORKS}
NEEDS = {ASSIGN: "agent", TEAM: "to_team", CODE: "code", DAY: "day"}


class ManyForm(forms.Form):
    """What is done to all of them. `ids` are the contacts, as `packed` writes them."""

    ids = forms.CharField(widget=forms.HiddenInput, required=False, max_length=(LONGEST_ID + 1) * (MOST + 1))
    action = forms.ChoiceField(label=_("What is done"), choices=ACTIONS, widget=forms.RadioSelect)
    agent = forms.ModelChoiceField(
        label=_("Colleague"),
        queryset=Agent.objects.filter(is_active=True, user__isnull=False).select_related("team"),
        required=False,
    )
    to_team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(is_active=True), required=False)
    code = forms.ModelChoiceField(label=_("Code"), queryset=WrapUpCode.objects.none(), required=False)
    topic = forms.ModelChoiceField(label=_("Topic"), queryset=Topic.objects.none(), required=False)
    day = DayField(label=_("Day"), required=False)

    def __init__(self, *args: Any, allowed: Mapping[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["action"].choices = [each for each in ACTIONS if allowed[each[0]]]  # type: ignore[attr-defined]
        self.fields["code"].queryset = WrapUpCode.objects.valid_on(today)  # type: ignore[attr-defined]
        self.fields["topic"].queryset = Topic.objects.valid_on(today)  # type: ignore[attr-defined]
        for action, name in NEEDS.items():
            if not allowed[action]:
                del self.fields[name]
        if not allowed[CODE]:
            del self.fields["topic"]
        words = gettext("only if you chose it above")
        for action, name in (*NEEDS.items(), (CODE, "topic")):
            if name in self.fields:
                ask_only_if(self.fields[name], "action", action, words=words, required=name != "topic")

    def clean_ids(self) -> list[int]:
        """The ids; what is not written as `packed` writes them is none."""
        return unpacked(self.cleaned_data["ids"])

    def clean(self) -> dict[str, Any]:
        """What the action needs is there."""
        data: dict[str, Any] = super().clean() or {}
        needed = NEEDS.get(data.get("action", ""))
        if needed and not data.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Choose it: it is needed for this."))
        return data


def ids_in(written: list[str]) -> list[int]:
    """The ids among what an address holds, at most one more than MOST of them."""
    numbers = [int(each) for each in written if each.isascii() and each.isdigit() and len(each) < 19]
    return list(dict.fromkeys(numbers))[: MOST + 1]


def packed(ids: Iterable[int]) -> str:
    """The ids in few characters, for the line of an address: from each to the next, in base 36."""
    written, last = [], 0
    for each in sorted(set(ids)):
        written.append(in_base_36(each - last))
        last = each
    return "-".join(written)


def in_base_36(number: int) -> str:
    """The number in base 36."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits or "0"


def unpacked(text: str) -> list[int]:
    """The ids of `packed`, at most one more than MOST; empty for anything else."""
    found, last = [], 0
    for each in text.split("-")[: MOST + 1]:
        if not each or len(each) > LONGEST_ID or not set(each) <= set(DIGITS):
            return []
        last += int(each, 36)
        found.append(last)
    return found


def ids_of_view(request: StaffRequest, written: str) -> list[int]:
    """The contacts of a part of the queue in the order of work, at most one more than MOST."""
    page = cast("OfficeAdmin[Contact]", admin.site.get_model_admin(Contact))
    specs = specs_of([each(request, {}, Contact, page) for each in FILTERS])
    rows = Contact.objects.visible_to(request.user)
    chosen = narrowed(rows, parameters_of(written), specs, request, page.find)
    return list(chosen.in_order_of_work().values_list("pk", flat=True)[: MOST + 1])


def step_of(data: Mapping[str, Any], request: StaffRequest) -> Step:
    """The command that the form asks for, given everything but the contact."""
    by, action = request.user, data["action"]
    if action == ASSIGN:
        return partial(commands.assign, to=data["agent"], by=by)
    if action == TEAM:
        return partial(pass_to_team, team=data["to_team"], by=by)
    if action == CODE:
        return partial(commands.wrap_up, code=data["code"], topic=data["topic"], by=by)
    return partial(follow_up.follow_up, on=data["day"], by=by)


def action_words(data: Mapping[str, Any]) -> str:
    """What is done, and with what, such as “assign to a colleague: Aurora Orlando”."""
    action = data["action"]
    given = data[NEEDS[action]]
    words = written_day(given, "il") if action == DAY else str(given)
    if action == CODE and data["topic"]:
        words = f"{words}, {data['topic']}"
    return f"{dict(ACTIONS)[action]}: {words}"


def done_words(outcome: Outcome) -> str:
    """What was done, in one sentence, and what was not, with its reasons."""
    done = len(outcome.done)
    words = ngettext("Done for %(n)d contact.", "Done for %(n)d contacts.", done) % {"n": done}
    return f"{words} {_left_words(outcome)}".strip()


def would_words(outcome: Outcome) -> str:
    """The same before it is done."""
    done = len(outcome.done)
    words = ngettext(
        "It will be done for %(n)d contact of %(total)d.", "It will be done for %(n)d contacts of %(total)d.", done
    ) % {"n": done, "total": outcome.total}
    return f"{words} {_left_words(outcome)}".strip()


def _left_words(outcome: Outcome) -> str:
    if not outcome.refused:
        return ""
    left = outcome.refused_count
    words = ngettext("%(n)d is left as it is:", "%(n)d are left as they are:", left) % {"n": left}
    reasons = []
    for reason, numbers in outcome.refused.items():
        named = ", ".join(numbers[:NAMED])
        if len(numbers) > NAMED:
            named += " " + gettext("and %(n)d more") % {"n": len(numbers) - NAMED}
        reasons.append(f"{named} ({reason})")
    return f"{words} {'; '.join(reasons)}."


class DoToMany(ListCommand):
    """From the queue: the chosen rows, or all of the view. What would come of it is shown before it is confirmed."""

    permission = ASSIGNS
    name, icon = "insieme", "checklist"
    label = _("Work on several contacts")
    template = "office/contact_bulk.html"
    form_class = ManyForm
    is_button = False  # the queue draws it under its rows (admin/contact_center/contact/change_list.html)

    def allowed(self, request: StaffRequest, row: None) -> bool:
        return any(self._rights(request).values())

    def _rights(self, request: StaffRequest) -> dict[str, bool]:
        return {action: request.user.has_perm(right) for action, right in RIGHTS.items()}

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        arguments: dict[str, Any] = {"allowed": self._rights(request)}
        if request.method != "POST" and "action" in request.GET:
            arguments["data"] = request.GET
        elif request.method != "POST":
            arguments["initial"] = {"ids": packed(self._chosen(request))}
        return arguments

    def context(self, request: StaffRequest, row: None) -> dict[str, Any]:
        """How many were chosen; once it is clear what is done, what would come of it."""
        asked: QueryDict = request.POST if request.method == "POST" else request.GET
        ids = unpacked(asked.get("ids") or "") if "ids" in asked else self._chosen(request)
        context: dict[str, Any] = {
            "chosen": len(ids),
            "most": MOST,
            "outcome": None,
            "back": request.GET.get(BACK, ""),
            "back_name": BACK,
        }
        if request.method != "POST" and "action" in asked:
            form = ManyForm(asked, allowed=self._rights(request))
            if form.is_valid():
                try:
                    outcome = rehearse(form.cleaned_data["ids"], step_of(form.cleaned_data, request), by=request.user)
                except Refused as refusal:
                    return context | {"cannot": str(refusal)}
                context |= {"outcome": outcome, "would": would_words(outcome), "can": bool(outcome.done)}
                context["what"] = capfirst(action_words(form.cleaned_data))
        return context

    def _chosen(self, request: StaffRequest) -> list[int]:
        """The rows that were ticked, or all of the part of the queue that the address names."""
        if "tutti" in request.GET:
            return ids_of_view(request, request.GET.get("filters", ""))
        return ids_in(request.GET.getlist("row"))

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        outcome = do_to_many(data["ids"], step_of(data, request), by=request.user)
        if not outcome.done:
            raise Refused(would_words(outcome), code="none_possible")
        return Done(done_words(outcome))
