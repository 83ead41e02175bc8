"""Old Word, WPS, RTF and OpenDocument files to lines, through LibreOffice; plain text of such a name is read as text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from .. import office
from ..errors import UnreadableFile
from .document import Document
from .word import read_docx

_SUFFIXES = {"doc": ".doc", "rtf": ".rtf", "odt": ".odt"}
SAVE = "请用 Word 或 WPS 打开，另存为 .docx"


def read_old_office(data: bytes, name: str) -> Document:
    """Read a file that only an office program opens.

    Raises:
        UnreadableFile: there is no LibreOffice here, or it could not open the file.
    """
    from .kinds import kind_of

    suffix = PurePosixPath(name).suffix.lower()
    program = office.find_libreoffice()
    if program is None:
        raise UnreadableFile(name, f"{suffix} 要借 LibreOffice 打开，这台电脑上没有找到", f"{SAVE}，或装上 LibreOffice 再来")
    try:
        converted = office.convert(program, data, _SUFFIXES.get(kind_of(data), suffix))
    except office.ConversionFailed as error:
        raise UnreadableFile(name, str(error), SAVE) from error
    document = read_docx(converted, name)
    return replace(document, notes=("由 LibreOffice 转换，请核对版面", *document.notes))
