import hashlib
import pickle
import re
import subprocess

from flask import request
from sqlalchemy import text


def run(session, name, blob):
    eval(name)
    pickle.loads(blob)
    subprocess.run(name, shell=True)
    session.execute(text(f"SELECT * FROM entry WHERE title = '{name}'"))
    re.search(request.args["q"], name)
    return hashlib.md5(blob).hexdigest()
