"""What a colleague changes of a customer's data: numbers and addresses, the postal address, the language."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.contact_points.commands import HOME, Why
from customers.contact_points.forms import (
    AddForm,
    CodeForm,
    CorrectForm,
    HomeForm,
    LanguageForm,
    RemoveForm,
    SendCodeForm,
)
from customers.contact_points.office import POINT, DataCommand, PointCommand
from customers.contact_points.queries import others_with
from customers.models import ContactPoint, Customer
from customers.models.proof_code import MOST_TRIES
from customers.operations.subjects import subject_of
from foundation.numbers import whole_number
from foundation.office.commands import Done
from foundation.office.leading_back import leading_back, page_to_go_back_to
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from foundation.telephones import shown_number
from notifications import contact_points as points
from notifications.contact_points import why_no_code

CHANGES = "customers.add_datachange"


def _points(customer: Customer) -> list[ContactPoint]:
    return list(customer.contact_points.order_by("kind", "pk"))


def _why(data: dict[str, Any]) -> Why:
    return Why(data["reason"], data["words"])


class _OnOnePoint(PointCommand):
    """On one that is there: the page's form lists them all, with the one that the link was beside chosen."""

    permission = CHANGES

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return bool(self._suiting(row))

    def why_not(self, request: StaffRequest, row: Customer) -> Any:
        return _("The customer has no number or address of which this can be done.")

    def _suiting(self, customer: Customer) -> list[ContactPoint]:
        return [each for each in _points(customer) if self.suits(each)]

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"points": self._suiting(row), "chosen": whole_number(request.GET.get(POINT, ""))}


class AddPoint(PointCommand):
    name, icon, label = "aggiungi-recapito", "add_call", gettext_lazy("Add a number or address")
    is_about_none = True
    permission = CHANGES
    form_class = AddForm
    question = gettext_lazy(
        "Make sure first that you speak with the customer. They are informed of the change where we wrote to them before."
    )

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        change = points.add_point(
            row, kind=data["kind"], value=data["value"], why=_why(data), key=data["key"], by=request.user
        )
        sentence = _("%(value)s was added (%(number)s).") % {
            "value": shown_number(change.new),
            "number": change.number,
        }
        others = others_with(change.point_kind, change.new, but=row, reader=request.user)
        if others:
            sentence += " " + ngettext(
                "Another customer has it too.", "%(n)d other customers have it too.", others
            ) % {"n": others}
        return sentence


class CorrectPoint(_OnOnePoint):
    name, icon, label = "correggi-recapito", "edit", gettext_lazy("Correct")
    form_class = CorrectForm
    question = gettext_lazy(
        "The one of now is informed that it was replaced, with the number to call. The new one counts as stated until the "
        "customer answers from it."
    )

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        change = points.correct_point(
            row,
            point=data["point"].pk,
            seen=data["point"].seen,
            value=data["value"],
            why=_why(data),
            key=data["key"],
            by=request.user,
        )
        words = {"old": shown_number(change.old), "new": shown_number(change.new), "number": change.number}
        return _("%(old)s is now %(new)s (%(number)s).") % words


class RemovePoint(_OnOnePoint):
    name, icon, label = "togli-recapito", "delete", gettext_lazy("Take out of use")
    tone = "danger"
    form_class = RemoveForm
    question = gettext_lazy(
        "Nothing is sent there any more, and the next portfolio does not bring it back. It is informed that it was removed; the "
        "history of the file keeps it."
    )

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        change = points.retire_point(
            row, point=data["point"].pk, seen=data["point"].seen, why=_why(data), key=data["key"], by=request.user
        )
        words = {"value": shown_number(change.old), "number": change.number}
        return _("%(value)s is used no more (%(number)s).") % words


