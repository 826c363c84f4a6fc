"""A sealed record as a PACT 3.0.3 footprint. Nothing is calculated here but units; what the record does not know and
the publisher does not state is a fault, all of them at once.

Which line of a record stands in which property, and why: ``docs/pact.md``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lca.doors import read_yaml
from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Refused
from service.pact.extension import extension
from service.pact.figures import BULK, CARBON, WEIGHTLESS, Figures, figures_of, identity_faults, unit_of, written
from service.pact.properties import SPEC_VERSION, faults
from service.pact.stated import FOSSIL, Stated, check, issued, urns
from service.received.own_record import AFTER_GATE
from service.records.sections import integrity_faults, value_of

YEARS: Final = 3
"""Validity where none is stated, and at most: from the end of the reference period."""
SECOND: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Company:
    """The publisher: name, URNs, issuer of further URNs (or blank), address partners reach the service by."""

    name: str
    ids: tuple[str, ...]
    domain: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Made:
    """A footprint without its status, and its period of validity as it is filtered by."""

    body: dict[str, Any]
    valid_from: datetime
    valid_to: datetime


def footprint_of(
    record: Mapping[str, Any], company: Company, stated: Stated, *, now: datetime, preceding: tuple[str, ...] = (),
    annex: Mapping[str, Any] | None = None,
) -> Made:  # fmt: skip
    """The footprint of a record, with a new id.

    Args:
        now: the moment of its making; ``preceding``: ids of earlier versions, newest first; ``annex``: an uncertainty
            annex of the record.

    Raises:
        Refused: every reason not to publish, at once: ``pact_tampered``, ``pact_not_a_footprint``, ``pact_draft``,
            ``pact_boundary``, ``pact_standard``, ``pact_gwp_set``, ``pact_mass``, ``pact_fossil_carbon``,
            ``pact_exempted``, ``pact_validity``, ``pact_expired``, ``pact_urn``, what :mod:`service.pact.figures` and
            :mod:`service.pact.stated` refuse, and ``pact_property``, ``pact_identity`` for our own mistakes.
    """
    if wrong := integrity_faults(record):
        found, expected = ", ".join(wrong), "sections that give their digests"
        raise Refused([Fault("pact_tampered", str(record.get("name", ""))[:16], found, expected)])
    writing = _Writing(record, company, stated)
    writing.admissible()
    valid = writing.validity(now)
    pcf = writing.carbon()
    ids = writing.identifiers()
    more = writing.extension(annex)
    writing.wrong.raise_if_any()
    label = writing.result["label"]
    body: dict[str, Any] = {"id": str(uuid.uuid4()), "specVersion": SPEC_VERSION}
    if preceding:
        body["precedingPfIds"] = list(preceding)
    body["created"] = now.astimezone(UTC).strftime(SECOND)
    if stated.valid_from or stated.valid_to:
        body |= {"validityPeriodStart": valid[0].strftime(SECOND), "validityPeriodEnd": valid[1].strftime(SECOND)}
    body |= {
        "companyName": company.name,
        "companyIds": list(stated.company_ids or company.ids),
        "productDescription": stated.description,
        "productIds": ids,
    }
    if stated.classifications:
        body["productClassifications"] = list(stated.classifications)
    body |= {"productNameCompany": stated.name or label.get("en") or label.get("zh") or writing.result["product"]}
    body |= {"comment": writing.comment(), "pcf": pcf, "extensions": [more]}
    ours = [*faults({**body, "status": "Active"}), *identity_faults(pcf)]
    if ours:  # nobody can put this right by other input: it is a mistake of this program, and it is not published
        raise Refused(ours)
    return Made(body, *valid)


def with_status(body: Mapping[str, Any], status: str) -> dict[str, Any]:
    """The footprint as it is shown: its status after the time of its making, as the table of properties has it."""
    shown: dict[str, Any] = {}
    for name, value in body.items():
        shown[name] = value
        if name == "created":
            shown["status"] = status
    return shown


def default_validity(period_end: datetime) -> tuple[datetime, datetime]:
    """Three years from the end of the reference period; of a leap day the last day of that February."""
    try:
        last = period_end.replace(year=period_end.year + YEARS)
    except ValueError:
        last = period_end.replace(year=period_end.year + YEARS, day=28)
    return period_end, last


class _Writing:
    """One record on its way; its faults so far."""

    def __init__(self, record: Mapping[str, Any], company: Company, stated: Stated) -> None:
        self.record, self.company, self.stated = record, company, stated
        self.wrong = Collector()
        self.result: Mapping[str, Any] = value_of(record, "result")
        self.identity: Mapping[str, Any] = value_of(record, "derivation/identity")
        self.inventory: Mapping[str, Any] = value_of(record, "derivation/inventory")["inventory"]
        self.given: Mapping[str, Any] = value_of(record, "given/works")
        self.figures: Figures | None = None
        check(stated, self.wrong)

    def admissible(self) -> None:
        name = str(self.record["name"])[:16]
        if self.identity["kind"] != "pcf":
            self.wrong.add(Fault("pact_not_a_footprint", name, found=self.identity["kind"], expected="pcf"))
        if self.result["status"] == "draft" or not isinstance(self.result["total"], str):
            self.wrong.add(Fault("pact_draft", name, found=self.result["status"], expected="complete"))
            return
        late = [stage for stage in self.result["stages"] if stage in AFTER_GATE]
        if late:
            self.wrong.add(Fault("pact_boundary", name, found=", ".join(late), expected="stages up to the gate"))
        with self.wrong.catching():
            self.figures = figures_of(
                self.result, self.identity["regime"]["biogenic_co2"], unsplit_is_fossil=self.stated.unsplit == FOSSIL
            )

    def period(self) -> tuple[datetime, datetime]:
        """Reference period: its first day, and the day after its last."""
        start, end = (date.fromisoformat(self.given[name]) for name in ("start", "end"))
        return _midnight(start), _midnight(end + timedelta(days=1))

    def validity(self, now: datetime) -> tuple[datetime, datetime]:
        _, period_end = self.period()
        usual = default_validity(period_end)
        start, end = usual
        for name in ("valid_from", "valid_to"):
            text = getattr(self.stated, name)
            try:
                if text:
                    day = _midnight(date.fromisoformat(text))
                    start, end = (day, end) if name == "valid_from" else (start, day + timedelta(days=1))
            except ValueError:
                self.wrong.add(Fault("pact_validity", name, found=text[:40], expected="a day, 2026-01-31"))
        if not usual[0] <= start < end <= usual[1]:
            found = f"{start:%Y-%m-%d} to {end:%Y-%m-%d}"
            expected = f"within {usual[0]:%Y-%m-%d} and {usual[1]:%Y-%m-%d}"
            self.wrong.add(Fault("pact_validity", "valid_from, valid_to", found=found, expected=expected))
        if end <= now:
            expected = f"after {now:%Y-%m-%d}"
            self.wrong.add(Fault("pact_expired", "valid_to", found=f"{end:%Y-%m-%d}", expected=expected))
        return start, end

    def identifiers(self) -> list[str]:
        given = list(self.stated.product_ids)
        if not given and self.company.domain:
            with self.wrong.catching():
                given = [issued(self.company.domain, "product-id", self.result["product"])]
        if not given:
            expected = "one or more URNs, or a domain in the company's profile"
            self.wrong.add(Fault("pact_urn", "product_ids", found="none", expected=expected))
        urns(given, "product_ids", self.wrong)
        return given

    def carbon(self) -> dict[str, Any]:
        """The ``pcf`` part; a dictionary with what could be found where there are faults."""
        start, end = self.period()
        works = self.given["works"]
        figures = self.figures
        mass = self._mass()
        fossil_carbon = self._amount("fossil_carbon", "pact_fossil_carbon")
        exempted, exempted_because = self._exempted()
        standards, reports = self._standards(), self._reports()
        if figures is None:
            return {}
        pcf: dict[str, Any] = {
            "declaredUnitOfMeasurement": figures.unit,
            "declaredUnitAmount": "1",
            "productMassPerDeclaredUnit": mass,
            "referencePeriodStart": start.strftime(SECOND),
            "referencePeriodEnd": end.strftime(SECOND),
        }
        if works.get("province"):
            pcf["geographyCountrySubdivision"] = works["province"]
        else:
            pcf["geographyCountry"] = works["country"]
        stages = [words.get("en", stage) for stage, words in self.inventory["stages"] if stage in self.result["stages"]]
        pcf["boundaryProcessesDescription"] = f"Cradle to gate. Stages: {'; '.join(stages)}."
        pcf |= {
            "pcfExcludingBiogenicUptake": written(figures.excluding),
            "pcfIncludingBiogenicUptake": written(figures.including),
            "fossilCarbonContent": fossil_carbon,
            **self._biogenic_carbon(figures),
            "fossilGhgEmissions": written(figures.fossil),
            **_where_known("landUseChangeGhgEmissions", figures.land_use),
            **_where_known("biogenicCO2Uptake", figures.uptake),
            **_where_known("biogenicNonCO2Emissions", figures.non_co2),
            **_where_known("aircraftGhgEmissions", figures.aircraft),
            **self._packaging(figures),
            "ccsTechnologicalCO2CaptureIncluded": False,
            "ipccCharacterizationFactors": reports,
            "crossSectoralStandards": standards,
            "exemptedEmissionsPercent": exempted,
            "exemptedEmissionsDescription": exempted_because,
            **self._secondary(),
            **self._quality(),
        }
        return pcf

    def comment(self) -> str:
        """The publisher's words, then ours: what stands behind the figure and what is not known."""
        regime, rule = self.identity["regime"], self.identity["rule"]
        parts = [self.stated.comment] if self.stated.comment else []
        parts.append(
            f"Calculated under {regime['id']} {regime['version']} by rule {rule['id']} {rule['version']}"
            f" ({rule['status']}); {self.result['status'].replace('_', ' ')}; record {self.record['name']}."
        )
        if self.figures and self.figures.unsplit:
            parts.append(
                f"{written(self.figures.unsplit)} kg CO2e came with factors that state no split; the publisher counts"
                " it as fossil, and lines that are absent are not known."
            )
        if self.inventory.get("quality") or self.result.get("quality"):
            parts.append("The data quality ratings are by distance, in bands of the calculating software.")
        return " ".join(parts)

    def extension(self, annex: Mapping[str, Any] | None) -> dict[str, Any]:
        if self.figures is None:
            return {}
        with self.wrong.catching():
            return extension(self.record, self.figures, self.company.base_url, annex)
        return {}

    def _mass(self) -> str:
        unit, scale = unit_of(self.result["unit"]) or ("", ONE)
        if unit == BULK:
            return "1"
        if unit in WEIGHTLESS:
            return "0"
        product = self.result["product"]
        reference = next(item for item in self.inventory["references"] if item["product"] == product)
        per_kg = reference.get("also", {}).get("kg")  # figures per kg are those per unit times this
        if per_kg:
            return written(ONE / Exact.from_record(per_kg) / scale)
        return self._amount("mass", "pact_mass")

    def _amount(self, name: str, code: str) -> str:
        text: str = getattr(self.stated, name)
        if not text:
            self.wrong.add(Fault(code, name, found="not in the record", expected="kg per declared unit, stated"))
            return ""
        return _decimal(text)

    def _biogenic_carbon(self, figures: Figures) -> dict[str, str]:
        """From the uptake that leaves in the product, or by the rule's statement, or as stated; else absent."""
        if figures.uptake is not None:
            return {"biogenicCarbonContent": written(-figures.uptake * CARBON)}
        if "biogenic_carbon" in self.inventory.get("statements", {}):
            return {"biogenicCarbonContent": "0"}
        stated = self.stated.biogenic_carbon
        return {"biogenicCarbonContent": _decimal(stated)} if stated else {}

    def _packaging(self, figures: Figures) -> dict[str, Any]:
        """Included where the record has a packaging stage with something in it."""
        shown = self.result["stages"].get("packaging", "0")
        value = Exact.from_published(shown) if isinstance(shown, str) else ZERO
        if value <= ZERO:
            return {"packagingEmissionsIncluded": False}
        return {"packagingEmissionsIncluded": True, "packagingGhgEmissions": written(value / figures.scale)}

    def _exempted(self) -> tuple[str, str]:
        """Per cent left out: the record's ledger where its rule keeps one, else as stated."""
        left_out = self.result["cut_off"]
        limits = [term for term in self.inventory.get("deferred", []) if {"single", "together"} <= set(term)]
        if left_out or limits:
            share = sum((Exact.from_published(item["share"]) for item in left_out), ZERO)
            named = "; ".join(f"{item['line']}: {item['reason']}" for item in left_out)
            because = (
                f"Ledger of the record. {named}" if named else "Ledger of the record: no entered row was left out."
            )
            return written(share * 100), because
        if self.stated.exempted:
            return _decimal(self.stated.exempted), self.stated.exempted_because
        expected = "per cent, stated with what was left out"
        self.wrong.add(Fault("pact_exempted", "exempted", found="the rule keeps no ledger", expected=expected))
        return "", ""

    def _standards(self) -> list[str]:
        regime = self.identity["regime"]["id"]
        entry = _known_standards().get(regime)
        if entry is None:
            expected = ", ".join(sorted(_known_standards()))
            self.wrong.add(Fault("pact_standard", "regime", found=regime, expected=expected))
            return []
        return list(entry["standards"])

    def _reports(self) -> list[str]:
        """Assessment reports whose factors are inside: the regime's, and those of factors that came undivided."""
        named = {self.identity["regime"]["gwp_set"], *(flow.split("|")[2] for flow in _equivalents(self.result))}
        reports = sorted(name for name in named if name.startswith("AR") and name[2:].isdigit())
        if self.identity["regime"]["gwp_set"] not in reports:
            found = self.identity["regime"]["gwp_set"]
            self.wrong.add(Fault("pact_gwp_set", "regime", found=found, expected="an IPCC report: AR5, AR6"))
        return reports

    def _secondary(self) -> dict[str, Any]:
        """Sources of the factors that are no supplier's: title and the release that brought them. A private layer's
        titles are its owner's; only the release is named."""
        found = set()
        for item in value_of(self.record, "derivation/factors"):
            factor = item.get("factor")
            if not factor or factor.get("data_class") == "supplier":
                continue
            layer, _, release = factor["layer"].partition(":")
            found.add((factor["source"].partition(";")[0].strip() if layer == "public" else "own factors", release))
        shown = [{"name": name, "version": release} for name, release in sorted(found) if name and release]
        return {"secondaryEmissionFactorSources": shown} if shown else {}

    def _quality(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if (share := self.result.get("primary_share")) is not None:
            made["primaryDataShare"] = written(Exact.from_published(share) * 100)
        criteria = (self.result.get("quality") or {}).get("criteria", {})
        names = {"technologicalDQR": "technology", "geographicalDQR": "geography", "temporalDQR": "time"}
        scores = {key: criteria[name] for key, name in names.items() if name in criteria}
        if len(scores) == len(names) and (self.result.get("quality") or {}).get("score"):
            made["dqi"] = scores
        return made


def _equivalents(result: Mapping[str, Any]) -> list[str]:
    return [flow for flow in result["gases"] if flow.startswith("CO2e|") and flow.count("|") == 2]


def _where_known(name: str, value: Exact | None) -> dict[str, str]:
    return {} if value is None else {name: written(value)}


def _decimal(text: str) -> str:
    try:
        return written(Exact.parse(text))
    except Refused:
        return ""  # the fault stands already: stated.check read the same text


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@cache
def _known_standards() -> dict[str, Any]:
    text = files("service.pact").joinpath("data/standards.yaml").read_text(encoding="utf-8")
    return dict(read_yaml(text))
