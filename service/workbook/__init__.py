"""The workbook door: a bilingual XLSX that a works fills in, written from a rule and read back as plain data."""

from service.workbook.cellmap import CellMap, relocate
from service.workbook.reader import Reading, read_workbook, scan_workbook
from service.workbook.template import write_filled, write_template

__all__ = ["CellMap", "Reading", "read_workbook", "relocate", "scan_workbook", "write_filled", "write_template"]
