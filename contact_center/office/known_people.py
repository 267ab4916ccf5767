"""The cards of people who are no customers in the back office: their list and page, and what can be done to one."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from contact_center.models import Contact, KnownPerson
from contact_center.models.known_person import KnownPersonQuerySet
from contact_center.office.choosing import Choosing, customers_to_choose
from contact_center.office.work import Work
from contact_center.people.commands import FACTS, change_card, join_to_customer, name_person, write_card
from contact_center.people.forms import CallerForm, CardForm, JoinForm, begun_with, facts_of
from contact_center.people.queries import MOST, cards_for, customers_like, phone_of
from customers.sensitive.restricted import closed_to
from foundation.office.base import OfficeAdmin, Panel, WorkFilter
from foundation.office.closed import RESTRICTED, close, is_closed
from foundation.office.commands import Command, Done
from foundation.requests import StaffRequest
from foundation.text import search_words

WRITES, CHANGES = "contact_center.add_knownperson", "contact_center.change_knownperson"


class NameKnownPerson(Work):
    """On a contact: somebody who is no customer, by the card they have or by a new one."""

    permission = WRITES
    name, icon = "scheda", "contact_page"
    label = _("No customer: name the person")
    question = _("Somebody who is no customer gets a card, and is known again at their next call.")
    form_class = CallerForm
    template = "office/contact_known.html"
    states = tuple(Contact.State)

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        return row.customer_id is None and row.person_id is None

    def why_not(self, request: StaffRequest, row: Contact) -> Any:
        return _("The person of this contact is known already.")

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"user": request.user, "initial": begun_with(row)}

    def context(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        searched = search_words(request.GET.get("q", ""))
        visible = KnownPerson.objects.visible_to(request.user).select_related("customer")
        return {
            "cards": cards_for(row, request.user),
            "searched": searched,
            "found": list(visible.filter(cards_named(searched)).order_by("-last_contact_at", "-pk")[: 3 * MOST])
            if searched
            else [],
        }

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        person = data["person"]
        if person is None:
            person = write_card(facts_of(data), contact=row, by=request.user)
            return gettext("%(name)s has a card now: %(number)s.") % {"name": person, "number": person.number}
        name_person(row, person=person, by=request.user)
        return gettext("The person is %(name)s.") % {"name": person}


class ChangeCard(Command[KnownPerson]):
    """Other facts on the card."""

    permission = CHANGES
    name, icon = "correggi", "edit"
    label = _("Change the card")
    question = _("What is written here takes the place of what the card says. The history keeps what it was.")
    form_class = CardForm

    def offered(self, request: StaffRequest, row: KnownPerson) -> bool:
        return row.customer_id is None

    def form_arguments(self, request: StaffRequest, row: KnownPerson) -> dict[str, Any]:
        initial = {name: getattr(row, name) for name in FACTS}
        codes = {
            "claim": row.claim.number if row.claim is not None else "",
            "related": row.related.code if row.related is not None else "",
        }
        return {"user": request.user, "initial": initial | codes}

    def run(self, request: StaffRequest, row: KnownPerson, data: dict[str, Any]) -> str:
        change_card(row, facts_of(data), by=request.user)
        return gettext("The card was changed.")


CHOOSING = Choosing(
    press=_("Join to this customer"),
    suggested=_("Customers with the same number or address"),
    none=_("No customer has this number or address: search by name or tax code."),
)


class JoinToCustomer(Command[KnownPerson]):
    """They are a customer by now: a person confirms which."""

    permission = CHANGES
    name, icon, tone = "cliente", "how_to_reg", "primary"
    label = _("Join to a customer")
    question = _("Their contacts become the customer’s, and the card points at the file. This cannot be taken back.")
    form_class = JoinForm
    template = "office/choose_customer.html"

    def offered(self, request: StaffRequest, row: KnownPerson) -> bool:
        return row.customer_id is None

    def form_arguments(self, request: StaffRequest, row: KnownPerson) -> dict[str, Any]:
        return {"user": request.user}

    def context(self, request: StaffRequest, row: KnownPerson) -> dict[str, Any]:
        return customers_to_choose(request, customers_like(row, request.user), CHOOSING)

    def run(self, request: StaffRequest, row: KnownPerson, data: dict[str, Any]) -> Done:
        customer = data["customer"]
        join_to_customer(row, customer=customer, by=request.user)
        words = {"number": row.number, "name": customer}
        sentence = gettext("%(number)s is the customer %(name)s: the contacts are in their file.") % words
        return Done(sentence, reverse("admin:contact_center_knownperson_change", args=[row.pk]))


def cards_named(text: str) -> Q:
    """The cards that a text means: by number, telephone or e-mail address, or by the words of the name."""
    asked = (
        KnownPerson.objects.with_number(text),
        KnownPerson.objects.reached_at(phone=phone_of(text), email=text if "@" in text else ""),
        KnownPerson.objects.called(text),
    )
    ids = {pk for each in asked for pk in each.order_by().values_list("pk", flat=True)[:200]}
    return Q(pk__in=ids)


class NotJoinedFilter(WorkFilter[KnownPersonQuerySet]):
    """Those who are no customer at first."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("No customers")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: KnownPersonQuerySet, chosen: str) -> KnownPersonQuerySet:
        return queryset.not_joined() if chosen == "open" else queryset


