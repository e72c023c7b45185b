package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * One destination of a program's records. Destinations on the network are only reached through a
 * {@link WhistlerSink}, so that the author of a program cannot aim requests from every node.
 *
 * @param ref name of a WhistlerSink
 * @param stdout the agent's standard output
 * @param file a file below the agent's directory
 */
@ResourceValue
@ValidationRule(
    value = "[has(self.ref), has(self.stdout), has(self.file)].filter(given, given).size() == 1",
    message =
        "a sink is exactly one of ref, stdout, file; http, kafka and otlp are set up by an"
            + " administrator in a WhistlerSink and named by ref")
public record ProgramSink(
    @Size(min = 1, max = 253) @JsonPropertyDescription("Not supported yet. Name of a WhistlerSink.")
        @Nullable String ref,
    @JsonPropertyDescription("The agent's standard output.") @Nullable StdoutSink stdout,
    @JsonPropertyDescription("A file below the agent's directory.") @Nullable FileSink file) {

  /** Standard output. */
  public static ProgramSink toStdout() {
    return new ProgramSink(null, new StdoutSink(), null);
  }

  /** A file of that bare name. */
  public static ProgramSink toFile(String name) {
    return new ProgramSink(null, null, new FileSink(name));
  }
}
