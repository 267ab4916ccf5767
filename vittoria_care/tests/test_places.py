"""A mistyped or forgotten word for the kind of place starts nothing."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from vittoria_care import places, secret_key
from vittoria_care.embedded import servers


@pytest.mark.parametrize("word", places.WORDS)
def test_the_three_words_are_taken(word):
    assert places.check(word, is_given=True, hosts=["care.example"], behind_proxy=True, bind="0.0.0.0:80") is None


@pytest.mark.parametrize("word", ["prod", "Production", "PRODUCTION", "staging", ""])
def test_any_other_word_is_refused(word):
    with pytest.raises(ImproperlyConfigured, match="it is development, test or production"):
        places.check(word, is_given=True)


@pytest.mark.parametrize(
    "public", [{"hosts": ["care.example"]}, {"hosts": ["*"]}, {"behind_proxy": True}, {"bind": "0.0.0.0:8000"}]
)
def test_a_word_that_was_forgotten_is_asked_for_where_others_are_answered(public):
    with pytest.raises(ImproperlyConfigured, match="ENVIRONMENT is not set"):
        places.check("development", is_given=False, **public)


@pytest.mark.parametrize(
    "local",
    [
        {},
        {"hosts": ["localhost", "127.0.0.1"]},
        {"bind": "127.0.0.1:8000"},
        {"bind": "[::1]:80"},
        {"bind": "unix:/run/care"},
    ],
)
def test_on_this_machine_alone_no_word_is_needed(local):
    assert places.check("development", is_given=False, **local) is None


def manage(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=servers.ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "vittoria_care.settings", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_command_says_it_in_one_line():
    done = manage("check", ENVIRONMENT="prod")
    assert (done.returncode, done.stderr) == (2, 'ENVIRONMENT is "prod": it is development, test or production.\n')


def test_a_production_without_a_key_says_what_is_missing():
    done = manage(
        "check",
        ENVIRONMENT="production",
        SECRET_KEY="",
        DATABASE_URL="postgres://care@db.example/care",
        REDIS_URL="redis://broker.example/0",
        SITE_URL="https://care.example",
        ALLOWED_HOSTS="care.example",
        EMAIL_URL="smtp://mail.example:25",
    )
    assert "Traceback" not in done.stderr
    assert "(vittoria_care.E001) SECRET_KEY is not set." in done.stderr


# --- The key of a development ---------------------------------------------------------------------------------------
def test_the_key_of_a_folder_is_made_once_and_for_its_owner_alone(tmp_path):
    key = secret_key.of_this_folder(tmp_path / "var")
    assert secret_key.of_this_folder(tmp_path / "var") == key
    assert (tmp_path / "var" / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret-key"]


def test_two_folders_have_two_keys(tmp_path):
    assert secret_key.of_this_folder(tmp_path / "one") != secret_key.of_this_folder(tmp_path / "two")
