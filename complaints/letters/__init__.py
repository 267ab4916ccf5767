"""The letters to complainants: texts as dated, approved data, the rule of what a letter must contain, its layout, its draft.

codes.py        the texts that there are: what each is, which words it may use, what must not be missing from it
texts.py        the texts that are in force on a day, and those that a letter names
paragraphs.py   rule: which paragraphs a letter must contain, and why
readability.py  rule: how easily a text is read (Gulpease), and how long it is
checking.py     rule: everything that is wrong with a text
commands.py     write a text, submit it, approve it, send it back, withdraw it, set its last day
drafts.py       commands: keep what was written of an answer so far
compose.py      the answer letter: its words, as plain text and as a tagged PDF (`letter.typ` is its layout)
showing.py      the letter beside its text, in the browser, and why each paragraph is in it
forms.py, office.py    the back office
"""

from .compose import COMPANY, OFFICE_ADDRESS, Letter, compose, pdf_of

__all__ = ["COMPANY", "OFFICE_ADDRESS", "Letter", "compose", "pdf_of"]
