"""Settings of the floor's server: those of the hub, for another application."""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_of_the_hub = runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))
_not_taken = {"post_fork", *globals()}
globals().update({name: value for name, value in _of_the_hub.items() if name not in _not_taken})
wsgi_app = "bench.floor:app"
