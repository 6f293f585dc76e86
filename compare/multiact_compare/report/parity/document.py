"""From what a parity run found out to a document: the overview first, then every function."""

from __future__ import annotations

from collections.abc import Iterator

from multiact_compare import summary
from multiact_compare.plan import QUANTITIES
from multiact_compare.report.document import (
    Block,
    Check,
    Document,
    Entry,
    Level,
    Matrix,
    Paragraph,
    Section,
    Status,
    Table,
)
from multiact_compare.report.parity.cells import FIRST, Index, problem
from multiact_compare.report.parity.functions import anchor, disagreement_row, section
from multiact_compare.results import Report, worst
from multiact_compare.summary import SYMBOLS, number

GROUP = "multiact.parity"


def document(report: Report) -> Document:
    """The document of a run of any tier."""
    index = Index.of(report)
    precise = " (precise)" if report.tier == "precise" else ""
    return Document(
        kind="parity",
        title=f"Parity of multiact{precise}",
        summary=summary.conclusion(report),
        sections=[*_overview(index), *(section(index, name) for name in report.functions)],
        checks=list(_checks(index)),
        environment=_environment(report),
        data=vars(report),
    )


def _overview(index: Index) -> Iterator[Section]:
    report = index.report
    remarks = map(Paragraph, report.remarks)
    words = Paragraph(_introduction(index))
    yield Section("Overview", [words, *remarks, _matrix(index)], "overview")
    failures = [
        [failure.function, failure.backend, SYMBOLS[failure.quantity], summary.explain(failure)]
        for failure in summary.failures(report)
    ]
    blocks: list[Block] = []
    if failures:
        columns = ("function", "backend", "of", "what is wrong")
        choices = ("function", "backend")
        blocks.append(Table("What breaks the contract", columns, failures, filterable=choices))
    if report.problems:
        blocks.append(Table("Other problems", ("problem",), [[one] for one in report.problems]))
    if blocks:
        yield Section("Failures", blocks, "failures")
    excuses = [_excuse(line) for line in summary.excuses(report)]
    if excuses:
        words = Paragraph(
            "Known to break the contract, each for a reason. The table is strict: the run fails "
            "once a row describes nothing."
        )
        table = Table("Known deviations", ("where", "who", "reason"), excuses)
        yield Section("Known deviations", [words, table], "deviations")
    yield from _agreement(index)
    limits = [_limit(line) for line in summary.infinities(report)]
    if limits and not index.tier.infinities:
        words = Paragraph("The limits at ±∞ are reported; the default tier does not judge them.")
        table = Table("Results that are not the limit", ("result", "limit", "who"), limits)
        yield Section("At ±∞", [words, table], "infinities")
    what = "Each part has the function's graph, its errors along x, its worst inputs, and what "
    what += "comes out at special points."
    yield Section("Functions", [Paragraph(what)], "functions")


def _introduction(index: Index) -> str:
    bound = (
        "Allowed are 8 ULP, or 2 eps: below ¼, where 2 eps are more, an error is given in ULP of "
        "¼, so that 8 is the bound everywhere"
        if index.tier.epsilons
        else "Allowed is correct rounding up to 32 bits, and 4 ULP (8 for derivatives) in float64"
    )
    return (
        "The largest error of value and first derivative in units in the last place (ULP) of each "
        "dtype, over all parameter settings, eager and compiled, in every memory layout. "
        f"{bound}. A function's name leads to its part."
    )


def _matrix(index: Index) -> Matrix:
    report = index.report
    columns = [(backend, dtype) for backend in index.backends for dtype in report.dtypes]
    # What no function has (a dtype that a framework lacks) is no column; a backend always is one.
    measured = {(backend, dtype) for _, backend, dtype in index.by_place}
    have = {backend for backend, _ in measured}
    columns = [pair for pair in columns if pair in measured or pair[0] not in have]
    rows = []
    for function in report.functions:
        entries = [_entry(index, function, *column) for column in columns]
        # A function sorts by name; its link leads to its part.
        rows.append((Entry(function, link=f"#{anchor(function)}"), entries))
    strict = not index.tier.epsilons
    legend: dict[Level, str] = {
        "good": "as good as asked" if strict else "up to 2 ULP",
        "fair": "up to 8 ULP",
        "poor": "* a known deviation",
        "bad": "✗ breaks the contract",
        "none": "– not measured",
    }
    used = {entry.level for _, entries in rows for entry in entries}
    return Matrix(
        caption="Worst error in ULP",
        names=("function", "backend", "dtype"),
        columns=columns,
        rows=rows,
        legend={level: words for level, words in legend.items() if level in used},
    )


