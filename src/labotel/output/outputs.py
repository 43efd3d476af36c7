"""Joins the outputs that were chosen to a process's runtime."""

from labotel.export.runtime import Runtime


def join(runtime: Runtime) -> None:
    """Have every record written where that was chosen; nothing where it was not, or is already."""
    settings, pipeline = runtime.settings, runtime.pipeline
    if pipeline.copy is not None or (settings.console == "off" and not settings.log_files):
        return
    from labotel.output.output import Output  # only a start that needs it pays for it

    output = Output(
        settings.console, settings.log_files, settings.service_name, pipeline.pseudonyms,
        pipeline.tally, pipeline.drain, lambda: bool(runtime.settings.values["request_log"]),
    )  # fmt: skip
    pipeline.copy = output.take
    runtime.forked.append(output.forget)
    runtime.turns.append(output.turn)
    runtime.ends.append(output.finish)
