"""The conclusion is one screen with what matters; the report tells all. Both tell the red flags that
a single answer could still raise, and only those."""

from __future__ import annotations

import pytest

from assistant.language.blocks import Blocks, Style
from assistant.language.catalogue import say
from assistant.language.conclusion import conclusion
from assistant.language.names import capitalised, percent, statement
from assistant.language.reasons import large_reasons
from assistant.language.report import SHOWN_OPEN, report
from assistant.reasoning.differential import Outcome, Reasoner, conclude
from assistant.reasoning.facts import Answers
from assistant.reasoning.inquiry import Stop
from assistant.reasoning.red_flags import red_flags_lack
from assistant.terminal.layout import FANCY, lay_out
from rules.model import Urgency

BEGINNING = {"fr": "Ni confirmé ni écarté", "en": "Neither confirmed nor excluded"}
BOTH_LEGS: Answers = {
    "age": ("50",), "warning_signs": ("none",), "pain_site": ("back",),
    "affected_regions": ("lower_leg", "foot"), "symmetry": ("asymmetric",),
}  # fmt: skip


def told(reasoner: Reasoner, answers: Answers, lang: str) -> list[str]:
    """The lines of the conclusion on what could not be settled."""
    blocks = report(reasoner.knowledge, conclude(reasoner, answers), Stop.GIVEN, 30, lang)
    return [block.text for block in blocks if block.text.startswith(BEGINNING[lang])]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_could_not_be_settled_is_told_with_what_would_settle_it(
    shipped_reasoner: Reasoner, lang: str
) -> None:
    knowledge = shipped_reasoner.knowledge
    (line,) = told(shipped_reasoner, BOTH_LEGS, lang)
    label = knowledge.red_flags["cauda_equina"].label[lang]
    assert label in line
    assert knowledge.findings["duration"].label[lang] in line.partition(label)[2]
    for length in ("P10D", "P2Y"):  # raised, and ruled out
        answers = {**BOTH_LEGS, "duration": (length,)}
        assert not any(label in line for line in told(shipped_reasoner, answers, lang))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_most_urgent_come_first_and_not_many(shipped_reasoner: Reasoner, lang: str) -> None:
    knowledge = shipped_reasoner.knowledge
    answers = {
        **BOTH_LEGS, "weakness": ("yes",), "course": ("worsening",), "inflammation": ("yes",),
        "neck_triggered": ("yes",), "reflexes": ("local_loss",), "chronic_illness": ("chronic_infection",),
        "sensory_loss": ("yes",), "affected_regions": ("upper_arm", "lower_leg"), "ck": ("over_10",),
        "preceding_event": ("infection",), "gradient": ("proximal",), "toxic_exposure": ("none",),
    }  # fmt: skip
    near = red_flags_lack(knowledge, conclude(shipped_reasoner, answers))
    assert len(near) > SHOWN_OPEN
    (line,) = told(shipped_reasoner, answers, lang)
    named = sorted(
        (id_ for id_ in near if knowledge.red_flags[id_].label[lang] in line),
        key=lambda id_: line.index(knowledge.red_flags[id_].label[lang]),
    )
    assert len(named) == SHOWN_OPEN
    urgencies = [list(Urgency).index(knowledge.red_flags[id_].urgency) for id_ in named]
    left = [list(Urgency).index(knowledge.red_flags[i].urgency) for i in near if i not in named]
    assert urgencies == sorted(urgencies)
    assert max(urgencies) <= min(left)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_scan_that_the_flag_itself_would_call_for_is_not_what_is_missing(
    shipped_reasoner: Reasoner, lang: str
) -> None:
    knowledge = shipped_reasoner.knowledge
    answers = {
        "age": ("50",), "weakness": ("yes",), "affected_regions": ("hand",), "pain": ("no",), "duration": ("P3M",),
        "course": ("worsening",),
    }  # fmt: skip
    near = red_flags_lack(knowledge, conclude(shipped_reasoner, answers))
    assert near["progressive_root_deficit"] == ["cervical_mri"]
    label = knowledge.red_flags["progressive_root_deficit"].label[lang]
    assert not any(label in line for line in told(shipped_reasoner, answers, lang))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nothing_is_told_where_nothing_is_near(shipped_reasoner: Reasoner, lang: str) -> None:
    assert not told(shipped_reasoner, {"age": ("34",), "complaint": ("fatigue",)}, lang)


# --- one screen ---------------------------------------------------------------------------

