"""In a customer's file: another sign-in address for a person who lost theirs, and the changes that there were."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from customers.models import Customer, ReservedAreaAccount, SignInAddressChange
from customers.models.sign_in_address import IdentityQuestion
from customers.validators import normalise_email
from foundation.office.base import Panel, badge
from foundation.office.commands import Command, Done
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from notifications.sign_in_address import accounts_of, ask_address_change, try_code

HELPS = "customers.add_signinaddresschange"
TONES = {"made": "success", "waits": "warning", "undone": "danger"}


class AccountField(forms.ModelChoiceField):
    """An account by its person and the address they sign in with."""

    def label_from_instance(self, obj: ReservedAreaAccount) -> str:
        return f"{obj.user} · {obj.user.email}"


class NewAddressForm(forms.Form):
    """Whose sign-in, the new address, how the person was identified, and why."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    account = AccountField(
        ReservedAreaAccount.objects.none(),
        label=gettext_lazy("Whose sign-in"),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    new = forms.CharField(
        label=gettext_lazy("New e-mail address"),
        max_length=254,
        help_text=gettext_lazy(
            "Spell it back to the person. A code goes there: they read it to you, or use the link."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    questions = forms.MultipleChoiceField(
        label=gettext_lazy("What you asked, and was answered rightly"),
        choices=IdentityQuestion.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("At least two. Write no answer down: what was asked is enough."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why the person cannot do it in the reserved area"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        accounts = accounts_of(customer)
        kwargs["initial"] = {"key": uuid.uuid4(), "account": accounts[0].pk if len(accounts) == 1 else None}
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, AccountField)
        field.queryset = ReservedAreaAccount.objects.filter(pk__in=[each.pk for each in accounts]).select_related(
            "user"
        )

    def clean_new(self) -> str:
        return normalise_email(self.cleaned_data["new"])


class ChangeSignInAddress(Command[Customer]):
    """For a person who lost the address they sign in with. Nothing is changed before the new one is confirmed."""

    name, icon = "indirizzo-accesso", "alternate_email"
    label = gettext_lazy("Change the sign-in address")
    permission = HELPS
    question = gettext_lazy(
        "Make sure first that you speak with the person: ask what only they know. The address of now is informed at once, "
        "and from there the change can be undone."
    )
    form_class = NewAddressForm

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return bool(accounts_of(row))

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"customer": row}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        change = ask_address_change(
            data["account"],
            new=data["new"],
            key=data["key"],
            by=request.user,
            channel=SignInAddressChange.Channel.DESK,
            reason=data["reason"],
            questions=data["questions"],
        )
        return _(
            "A code was sent to %(address)s: the person reads it to you, or confirms by the link in the e-mail."
        ) % {"address": change.new}


class CodeReadBackForm(forms.Form):
    """The code as the person reads it on the telephone."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("The six digits of the e-mail, as the person reads them to you."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class ConfirmSignInAddress(Command[Customer]):
    """The code of the new address, read back on the telephone."""

    name, icon, tone = "conferma-indirizzo-accesso", "mark_email_read", "primary"
    label = gettext_lazy("Confirm the new sign-in address")
    permission = HELPS
    form_class = CodeReadBackForm

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return _waiting(row) is not None

    def asks(self, request: StaffRequest, row: Customer) -> str:
        waiting = _waiting(row)
        return _("A code was sent to %(address)s.") % {"address": waiting.new} if waiting else ""

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> Done | str:
        waiting = _waiting(row)
        assert waiting is not None, "it is offered where one waits"
        change = try_code(waiting, code=data["code"])
        if isinstance(change, Refused):  # not raised: the wrong try is stored
            messages.error(request, str(change))
            return Done()
        return _("From now on %(person)s signs in with %(address)s.") % {
            "person": change.user,
            "address": change.new,
        }


def _waiting(customer: Customer) -> SignInAddressChange | None:
    """The latest change begun at the desk whose code is still taken."""
    latest = SignInAddressChange.objects.filter(customer=customer, channel=SignInAddressChange.Channel.DESK).first()
    return latest if latest is not None and latest.may_be_proved else None


class AddressChangePanel(Panel):
    """Each change of a sign-in address: who asked for it, how the person was identified, and what came of it."""

    model = SignInAddressChange
    fields = ("created_at", "old", "new", "channel", "by", "asked_shown", "reason", "result_shown")
    ordering = ("-created_at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")

    @display(description=gettext_lazy("asked to identify"))
    def asked_shown(self, change: SignInAddressChange) -> str:
        names = dict(IdentityQuestion.choices)
        return ", ".join(str(names.get(each, each)) for each in change.questions) or "–"

    @badge(description=gettext_lazy("result"), tones=TONES)
    def result_shown(self, change: SignInAddressChange) -> tuple[str, str]:
        if change.undone_at is not None:
            return "undone", _("undone from the old address")
        if change.changed_at is not None:
            return "made", _("changed")
        return ("waits", _("waits for the code")) if change.may_be_proved else ("over", _("never confirmed"))
