"""Typography: in French the spaces that must not break, and the apostrophe; in English none before %.

Texts are written with ordinary spaces, which people can see and type; this puts the others.
"""

import re

NBSP, NNBSP = "\u00a0", "\u202f"

_UNITS = r"(?:ans?|mois|jours?|h|kg|g|mg|µg|m|cm|mm|mm²|cm²|s|min|fois|Hz|nmol|mmol|ms|mV|mL|dL|L)"


def english(text: str) -> str:
    """The text with no space before %."""
    return re.sub(r"(?<=\d) %", "%", text)


def french(text: str) -> str:
    """The text with unbreakable spaces before ; ! ? : » %, after «, and before units."""
    text = re.sub(r" ([;!?])", NNBSP + r"\1", text)
    text = re.sub(r" ([:»%])", NBSP + r"\1", text)
    text = text.replace("« ", "«" + NBSP)
    text = re.sub(rf"(?<=\d) (?={_UNITS}(?!\w))", NBSP, text)
    return text.replace("'", "’")
