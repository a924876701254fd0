"""A worker process whose door is open to one server of the test: python work.py PORT."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from hub import create_app
from hub.jobs.worker import Worker

Worker(create_app({"FETCH_ALLOWED": {("127.0.0.1", int(sys.argv[1]))}})).run()
os._exit(0)
