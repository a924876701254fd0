"""The floor: about the least that a page of 25 entries and a search can cost with Flask.

Taken over from our own bench-web/floor/app.py: bare Flask, sqlite3 with FTS5, one Jinja page, a signed session cookie;
no ORM, no forms library, no CSRF, no roles. New is only that it compresses as the hub does. It is a limit to measure
against, not an example to follow.

    FLOOR_DB=floor.sqlite3 python -m bench.floor entries.jsonl      loads the entries
"""

import os
import sqlite3
import sys
from pathlib import Path

from flask import Flask, Response, g, redirect, render_template_string, request, session
from flask_compress import Compress
from werkzeug.security import check_password_hash, generate_password_hash

from bench import corpus

COMPRESSION = ("COMPRESS_ALGORITHM", "COMPRESS_BR_LEVEL", "COMPRESS_LEVEL", "COMPRESS_MIMETYPES")
PASSWORD = "geheim-42x"
COL = [slug for slug, _ in corpus.collections()]
CSS = "body{font:16px/1.5 sans-serif;max-width:70rem;margin:auto}li{margin:1rem 0}.t{color:#555}"
PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{{ title }}</title><link rel="stylesheet" href="/static.css">
</head><body><header><a href="/">Wissen</a><nav>{% for c in cols %}<a href="/c/{{ loop.index0 }}">{{ c }}</a> {% endfor %}</nav>
<form action="/suche"><input name="q" value="{{ q or '' }}"><button>Suchen</button></form></header><main><h1>{{ title }}</h1>
<p>{{ total }} Treffer</p><ol>{% for e in rows %}<li><h2><a href="{{ e.url }}">{{ e.title }}</a></h2><p>{{ e.summary }}</p>
<p class="t">{{ e.collection }} · {% for t in e.tags.split(',') %}<a href="/suche?q={{ t }}">{{ t }}</a> {% endfor %}· {{ e.created }}</p>
</li>{% endfor %}</ol>{% if form %}<form method="post">{% for f in ['title','summary','tags','url','collection'] %}<input name="{{ f }}">
{% endfor %}<button>Speichern</button></form>{% endif %}</main></body></html>"""  # noqa: E501

app = Flask("bench.floor")
app.secret_key = os.urandom(32)
password_hash = generate_password_hash(PASSWORD)


def compress_like_the_hub() -> None:
    """The same algorithms and levels as the hub, so that pages differ only in what they hold."""
    from config import load_settings

    settings = load_settings(os.environ)
    app.config.update({name: settings[name] for name in COMPRESSION if name in settings})
    Compress(app)


def db() -> sqlite3.Connection:
    if "db" not in g:
        g.db = sqlite3.connect(os.environ["FLOOR_DB"])
        g.db.row_factory = sqlite3.Row
        g.db.execute("pragma journal_mode=wal")
        g.db.execute("pragma synchronous=normal")
    return g.db


@app.teardown_appcontext
def _close(_error: BaseException | None) -> None:
    if (connection := g.pop("db", None)) is not None:
        connection.close()


@app.before_request
def _guard() -> Response | None:
    if request.path not in ("/login", "/static.css", "/healthz") and not session.get("u"):
        return redirect("/login")
    return None


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST" and check_password_hash(password_hash, request.form["password"]):
        session["u"] = request.form["email"]
        return redirect("/")
    return '<form method="post"><input name="email"><input name="password" type="password"><button>OK</button></form>'


@app.route("/static.css")
def css():
    return CSS, 200, {"Content-Type": "text/css", "Cache-Control": "max-age=604800"}


@app.route("/healthz")
def healthz():
    return "ok"


@app.route("/")
@app.route("/c/<int:i>")
def coll(i: int = 0):
    d = db()
    n = d.execute("select count(*) from e where collection=?", (COL[i],)).fetchone()[0]
    rows = d.execute("select * from e where collection=? order by id desc limit 25", (COL[i],)).fetchall()
    return page(COL[i], rows, n)


@app.route("/suche")
def suche():
    q = request.args.get("q", "")
    m = " ".join('"' + w.replace('"', "") + '"' for w in q.split())
    d = db()
    n, rows = 0, []
    if m:
        n = d.execute("select count(*) from f where f match ?", (m,)).fetchone()[0]
        found = "select e.* from f join e on e.id=f.rowid where f match ? order by rank limit 25"
        rows = d.execute(found, (m,)).fetchall()
    return page("Suche", rows, n, q=q)


@app.route("/neu", methods=["GET", "POST"])
def neu():
    if request.method == "GET":
        return page("Neu", [], 0, form=1)
    put(db(), request.form)
    db().commit()
    return redirect("/")


def page(title: str, rows: list, total: int, **more: object) -> str:
    return render_template_string(PAGE, title=title, rows=rows, total=total, cols=COL, **more)


def put(d: sqlite3.Connection, e) -> None:
    tags = e["tags"] if isinstance(e["tags"], str) else ",".join(e["tags"])
    values = (e["title"], e["summary"], tags, e["url"], e["collection"], e.get("created", "2026-01-01"))
    c = d.execute("insert into e(title,summary,tags,url,collection,created) values(?,?,?,?,?,?)", values)
    d.execute("insert into f(rowid,title,summary,tags) values(?,?,?,?)", (c.lastrowid, e["title"], e["summary"], tags))


def load(lines: Path) -> None:
    d = sqlite3.connect(os.environ["FLOOR_DB"])
    d.executescript(
        "create table e(id integer primary key,title,summary,tags,url,collection,created);"
        "create index ec on e(collection,id);"
        "create virtual table f using fts5(title,summary,tags,content='e',content_rowid='id')"
    )
    for line in corpus.read(lines):
        put(d, line)
    d.commit()
    d.close()


if __name__ == "__main__":
    load(Path(sys.argv[1]))
else:
    compress_like_the_hub()
