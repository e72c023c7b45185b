package dev.whistler.testbed.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A view of the file systems of its own, in which something can be mounted that the machine does
 * not have. It outlives the processes that enter it, and ends with this one.
 */
public final class MountNamespace implements AutoCloseable {

  /** Where the kernel's events are described. */
  public static final String TRACEFS = "/sys/kernel/tracing";

  /** Where programs can be pinned. */
  public static final String BPFFS = "/sys/fs/bpf";

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Process holder;

  private MountNamespace(Process holder) {
    this.holder = holder;
  }

  /**
   * A new one, in which everything is as outside.
   *
   * @throws IllegalStateException if this machine allows none
   */
  public static MountNamespace create() {
    try {
      // It ends when nobody holds the other end of its input any more.
      Process holder =
          new ProcessBuilder(
                  "unshare", "--mount", "--propagation", "private", "sh", "-c", "echo in; exec cat")
              .redirectErrorStream(true)
              .start();
      String said = holder.inputReader().readLine();
      if (!Objects.equals(said, "in")) {
        throw new IllegalStateException("no mount namespace: " + said);
      }
      return new MountNamespace(holder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new one with what an agent needs on the kernel's side, and the machine need not have. */
  public static MountNamespace forAgents() {
    MountNamespace place = create();
    try {
      return place.mount("tracefs", TRACEFS).mount("bpf", BPFFS);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  /** What makes a command run in it. */
  public List<String> enter() {
    return List.of("nsenter", "--mount=/proc/" + holder.pid() + "/ns/mnt", "--");
  }

  /** Mounts a file system that is made of nothing, such as {@code bpf}. */
  public MountNamespace mount(String type, String place) {
    run("mount", "-t", type, type, place);
    return this;
  }

  private void run(String... words) {
    List<String> command = new ArrayList<>(enter());
    command.addAll(List.of(words));
    var _ = Command.run(LIMIT, command);
  }

  /** What is mounted in it is gone when the last process in it has ended. */
  @Override
  public void close() {
    holder.destroy();
    try {
      if (!holder.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        holder.destroyForcibly();
      }
    } catch (InterruptedException e) {
      holder.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
