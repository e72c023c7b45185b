package dev.whistler.testbed.guest;

import dev.whistler.testbed.guest.GuestKernels.GuestKernel;
import dev.whistler.testbed.machine.HostPrograms;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A machine that stays up: a kernel in QEMU with a root disk that several machines may share, a
 * data disk of its own, a network card, and a shell at a serial line. The network is QEMU's own:
 * the guest is 10.0.2.15 and reaches this machine's loopback at {@link #HOST}; nothing on this
 * machine is changed for it and nobody reaches the guest.
 */
public final class GuestMachine implements AutoCloseable {
  /** This machine's loopback as the guest sees it. */
  public static final String HOST = "10.0.2.2";

  /** Where the data disk is mounted below the root disk. */
  public static final String DATA = "/var/lib/whistler";

  /** Drivers of the two disks and the network card, each after those that it needs. */
  private static final List<String> DRIVERS =
      List.of(
          "virtio_ring",
          "virtio",
          "virtio_pci_legacy_dev",
          "virtio_pci_modern_dev",
          "virtio_pci",
          "failover",
          "net_failover",
          "virtio_net",
          "virtio_blk");

  /**
   * The first process. It makes the root disk the root of everything that runs, starts {@code
   * /start.sh} of the initrd with its output on the console, and serves the shell.
   */
  private static final String INIT =
      """
      #!/bin/busybox sh
      /bin/busybox mkdir -p /proc /sys /dev /root /tmp /etc /var
      /bin/busybox --install -s /bin
      export PATH=/bin HOME=/
      mount -t proc proc /proc
      mount -t sysfs sysfs /sys
      mount -t devtmpfs dev /dev
      for driver in /drivers/*; do insmod $driver; done
      mount -t ext4 -o ro /dev/vda /root
      mount -t ext4 /dev/vdb /root%1$s
      mount -t tracefs tracefs /sys/kernel/tracing
      mount -t bpf bpf /sys/fs/bpf
      mount -t cgroup2 cgroup2 /sys/fs/cgroup
      for directory in proc sys dev; do mount -o rbind /$directory /root/$directory; done
      mount -t tmpfs tmpfs /root/tmp
      mount -t tmpfs tmpfs /root/run
      cp -R /files/. /root/run/
      ip link set lo up
      ip addr add 10.0.2.15/24 dev eth0
      ip link set eth0 up
      ip route add default via %2$s
      sh /start.sh &
      exec 3<>/dev/ttyS1
      stty -F /dev/ttyS1 raw -echo
      echo '%3$s' >&3
      # Scripts write to 3: a shell whose output is the terminal would prompt and echo.
      while :; do setsid sh <&3 >/dev/null 2>&1; sleep 1; done
      """
          .formatted(DATA, HOST, GuestShell.READY);

  private static final Duration PACK_LIMIT = Duration.ofMinutes(1);
  private static final Duration CONNECT_LIMIT = Duration.ofMinutes(2);
  private static final Duration POWER_OFF_LIMIT = Duration.ofSeconds(60);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

  private final GuestKernel kernel;
  private final Path directory;
  private final Process qemu;
  private final GuestShell shell;

  private GuestMachine(GuestKernel kernel, Path directory, Process qemu, GuestShell shell) {
    this.kernel = kernel;
    this.directory = directory;
    this.qemu = qemu;
    this.shell = shell;
  }

  /**
   * What a machine is made of.
   *
   * @param kernel its kernel
   * @param rootDisk an ext4 image, only read; it has the empty directories {@code proc sys dev tmp
   *     run} and {@link #DATA}
   * @param dataDisk an ext4 image that survives the machine
   * @param memoryMiB its memory
   * @param files contents by bare file name; they are in {@code /run} of the root disk
   * @param start a shell script that runs beside the shell, once the machine is up
   */
  public record Hardware(
      GuestKernel kernel,
      Path rootDisk,
      Path dataDisk,
      int memoryMiB,
      Map<String, String> files,
      String start) {
    public Hardware {
      files = Map.copyOf(files);
    }
  }

  /**
   * Switches it on; {@link #awaitBooted} waits for it.
   *
   * @param console where the guest's console goes on, for people
   */
  public static GuestMachine start(Hardware hardware, Path console) throws GuestException {
    Path directory = null;
    Process qemu = null;
    try {
      directory = Files.createTempDirectory("whistler-machine");
      Path initrd = pack(hardware, directory);
      Path socket = directory.resolve("shell");
      qemu =
          new ProcessBuilder(command(hardware, initrd, socket))
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(ProcessBuilder.Redirect.appendTo(console.toFile()))
              .start();
      GuestShell shell = GuestShell.connect(socket, qemu, CONNECT_LIMIT);
      return new GuestMachine(hardware.kernel(), directory, qemu, shell);
    } catch (IOException e) {
      discard(qemu, directory);
      throw new GuestException(
          HostPrograms.read()
              .missing("A guest", "qemu-system-x86_64", "cpio")
              .orElse("QEMU cannot be run: " + e.getMessage()),
          e);
    } catch (GuestException e) {
      discard(qemu, directory);
      throw e;
    } catch (InterruptedException e) {
      discard(qemu, directory);
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted", e);
    }
  }

