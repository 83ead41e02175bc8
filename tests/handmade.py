"""Files made by hand, byte by byte where it matters: what the tests of reading and its benchmark feed in."""

from __future__ import annotations

import io
import zipfile
import zlib

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(pages, mapping="unicode", size=12, objects=(), content=None) -> bytes:
    """A PDF of pages of lines; ``mapping`` "garbage" gives codes that mean nothing, "none" an image without text.

    ``objects`` replaces numbered objects (1 catalogue, 2 page tree, 3 font), ``content`` every page's stream.
    """
    fonts = {
        "unicode": b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
        "garbage": b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    bodies = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        3: fonts.get(mapping, fonts["garbage"]),
        4: b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000>>",
    }
    kids = []
    for lines in pages:
        stream = b"0 0 100 100 re f"
        if mapping == "unicode":
            shown = [b"<%s> Tj T*" % line.encode("utf-16-be").hex().encode() for line in lines]
            stream = b"BT /F1 %d Tf 20 TL 72 760 Td\n%s\nET" % (size, b"\n".join(shown))
        elif mapping in ("garbage", "english"):
            shown = [b"(%s) Tj T*" % (line if isinstance(line, bytes) else line.encode("latin-1")) for line in lines]
            stream = b"BT /F1 %d Tf 20 TL 72 760 Td\n%s\nET" % (size, b"\n".join(shown))
        if content is not None:
            stream = content
        packed = zlib.compress(stream)
        page, number = len(bodies) + 2, len(bodies) + 3
        bodies[page] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>" % number
        )
        bodies[number] = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
        kids.append(b"%d 0 R" % page)
    bodies[2] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    bodies.update(dict(objects))
    out, places = io.BytesIO(b"%PDF-1.7\n"), {}
    out.seek(0, io.SEEK_END)
    for number in sorted(bodies):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, bodies[number]))
    start = out.tell()
    rows = b"".join(b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n"
                    for n in range(1, max(places) + 1))  # fmt: skip
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (max(places) + 1, rows))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (max(places) + 1, start))
    return out.getvalue()


def zipped(parts: dict[str, bytes | str], compression=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of named parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()
