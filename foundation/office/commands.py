"""Commands in the back office: a button on a page or a list, and the small page that asks (GET) and does (POST).

A door only translates: the work is done by a function of the app's `services`, which locks, checks and writes. The
second of two (another agent, a second click) is refused, with what they typed kept and what changed meanwhile shown: a
page sends which version of its row it showed (`seen_version`). A page that is about no row carries a token of its own
(`page_token`) instead, and what was sent from it once is not done again.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from foundation.guards import is_append_only
from foundation.models import IdempotencyRecord, Versioned
from foundation.office.changes import Change, changes_of
from foundation.office.drafts import taken
from foundation.office.leading_back import page_to_go_back_to
from foundation.refusals import ChangedMeanwhile, Refused
from foundation.requests import Reader, StaffRequest
from foundation.slots import KeyedSlot
from foundation.text import cleaned_data_of

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin
else:  # the site asks for `WithCommands` while unfold's own admin is being loaded; `OfficeAdmin` puts the two together
    ModelAdmin = object

RowT = TypeVar("RowT", bound="Model | None")
ModelT = TypeVar("ModelT", bound=Model)

CONFLICT = 409
NOT_WHOLE = _(
    "The page that was sent was not whole, so nothing was done. Look at it as it is now, then send it again."
)


def _token_of(request: HttpRequest) -> str | None:
    """The token of the page that was sent; None where there is none, or no such thing."""
    try:
        return uuid.UUID(request.POST.get("page_token", "")).hex
    except ValueError:
        return None


def _digest_of(request: HttpRequest) -> str:
    """The same for the same form, however often its page was opened."""
    own = ("csrfmiddlewaretoken", "page_token", "seen_at", "submission_key")
    typed = sorted((name, values) for name, values in request.POST.lists() if name not in own)
    return hashlib.sha256(repr(typed).encode()).hexdigest()


@dataclass(frozen=True)
class Done:
    """The result of a command: a sentence for the person, and where they go next."""

    sentence: Any = ""
    goes_to: str | None = None  # an address; None is the row's page, or the list


class Command(Generic[RowT]):
    """One thing that can be done to a row. Subclass it (`Command[Contact]`), and name it among an admin's commands.

    One object serves every request: the result of a command is what `run` returns, never an attribute of it.
    `name` is the last part of its address, `icon` a Material Symbol, `tone` "", "primary" or "danger".
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    icon: ClassVar[str] = ""
    tone: ClassVar[str] = ""
    permission: ClassVar[str]
    form_class: ClassVar[type[forms.Form]] = forms.Form
    template: ClassVar[str] = "office/command.html"
    question: ClassVar[Any] = ""
    shortcut: ClassVar[str] = ""  # accesskey of the button
    changes_nothing: ClassVar[bool] = False  # a download: from one page as often as one likes
    one_click: ClassVar[bool] = False  # asks nothing: a page that draws its own buttons may send it at once
    form_on_page: ClassVar[bool] = False  # the page of the row has its form, beside the page of its own
    is_button: ClassVar[bool] = True  # False where pages draw it beside what it is about, and not among the buttons

    def allowed(self, request: StaffRequest, row: RowT) -> bool:
        """Whether the person may ever do it."""
        return request.user.has_perm(self.permission)

    def offered(self, request: StaffRequest, row: RowT) -> bool:
        """Whether it can be done to the row as it is now: a page never shows a button that would be refused."""
        return True

    def why_not(self, request: StaffRequest, row: RowT) -> Any:
        """What the page says where it is not offered."""
        return _("This cannot be done any more.")

    def prepare(self, queryset: QuerySet) -> QuerySet:
        """The rows with what `offered` looks at, where a page reads one row with all its commands in one query."""
        return queryset

    def asks(self, request: StaffRequest, row: RowT) -> Any:
        """The sentence above the form."""
        return self.question

    def form_arguments(self, request: StaffRequest, row: RowT) -> dict[str, Any]:
        """What the form is made with beside the data: `initial`, querysets."""
        return {}

    def context(self, request: StaffRequest, row: RowT) -> dict[str, Any]:
        """What the template shows beside the form."""
        return {}

    def keep_refused(self, request: StaffRequest, row: RowT, form: forms.Form) -> None:
        """Keep what a browser would lose of what was sent, where it is not done: files that were chosen."""

    def run(self, request: StaffRequest, row: RowT, data: dict[str, Any]) -> Done | HttpResponse | str:
        """Do it, in the caller's transaction, and return the result; Refused gives the reason why not.

        A sentence alone stands for `Done(sentence)`. A response is shown as it is: for what may be seen on this one page
        only.
        """
        raise NotImplementedError


class ListCommand(Command[None]):
    """One thing that can be done from a list, to no row of it: `row` is None."""


@dataclass(frozen=True)
class Button:
    """A command as a page shows it."""

    label: Any
    url: str
    icon: str
    tone: str
    shortcut: str
    name: str = ""
    one_click: bool = False


