"""The addresses of the app's API by which a customer does something: one module for each room of the reserved area.

Each fills in the form of its page and calls the same command. Reading is beside this package.
"""
