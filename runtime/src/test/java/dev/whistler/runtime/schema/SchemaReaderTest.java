package dev.whistler.runtime.schema;

import static dev.whistler.runtime.SchemaText.field;
import static dev.whistler.runtime.SchemaText.structText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.runtime.SchemaText;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaReaderTest {
  private static final String EVENT =
      structText("ev", 16, field("ts", 0, "u64", 8, "'kind':'ktime'"), field("n", 8, "u8", 1));
  private static final String RING =
      "{'name':'events','symbol':'events','type':'ringbuf','maxEntries':4096,"
          + "'records':[{'struct':'ev','size':16}]}";

  @Test
  void mapsAndStructsAreLinked() {
    ObjectSchema schema =
        SchemaText.of(
            EVENT,
            RING
                + ",{'name':'seen','symbol':'seen','type':'hash','keySize':4,'valueSize':16,"
                + "'maxEntries':8,'flags':0,'key':'u32','value':'ev'}");
    assertThat(schema.map("events").orElseThrow().records().getFirst().struct().name())
        .isEqualTo("ev");
    assertThat(schema.map("seen").orElseThrow().key()).isEqualTo(ScalarType.U32);
    assertThat(schema.map("seen").orElseThrow().value()).isEqualTo(schema.structs().getFirst());
  }

  @Test
  void countersOfFailedUpdatesAreReadWhereThereAreSome() throws Exception {
    assertThat(SchemaText.of(EVENT, RING).failedUpdates()).as("of an older compiler").isEmpty();
    assertThat(SchemaReader.read(withCounter("events", ".bss")).failedUpdates())
        .containsExactly(new ObjectSchema.FailedUpdates("events", ".bss", 8));
    assertThatThrownBy(() -> SchemaReader.read(withCounter("nope", ".bss")))
        .hasMessageContaining("failedUpdates[0].map");
    assertThatThrownBy(() -> SchemaReader.read(withCounter("events", "events")))
        .hasMessageContaining("failedUpdates[0].section");
  }

  private static byte[] withCounter(String map, String section) {
    String counter =
        "\"failedUpdates\":[{\"map\":\"%s\",\"section\":\"%s\",\"offset\":8}],\"knobs\""
            .formatted(map, section);
    return new String(SchemaText.bytes(EVENT, RING), StandardCharsets.UTF_8)
        .replace("\"knobs\"", counter)
        .getBytes(StandardCharsets.UTF_8);
  }

  static Stream<Arguments> damaged() {
    return Stream.of(
        Arguments.of("structs[0].fields[0]", structText("s", 4, field("x", 2, "u32", 4)), ""),
        Arguments.of("structs[0].fields[0].size", structText("s", 8, field("x", 0, "u32", 8)), ""),
        Arguments.of("structs[0].fields[0].type", structText("s", 8, field("x", 0, "s", 8)), ""),
        Arguments.of(
            "structs[0].fields[0].kind",
            structText("s", 8, field("x", 0, "u64", 8, "'kind':'ipv4'")),
            ""),
        Arguments.of(
            "structs[0].fields[0].cname", structText("s", 8, field("x y", 0, "u64", 8)), ""),
        Arguments.of("structs[1]", structText("s", 8) + "," + structText("s", 8), ""),
        Arguments.of("maps[0].records[0]", EVENT, RING.replace("'size':16", "'size':8")),
        Arguments.of("maps[1]", EVENT, RING + "," + RING),
        Arguments.of("maps[0]", EVENT, RING.replace("}]", "},{'struct':'ev','size':16}]")),
        Arguments.of("maps[0].tag", EVENT, RING.replace("'records'", "'tag':'nope','records'")));
  }

  @ParameterizedTest
  @MethodSource("damaged")
  void damageIsNamed(String path, String structs, String maps) {
    assertThatThrownBy(() -> SchemaReader.read(SchemaText.bytes(structs, maps)))
        .isInstanceOf(SchemaException.class)
        .hasMessageStartingWith("The object's schema is damaged: schema." + path + " ");
  }

  @Test
  void randomDamageIsATypedError() {
    byte[] good = SchemaText.bytes(EVENT, RING);
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int k = 0; k <= random.nextInt(3); k++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        SchemaReader.read(bad);
      } catch (SchemaException expected) {
        assertThat(expected).hasMessageContaining("schema");
      }
    }
  }

  @Test
  void depthAndSizeAreBounded() {
    byte[] deep = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> SchemaReader.read(deep)).isInstanceOf(SchemaException.class);
    assertThatThrownBy(() -> SchemaReader.read(new byte[SchemaReader.MAX_BYTES + 1]))
        .hasMessageContaining("at most");
  }
}
