"""Requirements of an ELF file on the system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from elftools.elf.sections import SymbolTableSection
from published import TARGETS


def skip_unless_linux(target: str) -> None:
    """Skips the test for a target that does not use ELF files."""
    if TARGETS[target]["node"]["os"] != "linux":
        pytest.skip(f"{target} does not use ELF files")


class Elf:
    def __init__(self, content: bytes) -> None:
        self.file = ELFFile(BytesIO(content))

    @property
    def machine(self) -> str:
        return {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64"}[self.file["e_machine"]]

    @property
    def is_static(self) -> bool:
        """Whether the program needs no dynamic loader and no libraries."""
        return not self.libraries and not any(each["p_type"] == "PT_INTERP" for each in self.file.iter_segments())

    @property
    def libraries(self) -> set[str]:
        sections = [each for each in self.file.iter_sections() if isinstance(each, DynamicSection)]
        return {tag.needed for each in sections for tag in each.iter_tags() if tag.entry.d_tag == "DT_NEEDED"}

    @property
    def glibc(self) -> tuple[int, ...]:
        """The minimum version of glibc. Empty if no symbol of glibc is imported."""
        names = [
            symbol.name
            for section in self.file.iter_sections()
            if isinstance(section, GNUVerNeedSection)
            for _library, symbols in section.iter_versions()
            for symbol in symbols
        ]
        versions = [re.fullmatch(r"GLIBC_([\d.]+)", name) for name in names]
        return max((tuple(map(int, each[1].split("."))) for each in versions if each), default=())

    @property
    def imported(self) -> set[str]:
        """The symbols that must be defined elsewhere for the file to load."""
        return {name for name, is_defined, binding in self._symbols() if not is_defined and binding == "STB_GLOBAL"}

    @property
    def exported(self) -> set[str]:
        """The symbols that the file defines."""
        return {name for name, is_defined, _binding in self._symbols() if is_defined}

    def _symbols(self) -> Iterator[tuple[str, bool, str]]:
        table = self.file.get_section_by_name(".dynsym")
        assert isinstance(table, SymbolTableSection)
        for symbol in table.iter_symbols():
            yield symbol.name, symbol["st_shndx"] != "SHN_UNDEF", symbol["st_info"]["bind"]
