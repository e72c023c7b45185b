package dev.whistler.runtime.maps;

import static dev.whistler.runtime.SchemaText.field;
import static dev.whistler.runtime.SchemaText.structText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.bpf.codec.CodecException;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.map.PossibleCpus;
import dev.whistler.bpf.map.TypedMap;
import dev.whistler.runtime.SchemaText;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.maps.MapEntries.Mode;
import dev.whistler.runtime.schema.ObjectSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Entries from outside, in real maps of the kernel. */
class MapAccessTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final MapAccess maps = new MapAccess(new WallClock(System::nanoTime));
  private final List<BpfMap> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(BpfMap::close);
  }

  private BpfMap create(MapType type, String typeName, int entries) {
    ObjectSchema schema =
        SchemaText.of(
            structText(
                "peer", 8, field("addr", 0, "u32", 4, "'kind':'ipv4'"), field("port", 4, "u16", 2)),
            "{'name':'m','symbol':'m','type':'%s','keySize':4,'valueSize':8,'maxEntries':%d,"
                    .formatted(typeName, entries)
                + "'flags':0,'key':'u32','value':'peer'}");
    BpfMap map = BpfMap.create(MapSpec.of("m", type, 4, 8, entries));
    open.add(map);
    maps.add(schema.maps().getFirst(), map);
    return map;
  }

  private static MapEntries entries(Mode mode, String... keysAndValues) throws Exception {
    List<MapEntries.Entry> entries = new ArrayList<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      entries.add(new MapEntries.Entry(json(keysAndValues[i]), json(keysAndValues[i + 1])));
    }
    return new MapEntries("m", mode, entries);
  }

  private static JsonNode json(String text) throws Exception {
    return JSON.readTree(text.replace('\'', '"'));
  }

  private List<String> contents() {
    return maps.read("m", 100).rows().stream()
        .map(row -> row.key() + "=" + String.join("|", row.values()))
        .sorted()
        .toList();
  }

  @Test
  void seedingWritesWhatIsNewOrChangedOnly() throws Exception {
    BpfMap map = create(MapType.HASH, "hash", 8);
    maps.apply(entries(Mode.SEED, "1", "{'addr':'10.0.0.1','port':80}", "2", "{'port':1}"));
    assertThat(contents())
        .containsExactly(
            "1={\"addr\":\"10.0.0.1\",\"port\":80}", "2={\"addr\":\"0.0.0.0\",\"port\":1}");
    map.delete(new byte[] {1, 0, 0, 0}); // as a program might
    maps.apply(entries(Mode.SEED, "1", "{'addr':'10.0.0.1','port':80}", "2", "{'port':2}"));
    assertThat(contents()).containsExactly("2={\"addr\":\"0.0.0.0\",\"port\":2}");
  }

  @Test
  void owningRemovesWhatIsNotListed() throws Exception {
    BpfMap map = create(MapType.HASH, "hash", 8);
    map.update(new byte[] {9, 0, 0, 0}, new byte[8]);
    maps.apply(entries(Mode.OWN, "1", "{'port':1}"));
    assertThat(contents()).containsExactly("1={\"addr\":\"0.0.0.0\",\"port\":1}");
    map.delete(new byte[] {1, 0, 0, 0});
    maps.apply(entries(Mode.OWN, "1", "{'port':1}"));
    assertThat(contents()).hasSize(1);
  }

  @Test
  void oneBadEntryChangesNothing() throws Exception {
    create(MapType.HASH, "hash", 8);
    assertThatThrownBy(
            () -> maps.apply(entries(Mode.SEED, "1", "{'port':1}", "2", "{'port':70000}")))
        .isInstanceOf(MapEntryException.class)
        .hasMessage("m: entries[1].value.port is 70000; a u16 lies between 0 and 65535.");
    assertThatThrownBy(() -> maps.apply(entries(Mode.SEED, "1", "{}", "1", "{}")))
        .hasMessage("m: entries[1].key was given before; leave one of them out.");
    assertThat(contents()).isEmpty();
  }

  @Test
  void aFullMapIsAsItWasBefore() throws Exception {
    BpfMap map = create(MapType.HASH, "hash", 2);
    map.update(new byte[] {1, 0, 0, 0}, new byte[8]);
    map.update(new byte[] {2, 0, 0, 0}, new byte[8]);
    assertThatThrownBy(() -> maps.apply(entries(Mode.SEED, "1", "{'port':5}", "3", "{'port':1}")))
        .isInstanceOf(MapEntryException.class)
        .hasMessageContaining("as it was before");
    assertThat(contents())
        .containsExactly(
            "1={\"addr\":\"0.0.0.0\",\"port\":0}", "2={\"addr\":\"0.0.0.0\",\"port\":0}");
  }

  @Test
  void arraysAreSetToZeroWhereNotListed() throws Exception {
    BpfMap map = create(MapType.ARRAY, "array", 2);
    map.update(new byte[4], new byte[] {1, 2, 3, 4, 5, 6, 0, 0});
    maps.apply(entries(Mode.OWN, "1", "{'port':1}"));
    assertThat(contents())
        .containsExactly(
            "0={\"addr\":\"0.0.0.0\",\"port\":0}", "1={\"addr\":\"0.0.0.0\",\"port\":1}");
    assertThatThrownBy(() -> maps.apply(entries(Mode.SEED, "2", "{}")))
        .isInstanceOf(MapEntryException.class);
  }

  @Test
  void everyCpuGetsTheValue() throws Exception {
    create(MapType.PERCPU_HASH, "percpu-hash", 2);
    maps.apply(entries(Mode.SEED, "1", "{'port':7}"));
    assertThat(maps.read("m", 10).rows().getFirst().values())
        .hasSizeGreaterThanOrEqualTo(1)
        .containsOnly("{\"addr\":\"0.0.0.0\",\"port\":7}");
  }

  @Test
  void aViewReadsAndWritesSingleEntries() {
    BpfMap map = create(MapType.HASH, "hash", 8);
    TypedMap<String, List<String>> view = maps.view("m");
    view.update("4294967295", List.of("{\"addr\":\"10.0.0.7\",\"port\":80}"));
    assertThat(map.lookup(new byte[] {-1, -1, -1, -1}))
        .isEqualTo(new byte[] {10, 0, 0, 7, 80, 0, 0, 0});
    assertThat(view.lookup("4294967295")).containsExactly("{\"addr\":\"10.0.0.7\",\"port\":80}");
    assertThat(view.lookup("1")).isNull();
    assertThat(view.delete("4294967295")).isTrue();
    assertThatThrownBy(() -> view.update("1", List.of("{\"port\":70000}")))
        .isInstanceOf(CodecException.class)
        .hasMessage("value.port is 70000; a u16 lies between 0 and 65535.");
    assertThatThrownBy(() -> view.lookup("-1")).isInstanceOf(CodecException.class);
    assertThatThrownBy(() -> view.lookup("{")).hasMessageStartingWith("'{' is no JSON: ");
    assertThat(contents()).isEmpty();
    assertThatThrownBy(() -> maps.view("n")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aViewOfAPerCpuMapHasAValueForEachCpu() {
    create(MapType.PERCPU_ARRAY, "percpu-array", 2);
    TypedMap<String, List<String>> view = maps.view("m");
    String value = "{\"addr\":\"0.0.0.0\",\"port\":9}";
    view.update("1", Collections.nCopies(PossibleCpus.count(), value));
    assertThat(view.lookup("1")).hasSize(PossibleCpus.count()).containsOnly(value);
  }

  @Test
  void aSchemaThatIsNotTheMapsIsRefused() {
    ObjectSchema schema =
        SchemaText.of(
            "",
            "{'name':'m','symbol':'m','type':'hash','keySize':4,'valueSize':8,'maxEntries':8,"
                + "'flags':0,'key':'u32','value':'u64'}");
    BpfMap map = BpfMap.create(MapSpec.of("m", MapType.HASH, 4, 4, 8));
    open.add(map);
    maps.add(schema.maps().getFirst(), map);
    assertThatThrownBy(() -> maps.view("m"))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("have 4 bytes, those of the codec 8");
  }

  @Test
  void longMapsAreCutOff() throws Exception {
    create(MapType.ARRAY, "array", 20);
    assertThat(maps.read("m", 5).complete()).isFalse();
    assertThat(maps.read("m", 20).complete()).isTrue();
  }

  @Test
  void unknownMapsAreNamed() {
    create(MapType.HASH, "hash", 2);
    assertThatThrownBy(() -> maps.apply(new MapEntries("n", Mode.SEED, List.of())))
        .hasMessage("There is no map 'n' that takes entries; there are: m.");
  }

  @Test
  void aThousandEntriesAreTheLimitOfAllMapsTogether() throws Exception {
    for (String name : List.of("first", "second")) {
      ObjectSchema schema =
          SchemaText.of(
              "",
              "{'name':'%s','symbol':'%s','type':'hash','keySize':4,'valueSize':8,"
                      .formatted(name, name)
                  + "'maxEntries':2000,'flags':0,'key':'u32','value':'u64'}");
      BpfMap map = BpfMap.create(MapSpec.of(name, MapType.HASH, 4, 8, 2000));
      open.add(map);
      maps.add(schema.maps().getFirst(), map);
    }
    maps.apply(numbered("first", 600));
    maps.apply(numbered("second", 400));
    assertThatThrownBy(() -> maps.apply(numbered("second", 401)))
        .isInstanceOf(MapEntryException.class)
        .hasMessageContaining("there are 1001")
        .hasMessageContaining("at most 1000");
    maps.apply(numbered("first", 599));
    maps.apply(numbered("second", 401));
  }

  private static MapEntries numbered(String map, int count) throws Exception {
    List<MapEntries.Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(new MapEntries.Entry(json(Integer.toString(i)), json("1")));
    }
    return new MapEntries(map, Mode.OWN, entries);
  }

  /** A list of prefixes, as a drop list has it. */
  private BpfMap trie(int addressBytes) {
    int keyBytes = 4 + addressBytes;
    ObjectSchema schema =
        SchemaText.of(
            structText(
                "prefix",
                keyBytes,
                field("prefixlen", 0, "u32", 4),
                addressBytes == 4
                    ? field("addr", 4, "u32", 4, "'kind':'ipv4'")
                    : field("addr", 4, "u8", 16, "'count':16,'kind':'ipv6'")),
            "{'name':'m','symbol':'m','type':'lpm-trie','keySize':%d,'valueSize':4,'maxEntries':8,"
                    .formatted(keyBytes)
                + "'flags':1,'key':'prefix','value':'u32'}");
    BpfMap map = BpfMap.create(MapSpec.of("m", MapType.LPM_TRIE, keyBytes, 4, 8).withFlags(1));
    open.add(map);
    maps.add(schema.maps().getFirst(), map);
    return map;
  }

  /** Without the length, the prefix would be that of all addresses. */
  @Test
  void aKeyHasAllItsFields() {
    BpfMap map = trie(4);
    assertThatThrownBy(() -> maps.apply(entries(Mode.SEED, "{'addr':'127.0.0.8'}", "1")))
        .hasMessage(
            "m: entries[0].key lacks the field 'prefixlen'; a key has all fields of prefix:"
                + " prefixlen, addr.");
    assertThatThrownBy(() -> maps.apply(entries(Mode.SEED, "{}", "1")))
        .hasMessageContaining("lacks the field 'prefixlen'");
    assertThat(map.lookup(bytes(0, 0, 0, 0, 127, 0, 0, 8))).isNull();
  }

  @Test
  void prefixesAreWrittenAsPeopleDo() throws Exception {
    BpfMap map = trie(4);
    maps.apply(entries(Mode.SEED, "'127.0.0.8/29'", "1", "'10.0.0.7'", "2", "'0.0.0.0/0'", "3"));
    assertThat(map.lookup(bytes(32, 0, 0, 0, 127, 0, 0, 15))).startsWith(1);
    assertThat(map.lookup(bytes(32, 0, 0, 0, 127, 0, 0, 16))).startsWith(3);
    assertThat(map.lookup(bytes(32, 0, 0, 0, 10, 0, 0, 7))).startsWith(2);
    for (String wrong :
        List.of("10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+1", "10.0.0/8", "/8", "x")) {
      assertThatThrownBy(() -> maps.apply(entries(Mode.SEED, "'" + wrong + "'", "1")))
          .as(wrong)
          .isInstanceOf(MapEntryException.class)
          .hasMessageStartingWith("m: entries[0].key is ");
    }
    assertThatThrownBy(() -> maps.apply(entries(Mode.SEED, "'2001:db8::/32'", "1")))
        .hasMessageContaining("is a prefix of 16 bytes, and the map's keys have 4");
  }

  @Test
  void prefixesOfTheSixthVersion() throws Exception {
    BpfMap map = trie(16);
    maps.apply(entries(Mode.SEED, "'2001:db8::/32'", "1", "'::1'", "2"));
    byte[] key = new byte[20];
    key[0] = (byte) 128;
    key[4] = 0x20;
    key[5] = 1;
    key[6] = 0x0d;
    key[7] = (byte) 0xb8;
    key[19] = 9;
    assertThat(map.lookup(key)).startsWith(1);
    assertThatThrownBy(
            () -> maps.apply(entries(Mode.SEED, "{'prefixlen':64,'addr':'2001:db8'}", "1")))
        .isInstanceOf(MapEntryException.class);
  }

  /** What a value leaves out is 0; the view of a map is as strict with keys. */
  @Test
  void aValueMayLeaveFieldsOut() throws Exception {
    create(MapType.HASH, "hash", 4);
    maps.apply(entries(Mode.SEED, "1", "{'port':7}"));
    assertThat(maps.view("m").lookup("1")).containsExactly("{\"addr\":\"0.0.0.0\",\"port\":7}");
    trie(4);
    assertThatThrownBy(() -> maps.view("m").lookup("{\"addr\":\"1.1.1.1\"}"))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("lacks the field 'prefixlen'");
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
