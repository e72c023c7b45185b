package dev.whistler.testbed.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free TCP ports on 127.0.0.1, from below Linux's ephemeral range (32768–60999): a server that is
 * stopped and started again finds its port not taken by an outgoing connection.
 */
public final class LoopbackPorts {

  private static final int FIRST = 20_000;
  private static final int LAST = 31_999;
  private static final int TRIES = 1_000;

  private LoopbackPorts() {}

  /** {@code count} distinct ports that were free a moment ago. */
  public static List<Integer> free(int count) {
    List<Integer> ports = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (int attempt = 0; attempt < TRIES && ports.size() < count; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
      if (seen.add(port) && isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IllegalStateException(
          "No " + count + " free ports between " + FIRST + " and " + LAST + " on 127.0.0.1.");
    }
    return List.copyOf(ports);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
