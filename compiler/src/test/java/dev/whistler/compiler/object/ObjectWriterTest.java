package dev.whistler.compiler.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.compiler.api.CompiledObject;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ObjectWriterTest {
  @Test
  void schemaHasTheKeysInOrder() {
    String schema = SampleUnit.object().schema();

    assertThat(schema)
        .startsWith(
            "{\"version\":1,\"compiler\":\"whistler-k8s 0.1.0\",\"arch\":\"x86-64\",\"programs\":["
                + "{\"name\":\"count\",\"symbol\":\"count\",\"type\":\"xdp\",\"section\":"
                + "\"xdp/count\",\"canonicalSection\":\"xdp\",\"attach\":{\"kind\":\"xdp\","
                + "\"mode\":\"plain\"},\"license\":\"GPL\",\"sleepable\":false},")
        .contains(
            "\"maps\":[{\"name\":\"hits\",\"symbol\":\"hits\",\"type\":\"hash\",\"keySize\":4,"
                + "\"valueSize\":8,\"maxEntries\":64,\"flags\":0,\"key\":\"u32\","
                + "\"value\":\"u64\"},")
        .contains("\"records\":[{\"struct\":\"head\",\"size\":32}]")
        .contains(
            "{\"name\":\"seq-no\",\"cname\":\"seq_no\",\"offset\":4,\"size\":4,\"type\":\"u32\","
                + "\"kind\":\"pid\"}")
        .contains("\"type\":\"u64\",\"kind\":\"ktime\",\"inferred\":true}")
        .contains("\"stats\":{\"map\":\".whistler.stats\",\"rings\":[\"events\"]}")
        .contains("\"default\":\"127.0.0.1\",\"value\":\"127.0.0.2\"")
        .contains("\"constants\":[{\"name\":\"answer\",\"value\":\"42\"}]")
        .contains(
            "\"helpers\":[1,181],\"mapTypes\":[1],\"programType\":6,\"instructionSet\":1,"
                + "\"contextBytes\":16}")
        .matches(".*\"digest\":\"[0-9a-f]{64}\"}");
  }

  @Test
  void writingIsDeterministic() {
    assertThat(SampleUnit.object().elf()).isEqualTo(SampleUnit.object().elf());
  }

  @Test
  void programsOfOneSectionStandAtIncreasingOffsets() {
    ElfFile elf = ElfFile.read(SampleUnit.object().elf());

    assertThat(elf.symbols())
        .filteredOn(s -> s.type() == ElfBuilder.FUNCTION)
        .extracting(s -> s.name() + "@" + s.value() + "+" + s.size())
        .containsExactly("step@0+16", "sum@16+24", "count@0+160", "other@160+40");
    assertThat(elf.section(".maps").orElseThrow().bytes().limit()).isEqualTo(8 * (4 + 4 + 2 + 4));
  }

  @Test
  void reportsSizes() {
    assertThat(SampleUnit.object().programs())
        .containsExactly(
            new CompiledObject.Program("count", 20, 8), new CompiledObject.Program("other", 5, 0));
  }

  @Test
  void disassemblyShowsLinesAndNames() {
    assertThat(Disassembler.disassemble(SampleUnit.object().elf()))
        .contains(
            """
            count (xdp, 20 instructions)
            ; count.w:3:3  (incf (getmap hits 0))
                0:  *(u32 *)(r10 - 4) = 0
                1:  r1 = hits ll
                3:  r2 = r10
                4:  r2 += -4
                5:  call map_lookup_elem#1
                6:  if r0 == 0 goto +2 <9>
                7:  r1 = 1
                8:  lock *(u64 *)(r0 + 0) += r1
                9:  r1 = total ll
               11:  *(u64 *)(r1 + 0) = 3
               12:  r1 = 4
               13:  r2 = step ll
            """)
        .contains("    2:  call sum\n");
  }

  @Test
  void damagedObjectsAreRefusedNotCrashedOn() {
    byte[] object = SampleUnit.object().elf();
    Random random = new Random(7);
    assertThatThrownBy(() -> Disassembler.disassemble(new byte[100]))
        .isInstanceOf(MalformedObjectException.class);
    for (int round = 0; round < 2000; round++) {
      byte[] damaged =
          Arrays.copyOf(object, round % 4 == 0 ? random.nextInt(object.length) : object.length);
      for (int i = 0; i < 4 && damaged.length > 0; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      assertThatCode(
              () -> {
                try {
                  Disassembler.disassemble(damaged);
                } catch (MalformedObjectException e) {
                  assertThat(e).hasMessageEndingWith(".");
                }
              })
          .doesNotThrowAnyException();
    }
  }
}
