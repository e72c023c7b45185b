package dev.whistler.runtime.maps;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MapTextTest {
  private static MapTable.Row row(String key, String... values) {
    return new MapTable.Row(key, List.of(values));
  }

  @Test
  void structsHaveAColumnForEachField() {
    MapTable table =
        new MapTable(
            "births",
            "lru-hash",
            8,
            List.of(
                row("7", "{\"ts\":\"2026-11-22T01:45:39.000000000Z\",\"parent\":1}"),
                row("12", "{\"ts\":\"2026-11-22T01:45:40.000000000Z\",\"parent\":7}")),
            false);
    assertThat(MapText.render(table))
        .isEqualTo(
            """
            births (lru-hash)
              key value.ts                         value.parent
              7   "2026-11-22T01:45:39.000000000Z" 1
              12  "2026-11-22T01:45:40.000000000Z" 7
              … and more
            """);
  }

  @Test
  void countersOfCpusAreAddedUp() {
    MapTable table = new MapTable("forks", "percpu-array", 1, List.of(row("0", "3", "4")), true);
    assertThat(MapText.render(table))
        .isEqualTo(
            """
            forks (percpu-array)
              key value
              0   7
            """);
  }

  @Test
  void elementsOfAnArrayThatAreZeroAreLeftOut() {
    MapTable table =
        new MapTable("a", "array", 3, List.of(row("0", "0"), row("1", "5"), row("2", "0")), true);
    assertThat(MapText.render(table)).isEqualTo("a (array)\n  key value\n  1   5\n");
  }

  @Test
  void histogramsArePowersOfTwo() {
    List<MapTable.Row> rows = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      rows.add(row(Integer.toString(i), i == 2 ? "10" : "0", i == 2 ? "30" : i == 4 ? "10" : "0"));
    }
    assertThat(MapText.render(new MapTable("h", "percpu-array", 64, rows, true)))
        .isEqualTo(
            """
            h (percpu-array)
              from to count
                 4  7    40 |########################################|
                 8 15     0 |                                        |
                16 31    10 |##########                              |
            """);
  }

  @Test
  void emptyMapsSaySo() {
    assertThat(MapText.render(new MapTable("m", "hash", 8, List.of(), true)))
        .isEqualTo("m (hash)\n  empty\n");
  }
}
