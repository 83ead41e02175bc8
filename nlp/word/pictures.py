"""A picture as it is printed: at text width, its size reduced, in a format that Word shows. Knows no issues.

A file that is small enough goes in as it is. Others are drawn again by Pillow: the same picture gives the same bytes
wherever the same Pillow is installed.
"""

from __future__ import annotations

import functools
import io
import struct
import warnings
from dataclasses import dataclass
from html import escape

INCH = 1440  # twips
FINE, COARSE, SMALL = 200, 110, 480  # dots an inch: at most, of a small picture; pixels across of one that is small
HEAVY = 600 << 10  # bytes
TALLEST = 0.4  # of the page's text
PIXELS = 60_000_000
COLOURS = 256  # a drawing has no more, and stays sharp as PNG

_NAMESPACES = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_AS_IS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif"}
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "emf": "image/x-emf"}


@dataclass(frozen=True)
class Printed:
    """A picture ready to be bound: its bytes, their kind (a key of CONTENT_TYPES), its size on paper in twips."""

    data: bytes
    kind: str
    width: int
    height: int


@functools.lru_cache(maxsize=128)
def fit_picture(data: bytes, width: int, height: int) -> Printed:
    """Fit a picture to a page whose text is so wide and high (twips).

    Raises:
        ValueError: it cannot be printed; the message says why, in Chinese.
    """
    if data[:4] == b"\x01\0\0\0" and data[40:44] == b" EMF":
        left, top, right, bottom = struct.unpack("<4i", data[24:40])
        across, down = max(right - left, 1), max(bottom - top, 1)
        return Printed(data, "emf", *_size(across, down, width, height, across * INCH // 2540))
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                if image.width * image.height > PIXELS:
                    raise ValueError("像素太多")
                turned = image.getexif().get(0x0112, 1) != 1
                upright = ImageOps.exif_transpose(image) if turned else image
                across, down = upright.size
                natural = width if across >= SMALL else across * INCH // COARSE
                paper = _size(across, down, width, height, natural)
                wanted = paper[0] * FINE // INCH
                light = across <= wanted * 5 // 4 and len(data) <= HEAVY
                if image.format in _AS_IS and light and not turned and image.mode != "CMYK":
                    return Printed(data, _AS_IS[image.format], *paper)
                return Printed(*_drawn(upright, min(across, wanted)), *paper)
    except UnidentifiedImageError:
        raise ValueError("不是 Word 能显示的图片格式") from None
    except (OSError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError) as error:
        raise ValueError("图片文件已损坏") from error


def _size(across: int, down: int, width: int, height: int, natural: int) -> tuple[int, int]:
    """The size on paper: ``natural`` wide, but no wider than the text and not too high beside it."""
    paper = max(1, min(natural, width, int(height * TALLEST) * across // down))
    return paper, max(1, paper * down // across)


def _drawn(image, across: int) -> tuple[bytes, str]:
    """The picture anew, so many pixels across, on white: a drawing as PNG, a photograph as JPEG."""
    from PIL import Image

    flat = image.convert("RGBA")
    sheet = Image.new("RGB", flat.size, "white")
    sheet.paste(flat, mask=flat.getchannel("A"))
    drawing = sheet.getcolors(COLOURS) is not None
    if across < sheet.width:
        sheet = sheet.resize((across, max(1, round(sheet.height * across / sheet.width))), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if drawing:
        sheet.quantize(COLOURS).save(out, "PNG", optimize=True)
        return out.getvalue(), "png"
    sheet.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue(), "jpg"


def drawing(name: str, caption: str, number: int, printed: Printed, after: int = 0, share: float = 1.0) -> str:
    """The run that shows a picture, at a share of its size; its relation is ``picture:NAME`` until the package is bound.

    One that stands so many paragraphs ``after`` its place (less than 0: before it) says so, for whoever reads the file again.
    """
    extent = f'cx="{int(printed.width * share) * 635}" cy="{int(printed.height * share) * 635}"'
    label = f'id="{number}" name="图/{escape(name)}" descr="{escape(caption)}"' + f' title="{"后" if after > 0 else "前"}移{abs(after)}段"' * bool(after)
    return (
        f'<w:r><w:drawing><wp:inline {_NAMESPACES} distT="0" distB="0" distL="0" distR="0"><wp:extent {extent}/>'
        f"<wp:docPr {label}/><wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect=\"1\"/></wp:cNvGraphicFramePr>"
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
        f'<pic:cNvPr {label}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="picture:{escape(name)}"/>'
        f"<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext {extent}/></a:xfrm>"
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )
