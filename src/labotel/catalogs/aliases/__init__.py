"""The names of other exporters, for dashboards and rules that know those.

Each module's `catalog` is given to `configure` or to `labotel render` beside the application's own.
"""
