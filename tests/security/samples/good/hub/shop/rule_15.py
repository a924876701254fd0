from flask import request


def change(form_class, user, service):
    form = form_class(request.form)
    service.change(user, form.name.data)
