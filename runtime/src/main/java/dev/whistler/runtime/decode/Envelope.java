package dev.whistler.runtime.decode;

import dev.whistler.runtime.Identity;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The constant parts of the lines of one ring: everything but time, position and data. */
final class Envelope {
  private static final byte[] TIME = "{\"time\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SEQ = ",\"seq\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DATA = ",\"data\":".getBytes(StandardCharsets.US_ASCII);

  private final Identity identity;
  private final String ring;
  private final byte[] id;

  Envelope(Identity identity, String ring, String bootId, long generation) {
    this.identity = identity;
    this.ring = ring;
    JsonBuffer text = new JsonBuffer(128);
    text.append(",\"id\":".getBytes(StandardCharsets.US_ASCII));
    TextWriter.quoted(bootId + ":" + identity.uid() + ":" + generation + ":", text);
    this.id = Arrays.copyOf(text.array(), text.length() - 1); // the position and a quote follow
  }

  /** From {@code node} to {@code struct}. */
  byte[] head(String struct) {
    JsonBuffer text = new JsonBuffer(128);
    member(text, "node", identity.node());
    member(text, "program", identity.program());
    text.append(",\"revision\":".getBytes(StandardCharsets.US_ASCII));
    text.signed(identity.revision());
    member(text, "ring", ring);
    member(text, "struct", struct);
    return Arrays.copyOf(text.array(), text.length());
  }

  private static void member(JsonBuffer text, String name, String value) {
    text.append((",\"" + name + "\":").getBytes(StandardCharsets.US_ASCII));
    TextWriter.quoted(value, text);
  }

  /** Begins a line, up to the data. */
  void begin(long timeNanos, byte[] head, long position, Rendering out) {
    JsonBuffer json = out.json();
    json.append(TIME);
    out.times().quoted(timeNanos, json);
    json.append(head);
    json.append(SEQ);
    json.unsigned(position);
    json.append(id);
    json.unsigned(position);
    json.append('"');
    json.append(DATA);
  }

  void end(JsonBuffer json) {
    json.append('}');
    json.append('\n');
  }
}
