package dev.whistler.testbed.sandbox;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The one cable between the machine and a sandbox: a network of four addresses out of 198.18.0.0/15
 * (RFC 2544: for tests of devices, on no network in use).
 *
 * @param device the machine's end; the sandbox's end is {@code eth0}
 * @param network number of the network, 0 to 32,767
 */
record Uplink(String device, int network) {

  static final int PREFIX_LENGTH = 30;
  private static final int NETWORKS = 1 << 15;
  private static final int TRIES = 100;

  /** One that no interface of this machine is in. */
  static Uplink free(String device) {
    try {
      for (int attempt = 0; attempt < TRIES; attempt++) {
        Uplink uplink = new Uplink(device, ThreadLocalRandom.current().nextInt(NETWORKS));
        if (NetworkInterface.getByInetAddress(InetAddress.getByName(uplink.outside())) == null) {
          return uplink;
        }
      }
    } catch (SocketException | UnknownHostException e) {
      throw new SandboxException("This machine's network interfaces cannot be read.", e);
    }
    throw new SandboxException("No network of 198.18.0.0/15 is free on this machine.");
  }

  /** The machine's address. */
  String outside() {
    return address(1);
  }

  /** The sandbox's address. */
  String inside() {
    return address(2);
  }

  private String address(int host) {
    int low = network * 4 + host;
    return "198.%d.%d.%d".formatted(18 + (low >> 16), (low >> 8) & 255, low & 255);
  }

  /** Command that makes both ends; the peer goes to the network name space of that process. */
  List<String> creation(long pid) {
    return List.of(
        "ip",
        "link",
        "add",
        "name",
        device,
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        Long.toString(pid));
  }

  List<List<String>> outsideSetup() {
    return List.of(
        List.of("ip", "addr", "add", outside() + "/" + PREFIX_LENGTH, "dev", device),
        List.of("ip", "link", "set", device, "up"));
  }

  List<List<String>> insideSetup() {
    return List.of(
        List.of("ip", "addr", "add", inside() + "/" + PREFIX_LENGTH, "dev", "eth0"),
        List.of("ip", "link", "set", "eth0", "up"),
        List.of("ip", "route", "add", "default", "via", outside()));
  }
}
