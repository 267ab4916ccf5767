"""In a customer's file and at the desk: a consent given or withdrawn by telephone or on paper."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact_center.consents.commands import (
    ON_PAPER,
    Proof,
    named_contact,
    write_down_consent,
    write_down_withdrawal,
)
from customers.consent_texts import ConsentText, texts_in_use
from customers.consents import is_in_force, is_unproven
from customers.consents_on_paper import CONSENT_COMMAND, PURPOSE_CHOSEN
from customers.contact_points.office import DataCommand
from customers.models import Consent, Customer, User
from foundation.files.accepted import check_file
from foundation.form_fields import LineField
from foundation.requests import StaffRequest
from foundation.text import CleanedForm

WRITES, SEES_CONTACTS = "customers.add_consent", "contact_center.view_contact"
Source = Consent.Source
BETWEEN = "|"


def in_force(customer: Customer) -> dict[tuple[str, str], Consent]:
    """The newest event of each purpose and channel of the customer."""
    events = Consent.objects.filter(customer=customer).in_force()
    return {(each.purpose, each.channel): each for each in events}


class _ContactField(LineField):
    """Needed for what was said by telephone, so it is not called optional."""

    needed_sometimes = True


class _ScanField(forms.FileField):
    """Needed for what was signed on paper, so it is not called optional."""

    needed_sometimes = True


class _ProofForm(CleanedForm, forms.Form):
    """What is given or withdrawn, how the customer said so, and what proves it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(
        label=gettext_lazy("Purpose and channel"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the list.")},
    )
    source = forms.ChoiceField(
        label=gettext_lazy("How the customer said so"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether by telephone or on paper.")},
    )
    contact = _ContactField(
        label=gettext_lazy("Number of the call or contact"),
        max_length=30,
        required=False,
        help_text=gettext_lazy(
            "Where it was said by telephone, as in C-00071489: the recording and the notes prove it."
        ),
    )
    scan = _ScanField(
        label=gettext_lazy("Scan of the paper"),
        required=False,
        help_text=gettext_lazy(
            "Where it was signed on paper: a PDF, a JPG or a PNG. The customer reads it among their documents."
        ),
    )

    def __init__(
        self, *args: Any, customer: Customer, by: User, contact: str = "", purpose: str = "", **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"key": uuid.uuid4(), "contact": contact, "source": Source.CALL if contact else None}
        super().__init__(*args, **kwargs)
        self.by = by
        if by.has_perm(SEES_CONTACTS):
            sources = [(Source.CALL.value, _("by telephone")), (Source.PAPER.value, _("on paper"))]
        else:  # an agency: it has no contacts of ours
            sources = [(Source.AGENCY.value, _("on paper, at the agency"))]
            del self.fields["contact"]
        _choices(self, "source", sources)
        offered = self.offered(customer)
        _choices(self, "what", offered)
        if chosen := next((value for value, _label in offered if value.split(BETWEEN)[0] == purpose), None):
            self.fields["what"].initial = chosen

    def offered(self, customer: Customer) -> list[tuple[str, str]]:
        """What may be chosen."""
        raise NotImplementedError

    def clean_scan(self) -> Any:
        upload = self.cleaned_data["scan"]
        return check_file(upload, from_page=True) if upload else None

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        source, number = given.get("source"), given.get("contact", "")
        given["proof"] = None
        if source == Source.CALL:
            try:
                if not number:
                    raise ValidationError(_("Write the number of the call or contact."), code="no_proof")
                given["proof"] = Proof(source, contact=named_contact(number, by=self.by))
            except ValidationError as error:
                self.add_error("contact", error)
        elif source in ON_PAPER:
            if not given.get("scan") and "scan" not in self.errors:
                missing = _("Add the scan of the paper that the customer signed.")
                self.add_error("scan", ValidationError(missing, code="no_proof"))
            given["proof"] = Proof(source, scan=given.get("scan"))
        return given


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
    if len(choices) == 1:
        form.initial[name] = choices[0][0]


def _name(text: ConsentText, channel: str) -> str:
    return f"{text.title} · {Consent.Channel(channel).label}"


class GivenForm(_ProofForm):
    """Which of the consents that are asked for today, by the wording that is read to the customer."""

    read = forms.BooleanField(
        label=gettext_lazy("The customer heard or read this wording, and agreed"),
        error_messages={"required": gettext_lazy("Read the wording to the customer first, and tick this.")},
    )

    def offered(self, customer: Customer) -> list[tuple[str, str]]:
        """What is asked for today and not in force, with its wording."""
        held = in_force(customer)
        return [
            (BETWEEN.join((text.purpose, channel, text.version)), f"{_name(text, channel)}: “{text.text}”")
            for text in texts_in_use(timezone.localdate())
            for channel in text.channels
            if (last := held.get((text.purpose, channel))) is None
            or not is_in_force(last.event, purpose=text.purpose)
            or last.text_version != text.version
            or is_unproven(source=last.source, evidence=last.evidence)
        ]


class WithdrawnForm(_ProofForm):
    """Which of those that were given, or of those that the customer never wants to be asked for."""

    def offered(self, customer: Customer) -> list[tuple[str, str]]:
        """What was given and not withdrawn, then what else is asked for today."""
        held = in_force(customer)
        names = {
            (text.purpose, channel): _name(text, channel)
            for text in texts_in_use(timezone.localdate())
            for channel in text.channels
        }
        given = [each for each in held.values() if each.event != Consent.Event.WITHDRAWN]
        found = [
            (
                BETWEEN.join((each.purpose, each.channel)),
                f"{names.get((each.purpose, each.channel)) or f'{each.get_purpose_display()} · {each.get_channel_display()}'}"
                f" – {each.get_event_display()}",
            )
            for each in given
        ]
        found += [
            (BETWEEN.join(pair), _("%(what)s – never given: the customer objects") % {"what": name})
            for pair, name in names.items()
            if pair not in held
        ]
        return found


class _OfConsents(DataCommand):
    permission = WRITES

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        given = request.GET
        return {
            "customer": row,
            "by": request.user,
            "contact": given.get("contatto", "")[:30],
            "purpose": given.get(PURPOSE_CHOSEN, ""),
        }


class GiveConsent(_OfConsents):
    name, icon, label = CONSENT_COMMAND, "handshake", gettext_lazy("Write down a consent")
    form_class = GivenForm
    question = gettext_lazy(
        "Read the wording word by word. What was signed counts at once; what was said by telephone counts at once where the "
        "e-mail address is verified, and otherwise when the customer confirms it by the link that they get."
    )

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return bool(GivenForm(customer=row, by=request.user).offered(row))

    def why_not(self, request: StaffRequest, row: Customer) -> Any:
        return _("The customer has given all the consents that are asked for.")

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        purpose, channel, version = data["what"].split(BETWEEN)
        consent = write_down_consent(
            row,
            purpose=purpose,
            channel=channel,
            version=version,
            proof=data["proof"],
            key=data["key"],
            by=request.user,
        )
        if is_in_force(consent.event, purpose=consent.purpose):
            return _("The consent is in force.")
        return _("The consent was written down: it counts when the customer confirms it by the link in the e-mail.")


class WithdrawConsent(_OfConsents):
    name, icon, label = (
        "revoca-consenso",
        "do_not_disturb_on",
        gettext_lazy("Write down a withdrawal"),
    )
    form_class = WithdrawnForm
    question = gettext_lazy(
        "It takes hold at once, also for what is planned already. The customer gets a confirmation."
    )

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return bool(WithdrawnForm(customer=row, by=request.user).offered(row))

    def why_not(self, request: StaffRequest, row: Customer) -> Any:
        return _("The customer has withdrawn all consents.")

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        purpose, channel = data["what"].split(BETWEEN)
        write_down_withdrawal(
            row, purpose=purpose, channel=channel, proof=data["proof"], key=data["key"], by=request.user
        )
        return _("The consent is withdrawn from this moment on.")


COMMANDS = (GiveConsent(), WithdrawConsent())
