"""Rules: a picture without what its camera wrote beside it (the place above all, the owner, the device, the words), and
the right way up.

`without_words` never decodes the picture: which way up it is remains written beside it. `upright` turns the picture
itself, for programs that do not read that mark. Bytes in, bytes out; what cannot be read as its format says is given back
as it is.
"""

import io
import logging
import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image, ImageOps, JpegImagePlugin

log = logging.getLogger(__name__)

ORIENTATION, EXIF_TABLE, PLACE_TABLE, XMP = 0x0112, 0x8769, 0x8825, 700
THUMBNAIL, THUMBNAIL_LENGTH = 0x0201, 0x0202
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}  # bytes, by type of value
TURNED_AT_MOST = 25_000_000  # pixels: 75 MB while it is turned; a larger picture keeps its mark, which browsers read
TABLES_AT_MOST = 100  # pages of a TIFF; a file whose tables lead round in circles is given up

CANNOT_BE_READ = (  # what Pillow raises for a picture that is broken, cut short or made to fill the memory
    OSError,
    Image.DecompressionBombError,
    ValueError,
    SyntaxError,
    struct.error,
)

_JPEG_WORDS = {0xE1, 0xED, 0xFE}  # Exif and XMP, IPTC, comment
_PNG_WORDS = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_XMP_PACKET = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)
_TIFF_IN_HEIC = re.compile(rb"(?:Exif\x00\x00|\x00\x00\x00\x00)(II\*\x00|MM\x00\*)")


class Unreadable(ValueError):
    """The bytes are not what the format says."""


def without_words(content: bytes, content_type: str) -> bytes:
    """The picture of a type such as image/jpeg with nothing beside it but which way up it is; other files as they are."""
    clean = _CLEANERS.get(content_type)
    if clean is None:
        return content
    try:
        return clean(content)
    except (Unreadable, struct.error, LookupError) as error:
        log.info("a picture was kept as it came, it cannot be read: %s", type(error).__name__)
        return content


