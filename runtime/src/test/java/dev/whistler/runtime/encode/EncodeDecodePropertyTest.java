package dev.whistler.runtime.encode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.runtime.decode.ValueRenderer;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.decode.WideNumbers;
import dev.whistler.runtime.schema.FieldSchema;
import dev.whistler.runtime.schema.Kind;
import dev.whistler.runtime.schema.ScalarType;
import dev.whistler.runtime.schema.StructSchema;
import dev.whistler.runtime.schema.ValueType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Random structs with random bytes: what decoding writes, encoding reads back. */
class EncodeDecodePropertyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final WallClock clock = new WallClock(System::nanoTime);

  @Property(tries = 1000)
  void encodingReversesDecoding(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    StructSchema struct = struct(random, "s", 2);
    byte[] bytes = new byte[struct.size()];
    random.nextBytes(bytes);
    for (WideNumbers wide : WideNumbers.values()) {
      ValueRenderer renderer = new ValueRenderer(struct, clock, wide);
      JsonNode once = parse(renderer.render(MemorySegment.ofArray(bytes), 0));
      byte[] encoded = new ValueEncoder(clock).encode(struct, once, "");
      assertThat(encoded).hasSize(struct.size());
      JsonNode twice = parse(renderer.render(MemorySegment.ofArray(encoded), 0));
      assertThat(twice).isEqualTo(once);
    }
  }

  private static JsonNode parse(String json) throws JsonProcessingException {
    return JSON.readTree(json);
  }

  private static StructSchema struct(Random random, String name, int depth) {
    List<FieldSchema> fields = new ArrayList<>();
    int offset = 0;
    int align = 1;
    for (int i = 0; i <= random.nextInt(6); i++) {
      boolean nested = depth > 0 && random.nextInt(5) == 0;
      ValueType type =
          nested
              ? struct(random, name + i, depth - 1)
              : ScalarType.values()[random.nextInt(ScalarType.values().length)];
      int count = random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 0;
      int alignment = type instanceof StructSchema s ? s.align() : type.size();
      offset = (offset + alignment - 1) / alignment * alignment;
      int size = type.size() * Math.max(count, 1);
      Kind kind = type instanceof ScalarType scalar ? kind(random, scalar, count) : null;
      Map<Long, String> labels = kind == Kind.ENUM ? Map.of(1L, "ONE", 2L, "TWO") : Map.of();
      fields.add(new FieldSchema("f" + i, "f" + i, offset, size, type, count, kind, labels));
      offset += size;
      align = Math.max(align, alignment);
    }
    return new StructSchema(name, name, (offset + align - 1) / align * align, align, fields);
  }

  private static @Nullable Kind kind(Random random, ScalarType type, int count) {
    // An arbitrary string of invalid UTF-8 grows when its replacement characters are encoded.
    List<Kind> kinds =
        Stream.of(Kind.values()).filter(k -> k.fits(type, count) && k != Kind.STRING).toList();
    return kinds.isEmpty() || random.nextInt(4) == 0
        ? null
        : kinds.get(random.nextInt(kinds.size()));
  }
}
