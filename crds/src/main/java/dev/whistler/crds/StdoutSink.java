package dev.whistler.crds;

/** The agent's standard output, one JSON object a line. There is nothing to set. */
@ResourceValue
public record StdoutSink() {}
