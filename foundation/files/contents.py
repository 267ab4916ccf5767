"""Rule: what a file is, by the bytes it begins with. Nothing that its name says is believed."""

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def paper_or_picture(head: bytes) -> str:
    """The type of a PDF or a picture, such as application/pdf, by its first 1,024 bytes; empty for everything else."""
    if (begins := head.find(b"%PDF-")) == 0 or (begins > 0 and not head[:begins].strip(b"\xef\xbb\xbf \t\r\n\x00")):
        return "application/pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] in (b"II*\x00", b"MM\x00*"):
        return "image/tiff"
    return ""
