from markupsafe import Markup


def shown(text):
    return Markup("<b>{}</b>").format(text)
