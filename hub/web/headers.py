"""Headers of every answer. A view that sends files sets its own policy first; it is kept."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY = (
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)


def init_headers(app: Flask) -> None:
    """Add the security headers to every answer, and keep signed-in answers out of caches."""

    @app.after_request
    def _add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"  # for browsers that do not know frame-ancestors
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = PERMISSIONS_POLICY
        if app.config["SECURE"]:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint != "static" and headers.get("Cache-Control") in (None, "no-cache"):  # as send_file says
            headers["Cache-Control"] = "no-store"
        return response


def clear_browser_data(response: Response) -> Response:
    """After signing out nothing of the hub stays in the browser."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