def upright(content: bytes, content_type: str) -> bytes:
    """The picture turned the right way up, and no mark of it left; JPEG and PNG of up to TURNED_AT_MOST pixels.

    A JPEG is packed again with the tables of its own camera, so that nothing visible is lost; what is upright already, or
    cannot be decoded, is given back as it is. A HEIC turns itself: its format says how it is shown.
    """
    kind = {"image/jpeg": "JPEG", "image/png": "PNG"}.get(content_type)
    if kind is None:
        return content
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            up = picture.getexif().get(ORIENTATION, 1)
            if up == 1 or picture.width * picture.height > TURNED_AT_MOST:
                return content
            options: dict[str, Any] = {}
            if isinstance(picture, JpegImagePlugin.JpegImageFile):
                options = {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
            if profile := picture.info.get("icc_profile"):
                options["icc_profile"] = profile
            turned = ImageOps.exif_transpose(picture)
        packed = io.BytesIO()
        turned.save(packed, kind, exif=b"", **options)
    except CANNOT_BE_READ as error:
        log.info("a picture was not turned, it cannot be read: %s", type(error).__name__)
        return content
    return packed.getvalue()


def can_be_shown(content: bytes, content_type: str) -> bool:
    """Whether a JPEG, PNG or WEBP is whole: one that was cut short on its way shows nothing, or half of it. Others are not asked.

    A JPEG is read at an eighth of its size, which takes little memory whatever its pixels; of another picture beyond
    TURNED_AT_MOST only the parts are checked.
    """
    kind = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}.get(content_type)
    if kind is None:
        return True
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=[kind]) as picture:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            if kind == "JPEG":
                picture.draft("RGB", (picture.width // 8, picture.height // 8))
            if picture.width * picture.height > TURNED_AT_MOST:
                picture.verify()
            else:
                picture.load()
    except CANNOT_BE_READ as error:
        log.info("a picture cannot be shown: %s", type(error).__name__)
        return False
    return True


def orientation_of(tiff: bytes) -> int:
    """Which way up, 1 to 8, by the Exif block that begins with its TIFF header; 1 where it does not say."""
    exif = Image.Exif()
    try:
        exif.load(tiff)
        found = int(exif.get(ORIENTATION, 1))
    except (SyntaxError, struct.error, TypeError, ValueError):
        return 1
    return found if 1 <= found <= 8 else 1


def exif_of(orientation: int) -> bytes:
    """An Exif block that says which way up and nothing else."""
    return b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, ORIENTATION, 3, 1, orientation, 0, 0)


# --- Formats made of parts ----------------------------------------------------------------------------------------
def _jpeg(content: bytes) -> bytes:
    kept, at, up = [content[:2]], 2, 1
    while True:
        if content[at] != 0xFF:
            raise Unreadable
        marker = content[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker in (0xD9, 0xDA):  # the picture itself, or the end
            break
        (length,) = struct.unpack_from(">H", content, at + 2)
        part = content[at : at + 2 + length]
        if len(part) != length + 2:
            raise Unreadable
        if marker == 0xE1 and part[4:10] == b"Exif\x00\x00":
            up = orientation_of(part[10:])
        if marker not in _JPEG_WORDS:
            kept.append(part)
        at += len(part)
    if up != 1:
        exif = b"Exif\x00\x00" + exif_of(up)
        kept.insert(1, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept) + content[at:]


def _png(content: bytes) -> bytes:
    kept, at = [content[:8]], 8
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        part = content[at : at + 12 + length]
        if len(part) != length + 12:
            raise Unreadable
        if name == b"eXIf" and (up := orientation_of(part[8:-4])) != 1:
            words = name + exif_of(up)
            part = struct.pack(">I", len(words) - 4) + words + struct.pack(">I", zlib.crc32(words))
            kept.append(part)
        elif name not in _PNG_WORDS:
            kept.append(part)
        at += length + 12
        if name == b"IEND":  # what follows the end belongs to nothing
            break
    return b"".join(kept)


def _webp(content: bytes) -> bytes:
    kept, at = [], 12
    while at < len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        part = bytearray(content[at : at + 8 + length + length % 2])
        if len(part) < length + 8:
            raise Unreadable
        if name == b"VP8X":
            part[8] &= ~0x04  # it has no XMP
        if name == b"EXIF":
            words = exif_of(orientation_of(bytes(part[8:]).removeprefix(b"Exif\x00\x00")))
            part = bytearray(struct.pack("<4sI", name, len(words)) + words)
        if name != b"XMP ":
            kept.append(bytes(part))
        at += 8 + length + length % 2
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# --- Formats whose parts are found by their places: what is taken out is overwritten --------------------------------
def _heic(content: bytes) -> bytes:
    data = bytearray(content)
    for found in _TIFF_IN_HEIC.finditer(content):
        start = found.start(1)
        order = _order(data, start)
        up = 1
        tables = list(_tables(data, start, order))
        for at, entries in tables:
            for tag, _kind, _count, place in entries:
                if tag == ORIENTATION:
                    (up,) = struct.unpack_from(f"{order}H", data, place)
            _blank(data, start, order, at, entries)
        if tables:
            at = tables[0][0]
            struct.pack_into(f"{order}HHHIHHI", data, at, 1, ORIENTATION, 3, 1, up, 0, 0)
    return _XMP_PACKET.sub(lambda packet: b" " * len(packet[0]), bytes(data))


def _tiff(content: bytes) -> bytes:
    """Of a scan only the place and the packet of words are taken: its tables say how the pages are to be read."""
    data = bytearray(content)
    order = _order(data, 0)
    for at, entries in list(_tables(data, 0, order)):
        tags = {tag for tag, _kind, _count, _place in entries}
        if tags and max(tags) <= 0x1F:  # those of a place are 0 to 31, and no page's are
            _blank(data, 0, order, at, entries)
        for tag, kind, count, place in entries:
            if tag == XMP:
                data[place : place + SIZES[kind] * count] = b" " * (SIZES[kind] * count)
    return bytes(data)


def _order(data: bytearray, start: int) -> str:
    return {b"II": "<", b"MM": ">"}[bytes(data[start : start + 2])]


def _tables(data: bytearray, start: int, order: str) -> Iterator[tuple[int, list[tuple[int, int, int, int]]]]:
    """The tables of a TIFF header: where each is, and the tag, type, count and place of each of its values."""
    (first,) = struct.unpack_from(f"{order}I", data, start + 4)
    waiting: list[int] = [first]
    seen: set[int] = set()
    while waiting and len(seen) < TABLES_AT_MOST:
        offset = waiting.pop(0)
        if not offset or offset in seen:
            continue
        seen.add(offset)
        at = start + offset
        (count,) = struct.unpack_from(f"{order}H", data, at)
        entries = []
        for number in range(count):
            entry = at + 2 + 12 * number
            tag, kind, values, word = struct.unpack_from(f"{order}HHII", data, entry)
            size = SIZES.get(kind, 0) * values
            place = entry + 8 if size <= 4 else start + word
            if not size or place + size > len(data):
                continue
            entries.append((tag, kind, values, place))
            if tag in (EXIF_TABLE, PLACE_TABLE):
                waiting.append(word)
        waiting += struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)
        yield at, entries


def _blank(data: bytearray, start: int, order: str, at: int, entries: list[tuple[int, int, int, int]]) -> None:
    """Overwrite a table and all its values, and leave an empty one."""
    words = {tag: struct.unpack_from(f"{order}I", data, place)[0] for tag, kind, _n, place in entries if kind == 4}
    if THUMBNAIL in words:
        begin, length = start + words[THUMBNAIL], words.get(THUMBNAIL_LENGTH, 0)
        end = min(begin + length, len(data))
        data[begin:end] = bytes(max(0, end - begin))
    (count,) = struct.unpack_from(f"{order}H", data, at)
    for _tag, kind, values, place in entries:
        size = SIZES[kind] * values
        data[place : place + size] = bytes(size)
    data[at : at + 6 + 12 * count] = bytes(6 + 12 * count)


_CLEANERS: dict[str, Callable[[bytes], bytes]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/heic": _heic,
    "image/tiff": _tiff,
}
