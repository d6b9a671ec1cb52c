"""What comes from outside and is wrong: over a hundred system files, data, models, callables and command lines, each with what must be said of it.

A case writes its files into a folder and names a command. Used by `test_bad_input.py` and by `benchmarks/bar_11_bad_input.py`, which prints the table.
"""

from __future__ import annotations

import gzip
import pickle

from hostile.spoil import (
    ASSESS,
    MEBI,
    MISBEHAVES,
    ROWS,
    SYSTEM,
    Bomb,
    Case,
    add,
    away,
    bombed,
    both,
    csv,
    instead,
    link,
    model,
    nothing,
    pipe,
    saved,
    swap,
    write,
    zipped,
)

CRITERION = '\n[[criterion]]\nfinding = "*.missed"\nlimit = 0.2\nreason = "r"\nset_by = "s"\nsource = "t"\ndate = 2026-01-31\n'
MITIGATION = '\n[[mitigation]]\nname = "{}"\n'

SYSTEMS = [
    Case(name="system: no file", build=away("system.toml"), says=["system.toml: There is no such file"]),
    Case(name="system: a folder", build=instead("system.toml"), says=["system.toml: This is a folder"]),
    Case(name="system: a pipe", build=pipe("system.toml"), says=["system.toml: This is no plain file"]),
    Case(name="system: empty", build=write("system.toml", ""), says=["system.toml:1: The «system»", "must be"]),
    Case(name="system: binary", build=write("system.toml", bytes(range(256))), says=["system.toml:"]),
    Case(
        name="system: not UTF-8", build=write("system.toml", SYSTEM.replace("triage", "tri\xe4ge").encode("latin-1")), says=["system.toml:2:", "UTF-8", "0xe4"]
    ),
    Case(name="system: UTF-16", build=write("system.toml", SYSTEM.encode("utf-16")), says=["system.toml:1:", "UTF-8"]),
    Case(name="system: ten megabytes", build=write("system.toml", "# " + "x" * 10 * MEBI), says=["system.toml:", "at most 1", "bytes"]),
    Case(name="system: arrays nested a thousand deep", build=add("x = " + "[" * 1000 + "]" * 1000), says=["system.toml:", "deep"]),
    Case(name="system: a dotted key of a hundred thousand parts", build=write("system.toml", "a." * 100_000 + "a = 1"), says=["system.toml:1"]),
    Case(name="system: an integer of ten thousand digits", build=swap("threshold = 0.5", "threshold = " + "9" * 10_000), says=["system.toml"]),
    Case(name="system: not TOML", build=swap('name = "triage"', "name = triage"), says=["system.toml:2:8: This is not TOML"]),
    Case(name="system: a text that never ends", build=swap('"triage"', '"""triage'), says=["system.toml:", "not TOML"]),
    Case(name="system: a key twice", build=swap('name = "triage"', 'name = "triage"\nname = "again"'), says=["system.toml:3", "not TOML"]),
    Case(name="system: a NUL", build=write("system.toml", SYSTEM.replace("triage", "tri\0age")), says=["system.toml:2:"]),
    Case(name="system: control characters in a name", build=swap('"triage"', '"tri\\u001b[31mage"'), says=["system.toml:2: The «name» of «system»", "control"]),
    Case(name="system: a number for a name", build=swap('"triage"', "7"), says=["system.toml:2: The «name» of «system» must be a text; got 7"]),
    Case(name="system: a list for a table", build=swap("[data]", "[[data]]"), says=["The «data»", "must be a table"]),
    Case(
        name="system: a key mistyped",
        build=swap("purpose =", "pupose ="),
        says=["system.toml:3: The «pupose» of «system» is not known; did you mean «purpose»?"],
    ),
    Case(name="system: no [data]", build=swap("[data]", "[[exclude]]"), says=["system.toml:"]),
    Case(
        name="system: a threshold of 2", build=swap("threshold = 0.5", "threshold = 2"), says=["system.toml:9: The «threshold» of «target»", "[0, 1]", "got 2"]
    ),
    Case(name="system: a threshold that is no number", build=swap("threshold = 0.5", "threshold = nan"), says=["system.toml:9: The «threshold» of «target»"]),
    Case(name="system: threshold and recall", build=swap("threshold = 0.5", "threshold = 0.5\nrecall = 0.8"), says=["«recall» of «target»"]),
    Case(name="system: two targets", build=swap("threshold", 'model = "m.skops"\nthreshold'), says=["«model» of «target» must not stand beside «call»"]),
    Case(name="system: no target named", build=swap('call = "model.py:score"\n', ""), says=["«fit» of «target» must be given"]),
    Case(name="system: a time limit of none", build=swap("seconds = 0.3", "seconds = 0"), says=["system.toml:10: The «seconds» of «target»"]),
    Case(name="system: a time limit of training in words", build=swap("seconds = 0.3", 'fit_seconds = "long"'), says=["The «fit_seconds» of «target»"]),
    Case(name="system: alpha 0", build=add("\n[statistics]\nalpha = 0\n"), says=["«alpha» of «statistics»"]),
    Case(name="system: a criterion without a reason", build=add(CRITERION.replace('reason = "r"\n', "")), says=["The «reason» of «criterion 1» must be given"]),
    Case(name="system: a limit in words", build=add(CRITERION.replace("0.2", '"low"')), says=["The «limit» of «criterion 1» must be a number", 'got "low"']),
    Case(name="system: a date in quotes", build=add(CRITERION.replace("2026-01-31", '"2026-01-31"')), says=["The «date» of «criterion 1» must be a date"]),
    Case(name="system: a criterion of no area", build=add(CRITERION.replace("*.missed", "luck.missed")), says=["The «finding» of «criterion 1»", "area"]),
    Case(
        name="system: an area left out by nobody", build=add('\n[[exclude]]\narea = "access"\nreason = "r"\n'), says=["The «by» of «exclude 1» must be given"]
    ),
    Case(name="system: an area that there is not", build=add('\n[[exclude]]\narea = "luck"\nby = "b"\nreason = "r"\n'), says=["The «area» of «exclude 1»"]),
    Case(name="system: a mitigation that there is not", build=add(MITIGATION.format("magic")), says=["system.toml:26: The mitigation «magic» is not known"]),
    Case(
        name="system: a parameter that there is not",
        build=add(MITIGATION.format("abstention") + "parameters = { magic = 1 }\n"),
        says=["system.toml:26: The mitigation «abstention» has no parameter «magic»"],
    ),
    Case(
        name="system: a parameter out of range",
        build=add(MITIGATION.format("abstention") + "parameters = { coverage = 7 }\n"),
        says=["system.toml:26:", "«coverage»", "7"],
    ),
    Case(name="system: features twice", build=add('\n[[feature]]\nname = "age"\n'), says=["«name» of «feature 3»", "twice"]),
    Case(name="system: bounds that cross", build=swap("upper = 120", "upper = -1"), says=["«feature 1»"]),
    Case(name="system: the outcome among the features", build=swap('name = "lab"', 'name = "died"'), says=["«label» of «data» must not be a feature"]),
    Case(
        name="system: data in the folder above",
        build=swap('"cases.csv"', '"../cases.csv"'),
        says=["system.toml:13: The «test» of «data»", "beside the system file"],
    ),
    Case(
        name="system: data by an absolute path",
        build=swap('"cases.csv"', '"/etc/passwd"'),
        says=["system.toml:13: The «test» of «data»", "beside the system file"],
    ),
    Case(name="system: data in a home", build=swap('"cases.csv"', '"~/cases.csv"'), says=["system.toml:13: The «test» of «data»"]),
    Case(name="system: a NUL in a path", build=swap('"cases.csv"', '"cases\\u0000.csv"'), says=["system.toml:13: The «test» of «data»"]),
    Case(name="system: data by a link that leads out", build=link("cases.csv", "/etc/passwd"), says=["«cases.csv»", "leads elsewhere"]),
    Case(name="system: code by a link that leads out", build=link("model.py", "/etc/passwd"), says=["«model.py»", "leads elsewhere"]),
    Case(name="system: features in a file that is not there", build=swap("label =", 'features = "columns.toml"\nlabel ='), says=["features"]),
]

