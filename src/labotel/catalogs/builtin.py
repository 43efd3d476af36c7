"""All catalogues of what labotel observes by itself; a process imports only those that it needs."""

from typing import Final

from labotel.catalogs import (
    accounts,
    cache,
    calls,
    commands,
    database,
    files,
    host,
    http,
    mail,
    programs,
    redis,
    tasks,
)

BUILT_IN: Final = (
    http.catalog,
    database.catalog,
    cache.catalog,
    host.catalog,
    tasks.catalog,
    accounts.catalog,
    mail.catalog,
    files.catalog,
    commands.catalog,
    redis.catalog,
    calls.catalog,
    programs.catalog,
)
from labotel.catalogs import cache, database, host, http, paths, process, tasks

BUILT_IN: Final = (
    http.catalog, database.catalog, cache.catalog, host.catalog, process.catalog, paths.catalog,
    tasks.catalog,
)  # fmt: skip
