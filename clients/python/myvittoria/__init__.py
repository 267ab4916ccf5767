"""A client of MyVittoria's API: everything that a customer reads and does, in Python, with nothing but the standard library.

client = Client("https://care.example")
client.sign_in("maria@posta.example", "…", second_factor=input)
for row in client.each(client.list_instalments):
    print(row["due_on"], row["amount"])
"""

from .client import Client, Copy, pending
from .errors import Failure, NoAnswer, Problem, SignInRefused, VersionEnding

__all__ = ["Client", "Copy", "Failure", "NoAnswer", "Problem", "SignInRefused", "VersionEnding", "pending"]
