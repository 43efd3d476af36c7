"""Where events come from without a call of the application's."""
