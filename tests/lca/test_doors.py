"""lca.doors: every number arrives as the text that was written (architecture §4)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.doors import MAX_DEPTH, MAX_TEXT, cell_text, read_json, read_yaml
from lca.exact import Exact
from lca.faults import Refused


def refusal(read: Any, text: str) -> tuple[str, str, str]:
    with pytest.raises(Refused) as caught:
        read(text)
    (fault,) = caught.value.faults
    return fault.code, fault.where, fault.found


# ---- JSON


@pytest.mark.parametrize(
    "number",
    ["0.1", "1", "-0", "1E-7", "1e+3", "0.10", "12345678901234567890.12345678901234567890", "1E400", "9" * 50],
)
def test_json_numbers_keep_their_digits(number: str) -> None:
    assert read_json(f'{{"amount": {number}, "list": [{number}]}}') == {"amount": number, "list": [number]}


def test_json_keeps_words_true_and_null() -> None:
    assert read_json('{"a": true, "b": null, "c": "0.10", "d": []}') == {"a": True, "b": None, "c": "0.10", "d": []}


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity"])
def test_json_refuses_what_is_no_number(token: str) -> None:
    assert refusal(read_json, f'{{"a": [1, {token}]}}') == ("not_a_number", "", token)


def test_json_refuses_doubled_keys_and_names_them_all() -> None:
    assert refusal(read_json, '{"b": 1, "a": 1, "b": 2, "a": 3, "c": 4}') == ("key_twice", "", "a, b")
    assert refusal(read_json, '[{"in": {"t": 1, "t": 1}}]') == ("key_twice", "", "t")


def test_json_says_where_it_cannot_read() -> None:
    code, where, found = refusal(read_json, '{"a": 1,\n "b": }')
    assert (code, where, found) == ("json_unreadable", "line 2, column 7", "Expecting value")


@pytest.mark.parametrize("text", ["", "{", "[1,]", "{'a': 1}", "01", "1 2", "\ufeff{}", "+1", ".5"])
def test_json_refuses_what_is_not_json(text: str) -> None:
    assert refusal(read_json, text)[0] == "json_unreadable"


def nested(levels: int) -> str:
    return "[" * levels + "1" + "]" * levels


def test_json_depth_is_limited_to_forty() -> None:
    assert MAX_DEPTH == 40
    value = read_json(nested(40))
    for _ in range(40):
        (value,) = value
    assert value == "1"
    assert refusal(read_json, nested(41)) == ("too_deep", "", "more than 40 levels")
    assert refusal(read_json, '{"a":' * 41 + "1" + "}" * 41)[0] == "too_deep"


def test_json_of_a_million_brackets_is_refused_not_crashed() -> None:
    assert refusal(read_json, "[" * 1_000_000)[0] == "too_deep"


def test_text_longer_than_the_limit_is_refused() -> None:
    long = " " * (MAX_TEXT + 1)
    for read in (read_json, read_yaml):
        assert refusal(read, long) == ("file_too_large", "", "20,000,001 characters")


def test_many_keys_with_one_doubled_are_refused_fast() -> None:
    """30,000 keys: counting each key in the list of all is 9e8 comparisons, a counter is 30,000."""
    text = "{" + ",".join(f'"k{i}":1' for i in range(30_000)) + ',"k7":2}'
    assert refusal(read_json, text) == ("key_twice", "", "k7")


# ---- YAML


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("on", "on"),
        ("true", "true"),
        ("12:30:00", "12:30:00"),
        ("2024-01-31", "2024-01-31"),
        ("0.10", "0.10"),
        ("1_000", "1_000"),
        ("0o14", "0o14"),
        ("010", "010"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("~", "~"),
        ("null", "null"),
        ("", ""),
        ('""', ""),
        ("'5'", "5"),
        ("万度", "万度"),
        ("=", "="),
    ],
)
def test_yaml_scalars_stay_text(written: str, read: str) -> None:
    """PyYAML's usual reading makes NO false, 12:30:00 45000, 010 eight and an empty value null."""
    assert read_yaml(f"a: {written}\n") == {"a": read}
    assert read_yaml(f"- {written}\n") == [read]


def test_yaml_keys_stay_text() -> None:
    assert read_yaml("NO: 1\n1: 2\n2024-01-01: 3\n") == {"NO": "1", "1": "2", "2024-01-01": "3"}


def test_yaml_blocks_and_flows() -> None:
    text = "a:\n  - {x: 1, y: [2, '3']}\n  - |\n    two\n    lines\n"
    assert read_yaml(text) == {"a": [{"x": "1", "y": ["2", "3"]}, "two\nlines\n"]}


def test_yaml_of_nothing_is_nothing() -> None:
    assert read_yaml("") is None
    assert read_yaml("# only a comment\n") is None


def test_yaml_refuses_an_alias_and_says_which() -> None:
    assert refusal(read_yaml, "a: &x 5\nb: *x\n") == ("yaml_alias", "line 2", "*x")
    assert refusal(read_yaml, "base: &b {x: 1}\nmore:\n  <<: *b\n") == ("yaml_alias", "line 3", "*b")
    assert refusal(read_yaml, "&k a: 1\n*k : 2\n")[0] == "yaml_alias"


