"""Sampled patients look like patients: nothing about them contradicts itself, and shares come out."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from assistant.dialogue.record import patient_data
from assistant.dialogue.script import answer_problems, parse_dialogue
from assistant.reasoning.differential import OTHER, Reasoner
from assistant.reasoning.facts import Answers, band, days, facts_of
from assistant.reasoning.inquiry import applies
from assistant.reasoning.sample import Sampler, sample_patient
from assistant.reasoning.sampling.chance import Chance
from rules.compile import Fact, option_facts
from rules.model import YES, Condition, Diagnosis, Kind, Knowledge

EACH = 50
NEED_NOT_BE_ASKED = {
    "spared_muscles",
    "normal_areas",
}  # nothing may have been tested that is normal
# Upper 0.1 % of the chi-square distribution, by degrees of freedom.
CHI_SQUARE = {1: 10.83, 2: 13.82, 3: 16.27, 4: 18.47, 5: 20.52, 6: 22.46, 7: 24.32, 8: 26.12, 9: 27.88}  # fmt: skip

Patients = dict[str, list[Answers]]
Facts = dict[Fact, str]


@pytest.fixture(scope="module")
def sampler(shipped_reasoner: Reasoner) -> Sampler:
    """The findings of a group do not keep company."""
    return Sampler(shipped_reasoner, likeness=0.0)


@pytest.fixture(scope="module")
def alike(shipped_reasoner: Reasoner) -> Sampler:
    """The findings of a group keep company, as is the rule."""
    return Sampler(shipped_reasoner)


@pytest.fixture(scope="module")
def patients(sampler: Sampler, alike: Sampler) -> Patients:
    """Fifty patients of every diagnosis and of none, half of them by each sampler."""
    return {
        id_: [
            (alike if i % 2 else sampler).patient(random.Random(f"{id_}/{i}"), id_)[1]
            for i in range(EACH)
        ]
        for id_ in sampler.reasoner.priors
    }


@pytest.fixture(scope="module")
def facts(shipped: Knowledge, patients: Patients) -> list[tuple[str, Answers, Facts]]:
    """The same patients, each with the facts that come of the answers."""
    return [(id_, answers, facts_of(shipped, answers)) for id_, answers in each(patients)]


def each(patients: Patients) -> list[tuple[str, Answers]]:
    return [(id_, answers) for id_, all_ in patients.items() for answers in all_]


def met(knowledge: Knowledge, answers: Answers, condition: Condition) -> bool | None:
    """Whether a condition is met by what was answered; None if it was not."""
    if condition.finding not in answers:
        return None
    finding, values = knowledge.findings[condition.finding], answers[condition.finding]
    if finding.kind in (Kind.NUMBER, Kind.DURATION):
        values = (band(finding, values[0]) or "",)
    return bool(set(values) & set(condition.value)) is not condition.absent


# --- one patient ------------------------------------------------------------------------------


def test_every_answer_is_one_that_the_finding_takes(shipped: Knowledge, patients: Patients) -> None:
    for _, answers in each(patients):
        for id_, values in answers.items():
            assert answer_problems(shipped.findings, id_, values) == []
            assert len(set(values)) == len(values)


def test_no_answer_is_dropped_for_another(
    shipped: Knowledge, facts: list[tuple[str, Answers, Facts]]
) -> None:
    for id_, answers, stated in facts:
        for finding_id, values in answers.items():
            finding = shipped.findings[finding_id]
            for value in values:
                name = value if finding.kind is Kind.SEVERAL else band(finding, value)
                assert name is not None
                assert option_facts(finding_id, finding, name) in stated, (id_, finding_id, value)


def test_nothing_is_both_affected_and_normal(patients: Patients) -> None:
    for _, answers in each(patients):
        for there, normal in (("weak_muscles", "spared_muscles"), ("numb_areas", "normal_areas")):
            assert not set(answers.get(there, ())) & set(answers.get(normal, ()))


def test_follow_ups_are_answered_where_they_apply_and_only_there(
    shipped: Knowledge, facts: list[tuple[str, Answers, Facts]]
) -> None:
    for id_, answers, stated in facts:
        for finding_id, finding in shipped.findings.items():
            apply = finding.asked and applies(shipped, stated, finding_id)
            if finding_id in answers:
                assert apply, (id_, finding_id)
            elif finding_id not in NEED_NOT_BE_ASKED:
                assert not apply, (id_, finding_id)


def test_age_duration_and_onset_agree(shipped: Knowledge, patients: Patients) -> None:
    for id_, answers in each(patients):
        age, onset = float(answers["age"][0]), float(answers["age_at_onset"][0])
        length = days(answers["duration"][0])
        assert length is not None
        years = length / 365.25
        assert 0 <= onset <= age
        assert abs(age - years - onset) < 0.06, answers["duration"]
        told = band(shipped.findings["age_at_onset"], answers["age_at_onset"][0])
        worked_out = facts_of(shipped, {k: answers[k] for k in ("age", "duration")})
        assert Fact("age_at_onset", told or "") in worked_out
        if id_ != OTHER:
            age_band = band(shipped.findings["age"], answers["age"][0])
            assert shipped.diagnoses[id_].prior.age.get(age_band or "", 0) > 0


def test_what_an_answer_implies_is_answered_so(shipped: Knowledge, patients: Patients) -> None:
    for id_, answers in each(patients):
        for finding_id, values in answers.items():
            for value in values:
                option = shipped.findings[finding_id].values.get(value)
                for target, answer in (option.implies if option else {}).items():
                    assert answer in answers[target], (id_, finding_id, value)


def test_the_coherence_of_the_knowledge_is_kept(shipped: Knowledge, patients: Patients) -> None:
    for id_, answers in each(patients):
        for name, rule in shipped.coherence.items():
            if met(shipped, answers, rule.given):
                assert met(shipped, answers, rule.then) is not False, (id_, name, answers)


def test_coherence_is_about_something(shipped: Knowledge, patients: Patients) -> None:
    """Most of what it excludes has its occasions among the patients: the test above can fail."""
    occasions = Counter(
        name
        for _, answers in each(patients)
        for name, rule in shipped.coherence.items()
        if met(shipped, answers, rule.given)
    )
    assert len(occasions) > 0.9 * len(shipped.coherence)


def test_men_and_women(patients: Patients) -> None:
    for _, answers in each(patients):
        if answers["sex"] == ("female",):
            assert "gynaecomastia" not in answers
        else:
            assert "childbirth" not in answers["preceding_event"]


def test_who_has_no_affected_region_is_neither_weak_nor_wasted(patients: Patients) -> None:
    for _, answers in each(patients):
        nowhere = answers["affected_regions"] == ("none",)
        assert nowhere is (answers["weakness"] == answers["wasting"] == ("no",))
        assert nowhere is ("weak_muscles" not in answers)


def test_nobody_has_what_is_pathognomonic_of_another_disease(
    shipped: Knowledge, patients: Patients
) -> None:
    decides: dict[tuple[str, str], set[str]] = {}
    for diagnosis in shipped.diagnoses.values():
        for evidence in diagnosis.evidence:
            for value in evidence.frequency:
                if evidence.decides == "pathognomonic" and evidence.share(value) >= 0.3:
                    usual = shipped.findings[evidence.finding].values[value].usual
                    if usual < 0.02:
                        decides.setdefault((evidence.finding, value), set()).add(diagnosis.id)
    assert ("gene", "smn1") in decides
    for id_, answers in each(patients):
        for (finding, value), own in decides.items():
            if value in answers[finding] and id_ not in own:
                usual = shipped.findings[finding].values[value].usual
                assert told(shipped.diagnoses[id_], finding, value) > usual, (id_, value)


def told(diagnosis: Diagnosis, finding: str, value: str) -> float:
    """The share that a page gives a value; 0 if it does not name it."""
    items = (e for e in diagnosis.evidence if e.finding == finding and value in e.frequency)
    return sum(item.share(value) for item in items)


# --- anatomy ----------------------------------------------------------------------------------


def focal(knowledge: Knowledge) -> list[Diagnosis]:
    groups = ("nerve", "root", "plexus")
    return [d for d in knowledge.diagnoses.values() if d.group in groups]


def test_what_is_weak_or_numb_lies_in_the_territory_of_sites_that_the_page_names(
    shipped: Knowledge, patients: Patients
) -> None:
    for diagnosis in focal(shipped):
        own = [s for s in shipped.sites if told(diagnosis, "lesion_site", s) > 0]
        muscles = {m for s in own for m in shipped.sites[s].muscles}
        skin = {a for s in own for a in shipped.sites[s].sensory}
        for answers in patients[diagnosis.id]:
            assert set(answers.get("weak_muscles", ())) <= muscles
            assert set(answers.get("numb_areas", ())) <= skin


@pytest.mark.parametrize(
    ("diagnosis", "sites"),
    [
        ("carpal_tunnel", ["median_wrist"]),
        ("long_thoracic_neuropathy", ["long_thoracic"]),
        ("ulnar_neuropathy_elbow", ["ulnar_elbow"]),
        ("fibular_neuropathy", ["fibular_neck", "deep_fibular"]),
        ("radial_neuropathy", ["radial_axilla", "radial_spiral_groove", "posterior_interosseous"]),
    ],
)
def test_a_lesion_of_one_nerve_is_at_one_site(
    shipped: Knowledge, patients: Patients, diagnosis: str, sites: list[str]
) -> None:
    for answers in patients[diagnosis]:
        weak = set(answers.get("weak_muscles", ()))
        numb = set(answers.get("numb_areas", ()))
        assert any(
            weak <= set(shipped.sites[s].muscles) and numb <= set(shipped.sites[s].sensory)
            for s in sites
        ), (weak, numb)
        assert not weak & set(shipped.sites[sites[0]].spares)


def test_a_disease_of_several_nerves_hits_several(shipped: Knowledge, patients: Patients) -> None:
    nerves = [set(site.muscles) for site in shipped.sites.values() if site.kind == "nerve"]

    def beyond_one(diagnosis: str) -> int:
        weak = [set(answers.get("weak_muscles", ())) for answers in patients[diagnosis]]
        return sum(not any(muscles <= nerve for nerve in nerves) for muscles in weak)

    assert beyond_one("vasculitic_mononeuritis_multiplex") > EACH / 4
    assert beyond_one("neuralgic_amyotrophy") > EACH / 4
    assert beyond_one("ulnar_neuropathy_elbow") == 0


def test_weak_muscles_lie_in_the_affected_limbs(shipped: Knowledge, patients: Patients) -> None:
    menus = {muscle.offered_with for muscle in shipped.muscles.values() if muscle.offered_with}
    for id_, answers in each(patients):
        regions = set(answers["affected_regions"])
        for muscle in answers.get("weak_muscles", ()):
            region = shipped.muscles[muscle].region
            limb = {r for menu in menus if region in menu for r in menu}
            beside_the_spine = region == "trunk" and not shipped.muscles[muscle].offered_with
            assert beside_the_spine or (limb | {region}) & regions, (id_, muscle)


# --- all patients -----------------------------------------------------------------------------


def chi_square(found: Counter[str], shares: dict[str, float]) -> tuple[float, int]:
    """The statistic and its degrees of freedom; values of which few are expected go together."""
    total = found.total()
    rare = [v for v, share in shares.items() if share * total < 5]
    cells = [([v], share) for v, share in shares.items() if v not in rare]
    if rare:
        cells.append((rare, sum(shares[v] for v in rare)))
    cells = [(vs, share) for vs, share in cells if share * total >= 1]
    terms = (
        (sum(found[v] for v in vs) - share * total) ** 2 / (share * total) for vs, share in cells
    )
    return sum(terms), len(cells) - 1


@pytest.mark.parametrize("kind", ["sampler", "alike"])
@pytest.mark.parametrize(
    ("diagnosis", "findings"),
    [
        ("als", ["sex", "age", "course", "symmetry", "reflexes", "emg_needle", "gene", "cramps"]),
        ("guillain_barre", ["sex", "age", "duration", "csf", "nerve_conduction", "pain"]),
        ("carpal_tunnel", ["sex", "age", "nerve_conduction", "diabetes", "night_hand_numbness"]),
        ("duchenne", ["sex", "age", "ck", "muscle_biopsy", "calf_hypertrophy", "family_history"]),
    ],
)
def test_the_shares_of_the_page_come_out(
    request: pytest.FixtureRequest, diagnosis: str, findings: list[str], kind: str
) -> None:
    sampler: Sampler = request.getfixturevalue(kind)
    knowledge, rng = sampler.reasoner.knowledge, random.Random(f"{diagnosis} shares")
    drawn = [sampler.patient(rng, diagnosis)[1] for _ in range(120)]
    page = knowledge.diagnoses[diagnosis]
    for id_ in findings:
        finding = knowledge.findings[id_]
        answers = (band(finding, a[id_][0]) or a[id_][0] for a in drawn if id_ in a)
        found = Counter(answers)
        named = {v: told(page, id_, v) for v in finding.values}
        named |= page.prior.age if id_ == "age" else {}
        named |= {"male": page.prior.male, "female": 1 - page.prior.male} if id_ == "sex" else {}
        rest = max(1 - sum(named.values()), 0)
        usual = sum(finding.values[v].usual for v, share in named.items() if not share)
        shares = {
            v: share or rest * finding.values[v].usual / (usual or 1) for v, share in named.items()
        }
        shares = {v: share / sum(shares.values()) for v, share in shares.items()}
        statistic, freedom = chi_square(found, shares)
        assert freedom >= 1, id_
        assert statistic < CHI_SQUARE[freedom], (id_, found, shares)


def test_diagnoses_are_drawn_by_their_priors(sampler: Sampler) -> None:
    rng = random.Random("priors")
    found = Counter(sampler.patient(rng)[0] for _ in range(400))
    priors = sampler.reasoner.priors
    assert abs(found[OTHER] / 400 - priors[OTHER]) < 4 * math.sqrt(priors[OTHER] / 400)
    assert len(found) > 50
    assert set(found) <= set(priors)


def test_a_diagnosis_that_is_not_there_cannot_be_drawn(shipped_reasoner: Reasoner) -> None:
    with pytest.raises(KeyError):
        sample_patient(shipped_reasoner, random.Random(0), "vapours")


def test_the_findings_of_a_group_keep_company_if_they_are_to(
    sampler: Sampler, alike: Sampler
) -> None:
    """Two signs of the upper motor neuron: more often both or neither, each as often as before."""

    def counted(sampler: Sampler) -> Counter[tuple[str, str]]:
        rng = random.Random("company")
        drawn = [sampler.patient(rng, "als")[1] for _ in range(200)]
        return Counter((a["babinski"][0], a["hoffmann"][0]) for a in drawn if "hoffmann" in a)

    apart, together = counted(sampler), counted(alike)
    for i in (0, 1):
        shares = [
            sum(n for pair, n in counts.items() if pair[i] == YES) / counts.total()
            for counts in (apart, together)
        ]
        assert abs(shares[0] - shares[1]) < 0.12
    agree = [(c["yes", "yes"] + c["no", "no"]) / c.total() for c in (apart, together)]
    assert agree[1] > agree[0] + 0.1


def test_a_sign_that_comes_with_time_is_not_there_at_once(sampler: Sampler) -> None:
    late = [
        e for e in sampler.reasoner.knowledge.diagnoses["neuralgic_amyotrophy"].evidence if e.late
    ]
    assert "wasting" in {e.finding for e in late}
    rng = random.Random("late")
    drawn = [sampler.patient(rng, "neuralgic_amyotrophy")[1] for _ in range(150)]
    recent = [a for a in drawn if (days(a["duration"][0]) or 0) < 14]
    old = [a for a in drawn if (days(a["duration"][0]) or 0) > 60]
    wasted = [sum(a["wasting"] == (YES,) for a in some) / len(some) for some in (recent, old)]
    assert wasted[0] < 0.25
    assert wasted[1] > 0.5


# --- the same seed, the same patient; files -----------------------------------------------------


def test_a_seed_gives_the_same_patient_whatever_came_before(sampler: Sampler) -> None:
    first = sample_patient(sampler.reasoner, random.Random(7), likeness=0.0)
    sampler.patient(random.Random(8))
    assert sampler.patient(random.Random(7)) == first
    assert sampler.patient(random.Random(9)) != first


def test_a_seed_gives_the_same_patient_in_another_process(alike: Sampler, tmp_path: Path) -> None:
    """The hashes of strings differ there, hence the order of sets."""
    knowledge = tmp_path / "knowledge.json"
    knowledge.write_text(alike.reasoner.knowledge.model_dump_json(), encoding="utf-8")
    ids = ("vasculitic_mononeuritis_multiplex", "als")
    program = (
        "import random, sys\n"
        "from pathlib import Path\n"
        "from assistant.reasoning.differential import Reasoner\n"
        "from assistant.reasoning.sample import sample_patient\n"
        "from rules.model import Knowledge\n"
        "text = Path(sys.argv[1]).read_text(encoding='utf-8')\n"
        "reasoner = Reasoner.of(Knowledge.model_validate_json(text))\n"
        "for id_ in sys.argv[2:]:\n"
        "    print(sample_patient(reasoner, random.Random(3), id_))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(knowledge), *ids],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
    )
    here = [alike.patient(random.Random(3), id_) for id_ in ids]
    assert run.stdout.splitlines() == [str(patient) for patient in here]


def test_every_patient_can_be_written_as_a_dialogue_and_read_back(
    shipped: Knowledge, patients: Patients
) -> None:
    for id_, all_ in patients.items():
        for answers in all_[-1:]:
            data = {"title": {"fr": id_, "en": id_}, "patient": patient_data(shipped, answers)}
            text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
            assert parse_dialogue(text, id_, shipped).answers == answers


# --- chance -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shares",
    [{"a": 0.5, "b": 0.3, "c": 0.2}, {"a": 0.9, "b": 0.5, "c": 0.05}, {"a": 0.6, "b": 0.6}],
)
def test_some_of_the_options_each_in_its_share(shares: dict[str, float]) -> None:
    chance = Chance(random.Random(1), 0.0)
    drawn = [chance.some("group", shares) for _ in range(4000)]
    assert all(drawn)
    for option, share in shares.items():
        found = sum(option in some for some in drawn) / len(drawn)
        assert abs(found - share) < 0.035, option


def test_nothing_is_drawn_from_nothing() -> None:
    assert Chance(random.Random(1), 0.5).some("group", {"a": 0.0}) == ()


@pytest.mark.parametrize("likeness", [0.0, 0.5, 1.0])
def test_each_draw_keeps_its_share_in_company(likeness: float) -> None:
    rare = often = both = 0
    for i in range(3000):
        chance = Chance(random.Random(i), likeness)
        first, second = chance.happens("group", 0.3), chance.happens("group", 0.6)
        rare, often, both = rare + first, often + second, both + (first and second)
    assert abs(rare / 3000 - 0.3) < 0.035
    assert abs(often / 3000 - 0.6) < 0.035
    expected = {0.0: 0.18, 1.0: 0.30}  # apart: the product; one for all: whoever has the rarer
    low, high = (expected.get(likeness, share) for share in (0.2, 0.28))
    assert low - 0.03 < both / 3000 < high + 0.03
