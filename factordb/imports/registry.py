"""The importers by name, of tables and of unit processes, and one way to run any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from factordb.authoring import demo
from factordb.factor import Licence, Source
from factordb.imports import (
    base_carbone,
    brightway,
    brightway_project,
    cbam_tables,
    defra,
    ecospold1,
    ecospold2,
    epa_supply_chain,
    generic,
    iea_grid,
    ilcd,
    lci,
    national,
    oekobaudat,
    olca_jsonld,
    simapro,
)
from factordb.imports.intake import Intake
from factordb.imports.mapping import Layout, load
from lca.faults import Fault, Refused

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Importer:
    """One foreign form of publication."""

    name: str
    title_en: str
    title_zh: str
    about: Callable[[], tuple[Source, Licence]] | None
    """Source and licence; None: the mapping says them."""
    read: Callable[[Path, Intake], None] | None
    """Hands the rows of a file to an intake; None: a mapping is needed."""

    @property
    def needs_mapping(self) -> bool:
        """Whether the file can only be read with a mapping."""
        return self.read is None


IMPORTERS: Final[Mapping[str, Importer]] = {
    item.name: item
    for item in (
        Importer(
            "base_carbone",
            "Base Carbone / Base Empreinte (ADEME), CSV of all elements",
            "法国 ADEME Base Carbone 因子库（CSV）",
            base_carbone.about,
            base_carbone.read,
        ),
        Importer(
            "defra",
            "UK government conversion factors (DESNZ / Defra), flat file",
            "英国政府温室气体转换因子（平面文件）",
            defra.about,
            defra.read,
        ),
        Importer(
            "oekobaudat",
            "ÖKOBAUDAT, German building data, CSV of modules",
            "德国建筑材料数据库 ÖKOBAUDAT（CSV）",
            oekobaudat.about,
            oekobaudat.read,
        ),
        Importer(
            "epa_supply_chain",
            "US EPA supply chain factors per dollar, CSV",
            "美国环保署供应链支出因子（CSV）",
            epa_supply_chain.about,
            epa_supply_chain.read,
        ),
        Importer(
            "cbam_tables",
            "CBAM default values and benchmarks, JSON and CSV",
            "欧盟碳边境调节机制默认值与基准（JSON、CSV）",
            cbam_tables.about,
            cbam_tables.read,
        ),
        Importer(
            "iea_grid",
            "IEA grid factors from your own licensed copy, CSV; none is shipped",
            "国际能源署电网因子（须自有授权副本，CSV；本软件不附带）",
            iea_grid.about,
            iea_grid.read,
        ),
        Importer(
            "cn_national",
            "National product factor database of China: waiting for its release",
            "国家产品碳足迹因子库：等待发布",
            national.about,
            national.read,
        ),
        Importer(
            "uslci",
            "US Life Cycle Inventory database (NREL), EcoSpold 1",
            "美国生命周期清单数据库 USLCI（EcoSpold 1）",
            ecospold1.about_uslci,
            ecospold1.read,
        ),
        Importer(
            "ecospold1",
            "EcoSpold 1 data sets, XML or zip",
            "EcoSpold 1 数据集（XML 或 zip）",
            partial(lci.unstated, "ecospold1"),
            ecospold1.read,
        ),
        Importer(
            "ecospold2",
            "EcoSpold 2 data sets, .spold or zip",
            "EcoSpold 2 数据集（.spold 或 zip）",
            partial(lci.unstated, "ecospold2"),
            ecospold2.read,
        ),
        Importer(
            "ilcd",
            "ILCD or TIDAS package, XML or JSON",
            "ILCD／天工 TIDAS 数据包（XML 或 JSON）",
            partial(lci.unstated, "ilcd"),
            ilcd.read,
        ),
        Importer(
            "olca_jsonld",
            "openLCA JSON-LD, folder or zip",
            "openLCA JSON-LD（文件夹或 zip）",
            partial(lci.unstated, "olca-jsonld"),
            olca_jsonld.read,
        ),
        Importer(
            "simapro",
            "SimaPro CSV of processes",
            "SimaPro 过程导出文件（CSV）",
            partial(lci.unstated, "simapro"),
            simapro.read,
        ),
        Importer(
            "brightway",
            "Brightway workbook or CSV of activities",
            "Brightway 活动表（Excel 或 CSV）",
            partial(lci.unstated, "brightway"),
            brightway.read,
        ),
        Importer(
            "brightway_project",
            "Brightway database on this machine (FOLDER/PROJECT/DATABASE)",
            "本机 Brightway 项目数据库（文件夹/项目/数据库）",
            partial(lci.unstated, "brightway-project"),
            brightway_project.read,
        ),
        Importer(
            "demo_inventories",
            "Demonstration inventories of batteries and PV, a folder",
            "演示清单：电池与光伏（文件夹）",
            demo.about,
            demo.read,
        ),
        Importer(
            "generic",
            "Any table with a mapping file, CSV or XLSX",
            "任意表格（CSV 或 XLSX），需映射文件",
            None,
            None,
        ),
    )
}


def importer(name: str) -> Importer:
    """An importer by name.

    Raises:
        Refused: ``import_unknown``, naming those there are.
    """
    if name not in IMPORTERS:
        raise Refused([Fault("import_unknown", found=name, expected=", ".join(IMPORTERS))])
    return IMPORTERS[name]


def run(name: str, path: Path, mapping: Path | None = None, progress: Progress | None = None) -> Intake:
    """Read ``path`` with an importer; what it took and what it refused stands in the intake.

    Raises:
        Refused: the file or its mapping cannot be read at all; a refused row is none of these.
    """
    chosen = importer(name)
    told: Progress = progress or (lambda done, total: None)
    if chosen.about is not None and chosen.read is not None:
        source, licence = chosen.about()
        intake = Intake(source, licence, progress=told)
        chosen.read(path, intake)
        return intake
    if mapping is None:
        raise Refused([Fault("import_mapping", "mapping", "no mapping file", "the file of pcf factors mapping")])
    return with_layout(path, load(mapping), told)


def with_layout(path: Path, layout: Layout, progress: Progress = lambda done, total: None) -> Intake:
    """Read ``path`` by a mapping that was loaded."""
    intake = Intake(layout.source, layout.licence, progress=progress)
    generic.read(path, intake, layout)
    return intake
