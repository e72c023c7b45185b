package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A file on each node, below the agent's directory, one JSON object a line.
 *
 * @param name a bare file name: letters, digits, {@code . _ -}, not beginning with a dot
 */
@ResourceValue
public record FileSink(
    @Required
        @Size(min = 1, max = 128)
        @Pattern("^[A-Za-z0-9_-][A-Za-z0-9._-]*$")
        @JsonPropertyDescription("A bare file name below the agent's directory.")
        String name) {}
