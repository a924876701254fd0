"""Pages of this room: the way to a provider and back, the own links, setting up providers, people who wait."""

from hub.federating.views import newcomers, own, providers, signing_on
from hub.federating.views.blueprint import bp

__all__ = ["bp", "newcomers", "own", "providers", "signing_on"]
