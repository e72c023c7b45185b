package dev.whistler.runtime;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A named pipe as a sink: takes the lines in as they come and keeps their numbers only, so that
 * millions of them need no disk.
 */
final class NumberedLines implements AutoCloseable {
  private static final String BEGIN = "{\"time\"";
  private static final String END = "end";

  private final Path path;
  private final RandomAccessFile pipe;
  private final Thread reader;
  private final Map<Long, BitSet> numbers = new HashMap<>();
  private final Set<Long> revisions = new HashSet<>();
  private long repeated;

  NumberedLines(Path path) throws Exception {
    this.path = path;
    new ProcessBuilder("mkfifo", path.toString()).start().waitFor(10, TimeUnit.SECONDS);
    // Open for both: it neither waits for writers nor ends between two of them.
    pipe = new RandomAccessFile(path.toFile(), "rw");
    reader = Thread.ofPlatform().daemon().name("lines").start(this::read);
  }

  Path path() {
    return path;
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new FileInputStream(pipe.getFD()), StandardCharsets.US_ASCII),
            1 << 16)) {
      String line;
      while ((line = lines.readLine()) != null && !line.equals(END)) {
        // A writer that was killed may have left part of a line before the next one.
        line = line.substring(Math.max(0, line.lastIndexOf(BEGIN)));
        if (line.endsWith("}") && !line.contains("\"struct\":\"whistler.loss\"")) {
          add(member(line, "pid"), member(line, "number"), member(line, "revision"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(long producer, long number, long revision) {
    revisions.add(revision);
    BitSet seen = numbers.computeIfAbsent(producer, _ -> new BitSet());
    int bit = Math.toIntExact(number);
    repeated += seen.get(bit) ? 1 : 0;
    seen.set(bit);
  }

  private static long member(String line, String name) {
    int from = line.indexOf("\"" + name + "\":") + name.length() + 3;
    int to = from;
    while (Character.isDigit(line.charAt(to))) {
      to++;
    }
    return Long.parseLong(line, from, to, 10);
  }

  /** Waits until all that was written is read; what is told afterwards is final. */
  void finish() throws IOException, InterruptedException {
    pipe.write((END + "\n").getBytes(StandardCharsets.US_ASCII));
    if (!reader.join(Duration.ofSeconds(60))) {
      throw new IllegalStateException("the lines did not end");
    }
  }

  long distinct() {
    return numbers.values().stream().mapToLong(BitSet::cardinality).sum();
  }

  /** Whether the numbers of every producer begin with 0 and have no gap. */
  boolean withoutGaps() {
    return numbers.values().stream().allMatch(seen -> seen.cardinality() == seen.length());
  }

  long repeated() {
    return repeated;
  }

  int revisions() {
    return revisions.size();
  }

  @Override
  public String toString() {
    return "%d distinct, %d repeated, %d revisions".formatted(distinct(), repeated, revisions());
  }

  @Override
  public void close() throws IOException {
    pipe.close();
  }
}
