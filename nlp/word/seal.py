"""The bytes of our Word files: parts in one order, undated, uncompressed, with a hash by which an unchanged one is known.

It knows zips and their parts; nothing of styles, pages or issues.
"""

from __future__ import annotations

import hashlib
import io
import zipfile

from ..documents.guard import guarded
from ..documents.zip_limits import check_archive
from ..errors import UnreadableFile

PROPERTIES = "docProps/core.xml"  # where the hash is kept


def is_as_bound(data: bytes) -> bool:
    """Tell whether a .docx is as ``bind`` left it: nobody has changed and saved it since."""

    def compare() -> bool:
        check_archive(data, "")
        return f">{digest(data)}<".encode() in _parts(data).get(PROPERTIES, b"")

    try:
        return guarded("", compare)
    except UnreadableFile:
        return False


def _parts(data: bytes) -> dict[str, bytes]:
    """The parts of a package in one order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = sorted(archive.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        return {name: archive.read(name) for name in names}


def digest(data: bytes) -> str:
    """A hash of all parts but the properties, where it is kept."""
    parts = [f"{name}\0{len(part)}\0".encode() + part for name, part in _parts(data).items() if name != PROPERTIES]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def repack(data: bytes) -> bytes:
    """The same zip in one order, undated, uncompressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, part in _parts(data).items():
            entry = zipfile.ZipInfo(name)  # dated 1980-01-01
            entry.create_system = 0
            new.writestr(entry, part)
    return out.getvalue()
