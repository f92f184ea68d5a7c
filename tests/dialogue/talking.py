"""A conversation that tests can hold in one line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assistant.dialogue.events import Session, Settings, What
from assistant.dialogue.step import start, step
from assistant.dialogue.turn import Reply
from assistant.language.blocks import Style
from assistant.reasoning.differential import Reasoner
from assistant.reasoning.inquiry import DEFAULT_CAP
from rules.model import Tier

TODAY = date(2026, 7, 1)
OPENING = ("34", "male", "3 weeks", "weakness", "none")  # answers to the five opening questions


@dataclass
class Talk:
    """A conversation: `say` types lines, the rest looks at what came of them."""

    reasoner: Reasoner
    reply: Reply

    def say(self, *lines: str) -> Talk:
        for line in lines:
            self.reply = step(self.reasoner, self.reply.session, line)
        return self

    @property
    def session(self) -> Session:
        return self.reply.session

    @property
    def question(self) -> str | None:
        return self.reply.question

    @property
    def answers(self) -> dict[str, tuple[str, ...]]:
        return self.session.answers

    @property
    def text(self) -> str:
        """All that was said last, with no-break spaces as ordinary ones."""
        parts = (part for block in self.reply.blocks for part in (block.text, *block.items))
        return "\n".join(parts).replace("\u00a0", " ").replace("\u202f", " ")

    def styled(self, style: Style) -> list[str]:
        return [block.text for block in self.reply.blocks if block.style is style]

    @property
    def log(self) -> list[tuple[What, str]]:
        return [(event.what, event.finding) for event in self.session.events]

    def until(self, question: str, known: dict[str, str] | None = None) -> Talk:
        """Answer `known` and "unknown" otherwise, until a question comes."""
        while self.question != question:
            assert self.question is not None, f"{question} was not asked"
            self.say((known or {}).get(self.question, "unknown"))
        return self

    def to_the_end(self, known: dict[str, str] | None = None) -> Talk:
        while self.question is not None:
            self.say((known or {}).get(self.question, "unknown"))
        return self


def begin(
    reasoner: Reasoner, lang: str = "en", tier: Tier = Tier.GENETICS, cap: int = DEFAULT_CAP
) -> Talk:
    settings = Settings(lang=lang, today=TODAY, tier=tier, cap=cap)
    return Talk(reasoner, start(reasoner, settings, "1.2.3"))
