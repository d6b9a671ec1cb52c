"""The `keepstone` command. Help and wrong commands answer at once: nothing is imported before it is asked for."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` alone would take as long to load as the rest of this module
    from collections.abc import Sequence

COMMANDS = {
    "demo": "assess the healthcare example that comes with Keepstone",
    "demo-model": "install a small chat model that runs on this machine",
    "init": "write a system file for a model and its cases",
    "plan": "say what would be run and what it could decide; no criterion is measured",
    "assess": "measure both halves and what each costs the other",
    "replay": "ask one conversation of a finding again",
    "report": "draw the page of a result again",
    "export": "write a result for the tools of others: SARIF, OSCAL, JUnit, cards",
    "bom": "list what a system is made of: files, libraries, known advisories",
    "explain": "explain a word, a part, or the arithmetic of a finding",
    "list": "list parts, areas, risks, words, limits",
    "diff": "compare two results: new, mended, changed, unchanged",
    "label": "label replies, so that a judge can be corrected",
    "triage": "say of an incident whether it is safety, security or both, by facts",
    "rescore": "score again what garak, promptfoo or PyRIT ran",
    "verify": "check the signature of a run and recompute every verdict",
    "ledger": "keep plans and results in a log that nobody can rewrite unnoticed",
    "scan": "read files of models without loading them: clean, hostile, or cannot tell",
    "seal": "put a checksum against accidents and a signature against intent beside a file",
    "unseal": "tell what became of a sealed file: intact, corrupted, tampered or unverifiable",
    "keys": "make or show the key that signs plans",
    "check": "run the conformance checks on parts of your own",
    "selfcheck": "prove on this machine that verdicts keep their error rate",
}

GREETING = """Usage: keepstone COMMAND [ARGUMENTS]

Is this AI system safe, is it secure, and what does each cost the other?

{commands}

Start here:
  keepstone demo                               the example, two minutes
  keepstone init model.skops cases.csv         describe your own system
  keepstone assess system.toml                 then measure it
  keepstone COMMAND --help                     examples and options

Exit codes: 0 all criteria met; 1 a criterion failed; 4 nothing failed, something is open;
2 wrong usage or input; 3 evidence does not verify; 130 interrupted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Words after the program's name; those of the process if None.

    Returns:
        The exit code.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["help"] and words[1:2]:
        words = [words[1], "--help"]
    if not words or words[0] in ("-h", "--help", "help"):
        return _say(GREETING.format(commands="\n".join(f"  {name:10} {what}" for name, what in COMMANDS.items())))
    if words[0] in ("-V", "--version"):
        from importlib.metadata import version

        return _say(f"keepstone {version('keepstone')}")
    if words[0] not in COMMANDS:
        return _unknown(words[0])
    return _run(words[0], words[1:])


def _say(text: str) -> int:
    """Print a text; a reader that has gone away is no fault."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        from keepstone.cli.running import leave_pipe

        leave_pipe()
    return 0


def _unknown(word: str) -> int:
    from difflib import get_close_matches

    from keepstone.intake.fields import inert

    near = get_close_matches(word, COMMANDS, n=1)
    hint = f" Did you mean «{near[0]}»?" if near else ""
    sys.stderr.write(f"keepstone: There is no command «{inert(word[:60])}».{hint} `keepstone --help` lists them.\n")
    return 2


def _run(name: str, words: list[str]) -> int:
    from importlib import import_module

    from keepstone.cli.running import finish

    return finish(lambda: import_module(f"keepstone.cli.{name.replace('-', '_')}_command").command, name, words)


if __name__ == "__main__":
    sys.exit(main())
