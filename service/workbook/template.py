"""Write the workbook of a rule: empty for a works to fill in, or filled from plain activity data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import IO, Any, Final

from openpyxl import Workbook

from pcr.rulebook import Input, Rule
from service.workbook.columns import Column, amount_columns, row_columns
from service.workbook.example import example_rows
from service.workbook.front import write_products, write_readme, write_settings, write_works
from service.workbook.lists import Lists
from service.workbook.row_keys import Cells, scalar, to_cells
from service.workbook.style import add_styles, sheet_title
from service.workbook.table import Block, Table, with_unknown

Target = str | PathLike[str] | IO[bytes]
PER_INPUT: Final = 4
PER_PRODUCT: Final = 2
PRODUCTS: Final = 3
ADDED: Final = 20
GENERAL: Final = "general"


def write_template(
    rule: Rule,
    regime_id: str,
    path: Target,
    *,
    year: int = 2024,
    filled: Mapping[str, Any] | None = None,
    for_supplier: bool = False,
) -> None:
    """Write an empty workbook for a calendar year; with ``filled``, plain data to start from.

    ``for_supplier``: its first page tells a supplier who asks and what for.
    """
    period = {"start": f"{year}-01-01", "end": f"{year}-12-31"}
    _write(rule, {"regime": regime_id, "period": period} | dict(filled or {}), path, for_supplier=for_supplier)


def write_filled(rule: Rule, plain_data: Mapping[str, Any], path: Target) -> None:
    """Write the workbook filled from ``pcf-activity/1`` data; reading it gives the same data."""
    _write(rule, plain_data, path)


def _write(rule: Rule, data: Mapping[str, Any], path: Target, *, for_supplier: bool = False) -> None:
    book = Workbook()
    book.properties.creator = "pcf-engine"
    add_styles(book)
    writer = _Writer(rule, data, book, for_supplier)
    writer.all()
    book.save(path)


class _Writer:
    """The sheets in order."""

    def __init__(self, rule: Rule, data: Mapping[str, Any], book: Workbook, for_supplier: bool) -> None:
        self.rule, self.data, self.book, self.for_supplier = rule, data, book, for_supplier
        self.taken = {"_lists"}
        rows: Sequence[Mapping[str, Any]] = data.get("rows") or ()
        self.rows: dict[str, list[Cells]] = {}
        for row in rows:
            name = scalar(row.get("input"))
            self.rows.setdefault(name, []).extend(to_cells(row, rule.inputs.get(name)))
        meters: Sequence[Mapping[str, Any]] = data.get("meters") or ()
        self.meters = [line for meter in meters for line in to_cells(meter, None)]
        every = [*(line for lines in self.rows.values() for line in lines), *self.meters]
        found = [int(key.partition("/")[2]) for line in every for key in line if key.startswith("months/")]
        self.months = max(12, *found) if found else 12
        self.products = max(len(data.get("products") or ()), PRODUCTS)

    def all(self) -> None:
        """Write every sheet."""
        stages = {stage.id: f"{stage.label['zh']} {stage.label['en']}" for stage in self.rule.stages}
        stages[GENERAL] = "总体 General"
        used = {item.stage or GENERAL for item in self.rule.inputs.values()}
        if set(self.rows) - set(self.rule.inputs):
            used.add(GENERAL)
        titles = {"readme": "说明 README", "works": "基本信息 Works", "products": "产品 Products"}
        titles |= {f"rows:{stage}": title for stage, title in stages.items() if stage in used}
        titles |= {"meters": "电表 Meters", "settings": "设置 Settings", "example": "示例 Example"}
        sheets = {kind: self.book.create_sheet(sheet_title(title, self.taken)) for kind, title in titles.items()}
        self.book.remove(self.book.worksheets[0])
        self.lists = Lists(self.book)
        products = sheets["products"].title
        self.product_cells = f"'{products}'!$B$4:$B${3 + max(200, self.products)}"
        write_readme(sheets["readme"], self.rule, scalar(self.data.get("regime")), for_supplier=self.for_supplier)
        expected = {kind: sheet.title for kind, sheet in sheets.items() if kind not in ("readme", "example")}
        write_works(sheets["works"], self.rule, self.data, expected, self.lists)
        write_products(sheets["products"], self.data, max(self.products, 12), self.lists)
        for kind, sheet in sheets.items():
            if kind.startswith("rows:"):
                self._rows(self._table(sheet.title, kind, titles[kind], kind.partition(":")[2]), kind.partition(":")[2])
        self._meters(sheets["meters"].title)
        write_settings(sheets["settings"], self.rule, self.data, self.lists)
        self._example(sheets["example"].title)
        self.book.active = self.book.worksheets.index(sheets["works"])

    def _of(self, stage: str) -> list[str]:
        return [name for name, item in self.rule.inputs.items() if (item.stage or GENERAL) == stage]

    def _strange(self) -> list[str]:
        return [name for name in self.rows if name not in self.rule.inputs]

    def _table(self, sheet: str, kind: str, title: str, stage: str) -> Table:
        names = self._of(stage)
        filled = [line for name in names for line in self.rows.get(name, ())]
        filled += [line for name in self._strange() if stage == GENERAL for line in self.rows[name]]
        columns = row_columns((self.rule.inputs[name] for name in names), self.months)
        return Table(self.book[sheet], kind, title, with_unknown(columns, filled), self.lists, self.product_cells)

    def _rows(self, table: Table, stage: str) -> None:
        for name in self._of(stage):
            empty = self.products * PER_PRODUCT if self.rule.inputs[name].per == "product" else PER_INPUT
            table.block(self._block(name, self.rows.get(name, ()), empty))
        labels = {name: self.rule.inputs[name].label["zh"] for name in self._of(stage)}
        strange = [line for name in self._strange() if stage == GENERAL for line in self.rows[name]]
        title = "可增加的行 rows to add: choose an input"
        table.block(Block(title, filled=strange, empty=ADDED, lists={"input": labels}))

    def _block(self, name: str, filled: Sequence[Cells], empty: int) -> Block:
        item = self.rule.inputs[name]
        must = "必填 required" if item.required else "按实际 if any"
        hint = " ".join(filter(None, (item.hint.get("zh"), item.hint.get("en"))))
        title = f"{name}  {item.label['zh']} {item.label['en']}  [{', '.join(item.units)}]  {must}  {hint}".strip()
        lists = {"unit": {unit: "" for unit in item.units}, "material": _materials(item)}
        return Block(title, name, item, filled, empty, lists)

    def _meters(self, sheet: str) -> None:
        columns = [
            Column("id", "电表编号", "meter id", 20), Column("input", "输入项", "input", 34),
            Column("product", "产品(分表)", "product of a sub-meter", 18), Column("unit", "单位", "unit"),
            *amount_columns(self.months),
        ]  # fmt: skip
        powers = {name: item for name, item in self.rule.inputs.items() if item.kind == "electricity"}
        labels = {name: item.label["zh"] for name, item in (powers or self.rule.inputs).items()}
        units = {unit: "" for item in (powers or self.rule.inputs).values() for unit in item.units}
        table = Table(self.book[sheet], "meters", "电表 Meters", with_unknown(columns, self.meters), self.lists, "")
        table.block(Block(filled=self.meters, empty=8, lists={"input": labels, "unit": units}))

    def _example(self, sheet: str) -> None:
        rows = example_rows(self.rule)
        columns = row_columns([self.rule.inputs[row["input"]] for row in rows])
        title = "示例，不会被读取  EXAMPLE, NOT READ"
        table = Table(self.book[sheet], "example", title, columns, self.lists, self.product_cells)
        for row in rows:
            name = row["input"]
            table.block(self._block(name, to_cells(row, self.rule.inputs[name]), 0))
        for cells in self.book[sheet].iter_rows(min_row=2, max_row=2):
            for cell in cells:
                cell.style = "pcf_example"
        self.book[sheet].sheet_properties.tabColor = "F4B084"


def _materials(item: Input) -> dict[str, str]:
    """Materials of an input with their names, for the drop-down."""
    labels = {key: part.label for key, part in item.materials.items()}
    return {key: " ".join(label[at] for at in ("zh", "en") if at in label) for key, label in labels.items()}