class SendPointCode(_OnOnePoint):
    name, icon, label = "manda-codice", "sms", gettext_lazy("Send a code")
    form_class = SendCodeForm
    question = gettext_lazy(
        "A code goes there, and the customer reads it to you. A code that was sent before is void from then on."
    )

    def suits(self, point: ContactPoint) -> bool:
        return point.verified_at is None and not why_no_code(point.kind, point.value)

    def why_not(self, request: StaffRequest, row: Customer) -> Any:
        return _("All that a code can reach is verified already.")

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> Done:
        proof = points.send_code_to_point(
            row, point=data["point"].pk, seen=data["point"].seen, key=data["key"], by=request.user
        )
        verify = reverse("admin:customers_customer_command", args=[row.pk, VerifyPoint.name])
        return Done(
            _("A code was sent to %(value)s: the customer reads it to you.") % {"value": shown_number(proof.value)},
            goes_to=leading_back(verify, page_to_go_back_to(request)),
        )


class VerifyPoint(PointCommand):
    """The code as the customer reads it."""

    name, icon, label = "verifica-recapito", "verified", gettext_lazy("Verify with the code")
    tone = "primary"
    permission = CHANGES
    form_class = CodeForm

    def suits(self, point: ContactPoint) -> bool:
        return getattr(point, "waits_for_code", False)

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return points.waiting_code(row) is not None

    def why_not(self, request: StaffRequest, row: Customer) -> Any:
        return _("No code waits: it was used, made void, is too old or was tried too often. Have another one sent.")

    def asks(self, request: StaffRequest, row: Customer) -> str:
        if (proof := points.waiting_code(row)) is None:
            return ""
        left = MOST_TRIES - proof.tries
        words = {
            "value": shown_number(proof.value),
            "at": formats.time_format(timezone.localtime(proof.created_at), "H:i"),
            "until": formats.time_format(timezone.localtime(proof.expires_at), "H:i"),
        }
        sentence = _("A code was sent to %(value)s at %(at)s; it is taken until %(until)s.") % words
        return f"{sentence} " + ngettext("One try is left.", "%(n)d tries are left.", left) % {"n": left}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> Done | str:
        proof = points.waiting_code(row)
        assert proof is not None, "it is offered where one waits"
        done = points.verify_with_code(proof, code=data["code"], by=request.user)
        if isinstance(done, Refused):  # not raised: the wrong try is stored
            messages.error(request, str(done))
            return Done(goes_to=request.get_full_path())
        return _("%(value)s is verified: the customer answered from it.") % {"value": shown_number(proof.value)}


class VoidPointCode(PointCommand):
    """For a code that went to a wrong number or address."""

    name, icon, label = "annulla-codice", "cancel", gettext_lazy("Make the code void")
    permission = CHANGES
    question = gettext_lazy("The code that was sent is not taken any more. Another one can be sent.")

    def suits(self, point: ContactPoint) -> bool:
        return VerifyPoint.suits(VERIFY, point)

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return points.waiting_code(row) is not None

    def why_not(self, request: StaffRequest, row: Customer) -> Any:
        return _("No code waits.")

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        points.void_waiting_codes(row)
        return _("The code is void.")


class ChangeHome(DataCommand):
    name, icon, label = "indirizzo-postale", "home_pin", gettext_lazy("Change the postal address")
    permission = CHANGES
    form_class = HomeForm
    question = gettext_lazy("Our letters go there from now on. The customer gets a confirmation.")

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"customer": row, "subject": subject_of(row, today=timezone.localdate())}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        change = points.change_home(
            row,
            home={name: data[name] for name in HOME},
            seen=data["seen"],
            why=_why(data),
            key=data["key"],
            by=request.user,
        )
        return _("Our letters go to %(home)s (%(number)s).") % {"home": change.new, "number": change.number}


class ChangeLanguage(DataCommand):
    name, icon, label = "lingua", "translate", gettext_lazy("Change the language")
    permission = CHANGES
    form_class = LanguageForm
    question = gettext_lazy("Of what we write to the customer. They get a confirmation in it.")

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"initial": {"language": row.language}}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        change = points.change_language(
            row, language=data["language"], why=_why(data), key=data["key"], by=request.user
        )
        return _("The language was changed (%(number)s).") % {"number": change.number}


VERIFY = VerifyPoint()
ON_POINTS = (AddPoint(), CorrectPoint(), SendPointCode(), VERIFY, VoidPointCode(), RemovePoint())
COMMANDS = (*ON_POINTS, ChangeHome(), ChangeLanguage())
