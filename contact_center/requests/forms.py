"""The forms of people who write to us: an open request, a guided one, a consideration, one more message, an opinion."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact_center.models import Topic, TopicQuestion
from contact_center.requests.questions import answer_to, field_for, normalise_number
from customers.models import ContactPoint, Customer, Policy, User
from customers.validators import normalise_email, normalise_phone, normalise_tax_code
from foundation.files.accepted import KINDS, MESSAGE
from foundation.form_fields import FilesField, LineField, NormalisedField, TextField
from foundation.form_guard import GuardedForm
from foundation.telephones import shown_number

LONGEST_TEXT = 10_000
MOST_AS_CARDS = 6  # policies to choose from at a glance; more of them are a list that opens


class WithFiles(forms.Form):
    """A form that takes files. `given_up` names those too large to be read at all, `no_room` those the disk could not take."""

    # Django takes declared fields out of the class: `self.files` remains what was sent.
    files = FilesField(required=False, label=gettext_lazy("Files"))  # type: ignore[assignment]

    def __init__(self, *args: Any, given_up: Sequence[str] = (), no_room: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given_up, self.no_room = given_up, no_room
        self.fields["files"].help_text = _(
            "Up to %(most)d files (%(kinds)s), %(size)s each, %(together)s in all. Of pictures we do not keep the place "
            "where they were taken."
        ) % {
            "most": MESSAGE.files,
            "kinds": KINDS,
            "size": MESSAGE.each_in_words,
            "together": MESSAGE.together_in_words,
        }

    def _post_clean(self) -> None:
        """After everything: files that were given up, and a word about those that a browser cannot keep."""
        super()._post_clean()  # type: ignore[misc]  # the stubs of forms leave this step out
        for name in self.given_up:
            self.add_error(
                "files",
                ValidationError(
                    _("“%(name)s” is larger than %(most)s."),
                    code="file_too_large",
                    params={"name": name, "most": MESSAGE.each_in_words},
                ),
            )
        for name in self.no_room:
            self.add_error(
                "files",
                ValidationError(
                    _("“%(name)s” cannot be kept just now: send your message without it, and the file later."),
                    code="files_not_kept",
                    params={"name": name},
                ),
            )
        if self.errors and (self.files or self.given_up or self.no_room):
            self.add_error(
                "files",
                ValidationError(_("Please choose the files again: a browser does not keep them."), code="files_again"),
            )


class WriterFields(forms.Form):
    """The writer, and what every written request carries, whoever sends it: a page or a program."""

    name = LineField(max_length=200, label=gettext_lazy("Name and surname"))
    email = NormalisedField(normalise_email, widget=forms.EmailInput, label=gettext_lazy("E-mail address"))
    phone = NormalisedField(normalise_phone, required=False, widget=forms.TelInput, label=gettext_lazy("Telephone"))
    tax_code = NormalisedField(normalise_tax_code, required=False, label=gettext_lazy("Tax code"))
    policy_number = NormalisedField(normalise_number, required=False, label=gettext_lazy("Policy number"))
    privacy_version = forms.CharField(required=False, widget=forms.HiddenInput)

    about_you: tuple[str, ...] = ("name", "email", "phone", "tax_code", "policy_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, attributes in {
            "name": {"autocomplete": "name"},
            "email": {"autocomplete": "email"},
            "phone": {"autocomplete": "tel"},
            "tax_code": {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"},
            "policy_number": {"autocomplete": "off", "spellcheck": "false"},
        }.items():
            self.fields[name].widget.attrs |= attributes
        self.fields["email"].help_text = _("The answer comes here.")
        self.fields["phone"].help_text = _("If you would rather be called about it.")
        self.fields["tax_code"].help_text = _("With it, or the policy number, we find your file at once.")
        self.fields["privacy_version"].initial = settings.PRIVACY_NOTICE_VERSION

    def clean(self) -> dict[str, Any]:
        """Refuse what was sent under another privacy notice than the one in force, and show that one."""
        super().clean()
        if self.cleaned_data.get("privacy_version") != settings.PRIVACY_NOTICE_VERSION:
            assert isinstance(self.data, dict), "what was sent is a QueryDict, or a dictionary"
            data = self.data.copy()
            data[self.add_prefix("privacy_version")] = settings.PRIVACY_NOTICE_VERSION
            self.data = data
            raise ValidationError(
                _("The privacy notice has changed since you opened this page. Please read it, then send again."),
                code="privacy_version",
            )
        return self.cleaned_data

    def request_words(self) -> dict[str, Any]:
        """What `open_request` takes of a valid form."""
        given = self.cleaned_data
        taken = ("submission_key", "privacy_version", *self.about_you, "files", "subject", "text")
        return {name: given[name] for name in taken if name in given}

    def main_fields(self) -> list[forms.BoundField]:
        """What is asked before the person."""
        return [self[name] for name in ("subject", "text") if name in self.fields]

    def person_fields(self) -> list[forms.BoundField]:
        """The fields about the writer."""
        return [self[name] for name in self.about_you]


class OpenFields(WriterFields):
    """Free words."""

    subject = LineField(max_length=250, label=gettext_lazy("Subject"))
    text = TextField(most=LONGEST_TEXT, label=gettext_lazy("Your request"))


class ConsiderationFields(WriterFields):
    """A thought that asks for no answer."""

    text = TextField(most=LONGEST_TEXT, label=gettext_lazy("What would you like to tell us?"))


class GuidedFields(WriterFields):
    """The questions of a topic, and free words: obligatory only where the topic asks nothing."""

    text = TextField(most=LONGEST_TEXT, rows=5, required=False, label=gettext_lazy("Anything to add"))

    def __init__(
        self, *args: Any, topic: Topic, questions: Sequence[TopicQuestion], is_current: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.topic, self.questions, self.is_current = topic, questions, is_current
        for question in questions:
            self.fields[self.name_of(question)] = field_for(question)
        if not questions:
            self.fields["text"].required = True
            self.fields["text"].label = _("Your request")

    @staticmethod
    def name_of(question: TopicQuestion) -> str:
        """The name of a question's field."""
        return f"q-{question.code}"

    def clean(self) -> dict[str, Any]:
        """Refuse a topic that is no longer offered."""
        cleaned = super().clean()
        if not self.is_current:
            raise ValidationError(
                _("We no longer take requests on this topic here. Copy what you wrote, and choose another topic."),
                code="topic_ended",
            )
        return cleaned

    def request_words(self) -> dict[str, Any]:
        """With the topic and the answers given."""
        given = ((each, self.cleaned_data.get(self.name_of(each))) for each in self.questions)
        answers = [answer_to(question, value) for question, value in given if value not in (None, "")]
        words = {**super().request_words(), "topic": self.topic, "answers": answers}
        if not words.get("policy_number") and (asked := self._asks_policy()):
            words["policy_number"] = self.cleaned_data.get(self.name_of(asked)) or ""
        return words

    def main_fields(self) -> list[forms.BoundField]:
        """The questions, then the free words."""
        return [*(self[self.name_of(each)] for each in self.questions), self["text"]]

    def person_fields(self) -> list[forms.BoundField]:
        """The fields about the writer; their policy is not asked twice."""
        return [each for each in super().person_fields() if each.name != "policy_number" or not self._asks_policy()]

    def _asks_policy(self) -> TopicQuestion | None:
        """The question about the policy's number, where the topic has one."""
        return next((each for each in self.questions if each.kind == TopicQuestion.Kind.POLICY_NUMBER), None)


