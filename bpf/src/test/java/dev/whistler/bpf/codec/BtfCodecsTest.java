package dev.whistler.bpf.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.btf.KernelBtf;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The structs of the running kernel, which are of every form that C has. */
class BtfCodecsTest {
  /** Of the types, every so many-th is tried. */
  private static final int STEP = 7;

  private static final int MAXIMUM_BYTES = 4096;

  @BeforeEach
  void kernelHasTypes() {
    Assumptions.assumeTrue(KernelBtf.isPresent(), "the kernel has no type information");
  }

  @Test
  void whatIsReadFromAnyStructIsWrittenBack() {
    Btf btf = KernelBtf.running();
    Random random = new Random(1);
    int tried = 0;
    for (int id = 1; id < btf.typeCount(); id += STEP) {
      if (!(btf.type(id) instanceof BtfType.Composite struct)
          || struct.union()
          || struct.size() > MAXIMUM_BYTES) {
        continue;
      }
      Codec<Object> codec = BtfCodecs.of(btf, id);
      assertThat(codec.size()).as(struct.name()).isEqualTo((int) btf.sizeOf(id));
      byte[] bytes = new byte[codec.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (1 + random.nextInt(127)); // ASCII, so that texts come back
      }
      Object value = codec.fromBytes(bytes);
      assertThat(codec.fromBytes(codec.toBytes(value)))
          .as(struct.name())
          .usingRecursiveComparison()
          .isEqualTo(value);
      tried++;
    }
    assertThat(tried).isGreaterThan(500);
  }

  @Test
  void bitFieldsLieWhereTheCompilerPutThem() {
    Btf btf = KernelBtf.running();
    int id = btf.find("iphdr", BtfType.Composite.class).orElseThrow();
    byte[] header = new byte[20];
    header[0] = 0x45;
    header[9] = 17;
    Codec<Object> codec = BtfCodecs.of(btf, id);
    assertThat(codec.fromBytes(header))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("version", 4L)
        .containsEntry("ihl", 5L)
        .containsEntry("protocol", 17);
    assertThat(codec.toBytes(Map.of("version", 4, "ihl", 5, "protocol", 17))).isEqualTo(header);
  }

  @Test
  void whatHasNoValuesIsRefused() {
    Btf btf = KernelBtf.running();
    int function = btf.find("vfs_read", BtfType.Function.class).orElseThrow();
    assertThatThrownBy(() -> BtfCodecs.of(btf, function))
        .isInstanceOf(CodecException.class)
        .hasMessage("type vfs_read has no values");
    assertThatThrownBy(() -> BtfCodecs.of(btf, 0)).isInstanceOf(CodecException.class);
  }
}
