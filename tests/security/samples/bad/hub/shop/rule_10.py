from flask import redirect, request


def go_on():
    target = request.args.get("next", "/")
    return redirect(target, 303)
