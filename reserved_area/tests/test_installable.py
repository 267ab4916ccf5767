"""The reserved area on a telephone: what makes it installable, what its worker keeps, and how that is ended.

The worker itself is run, by the node that Playwright brings, in a world that stands for a browser (worker_world.js).
"""

import json
import subprocess
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright._impl._driver import compute_driver_executable

from customers import roles
from customers.tests.factories import ReservedAreaAccountFactory
from customers.tests.sign_in import signed_in, signed_in_as
from reserved_area.menu import PLACES

pytestmark = pytest.mark.django_db
WORLD = Path(__file__).with_name("worker_world.js")
HOME, OFFLINE, SIGN_OUT = "/area-riservata/", "/fuori-rete/", "/accesso/logout/"


def worker():
    return Client().get("/service-worker.js").content.decode()


def lived(*steps, script=None):
    """What became of a worker that these events came to."""
    given = json.dumps({"worker": script or worker(), "steps": steps})
    done = subprocess.run(
        [compute_driver_executable()[0], str(WORLD)], input=given, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def navigate(address):
    return {"event": "fetch", "address": address, "mode": "navigate"}


INSTALLED = ({"event": "install"}, {"event": "activate"})


# --- What makes it installable --------------------------------------------------------------------------------------
def test_the_manifest_has_what_a_telephone_asks_for():
    answer = Client().get("/app.webmanifest", headers={"accept-language": "en"})
    manifest = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["start_url"], manifest["display"], manifest["lang"]) == (HOME, "standalone", "it")
    assert manifest["shortcuts"][0]["name"] == "Denunciare un sinistro"
    assert {each["purpose"] for each in manifest["icons"]} == {"any", "maskable"}


def test_each_icon_is_a_picture_of_the_size_that_it_says():
    for each in Client().get("/app.webmanifest").json()["icons"]:
        with Image.open(finders.find(each["src"].removeprefix("/static/"))) as picture:
            assert "{}x{}".format(*picture.size) == each["sizes"]


def test_the_worker_is_in_charge_of_the_site_and_asked_for_each_time():
    answer = Client().get("/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Service-Worker-Allowed"], answer["Cache-Control"]) == ("/", "no-cache")


def test_pages_of_the_reserved_area_name_the_manifest_and_register_the_worker():
    page = signed_in(ReservedAreaAccountFactory().user).get(HOME)
    text = page.content.decode()
    assert 'rel="manifest" href="/app.webmanifest"' in text
    assert 'data-worker="/service-worker.js"' in text
    assert "worker-src 'self'" in page["Content-Security-Policy"]


def test_a_colleague_without_a_second_factor_still_gets_the_worker(settings):
    settings.STAFF_SECOND_FACTOR = "required"
    assert signed_in_as(roles.AGENT).get("/service-worker.js").status_code == 200


# --- What is kept ---------------------------------------------------------------------------------------------------
def test_static_files_and_one_page_are_kept_and_asked_for_without_cookies():
    life = lived(*INSTALLED)
    [kept] = life["kept"].values()
    assert [each for each in kept if not each.startswith("/static/")] == [OFFLINE]
    assert {each["credentials"] for each in life["fetched"]} == {"omit"}


def test_everything_that_is_kept_exists():
    [kept] = lived(*INSTALLED)["kept"].values()
    assert [
        each for each in kept if each.startswith("/static/") and not finders.find(each.removeprefix("/static/"))
    ] == []


def test_the_page_that_is_kept_is_about_nobody():
    user = ReservedAreaAccountFactory().user
    assert signed_in(user).get(OFFLINE).content == Client().get(OFFLINE).content


def test_after_a_visit_to_every_room_nothing_of_a_person_is_kept():
    rooms = [HOME, *(reverse(place.address) for place in PLACES)]
    life = lived(*INSTALLED, *(navigate(room) for room in rooms), {"event": "fetch", "address": "/api/v1/me/home/"})
    assert life["answers"][2:] == [*(f"network:{room}" for room in rooms), None]
    [kept] = life["kept"].values()
    assert not set(kept) & set(rooms)


