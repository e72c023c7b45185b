package dev.whistler.bpf.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.BtfExt;
import dev.whistler.bpf.core.CoreRelocator;
import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ElfSection;
import dev.whistler.bpf.elf.ObjectFormatException;
import dev.whistler.bpf.object.SectionKind;
import dev.whistler.bpf.verifier.VerifierLog;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * Arbitrary bytes as an object, as a file with symbols, as type and as line information. Any other
 * exception than the two that say what is damaged is a finding. Without {@code JAZZER_FUZZ=1} only
 * the empty input and the saved inputs run.
 */
class ObjectFuzzTest {
  private static final int MAX_LINES = 64;
  private static final byte[] NAMES = "\0xdp\0a.c\0line\0".getBytes(StandardCharsets.US_ASCII);

  /** Type information without types: the strings alone. */
  private static final Btf STRINGS =
      Btf.parse(
          ByteBuffer.allocate(24 + NAMES.length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(0x1eb9f)
              .putInt(24)
              .putLong(0)
              .putInt(0)
              .putInt(NAMES.length)
              .put(NAMES)
              .array());

  @FuzzTest(maxDuration = "5m")
  void object(byte[] bytes) {
    try {
      BpfObject object = BpfObject.open(bytes);
      object.license();
      object.maps();
      object.section(".whistler.schema");
      for (BpfObject.Program program : object.programs()) {
        for (int slot = 0; slot < MAX_LINES; slot++) {
          object.source(program.name(), slot);
        }
      }
    } catch (ObjectFormatException | BtfException e) {
      // Said in a sentence.
    }
  }

  @FuzzTest(maxDuration = "5m")
  void symbols(byte[] bytes) {
    try {
      ElfFile elf = ElfFile.parse(bytes);
      elf.symbols();
      elf.dynamicSymbols();
      for (ElfSection section : elf.sections()) {
        elf.bytes(section);
        elf.relocations(section);
      }
    } catch (ObjectFormatException e) {
      // Said in a sentence.
    }
  }

  @FuzzTest(maxDuration = "5m")
  void types(byte[] bytes) {
    try {
      Btf btf = Btf.parse(bytes);
      btf.findAll("task_struct");
      for (int id = 0; id < btf.typeCount(); id++) {
        lookAt(btf, id);
      }
    } catch (BtfException e) {
      // Said in a sentence.
    }
  }

  private static void lookAt(Btf btf, int id) {
    try {
      btf.type(id);
      btf.sizeOf(id);
    } catch (BtfException e) {
      // One damaged type; the next may be whole.
    }
  }

  @FuzzTest(maxDuration = "5m")
  void lines(byte[] bytes) {
    try {
      BtfExt.parse(bytes, STRINGS).lines().forEach(BtfExt.LineInfo::line);
    } catch (BtfException e) {
      // Said in a sentence.
    }
  }

  /** Structures, enumerations and functions as a kernel's or an object's, made of the input. */
  @FuzzTest(maxDuration = "5m")
  void relocations(byte[] bytes) {
    if (bytes.length < 16) {
      return;
    }
    ByteBuffer input = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int kind = input.get();
    int type = input.getShort();
    byte[] code = new byte[24];
    input.get(code, 0, 8);
    String access = input.get() + ":" + input.get() + ":" + (char) input.get();
    byte[] types = new byte[input.remaining()];
    input.get(types);
    try {
      Btf local = Btf.parse(types);
      for (String way : new String[] {"0", access, access.substring(0, access.lastIndexOf(':'))}) {
        new CoreRelocator(local, local)
            .apply(code.clone(), Map.of(0, new BtfExt.CoreRelocation("xdp", 0, type, way, kind)));
      }
    } catch (BtfException e) {
      // Said in a sentence.
    }
  }

  /** Any text as the name of a section: what it says is a kind, or nothing. */
  @FuzzTest(maxDuration = "5m")
  void sections(byte[] bytes) {
    String name = new String(bytes, StandardCharsets.UTF_8);
    SectionKind.of(name).ifPresent(kind -> Objects.requireNonNull(kind.target()));
    VerifierLog.parse(name);
    VerifierLog.explain(name, Map.of(0, "nothing"));
  }
}
