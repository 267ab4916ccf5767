"""On the page of a contact: those that are one matter with it, joining another one, parting them again."""

from typing import TYPE_CHECKING, Any, TypedDict, cast

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact_center.contacts.links import join_contacts, part_contacts
from contact_center.contacts.twins import twins_of
from contact_center.contacts.wrap_up_forms import field_of
from contact_center.models import Contact, ContactLink
from contact_center.office.work import Work
from customers.models import User
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from foundation.text import CleanedForm

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    ContactOfLinks = WithAnnotations[Contact, "Linked"]

MOST = 20  # links shown on a page
MOST_SUGGESTED = 5


class Linked(TypedDict):
    """What a contact has besides, whose query was prepared by JoinContact."""

    follows: bool
    is_linked: bool


def standing_links(contact: Contact, user: User) -> QuerySet[ContactLink]:
    """The links of the contact with contacts that the user may see."""
    seen = Contact.objects.visible_to(user).values("pk")
    links = ContactLink.objects.standing().filter(Q(main=contact, other__in=seen) | Q(other=contact, main__in=seen))
    return links.select_related("main", "other", "linked_by").order_by("pk")


def links_of(contact: Contact, user: User) -> dict[str, Any]:
    """For the page of a contact: its links. Of a contact that has none, nothing is asked."""
    return {"links": list(standing_links(contact, user)[:MOST]) if cast("ContactOfLinks", contact).is_linked else []}


def suggested_links(contact: Contact, user: User) -> list[Contact]:
    """The open contacts that may be one matter with this one: sent twice, or of the same customer; of these the newest."""
    open_ones = Contact.objects.visible_to(user).open().exclude(pk=contact.pk)
    linked = ContactLink.objects.standing().filter(Q(other=OuterRef("pk")) | Q(main=OuterRef("pk")))
    open_ones = open_ones.filter(~Exists(linked)).exclude(channel=Contact.Channel.PHONE)
    form = getattr(contact, "web_form", None)
    found = list(twins_of(form, open_ones)[:MOST_SUGGESTED]) if form is not None else []
    if contact.customer_id:
        same = open_ones.filter(customer=contact.customer_id).exclude(pk__in=[each.pk for each in found])
        found += same.select_related("topic").order_by("-started_at", "-pk")[: MOST_SUGGESTED - len(found)]
    return found


class JoinContactForm(CleanedForm, forms.Form):
    """The number of the other contact, and why where it is of somebody else."""

    number = forms.CharField(label=_("Number of the other contact"), max_length=20, help_text=_("Such as C-00071489"))
    why = forms.CharField(
        label=_("Why"), max_length=250, required=False, help_text=_("Needed where they are of different people")
    )


class JoinContact(Work):
    """The other contact follows this one."""

    name, icon = "collega", "link"
    label = _("Join another contact to this one")
    question = _(
        "Of the same person, the other one is closed and follows this one: the answer is given here, and shown there. Of "
        "different people, they are joined as a hint, and each is answered by itself."
    )
    form_class = JoinContactForm
    template = "office/contact_join.html"

    def prepare(self, queryset: QuerySet) -> QuerySet:
        links = ContactLink.objects.standing()
        return queryset.annotate(
            follows=Exists(links.filter(other=OuterRef("pk"))),
            is_linked=Exists(links.filter(Q(other=OuterRef("pk")) | Q(main=OuterRef("pk")))),
        )

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        return super().offered(request, row) and not cast("ContactOfLinks", row).follows

    def why_not(self, request: StaffRequest, row: Contact) -> Any:
        return _("A contact that is closed, or that follows another, is not the main one: open the page of that.")

    def context(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"suggested": suggested_links(row, request.user)}

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"initial": {"number": request.GET.get("numero", "")[:20]}}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        other = Contact.objects.visible_to(request.user).with_number(data["number"]).first()
        if other is None:
            raise Refused(gettext("There is no such contact."), code="not_found", field="number")
        link = join_contacts(other, main=row, by=request.user, why=data["why"])
        sentence = (
            gettext("%(other)s follows %(number)s.")
            if link.is_same_person
            else gettext("%(other)s is joined to %(number)s.")
        )
        return sentence % {"other": other.number, "number": row.number}


class PartContactForm(CleanedForm, forms.Form):
    """Which of the links, and why."""

    link = forms.ModelChoiceField(ContactLink.objects.none(), label=_("Joined contacts"), empty_label=None)
    why = forms.CharField(label=_("Why"), max_length=250, help_text=_("The history keeps it."))

    def __init__(self, *args: Any, links: QuerySet[ContactLink], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "link", forms.ModelChoiceField).queryset = links


class PartContact(Work):
    """The other contact goes its own way again."""

    name, icon = "separa", "link_off"
    label = _("Part joined contacts")
    question = _("What was closed by the joining is open again, in its queue.")
    form_class = PartContactForm
    states = tuple(Contact.State.values)

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        return cast("ContactOfLinks", row).is_linked

    def why_not(self, request: StaffRequest, row: Contact) -> Any:
        return _("The contact is joined to no other.")

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        links = standing_links(row, request.user)
        return {"links": links, "initial": {"link": links.first()}}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        link = part_contacts(data["link"], by=request.user, why=data["why"])
        return gettext("%(other)s goes its own way again.") % {"other": link.other.number}


LINK_COMMANDS = (JoinContact(), PartContact())
