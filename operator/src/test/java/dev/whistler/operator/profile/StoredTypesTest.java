package dev.whistler.operator.profile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.KernelTypesContent;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.TypesPieces;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class StoredTypesTest {
  private long clock;
  private final StoredTypes types = new StoredTypes(() -> clock);

  @Test
  void ofAKernelThatANodeAnnouncesWhatIsNotThereIsWanted() throws MalformedContentException {
    KernelTypesContent kernel = kernel(1, 3 << 20);
    assertThat(kernel.pieces().types()).hasSize(2);
    assertThat(wanted(kernel, "a")).containsExactlyInAnyOrderElementsOf(names(kernel));

    String first = kernel.pieces().types().getFirst();
    types.put(first, kernel.specs().get(first));
    assertThat(wanted(kernel, "a"))
        .containsExactlyInAnyOrderElementsOf(without(names(kernel), first));
    assertThat(types.source(kernel.pieces())).isEmpty();

    put(kernel);
    assertThat(wanted(kernel, "a")).isEmpty();
    assertThat(types.source(kernel.pieces())).isPresent();
  }

  @Test
  void aPieceThatIsNotWhatItsNameSaysIsOfNoUse() throws MalformedContentException {
    KernelTypesContent kernel = kernel(1, 100);
    KernelTypesContent other = kernel(2, 100);
    String name = kernel.pieces().types().getFirst();
    put(kernel);
    types.put(name, other.specs().get(other.pieces().types().getFirst()));

    assertThat(types.source(kernel.pieces())).isEmpty();
    assertThat(types.useless().get(name)).contains(name, "digest");
    assertThat(wanted(kernel, "a")).as("it cannot be written while it is there").isEmpty();

    types.refuse(name);
    types.remove(name);
    assertThat(types.useless()).isEmpty();
    assertThat(wanted(kernel, "a")).as("in quarantine").isEmpty();
    clock += Quarantine.TIME.toNanos() + 1;
    assertThat(wanted(kernel, "a")).containsExactly(name);
    types.put(name, kernel.specs().get(name));
    assertThat(types.source(kernel.pieces())).isPresent();
  }

  @Test
  void oneNodeThatAnnouncesOneAfterTheOtherGetsFew() {
    Set<String> granted = new TreeSet<>();
    for (int second = 0; second < 3_600; second++) {
      clock = second * 1_000_000_000L;
      TypesPieces made = new TypesPieces(List.of("t" + second), List.of("f" + second));
      granted.addAll(types.wanted(Map.of(made, List.of("stolen")), 20));
    }
    assertThat(granted).hasSize(2 * (UploadBudget.TYPES.ofNode() + 1));
  }

  /** Of all that nodes announce no more is asked for than there is memory for. */
  @Test
  void noMoreIsWantedThanThereIsRoomFor() throws MalformedContentException {
    List<TypesPieces> kernels = new ArrayList<>();
    for (int i = 0; !types.isFull(); i++) {
      // Slowly enough for the budget of the cluster.
      clock += UploadBudget.TYPES.clusterInterval().toNanos();
      KernelTypesContent kernel = noise(i);
      assertThat(wanted(kernel, "node-" + i)).isNotEmpty();
      put(kernel);
      kernels.add(kernel.pieces());
      assertThat(types.storedBytes()).isLessThanOrEqualTo(StoredTypes.MAX_STORED_BYTES);
    }
    TypesPieces next = new TypesPieces(List.of("t"), List.of("f"));
    assertThat(types.wanted(Map.of(next, List.of("of-next")), 9)).isEmpty();
    assertThat(types.willHold(next)).as("described without them").isFalse();
    assertThat(types.willHold(kernels.getFirst())).isTrue();

    kernels.getFirst().names().forEach(types::remove);
    assertThat(types.willHold(next)).isTrue();
    assertThat(types.wanted(Map.of(next, List.of("of-next")), 9)).containsExactly("f", "t");
  }

  @Test
  void whatNobodyAskedForIsOfNoUseWhereThereIsNoRoom() throws MalformedContentException {
    for (int i = 0; types.useless().isEmpty(); i++) {
      put(noise(i));
      assertThat(types.storedBytes()).isLessThanOrEqualTo(StoredTypes.MAX_STORED_BYTES);
    }
    assertThat(types.useless().values()).allMatch(why -> why.contains("no room"));
  }

  private Set<String> wanted(KernelTypesContent kernel, String node) {
    return types.wanted(Map.of(kernel.pieces(), List.of(node)), 9);
  }

  private void put(KernelTypesContent kernel) {
    kernel.specs().forEach(types::put);
  }

  private static List<String> names(KernelTypesContent kernel) {
    return kernel.pieces().names().toList();
  }

  private static List<String> without(List<String> names, String name) {
    return names.stream().filter(it -> !it.equals(name)).toList();
  }

  /** Zeros but for a few bytes. */
  private static KernelTypesContent kernel(long seed, int bytes) throws MalformedContentException {
    byte[] types = new byte[bytes];
    new Random(seed).nextBytes(types);
    Arrays.fill(types, 50, bytes, (byte) 0);
    return KernelTypesContent.of(types, ("functions of " + seed).getBytes(UTF_8));
  }

  /** Half a megabyte that does not compress. */
  private static KernelTypesContent noise(long seed) throws MalformedContentException {
    byte[] noise = new byte[1 << 19];
    new Random(seed).nextBytes(noise);
    return KernelTypesContent.of(noise, ("functions of " + seed).getBytes(UTF_8));
  }
}
