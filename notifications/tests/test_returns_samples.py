"""Bounces and mails that other projects test with: each comes out as its project says. `make samples` fetches them (var/samples).

None of them is in this project: without them these tests are left out, and `make samples` fails where one is missing.
"""

import ast
import logging
import os
import sysconfig
from email import message_from_bytes
from pathlib import Path

import pytest
from django.conf import settings
from flufl.bounce import all_failures

from notifications.returns.reading import Kind, read_return, text_in

SAMPLES = Path(settings.BASE_DIR) / "var" / "samples"
MUST_BE_THERE = os.environ.get("SAMPLES") == "required"
BOUNCES = sorted(SAMPLES.glob("flufl_bounce-*/tests/data/*.txt"))
MAILS = sorted(SAMPLES.glob("mail_parser-*/tests/mails/*"))
PYTHON = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("test/test_email/data/msg_*.txt"))
# What of Python's own samples, and of mail-parser's, is no answer of a person.
OTHERS = {
    "msg_05.txt": Kind.UNREADABLE,  # a report without its parts
    "msg_16.txt": Kind.BOUNCE,
    "msg_19.txt": Kind.UNREADABLE,  # no headers
    "msg_25.txt": Kind.UNREADABLE,  # a mail system's word about nobody
    "msg_42.txt": Kind.UNREADABLE,  # empty, from a mail system
    "msg_43.txt": Kind.BOUNCE,
    "mail_malformed_2": Kind.BOUNCE,
    "mail_outlook_1": Kind.UNREADABLE,  # a program's own format
}


def expected() -> dict[str, tuple[set[str], bool]]:
    """Whom each bounce is about and whether it is only a delay, by the table of its project's own tests; not run, only read."""
    [source] = SAMPLES.glob("flufl_bounce-*/tests/test_detectors.py")
    found: dict[str, tuple[set[str], bool]] = {}
    for node in ast.parse(source.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DETECTORS":
            for _detector, name, addresses, is_delay in ast.literal_eval(node.value):
                if addresses:
                    found[name] = ({address.decode() for address in addresses}, is_delay)
    return found


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level(logging.CRITICAL)


def test_the_samples_are_there():
    if not MUST_BE_THERE and not (BOUNCES and MAILS):
        pytest.skip("make samples fetches them")
    assert (len(BOUNCES), len(MAILS)) == (117, 23)


@pytest.mark.parametrize("path", BOUNCES, ids=lambda path: path.name)
def test_a_bounce_is_about_whom_its_project_says(path):
    found = read_return(path.read_bytes())
    if path.name in (known := expected()):
        recipients, is_delay = known[path.name]
        assert (set(found.recipients), found.kind) == (recipients, Kind.DELAYED if is_delay else Kind.BOUNCE)
        return
    # Those of which one detector says nothing: the detectors together are its project's word.
    delayed, failed = all_failures(message_from_bytes(path.read_bytes()))
    assert set(found.recipients) == {address.decode() for address in delayed | failed}
    assert (found.kind == Kind.BOUNCE) == bool(failed)


@pytest.mark.parametrize("path", [*PYTHON, *MAILS], ids=lambda path: path.name)
def test_a_mail_is_an_answer_unless_a_machine_wrote_it(path):
    raw = path.read_bytes()
    found = read_return(raw)
    assert found.kind == OTHERS.get(path.name, Kind.ANSWER)
    for text in (found.subject, found.sender, found.words, text_in(raw)):
        assert "\0" not in text
        text.encode()