class PublicForm(WriterFields, WithFiles, GuardedForm):
    """What a form on a public page has beside its questions: the writer, the files, the guard."""


class OpenRequestForm(OpenFields, PublicForm):
    """An open request on its page."""


class ConsiderationForm(ConsiderationFields, PublicForm):
    """A consideration on its page."""


class GuidedRequestForm(GuidedFields, PublicForm):
    """A guided request on its page."""


class OfCustomer(WriterFields):
    """A request of a customer who has signed in: who they are is known, and the policy is chosen among their own."""

    about_you = ("policy_number", "email", "phone")
    reached_by = ("email", "phone")  # known, and shown as such: a person who wants another says so

    def __init__(self, *args: Any, customer: Customer, policies: Sequence[Policy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        for name in ("name", "tax_code"):
            del self.fields[name]
        choices = [("", _("None of them")), *((each.number, _policy_in_words(each)) for each in policies)]
        widget = forms.RadioSelect if 0 < len(policies) <= MOST_AS_CARDS else forms.Select
        asked = [name for name, field in self.fields.items() if name == "policy_number" or self._is_policy(name)]
        for name in asked:
            # “None of them” is an answer, also where the topic asks everybody else for a number.
            self.fields[name] = forms.ChoiceField(
                choices=choices, widget=widget, required=False, label=_("Which policy it is about")
            )
            self.initial.setdefault(name, self.initial.get("policy_number", ""))

    def _is_policy(self, name: str) -> bool:
        return any(
            name == GuidedFields.name_of(each) and each.kind == TopicQuestion.Kind.POLICY_NUMBER
            for each in getattr(self, "questions", ())
        )

    def person_fields(self) -> list[forms.BoundField]:
        """Which policy it is about, where the topic does not ask that itself."""
        return [each for each in super().person_fields() if each.name not in self.reached_by]

    def known_fields(self) -> list[forms.BoundField]:
        """How we reach them, filled in already."""
        return [self[name] for name in self.reached_by]

    def known(self) -> list[tuple[str, str]]:
        """Name and value of what we know and do not ask: the answer goes to the address that stands here."""
        email, phone = (str(self[name].value() or "") for name in self.reached_by)
        return [
            (_("You write as"), self.customer.letter_name),
            (_("The answer goes to"), email),
            (_("Telephone"), shown_number(phone) if phone else _("none that we know")),
        ]

    def is_wrongly_known(self) -> bool:
        """Whether what is filled in already is to be corrected: then it is shown opened."""
        return any(name in self.errors for name in self.reached_by)

    def request_words(self) -> dict[str, Any]:
        """With name and tax code as we hold them."""
        known = known_of_customer(self.customer)
        return {"name": known["name"], "tax_code": known["tax_code"], **super().request_words()}


def _policy_in_words(policy: Policy) -> str:
    return " · ".join(filter(None, [policy.product, policy.plate, policy.number]))


class CustomersRequestForm(OfCustomer, OpenRequestForm):
    """An open request in the reserved area."""


class CustomersGuidedForm(OfCustomer, GuidedRequestForm):
    """A guided request in the reserved area."""


class CustomersOpenFields(OfCustomer, OpenFields, WithFiles):
    """An open request of a customer, sent by a program of theirs: there is no page to guard."""


class CustomersGuidedFields(OfCustomer, GuidedFields, WithFiles):
    """A guided request of a customer, sent by a program of theirs."""


class EnoughForm(forms.Form):
    """What was answered before anything was written: was it enough? The key keeps a press sent twice from counting twice."""

    ENOUGH, WRITE = "yes", "no"

    helped = forms.ChoiceField(choices=[(ENOUGH, ENOUGH), (WRITE, WRITE)])
    submission_key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)


class MessageFields(WithFiles):
    """One more message in a thread, whoever sends it: a page or a program."""

    field_order = ("text", "files")

    text = TextField(most=LONGEST_TEXT, rows=6, label=gettext_lazy("Your message"))


class AnotherMessageForm(MessageFields, GuardedForm):
    """One more message in a thread, on its page."""


class SurveyForm(forms.Form):
    """Was it resolved, and how well."""

    resolved = forms.ChoiceField(
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
        label=gettext_lazy("Was your request resolved?"),
    )
    rating = forms.TypedChoiceField(
        choices=[
            ("5", gettext_lazy("5 – very satisfied")),
            ("4", "4"),
            ("3", "3"),
            ("2", "2"),
            ("1", gettext_lazy("1 – not at all satisfied")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        label=gettext_lazy("How satisfied are you with how we dealt with it?"),
    )
    comment = TextField(most=2_000, rows=4, required=False, label=gettext_lazy("Would you like to tell us why?"))


def known_of(user: User, customer: Customer | None) -> dict[str, str]:
    """What a form need not ask of a person who has signed in."""
    if customer is None:
        return {"name": user.get_full_name(), "email": user.email} if user.is_authenticated else {}
    phones = ContactPoint.objects.filter(customer=customer, kind=ContactPoint.Kind.PHONE)
    phone = phones.order_by(F("verified_at").desc(nulls_last=True), "pk").values_list("value", flat=True).first()
    return {"email": user.email, "phone": phone or "", **known_of_customer(customer)}


def known_of_customer(customer: Customer) -> dict[str, str]:
    """Name and tax code as we hold them."""
    return {
        "name": customer.company_name or f"{customer.first_name} {customer.last_name}".strip(),
        "tax_code": customer.tax_code or customer.vat_number,
    }
