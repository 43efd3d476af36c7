"""An event for the rows that each write of Django's ORM touched, by model.

The ORM's own compilers are wrapped: `save`, `bulk_create`, `update`, `delete` with its cascades
and the admin all end there. What counts is what was executed: a rolled back write counts, and
every object of a `bulk_create` does, but where conflicts are ignored: there the database is asked
how many rows it wrote. Statements that the application writes itself are no writes of a model.
"""

from collections.abc import Callable
from typing import Any, Final, Literal

from labotel.catalogs.database import ModelWritten
from labotel.events.dispatch import tell

Operation = Literal["insert", "update", "delete"]

_OPERATIONS: Final[dict[str, Operation]] = {
    "SQLInsertCompiler": "insert",
    "SQLUpdateCompiler": "update",
    "SQLDeleteCompiler": "delete",
}


class _Written:
    """Counts the rows that inserts wrote, around each of a connection's statements."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        result = execute(sql, params, many, context)
        rows = getattr(context["cursor"], "rowcount", None)
        if isinstance(rows, int) and rows > 0:  # -1: the database does not say
            self.rows += rows
        return result


class WriteObserver:
    """Wraps the compilers of writes; `connect` and `disconnect` it."""

    def __init__(
        self, is_own_thread: Callable[[], bool], fault: Callable[[str, BaseException], None]
    ) -> None:
        self._is_own_thread = is_own_thread
        self._fault = fault
        self._replaced: list[tuple[Any, Any]] = []
        self._ignore: Any = None

    def connect(self, compilers: Any) -> None:
        """Observe the writes of `django.db.models.sql.compiler`'s classes and their heirs."""
        if self._replaced:
            return
        from django.db.models.constants import OnConflict

        self._ignore = OnConflict.IGNORE
        for name, operation in _OPERATIONS.items():
            compiler = getattr(compilers, name)
            self._replaced.append((compiler, vars(compiler).get("execute_sql")))
            compiler.execute_sql = self._executing(compiler, operation)

    def disconnect(self) -> None:
        """Give Django's classes their own methods back."""
        while self._replaced:
            compiler, own = self._replaced.pop()
            if own is None:
                del compiler.execute_sql
            else:
                compiler.execute_sql = own

    def _executing(self, compiler: Any, operation: Operation) -> Any:
        own = vars(compiler).get("execute_sql")
        said, ignoring = self._said, self._ignores

        def execute_sql(this: Any, *args: Any, **kwargs: Any) -> Any:
            # An inherited method is looked up behind this class, where a backend may have its own.
            behind: Any = super(compiler, this)
            run = behind.execute_sql if own is None else own.__get__(this)
            if not ignoring(this.query):
                result = run(*args, **kwargs)
                said(this.query, operation, result)
                return result
            written = _Written()
            wrappers = this.connection.execute_wrappers
            # By hand: Django's context manager takes the last one away, and a connection that is
            # made meanwhile may get one of somebody else's.
            wrappers.insert(0, written)
            try:
                result = run(*args, **kwargs)
            finally:
                wrappers.remove(written)
            said(this.query, operation, written.rows)
            return result

        return execute_sql

    def _ignores(self, query: Any) -> bool:
        """Tell whether a query inserts rows, but not those that conflict with others."""
        return getattr(query, "on_conflict", None) is self._ignore

    def _said(self, query: Any, operation: Operation, result: Any) -> None:
        try:
            if operation == "insert" and not self._ignores(query):
                rows = len(query.objs)
            elif operation == "update" and not query.values:
                rows = 0  # the rows of its parents' tables, which their own queries counted
            else:
                # Before Django 5.2 a deletion gives its cursor, which the caller reads and closes.
                rows = result if isinstance(result, int) else getattr(result, "rowcount", 0)
            if rows > 0 and not self._is_own_thread():
                label = query.get_meta().concrete_model._meta.label
                tell(ModelWritten(model=label, operation=operation, rows=rows))
        except Exception as error:
            self._fault("model_written", error)
