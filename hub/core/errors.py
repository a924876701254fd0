"""What a service may refuse. ``hub.web.errors`` turns each into a page that says what to do next."""


class HubError(Exception):
    """Base of all expected refusals; ``message`` is a text for the person, already translated."""

    status = 400

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(HubError):
    """The actor may not do this with something the actor may see."""

    status = 403


class Missing(HubError):
    """It does not exist, or the actor may not know that it does."""

    status = 404


class Conflict(HubError):
    """The state has moved on since the actor looked."""

    status = 409


class Busy(HubError):
    """Too much of this at the same moment; in a few seconds it will go."""

    status = 503


class Refused(HubError):
    """The request is understood and cannot be carried out as it stands."""

    status = 422
