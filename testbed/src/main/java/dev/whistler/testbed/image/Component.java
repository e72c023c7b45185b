package dev.whistler.testbed.image;

import java.util.Locale;

/** What an image is built of. */
public enum Component {
  /** Compiles programs; never needs to be root. */
  OPERATOR("operator", 65532, 8080, 50, "Whistler operator: compiles programs for each kernel"),

  /**
   * Loads programs; root without its powers, because BPF objects and its directory are root's. What
   * is not heap is for maps and rings, which count as its memory.
   */
  AGENT("node-agent", 0, 9464, 25, "Whistler agent: runs programs on one node");

  private final String module;
  private final int user;
  private final int port;
  private final int heapPercentage;
  private final String title;

  Component(String module, int user, int port, int heapPercentage, String title) {
    this.module = module;
    this.user = user;
    this.port = port;
    this.heapPercentage = heapPercentage;
    this.title = title;
  }

  /** The image's name below its repository, and of the files that it is written to. */
  public String imageName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The Maven module whose application is in the image. */
  public String module() {
    return module;
  }

  /** uid and gid of the process. */
  public int user() {
    return user;
  }

  /** The HTTP port of probes and metrics. */
  public int port() {
    return port;
  }

  /** How much of the container's memory limit is heap. */
  public int heapPercentage() {
    return heapPercentage;
  }

  /** One line for people who look at the image. */
  public String title() {
    return title;
  }
}