def test_yaml_refuses_billion_laughs_at_once() -> None:
    """Nine levels of nine aliases expand to 387,420,489 words; refused before the first expansion."""
    lines = ['a0: &a0 "ha"']
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    assert refusal(read_yaml, "\n".join(lines)) == ("yaml_alias", "line 2", "*a0")


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("a: !!float 1.5", "tag:yaml.org,2002:float"),
        ("a: !!python/object/apply:os.system [ls]", "tag:yaml.org,2002:python/object/apply:os.system"),
        ("!own {a: 1}", "!own"),
        ("- !!str 5", "tag:yaml.org,2002:str"),
    ],
)
def test_yaml_refuses_tags(text: str, tag: str) -> None:
    assert refusal(read_yaml, text) == ("yaml_tag", "line 1", tag)


def test_yaml_refuses_doubled_keys_also_inside() -> None:
    assert refusal(read_yaml, "a: 1\nb: 2\na: 3\n") == ("key_twice", "line 3", "a")
    assert refusal(read_yaml, "rows:\n  - t: 1\n    t: 1\n") == ("key_twice", "line 3", "t")


def test_yaml_refuses_a_key_that_is_no_word() -> None:
    assert refusal(read_yaml, "? [a, b]\n: 1\n") == ("yaml_unreadable", "line 1", "a list as a key")


def test_yaml_refuses_several_documents() -> None:
    assert refusal(read_yaml, "a: 1\n---\nb: 2\n") == ("yaml_unreadable", "line 2", "several documents")
    assert read_yaml("---\na: 1\n...\n") == {"a": "1"}


@pytest.mark.parametrize(
    ("text", "where"), [("a: [1, 2", "line 1, column 9"), ("a:\n\t- 1", "line 2, column 1"), ("{a: 1}}", "line 1")]
)
def test_yaml_says_where_it_cannot_read(text: str, where: str) -> None:
    code, place, found = refusal(read_yaml, text)
    assert code == "yaml_unreadable"
    assert place.startswith(where.split(",")[0].rsplit(" ", 1)[0])
    assert found


@pytest.mark.parametrize("text", ["a: \x00", "a: \x07", "a: \ud800"])
def test_yaml_refuses_characters_that_are_no_text(text: str) -> None:
    """A NUL, a bell and a lone surrogate (which JSON escapes can carry into a text)."""
    assert refusal(read_yaml, text)[0] == "yaml_unreadable"


def test_yaml_depth_is_limited_to_forty() -> None:
    value = read_yaml(nested(40))
    for _ in range(40):
        (value,) = value
    assert value == "1"
    assert refusal(read_yaml, nested(41)) == ("too_deep", "line 1", "more than 40")


def test_yaml_of_many_brackets_is_refused_fast() -> None:
    """100 kB of ``[``: libyaml's look-ahead is quadratic in the flow level, so the depth must be cut while reading.

    Run in a process of its own, since the reader cannot be interrupted.
    """
    code = "from lca.doors import read_yaml; read_yaml('[' * 100_000)"
    here = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=here, capture_output=True, text=True, timeout=4, check=False
    )
    assert done.returncode == 1
    assert "Refused: too_deep" in done.stderr


# ---- both doors, and the cells


plain = st.recursive(
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=6),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text("abcxyz", min_size=1, max_size=4), inner, max_size=4),
    ),
    max_leaves=12,
)


def as_flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": {as_flow(part)}' for key, part in value.items()) + "}"
    return "[" + ", ".join(map(as_flow, value)) + "]" if isinstance(value, list) else f'"{value}"'


@given(plain)
def test_both_doors_read_one_text_alike(value: Any) -> None:
    """JSON is YAML flow style: the same text through either door is the same value."""
    text = as_flow(value)
    assert read_json(text) == read_yaml(text) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_a_json_number_reaches_exact_with_all_digits(value: Any) -> None:
    text = format(value, "f")
    assert Exact(read_json(f"[{text}]")[0]) == Exact(text)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333333"),
        (1234.5, "1234.5"),
        (12345678901234567.0, "1.23456789012346e+16"),
        (5, "5"),
        (1e-7, "1e-07"),
        (100.0, "100"),
        (-0.25, "-0.25"),
    ],
)
def test_a_cell_is_printed_as_the_sheet_shows_it(cell: float, text: str) -> None:
    """15 significant digits, as spreadsheet programs do; 0.1 + 0.2 shows as 0.3."""
    assert cell_text(cell) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=8))
def test_up_to_fifteen_digits_survive_a_cell(value: Any) -> None:
    """IEEE 754: a decimal of at most 15 digits comes back from binary64 unchanged."""
    text = format(value, "f")
    assert Exact(cell_text(float(text))) == Exact(text)


@pytest.mark.parametrize("cell", [float("nan"), float("inf")])
def test_a_cell_without_a_number_does_not_become_one(cell: float) -> None:
    with pytest.raises(Refused):
        Exact.parse(cell_text(cell))
