package dev.whistler.runtime.fuzz;

import static dev.whistler.runtime.SchemaText.field;
import static dev.whistler.runtime.SchemaText.structText;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.SchemaText;
import dev.whistler.runtime.decode.RingDecoder;
import dev.whistler.runtime.decode.ValueRenderer;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.decode.WideNumbers;
import dev.whistler.runtime.encode.EncodeException;
import dev.whistler.runtime.encode.ValueEncoder;
import dev.whistler.runtime.schema.FieldSchema;
import dev.whistler.runtime.schema.Kind;
import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.SchemaException;
import dev.whistler.runtime.schema.SchemaReader;
import dev.whistler.runtime.schema.StructSchema;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Arbitrary bytes as a schema, as a record of a ring and as a value for a map. Any other exception
 * than the ones that say what is wrong is a finding, as is a line that is no JSON. Without {@code
 * JAZZER_FUZZ=1} only the empty input and the saved inputs run.
 */
class RecordFuzzTest {
  private static final Identity IDENTITY = new Identity("node", "fuzz", "uid", 1);
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Bytes of a decoded struct at most: a schema may name sizes that no ring has. */
  private static final int MAX_STRUCT = 1 << 16;

  /** Every kind of field. */
  private static final ObjectSchema SCHEMA =
      SchemaText.of(
          structText("inner", 8, field("tag", 0, "i8", 1), field("n", 4, "u32", 4))
              + ","
              + structText(
                  "whole",
                  160,
                  field("at", 0, "u64", 8, "'kind':'ktime'"),
                  field("since", 8, "u64", 8, "'kind':'boottime'"),
                  field("pid", 16, "u32", 4, "'kind':'pid'"),
                  field("uid", 20, "i32", 4, "'kind':'uid'"),
                  field("comm", 24, "u8", 16, "'count':16", "'kind':'string'"),
                  field("raw", 40, "u8", 5, "'count':5", "'kind':'bytes'"),
                  field("mac", 45, "u8", 6, "'count':6", "'kind':'mac'"),
                  field("flag", 51, "i8", 1),
                  field("four", 52, "u32", 4, "'kind':'ipv4'"),
                  field("host", 56, "u32", 4, "'kind':'ipv4-host'"),
                  field("result", 60, "i32", 4, "'kind':'errno'"),
                  field("six", 64, "u8", 16, "'count':16", "'kind':'ipv6'"),
                  field("group", 80, "u64", 8, "'kind':'cgroup'"),
                  field(
                      "proto",
                      88,
                      "u8",
                      1,
                      "'kind':'enum'",
                      "'labels':[{'value':6,'label':'TCP'},{'value':17,'label':'U\\\\u0022'}]"),
                  field("wide", 96, "i64", 8),
                  field("list", 104, "u16", 8, "'count':4"),
                  field("name", 112, "i8", 48, "'count':48", "'kind':'string'")),
          "{'name':'events','symbol':'events','type':'ringbuf','maxEntries':4096,"
              + "'records':[{'struct':'inner','size':8},{'struct':'whole','size':160}]}");

  private static final StructSchema WHOLE = SCHEMA.structs().getLast();
  private static final WallClock CLOCK = new WallClock(System::nanoTime);
  private static final RingDecoder DECODER = decoder(SCHEMA.maps().getFirst());

  private static RingDecoder decoder(MapSchema ring) {
    return new RingDecoder(ring, IDENTITY, "boot", 1, CLOCK, WideNumbers.NUMBER);
  }

  @FuzzTest(maxDuration = "5m")
  void schema(byte[] bytes) {
    ObjectSchema schema;
    try {
      schema = SchemaReader.read(bytes);
    } catch (SchemaException e) {
      return; // said in a sentence
    }
    for (MapSchema map : schema.maps()) {
      if (map.isRing() && map.records().stream().allMatch(r -> r.struct().size() <= MAX_STRUCT)) {
        RingDecoder decoder = decoder(map);
        for (MapSchema.RecordSchema record : map.records()) {
          decodeOne(decoder, new byte[record.struct().size()]);
        }
      }
    }
  }

  @FuzzTest(maxDuration = "5m")
  void record(byte[] bytes) {
    decodeOne(DECODER, bytes);
    // As the larger of the two, whatever its length.
    decodeOne(DECODER, Arrays.copyOf(bytes, WHOLE.size()));
  }

  private static void decodeOne(RingDecoder decoder, byte[] record) {
    if (decoder.decode(MemorySegment.ofArray(record), 0, record.length, 0)) {
      parse(decoder.line().toString());
    }
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + json, e);
    }
  }

  @FuzzTest(maxDuration = "5m")
  void value(byte[] bytes) {
    JsonNode given;
    try {
      given = JSON.readTree(bytes);
    } catch (IOException e) {
      return; // not ours to read
    }
    try {
      byte[] encoded = new ValueEncoder(CLOCK).encode(WHOLE, given, "");
      String text =
          new ValueRenderer(WHOLE, CLOCK, WideNumbers.NUMBER)
              .render(MemorySegment.ofArray(encoded), 0);
      byte[] again = new ValueEncoder(CLOCK).encode(WHOLE, parse(text), "");
      if (!Arrays.equals(shown(encoded), blankedLike(encoded, again))) {
        throw new AssertionError(given + " becomes " + text + " and is another value then");
      }
    } catch (EncodeException e) {
      // Said with the path of the field.
    }
  }

  /**
   * What a line tells of a struct: neither what follows the end of a text nor bytes that are no
   * UTF-8, which become U+FFFD. Both can be given as a list of bytes only.
   */
  private static byte[] shown(byte[] whole) {
    byte[] bytes = blankedLike(whole, whole);
    for (FieldSchema field : WHOLE.fields()) {
      if (field.kind() == Kind.STRING) {
        Arrays.fill(bytes, textEnd(bytes, field), field.offset() + field.size(), (byte) 0);
      }
    }
    return bytes;
  }

  /** The second without the texts that are no UTF-8 in the first. */
  private static byte[] blankedLike(byte[] first, byte[] second) {
    byte[] bytes = second.clone();
    for (FieldSchema field : WHOLE.fields()) {
      int at = field.offset();
      if (field.kind() == Kind.STRING && !isUtf8(first, at, textEnd(first, field) - at)) {
        Arrays.fill(bytes, at, at + field.size(), (byte) 0);
      }
    }
    return bytes;
  }

  private static int textEnd(byte[] bytes, FieldSchema field) {
    int at = field.offset();
    int end = at + field.size();
    while (at < end && bytes[at] != 0) {
      at++;
    }
    return at;
  }

  private static boolean isUtf8(byte[] bytes, int offset, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
