package dev.whistler.e2e.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Takes connections in the place of an API server that is away and answers nothing, as a load
 * balancer without servers does; counts how often each process tries.
 */
final class DeafPort implements AutoCloseable {
  private final ServerSocket port;
  private final Map<String, Long> processes;
  private final Map<String, AtomicInteger> attempts = new TreeMap<>();

  /**
   * Listens.
   *
   * @param server address of the API server
   * @param processes whose attempts are counted: process ids by name
   */
  DeafPort(URI server, Map<String, Long> processes) {
    this.processes = processes;
    processes.keySet().forEach(name -> attempts.put(name, new AtomicInteger()));
    try {
      port = new ServerSocket();
      port.setReuseAddress(true);
      port.bind(new InetSocketAddress(InetAddress.getByName(server.getHost()), server.getPort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var _ = Thread.ofPlatform().daemon().start(this::accept);
  }

  /** How often each has tried. */
  Map<String, Integer> attempts() {
    Map<String, Integer> counts = new TreeMap<>();
    attempts.forEach((name, count) -> counts.put(name, count.get()));
    return counts;
  }

  private void accept() {
    while (!port.isClosed()) {
      try (Socket caller = port.accept()) {
        owner(caller.getPort()).ifPresent(name -> attempts.get(name).incrementAndGet());
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Whose the connection from a local port is. */
  private Optional<String> owner(int local) throws IOException {
    String from = ":%04X".formatted(local);
    String to = ":%04X".formatted(port.getLocalPort());
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
        String[] fields = line.strip().split("\\s+");
        if (fields[1].endsWith(from) && fields[2].endsWith(to)) {
          return processes.entrySet().stream()
              .filter(it -> holds(it.getValue(), "socket:[" + fields[9] + "]"))
              .map(Map.Entry::getKey)
              .findFirst();
        }
      }
    }
    return Optional.empty();
  }

  private static boolean holds(long pid, String socket) {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return open.anyMatch(it -> leadsTo(it, socket));
    } catch (IOException gone) {
      return false;
    }
  }

  private static boolean leadsTo(Path descriptor, String socket) {
    try {
      return Files.readSymbolicLink(descriptor).toString().equals(socket);
    } catch (IOException closed) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      port.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
