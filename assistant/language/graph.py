"""From findings to diagnoses, as a graph in Mermaid or in the language of Graphviz (DOT)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.language.names import fact_text
from assistant.reasoning.likelihood import Likelihood, likelihoods
from rules.model import YES, Knowledge

STRONG = 1.0  # nats: a ratio of about 2.7, after damping


def mermaid(knowledge: Knowledge, ids: Iterable[str], lang: str) -> str:
    """A flow chart; solid arrows speak for a diagnosis, dotted ones against it."""
    lines = ["flowchart LR"]
    nodes: dict[str, str] = {}
    for edge in _edges(knowledge, ids):
        source = nodes.setdefault(edge.fact.id, f"f{len(nodes)}")
        arrow = "-->" if edge.weight > 0 else "-.->"
        label = ": ".join(fact_text(knowledge, edge.fact, lang))
        name = knowledge.diagnoses[edge.diagnosis].name[lang]
        lines.append(
            f'  {source}["{_mermaid(label)}"] {arrow} {edge.diagnosis}(["{_mermaid(name)}"])'
        )
    return "\n".join(lines)


def dot(knowledge: Knowledge, ids: Iterable[str], lang: str) -> str:
    """A directed graph; solid edges speak for a diagnosis, dashed ones against it."""
    lines = ["digraph amyo {", "  rankdir=LR; node [shape=box];"]
    for edge in _edges(knowledge, ids):
        label = ": ".join(fact_text(knowledge, edge.fact, lang))
        name = knowledge.diagnoses[edge.diagnosis].name[lang]
        style = "solid" if edge.weight > 0 else "dashed"
        lines.append(f"  {_dot(label)} -> {_dot(name)} [style={style}];")
    return "\n".join([*lines, "}"])


def _edges(knowledge: Knowledge, ids: Iterable[str]) -> Iterator[Likelihood]:
    """What an answer says strongly, "no" to an option of a list left out."""
    wanted = set(ids)
    for fact, weighed in likelihoods(knowledge).items():
        if "." in fact.key and fact.value != YES:
            continue
        for item in weighed:
            if item.diagnosis in wanted and item.named and abs(item.weight) >= STRONG:
                yield item


def _mermaid(text: str) -> str:
    return text.replace('"', "#quot;").replace("\n", " ")


def _dot(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
