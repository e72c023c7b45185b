package dev.whistler.bpf.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.BtfExt;
import dev.whistler.bpf.elf.ElfFile;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Real types, damaged by chance, on either side of a relocation. */
class DamagedTypesTest {
  private static final String[] WAYS = {"0", "0:0", "0:1", "0:2:1", "1", "0:0:0:0", "3:1"};

  @Test
  void whateverIsDamagedTheErrorIsTyped() {
    ElfFile elf = ElfFile.parse(ClangObjects.build("core_fields"));
    byte[] good = elf.bytes(elf.section(".BTF").orElseThrow());
    Random random = new Random(12);
    int refused = 0;
    int answered = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bad = good.clone();
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        bad[24 + random.nextInt(bad.length - 24)] = (byte) random.nextInt();
      }
      try {
        Btf damaged = Btf.parse(bad);
        Btf whole = Btf.parse(good.clone());
        boolean localIsDamaged = random.nextBoolean();
        CoreRelocator relocator =
            new CoreRelocator(localIsDamaged ? damaged : whole, localIsDamaged ? whole : damaged);
        byte[] code = new byte[16];
        code[0] = (byte) new int[] {0xb7, 0x61, 0x63, 0x18, 0x85}[random.nextInt(5)];
        int type = random.nextInt(whole.typeCount() + 1);
        relocator.apply(
            code,
            Map.of(
                0,
                new BtfExt.CoreRelocation(
                    "xdp", 0, type, WAYS[random.nextInt(WAYS.length)], random.nextInt(13))));
        answered++;
      } catch (BtfException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
    assertThat(answered).isPositive();
  }
}
