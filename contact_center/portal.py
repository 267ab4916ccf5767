"""The reserved area's room about requests: one's own conversations on every channel, and a word more in a written one."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from contact_center.models import Contact, Message
from contact_center.services import add_customer_message
from customers.portal import customer_page, page_of
from customers.refusals import Refused

LONGEST = 10_000  # characters of one message


class MessageForm(forms.Form):
    """A word more about a request."""

    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Up to 10,000 characters. Never write passwords or card numbers."),
    )
    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("This page was not complete. Reload it and send your message again.")
        },
    )


@customer_page
@require_safe
def requests_view(request: HttpRequest) -> HttpResponse:
    """Everything one asked, by writing or by telephone, newest first."""
    contacts, pages = page_of(request, Contact.objects.visible_to(request.user).for_list())
    return render(request, "portal/requests.html", {"contacts": contacts, "page": pages})


@customer_page
@require_safe
def request_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with its thread, without the notes of the house."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).for_list(), pk=pk)
    form = MessageForm(initial={"key": uuid.uuid4()})
    return _request_page(request, contact, form)


@customer_page
@require_POST
def message_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Write once more about it; what was typed stays where it cannot be sent."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).for_list(), pk=pk)
    if contact.channel == Contact.Channel.PHONE:
        raise Http404  # a call has no thread, and its page no form
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            added = add_customer_message(contact, text=form.cleaned_data["text"], key=form.cleaned_data["key"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your message has been received: it is at the end of the thread."))
            return redirect("portal_request", pk=added.contact.pk)
    return _request_page(request, contact, form, status=422)


def _request_page(request: HttpRequest, contact: Contact, form: forms.Form, status: int = 200) -> HttpResponse:
    thread = contact.messages.exclude(direction=Message.Direction.NOTE).order_by("written_at", "pk")
    is_call = contact.channel == Contact.Channel.PHONE
    return render(
        request,
        "portal/request.html",
        {"contact": contact, "thread": thread, "form": None if is_call else form, "is_call": is_call},
        status=status,
    )
