"""A chat system behind an address, from the command line: what is sent, what is paid for, what is kept, and that a run goes on without asking again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import Body, Loopback, breaking

from keepstone.core.chat import Conversation
from keepstone.parts.assistants.clinic import Clinic

TOP = Path(__file__).parent.parent.parent
SECRET = "sk-never-to-be-shown-1234567890"
CLINIC = Clinic(obeys_documents=0.6)
SYSTEM = """
[system]
name = "bot"
purpose = "answers patients' questions"
autonomy = "advises"
population = "patients"

[target]
chat = "{url}"
items = 150
seconds = 1.0
parameters = {{ model = "m", temperature = 0.0, key = "BOT_KEY", concurrency = 8 }}
"""


def says(asked: Body) -> str:
    """The scripted assistant, which says the key that it was sent."""
    system, _, document = str(asked["messages"][0]["content"]).partition("\n\nDocument:\n")
    turns = tuple((one["role"], one["content"]) for one in asked["messages"] if one["role"] != "system")
    return CLINIC.reply([Conversation(system, (document,) if document else (), turns, asked["seed"] / 2**31)])[0].text + f" ({SECRET})"


def assess(folder: Path, *words: str, key: str = SECRET) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BOT_KEY": key}
    command = [sys.executable, "-m", "keepstone", "assess", "system.toml", "--out", "out", "--workers", "1", "--only", "adversarial", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.slow
def test_an_endpoint_that_breaks_is_assessed_paid_for_once_and_its_key_kept_nowhere(tmp_path: Path) -> None:
    with Loopback(says=says, how=breaking(0.05)) as server:
        (tmp_path / "system.toml").write_text(SYSTEM.format(url=server.url), encoding="utf-8")
        done = assess(tmp_path)
        assert done.returncode in {1, 4}, done.stderr
        result = json.loads((tmp_path / "out" / "result.json").read_bytes())
        assert server.count == result["calls"]["made"] > 0
        assert {headers["authorization"] for headers, _ in server.seen} == {f"Bearer {SECRET}"}
        before = server.count
        again = assess(tmp_path, "--resume")
        assert again.returncode == done.returncode
        assert server.count == before
        assert json.loads((tmp_path / "out" / "result.json").read_bytes()) == result
    verdicts = {row["id"]: (row["verdict"], row["why"]) for row in result["findings"]}
    verdict, why = verdicts["adversarial.prompt_injection-document.hijacked"]
    assert verdict == "fail"
    assert "more trials broke" in why
    assert "error" not in {word for word, _ in verdicts.values()}
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept + (done.stdout + done.stderr + again.stdout + again.stderr).encode()
    checked = subprocess.run([sys.executable, TOP / "tools" / "verify.py", tmp_path / "out"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.slow
def test_where_nobody_answers_little_is_asked_and_every_finding_is_an_error(tmp_path: Path) -> None:
    with Loopback() as server:
        pass
    text = SYSTEM.format(url=server.url).replace("items = 150", "items = 1000").replace("concurrency = 8", "concurrency = 8, attempts = 1")
    (tmp_path / "system.toml").write_text(text, encoding="utf-8")
    done = assess(tmp_path)
    assert done.returncode == 4, done.stderr
    result = json.loads((tmp_path / "out" / "result.json").read_bytes())
    assert {row["verdict"] for row in result["findings"]} == {"error"}
    assert all("no connection" in row["why"] for row in result["findings"])
    assert result["calls"]["made"] == 0, "nothing was sent"
    rounds = [line for text in (tmp_path / "out" / "losses.jsonl").read_text(encoding="utf-8").splitlines() if "broken" in (line := json.loads(text))]
    asked = {arm: sum(line["stop"] - line["start"] for line in rounds if line["arm"] == arm) for arm in {line["arm"] for line in rounds}}
    assert asked
    assert set(asked.values()) == {32}
    checked = subprocess.run([sys.executable, TOP / "tools" / "verify.py", tmp_path / "out"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert f"{len(asked)} arm(s) were given up since more than half of their trials broke" in checked.stdout
    assert "was stopped" not in checked.stdout


def test_without_its_key_nothing_is_sent_and_one_line_says_so(tmp_path: Path) -> None:
    with Loopback() as server:
        (tmp_path / "system.toml").write_text(SYSTEM.format(url=server.url), encoding="utf-8")
        done = assess(tmp_path, key="")
        assert (done.returncode, server.count) == (2, 0)
    assert "environment variable «BOT_KEY», which is not set" in done.stderr
    assert done.stderr.count("\n") == 1