DATA = [
    Case(name="data: no file", build=away("cases.csv"), says=["cases.csv", "no such file"]),
    Case(name="data: a folder", build=instead("cases.csv"), says=["cases.csv", "no such file"]),
    Case(name="data: a pipe", build=pipe("cases.csv"), says=["cases.csv", "no such file"]),
    Case(name="data: empty", build=csv(""), says=["cases.csv", "empty"]),
    Case(name="data: a header and no rows", build=csv("age,lab,died\n"), says=["cases.csv", "at least one row"]),
    Case(name="data: rows of other lengths", build=csv("age,lab,died\n70,1,1\n71,1\n"), says=["cases.csv:3: The row must have 3 cells", "got 2"]),
    Case(name="data: a quote that never ends", build=csv('age,lab,died\n70,"1,1\n'), says=["cases.csv:", "not CSV"]),
    Case(name="data: a NUL", build=csv("age,lab,died\n70,1\0,1\n"), says=["cases.csv:2:", "NUL"]),
    Case(name="data: not UTF-8", build=csv(b"age,lab,died\n70,\xff,1\n"), says=["cases.csv:2:", "UTF-8", "0xff"]),
    Case(name="data: UTF-16", build=csv(ROWS.encode("utf-16")), says=["cases.csv", "UTF-16"]),
    Case(name="data: a spreadsheet", build=csv(zipped(sheet__xml=b"<x/>")), says=["cases.csv", "zip"]),
    Case(name="data: gzip cut short", build=csv(gzip.compress(ROWS.encode())[:-40]), says=["cases.csv", "damaged"]),
    Case(name="data: ten gigabytes in a gzip bomb", build=bombed, says=["cases.csv", "at most", "unpacked"]),
    Case(name="data: semicolons", build=csv(ROWS.replace(",", ";")), says=["cases.csv:1:", "commas"]),
    Case(name="data: no header", build=csv("70,1,1\n71,0,0\n"), says=["cases.csv:1:", "names of the columns"]),
    Case(name="data: a column twice", build=csv("age,lab,lab,died\n70,1,1,1\n"), says=["cases.csv:1:", "twice"]),
    Case(
        name="data: twenty thousand columns",
        build=csv(",".join(f"c{k}" for k in range(20_000)) + "\n" + ",".join("1" * 20_000)),
        says=["cases.csv:1:", "columns"],
    ),
    Case(name="data: a cell of a megabyte", build=csv('age,lab,died\n70,"' + "x" * MEBI + '",1\n'), says=["cases.csv:2:"]),
    Case(name="data: a word for a number", build=csv(ROWS + "7o,1,1\n"), says=["cases.csv:602:", "«age»", 'got "7o"']),
    Case(name="data: an infinite number", build=csv(ROWS + "70,inf,1\n"), says=["cases.csv:602:", "«lab»", "inf"]),
    Case(name="data: a column that is not there", build=csv(ROWS.replace("lab", "lob")), says=["cases.csv:1:", "lab"]),
    Case(name="data: no column of outcomes", build=csv(ROWS.replace("died", "dead")), says=["cases.csv:1: The «label»", "died"]),
    Case(name="data: one outcome only", build=csv("age,lab,died\n" + "70,1,0\n" * 50), says=["cases.csv", "«died»", 'it holds "0"']),
    Case(name="data: three outcomes", build=csv(ROWS + "70,1,2\n"), says=["cases.csv:", "died"]),
    Case(name="data: a missing outcome", build=csv(ROWS + "70,1,\n"), says=["cases.csv:602:", "died"]),
    Case(
        name="data: a word that no level names",
        build=both(swap('name = "lab"\nlower = -9\nupper = 9', 'name = "lab"\nkind = "category"\nlevels = ["a", "b"]')),
        says=["cases.csv:", "lab"],
    ),
    Case(name="data: a unit column that is not there", build=swap("label =", 'unit = "patient"\nlabel ='), says=["cases.csv:1: The «unit»", "patient"]),
    Case(name="data: training rows that are not there", build=swap("label =", 'train = "train.csv"\nlabel ='), says=["train.csv", "no such file"]),
]

