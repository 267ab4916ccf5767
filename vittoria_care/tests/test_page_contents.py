"""What the pages of the back office contain, by role: nothing of rows that one may not read, no link that refuses.

The walk of doors (test_rights.py) says who may open a page; this walk draws each page and reads what is in it.
"""

import re

import pgtrigger
import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import Resolver404, resolve, reverse

from complaints.models import Complaint, Feedback
from contact_center.models import Call, Contact, WebFormRequest
from customers import roles
from customers.models import Claim, Customer, Document, Policy, PolicyPerson
from notifications.models import Notice
from vittoria_care import rights
from vittoria_care.rights import Who
from vittoria_care.tests.rights_world import OURS, World, make_world

# A field of each model that pages print, and a word for it that stands nowhere else.
MARKED = {
    Complaint: ("subject", "Opalescenti"),
    Feedback: ("text", "Turmalinici"),
    Contact: ("subject", "Granatiferi"),
    WebFormRequest: ("policy_number", "Topaziali"),
    Call: ("external_id", "Malachitici"),
    Notice: ("subject", "Lapislazzuli"),
    Policy: ("number", "Corallini"),
    Claim: ("number", "Diasprini"),
    Document: ("title", "Agatati"),
    PolicyPerson: ("name", "Ambrati"),
}
HREF = re.compile(r'href="(/[^"#]*)')
DOORS: dict[str, list[rights.Door]] = {}
for door in rights.all_doors():
    DOORS.setdefault(door.address, []).append(door)


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """In place of the database that each test has to itself: one for the module, undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(db, tmp_path_factory):
    kept = {"EMAIL_FILE_PATH": tmp_path_factory.mktemp("mail"), "MEDIA_ROOT": tmp_path_factory.mktemp("media")}
    with override_settings(EMAIL_BACKEND="vittoria_care.demonstration.mail.EmailBackend", **kept):
        world = make_world()
        for model, (field, word) in MARKED.items():
            with pgtrigger.ignore("notifications.Notice:what_went_is_fixed", "customers.Document:document_is_fixed"):
                model._base_manager.filter(pk=world.rows[OURS][model].pk).update(**{field: word})
        yield world


def pages_of(world: World, person):
    """The first page, every list whole, every row of ours and every command that this person may open."""
    yield reverse("admin:index")
    for model, office in rights.office_models().items():
        if not person.may((f"{model._meta.app_label}.view_{model._meta.model_name}",)):
            continue
        stem, row = f"admin:{model._meta.app_label}_{model._meta.model_name}", world.rows[OURS].get(model)
        yield f"{reverse(f'{stem}_changelist')}?work=all" if _works(office) else reverse(f"{stem}_changelist")
        if row is not None:
            yield reverse(f"{stem}_change", args=[row.pk])
            for command in office.commands:
                if person.may((command.permission,)):
                    yield office.command_url(command.name, row)


def _works(office) -> bool:
    return any(getattr(each, "parameter_name", "") == "work" for each in office.list_filter)


def opens(person, path: str) -> bool:
    """Whether the table of doors lets the person look at the address of a link."""
    if path.startswith("/static/"):
        return True
    try:
        match = resolve(path)
    except Resolver404:
        return False
    doors = [door for door in DOORS.get(match.view_name, ()) if "GET" in door.methods]
    if match.view_name.endswith(("_command", "_list_command")):
        doors = [door for door in doors if door.command == match.kwargs["name"]]
    return any(door.who is not Who.STAFF or person.may(door.needs) for door in doors)


@pytest.mark.parametrize("label", sorted(roles.STAFF))
def test_a_page_shows_what_its_reader_may_read_and_leads_where_they_may_go(world, label):
    person, wrong, drawn = world.people[label], [], 0
    hidden = {
        word
        for model, (_field, word) in MARKED.items()
        if not person.may((f"{model._meta.app_label}.view_{model._meta.model_name}",))
    }
    for path in pages_of(world, person):
        answer, content, _written = world.ask(person, "GET", path)
        page, drawn = content.decode(), drawn + 1
        assert answer.status_code in (200, 409), path
        wrong += [f"{path} shows {word}" for word in hidden if word.lower() in page.lower()]
        links = {link.partition("?")[0] for link in HREF.findall(page)}
        wrong += [f"{path} leads to {link}" for link in links if not opens(person, link)]
    assert drawn > 5 or label == roles.CAMPAIGN_AUTHOR
    assert not wrong, "\n".join(sorted(wrong))


def test_the_words_are_printed_for_people_who_may_read_them(world):
    """Or the test above would look for what is nowhere."""
    person, printed = world.people["the superuser"], ""
    for path in pages_of(world, person):
        printed += world.ask(person, "GET", path)[1].decode()
    assert {word for _field, word in MARKED.values() if word not in printed} == set()
    assert world.rows[OURS][Customer].last_name in printed
