"""What is put in one question: what its answer leaves out is asked for, or is not."""

from __future__ import annotations

from talking import begin

from assistant.reasoning.differential import Reasoner

KNOWN = {
    "complaint": "weakness",
    "warning_signs": "none",
    "affected_regions": "shoulder, upper arm",
    "symmetry": "one side",
}


def test_what_every_interview_opens_with_is_asked_by_itself_if_left_out(
    shipped_reasoner: Reasoner,
) -> None:
    talk = begin(shipped_reasoner)
    assert "34 M, 3 weeks" in talk.text  # the question shows how to answer it
    talk.say("34")
    assert talk.question == "sex"
    talk.say("M", "weakness")
    assert talk.question == "duration"
    talk = begin(shipped_reasoner).say("34 M, 3 weeks")
    assert talk.answers == {"age": ("34",), "sex": ("male",), "duration": ("P3W",)}
    assert talk.question == "complaint"


def test_muscles_that_are_not_named_as_normal_are_not_asked_for_again(
    shipped_reasoner: Reasoner,
) -> None:
    talk = begin(shipped_reasoner).say("34 M, 3 weeks").until("weak_muscles", KNOWN)
    assert "normal: triceps" in talk.text
    both = begin(shipped_reasoner).say("34 M, 3 weeks").until("weak_muscles", KNOWN)
    talk.say("deltoid").to_the_end(KNOWN)
    assert "spared_muscles" not in talk.session.asked
    both.say("deltoid; normal: triceps, biceps")
    assert both.answers["spared_muscles"] == ("biceps", "triceps")
    assert "weak or wasted muscles: deltoid" in both.text
    assert "muscles tested normal: biceps brachii, triceps brachii" in both.text
