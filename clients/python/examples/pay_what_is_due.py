"""Print what is due, and with `--pay` pay the first of it. Made for the demonstration, whose provider takes no money.

    make demo
    pip install clients/python
    python clients/python/examples/pay_what_is_due.py http://127.0.0.1:8000 ADDRESS [--pay]

ADDRESS is one of the demonstration's customers. The password is asked for, or read from MYVITTORIA_PASSWORD.
"""

import argparse
import getpass
import os
import re
import time
import urllib.parse
import urllib.request

from myvittoria import Client, SignInRefused

TRIES, SECONDS = 10, 1.0  # how often to ask whether a payment came, and how long in between


def main() -> None:
    """Sign in, show, and pay where it is asked for."""
    arguments = argparse.ArgumentParser(description="Print what is due, and pay it.")
    arguments.add_argument("installation", help="its address, such as http://127.0.0.1:8000")
    arguments.add_argument("email", help="that one signs in with")
    arguments.add_argument("--pay", action="store_true", help="pay the first of what is due")
    given = arguments.parse_args()
    client = Client(given.installation, language="en")
    password = os.environ.get("MYVITTORIA_PASSWORD") or getpass.getpass("Password: ")
    try:
        client.sign_in(given.email, password, second_factor=lambda: input("Code of the authenticator app: "))
    except SignInRefused as refused:
        raise SystemExit(str(refused)) from None
    try:
        due = [row for row in client.each(client.list_instalments) if row["can_be_paid"]]
        for row in due:
            print(f"{row['due_on']}  {row['amount']:>10} euro  {row['product']} {row['policy_number']}")
        if not due:
            print("Nothing can be paid now.")
        elif given.pay:
            print(pay(client, due[0]["id"]))
    finally:
        client.sign_out()


def pay(client: Client, instalment: int) -> str:
    """Begin the payment, confirm it on the demonstration's page of the provider, and wait until it is known."""
    begun = client.pay_instalment(instalment)
    confirm(urllib.parse.urljoin(client.base_url, begun["checkout_url"]))
    for _each in range(TRIES):
        checked = client.check_payment(begun["id"])
        if checked["is_known"]:
            return f"{checked['number']}: {checked['state_label']}"
        time.sleep(SECONDS)
    return "It is not confirmed yet. Do not pay again: look at your payments later."


def confirm(page: str) -> None:
    """Do what a person does in the browser: open the provider's page, and press its button."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(page, timeout=30) as shown:
        hidden = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.read().decode())
    if hidden is None:
        raise SystemExit("This is not the demonstration's page: pay in a browser at " + page)
    pressed = urllib.parse.urlencode({"way": "paga", "csrfmiddlewaretoken": hidden[1]}).encode()
    browser.open(page, pressed, timeout=30).close()


if __name__ == "__main__":
    main()
