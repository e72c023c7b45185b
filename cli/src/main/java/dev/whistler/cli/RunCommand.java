package dev.whistler.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.runtime.AttachTarget;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.Limits;
import dev.whistler.runtime.ProgramState;
import dev.whistler.runtime.RunRequest;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import dev.whistler.runtime.maps.MapEntries;
import dev.whistler.runtime.maps.MapText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code whistler run}: compile for this kernel, load, print records until stopped. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a program on this machine and prints its records as JSON lines.",
      "Stops at Ctrl-C, after --count records or after --for; leaves nothing in the kernel.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  whistler run examples/forks.lisp --count 5 --for 20s",
      "  whistler run examples/scheduler-wait.lisp --maps --for 10s",
      "  whistler run examples/xdp-protocols.lisp \\",
      "      --attach count-protocols=if:eth0 --maps",
      "  whistler run examples/connect-guard.lisp \\",
      "      --attach connect-guard=cgroup:/sys/fs/cgroup \\",
      "      --attach mapped-guard=cgroup:/sys/fs/cgroup \\",
      "      --map 'denied:{\"ip\":\"192.0.2.1\",\"port\":80}=1'",
    })
final class RunCommand implements Callable<Integer> {
  /** How long sinks may take to accept what was produced before the end. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private static final int OBJECT_LIMIT = 64 << 20;
  private static final int MAP_ROWS = 10_000;

  @Spec CommandSpec spec;
  @Mixin SourceOptions source;
  @Mixin DiagnosticOptions diagnostics;

  @Option(
      names = "--attach",
      paramLabel = "PROGRAM=PLACE",
      description = {
        "where a program attaches whose section does not say so; repeatable:",
        "PROGRAM=if:NAME[:ingress|:egress], PROGRAM=cgroup:PATH,",
        "PROGRAM=uprobe:FILE:SYMBOL[@VERSION][+OFFSET]",
      })
  List<String> attach = List.of();

  @Option(
      names = "--sink",
      paramLabel = "SINK",
      description = "where records go: stdout (default) or file:PATH; repeatable")
  List<String> sinks = List.of("stdout");

  @Option(
      names = "--map",
      paramLabel = "MAP:KEY=VALUE",
      description =
          "an entry written before anything is attached, as JSON by the schema, keys with all"
              + " their fields (of tries also as \"10.0.0.0/8\"); repeatable")
  List<String> entries = List.of();

  @Option(
      names = "--record",
      paramLabel = "RING=STRUCT",
      description = {
        "the struct of a ring's records, for an object of another compiler;",
        "without it they are bytes; repeatable",
      })
  Map<String, String> records = Map.of();

  @Option(names = "--count", paramLabel = "N", description = "stop after N records")
  long count;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "stop after this time: 500ms, 10s, 5m, 1h")
  @Nullable String duration;

  @Option(names = "--maps", description = "print the contents of the maps at the end")
  boolean maps;

  @Option(names = "--stats", description = "end with one JSON line of counters on standard error")
  boolean stats;

  @Override
  public Integer call() throws InterruptedException {
    @Nullable Duration limit = duration == null ? null : Durations.parse(duration);
    if (count < 0) {
      throw CommandFailure.usage("--count takes a positive number, not " + count);
    }
    List<AttachTarget> targets = attach.stream().map(AttachOption::parse).toList();
    List<SinkSpec> destinations = sinks.stream().map(RunCommand::sink).toList();
    List<MapEntries> seeds = mapEntries();
    byte[] object = object();
    if (object.length == 0) {
      return CommandFailure.BAD_INPUT;
    }
    CountDownLatch enough = new CountDownLatch(1);
    CountDownLatch finished = new CountDownLatch(1);
    RunRequest request =
        RunRequest.of(object, new Identity(HostKernel.nodeName(), programName(), "local", 1))
            .withAttach(targets)
            .withSinks(destinations)
            .withMaps(seeds)
            .withDerivedSchema(records)
            .withTier(source.tier().rules())
            .withLimits(Limits.DEFAULT.withMaxRecords(count))
            .withListener(
                (ring, decoded) -> {
                  if (count > 0 && decoded >= count) {
                    enough.countDown();
                  }
                });
    Thread onSignal = new Thread(() -> endOnSignal(enough, finished), "stop-on-signal");
    SinkWatch watch = new SinkWatch(spec.commandLine().getErr(), enough::countDown);
    try {
      // Before the first record can be seen: whoever sees it may send the signal at once.
      java.lang.Runtime.getRuntime().addShutdownHook(onSignal);
    } catch (IllegalStateException shuttingDown) {
      return 0; // the signal's exit code counts
    }
    try (RunningProgram running = start(request)) {
      running.onStateChange(
          state -> {
            watch.accept(state);
            if (state instanceof ProgramState.Failed) {
              enough.countDown();
            }
          });
      watch.accept(running.state());
      running
          .warnings()
          .forEach(warning -> spec.commandLine().getErr().println("whistler: " + warning));
      if (!running.schema().countsLosses()) {
        spec.commandLine()
            .getErr()
            .println(
                "whistler: an object of another compiler: records without a reservation are not"
                    + " counted");
      }
      if (limit == null) {
        enough.await();
      } else {
        boolean reachedCount = enough.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        if (!reachedCount && count > 0) {
          spec.commandLine()
              .getErr()
              .println("whistler: the time was over before " + count + " records");
        }
      }
      return end(running, watch);
    } finally {
      finished.countDown();
    }
  }

  /**
   * The JVM ends when its hooks have: this one waits for the program to be taken out of the kernel.
   */
  private static void endOnSignal(CountDownLatch enough, CountDownLatch finished) {
    enough.countDown();
    try {
      if (!finished.await(DRAIN.toSeconds() + 5, TimeUnit.SECONDS)) {
        System.err.println("whistler: the program did not stop in time; the kernel removes it now");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private RunningProgram start(RunRequest request) {
    try {
      return dev.whistler.runtime.Runtime.start(request);
    } catch (StartException e) {
      if (!e.detail().isEmpty()) {
        spec.commandLine().getErr().println(e.detail());
      }
      String sentence = String.valueOf(e.getMessage());
      throw switch (e.reason()) {
        case BAD_OBJECT, VERIFIER_REJECTED, MAP_ENTRY_INVALID -> CommandFailure.badInput(sentence);
        default -> CommandFailure.machine(sentence);
      };
    }
  }

  private int end(RunningProgram running, SinkWatch watch) {
    ProgramCounters counters = running.stop(DRAIN);
    PrintWriter err = spec.commandLine().getErr();
    if (maps) {
      PrintWriter out = spec.commandLine().getOut();
      for (String map : running.maps().names()) {
        out.print(MapText.render(running.maps().read(map, MAP_ROWS)));
      }
      out.flush();
    }
    counters.rings().stream()
        .filter(ring -> ring.lost() + ring.undecodable() > 0)
        .forEach(
            ring ->
                err.printf(
                    "%s: %d records lost in the kernel without a reservation, %d undecodable%n",
                    ring.ring(), ring.lost(), ring.undecodable()));
    counters.maps().stream()
        .filter(map -> map.failedUpdates() > 0)
        .forEach(
            map ->
                err.printf(
                    "map %s: %d updates failed; it was full: raise its :max-entries%n",
                    map.map(), map.failedUpdates()));
    counters.programs().stream()
        .filter(program -> program.missed().orElse(0) > 0)
        .forEach(
            program ->
                err.printf(
                    "program %s: %d events missed; the kernel did not run it within another%n",
                    program.program(), program.missed().orElseThrow()));
    running
        .undecodable()
        .forEach(
            record ->
                err.printf(
                    "%s: undecodable record of %d bytes at position %d begins with %s%n",
                    record.ring(), record.length(), record.position(), record.firstBytes()));
    if (stats) {
      err.println(counters.toJson());
    }
    if (running.state() instanceof ProgramState.Failed failed) {
      throw CommandFailure.machine(failed.message());
    }
    return watch.exitCode(counters);
  }

  /** The object named or compiled; empty when diagnostics were printed instead. */
  private byte[] object() {
    if (source.sources.size() == 1) {
      byte[] bytes = SourceFiles.bytes(source.sources.getFirst(), OBJECT_LIMIT, "an object");
      if (bytes.length > 4 && bytes[0] == 0x7f && bytes[1] == 'E' && bytes[2] == 'L') {
        return bytes;
      }
    }
    CompilationRequest request = source.request(KernelChoice.of("host"));
    CompilationResult result = Compiler.compile(request);
    diagnostics.print(request.sources(), result.diagnostics(), spec.commandLine().getErr());
    return result.object().map(o -> o.elf()).orElse(new byte[0]);
  }

  private String programName() {
    String file = String.valueOf(source.sources.getFirst().getFileName());
    int dot = file.lastIndexOf('.');
    return dot > 0 ? file.substring(0, dot) : file;
  }

  private static SinkSpec sink(String text) {
    if (text.equals("stdout")) {
      return new SinkSpec.Stdout();
    }
    if (text.startsWith("file:") && text.length() > 5) {
      return new SinkSpec.File(Path.of(text.substring(5)));
    }
    throw CommandFailure.usage("--sink takes stdout or file:PATH, not " + text);
  }

  private List<MapEntries> mapEntries() {
    Map<String, List<MapEntries.Entry>> byMap = new LinkedHashMap<>();
    for (String text : entries) {
      int colon = text.indexOf(':');
      if (colon <= 0) {
        throw CommandFailure.usage("--map takes MAP:KEY=VALUE, not " + text);
      }
      byMap
          .computeIfAbsent(text.substring(0, colon), m -> new ArrayList<>())
          .add(entry(text.substring(colon + 1)));
    }
    return byMap.entrySet().stream()
        .map(e -> new MapEntries(e.getKey(), MapEntries.Mode.SEED, e.getValue()))
        .toList();
  }

  /**
   * Splits at the first {@code =} that leaves JSON on both sides: a key may hold one in a string.
   */
  private static MapEntries.Entry entry(String text) {
    ObjectMapper json = new ObjectMapper();
    for (int at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
      try {
        JsonNode key = json.readTree(text.substring(0, at));
        JsonNode value = json.readTree(text.substring(at + 1));
        if (!key.isMissingNode() && !value.isMissingNode()) {
          return new MapEntries.Entry(key, value);
        }
      } catch (JsonProcessingException e) {
        // Not JSON on both sides: the next sign may be the one.
      }
    }
    throw CommandFailure.usage(
        "--map takes MAP:KEY=VALUE with JSON on both sides of '=', not " + text);
  }
}
