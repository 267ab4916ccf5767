"""Files that people put behind a letter: a PDF of some pages, a picture."""

import io

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

A4 = (595, 842)


def pdf(text="pagina", *, pages=1, size=A4, rotate=0, password="", owner="") -> bytes:
    """A PDF whose pages have the text and their number; `password` is asked for by whoever opens it, `owner` to change it."""
    writer = PdfWriter()
    for number in range(1, pages + 1):
        page = writer.add_blank_page(*size)
        font = DictionaryObject({NameObject(f"/{key}"): NameObject(f"/{value}") for key, value in FONT})
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
        )
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 20 Tf 40 {size[1] - 60} Td ({text} {number}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(content)
        if rotate:
            page.rotate(rotate)
    if password or owner:
        writer.encrypt(password, owner or None, algorithm="AES-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


FONT = (("Type", "Font"), ("Subtype", "Type1"), ("BaseFont", "Helvetica"))


def picture(kind="PNG", size=(40, 30), *, frames=1, **options) -> bytes:
    """A picture, red on its left half."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    made = io.BytesIO()
    more = {"save_all": True, "append_images": [image] * (frames - 1)} if frames > 1 else {}
    image.save(made, kind, **options, **more)
    return made.getvalue()
