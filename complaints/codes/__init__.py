"""The codes of the register as dated data: what its words are called, from when until when, and where the return counts them."""
