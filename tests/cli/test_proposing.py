"""What `init` finds out by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepstone.cli.proposing import about_model, beside
from keepstone.core.errors import InputError


def test_a_function_of_rows_and_labels_trains(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("raise SystemExit\ndef learn(x, y, *, seed): pass\ndef fit(x): pass\n", encoding="utf-8")
    assert about_model(f"{path}:learn", trust_pickle=False) == {"model is": "fit"}
    assert about_model(f"{path}:fit", trust_pickle=False) == {"model is": "call"}
    with pytest.raises(InputError, match="must define the function «other»") as found:
        about_model(f"{path}:other", trust_pickle=False)
    assert found.value.hint == "It defines learn, fit."
    with pytest.raises(InputError, match="must be named too"):
        about_model(str(path), trust_pickle=False)


def test_a_model_names_its_columns(tmp_path: Path) -> None:
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from skops import io

    frame = pd.DataFrame({"lab": [0.0, 1.0, 2.0, 3.0], "age": [1.0, 2.0, 1.0, 2.0]})
    io.dump(LogisticRegression().fit(frame, [0, 0, 1, 1]), tmp_path / "named.skops")
    io.dump(LogisticRegression().fit(np.asarray(frame), [0, 0, 1, 1]), tmp_path / "bare.skops")
    assert about_model(str(tmp_path / "named.skops"), trust_pickle=False) == {"features": "lab, age"}
    assert about_model(str(tmp_path / "bare.skops"), trust_pickle=False) == {}


def test_scores_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("score\n0.5\n", encoding="utf-8")
    assert about_model(str(tmp_path / "s.csv"), trust_pickle=False) == {}


def test_a_file_is_named_from_the_folder_of_the_system_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c.csv").touch()
    assert beside(str(tmp_path / "a" / "c.csv"), tmp_path / "system.toml") == "a/c.csv"
    with pytest.raises(InputError, match="must lie in the folder of"):
        beside(str(tmp_path / "a" / "c.csv"), tmp_path / "b" / "system.toml")
