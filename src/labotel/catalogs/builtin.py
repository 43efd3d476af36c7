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
    paths,
    process,
    programs,
    redis,
    tasks,
)

BUILT_IN: Final = (
    http.catalog,
    database.catalog,
    cache.catalog,
    host.catalog,
    process.catalog,
    paths.catalog,
    tasks.catalog,
    accounts.catalog,
    mail.catalog,
    files.catalog,
    commands.catalog,
    redis.catalog,
    calls.catalog,
    programs.catalog,
)
