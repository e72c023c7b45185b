package dev.whistler.compiler.table;

import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The built-in protocol headers (appendix A.2). {@code eth-src-mac-ptr} and {@code eth-dst-mac-ptr}
 * are no fields: they are the addresses 6 and 0 bytes into the header, of size 6.
 */
public final class ProtocolHeaders {
  private static final Map<String, List<Field>> HEADERS = read();

  private ProtocolHeaders() {}

  /**
   * A header field; its accessor is {@code HEADER-FIELD}. No {@link
   * dev.whistler.compiler.type.Field}: a protocol has nothing but numbers, but their byte order,
   * which accessors of the kernel's fields leave alone.
   *
   * @param name source name without the header
   * @param offset bytes from the start of the header
   * @param type an unsigned scalar
   * @param networkOrder whether accessors convert from network byte order
   */
  public record Field(String name, int offset, ScalarType type, boolean networkOrder) {}

  private static Map<String, List<Field>> read() {
    Map<String, List<Field>> headers = new LinkedHashMap<>();
    for (String line : TableText.lines("headers.txt")) {
      int colon = line.indexOf(':');
      List<Field> fields = new ArrayList<>();
      for (String field : line.substring(colon + 1).split(",")) {
        String[] parts = field.strip().split("[ :]");
        boolean network = parts[2].endsWith("n");
        String type = network ? parts[2].substring(0, parts[2].length() - 1) : parts[2];
        fields.add(
            new Field(
                parts[0],
                Integer.parseInt(parts[1]),
                ScalarType.named(type).orElseThrow(),
                network));
      }
      headers.put(line.substring(0, colon), List.copyOf(fields));
    }
    return Collections.unmodifiableMap(headers);
  }

  /** Fields by header name: {@code eth ipv4 ipv6 tcp udp icmp}. */
  public static Map<String, List<Field>> all() {
    return HEADERS;
  }
}
