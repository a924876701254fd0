from flask import redirect, request

from hub.web.guard import safe_next


def go_on():
    return redirect(safe_next(request.args.get("next")), 303)
