package dev.whistler.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code whistler profile}: a kernel as a file, and what differs between two. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    description = "Captures this machine's kernel as a file that 'compile' and 'check' accept.",
    subcommands = {ProfileCommand.Show.class, ProfileCommand.Diff.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  whistler profile -o here.json.gz",
      "  whistler profile show here.json.gz",
      "  whistler profile diff old.json.gz new.json.gz",
    })
final class ProfileCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "where to (default: RELEASE.json.gz)")
  @Nullable Path output;

  @Override
  public Integer call() {
    HostKernel host = HostKernel.open();
    KernelFile kernel =
        new KernelFile(
            HostKernel.architecture().text(),
            host.release(),
            host.kernelFormats(),
            host.btf(),
            host.features());
    Path file = output == null ? Path.of(host.release() + ".json.gz") : output;
    try {
      Files.write(file, kernel.toBytes());
    } catch (IOException e) {
      throw CommandFailure.machine("cannot write " + file + ": " + e.getMessage());
    }
    spec.commandLine().getErr().println(file + ": " + summary(kernel));
    return 0;
  }

  private static String summary(KernelFile kernel) {
    byte[] btf = kernel.btf();
    List<String> features = kernel.features();
    return "Linux %s, %s, %d tracepoints, %s, %s"
        .formatted(
            kernel.release(),
            kernel.arch(),
            kernel.formats().size(),
            btf == null ? "no kernel types" : btf.length / 1024 + " KiB of kernel types",
            features == null ? "no feature list" : features.size() + " features");
  }

  private static KernelFile read(Path file) {
    try {
      return KernelFile.parse(SourceFiles.bytes(file, KernelFile.FILE_LIMIT, "a kernel file"));
    } catch (IOException | IllegalArgumentException e) {
      throw CommandFailure.badInput(file + " is not a kernel file: " + e.getMessage());
    }
  }

  /** {@code whistler profile show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Says what a kernel file holds; with an event, prints its format.")
  static final class Show implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "a kernel file")
    Path file;

    @Parameters(index = "1", arity = "0..1", paramLabel = "EVENT", description = "category/event")
    @Nullable String event;

    @Override
    public Integer call() {
      KernelFile kernel = read(file);
      PrintWriter out = spec.commandLine().getOut();
      if (event == null) {
        out.println(summary(kernel));
      } else {
        String format = kernel.formats().get(event);
        if (format == null) {
          throw CommandFailure.badInput(file + " has no event " + event);
        }
        out.print(format);
      }
      out.flush();
      return 0;
    }
  }

  /** {@code whistler profile diff}. */
  @Command(
      name = "diff",
      mixinStandardHelpOptions = true,
      description = "Lists the tracepoints and features that differ between two kernels.")
  static final class Diff implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(index = "0", paramLabel = "OLD", description = "a kernel file")
    Path before;

    @Parameters(index = "1", paramLabel = "NEW", description = "a kernel file")
    Path after;

    @Override
    public Integer call() {
      KernelFile a = read(before);
      KernelFile b = read(after);
      PrintWriter out = spec.commandLine().getOut();
      TreeSet<String> events = new TreeSet<>(a.formats().keySet());
      events.addAll(b.formats().keySet());
      for (String event : events) {
        String old = a.formats().get(event);
        String now = b.formats().get(event);
        if (old == null) {
          out.println("+ " + event);
        } else if (now == null) {
          out.println("- " + event);
        } else if (!fields(old).equals(fields(now))) {
          out.println("~ " + event);
          fields(old).stream()
              .filter(f -> !fields(now).contains(f))
              .forEach(f -> out.println("    - " + f));
          fields(now).stream()
              .filter(f -> !fields(old).contains(f))
              .forEach(f -> out.println("    + " + f));
        }
      }
      TreeSet<String> features = new TreeSet<>();
      features.addAll(a.features() == null ? List.of() : a.features());
      features.addAll(b.features() == null ? List.of() : b.features());
      if (a.features() != null && b.features() != null) {
        for (String feature : features) {
          if (!a.features().contains(feature)) {
            out.println("+ " + feature);
          } else if (!b.features().contains(feature)) {
            out.println("- " + feature);
          }
        }
      }
      out.flush();
      return 0;
    }

    /** What matters of a format: its fields, not its boot-time id or how it is printed. */
    private static List<String> fields(String format) {
      return format
          .lines()
          .map(String::strip)
          .filter(line -> line.startsWith("field:"))
          .map(line -> line.replaceAll("\\s+", " "))
          .toList();
    }
  }
}
