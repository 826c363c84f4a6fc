"""Sets that cannot be shipped: a customer's own copy is read, a set that does not exist yet says what it waits for."""

from __future__ import annotations

from pathlib import Path

import pytest

from factordb.imports.registry import IMPORTERS, run
from factordb.layers import Layers
from factordb.release import Release, open_release, shipped
from lca.faults import Refused
from lca.inventory import Inventory
from lca.messages import LANGUAGES, sentence
from lca.naming import FactorName
from tests.factordb.conftest import bought
from tests.factordb.imports._raw import META, counts

TABLE = "country,year,value,unit\nDE,2023,381.5,gCO2/kWh\nVN,2023,0.62,kgCO2/kWh\nXX,2023,1,MWh\nYY,2023,,gCO2/kWh\n"


def iea(tmp_path: Path) -> Release:
    path = tmp_path / "own.csv"
    path.write_text(TABLE, encoding="utf-8")
    intake = run("iea_grid", path)
    assert counts(intake) == {"read": 4, "accepted": 2, "rejected": 2, "same": 0}
    assert intake.reasons() == {"unit_unknown": 1, "value_missing": 1}
    return Release(intake.content({**META, "layer": "private"}))


def test_a_licensed_copy_is_read_and_may_not_be_passed_on(tmp_path: Path) -> None:
    opened = iea(tmp_path)
    (licence,) = opened.licences.values()
    assert licence.may_store and not licence.may_redistribute
    assert {item.id: item.value for item in opened.factors.values()} == {
        "iea.co2.de.2023": "381.5", "iea.co2.vn.2023": "0.62",
    }  # fmt: skip


def test_a_generation_factor_answers_no_footprint(tmp_path: Path) -> None:
    wanted = bought(FactorName(id="iea.co2.de.2023", kinds=("lifecycle_co2e",), named_by="user", place="DE", year=2023))
    with pytest.raises(Refused, match="ELEC_FACTOR_KIND_MISMATCH"):
        Layers([iea(tmp_path)]).resolve(Inventory((), (wanted,), (), ()))


def test_nothing_shipped_is_from_there() -> None:
    for name in shipped():
        for source in open_release(name).sources.values():
            assert "IEA" not in source.publisher and "International Energy Agency" not in source.publisher


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_national_database_says_what_it_waits_for(language: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        run("cn_national", tmp_path / "any.csv")
    (fault,) = refused.value.faults
    assert fault.code == "import_waiting" and "licence" in fault.expected
    assert "国家产品碳足迹因子库" in sentence(fault, language)


def test_every_importer_has_a_title_in_both_languages() -> None:
    for item in IMPORTERS.values():
        assert item.title_en and item.title_zh
