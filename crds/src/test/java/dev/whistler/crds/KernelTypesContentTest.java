package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class KernelTypesContentTest {
  private static final int PIECE = KernelTypesContent.MAX_PLAIN_BYTES;

  /** Compresses as BTF does, whatever its length. */
  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    Random random = new Random(seed);
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) random.nextInt(4);
    }
    return bytes;
  }

  @Property(tries = 20)
  void whatIsCutIsJoinedAgain(
      @ForAll @IntRange(min = 1, max = 3 * PIECE) int length,
      @ForAll @IntRange(min = -1, max = 1) int off,
      @ForAll long seed)
      throws MalformedContentException {
    for (int size : List.of(length, 2 * PIECE + off)) {
      byte[] types = bytes(size, seed);
      byte[] functions = bytes(100, seed + 1);
      KernelTypesContent content = KernelTypesContent.of(types, functions);

      assertThat(content.pieces().types()).hasSize((size + PIECE - 1) / PIECE);
      assertThat(joined(content, content.pieces().types())).isEqualTo(types);
      assertThat(joined(content, content.pieces().functions())).isEqualTo(functions);
    }
  }

  private static byte[] joined(KernelTypesContent content, List<String> names)
      throws MalformedContentException {
    List<byte[]> pieces = new ArrayList<>();
    for (String name : names) {
      KernelTypesSpec spec = content.specs().get(name);
      assertThat(spec.digest()).startsWith(name);
      assertThat(spec.content().length()).isLessThanOrEqualTo(KernelTypesSpec.MAX_BASE64);
      pieces.add(KernelTypesContent.checked(name, spec));
    }
    return KernelTypesContent.joined(pieces);
  }

  @Test
  void anotherPieceAnywhereIsAnotherKernel() throws MalformedContentException {
    TypesPieces pieces = KernelTypesContent.of(bytes(9, 1), bytes(9, 2)).pieces();

    assertThat(pieces.digest()).hasSize(40);
    assertThat(KernelTypesContent.of(bytes(9, 1), bytes(9, 2)).pieces().digest())
        .isEqualTo(pieces.digest());
    assertThat(KernelTypesContent.of(bytes(9, 1), bytes(9, 3)).pieces().digest())
        .isNotEqualTo(pieces.digest());
    assertThat(KernelTypesContent.of(bytes(9, 2), bytes(9, 1)).pieces().digest())
        .isNotEqualTo(pieces.digest());
  }

  /** An agent of another version may come with another compressor. */
  @Test
  void howItIsCompressedDoesNotMatter() throws Exception {
    byte[] types = bytes(5_000, 1);
    KernelTypesContent content = KernelTypesContent.of(types, types);
    String name = content.pieces().types().getFirst();
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip =
        new GZIPOutputStream(stored) {
          {
            def.setLevel(Deflater.NO_COMPRESSION);
          }
        }) {
      gzip.write(types);
    }
    KernelTypesSpec other = with(content.specs().get(name), stored.toByteArray());

    assertThat(KernelTypesContent.joined(List.of(KernelTypesContent.checked(name, other))))
        .isEqualTo(types);
  }

  @Test
  void whatIsNotWhatItsNameSaysIsRefused() throws MalformedContentException {
    KernelTypesContent content = KernelTypesContent.of(bytes(50, 1), bytes(50, 2));
    String name = content.pieces().types().getFirst();
    KernelTypesSpec right = content.specs().get(name);
    KernelTypesSpec other = content.specs().get(content.pieces().functions().getFirst());

    assertThatThrownBy(() -> KernelTypesContent.checked(name, other))
        .isInstanceOf(MalformedContentException.class)
        .hasMessageContaining("digest");
    assertThatThrownBy(() -> KernelTypesContent.checked(name, with(right, new byte[] {1, 2, 3})))
        .isInstanceOf(MalformedContentException.class)
        .hasMessageContaining("gzip");
    byte[] bomb = Gzip.compress(new byte[PIECE + 1]);
    assertThat(bomb.length).isLessThan(PIECE / 100);
    assertThatThrownBy(() -> KernelTypesContent.checked(name, with(right, bomb)))
        .isInstanceOf(MalformedContentException.class)
        .hasMessageContaining("longer than " + PIECE);
    KernelTypesSpec damaged =
        new KernelTypesSpec(
            right.part(), null, 0, 1, right.partDigest(), right.digest(), "no base64!");
    assertThatThrownBy(() -> KernelTypesContent.checked(name, damaged))
        .isInstanceOf(MalformedContentException.class)
        .hasMessageContaining("base64");
  }

  @Test
  void moreThanObjectsHoldIsRefused() {
    byte[] noise = new byte[PIECE];
    new Random(1).nextBytes(noise);
    assertThatThrownBy(() -> KernelTypesContent.of(noise, new byte[1]))
        .isInstanceOf(MalformedContentException.class)
        .hasMessageContaining("compressed");
    byte[] large = new byte[KernelTypesContent.MAX_PART_BYTES + 1];
    Arrays.fill(large, (byte) 1);
    assertThatThrownBy(() -> KernelTypesContent.of(large, new byte[1]))
        .isInstanceOf(MalformedContentException.class)
        .hasMessageContaining("fit into objects");
    assertThatThrownBy(() -> KernelTypesContent.of(new byte[0], new byte[1]))
        .isInstanceOf(MalformedContentException.class);
  }

  private static KernelTypesSpec with(KernelTypesSpec spec, byte[] gzip) {
    return new KernelTypesSpec(
        spec.part(),
        spec.profile(),
        spec.index(),
        spec.count(),
        spec.partDigest(),
        spec.digest(),
        Base64.getEncoder().encodeToString(gzip));
  }
}
