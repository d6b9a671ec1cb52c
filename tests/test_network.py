"""Nothing is sent: no connection is opened and no name looked up while a model is assessed; of a chat system, none but to its address."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from loopback import Loopback

import keepstone as ks

TOP = Path(__file__).parent.parent
CALLS = ("connect", "connect_ex", "sendto", "sendmsg", "bind")
LOOKUPS = ("create_connection", "getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr")

GUARD = """
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        raise SystemExit(f"the network was asked for: {event} {arguments!r}")

sys.addaudithook(watch)
"""


class UsedError(AssertionError):
    """Somebody asked for the network."""


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every way to the network fail loudly."""

    def refuse(*arguments: object, **named: object) -> NoReturn:
        raise UsedError(str(arguments[:2]))

    class Offline(socket.socket):
        """A socket that opens no connection."""

    for name in CALLS:
        setattr(Offline, name, refuse)
    monkeypatch.setattr(socket, "socket", Offline)
    for name in LOOKUPS:
        monkeypatch.setattr(socket, name, refuse)


def test_the_guard_itself_works(offline: None) -> None:
    with socket.socket() as plug, pytest.raises(UsedError):
        plug.connect(("127.0.0.1", 9))
    with pytest.raises(UsedError):
        socket.create_connection(("localhost", 9))
    done = subprocess.run([sys.executable, "-c", f"{GUARD}\nimport socket\nsocket.getaddrinfo('localhost', 9)"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the network was asked for: socket.getaddrinfo" in done.stderr


def test_nothing_is_sent_from_python(offline: None, tmp_path: Path) -> None:
    x = np.column_stack([np.arange(300) % 11, np.arange(300) % 7]).astype(np.float64)
    areas = ("robustness", "fairness", "adversarial")
    groups = {"k": x[:, 1] > 3}
    result = ks.assess(lambda rows: rows[:, 0] / 11, x, x[:, 0] > 5, groups=groups, mitigations="label_only", only=areas, out=tmp_path / "out")
    result.save(tmp_path / "again")
    assert result._repr_html_()
    assert str(result)


def test_nothing_is_sent_from_the_command_line(tmp_path: Path) -> None:
    shutil.copytree(TOP / "examples" / "minimal", tmp_path / "minimal")
    code = f"{GUARD}\nfrom keepstone.cli.main import main\nsys.exit(main(sys.argv[1:]))"
    words = ["assess", "minimal/system.toml", "--only", "robustness,fairness,adversarial", "--workers", "1", "--out", "out"]
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in (0, 1, 4), done.stderr
    assert "network" not in done.stderr
    assert (tmp_path / "out" / "report.html").is_file()


CHAT = """
[system]
name = "bot"
purpose = "answers patients' questions"
autonomy = "advises"
population = "patients"

[target]
chat = "{url}"
items = 20
parameters = {{ model = "m" }}
"""


def test_of_a_chat_system_only_its_address_is_asked(tmp_path: Path) -> None:
    with Loopback() as server:
        (tmp_path / "system.toml").write_text(CHAT.format(url=server.url), encoding="utf-8")
        there = ("127.0.0.1", server.port)
        allowed = f"def watch(event, arguments):\n    if {there} in (arguments[:2], *arguments[1:2]):\n        return"
        guard = GUARD.replace("def watch(event, arguments):", allowed)
        code = f"{guard}\nfrom keepstone.cli.main import main\nsys.exit(main(sys.argv[1:]))"
        words = ["assess", "system.toml", "--only", "resilience", "--workers", "1", "--out", "out"]
        done = subprocess.run([sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode in (0, 1, 4), done.stderr
        assert server.count > 0
    assert "network" not in done.stderr


def test_the_report_asks_for_nothing(tmp_path: Path) -> None:
    x = np.column_stack([np.arange(300) % 11, np.arange(300) % 7]).astype(np.float64)
    page = ks.assess(lambda rows: rows[:, 0] / 11, x, x[:, 0] > 5, only="robustness").report(tmp_path / "report.html").read_text(encoding="utf-8")
    for word in ("<script", "<link", "<iframe", "@import", 'src="http', "url(http"):
        assert word not in page
    assert "Content-Security-Policy" in page
