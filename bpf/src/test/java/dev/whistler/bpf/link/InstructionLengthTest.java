package dev.whistler.bpf.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ElfSection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lengths of instructions, as another disassembler tells them for a whole program. */
class InstructionLengthTest {
  private static final Path PROGRAM = Path.of("/usr/bin/perl");
  private static final Path DISASSEMBLER = Path.of("/usr/bin/llvm-objdump-19");

  /** A line of llvm-objdump: address, bytes, text. */
  private static final Pattern LINE =
      Pattern.compile("\\s*([0-9a-f]+): ((?:[0-9a-f]{2} )*[0-9a-f]{2})\\s+(\\S.*)");

  @TempDir Path directory;

  private static int length(String hex) {
    return InstructionLength.of(HexFormat.of().parseHex(hex), 0);
  }

  @ParameterizedTest
  @CsvSource({
    "55, 1", // push
    "4889e5, 3", // mov
    "f30f1efa, 4", // endbr64
    "48b80102030405060708, 10", // movabs
    "66b80102, 4",
    "6648b80102030405060708, 11",
    "a10102030405060708, 9",
    "67a101020304, 6",
    "c8010203, 4", // enter
    "f6c101, 3", // test
    "f6d1, 2", // not
    "48f7c101020304, 7",
    "488b0425 01020304, 8",
    "c5f877, 3", // vzeroupper
    "c4e3791541 0102, 7",
    "62f17c4810 4101, 7", // vmovups zmm, disp8
    "0f0f0001, 4", // 3DNow!
    "8fe97881c0, 5", // XOP
    "8f00, 2", // pop
    "666648e8 01020304, 8", // call of thread local storage
    "66e80102, 0", // the two makers of processors disagree
    "06, 0",
    "48, 0",
    "e8010203, 0",
  })
  void anInstruction(String hex, int bytes) {
    assertThat(length(hex.replace(" ", ""))).isEqualTo(bytes);
  }

  @Test
  void moreThanFifteenBytesAreNone() {
    assertThat(length("66".repeat(14) + "90")).isEqualTo(15);
    assertThat(length("66".repeat(15) + "90")).isZero();
  }

  @Test
  void anyBytesHaveALengthOrNone() {
    Random random = new Random(3);
    byte[] bytes = new byte[20];
    for (int i = 0; i < 200_000; i++) {
      random.nextBytes(bytes);
      assertThat(InstructionLength.of(bytes, i % 20)).isBetween(0, 15);
    }
  }

  @Test
  void allOfAnInterpreter() throws Exception {
    assumeTrue(Files.exists(PROGRAM), "no perl, which Debian has always");
    assumeTrue(Files.isExecutable(DISASSEMBLER), "needs llvm-19");
    ElfFile file = ElfFile.map(PROGRAM);
    ElfSection text = file.section(".text").orElseThrow();
    byte[] code = file.bytes(text);
    Path listing = directory.resolve("listing");
    Process process =
        new ProcessBuilder(DISASSEMBLER.toString(), "-d", "--section=.text", PROGRAM.toString())
            .redirectOutput(listing.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    long base = text.offset();
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    for (String line : Files.readAllLines(listing)) {
      Matcher instruction = LINE.matcher(line);
      if (!instruction.matches() || instruction.group(3).contains("unknown")) {
        continue;
      }
      int bytes = (instruction.group(2).length() + 1) / 3;
      // A prefix that stands alone in the listing belongs to what follows it.
      boolean isPrefix =
          bytes == 1 && instruction.group(3).matches("(lock|rep\\w*|data16|notrack)");
      int at = (int) (Long.parseLong(instruction.group(1), 16) - base);
      if (!isPrefix && at >= 0 && at < code.length) {
        compared++;
        if (InstructionLength.of(code, at) != bytes) {
          wrong.add(InstructionLength.of(code, at) + " " + line);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(compared).isGreaterThan(50_000);
  }
}