def test_without_a_network_the_page_that_is_kept_is_shown_and_static_files_come_from_the_telephone():
    life = lived(
        *INSTALLED,
        {"network": False},
        navigate(HOME),
        {"event": "fetch", "address": "/static/css/app.css", "mode": "cors"},
    )
    assert life["answers"][2:] == [f"network:{OFFLINE}", "network:/static/css/app.css"]
    assert life["fetched"][-1]["path"] == HOME


@pytest.mark.parametrize(
    "address", ["/backoffice/", "/dashboard/", "/", "/api/v1/figures/", "https://altrove.example/area-riservata/"]
)
def test_everything_else_goes_by_the_worker_untouched(address):
    assert lived(*INSTALLED, navigate(address))["answers"][2:] == [None]


def test_what_is_sent_is_never_touched():
    sent = {"event": "fetch", "address": f"{HOME}profilo/lingua/", "method": "POST", "mode": "navigate"}
    assert lived(*INSTALLED, {"network": False}, sent)["answers"][2:] == [None]


# --- What is pushed ---------------------------------------------------------------------------------------------------
def test_what_is_pushed_is_shown_and_kept_nowhere():
    pushed = json.dumps({"title": "Polizza in scadenza", "text": "La aspetta", "tag": "t", "link": f"{HOME}avvisi/7/"})
    life = lived(*INSTALLED, {"event": "push", "pushed": pushed})
    [shown] = life["shown"]
    assert (shown["title"], shown["body"], shown["tag"]) == ("Polizza in scadenza", "La aspetta", "t")
    assert shown["data"] == {"link": f"{HOME}avvisi/7/"}
    assert "La aspetta" not in json.dumps(life["kept"])


def test_what_cannot_be_read_is_shown_without_details():
    [shown] = lived(*INSTALLED, {"event": "push", "pushed": "{"})["shown"]
    assert (shown["title"], shown["body"]) == ("Vittoria Care", "")


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        (f"{HOME}avvisi/7/", f"https://care.example{HOME}avvisi/7/"),
        ("https://altrove.example/", f"https://care.example{HOME}"),
        ("//altrove.example/", f"https://care.example{HOME}"),
    ],
)
def test_a_press_opens_its_page_and_none_of_anybody_else(link, leads_to):
    pressed = {"event": "notificationclick", "clicked": {"link": link}}
    assert lived(*INSTALLED, pressed)["opened"] == [["open", leads_to]]
    window = {"windows": [f"https://care.example{HOME}polizze/"]}
    assert lived(*INSTALLED, window, pressed)["opened"] == [["navigate", leads_to]]


# --- How it ends ----------------------------------------------------------------------------------------------------
def test_signing_out_empties_what_was_kept_and_the_next_visit_fills_it_again():
    out = {"event": "fetch", "address": SIGN_OUT, "method": "POST", "mode": "navigate"}
    assert lived(*INSTALLED, out)["kept"] == {}
    [kept] = lived(*INSTALLED, out, {"event": "message", "data": "fill"})["kept"].values()
    assert OFFLINE in kept


def test_a_new_version_deletes_what_the_one_before_kept_and_nothing_of_others():
    life = lived({"earlier": "vittoria-care-before"}, {"earlier": "of-another-site"}, *INSTALLED)
    names = set(life["kept"])
    assert "vittoria-care-before" not in names
    assert "of-another-site" in names


def test_the_version_follows_what_is_kept(monkeypatch):
    before = worker()
    monkeypatch.setattr("reserved_area.installable.SHELL", ("css/app.css",))
    names = [next(line for line in text.splitlines() if line.startswith("const CACHE")) for text in (before, worker())]
    assert names[0] != names[1]


def test_switched_off_the_worker_empties_everything_of_ours_and_goes(settings):
    before = worker()
    settings.INSTALLABLE = False
    name = lived(*INSTALLED, script=before)["kept"]
    life = lived(*({"earlier": each} for each in name), *INSTALLED)
    assert (life["kept"], life["registered"]) == ({}, False)


def test_switched_off_no_page_registers_it(settings):
    settings.INSTALLABLE = False
    page = signed_in(ReservedAreaAccountFactory().user).get(HOME).content.decode()
    assert "service-worker.js" not in page
    assert "webmanifest" not in page
