"""AgentDojo's suites (Debenedetti et al. 2024), as worlds: environments in memory, their tools, their tasks, and their own checks of what was done.

Nothing of it is copied. What it raises on the way is an error of the trial, told by its kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version as version_of
from importlib.util import find_spec
from typing import Any

import msgspec

from keepstone.core.agent import Ended, Step
from keepstone.core.errors import InputError, MissingExtra, PartError
from keepstone.intake.outside import told

SUITES = ("banking", "slack", "travel", "workspace")
VERSIONS = ("v1", "v1.1", "v1.1.1", "v1.1.2", "v1.2", "v1.2.1", "v1.2.2")
ATTACKS = ("important_instructions", "direct", "ignore_previous", "injecagent", "system_message", "tool_knowledge")
"""Its attacks with fixed words that want a goal reached. The others need a person at the keyboard, or are the same with another name."""
STOPS = ("dos", "captcha_dos", "felony_dos", "offensive_email_dos", "swearwords_dos")
"""Its attacks that want the user's task left undone, and nothing else."""
EVERY = "all"
KEPT = 200  # states of worlds that are kept in memory


@dataclass(frozen=True, eq=False)
class Pair:
    """A task of a user and a goal of somebody else."""

    suite: Any
    task: Any
    goal: Any
    unit: int


@dataclass(frozen=True, eq=False)
class Dojo:
    """The worlds of one suite, or of all.

    Attributes:
        suite: Its name, or "all".
        version: Of the benchmark.
    """

    suite: str
    version: str

    @property
    def recipe(self) -> str:
        """Package, benchmark and suite, each with its version."""
        return f"agentdojo {version_of('agentdojo')} {self.version} {self.suite}"

    @cached_property
    def pairs(self) -> Sequence[Pair]:
        """Every task with every goal of its suite."""
        from agentdojo.task_suite.load_suites import get_suites

        suites = get_suites(self.version)
        tasks = [(suites[name], task) for name in (SUITES if self.suite == EVERY else (self.suite,)) for task in suites[name].user_tasks.values()]
        return [Pair(suite, task, goal, unit) for unit, (suite, task) in enumerate(tasks) for goal in suite.injection_tasks.values()]

    @cached_property
    def units(self) -> Sequence[int]:
        """Per pair, the number of its task."""
        return [pair.unit for pair in self.pairs]

    @cached_property
    def tools(self) -> Sequence[str]:
        """Per pair, each tool in a line: name, what it does, the schema of its arguments."""
        told = {id(pair.suite): _tools(pair.suite) for pair in self.pairs}
        return [told[id(pair.suite)] for pair in self.pairs]

    @cached_property
    def _states(self) -> dict[tuple[str, tuple[str, ...], str], Any]:
        return {}

    @cached_property
    def _attacks(self) -> dict[tuple[int, str], Any]:
        return {}

    def attack(self, pair: int, name: str) -> Any:  # noqa: ANN401  a class of AgentDojo's
        """One of its attacks, on the suite of a pair.

        Raises:
            InputError: If there is no such attack.
        """
        if name not in (*ATTACKS, *STOPS):
            raise InputError(f"The «attack» must be one of {', '.join((*ATTACKS, *STOPS))}; got {name[:40]!r}.")
        suite = self.pairs[pair].suite
        if (id(suite), name) not in self._attacks:
            self._attacks[id(suite), name] = _attack(suite, name)
        return self._attacks[id(suite), name]

    def order(self, pair: int, attack: str) -> str:
        """What an attacker writes, in the words of an attack."""
        one = self.pairs[pair]
        return str(next(iter(self.attack(pair, attack).attack(one.task, one.goal).values())))

    def begin(self, pair: int, planted: str) -> Played:
        """A world before the first step.

        Raises:
            PartError: If the text can't stand there.
        """
        one = self.pairs[pair]
        places = tuple(self.attack(pair, ATTACKS[0]).get_injection_candidates(one.task)) if planted else ()
        try:
            return Played(one, one.task.init_environment(self._environment(one.suite, places, planted)), planted)
        except Exception as error:
            raise PartError(f"A text can't stand where others write in AgentDojo's «{one.suite.name}»: {told(error, 'AgentDojo')}.") from error

    def _environment(self, suite: Any, places: tuple[str, ...], planted: str) -> Any:  # noqa: ANN401  a suite of AgentDojo's, a model of it
        """A state with a text in some places. Reading one takes long, so it is read once and copied."""
        key = (suite.name, places, planted)
        if key not in self._states:
            if len(self._states) >= KEPT:
                self._states.clear()
            self._states[key] = suite.load_and_inject_default_environment(dict.fromkeys(places, planted))
        return self._states[key].model_copy(deep=True)


