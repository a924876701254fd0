"""The office's page about jobs."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core import clock
from hub.core.permissions import Permission
from hub.jobs import queries, service
from hub.web.filters import day
from hub.web.guard import requires

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.get("")
@requires(Permission.JOB_INSPECT)
def overview() -> ResponseReturnValue:
    """Whether a worker is alive, and what waits, runs or was given up."""
    found = queries.get_overview(current_user._get_current_object())
    return render_template("jobs/overview.html", found=found, when=when)


@bp.post("/<int:job_id>/retry")
@requires(Permission.JOB_INSPECT)
def retry(job_id: int) -> ResponseReturnValue:
    """Start a job afresh that was given up."""
    service.retry_job(current_user._get_current_object(), job_id)
    flash(_("Die Aufgabe wird noch einmal versucht."), "success")
    return redirect(url_for("jobs.overview"), 303)


def when(moment: datetime) -> str:
    """Day and minute on the clock on the wall."""
    return f"{day(moment)}, {clock.local(moment):%H:%M}"
