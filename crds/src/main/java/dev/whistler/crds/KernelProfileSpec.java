package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * A kernel's formats and features. Immutable.
 *
 * @param architecture of the kernel
 * @param digest SHA-256 of the canonical content
 * @param content the canonical content ({@link KernelProfileContent}), gzip and base64
 */
@ResourceValue
@ValidationRule(value = "self == oldSelf", message = "a profile never changes; write a new one")
public record KernelProfileSpec(
    @Required @Pattern("^(x86-64|arm64)$") @JsonPropertyDescription("Architecture of the kernel.")
        String architecture,
    @Required
        @Pattern("^[0-9a-f]{64}$")
        @Size(min = 64, max = 64)
        @JsonPropertyDescription("SHA-256 of the canonical content.")
        String digest,
    @Required
        @Size(min = 1, max = KernelProfileContent.MAX_BASE64)
        @JsonPropertyDescription("Tracepoint formats and features, gzip and base64.")
        String content) {}
