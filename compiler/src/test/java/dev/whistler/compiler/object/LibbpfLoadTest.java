package dev.whistler.compiler.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects load with libbpf, through bpftool, in a private mount namespace. */
class LibbpfLoadTest {
  @TempDir Path directory;

  @BeforeEach
  void needsBpftool() {
    boolean present =
        Files.isExecutable(Path.of("/usr/sbin/bpftool"))
            && "root".equals(System.getProperty("user.name"));
    assumeTrue(present, "needs root and bpftool");
  }

  @Test
  void bpftoolLoadsEveryProgram() throws Exception {
    Path object = directory.resolve("sample.o");
    Files.write(object, SampleUnit.object().elf());

    String output =
        run(
            "mkdir fs && mount -t bpf bpf fs && mkdir fs/p fs/m && bpftool -d prog loadall sample.o"
                + " fs/p pinmaps fs/m 2>&1 | grep -iE 'error|warn|fail' ; ls fs/p && bpftool prog"
                + " show pinned fs/p/count && bpftool prog dump xlated pinned fs/p/count linum &&"
                + " ls fs/m && bpftool map show pinned fs/m/_whistler_stats");

    assertThat(output)
        .contains("count")
        .contains("other")
        .contains("; (incf (getmap hits 0)) [file:count.w line_num:3 line_col:3]")
        .contains("percpu_array  name .whistler.stats")
        .doesNotContainIgnoringCase("error");
  }

  @Test
  void bpftoolShowsTheTypes() throws Exception {
    Files.write(directory.resolve("sample.o"), SampleUnit.object().elf());

    assertThat(run("bpftool btf dump file sample.o"))
        .contains("STRUCT 'head' size=32 vlen=4")
        .contains("'seq_no' type_id=")
        .contains("DATASEC '.maps' size=112 vlen=4")
        .contains("FUNC 'count'");
  }

  private String run(String script) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("unshare", "-m", "sh", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new String(output, StandardCharsets.UTF_8);
  }
}