def _entry(index: Index, function: str, backend: str, dtype: str) -> Entry:
    cells = index.at(function, backend, dtype)
    level = index.level(cells)
    if level == "none":
        return Entry("–", "none", title=f"{function} on {backend} in {dtype}: not measured")
    amount = index.ulps(cells)
    words = []
    for quantity in FIRST:
        peak = worst((cell for cell in cells if cell.quantity == quantity), "sized")
        if peak is not None:
            at = f"at {number(peak[1].x, 4)}" if peak[1].amount else ""
            words.append(f"{SYMBOLS[quantity]} {number(peak[1].amount)} ULP {at}".rstrip())
    text = "–" if amount is None else number(amount if amount >= 0.005 else 0.0, 2)
    if level == "bad":
        text = f"✗ {text}"
    elif level == "poor":
        text += "*"
    return Entry(text, level, sort=amount, title=f"{function}: {'; '.join(words)}")


def _excuse(line: str) -> list[str]:
    where, who, reason = line.split(": ", 2)
    return [where, who, reason]


def _limit(line: str) -> list[str]:
    what, _, who = line.partition(": ")
    result, _, limit = what.rpartition(", limit ")
    return [result.replace("inf", "∞"), limit, who]


def _agreement(index: Index) -> Iterator[Section]:
    report = index.report
    rows = []
    for function in report.functions:
        for quantity in QUANTITIES:
            found = summary.disagreements(report, function, quantity)
            if found is not None:
                rows.append([function, SYMBOLS[quantity], *disagreement_row(*found)])
    if rows:
        headings = "function, of, dtype, numbers apart, between, at, inputs that differ"
        table = Table(
            "Where the backends are farthest apart, in representable numbers between their "
            "results, and how many of the judged inputs give different bits on any two",
            headings.split(", "),
            rows,
            filterable=("of", "dtype"),
        )
        words = Paragraph(". ".join(summary.agreement(report)) + ".")
        yield Section("Agreement between backends", [words, table], "agreement")


def _checks(index: Index) -> Iterator[Check]:
    """One for each function, dtype and quantity on each backend, and one for each problem."""
    report = index.report
    for state in report.backends:
        group = f"{GROUP}.{state.name}"
        if state.status != "ok":
            status: Status = "skipped" if state.status == "missing" else "failed"
            yield Check(group, state.name, status, state.reason, state.seconds)
        for function in report.functions:
            for dtype in report.dtypes:
                cells = index.at(function, state.name, dtype)
                for quantity in dict.fromkeys(cell.quantity for cell in cells):
                    mine = [cell for cell in cells if cell.quantity == quantity]
                    bad = [cell for cell in mine if not cell.ok]
                    name = f"{function} {dtype} {quantity}"
                    yield Check(group, name, "failed" if bad else "passed", problem(bad))
    for position, text in enumerate(report.problems, 1):
        yield Check(f"{GROUP}.run", f"problem {position}", "failed", text)


def _environment(report: Report) -> dict[str, str]:
    found = dict(report.environment)
    for state in report.backends:
        version = ", ".join(f"{name} {version}" for name, version in state.versions.items())
        what = version or state.reason or state.status
        found[f"backend {state.name}"] = (
            f"{what}, measured in {state.seconds:.0f} s" if state.seconds else what
        )
    found["tier"] = report.tier
    found["modes"] = ", ".join(report.modes)
    found["points"] = ", ".join(f"{dtype} {count:,}" for dtype, count in report.points.items())
    notes = [note for state in report.backends for note in state.notes]
    if notes:
        found["notes"] = "; ".join(notes)
    found["duration"] = f"{report.seconds:.0f} s"
    return found