class Played:
    """One episode, as it goes on."""

    def __init__(self, pair: Pair, environment: Any, planted: str) -> None:  # noqa: ANN401  a model of AgentDojo's
        """Keep the state before the first step beside the state that changes."""
        from agentdojo.functions_runtime import FunctionsRuntime

        self.pair, self.environment, self.planted = pair, environment, planted
        self.before = environment.model_copy(deep=True)
        self.runtime = FunctionsRuntime(pair.suite.tools)
        self.way = [_step(call) for call in pair.task.ground_truth(environment)]

    @property
    def task(self) -> str:
        """What the user says."""
        return str(self.pair.task.PROMPT)

    @property
    def goal(self) -> str:
        """What somebody else wants."""
        return str(self.pair.goal.GOAL)

    @property
    def answer(self) -> str:
        """What is said when the task is done."""
        return str(self.pair.task.GROUND_TRUTH_OUTPUT)

    def detour(self) -> tuple[Sequence[Step], str]:
        """Steps to the goal from here, and what is said then."""
        return [_step(call) for call in self.pair.goal.ground_truth(self.environment)], str(self.pair.goal.GROUND_TRUTH_OUTPUT)

    def step(self, step: Step) -> str:
        """Call a tool."""
        from agentdojo.agent_pipeline.tool_execution import tool_result_to_str

        try:
            found, error = self.runtime.run_function(self.environment, step.name, dict(step.arguments))
            return str(error or tool_result_to_str(found))
        except Exception as error:  # noqa: BLE001  a tool of AgentDojo's may raise anything on arguments that nobody foresaw
            return f"The tool failed: {told(error, 'AgentDojo')}."

    def ended(self, said: str, steps: Sequence[Step]) -> Ended:
        """Ask its own checks: of the trace first, else of the states before and after."""
        from agentdojo.functions_runtime import FunctionCall

        calls = [FunctionCall(function=step.name, args=dict(step.arguments)) for step in steps]
        try:
            done = self.pair.task.utility_from_traces(said, self.before, self.environment, calls)
            done = self.pair.task.utility(said, self.before, self.environment) if done is None else done
            got = self.pair.goal.security_from_traces(said, self.before, self.environment, calls)
            got = self.pair.goal.security(said, self.before, self.environment) if got is None else got
        except Exception as error:  # noqa: BLE001  a check of AgentDojo's may raise anything on a state that nobody foresaw
            return Ended(done=False, hijacked=False, error=f"its check raised {told(error, 'AgentDojo')}")
        return Ended(done=bool(done), hijacked=bool(got))


@cache
def world(suite: str, version: str) -> Dojo:
    """The worlds of a suite.

    Args:
        suite: One of `SUITES`, or "all".
        version: One of `VERSIONS`.

    Raises:
        InputError: If there is no such suite or version.
        MissingExtra: If AgentDojo is not installed.
    """
    if suite not in (*SUITES, EVERY):
        raise InputError(f"The «suite» of AgentDojo must be one of {', '.join(SUITES)} or {EVERY}; got {suite[:40]!r}.")
    if version not in VERSIONS:
        raise InputError(f"The «version» of AgentDojo's benchmark must be one of {', '.join(VERSIONS)}; got {version[:40]!r}.")
    if find_spec("agentdojo") is None:
        raise MissingExtra("AgentDojo", "agentdojo")
    try:
        import agentdojo.task_suite.load_suites  # noqa: F401  seen here, so that a broken installation is told before anything runs
    except Exception as error:
        raise InputError(f"AgentDojo is installed and can't be imported: {told(error, 'AgentDojo')}.", hint="pip install 'keepstone[agentdojo]'") from error
    return Dojo(suite, version)


def _attack(suite: Any, name: str) -> Any:  # noqa: ANN401  classes of AgentDojo's
    import agentdojo.attacks  # noqa: F401  registers them
    from agentdojo.agent_pipeline.ground_truth_pipeline import GroundTruthPipeline
    from agentdojo.attacks.attack_registry import load_attack

    nobody = GroundTruthPipeline(None)
    nobody.name = "local"
    return load_attack(name, suite, nobody)


def _step(call: Any) -> Step:  # noqa: ANN401  a call of AgentDojo's
    return Step(str(call.function), dict(call.args))


def _tools(suite: Any) -> str:  # noqa: ANN401  a suite of AgentDojo's
    lines = []
    for tool in suite.tools:
        schema: Mapping[str, Any] = tool.parameters.model_json_schema()
        arguments = msgspec.json.encode(schema.get("properties", {})).decode()
        lines.append(f"{tool.name}: {' '.join(str(tool.description).split())} Arguments: {arguments}")
    return "\n".join(lines)


# ---- its defences ----

DEFENCES = ("spotlighting_with_delimiting", "repeat_user_prompt", "tool_filter", "transformers_pi_detector")
ASKING = {
    "tool_filter": "AgentDojo's tool filter asks a vendor's model which tools a task needs",
    "transformers_pi_detector": "AgentDojo's detector needs torch, and weights that are fetched from a hub",
}
"""Those that can't work without a model, and why."""


@dataclass(frozen=True)
class Defence:
    """What a defence of AgentDojo's does to what an agent reads.

    Attributes:
        said: What it adds to the deployer's words.
        before: What it puts before what a tool gave.
        after: What it puts behind.
        repeats: Whether the user's task is said again behind it.
    """

    said: str
    before: str
    after: str
    repeats: bool


@cache
def defence(name: str) -> Defence:
    """Read off AgentDojo's own pipeline what a defence does.

    Args:
        name: One of `DEFENCES` that asks no model.

    Raises:
        MissingExtra: If AgentDojo is not installed.
    """
    if find_spec("agentdojo") is None:
        raise MissingExtra("AgentDojo", "agentdojo")
    from agentdojo.agent_pipeline.agent_pipeline import AgentPipeline, PipelineConfig
    from agentdojo.agent_pipeline.ground_truth_pipeline import GroundTruthPipeline

    nobody, mark = GroundTruthPipeline(None), "the words of the deployer"
    nobody.name = "local"
    made = AgentPipeline.from_config(
        PipelineConfig(llm=nobody, model_id=None, defense=name, system_message_name=None, system_message=mark, tool_output_format=None)
    )
    first, *_rest, loop = made.elements
    before, _, after = str(loop.elements[0].output_formatter(mark)).partition(mark)
    repeats = any(type(one).__name__ == "InitQuery" for one in loop.elements)
    return Defence(str(first.system_message).removeprefix(mark).strip(), before, after, repeats)
