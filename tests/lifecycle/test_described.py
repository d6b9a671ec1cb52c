"""From a path to a System: everything wrong is told with its place, before any work."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile.spoil import SYSTEM

from keepstone.core.errors import InputError
from keepstone.lifecycle.described import LARGEST, described


def write(folder: Path, text: str) -> Path:
    path = folder / "system.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_system_file_and_the_features_beside_it(tmp_path: Path) -> None:
    head, _, features = SYSTEM.partition("\n[[feature]]")
    (tmp_path / "features.toml").write_text("[[feature]]" + features, encoding="utf-8")
    system = described(write(tmp_path, head + 'features = "features.toml"\n'))
    assert system.data is not None
    assert [feature.name for feature in system.data.features] == ["age", "lab"]


def test_what_is_named_must_be_known_and_is_told_with_its_line(tmp_path: Path) -> None:
    text = (
        SYSTEM + '[[mitigation]]\nname = "abstention"\n\n[[mitigation]]\nname = "magic"\n\n[[mitigation]]\nname = "query_budget"\nparameters = { most = 3 }\n'
    )
    with pytest.raises(InputError) as found:
        described(write(tmp_path, text))
    assert [problem.rpartition("system.toml:")[2][:26] for problem in found.value.problems] == ["28: The mitigation «magic»", "31: The mitigation «query_"]


def test_a_file_that_is_not_there_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        described(tmp_path / "system.toml")
    with pytest.raises(InputError, match="at most"):
        described(write(tmp_path, "#" * (LARGEST + 1)))


def test_texts_of_a_mitigation_may_stand_in_a_file_and_what_is_wrong_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "calm.txt").write_text("When do you open?\n\nIs there a bus?\n", encoding="utf-8")
    text = SYSTEM + '[[mitigation]]\nname = "injection_detector"\nparameters = { ordinary = "file:%s" }\n'
    system = described(write(tmp_path, text % "calm.txt"))
    assert system.mitigations[0].parts == (("injection_detector", {"ordinary": ("When do you open?", "Is there a bus?")}),)
    for name, told in (("none.txt", "no such file"), ("../calm.txt", "leads elsewhere"), ("/etc/passwd", "leads elsewhere")):
        with pytest.raises(InputError, match=f"system.toml:25: .*{told}"):
            described(write(tmp_path, text % name))
