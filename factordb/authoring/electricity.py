"""Chinese electricity: the life-cycle series (碳足迹因子) and the CO2 series (二氧化碳排放因子), kept apart by kind."""

from __future__ import annotations

from pathlib import Path

from factordb.authoring.made import KNOWN, NOT_OPENED, Authored, rows
from factordb.factor import Factor, Source

SOURCES = {
    "关于发布2021年电力二氧化碳排放因子的公告（公告2024年第12号）": "mee-electricity-co2-2021",
    "关于发布2022年电力二氧化碳排放因子的公告": "mee-electricity-co2-2022",
    "关于发布2023年电力二氧化碳排放因子的公告（公告2025年第47号）": "mee-electricity-co2-2023",
    "关于发布2023年电力碳足迹因子数据的公告（公告2025年第3号）": "mee-electricity-footprint-2023",
    "关于发布2024年电力碳足迹因子数据的公告": "mee-electricity-footprint-2024",
    "关于做好2023—2025年部分重点行业企业温室气体排放报告与核查工作的通知": "mee-ets-notice-2023",
}
INSIDE = "Delivered: transmission and distribution with losses are inside (inferred from arithmetic); add none."
AT_PLANT = "At the plant: add transmission and distribution of the same year when the grid delivers it."
NOT_PUBLISHED = "Not published as far as can be seen; left empty on purpose, nothing stands in silently."
NOT_FOUND = "No edition found in public material on 2026-11-20."


def electricity(path: Path, wanted: tuple[str, ...] = KNOWN) -> Authored:
    """Rows ``cn.cfp.*``, ``cn.co2.*`` and ``cn.ets.*`` of the wanted confidence; other countries are left out."""
    made = Authored()
    for row in rows(path):
        name = row["id"]
        if not name.startswith("cn."):
            made.left_out[name] = "outside China: the licence of the underlying statistics was not cleared"
        elif (row["confidence"] or "seen") not in wanted:
            made.left_out[name] = NOT_OPENED
        else:
            made.factors.append(_factor(row, made))
    return made


def _factor(row: dict[str, str], made: Authored) -> Factor:
    name, title = row["id"], row["source_title"]
    published = bool(row["value"])
    source_id = SOURCES.get(title, "not-published")
    made.source(
        Source(
            source_id,
            title or "No edition of this series found for the year (2026-11-20)",
            row["source_publisher"] if title else "MEE; NBS; NEA",
            row["source_date"] if title else "",
            "www.mee.gov.cn" if title else "",
            "gov-notice-cn",
            "CN",
        )
    )
    series = name.rpartition(".")[0]
    locator = row["note"].partition(";")[0] if row["note"].startswith("Annex") else ""
    note = "" if published else (NOT_PUBLISHED if title else NOT_FOUND)
    if published and series == "cn.cfp.national_avg":
        note = INSIDE
    elif published and series.startswith("cn.cfp.gen."):
        note = AT_PLANT
    return Factor(
        id=name,
        name_en=row["name_en"],
        name_zh=row["name_zh"],
        category="electricity",
        kind=row["kind"],
        place=row["geography"],
        year=row["year"],
        value=row["value"],
        unit=row["unit"],
        source=source_id,
        confidence=row["confidence"] or "seen",
        status="published" if published else "not_published",
        series=series,
        gwp_set="unknown" if row["unit"].startswith("kgCO2e") else "",
        locator=locator,
        published=row["source_date"],
        note=note,
        properties={"td_losses": row["td_losses"]} if row["td_losses"] else {},
    )
