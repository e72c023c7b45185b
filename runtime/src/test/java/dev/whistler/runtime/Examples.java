package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.tracefs.Tracefs;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.compiler.source.SourceText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The examples, compiled for this kernel. */
final class Examples {
  private static final Path EXAMPLES = Path.of("../examples");
  private static final Path TYPES = Path.of("/sys/kernel/btf/vmlinux");
  private static final Pattern EVENT =
      Pattern.compile("\\(deftracepoint ([a-z0-9-]+)/([a-z0-9-]+)");

  private Examples() {}

  /** An example's object for this kernel. */
  static byte[] compile(String example, Map<String, String> knobs) throws IOException {
    return compile(example, Files.readString(EXAMPLES.resolve(example)), knobs);
  }

  static byte[] compile(String name, String source, Map<String, String> knobs) throws IOException {
    Map<String, String> formats = new HashMap<>();
    try (Tracefs tracefs = Tracefs.open()) {
      for (MatchResult found : EVENT.matcher(source).results().toList()) {
        String category = found.group(1).replace('-', '_');
        String event = found.group(2).replace('-', '_');
        tracefs.format(category, event).ifPresent(f -> formats.put(category + "/" + event, f));
      }
    }
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(Architecture.X86_64, new SourceText(name, source))
                .withKernel(new SuppliedKernel(Architecture.X86_64, formats, types(), null, null))
                .withKnobs(knobs));
    assertThat(result.object()).as(result.diagnostics().toString()).isPresent();
    return result.object().orElseThrow().elf();
  }

  private static byte @Nullable [] types() throws IOException {
    return Files.exists(TYPES) ? Files.readAllBytes(TYPES) : null;
  }
}
