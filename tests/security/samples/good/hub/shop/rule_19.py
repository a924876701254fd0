import hashlib
import re
import subprocess

from flask import request
from sqlalchemy import text


def run(session, name, blob):
    subprocess.run(["tesseract", "--version"], check=True)
    session.execute(text("SELECT * FROM entry WHERE title = :title"), {"title": name})
    re.search(re.escape(request.args["q"]), name)
    return hashlib.sha256(blob).hexdigest()
