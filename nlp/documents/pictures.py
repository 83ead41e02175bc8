"""Bytes of a picture to ``Picture``: named by their hash, of a kind that Word prints, none for icons and bars.

It knows picture files, not where in a text a picture stands.
"""

from __future__ import annotations

import hashlib
import io
import warnings

from ..bulletin import Picture

LARGEST = 20 << 20  # bytes
PIXELS = 40_000_000  # more is refused before it is unpacked
SMALLEST = 80  # pixels of the shorter side; anything smaller decorates
NARROW = 8  # times as long as wide: a bar
COUNT = 60  # pictures of one article

_KEPT = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif"}
_TURNED = {"WEBP", "BMP", "TIFF", "MPO"}  # into PNG


def make_picture(data: bytes, caption: str = "") -> Picture | None:
    """Make a picture of a file's bytes; None if it is none that can be printed, or only decorates the page.

    Raises:
        ValueError: it is a picture that cannot be brought; the message says why, in Chinese.
    """
    from PIL import Image

    if len(data) > LARGEST:
        raise ValueError(f"超过 {LARGEST >> 20} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
                if width * height > PIXELS:
                    raise ValueError("像素太多")
                if min(width, height) < SMALLEST or max(width, height) > NARROW * min(width, height):
                    return None
                suffix = _KEPT.get(image.format or "")
                if not suffix and image.format in _TURNED:
                    data, suffix = _as_png(image), ".png"
    except ValueError:
        raise
    except Exception as error:  # whatever the library raises over foreign bytes
        raise ValueError("不是可用的图片格式") from error
    if not suffix:
        raise ValueError("不是可用的图片格式")
    return Picture(hashlib.sha256(data).hexdigest()[:12] + suffix, data, caption)


def _as_png(image) -> bytes:
    out = io.BytesIO()
    image.convert("RGBA" if image.mode in ("P", "LA", "RGBA") else "RGB").save(out, "PNG")
    return out.getvalue()
