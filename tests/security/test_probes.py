"""T10: whoever tries usual addresses of forgotten things finds nothing: no backup, key, database, source or console."""

import itertools

import pytest

FOLDERS = [
    "", "instance/", "backups/", "hub/", "static/", "static/instance/", "static/../", "files/", "uploads/", "data/", ".git/",
    "static/%2e%2e/instance/", "static/..%2finstance/",
]  # fmt: skip
NAMES = [
    "hub.sqlite3", "hub.sqlite3-wal", "secret_key", "pepper", "backup.zip", "config.py", ".env", "HEAD", "wsgi.py", "hub.db",
]  # fmt: skip
ENDINGS = ["~", ".bak", ".old", ".orig", ".save", ".swp", ".tmp", ".1", ".gz", ".zip", ".tar.gz", ".sql"]
ENDED = ["config.py", "wsgi.py", "hub.sqlite3", "instance", "backup", "static/css/base.css", "dump", "hub"]
OTHERS = """
    .git/config .git/index .git/logs/HEAD .git/objects/ .gitignore .svn/entries .hg/store .bzr/README .DS_Store .htaccess .htpasswd
    .env.local .env.production .env.example .venv/bin/python .vscode/settings.json .idea/workspace.xml .ssh/id_rsa .ssh/authorized_keys
    .bash_history .aws/credentials .docker/config.json .npmrc .pypirc .netrc .well-known/security.txt~ Makefile README.md CHANGELOG.md
    LICENSE pyproject.toml requirements.txt requirements.in package.json package-lock.json composer.json Dockerfile docker-compose.yml
    Procfile tests/conftest.py tests/ bench/ deploy/check.py deploy/gunicorn.conf.py deploy/run.py hub/__init__.py hub/wiring.py
    hub/migrations/env.py templates/base.html instance/index/ instance/files/ instance/index/current instance/keys/ logs/ log/
    server.log error.log access.log debug.log debug console console/ _debugbar __debugger__ console?__debugger__=yes&cmd=resource&f=debugger.js
    wp-admin/ wp-login.php wp-config.php xmlrpc.php phpmyadmin/ phpinfo.php info.php test.php index.php admin admin/ admin.php administrator/
    manager/html server-status server-info nginx_status metrics prometheus actuator actuator/env actuator/heapdump health/debug status
    api api/ api/v1/users graphql graphiql swagger swagger.json swagger-ui.html openapi.json v2/api-docs docs redoc jenkins/ solr/ _search
    _cat/indices _all_dbs elmah.axd trace.axd web.config crossdomain.xml clientaccesspolicy.xml cgi-bin/ cgi-bin/test.cgi shell.php
    etc/passwd ../etc/passwd ..%2f..%2fetc%2fpasswd %2e%2e/%2e%2e/etc/passwd static/../../etc/passwd static/%2e%2e/%2e%2e/etc/passwd
    static/..%5c..%5cconfig.py static/....//....//config.py static//etc/passwd static/%00 static/css/ static/js/ static/vendor/ static/
    static/vendor/update.py static/vendor/VENDOR.toml~ static/css/base.css.map static/.git/HEAD proc/self/environ proc/self/cmdline
    @fs/etc/passwd file:///etc/passwd backup backup/ backup.sql backup.tar dump.sql db.sql database.sql database.sqlite db.sqlite3 app.db
    users.csv people.csv people.json export.csv export.json users.json account.json login.json session sessions sessions/ tmp/ temp/ cache/
    old/ new/ test/ dev/ staging/ private/ secret/ secret secrets.yml credentials.json id_rsa key.pem server.key cert.pem ca.crt keystore.jks
    entries.csv entries.json search.json sitemap.xml~ robots.txt~ favicon.ico~ index.html~ index.html.bak entries/1.json entries/1/raw
    entries/1/.. files/1/.. files/../instance/secret_key files/1/../../instance/pepper people/1.json jobs/1 audit.csv audit.json
""".split()
PROBES = list(dict.fromkeys([
    *(folder + name for folder, name in itertools.product(FOLDERS, NAMES)),
    *(name + ending for name, ending in itertools.product(ENDED, ENDINGS)),
    *OTHERS,
]))  # fmt: skip
TELLING = (b"SQLite format 3", b"root:", b"[core]", b"SECRET", b"create_app", b"Traceback", b"Index of")


def test_t10_there_are_four_hundred_probes():
    assert len(PROBES) >= 400


@pytest.mark.parametrize("role", ["anonymous", "member", "admin"])
def test_t10_usual_addresses_of_forgotten_things_lead_nowhere(person_of, role):
    person = person_of(role)
    odd = {}
    for probe in PROBES:
        response = person._open("GET", f"/{probe}")
        sign_in = (
            role == "anonymous" and response.status_code == 303 and response.headers["Location"].startswith("/login")
        )
        if not (response.status_code in (400, 404) or sign_in or response.status_code == 308):
            odd[probe] = response.status_code
        assert not any(word in response.data for word in TELLING), probe
        response.close()
    assert odd == {}
