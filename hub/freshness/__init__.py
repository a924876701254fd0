"""Keeping entries fresh: who looks when whether an entry still holds, and what they answer.

Once a quarter each organisation gets a short list of its own, the spring clean.
"""
