package dev.whistler.testbed.bench.operator;

import dev.whistler.testbed.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What processes take, as {@code /proc} and {@code jcmd} say. */
final class ProcessUsage {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern LIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  /** Processor time is counted in hundredths of a second on all machines of today. */
  private static final double TICKS = 100;

  private ProcessUsage() {}

  /** Bytes of a process that are in memory. */
  static long residentBytes(long pid) {
    Matcher matcher = RESIDENT.matcher(read(pid, "status"));
    return matcher.find() ? Long.parseLong(matcher.group(1)) << 10 : 0;
  }

  /** Bytes of a JVM's objects after a full collection, which this starts. */
  static long liveBytes(long pid) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String histogram = Command.run(LIMIT, List.of(jcmd, String.valueOf(pid), "GC.class_histogram"));
    Matcher matcher = LIVE.matcher(histogram);
    if (!matcher.find()) {
      throw new IllegalStateException("jcmd says no total of objects.");
    }
    return Long.parseLong(matcher.group(1));
  }

  /** Seconds of processors that a process has taken. */
  static double processorSeconds(long pid) {
    String stat = read(pid, "stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
  }

  /** The same of this process, by "simulator", and of each process below it, by its command. */
  static Map<String, Double> processorSecondsOfAll() {
    Map<String, Double> all = new TreeMap<>();
    all.put("simulator", processorSeconds(ProcessHandle.current().pid()));
    ProcessHandle.current()
        .descendants()
        .forEach(
            child ->
                child
                    .info()
                    .command()
                    .ifPresent(
                        command ->
                            all.merge(
                                String.valueOf(Path.of(command).getFileName()),
                                processorSeconds(child.pid()),
                                Double::sum)));
    return all;
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(pid), file));
    } catch (IOException e) {
      throw new UncheckedIOException("Process " + pid + " is not there.", e);
    }
  }
}
