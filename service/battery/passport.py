"""Carbon attributes of the battery passport under the names of the published data model.

The stages are sent as kg per kWh delivered that add up to the total (the model's text calls them shares and gives
them this unit). Figures stay text here: whoever fills the model's number fields takes over these digits.
"""

from __future__ import annotations

from typing import Any, Final

from service.battery.declaration import head
from service.battery.filed import Filed
from service.battery.lists import lists
from service.battery.statements import Statements

SCHEMA: Final = "pcf-battery-passport/1"


def passport(record: Filed, stated: Statements) -> dict[str, Any]:
    """The attributes; what the model requires and is not there is null and named under ``missing``."""
    data, result = lists(), record.result
    stages = [
        {"lifecycleStage": stage["passport"], "carbonFootprint": figure}
        for stage_id, stage in data["stages"].items()
        if (figure := record.stage(stage_id)) is not None
    ]
    absent = [stage["passport"] for stage_id, stage in data["stages"].items() if record.stage(stage_id) is None]
    link = stated["public_study"]["en"] if "public_study" in stated else None
    attributes: dict[str, Any] = {
        "batteryCarbonFootprint": result["total"],
        "carbonFootprintPerLifecycleStage": stages,
        "carbonFootprintPerformanceClass": None,
        "carbonFootprintStudy": link,
    }
    if isinstance(piece := result["also"].get("piece"), str):
        attributes["absoluteCarbonFootprint"] = piece
    missing = [f"carbonFootprintPerLifecycleStage[{name}]" for name in absent]
    missing += [] if link else ["carbonFootprintStudy"]
    return head(record, SCHEMA) | {
        "model": data["passport"]["model"],
        "clause": data["passport"]["clause"],
        "units": {
            "batteryCarbonFootprint": data["unit"],
            "carbonFootprint": data["unit"],
            "absoluteCarbonFootprint": "kg CO2e",
        },
        "carbonFootprint": attributes,
        "missing": missing,
        "not_applicable": {"carbonFootprintPerformanceClass": data["no_class"]},
    }