MODELS = [
    Case(name="model: a pickle", build=saved("model.pkl", pickle.dumps(Bomb())), says=["model.pkl: is a pickle", "skops", "ONNX", "--trust-pickle"]),
    Case(name="model: a joblib file", build=saved("model.joblib", pickle.dumps(Bomb())), says=["model.joblib: is a pickle", "skops", "--trust-pickle"]),
    Case(name="model: a pickle by another name", build=saved("model.skops", pickle.dumps(Bomb())), says=["model.skops: can't be read as a skops file"]),
    Case(name="model: an empty file", build=saved("model.skops", b""), says=["model.skops: can't be read as a skops file"]),
    Case(name="model: a zip of nothing", build=saved("model.skops", zipped(a=b"b")), says=["model.skops: can't be read as a skops file"]),
    Case(
        name="model: a skops file of another's types",
        build=saved(
            "model.skops", zipped(schema__json=b'{"__class__": "system", "__module__": "os", "__loader__": "ObjectNode", "content": null, "protocol": 2}')
        ),
        says=["model.skops:"],
    ),
    Case(name="model: not there", build=swap('call = "model.py:score"', 'model = "gone.skops"'), says=["gone.skops", "no such file"]),
    Case(
        name="scores: too few",
        build=both(write("s.csv", "score\n0.5\n"), swap('call = "model.py:score"', 'predictions = "s.csv"')),
        says=["s.csv", "a score for every case", "1 row"],
    ),
    Case(
        name="scores: no column", build=both(write("s.csv", "p\n0.5\n"), swap('call = "model.py:score"', 'predictions = "s.csv"')), says=["s.csv:1:", "«score»"]
    ),
    Case(
        name="scores: words",
        build=both(write("s.csv", "score\n" + "high\n" * 600), swap('call = "model.py:score"', 'predictions = "s.csv"')),
        says=["s.csv:2:", "«score»", '"high"'],
    ),
    Case(name="callable: no file", build=away("model.py"), says=["model.py", "no such file"]),
    Case(name="callable: no such function", build=swap("model.py:score", "model.py:scores"), says=["model.py", "no function «scores»"]),
    Case(name="callable: not Python", build=write("model.py", "def score(x:\n"), says=["model.py:1: could not be run: SyntaxError"]),
    Case(name="callable: a binary file", build=write("model.py", bytes(range(256))), says=["model.py", "could not be run"]),
    Case(name="callable: raises when read", build=write("model.py", "\n\n1 / 0\n"), says=["model.py:3: could not be run: ZeroDivisionError"]),
    Case(name="callable: ends the process when read", build=write("model.py", "import sys\nsys.exit(0)\n"), says=["model.py:2: could not be run: SystemExit"]),
    Case(name="callable: needs a library that is not there", build=write("model.py", "import nosuchlibrary\n"), says=["model.py", "nosuchlibrary"]),
    Case(name="callable: a name that runs code", build=swap("model.py:score", "model.py:score()"), says=["system.toml:8: The «call» of «target»"]),
    Case(name="trainer: raises", build=model('raise RuntimeError("no training today")', fit=True), says=["model.py: «fit» could not train: RuntimeError."]),
    Case(
        name="trainer: a hang",
        build=both(model("time.sleep(3600)", fit=True), swap("seconds = 0.3", "fit_seconds = 0.3")),
        says=["model.py: «fit» could not train: it took longer than 0.3 s, the `fit_seconds`"],
    ),
    Case(name="trainer: gives nothing", build=model("return None", fit=True), says=["model.py: «fit» must give a fitted estimator"]),
    Case(name="trainer: takes one thing only", build=both(model("pass", fit=True), swap("x, y, *, seed, weight=None", "x", "model.py")), says=["model.py"]),
    Case(name="trainer: ends the process", build=model("sys.exit(0)", fit=True), says=["model.py"]),
]

