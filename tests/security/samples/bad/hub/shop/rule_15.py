from flask import request


def change(form, user, service):
    form.populate_obj(user)
    service.change(user, **request.form)
    for name, value in request.form.items():
        setattr(user, name, value)
