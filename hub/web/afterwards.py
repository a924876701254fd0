"""What is done once the answer has left: nobody waits for it, and nothing that was promised may depend on it."""

from collections.abc import Callable

from flask import Response, after_this_request, current_app


def afterwards(work: Callable[[], object]) -> None:
    """Do this in an application context of its own as soon as the answer to this request has been sent."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def do() -> None:
        with app.app_context():
            work()

    def register(response: Response) -> Response:
        response.call_on_close(do)
        return response

    after_this_request(register)
