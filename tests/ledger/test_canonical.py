"""The one byte form: the published examples of RFC 8785, what is refused and where, and that reading gives back what was written."""

from __future__ import annotations

import enum
import hashlib
import json
import math
import pathlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepstone.core.errors import InputError, KeepstoneError
from keepstone.ledger.canonical import DEEPEST, decode, digest, digest_bytes, digest_file, encode


def test_the_example_of_rfc_8785_section_3_2() -> None:
    numbers = [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001]
    value = {"numbers": numbers, "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]}
    assert encode(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_keys_are_sorted_by_utf_16_units_as_in_rfc_8785_section_3_2_3() -> None:
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(encode(value)).values()) == [2, 4, 6, 7, 1, 5, 3]


@pytest.mark.parametrize(
    ("bits", "said"),
    [
        (0x0000000000000000, "0"),
        (0x8000000000000000, "0"),
        (0x0000000000000001, "5e-324"),
        (0x7FEFFFFFFFFFFFFF, "1.7976931348623157e+308"),
        (0x4340000000000000, "9007199254740992"),
        (0x4430000000000000, "295147905179352830000"),
        (0x44B52D02C7E14AF5, "9.999999999999997e+22"),
        (0x44B52D02C7E14AF6, "1e+23"),
        (0x444B1AE4D6E2EF4E, "999999999999999700000"),
        (0x3EB0C6F7A0B5ED8D, "0.000001"),
        (0x3EB0C6F7A0B5ED8C, "9.999999999999997e-7"),
        (0x41B3DE4355555554, "333333333.33333325"),
    ],
)
def test_the_numbers_of_rfc_8785_appendix_b(bits: int, said: str) -> None:
    (number,) = struct.unpack(">d", struct.pack(">Q", bits))
    assert encode(number) == said.encode()


class Colour(enum.IntEnum):
    RED = 1


class Word(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "place", "rule"),
    [
        ({"a": [0, math.nan]}, "$.a[1]", "finite; got nan"),
        ([math.inf], "$[0]", "finite; got inf"),
        (2**53, "$", "an integer below 2^53"),
        ({"a": {"b": -(2**53)}}, "$.a.b", "an integer below 2^53"),
        ([np.float64(1.0)], "$[0]", "got numpy.float64"),
        ([np.int64(1)], "$[0]", "got numpy.int64"),
        (np.zeros(2), "$", "got numpy.ndarray"),
        ({"c": Colour.RED}, "$.c", "Colour"),
        (Word("x"), "$", "Word"),
        (frozenset({1}), "$", "got builtins.frozenset"),
        (b"x", "$", "got builtins.bytes"),
        ({"a": {1: 2}}, "$.a.1", "below a text as its key; got a key of type int"),
        ({"a": "\ud800"}, "$.a", "Unicode text"),
        ({"\ud800": 1}, "$.'\\ud800'", "Unicode text"),
    ],
)
def test_what_json_can_t_hold_is_refused_with_its_place(value: object, place: str, rule: str) -> None:
    with pytest.raises(KeepstoneError) as caught:
        encode(value)
    assert str(caught.value).startswith(f"The «{place}» of «canonical JSON» must be ")
    assert rule in str(caught.value)


def nested(depth: int) -> object:
    value: object = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_depth_is_limited_on_both_ways() -> None:
    deepest = encode(nested(DEEPEST))
    assert decode(deepest) == nested(DEEPEST)
    with pytest.raises(KeepstoneError, match="at most 64 levels"):
        encode(nested(DEEPEST + 1))
    for levels in (DEEPEST + 1, 100_000):
        with pytest.raises(InputError, match="at most 64 levels"):
            decode(b"[" * levels + b"]" * levels)


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(KeepstoneError, match="at most 64 levels"):
        encode(value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"a": 1, "b": {"x": 1, "x": 2}}', "r.json: The key «x» stands twice in one object."),
        (b"[NaN]", "r.json: A number must be finite; got NaN."),
        (b"[-Infinity]", "r.json: A number must be finite; got -Infinity."),
        (b"[1e999]", "r.json: A number must be finite; got 1e999."),
        (b"[9007199254740992]", "r.json: An integer must be below 2^53; got 9007199254740992."),
        (b"1" * 100_000, f"r.json: An integer must be below 2^53; got {'1' * 40}."),
        (b'{"a": "\xff"}', "r.json: The text must be UTF-8; got byte 0xff at 7."),
        (b'{"a": \n tru}', "r.json:2:2: This is not JSON: expecting value."),
        (b"\xef\xbb\xbf[]", "r.json:1:1: This is not JSON: unexpected UTF-8 BOM (decode using utf-8-sig)."),
        (b"", "r.json:1:1: This is not JSON: expecting value."),
        (b'{"a": ["\\ud800"]}', "r.json: The «$.a[0]» must be Unicode text; got half a surrogate pair."),
        (b"[" + b" " * 1000 + b"]", "r.json: There must be at most 1,000 bytes; got 1,002."),
    ],
)
def test_what_is_not_strict_json_is_refused(data: bytes, said: str) -> None:
    limit = 1_000 if data.startswith(b"[ ") else 1 << 20
    with pytest.raises(InputError) as caught:
        decode(data, limit=limit, name="r.json")
    assert str(caught.value) == said


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15, allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_reading_gives_back_what_was_written(value: object) -> None:
    data = encode(value)
    assert decode(data) == value
    assert encode(decode(data)) == data


@given(st.binary(max_size=60))
def test_any_bytes_give_a_value_or_one_error(data: bytes) -> None:
    try:
        value = decode(data)
    except InputError:
        return
    assert decode(encode(value)) == value


def test_a_tuple_is_a_list() -> None:
    assert encode((1, (2,))) == encode([1, [2]]) == b"[1,[2]]"


def test_digests_name_the_bytes(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b'{"a":1}')
    expected = "sha256:" + hashlib.sha256(b'{"a":1}').hexdigest()
    assert digest({"a": 1}) == digest_bytes(b'{"a":1}') == digest_file(file) == expected
    with pytest.raises(InputError, match="can't be read: No such file"):
        digest_file(tmp_path / "none")
