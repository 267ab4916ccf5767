"""Fields and forms of documents: what came by mail, by PEC or on paper, and what is added later."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.codes.forms import CodeChoice
from complaints.documents.mail import ReadMail, read_mail
from complaints.models import ComplaintDocument
from complaints.models.code import CodeList
from foundation.files.accepted import CLAIM, KINDS, MAIL, MEGABYTE, CheckedFile, Limits, check_files
from foundation.form_fields import ChooseAgain, DateInput, FilesInput

MANDATE_FILES = Limits(files=3, each=10 * MEGABYTE, together=20 * MEGABYTE)
ORIGINALS = CLAIM  # what an officer enters: a letter with all its enclosures


class Originals(list[CheckedFile]):
    """Files as they came, and those of them that are mails, read."""

    def __init__(self, files: Iterable[CheckedFile] = ()) -> None:
        super().__init__(files)
        self.mails: list[ReadMail] = []
        for each in self:
            if each.content_type == MAIL:
                each.content.seek(0)
                self.mails.append(read_mail(each.content.read()))
                each.content.seek(0)


class OriginalsField(forms.Field):
    """Files as they came, checked. A mail (.eml) is taken whatever it holds: it is the original, and only handed out again.

    Everything else follows the rules of all uploads, and what is wrong is said of every file.
    """

    widget = FilesInput

    def clean(self, value: Any) -> Originals:
        """Check them all; ValidationError lists whatever is wrong."""
        uploads: list[UploadedFile] = value or []
        if self.required and not uploads:
            raise ValidationError(_("Choose a file."), code="required")
        return Originals(check_files(uploads, ORIGINALS, keeps_mail=True))


def limits_in_words() -> str:
    """What may be sent, for the help of a field."""
    return _("Up to %(most)d files (%(kinds)s), %(size)s each, %(together)s in all.") % {
        "most": ORIGINALS.files,
        "kinds": KINDS,
        "size": ORIGINALS.each_in_words,
        "together": ORIGINALS.together_in_words,
    }


class AddDocumentsForm(ChooseAgain):
    """Documents that reached us by another way than the complaint's page."""

    documents = OriginalsField(label=gettext_lazy("Files"))
    giver = forms.ChoiceField(
        label=gettext_lazy("Given by"), choices=ComplaintDocument.Giver.choices, initial="complainant"
    )
    way = CodeChoice(CodeList.CHANNEL, label=gettext_lazy("By way of"), empty=True)
    given_on = forms.DateField(label=gettext_lazy("Given on"), widget=DateInput)
    is_mandate = forms.BooleanField(
        label=gettext_lazy("The first file is the mandate of whoever writes for another"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["documents"].help_text = limits_in_words()
        self.fields["given_on"].initial = timezone.localdate()
