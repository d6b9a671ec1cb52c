"""What is kept of a batch: whole where asked, else without secrets; read back from anybody's file without harm."""

from __future__ import annotations

import zlib

import msgspec
import numpy as np
import pytest
from service import Answered, Asked, Service

from keepstone.core.cell import Arm
from keepstone.core.trial import Trials
from keepstone.intake.places import written
from keepstone.measure.play import Played
from keepstone.measure.said import LARGEST, Spoken, unpack
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.assistants.clinic import Clinic as Assistant
from keepstone.parts.assistants.http import Http
from keepstone.parts.conditions.threats.adaptive_injection import AdaptiveInjection
from keepstone.parts.conditions.threats.secret_extraction import SecretExtraction
from keepstone.parts.corpora.clinic import Clinic
from keepstone.parts.metrics.hijacked import Hijacked
from keepstone.parts.metrics.leaked import Leaked
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.targets.chat import Chat


def kept(*, whole: bool = False, silent: bool = False) -> tuple[list[Spoken], dict[str, np.ndarray]]:
    target = Chat(Assistant(obeys_users=1.0, leaky=1.0), Clinic(size=40), whole=whole)
    played = Played(Arm(target, SecretExtraction(), Nothing()), Trials(7, "test", 0, 40), (Leaked(),), silent=silent)
    value = played.make(KeptShelf())
    return unpack(value["said"]) if "said" in value else [], value


def test_every_conversation_is_kept_and_no_secret_in_any() -> None:
    spoken, value = kept()
    secrets = [item.secret for item in Clinic(size=40).items(Trials(7, "test", 0, 40))]
    assert [one.trial for one in spoken] == list(range(40))
    lost = (value["loss:leaked"][:, 0] > 0).tolist()
    assert sum(lost) > 30
    assert [bool(one.seen) for one in spoken] == lost
    data = zlib.decompress(value["said"].tobytes()).decode()
    assert not [secret for secret in secrets if secret in data]
    whole, _value = kept(whole=True)
    assert all(secret in written(one.prompt) for secret, one in zip(secrets, whole, strict=True))
    assert all(("found" in {kind for _text, kind in one.reply}) == bool(one.seen) for one in whole)


def test_losses_are_the_same_however_much_is_kept() -> None:
    values = [kept(whole=whole, silent=silent)[1] for whole, silent in ((False, False), (True, False), (False, True))]
    assert "said" not in values[2]
    for value in values[1:]:
        assert (value["loss:leaked"] == values[0]["loss:leaked"]).all()


def test_the_attackers_path_is_told() -> None:
    target = Chat(Assistant(obeys_users=0.4), Clinic(size=40))
    played = Played(Arm(target, AdaptiveInjection(queries=4, lessons=20), Nothing()), Trials(7, "test", 0, 40), (Hijacked(),))
    value = played.make(KeptShelf())
    spoken = unpack(value["said"])
    hit = [one for one in spoken if one.seen]
    assert 20 < len(hit) < 40
    assert {one.tries for one in hit} > {1, 2}
    for one in spoken:
        path = written(one.path).split("\n")
        assert len(path) == one.tries <= 4
        assert all(line.endswith(": not followed") for line in path[:-1])
        assert one.seen or path[-1].endswith(": not followed"), "what is submitted may work where no try did"
    assert sum(written(one.path).endswith(": followed") for one in spoken) > 20
    assert value["tokens"].tolist() == [0, 0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        zlib.compress(b"[1, 2"),
        zlib.compress(b'[{"trial": "x"}]'),
        zlib.compress(b"[" * 100_000),
        zlib.compress(b"\xff\xfe"),
        zlib.compress(msgspec.json.encode([{"trial": 1}]))[:-6],
    ],
)
def test_a_foreign_file_is_read_as_nothing(data: bytes) -> None:
    assert unpack(np.frombuffer(data, dtype=np.uint8)) in ([], [Spoken(trial=1)])


def test_a_small_file_is_not_unpacked_without_end() -> None:
    bomb = zlib.compress(b" " * (LARGEST + 1_000_000))
    assert len(bomb) < 100_000
    assert unpack(np.frombuffer(bomb, dtype=np.uint8)) == []


@pytest.mark.parametrize("whole", [False, True])
def test_a_stream_is_not_kept_where_a_secret_may_stand_between_its_pieces(*, whole: bool) -> None:
    def answers(asked: Asked) -> Answered:
        said = asked[3]["p"].rpartition("code is ")[2][:10]
        return Answered("".join(f'data: {{"t": "{said[k : k + 2]}"}}\n\n' for k in range(0, 10, 2)))

    with Service(answers) as service:
        bot = Http(address=service.url, request='{"p": "{prompt}", "q": "{question}"}', response="t", streamed=True)
        target = Chat(bot, Clinic(size=3), whole=whole)
        value = Played(Arm(target, SecretExtraction(), Nothing()), Trials(7, "test", 0, 3), (Leaked(),)).make(KeptShelf())
        bot.close()
    assert (value["loss:leaked"] > 0).all()
    for one in unpack(value["said"]):
        assert ("withheld" in written(one.raw)) is not whole
        assert ("[secret]" in written(one.sent)) is not whole