  private static Path pack(Hardware hardware, Path directory) throws GuestException, IOException {
    Path initrd = directory.resolve("initrd.gz");
    try (GuestRoot root = GuestRoot.create()) {
      int order = 10;
      for (Path driver : hardware.kernel().moduleFiles(DRIVERS)) {
        addDriver(root, driver, "drivers/" + order + ".ko");
        order++;
      }
      Path files = Files.createDirectory(root.folder().resolve("files"));
      for (Map.Entry<String, String> file : hardware.files().entrySet()) {
        Files.writeString(files.resolve(file.getKey()), file.getValue(), StandardCharsets.UTF_8);
      }
      root.script("init", INIT).script("start.sh", hardware.start());
      var _ =
          HostCommand.run(
              PACK_LIMIT,
              root.folder(),
              List.of("sh", "-c", "find . | cpio -o -H newc --quiet | gzip -1 > " + initrd));
    }
    return initrd;
  }

  /** Unpacked here: a kernel that gets a compressed module complains before busybox unpacks it. */
  private static void addDriver(GuestRoot root, Path driver, String target)
      throws GuestException, IOException {
    if (!driver.toString().endsWith(".xz")) {
      var _ = root.add(driver, target);
      return;
    }
    Path to = root.folder().resolve(target);
    Files.createDirectories(Objects.requireNonNull(to.getParent()));
    var _ =
        HostCommand.run(
            PACK_LIMIT,
            null,
            List.of("sh", "-c", "xz -dc \"$0\" >\"$1\"", driver.toString(), to.toString()));
  }

  /**
   * Emulated: a /dev/kvm that is there need not work, as in machines that are guests themselves.
   */
  private static List<String> command(Hardware hardware, Path initrd, Path socket) {
    return List.of(
        "qemu-system-x86_64",
        "-accel",
        "tcg,thread=multi",
        "-cpu",
        "max",
        "-smp",
        "2",
        "-m",
        Integer.toString(hardware.memoryMiB()),
        "-display",
        "none",
        "-no-reboot",
        "-serial",
        "stdio",
        "-chardev",
        "socket,id=shell,server=on,wait=on,path=" + socket,
        "-serial",
        "chardev:shell",
        "-netdev",
        "user,id=net",
        "-device",
        "virtio-net-pci,netdev=net,romfile=",
        "-drive",
        "if=virtio,format=raw,readonly=on,file.locking=off,file=" + hardware.rootDisk(),
        "-drive",
        "if=virtio,format=raw,file=" + hardware.dataDisk(),
        "-kernel",
        hardware.kernel().image().toString(),
        "-initrd",
        initrd.toString(),
        "-append",
        // On a busy machine emulated timer ticks come too late for the kernel's check.
        "console=ttyS0 quiet panic=1 no_timer_check mitigations=off");
  }

  /** The kernel that it runs. */
  public GuestKernel kernel() {
    return kernel;
  }

  /** Waits until its shell is there. */
  public GuestMachine awaitBooted(Duration limit) throws GuestException {
    try {
      shell.awaitReady(limit);
      return this;
    } catch (IOException e) {
      throw new GuestException("the guest with Linux " + kernel.release() + " did not boot", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted", e);
    }
  }

  /**
   * Runs a script in the guest's own shell (busybox), whose root is the initrd's; the root disk is
   * at {@code /root}.
   *
   * @return what it printed on both outputs
   * @throws GuestException if it fails, does not end in time, or the guest is gone
   */
  public String run(String script, Duration limit) throws GuestException {
    try {
      return shell.run(script, limit);
    } catch (IOException e) {
      throw new GuestException("the guest with Linux " + kernel.release() + " is gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted", e);
    }
  }

  /** Takes its power away: what a crash leaves on its disk, this leaves there. */
  public void kill() throws GuestException {
    qemu.destroyForcibly();
    awaitEnd(KILL_LIMIT);
    cleanUp();
  }

  private void awaitEnd(Duration limit) throws GuestException {
    try {
      if (!qemu.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new GuestException(
            "QEMU (pid %d) did not end within %d s".formatted(qemu.pid(), limit.toSeconds()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted", e);
    }
  }

  /** Powers it off: its file systems are written; one that does not obey loses its power. */
  @Override
  public void close() throws GuestException {
    if (!Files.exists(directory)) {
      return;
    }
    if (qemu.isAlive()) {
      try {
        var _ = run("sync; (sleep 0.2; poweroff -f) >/dev/null 2>&1 &", POWER_OFF_LIMIT);
        awaitEnd(POWER_OFF_LIMIT);
      } catch (GuestException disobeys) {
        kill();
        return;
      }
    }
    cleanUp();
  }

  private void cleanUp() {
    try {
      shell.close();
    } catch (IOException e) {
      // The other end is gone already.
    }
    discard(qemu, directory);
  }

  private static void discard(
      @org.jspecify.annotations.Nullable Process qemu,
      @org.jspecify.annotations.Nullable Path directory) {
    if (qemu != null) {
      qemu.destroyForcibly();
    }
    try {
      if (directory != null) {
        TemporaryDirectory.delete(directory);
      }
    } catch (IOException e) {
      System.err.println("cannot remove " + directory + ": " + e.getMessage());
    }
  }
}
