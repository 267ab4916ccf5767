"""Texts of notices as dated data: written, looked at, approved by somebody else, in force from a moment on.

reading.py        rule: the small language that a text may be written in, and what is refused
words.py          the words that texts may use, what each means, and facts to try a text with
parts.py          what a text of a kind must not lack, by law or by what we promised
first_version.py  the text in the project's files, which counts until another is approved, as words that can be edited
checking.py       rule: everything that is wrong with a text, found by reading it and by making it of invented facts
in_force.py       the text that counts at a moment, without a question to the database for each notice
commands.py       write, submit, approve, send back, withdraw, try out
previews.py, comparing.py, forms.py, office.py, by_kind.py     the pages
"""
