"""Accident or attack: what a checksum, a digest and a seal say of damaged and of forged files, and what that is worth to a model.

Floor: one pass of SHA-256 over the file. Peer: a checksum alone (CRC-32) and a digest alone (SHA-256), as files carry them today.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import time

import numpy as np
from printing import show, verdict

from keepstone.areas import controls
from keepstone.core.cell import Arm
from keepstone.core.channel import Ruling
from keepstone.core.trial import Outcome, Trials
from keepstone.ledger.canonical import encode
from keepstone.ledger.keys import InsecureDevelopmentKey
from keepstone.ledger.seal import Condition, Read, _own, check, checksum, seal
from keepstone.measure.play import Built, play
from keepstone.measure.shelf import KeptShelf
from keepstone.parts.conditions.hazards.bit_rot import BitRot
from keepstone.parts.conditions.hazards.nominal import Nominal
from keepstone.parts.conditions.threats.tampered_parameters import TamperedParameters
from keepstone.parts.metrics.missed import Missed
from keepstone.parts.mitigations.none import Nothing
from keepstone.parts.mitigations.sealed_model import SealedModel
from keepstone.stats.chance import Address, integers, uniform

RUNS = 1000
SIZE = 4096
LARGE = 64 << 20


def damaged(data: bytes, run: int) -> bytes:
    """One to eight bits flipped, a block zeroed, or the end cut off."""
    kind, many = (int(value) for value in integers(Address(7, "damage", run, run + 1), "kind", 2, 8)[0])
    places = integers(Address(7, "damage", run, run + 1), "place", 8, 8 * len(data))[0]
    out = bytearray(data)
    if kind == 0:
        return bytes(out[: int(places[0]) // 8])
    if kind == 1:
        start = int(places[0]) // 8
        out[start : start + 512] = bytes(len(out[start : start + 512]))
        return bytes(out)
    for place in set(places[: many + 1].tolist()):
        out[place // 8] ^= 1 << place % 8
    return bytes(out)


def forged(data: bytes, sealed: bytes, run: int) -> tuple[bytes, bytes]:
    """A file edited on purpose, all that needs no key made to fit; every third with the seal signed anew by the attacker's own key."""
    at = int(integers(Address(7, "forgery", run, run + 1), "place", 1, len(data) - 8)[0, 0])
    edited = data[:at] + b"EVIL" + data[at + 4 :]
    read = Read.of(io.BytesIO(edited))
    record = json.loads(sealed) | {"checksum": read.checksum}
    if run % 3 == 1:
        record |= {"digest": read.digest, "size": read.size}
    if run % 3 == 2:
        return edited, seal("model.bin", read, InsecureDevelopmentKey())
    record["own"] = _own(record)
    return edited, encode(record)


def files() -> tuple[list[list[object]], dict[str, float]]:
    """Shares of 1 000 accidents and 1 000 attacks by what they are called."""
    data = (uniform(Address(7, "file", 0, SIZE), "byte", 1)[:, 0] * 256).astype(np.uint8).tobytes()
    key = InsecureDevelopmentKey()
    sealed = seal("model.bin", Read.of(io.BytesIO(data)), key)
    accidents = [damaged(data, run) for run in range(RUNS)]
    accidents = [one for one in accidents if one != data]
    attacks = [forged(data, sealed, run) for run in range(RUNS)]
    said = [[check("model.bin", Read.of(io.BytesIO(one)), sealed, key.public).condition for one in accidents]]
    said += [[check("model.bin", Read.of(io.BytesIO(one)), also, key.public).condition for one, also in attacks]]
    untouched = [check("model.bin", Read.of(io.BytesIO(data)), sealed, key.public).condition for _ in range(RUNS)]
    crc = [sum(checksum(one) != checksum(data) for one in accidents) / len(accidents), 0.0]  # the attacker writes a checksum that fits
    sha = [sum(hashlib.sha256(one).digest() != hashlib.sha256(data).digest() for one in accidents) / len(accidents), 0.0]
    found = [sum(one is not Condition.INTACT for one in row) / len(row) for row in said]
    named = [sum(one is Condition.CORRUPTED for one in said[0]) / len(said[0]), sum(one is Condition.TAMPERED for one in said[1]) / len(said[1])]
    accused = sum(one is not Condition.INTACT for one in untouched) / RUNS
    rows: list[list[object]] = [
        ["CRC-32 alone (peer)", crc[0], crc[1], "", ""],
        ["SHA-256 beside the file (peer)", sha[0], sha[1], "", ""],
        ["Keepstone's seal", found[0], found[1], named[0], named[1]],
    ]
    return rows, {"accidents": named[0], "attacks": named[1], "accused": accused}


def read(outcome: Outcome) -> tuple[float, float]:
    """Share of the outcomes that were missed, and of the rows that were stopped."""
    missed = float(np.nanmean(Missed().loss(outcome, lambda: outcome)))
    return missed, float((np.asarray(outcome.columns["ruling"]) == Ruling.STOPPED).mean())


def model() -> tuple[list[list[object]], dict[str, float]]:
    """Outcomes missed by a logistic regression, and rows stopped, under chance and intent, by what guards its parameters."""
    rows, kept = list[list[object]](), dict[str, float]()
    for mitigation in (Nothing(), SealedModel("checksum"), SealedModel("mac")):
        row: list[object] = [mitigation.title]
        for condition in (Nominal(), BitRot(bits=1), TamperedParameters()):
            shelf, arm = KeptShelf(), Arm(controls.linear(), condition, mitigation)
            target = shelf.get(Built(arm, 7))
            outcome = play(target, arm, Trials(7, "test", 0, target.size("test")), shelf)
            missed, stopped = read(outcome)
            row += [missed, stopped]
            kept[f"{mitigation.id} {condition.name}"] = missed
            kept[f"{mitigation.id} {condition.name} stopped"] = stopped
        rows.append(row)
    return rows, kept


def speed() -> tuple[float, float]:
    """Seconds to hash 64 MB, and to read it for a seal."""
    data = bytes(LARGE)
    began = time.perf_counter()
    hashlib.sha256(data).digest()
    middle = time.perf_counter()
    Read.of(io.BytesIO(data))
    return middle - began, time.perf_counter() - middle


def main() -> int:
    """Print the tables."""
    rows, shares = files()
    show("1 000 accidents and 1 000 attacks: found, and named rightly", ["", "accidents", "attacks", "named accident", "named attack"], rows)
    told, kept = model()
    head = ["", "missed, untouched", "stopped", "missed, bit rot", "stopped", "missed, tampered", "stopped"]
    show("A model's parameters", head, told)
    floor, ours = speed()
    show("64 MB", ["", "seconds"], [["SHA-256 (floor)", floor], ["read for a seal", ours]])
    met = [
        verdict("accidents not named so", 1 - shares["accidents"], 0.0),
        verdict("attacks not named so", 1 - shares["attacks"], 0.0),
        verdict("untouched files accused", shares["accused"], 0.0),
        verdict("sealed model, missed under tampering, over untouched", kept["sealed_model-mac tampered_parameters"] - kept["none nominal"], 0.0),
        verdict("read for a seal / SHA-256", ours / floor, 2.0, unit=" x"),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