SHOULDER: Answers = {
    "age": ("36",), "sex": ("male",), "complaint": ("weakness", "pain"), "duration": ("P5W",),
    "warning_signs": ("none",), "affected_regions": ("shoulder", "upper_arm"),
    "pain_severity": ("severe",), "pain_onset": ("sudden",), "symmetry": ("one_side",),
    "weak_muscles": ("infraspinatus", "serratus_anterior"), "emg_needle": ("several_nerves_one_limb",),
}  # fmt: skip
LIMBS: Answers = {
    "age": ("50",), "sex": ("female",), "complaint": ("weakness", "numbness"), "duration": ("P5D",),
    "warning_signs": ("rapid_worsening",), "affected_regions": ("face", "forearm", "thigh", "lower_leg"),
    "symmetry": ("symmetric",), "reflexes": ("absent",), "preceding_event": ("infection",), "tempo": ("days",),
}  # fmt: skip
CORD: Answers = {
    "age": ("66",), "sex": ("male",), "complaint": ("weakness", "gait_falls"), "duration": ("P14M",),
    "warning_signs": ("spastic_legs",), "affected_regions": ("hand", "forearm"), "reflexes": ("brisk",),
    "cervical_mri": ("cord",),
}  # fmt: skip


def screen(reasoner: Reasoner, answers: Answers, lang: str) -> tuple[Outcome, Blocks]:
    outcome = conclude(reasoner, answers)
    return outcome, conclusion(reasoner.knowledge, outcome, Stop.NOT_WORTH, 30, lang)


@pytest.mark.parametrize("answers", [SHOULDER, LIMBS, CORD], ids=["shoulder", "limbs", "cord"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_conclusion_fits_a_screen(
    shipped_reasoner: Reasoner, answers: Answers, lang: str
) -> None:
    _, blocks = screen(shipped_reasoner, answers, lang)
    assert len(lay_out(blocks, 79, FANCY)) <= 24


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_must_not_wait_comes_first_with_the_first_thing_to_do(
    shipped_reasoner: Reasoner, lang: str
) -> None:
    outcome, (_, title, *blocks) = screen(shipped_reasoner, LIMBS, lang)
    assert title.text == say(lang, "red_flags_title")
    told = blocks[: len(outcome.red_flags)]
    assert told
    assert all(block.style is Style.WARNING for block in told)
    for id_ in outcome.red_flags:
        flag = shipped_reasoner.knowledge.red_flags[id_]
        (line,) = [block.text for block in told if flag.label[lang] in block.text]
        assert line.endswith(flag.action[lang].split(". ")[0].rstrip(".") + ".")


@pytest.mark.parametrize("answers", [SHOULDER, LIMBS, CORD], ids=["shoulder", "limbs", "cord"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_leader_stands_with_its_share_and_what_speaks_most_for_it(
    shipped_reasoner: Reasoner, answers: Answers, lang: str
) -> None:
    knowledge = shipped_reasoner.knowledge
    outcome, blocks = screen(shipped_reasoner, answers, lang)
    leader = outcome.leader
    name, share = knowledge.diagnoses[leader.id].name[lang], percent(leader.probability, lang)
    assert any(name in b.text and share in b.text for b in blocks if b.style is Style.STRONG)
    speaking = [b.text for b in blocks if b.style is Style.FOR]
    assert len(speaking) == 3
    strongest = large_reasons(leader, Style.FOR)[0].likelihood.fact
    assert speaking[0].startswith(capitalised(statement(knowledge, strongest, lang)))
    assert len([b for b in blocks if b.style is Style.AGAINST]) <= 1


def test_the_conclusion_in_words(shipped_reasoner: Reasoner) -> None:
    _, blocks = screen(shipped_reasoner, SHOULDER, "fr")
    told = [b.text.replace("\u00a0", " ").replace("\u202f", " ") for b in blocks]
    assert "Réflexes" not in " ".join(told)
    assert [text for b, text in zip(blocks, told, strict=True) if b.style is Style.FOR] == [
        "EMG à l’aiguille : dénervation de plusieurs nerfs d’un membre",
        "Muscles faibles ou fondus : dentelé antérieur",
        "Douleur d’installation brusque",
    ]
    assert "Je m’arrête : aucune question restante n’y changerait assez pour être posée." in told


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_report_has_what_the_conclusion_leaves_out(
    shipped_reasoner: Reasoner, lang: str
) -> None:
    knowledge, outcome = shipped_reasoner.knowledge, conclude(shipped_reasoner, LIMBS)
    told = " ".join(b.text for b in report(knowledge, outcome, Stop.NOT_WORTH, 30, lang))
    for id_ in outcome.red_flags:
        assert knowledge.red_flags[id_].action[lang] in told
    for step in knowledge.diagnoses[outcome.leader.id].next_steps:
        assert step.do[lang] in told
    for text in knowledge.diagnoses[outcome.leader.id].must_not_miss:
        assert text[lang] in told