BEHAVES = {
    "shape (rows, 3)": ("return np.ones((len(x), 3)) / 3", "shape"),
    "one score too few": ("return np.ones(len(x) - 1)", "shape"),
    "one number for all": ("return 0.5", "float"),
    "nothing": ("return None", "NoneType"),
    "NaN": ("return np.full(len(x), np.nan)", "not a number in [0, 1]"),
    "words": ("return np.array(['high'] * len(x))", "numbers"),
    "objects": ("return np.array([object()] * len(x))", "numbers"),
    "scores of 7": ("return np.full(len(x), 7.0)", "not a number in [0, 1]"),
    "probabilities that sum to 1.3": ("return np.full((len(x), 2), 0.65)", "sum to 1"),
    "an exception": ("raise KeyError('lab')", "KeyError"),
    "an exception of a megabyte, in colour": ("raise ValueError('\\x1b[31m' + 'x' * 10**6 + '\\n')", "ValueError"),
    "the end of the process": ("sys.exit(0)", "SystemExit"),
    "a hang": ("time.sleep(3600)", "longer than 0.3 s"),
    "a wrong row among good ones": ("return np.where(x[:, 0] > 80, np.nan, 0.5)", "not a number in [0, 1]"),
    "its own rows changed": ("x[:] = np.nan; return x[:, 0]", "not a number in [0, 1]"),
}
CALLABLES = [
    Case(name=f"callable answers with {name}", build=model(body), words=(*ASSESS, "--json"), says=['"verdict":"error"', says], codes=MISBEHAVES)
    for name, (body, says) in BEHAVES.items()
]

