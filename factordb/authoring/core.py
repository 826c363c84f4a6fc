"""The clearable core: openly licensed factors of five public sets, and CBAM defaults that no footprint may use."""

from __future__ import annotations

from pathlib import Path

from factordb.authoring.made import Authored, rows
from factordb.factor import Factor, Source
from lca.doors import read_json

# Beginning of the row's id: title, publisher, address, licence code, place it is official in.
DOCUMENTS = {
    "gbt51366-d": (
        "GB/T 51366-2019 建筑碳排放计算标准 附录D",
        "MOHURD/SAMR",
        "GB/T 51366-2019",
        "facts-of-standard",
        "CN",
    ),
    "gbt51366-e": (
        "GB/T 51366-2019 建筑碳排放计算标准 附录E",
        "MOHURD/SAMR",
        "GB/T 51366-2019",
        "facts-of-standard",
        "CN",
    ),
    "ademe": ("Base Carbone V23.6", "ADEME", "base-empreinte.ademe.fr", "etalab-2.0", "FR"),
    "obd2020": ("ÖKOBAUDAT 2020-II", "BMWSB/BBSR", "www.oekobaudat.de", "oekobaudat-open", "DE"),
    "defra2025": (
        "UK government conversion factors for company reporting 2025",
        "UK DESNZ / Defra",
        "www.gov.uk/government/collections/government-conversion-factors-for-company-reporting",
        "ogl-3.0",
        "GB",
    ),
    "cbam2621": (
        "Implementing Regulation (EU) 2025/2621 Annex I as corrected by (EU) 2026/1740",
        "European Commission",
        "eur-lex.europa.eu/eli/reg_impl/2025/2621/oj",
        "eu-reuse",
        "",
    ),
    "uslci21": (
        "USLCI FY21 Q3, totals characterised here",
        "NREL / Federal LCA Commons",
        "FLCAC-admin/uslci-content",
        "uslci",
        "",
    ),
    "greet2024": (
        "GREET 2024 battery results in replication data",
        "Argonne National Laboratory",
        "doi.org/10.1007/s44498-026-00112-1",
        "mit-greet",
        "",
    ),
    "twmoenv": (
        "產品碳足跡排放係數 CFP_P_02",
        "Ministry of Environment, Taiwan",
        "data.moenv.gov.tw/dataset/detail/CFP_P_02",
        "ogdl-tw-1",
        "TW",
    ),
}
# Longest beginning first: the free text starts with words that map to the list of kinds.
BOUNDARIES = (
    ("cradle-to-gate (EN 15804 A1-A3); total includes biogenic CO2 uptake", "cradle_to_gate_with_uptake"),
    ("cradle-to-gate + transport to point of purchase", "as_sold_incl_forming"),
    ("cradle-to-gate as sold", "as_sold_incl_forming"),
    ("cradle-to-gate", "cradle_to_gate"),
    ("gate-to-gate", "gate_to_gate"),
    ("well-to-tank", "wtt"),
    ("tank-to-wheel", "ttw"),
    ("well-to-wheel + vehicle", "wtw_plus_vehicle"),
    ("well-to-wheel", "wtw"),
    ("transport well-to-wheel", "wtw"),
    ("transport operation", "transport_unstated"),
    ("service total, split not given", "transport_service"),
    ("life-cycle transport service", "transport_service"),
    ("delivered energy", "delivered_energy"),
    ("treatment service", "treatment_service"),
    ("waste disposal", "waste_disposal"),
    ("waste transport only", "waste_transport_only"),
    ("cbam_direct_only", "cbam_direct"),
    ("cbam_direct_plus_indirect", "cbam_direct_indirect"),
)
SETS = (("AR5", "AR5"), ("AR6", "AR6"), ("EN 15804+A1", "EN15804+A1"), ("CBAM", "CBAM"), ("not stated", "unknown"))
OTHER_VALUES = "the collection marks this row as disputed and does not record the other figure"


def core(path: Path) -> Authored:
    """Rows with a licence that allows passing on. Unsplit: no line of biogenic or land-use carbon is known."""
    made = Authored()
    for row in rows(path):
        document = next((name for name in DOCUMENTS if row["id"].startswith(name)), "")
        if not document:
            made.left_out[row["id"]] = f"licence not cleared: {row['licence']}"
            continue
        title, publisher, address, licence, official = DOCUMENTS[document]
        source_id = made.source(Source(document, title, publisher, "", address, licence, official))
        made.factors.append(
            Factor(
                id=row["id"],
                name_en=row["name_en"],
                name_zh=row["name_zh"],
                category=row["category"],
                kind=kind_of(row["boundary"]),
                place="EU27" if row["geography"] == "EU-27" else row["geography"],
                year=row["reference_year"],
                value=row["gwp_total_kgco2e"],
                unit=f"kgCO2e/{row['unit']}",
                source=source_id,
                confidence=row["confidence"],
                boundary=row["boundary"],
                gwp_set=next(ours for start, ours in SETS if row["gwp_set"].startswith(start)),
                gases=read_json(row["gas_breakdown_json"]) if row["gas_breakdown_json"] else {},
                locator=row["source_title"],
                published=row["source_year"],
                other_values=OTHER_VALUES if row["confidence"] == "conflict" else "",
            )
        )
    return made


def kind_of(boundary: str) -> str:
    """Our code for the wording of a boundary. Raises StopIteration for a wording nobody has classified."""
    return next(kind for start, kind in BOUNDARIES if boundary.startswith(start))
