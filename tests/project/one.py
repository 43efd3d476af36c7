"""One job, by import alone."""

from project.jobs import job

job(77)
