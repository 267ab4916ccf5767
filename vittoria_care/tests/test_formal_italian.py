"""What the framework itself says is Italian with the formal Lei, and the seeded texts as well."""

import re

import pytest
from django.utils.translation import gettext, override

from contact_center.models import TopicQuestion, WrapUpCode

FAMILIAR = re.compile(r"\b(tu|tuo|tua|tuoi|tue|ti|puoi|hai|vuoi|devi|inserisci|seleziona|assicurati|lei)\b")


@pytest.mark.parametrize(
    "text",
    [
        "The {name} “{obj}” was changed successfully. You may edit it again below.",
        "The {name} “{obj}” was added successfully. You may edit it again below.",
        "The {name} “{obj}” was changed successfully. You may add another {name} below.",
        "You don’t have permission to view or edit anything.",
        "Enter a valid time.",
        "Ensure this value is less than or equal to %(limit_value)s.",
        "Select a valid choice. That choice is not one of the available choices.",
        "Your password was changed.",
    ],
)
def test_the_frameworks_messages_do_not_say_tu(text):
    with override("it"):
        shown = gettext(text)
    assert shown != text
    assert FAMILIAR.findall(shown) == []


def test_a_save_says_lei():
    with override("it"):
        shown = gettext("The {name} “{obj}” was changed successfully. You may edit it again below.")
    assert shown == "Modifiche salvate: {name} «{obj}». Può modificarle di nuovo qui sotto."


@pytest.mark.django_db
def test_the_questions_of_the_first_installation_say_lei_with_a_capital():
    labels = TopicQuestion.objects.values_list("label", flat=True)
    assert [label for label in labels if re.search(r"\b(lei|le serve)\b", label)] == []


@pytest.mark.django_db
def test_the_code_of_a_complaint_asks_for_it_in_writing():
    code = WrapUpCode.objects.get(code="reclamo")
    assert (code.name, code.name_en) == (
        "Possibile reclamo: invitato a presentarlo per iscritto",
        "Possible complaint: asked to put it in writing",
    )