class ContactOfPersonPanel(Panel):
    """The person's contacts, newest first."""

    model = Contact
    fk_name = "person"
    fields = ("number_shown", "channel", "topic", "subject", "state", "started_at")
    ordering = ("-started_at", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("topic").defer("notes")

    @display(description=_("number"))
    def number_shown(self, contact: Contact) -> str:
        return contact.number


@admin.register(KnownPerson)
class KnownPersonAdmin(OfficeAdmin[KnownPerson]):
    """People who turn to us and are no customers, those first who were heard from last."""

    list_display = ("number_shown", "name", "phone", "email", "tie", "customer", "last_contact_at")
    list_select_related = ("customer",)
    list_filter = (NotJoinedFilter,)
    ordering = ("-last_contact_at", "-pk")
    search_help_text = _("Number of the card, telephone, e-mail address or name")
    customer_path = "customer_id"
    locks_row = False  # the contacts come first (contact_center/people/commands.py)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("number_shown", "name"),
                    ("phone", "email"),
                    ("language", "last_contact_at"),
                    "tie",
                    ("claim", "related_shown"),
                    ("customer", "joined_at", "joined_by"),
                    ("created_by", "created_at"),
                ]
            },
        ),
    )
    inlines = (ContactOfPersonPanel,)
    own_commands = (JoinToCustomer(), ChangeCard())
    change_form_outer_before_template = "office/known_person_head.html"

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("customer", "claim", "related", "created_by", "joined_by")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(cards_named(text))

    @display(description=_("number"))
    def number_shown(self, person: KnownPerson) -> str:
        return person.number

    @display(description=_("about the customer"))
    def related_shown(self, person: KnownPerson) -> Any:
        """Whose affair it is about; a file that asks a reason names nobody."""
        if person.related is None:
            return "–"
        address = reverse("admin:customers_customer_change", args=[person.related.pk])
        name = RESTRICTED if is_closed(person.related) else person.related
        return format_html('<a href="{}" class="vc-link">{}</a>', address, name)

    def get_object(self, request: StaffRequest, object_id: str, from_field: str | None = None) -> KnownPerson | None:
        person = super().get_object(request, object_id, from_field)
        if person is not None and person.related is not None and closed_to(request.user, [person.related.pk]):
            close(person.related)
        return person

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: KnownPerson | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None and request.user.has_perm(CHANGES):
            candidates = customers_like(obj, request.user)
            closed = closed_to(request.user, [each.customer.pk for each in candidates])
            context["candidates"] = [each for each in candidates if each.customer.pk not in closed]
            context["join_url"] = self.command_url(JoinToCustomer.name, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
