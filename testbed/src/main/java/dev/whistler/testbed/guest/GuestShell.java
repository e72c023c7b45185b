package dev.whistler.testbed.guest;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The shell of a guest at the other end of its second serial line. One script at a time; each ends
 * with a line that holds its number and its exit status.
 */
final class GuestShell implements AutoCloseable {
  /** What the guest prints when its shell is there. */
  static final String READY = "<<<shell ready>>>";

  private static final int MAXIMUM_OUTPUT_BYTES = 8 << 20;
  private static final Duration STEP = Duration.ofMillis(20);

  private final SocketChannel line;
  private final StringBuilder received = new StringBuilder();
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private int scripts;

  private GuestShell(SocketChannel line) {
    this.line = line;
  }

  /** Connects to the socket of QEMU's character device, which exists soon after QEMU's start. */
  static GuestShell connect(Path socket, Process guest, Duration limit)
      throws GuestException, IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      SocketChannel line = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        line.connect(UnixDomainSocketAddress.of(socket));
        line.configureBlocking(false);
        return new GuestShell(line);
      } catch (IOException notYet) {
        line.close();
        if (!guest.isAlive() || System.nanoTime() - deadline > 0) {
          throw new GuestException("QEMU does not offer the guest's shell", notYet);
        }
        Thread.sleep(STEP);
      }
    }
  }

  /** Waits until the guest has booted. */
  void awaitReady(Duration limit) throws GuestException, IOException, InterruptedException {
    var _ = await(Pattern.compile(Pattern.quote(READY)), limit);
  }

  /**
   * Runs a script and waits for its end.
   *
   * @return what it printed on both outputs
   * @throws GuestException if it fails or does not end in time
   */
  String run(String script, Duration limit)
      throws GuestException, IOException, InterruptedException {
    if (!oneAtATime.tryLock(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new GuestException("another script still runs in the guest");
    }
    try {
      return runAlone(script, limit);
    } finally {
      oneAtATime.unlock();
    }
  }

  private String runAlone(String script, Duration limit)
      throws GuestException, IOException, InterruptedException {
    scripts++;
    received.setLength(0);
    send(
        "( "
            + script
            + "\n) </dev/null >&3 2>&1; printf '\\n<<<end %d %d>>>\\n' "
            + scripts
            + " $? >&3\n");
    Matcher end = await(Pattern.compile("\\n<<<end " + scripts + " (\\d+)>>>\\n"), limit);
    String output =
        new String(
            received.substring(0, end.start()).getBytes(StandardCharsets.ISO_8859_1),
            StandardCharsets.UTF_8);
    if (Integer.parseInt(end.group(1)) != 0) {
      throw new GuestException(
          "in the guest, '%s' failed with %s: %s"
              .formatted(script.lines().findFirst().orElse(""), end.group(1), output.strip()));
    }
    return output;
  }

  private void send(String text) throws IOException, InterruptedException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      if (line.write(bytes) == 0) {
        Thread.sleep(STEP);
      }
    }
  }

  private Matcher await(Pattern wanted, Duration limit)
      throws GuestException, IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    while (true) {
      int count = line.read(buffer.clear());
      if (count > 0) {
        received.append(new String(buffer.array(), 0, count, StandardCharsets.ISO_8859_1));
        Matcher matcher = wanted.matcher(received);
        if (matcher.find()) {
          return matcher;
        }
      } else if (count < 0) {
        throw new GuestException("the guest is gone");
      } else {
        Thread.sleep(STEP);
      }
      if (received.length() > MAXIMUM_OUTPUT_BYTES) {
        throw new GuestException("the guest printed more than 8 MiB");
      }
      if (System.nanoTime() - deadline > 0) {
        throw new GuestException(
            "the guest did not answer within %d s".formatted(limit.toSeconds()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    line.close();
  }
}