# What can be done to the rows of a model by apps further up than its page's; it stands after the page's own commands.
COMMANDS_FROM_ABOVE: KeyedSlot[type[Model], Sequence[Command[Any]]] = KeyedSlot(
    "commands on pages of apps further down"
)


class WithCommands(Generic[ModelT], ModelAdmin):
    """The addresses, buttons and pages of an admin's commands.

    `own_commands` are what its app can do to a row, `list_commands` what can be done from the list.
    """

    own_commands: ClassVar[Sequence[Command[Any]]] = ()
    list_commands: ClassVar[Sequence[ListCommand]] = ()
    locks_row: ClassVar[bool] = True  # False where its commands lock another row first
    change_form_outer_before_template: str | None = "office/row_commands.html"
    list_before_template: str | None = "office/list_commands.html"

    @property
    def commands(self) -> list[Command[Any]]:
        """All that can be done to a row, in the order of its buttons."""
        return [*self.own_commands, *COMMANDS_FROM_ABOVE.get(self.model, ())]

    def get_urls(self) -> list[Any]:
        stem = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view(self.command_view)
        return [
            path("comando/<slug:name>/", view, name=f"{stem}_list_command"),
            path("<path:object_id>/comando/<slug:name>/", view, name=f"{stem}_command"),
            *super().get_urls(),
        ]

    def command_url(self, name: str, row: ModelT | None = None) -> str:
        """The address of a command."""
        stem = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"{stem}_command", args=[row.pk, name]) if row else reverse(f"{stem}_list_command", args=[name])

    def buttons(self, request: StaffRequest, row: ModelT | None = None) -> list[Button]:
        """The commands that this person can give now."""
        known: Sequence[Command[Any]] = self.commands if row else self.list_commands
        return [
            Button(
                each.label,
                self.command_url(each.name, row),
                each.icon,
                each.tone,
                each.shortcut,
                each.name,
                each.one_click,
            )
            for each in known
            if each.is_button and each.allowed(request, row) and each.offered(request, row)
        ]

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: ModelT | None = None, **kwargs: Any
    ) -> HttpResponse:
        context["command_buttons"] = self.buttons(request, obj) if obj is not None else []
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def changelist_view(self, request: StaffRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        own = {"command_buttons": self.buttons(request), "page_token": uuid.uuid4().hex}
        return super().changelist_view(request, own | (extra_context or {}))

    # --- The page of a command
    def command_view(self, request: StaffRequest, name: str, object_id: str | None = None) -> HttpResponse:
        """Ask, or do. 404 for an unknown command or a row out of reach, 403 without the permission."""
        known: Sequence[Command[Any]] = self.list_commands if object_id is None else self.commands
        if (command := {each.name: each for each in known}.get(name)) is None or request.method not in (
            "GET",
            "HEAD",
            "POST",
        ):
            raise Http404
        with transaction.atomic():
            row = self._row(request, object_id) if object_id is not None else None
            if not self.has_view_permission(request, row) or not command.allowed(request, row):
                raise PermissionDenied
            if request.method == "POST":
                return self._done(request, command, row)
        if row is not None:
            self.write_down(request, row)
        if not command.offered(request, row):
            return self._page(request, command, row, None, refusal=command.why_not(request, row))
        return self._page(request, command, row, self._form(request, command, row))

    def write_down(self, request: StaffRequest, row: ModelT) -> None:
        """Record that the user opened the row."""
        raise NotImplementedError

    def _row(self, request: StaffRequest, object_id: str) -> ModelT:
        """The row within reach; locked while a command is carried out, unless the command locks by an order of its own.

        A row that never changes needs no lock: two commands that follow from it meet at the keys of what they add.
        """
        row: ModelT | None = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if request.method == "POST" and self.locks_row and not is_append_only(self.model):
            self.model._base_manager.select_for_update().get(pk=row.pk)
            row.refresh_from_db()
        return row

    def _form(self, request: StaffRequest, command: Command[Any], row: ModelT | None) -> forms.Form:
        data = (cleaned_data_of(request.POST), request.FILES) if request.method == "POST" else ()
        return command.form_class(*data, **command.form_arguments(request, row))

    def _done(self, request: StaffRequest, command: Command[Any], row: ModelT | None) -> HttpResponse:
        form = self._form(request, command, row)
        if row is not None and (lacking := self._was_changed(request, row)):
            return self._page(request, command, row, form, refusal=lacking)
        once = row is None and not command.changes_nothing
        if once and _token_of(request) is None:
            return self._page(request, command, row, form, refusal=NOT_WHOLE)
        if once and (earlier := self._sent_before(request, command)) is not None:
            return self._shown_again(request, command, form, earlier)
        if not command.offered(request, row):
            return self._page(request, command, row, form, refusal=command.why_not(request, row))
        if not form.is_valid():
            return self._page(request, command, row, form)
        try:
            with transaction.atomic():
                sent = self._claim(request, command) if once else None
                if sent is not None and sent.status:  # a second press, while the first was under way
                    return self._shown_again(request, command, form, sent)
                done = command.run(request, row, form.cleaned_data)
                if not isinstance(done, Done | HttpResponse):
                    done = Done(done)
                goes_to = "" if isinstance(done, HttpResponse) else done.goes_to or self._back_url(request, row)
                if sent is not None:
                    sent.status, sent.response = HTTPStatus.OK, {"to": goes_to}
                    sent.save(update_fields=["status", "response"])
        except Refused as refusal:
            return self._page(request, command, row, form, refusal=refusal)
        if isinstance(done, HttpResponse):
            return taken(request, done)
        if done.sentence:
            messages.success(request, done.sentence)
        return taken(request, HttpResponseRedirect(goes_to))

    def _was_changed(self, request: StaffRequest, row: ModelT) -> Any:
        """Why the page that was sent is not that of the row as it is, or None; a row without a version is guarded by its state."""
        if not isinstance(row, Versioned):
            return None
        seen = request.POST.get("seen_version")
        if seen is None:
            return NOT_WHOLE
        return None if seen == str(row.version) else ChangedMeanwhile(_("Somebody else has changed this meanwhile."))

    # --- Commands about no row: what was sent from a page once is not done again
    def _named(self, request: StaffRequest, command: Command[Any]) -> dict[str, str]:
        scope = f"{self.opts.label_lower}:{command.name}"
        return {"principal": f"user:{request.user.pk}", "scope": scope, "key": _token_of(request) or ""}

    def _sent_before(self, request: StaffRequest, command: Command[Any]) -> IdempotencyRecord | None:
        return IdempotencyRecord.objects.filter(**self._named(request, command)).first()

    def _claim(self, request: StaffRequest, command: Command[Any]) -> IdempotencyRecord:
        """The record of the page's token: ours, without a status yet, or that of the first press, whose end we awaited."""
        named = self._named(request, command)
        ours = IdempotencyRecord(**named, digest=_digest_of(request))
        IdempotencyRecord.objects.bulk_create([ours], ignore_conflicts=True)
        return IdempotencyRecord.objects.get(**named)

    def _shown_again(
        self, request: StaffRequest, command: Command[Any], form: forms.Form, earlier: IdempotencyRecord
    ) -> HttpResponse:
        """Lead to the result of the first time; what was shown once only is not shown again.

        Something else, sent from the same page, is not lost: it is shown with a new token, to be sent if it is meant.
        """
        if earlier.digest != _digest_of(request):
            other = _("Something else was sent from this page before. If this is to be done as well, send it again.")
            return self._page(request, command, None, form, refusal=other, page_token=uuid.uuid4().hex)
        done = _("This was done already from the same page. To do it once more, open the list again.")
        if not (to := (earlier.response or {}).get("to")):
            return self._page(request, command, None, None, refusal=done)
        messages.info(request, done)
        return HttpResponseRedirect(to)

    def changed_since(self, row: ModelT, since: datetime, *, reader: Reader) -> Sequence[Change]:
        """What changed in the row since it was shown, for the second of two. Pages with a thread add its messages."""
        return (
            [each for each in changes_of(row, reader=reader, limit=20) if each.at > since]
            if hasattr(row, "history")
            else []
        )

    def _page(
        self,
        request: StaffRequest,
        command: Command[Any],
        row: ModelT | None,
        form: forms.Form | None,
        *,
        refusal: Any = None,
        page_token: str | None = None,
    ) -> HttpResponse:
        marked = False
        if form is not None and request.method == "POST":
            command.keep_refused(request, row, form)
        if form is not None and getattr(refusal, "field", "") in form.fields:
            form.add_error(refusal.field, str(refusal))
            marked = True
        changes: Sequence[Change] = []
        seen_at, offered = timezone.now(), command.offered(request, row)
        if isinstance(refusal, ChangedMeanwhile) and row is not None:
            try:
                shown = parse_datetime(request.POST.get("seen_at", ""))
            except ValueError:
                shown = None
            if shown is not None and timezone.is_aware(shown):
                changes = self.changed_since(row, shown, reader=request.user)
        context = {
            **self.admin_site.each_context(request),
            **command.context(request, row),
            "title": command.label,
            "subtitle": str(row) if row is not None else "",
            "command": command,
            "question": command.asks(request, row) if offered else "",
            "form": form,
            "refusal": None if marked else refusal,
            "changes": changes,
            "object": row,
            "opts": self.opts,
            "seen_version": row.version if isinstance(row, Versioned) else None,
            "page_token": (page_token or _token_of(request) or uuid.uuid4().hex) if row is None else None,
            "shows_changes": isinstance(refusal, ChangedMeanwhile),
            "seen_at": seen_at.isoformat(),
            "can_be_sent": form is not None and offered,
            "back_url": self._back_url(request, row),
            "media": self.media + form.media if form is not None else self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, command.template, context, status=CONFLICT if refusal else None)

    def _back_url(self, request: StaffRequest, row: ModelT | None) -> str:
        if (page := page_to_go_back_to(request)) is not None:
            return page
        stem = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"{stem}_change", args=[row.pk]) if row is not None else reverse(f"{stem}_changelist")
