"""Of a picture only the picture is kept, and which way up it is."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageChops, ImageStat

from foundation.files import pictures
from foundation.files.accepted import check_file, check_files
from foundation.files.pictures import can_be_shown, exif_of, orientation_of, upright, without_words

SIDEWAYS = 6
PLACE = {1: "N", 2: (45.0, 27.0, 51.25), 3: "E", 4: (9.0, 11.0, 23.5)}
OWNER = "Ametistelli"


def exif():
    made = Image.Exif()
    made[0x0112], made[0x013B] = SIDEWAYS, OWNER
    made.get_ifd(0x8825).update(PLACE)
    made.get_ifd(0x8769)[0xA431] = "SERIAL-4711"
    return made


def picture(kind, **options):
    drawn = Image.effect_noise((64, 48), 60).convert("RGB")
    out = io.BytesIO()
    drawn.save(out, kind, exif=exif(), **options)
    return out.getvalue()


def heic():
    """The beginning of a picture of a telephone: its Exif block stands somewhere inside, and its place is noted elsewhere."""
    block = b"Exif\x00\x00" + exif().tobytes().removeprefix(b"Exif\x00\x00")
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x01" * 40 + block + b"\x02" * 40


@pytest.mark.parametrize(
    ("kind", "content_type", "options"),
    [
        ("JPEG", "image/jpeg", {"comment": OWNER}),
        ("PNG", "image/png", {}),
        ("WEBP", "image/webp", {"xmp": f"<x:xmpmeta>{OWNER}</x:xmpmeta>".encode()}),
    ],
)
def test_place_owner_and_device_go_and_the_picture_is_the_same(kind, content_type, options):
    before = picture(kind, **options)
    after = without_words(before, content_type)
    left = Image.open(io.BytesIO(after)).getexif()
    assert (left.get(0x0112), dict(left.get_ifd(0x8825)), dict(left.get_ifd(0x8769))) == (SIDEWAYS, {}, {})
    assert OWNER.encode() not in after
    assert b"SERIAL-4711" not in after
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(before)).tobytes()


def test_of_a_picture_of_a_telephone_the_words_are_overwritten_where_they_stand():
    before = heic()
    after = without_words(before, "image/heic")
    block = after[after.index(b"Exif\x00\x00") + 6 :]
    left = Image.Exif()
    left.load(block)
    assert (len(after), dict(left), dict(left.get_ifd(0x8825))) == (len(before), {0x0112: SIDEWAYS}, {})
    assert OWNER.encode() not in after
    assert b"SERIAL-4711" not in after
    assert after[: after.index(b"Exif")] == before[: before.index(b"Exif")]


def test_of_a_scan_the_place_goes_and_the_pages_remain():
    out = io.BytesIO()
    pages = [Image.effect_noise((40, 30), 60) for _page in range(2)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], exif=exif())
    after = without_words(out.getvalue(), "image/tiff")
    before, read = Image.open(out), Image.open(io.BytesIO(after))
    assert (read.n_frames, {tag for tag, value in read.getexif().get_ifd(0x8825).items() if value}) == (2, set())
    for number in range(2):
        before.seek(number)
        read.seek(number)
        assert read.tobytes() == before.tobytes()


def test_a_picture_without_words_remains_as_it_is():
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    assert without_words(out.getvalue(), "image/jpeg") == out.getvalue()


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png", "image/webp", "image/heic", "image/tiff"])
@pytest.mark.parametrize("cut", [13, 40, 200])
def test_what_cannot_be_read_is_kept_as_it_came(content_type, cut):
    kind = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}.get(content_type)
    whole = picture(kind) if kind else heic()
    assert len(without_words(whole[:cut], content_type)) <= cut


def test_a_file_that_is_sent_is_kept_without_them_and_its_digest_is_of_what_is_kept():
    before = picture("JPEG")
    checked = check_file(SimpleUploadedFile("foto.jfif", before))
    kept = checked.content.read()
    assert (checked.name, checked.content_type, checked.size) == ("foto.jfif", "image/jpeg", len(kept))
    assert kept == without_words(before, "image/jpeg") != before


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_turned_upright_and_its_mark_goes_with_that(kind):
    before = picture(kind)
    turned = check_file(SimpleUploadedFile(f"foto.{'jpg' if kind == 'JPEG' else 'png'}", before), turns=True)
    after = Image.open(turned.content)
    assert (after.size, after.getexif().get(0x0112)) == ((48, 64), None)
    turned.content.seek(0)
    assert OWNER.encode() not in turned.content.read()


@pytest.mark.parametrize(("kind", "content_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_picture_that_is_upright_is_not_packed_again(kind, content_type):
    out = io.BytesIO()
    Image.effect_noise((64, 48), 60).convert("RGB").save(out, kind)
    assert upright(out.getvalue(), content_type) == out.getvalue()


def test_what_a_jpeg_shows_is_the_same_after_it_is_turned():
    before = without_words(picture("JPEG", quality=90), "image/jpeg")
    after = Image.open(io.BytesIO(upright(before, "image/jpeg")))
    wanted = Image.open(io.BytesIO(before)).transpose(Image.Transpose.ROTATE_270)
    difference = ImageChops.difference(after.convert("RGB"), wanted.convert("RGB"))
    assert max(ImageStat.Stat(difference).mean) < 3  # of 255, and noise is the worst there is


def test_a_picture_too_large_to_be_turned_keeps_its_mark(monkeypatch):
    monkeypatch.setattr(pictures, "TURNED_AT_MOST", 64 * 48 - 1)
    before = without_words(picture("JPEG"), "image/jpeg")
    assert upright(before, "image/jpeg") == before


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png"])
def test_what_cannot_be_decoded_is_not_turned(content_type):
    cut = picture("JPEG" if content_type == "image/jpeg" else "PNG")[:400]
    assert upright(cut, content_type) == cut


@pytest.mark.parametrize("up", range(1, 9))
def test_which_way_up_is_read_as_it_is_written(up):
    assert orientation_of(exif_of(up)) == up


# --- Cut short on its way
KINDS = [("JPEG", "image/jpeg", "jpg"), ("PNG", "image/png", "png"), ("WEBP", "image/webp", "webp")]


@pytest.mark.parametrize(("kind", "content_type", "extension"), KINDS)
def test_a_picture_that_came_in_half_is_refused_by_its_name_and_a_whole_one_is_not(kind, content_type, extension):
    whole = picture(kind)
    assert can_be_shown(whole, content_type)
    half = SimpleUploadedFile(f"foto.{extension}", whole[: len(whole) * 2 // 3])
    with pytest.raises(ValidationError) as refusal:
        check_files([half])
    [error] = refusal.value.error_list
    assert (error.code, f"foto.{extension}" in error.message) == ("file_damaged", True)


def test_a_large_jpeg_is_read_too_with_little_memory(monkeypatch):
    monkeypatch.setattr(pictures, "TURNED_AT_MOST", 64 * 48 - 1)
    whole = picture("JPEG")
    assert (can_be_shown(whole, "image/jpeg"), can_be_shown(whole[:-400], "image/jpeg")) == (True, False)


def test_what_comes_by_mail_is_kept_as_it_came():
    half = picture("JPEG")[:-400]
    assert check_file(SimpleUploadedFile("foto.jpg", half)).content_type == "image/jpeg"
