package dev.whistler.runtime.decode;

import dev.whistler.runtime.Identity;
import dev.whistler.runtime.schema.FieldSchema;
import dev.whistler.runtime.schema.Kind;
import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.MapSchema.RecordSchema;
import dev.whistler.runtime.schema.ScalarType;
import dev.whistler.runtime.schema.Scalars;
import dev.whistler.runtime.schema.StructSchema;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the records of one ring into lines: one JSON object in the envelope, and a line feed. Which
 * struct a record is, its tag or its size tells. Used by one thread.
 */
public final class RingDecoder {
  private static final String RAW = "bytes";
  private static final String LOSS = "whistler.loss";
  private static final byte[] LOSS_COUNT = "{\"count\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LOSS_PROGRAM = ",\"program\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LOSS_REASON = ",\"reason\":".getBytes(StandardCharsets.US_ASCII);

  private final Rendering out;
  private final Envelope envelope;
  private final Shape[] shapes;
  private final @Nullable Tag tag;
  private final byte[] rawHead;
  private final byte[] lossHead;
  private long lastPosition;

  /**
   * A record type, ready to be written.
   *
   * @param timeOffset where the record's time is, −1 where it has none or several
   */
  private record Shape(int size, long tag, byte[] head, FieldWriter data, int timeOffset) {}

  private record Tag(int offset, ScalarType type) {}

  /**
   * @param ring the ring buffer map
   * @param identity whose records these are
   * @param bootId the boot in which they arise
   * @param generation a number that no other ring of this boot has
   */
  public RingDecoder(
      MapSchema ring,
      Identity identity,
      String bootId,
      long generation,
      WallClock clock,
      WideNumbers wide) {
    out = new Rendering(new JsonBuffer(1024), clock);
    envelope = new Envelope(identity, ring.name(), bootId, generation);
    ValueWriters writers = new ValueWriters(wide);
    shapes = ring.records().stream().map(record -> shape(record, writers)).toArray(Shape[]::new);
    tag = tag(ring);
    rawHead = envelope.head(RAW);
    lossHead = envelope.head(LOSS);
  }

  private static @Nullable Tag tag(MapSchema ring) {
    String name = ring.tag();
    if (name == null || ring.records().isEmpty()) {
      return null;
    }
    FieldSchema field = ring.records().getFirst().struct().field(name).orElseThrow();
    return new Tag(field.offset(), (ScalarType) field.type());
  }

  private Shape shape(RecordSchema record, ValueWriters writers) {
    StructSchema struct = record.struct();
    List<Integer> times = new ArrayList<>();
    collectTimes(struct, 0, times);
    Long tagValue = record.tagValue();
    return new Shape(
        struct.size(),
        tagValue == null ? 0 : tagValue,
        envelope.head(struct.name()),
        writers.struct(struct),
        times.size() == 1 ? times.getFirst() : -1);
  }

  /** Offsets of fields of the kind {@code ktime}; more than two are not worth collecting. */
  private static void collectTimes(StructSchema struct, int base, List<Integer> times) {
    if (struct.isUnion()) {
      return;
    }
    for (FieldSchema field : struct.fields()) {
      if (times.size() > 1) {
        return;
      }
      if (field.kind() == Kind.KTIME) {
        times.add(base + field.offset());
      } else if (field.type() instanceof StructSchema nested) {
        for (int i = 0; i < Math.max(field.count(), 1) && times.size() < 2; i++) {
          collectTimes(nested, base + field.offset() + i * nested.size(), times);
        }
      }
    }
  }

  /**
   * Writes one record's line to {@link #line()}.
   *
   * @param source memory that holds the record
   * @param at where it begins
   * @param length bytes of it
   * @param position the record's position in the ring, in bytes since it was made
   * @return false where the bytes are no record of this ring; the line is then empty
   */
  public boolean decode(MemorySegment source, long at, int length, long position) {
    lastPosition = position;
    JsonBuffer json = out.json();
    json.clear();
    if (shapes.length == 0) {
      envelope.begin(out.clock().now(), rawHead, position, out);
      ValueWriters.writeHex(source, at, length, json);
      envelope.end(json);
      return true;
    }
    Shape shape = identify(source, at, length);
    if (shape == null) {
      return false;
    }
    long time =
        shape.timeOffset < 0
            ? out.clock().now()
            : out.clock().ofMonotonic(source.get(Numbers.LONG, at + shape.timeOffset));
    envelope.begin(time, shape.head, position, out);
    shape.data.write(source, at, out);
    envelope.end(json);
    return true;
  }

  private @Nullable Shape identify(MemorySegment source, long at, int length) {
    Tag marker = tag;
    if (marker != null) {
      if (length < marker.offset + marker.type.size()) {
        return null;
      }
      long value = Numbers.read(marker.type, source, at + marker.offset);
      for (Shape shape : shapes) {
        if (Scalars.convert(marker.type, shape.tag) == value) {
          return length >= shape.size ? shape : null;
        }
      }
      return null;
    }
    if (shapes.length == 1) {
      // §9.5: extra bytes are ignored
      return length >= shapes[0].size ? shapes[0] : null;
    }
    for (Shape shape : shapes) {
      if (shape.size == length) {
        return shape;
      }
    }
    return null;
  }

  /**
   * Writes a line that says how many records were lost. Its position is that of the last record
   * before it.
   */
  public void loss(String reason, long count) {
    loss(reason, count, null);
  }

  /** Writes a line that says how many events a program missed. */
  public void missed(String reason, long count, String program) {
    loss(reason, count, program);
  }

  private void loss(String reason, long count, @Nullable String program) {
    JsonBuffer json = out.json();
    json.clear();
    envelope.begin(out.clock().now(), lossHead, lastPosition, out);
    json.append(LOSS_COUNT);
    json.unsigned(count);
    json.append(LOSS_REASON);
    TextWriter.quoted(reason, json);
    if (program != null) {
      json.append(LOSS_PROGRAM);
      TextWriter.quoted(program, json);
    }
    json.append('}');
    envelope.end(json);
  }

  /** The last line; its bytes are overwritten by the next. */
  public JsonBuffer line() {
    return out.json();
  }
}
