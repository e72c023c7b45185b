package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class KernelFileTest {
  @Test
  void whatIsWrittenIsRead() throws IOException {
    TreeMap<String, String> formats = new TreeMap<>();
    formats.put("sched/sched_switch", "name: sched_switch\n\tfield:int prev_pid;\n");
    KernelFile kernel =
        new KernelFile("x86-64", "6.18.0", formats, new byte[] {1, 2, 3}, List.of("map:27"));

    KernelFile read = KernelFile.parse(kernel.toBytes());

    assertThat(read.arch()).isEqualTo("x86-64");
    assertThat(read.release()).isEqualTo("6.18.0");
    assertThat(read.formats()).isEqualTo(formats);
    assertThat(read.btf()).containsExactly(1, 2, 3);
    assertThat(read.features()).containsExactly("map:27");
    assertThat(read.toBytes()).isEqualTo(kernel.toBytes());
  }

  @Test
  void typesAndFeaturesMayBeAbsent() throws IOException {
    KernelFile read = KernelFile.parse(gzip("{\"version\":1,\"arch\":\"arm64\",\"formats\":{}}"));
    assertThat(read.btf()).isNull();
    assertThat(read.features()).isNull();
  }

  @Test
  void aLaterVersionIsRefused() {
    assertThatThrownBy(() -> KernelFile.parse(gzip("{\"version\":2,\"arch\":\"arm64\"}")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 2");
  }

  @Test
  void wrongShapesAreRefused() {
    for (String text :
        List.of(
            "[]",
            "{\"version\":1}",
            "{\"arch\":\"x\",\"formats\":[]}",
            "{\"arch\":\"x\",\"features\":[1]}",
            "{\"arch\":")) {
      assertThatThrownBy(() -> KernelFile.parse(gzip(text))).isInstanceOf(IOException.class);
    }
  }

  /** A file that was cut, damaged or appended to is refused, wherever the damage is. */
  @Test
  void theEndOfTheFileIsChecked() throws IOException {
    byte[] good = gzip("{\"version\":1,\"arch\":\"arm64\",\"formats\":{}}");
    for (int last = 1; last <= 8; last++) {
      byte[] damaged = good.clone();
      damaged[good.length - last] ^= 1;
      refused(damaged);
      refused(Arrays.copyOf(good, good.length - last));
      refused(Arrays.copyOf(good, good.length + last));
    }
    byte[] twice = Arrays.copyOf(good, 2 * good.length);
    System.arraycopy(good, 0, twice, good.length, good.length);
    refused(twice);
    byte[] emptyAfter = gzip("");
    byte[] both = Arrays.copyOf(good, good.length + emptyAfter.length);
    System.arraycopy(emptyAfter, 0, both, good.length, emptyAfter.length);
    assertThat(KernelFile.parse(both).arch()).isEqualTo("arm64");
    refused(gzip("{\"version\":1,\"arch\":\"arm64\",\"formats\":{}} {}"));
    assertThat(KernelFile.parse(gzip("{\"version\":1,\"arch\":\"arm64\"} \n")).arch())
        .isEqualTo("arm64");
  }

  private static void refused(byte[] bytes) {
    assertThatThrownBy(() -> KernelFile.parse(bytes)).isInstanceOf(IOException.class);
  }

  @Test
  void moreThanAnyKernelHasIsRefused() throws IOException {
    StringBuilder many = new StringBuilder("{\"arch\":\"x\",\"formats\":{\"a/0\":\"\"");
    for (int i = 1; i <= 50_000; i++) {
      many.append(",\"a/").append(i).append("\":\"\"");
    }
    refused(gzip(many + "}}"));
    refused(gzip("{\"arch\":\"x\",\"features\":[\"" + "f".repeat(2_000) + "\"]}"));
    refused(gzip("{\"arch\":\"x\",\"btf\":\"not base64!\"}"));
    refused(gzip("{\"arch\":\"x\",\"btf\":{}}"));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
