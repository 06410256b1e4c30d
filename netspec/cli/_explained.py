"""Print a known difference on a terminal: text wrapped, code whole."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from netspec.differences import Difference, Option, Told, Witness, shown, version

HANDLING = {
    "exact": "exact: netspec makes the frameworks agree",
    "declared": "declared: they differ as the formula says, which is checked",
    "refused": "refused: netspec raises an error that says why",
}


def console() -> Console:
    """Return a console that takes text as it is."""
    return Console(highlight=False, emoji=False)


def introduce(console: Console, entry: Difference, *, reveal: bool) -> None:
    """Print what an entry is about; cause and formula unless these are asked for."""
    console.print(Text(entry.title, "bold"))
    versions = ", ".join(map(" ".join, entry.frameworks.items()))
    told = f"{', '.join(entry.about)}; seen on {versions}, {_devices(entry)}"
    console.print(Text(told, "dim"))
    if reveal:
        _explain(console, entry)
    if entry.setup:
        _show(console, "Before each snippet", _highlighted(entry.setup))


def _explain(console: Console, entry: Difference) -> None:
    _show(console, "Cause", entry.cause)
    _show(console, "Formula", entry.formula)


def _devices(entry: Difference) -> str:
    if "any" in entry.devices:
        return "whatever the device"
    return f"on the {' and the '.join(map(str.upper, entry.devices))}"


def show_code(console: Console, told: Told) -> None:
    """Print the snippets alone."""
    for framework, code in told.entry.witness.items():
        _show(console, _versioned(framework, told.witness), _highlighted(code))


def ask(
    console: Console, told: Told, *, prompt: Callable[[str], str] | None = None
) -> None:
    """Print the question with its answers, and then which is right.

    Args:
        console: where to print.
        told: an entry with a question.
        prompt: asks for one of some letters; None not to wait for an answer.
    """
    _show(console, "Question", told.entry.question or "")
    for option in told.options:
        line = Text(f"{option.letter}) {option.text}")
        console.print(Padding(line, (0, 0, 0, 2), expand=False))
    if not told.options:
        _show(console, "Answers", "cannot be computed: a framework is missing")
    given = _asked(told.options, prompt) if prompt and told.options else ""
    for option in told.options:
        if option.right or prompt is None or option.letter == given:
            verdict = "right" if option.right else "not so"
            _show(console, f"{option.letter} is {verdict}", option.because)
    _explain(console, told.entry)


def _asked(options: tuple[Option, ...], prompt: Callable[[str], str]) -> str:
    letters = [option.letter for option in options]
    while (given := prompt("/".join(letters))) not in letters:
        pass
    return given


def show_results(console: Console, told: Told, *, code: bool) -> None:
    """Print what each snippet gave, and the snippets themselves if asked."""
    for framework, snippet in told.entry.witness.items():
        if code:
            _show(console, _versioned(framework, told.witness), _highlighted(snippet))
        gives = "gives" if code else f"{framework} gives"
        _show(
            console, _labelled(gives, framework, told.witness), _given(told, framework)
        )


def conclude(console: Console, told: Told) -> None:
    """Print the verdict, what to do, and what one can learn further."""
    entry = told.entry
    _show(console, "Relation", _highlighted(entry.relation))
    _show(console, "On these versions it", _verdict(told.witness))
    _show(console, "Handling", HANDLING[entry.handling])
    _show(console, "Advice", entry.advice)
    for framework, code in (entry.equal or {}).items():
        _show(console, f"The same everywhere, {framework}", _highlighted(code))
    for found in told.measured:
        measured = f"{found.claim} Measured: {found.measured}"
        _show(console, "Does it matter", f"{measured} ({found.lesson}; {found.on})")
    for sighting in entry.wild:
        _show(console, "Seen in the wild", f"{sighting.says} {sighting.url}")
    if entry.exercise:
        _show(console, "Exercise", entry.exercise.task)
        _show(console, "Key", entry.exercise.key)


def _show(console: Console, name: str, content: str | Text) -> None:
    """Print text wrapped, and code, which is Text, whole: it can be copied."""
    console.print(Text(f"\n{name}", "bold cyan"))
    if isinstance(content, str):
        console.print(Padding(Text(content), (0, 0, 0, 2), expand=False))
        return
    for line in content.split(allow_blank=True):
        console.print(Text("  ") + line, soft_wrap=True)


def _highlighted(code: str) -> Text:
    highlighted = Syntax("", "python", theme="ansi_dark").highlight(code)
    highlighted.rstrip()
    return highlighted


def _versioned(framework: str, seen: Witness) -> str:
    recording = seen.recorded.get(framework)
    here = recording.version if recording else version(framework)
    return " ".join(filter(None, (framework, here)))


def _labelled(gives: str, framework: str, seen: Witness) -> str:
    recording = seen.recorded.get(framework)
    return f"{gives}, {recording}" if recording else gives


def _given(told: Told, framework: str) -> str:
    seen = told.witness
    if framework not in seen.missing:
        return shown(seen.results[framework])
    stale = "; its recording is of another snippet" if framework in seen.stale else ""
    return f"nothing: not installed; run: {seen.missing[framework]}{stale}"


def _verdict(seen: Witness) -> str:
    if seen.holds is None:
        return "was not checked: one is missing"
    return "holds" if seen.holds else f"does not hold: {seen.problem}"
