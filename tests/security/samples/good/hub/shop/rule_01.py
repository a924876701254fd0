from hub.accounts.passwords import is_password


def may_enter(typed, stored):
    return is_password(typed, stored)
