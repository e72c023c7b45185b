package dev.whistler.bpf.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.link.UserSymbol;
import dev.whistler.bpf.sys.BpfException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever lies at a path that somebody else controls ends in a typed error. */
class OddFileTest {
  private static final Path BINARY = Path.of(System.getProperty("java.home"), "lib", "libjava.so");

  @TempDir Path directory;

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPipeIsNotWaitedFor() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(10, TimeUnit.SECONDS))
        .isTrue();
    assertThatThrownBy(() -> UserSymbol.offset(pipe, "main"))
        .isInstanceOf(BpfException.class)
        .hasMessageContaining("no regular file");
  }

  @Test
  void directoriesDevicesAndNothingAreTypedErrors() {
    for (String path : new String[] {"/", "/dev/null", "/dev/zero", "/nowhere", "/proc/self/mem"}) {
      assertThatThrownBy(() -> UserSymbol.offset(Path.of(path), "main"))
          .as(path)
          .isInstanceOf(BpfException.class);
    }
  }

  @Test
  void aFileThatIsCutOffMeanwhileIsATypedError() throws Exception {
    Path copy = Files.copy(BINARY, directory.resolve("binary"));
    try (RandomAccessFile file = new RandomAccessFile(copy.toFile(), "rw");
        ElfFile elf = ElfFile.map(copy)) {
      file.setLength(100);
      assertThatThrownBy(
              () -> {
                elf.dynamicSymbols();
                for (ElfSection section : elf.sections()) {
                  elf.bytes(section);
                }
              })
          .isInstanceOf(ObjectFormatException.class)
          .hasMessageContaining("cut off");
    }
  }

  @Test
  void whatIsReadInBlocksIsWhatIsInMemory() throws Exception {
    try (ElfFile disk = ElfFile.map(BINARY)) {
      ElfFile memory = ElfFile.parse(Files.readAllBytes(BINARY));
      assertThat(disk.sections()).isEqualTo(memory.sections());
      assertThat(disk.dynamicSymbols()).isEqualTo(memory.dynamicSymbols()).isNotEmpty();
      for (ElfSection section : disk.sections()) {
        assertThat(disk.bytes(section)).isEqualTo(memory.bytes(section));
      }
    }
  }

  /** Section headers that claim a symbol table of almost 2 GiB; the file has holes. */
  @Test
  void aSymbolTableOfTwoGibibytesIsBounded() throws Exception {
    Path huge = directory.resolve("huge");
    long table = 4096;
    long bytes = Integer.MAX_VALUE - table - 64;
    ByteBuffer head = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).putShort(18, (short) 62);
    head.putLong(40, 64).putShort(58, (short) 64).putShort(60, (short) 3).putShort(62, (short) 2);
    head.putInt(128 + 4, 2).putLong(128 + 24, table).putLong(128 + 32, bytes).putInt(128 + 40, 2);
    head.putInt(192 + 4, 3).putLong(192 + 24, 1024).putLong(192 + 32, 16);
    Files.write(huge, head.array());
    try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
      file.setLength(Integer.MAX_VALUE - 1);
    }
    assertThatThrownBy(() -> UserSymbol.offset(huge, "main"))
        .isInstanceOf(BpfException.class)
        .hasMessageContaining("4 million symbols");
  }
}
