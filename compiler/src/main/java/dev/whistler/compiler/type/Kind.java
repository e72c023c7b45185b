package dev.whistler.compiler.type;

import java.util.SortedMap;
import java.util.TreeMap;

/** How a consumer renders a field (section 9.6). Never affects code. */
public sealed interface Kind {
  /** The kinds without parameters. */
  enum Simple implements Kind {
    STRING("string"),
    BYTES("bytes"),
    IPV4("ipv4"),
    IPV4_HOST("ipv4-host"),
    IPV6("ipv6"),
    MAC("mac"),
    KTIME("ktime"),
    BOOTTIME("boottime"),
    PID("pid"),
    UID("uid"),
    CGROUP("cgroup"),
    ERRNO("errno"),
    NUMBER("number");

    private final String text;

    Simple(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  /**
   * Named values.
   *
   * @param labels value to label
   */
  record Enumeration(SortedMap<Long, String> labels) implements Kind {
    public Enumeration {
      labels = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    @Override
    public String text() {
      return "enum";
    }
  }

  /** The name in source text and schema. */
  String text();
}
