import bcrypt


def is_password(typed, stored):
    return bcrypt.checkpw(typed.encode(), stored)
