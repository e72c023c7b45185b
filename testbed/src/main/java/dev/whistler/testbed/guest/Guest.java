package dev.whistler.testbed.guest;

import dev.whistler.testbed.guest.GuestKernels.GuestKernel;
import dev.whistler.testbed.machine.HostPrograms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Boots a kernel with a folder as root, runs the folder's {@code /run.sh}, and yields what that
 * printed.
 */
public final class Guest {
  /**
   * The first process: mounts what a machine has, runs the script, reports its exit status on the
   * console, and powers off.
   */
  private static final String INIT =
      """
      #!/bin/busybox sh
      /bin/busybox mkdir -p /proc /sys /dev /tmp /run /etc /var /root
      /bin/busybox --install -s /bin
      export PATH=/bin:/java/bin:/usr/bin:/usr/sbin HOME=/root
      mount -t proc proc /proc
      mount -t sysfs sysfs /sys
      mount -t devtmpfs dev /dev
      mount -t tracefs tracefs /sys/kernel/tracing
      mount -t bpf bpf /sys/fs/bpf
      mount -t cgroup2 cgroup2 /sys/fs/cgroup
      mount -t tmpfs tmpfs /tmp
      ip link set lo up
      stty -F /dev/ttyS0 -opost 2>/dev/null
      echo "<<<guest $(uname -r)"
      sh /run.sh 2>&1
      echo "guest>>> $?"
      poweroff -f
      """;

  private static final Pattern OUTPUT =
      Pattern.compile(
          "<<<guest (\\S+)\\n(.*?)^guest>>> (\\d+)$", Pattern.DOTALL | Pattern.MULTILINE);

  private static final Duration PACK_LIMIT = Duration.ofMinutes(2);

  private Guest() {}

  /**
   * Runs the root's {@code /run.sh} in a kernel.
   *
   * @param memoryMiB memory of the guest
   * @param limit how long the guest may live, boot included
   */
  public static Result run(GuestKernel kernel, GuestRoot root, int memoryMiB, Duration limit)
      throws GuestException {
    Path console = null;
    try {
      console = Files.createTempFile("whistler-guest", ".log");
      return run(kernel, root, memoryMiB, limit, console);
    } catch (IOException e) {
      throw new GuestException("no room for a console: " + e.getMessage(), e);
    } finally {
      delete(console);
    }
  }

  /**
   * Runs the root's {@code /run.sh} in a kernel.
   *
   * @param memoryMiB memory of the guest
   * @param limit how long the guest may live, boot included
   * @param console file for all that the guest prints, for callers who want it also where the guest
   *     did not end in time
   */
  public static Result run(
      GuestKernel kernel, GuestRoot root, int memoryMiB, Duration limit, Path console)
      throws GuestException {
    root.script("init", INIT);
    Path initrd = null;
    Process guest = null;
    try {
      initrd = Files.createTempFile("whistler-guest", ".cpio");
      HostCommand.run(
          PACK_LIMIT,
          root.folder(),
          // Not compressed: an emulated machine would take longer to unpack than to copy it.
          List.of("sh", "-c", "find . | cpio -o -H newc --quiet > " + initrd));
      guest =
          new ProcessBuilder(
                  "qemu-system-x86_64",
                  "-accel",
                  // One thread for all CPUs: with more, one may run code that another is changing.
                  "tcg,thread=single",
                  "-cpu",
                  "max",
                  "-smp",
                  "2",
                  "-m",
                  Integer.toString(memoryMiB),
                  "-nographic",
                  "-no-reboot",
                  "-nic",
                  "none",
                  "-kernel",
                  kernel.image().toString(),
                  "-initrd",
                  initrd.toString(),
                  "-append",
                  // On a busy machine emulated timer ticks come too late for the kernel's check.
                  "console=ttyS0 quiet panic=1 no_timer_check")
              .redirectErrorStream(true)
              .redirectOutput(console.toFile())
              .start();
      guest.getOutputStream().close();
      boolean ended = guest.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      String text = Files.readString(console, StandardCharsets.ISO_8859_1).replace("\r", "");
      if (!ended) {
        throw new GuestException(
            "the guest with Linux %s did not end within %d s; its console ends: %s"
                .formatted(kernel.release(), limit.toSeconds(), tail(text)));
      }
      Matcher match = OUTPUT.matcher(text);
      if (!match.find()) {
        throw new GuestException(
            "the guest with Linux %s ended without a result; its console ends: %s"
                .formatted(kernel.release(), tail(text)));
      }
      return new Result(
          match.group(1),
          new String(match.group(2).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8),
          Integer.parseInt(match.group(3)));
    } catch (IOException e) {
      throw new GuestException(
          HostPrograms.read()
              .missing("A guest", "qemu-system-x86_64", "cpio")
              .orElse("QEMU cannot be run: " + e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted", e);
    } finally {
      if (guest != null && guest.isAlive()) {
        guest.destroyForcibly();
      }
      delete(initrd);
    }
  }

  private static void delete(@org.jspecify.annotations.Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("cannot remove " + file + ": " + e.getMessage());
    }
  }

  private static String tail(String text) {
    return text.length() <= 1500 ? text : text.substring(text.length() - 1500);
  }

  /**
   * What the script did.
   *
   * @param release what the guest's kernel calls itself
   * @param output what the script printed
   * @param exitCode the script's exit code
   */
  public record Result(String release, String output, int exitCode) {}
}
