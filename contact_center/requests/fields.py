"""The files of the public forms; their other fields are those of `foundation.form_fields`."""

from typing import Any

from django import forms

from contact_center.contacts.attachments import ACCEPTED, check_files


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ACCEPTED, "multiple": True})


class FilesField(forms.Field):
    """Files of a message, checked: a list of `CheckedFile`."""

    widget = FilesInput

    def clean(self, value: Any) -> list[Any]:
        """Check them all; ValidationError lists whatever is wrong."""
        return check_files(value or [])