COMMANDS = [
    Case(name="command: none such", build=nothing, words=["asess", "system.toml"], says=["no command «asess»", "«assess»"]),
    Case(name="command: an option that there is not", build=nothing, words=["assess", "system.toml", "--sed", "3"], says=["--sed"]),
    Case(name="command: a NUL in a path", build=nothing, words=["assess", "sys\0tem.toml"], says=["NUL"]),
    Case(name="command: colours in a path", build=nothing, words=["assess", "\x1b[31msystem.toml"], says=["\\x1b[31msystem.toml", "no such file"]),
    Case(name="command: a path of ten thousand letters", build=nothing, words=["assess", "x" * 10_000], says=["xxx"]),
    Case(name="command: a seed in words", build=nothing, words=["assess", "system.toml", "--seed", "lucky"], says=["--seed", "lucky"]),
    Case(name="command: a budget of none", build=nothing, words=["assess", "system.toml", "--budget", "0"], says=["--budget", "'0'"]),
    Case(name="command: a budget that is no number", build=nothing, words=["assess", "system.toml", "--budget", "nan"], says=["--budget", "nan"]),
    Case(name="command: an area that there is not", build=nothing, words=["assess", "system.toml", "--only", "luck"], says=["--only", "luck", "fairness"]),
    Case(name="command: a file in the place of --out", build=write("out", "mine"), says=["out: This must be a folder"]),
    Case(name="command: nothing to resume", build=nothing, words=[*ASSESS, "--resume"], says=["plan.json", "no run to resume"]),
    Case(
        name="command: a baseline that is no result",
        build=write("last.json", "{}"),
        words=[*ASSESS, "--baseline", "last.json"],
        says=["«schema» of «last.json»"],
    ),
    Case(name="command: a key that is not there", build=nothing, words=[*ASSESS, "--key", "keys"], says=["keys", "no key"]),
    Case(name="plan: not TOML", build=write("system.toml", "]"), words=["plan", "system.toml"], says=["system.toml:1"]),
    Case(name="plan: no data", build=away("cases.csv"), words=["plan", "system.toml"], says=["cases.csv", "no such file"]),
    Case(name="report: no file", build=nothing, words=["report", "gone.json"], says=["gone.json: There is no such file"]),
    Case(name="report: empty", build=write("r.json", ""), words=["report", "r.json"], says=["r.json", "JSON"]),
    Case(name="report: binary", build=write("r.json", bytes(range(256))), words=["report", "r.json"], says=["r.json"]),
    Case(name="report: lists without end", build=write("r.json", "[" * 100_000), words=["report", "r.json"], says=["r.json"]),
    Case(
        name="report: another schema", build=write("r.json", '{"schema": "x"}'), words=["report", "r.json"], says=["«schema» of «r.json»", "keepstone/result/1"]
    ),
    Case(
        name="report: fields of other types",
        build=write("r.json", '{"schema": "keepstone/result/1", "seed": "x"}'),
        words=["report", "r.json"],
        says=["r.json"],
    ),
    Case(name="diff: a folder", build=nothing, words=["diff", ".", "."], says=["This is a folder"]),
    Case(name="explain: no such word", build=nothing, words=["explain", "e-valu"], says=["e-valu", "«e-value»"]),
    Case(name="explain: a finding without a result", build=nothing, words=["explain", "a.b.c"], says=["a.b.c", "--result"]),
    Case(name="list: no such kind", build=nothing, words=["list", "wishes"], says=["wishes", "mitigations"]),
    Case(
        name="keys: garbage for a key",
        build=write("k/keepstone-public.json", "{}"),
        words=["keys", "show", "--dir", "k"],
        says=["k/keepstone-public.json"],
        codes=frozenset({2, 3}),
    ),
    Case(name="keys: a file in the place of the folder", build=write("k", ""), words=["keys", "new", "--dir", "k"], says=["k: This must be a folder"]),
    Case(name="keys: an empty passphrase", build=write("p", "\n"), words=["keys", "new", "--dir", "k", "--passphrase-file", "p"], says=["p:1:", "passphrase"]),
    Case(
        name="init: no model", build=nothing, words=["init", "gone.skops", "cases.csv", "--out", "s.toml", "--yes"], says=["gone.skops: There is no such file"]
    ),
    Case(name="init: a pickle", build=write("m.pkl", b"x"), words=["init", "m.pkl", "cases.csv", "--out", "s.toml", "--yes"], says=["m.pkl: is a pickle"]),
    Case(
        name="init: not Python",
        build=write("m.py", "def"),
        words=["init", "m.py:f", "cases.csv", "--out", "s.toml", "--yes"],
        says=["m.py:1: This is not Python"],
    ),
    Case(name="init: no data", build=csv(""), words=["init", "model.py:score", "cases.csv", "--out", "s.toml", "--yes"], says=["cases.csv", "empty"]),
    Case(
        name="init: over a file that is there",
        build=nothing,
        words=["init", "model.py:score", "cases.csv", "--yes"],
        says=["system.toml: The file is there already", "--force"],
    ),
    Case(
        name="init: no column of two values",
        build=csv("a,b\n1,2\n3,4\n5,6\n"),
        words=["init", "model.py:score", "cases.csv", "--out", "s.toml", "--yes"],
        says=["label"],
    ),
    Case(name="check: no part", build=nothing, words=["check", "model.py"], says=["model.py", "@part"]),
    Case(name="check: not Python", build=write("m.py", "]"), words=["check", "m.py"], says=["m.py", "SyntaxError"]),
    Case(name="check: binary", build=write("m.py", bytes(range(256))), words=["check", "m.py"], says=["m.py"]),
    Case(name="check: no such module", build=nothing, words=["check", "no.such.module"], says=["no.such.module"]),
    Case(name="selfcheck: no runs", build=nothing, words=["selfcheck", "--runs", "0"], says=["--runs"]),
]

ALL = [*SYSTEMS, *DATA, *MODELS, *CALLABLES, *COMMANDS]
