package dev.whistler.runtime;

import static dev.whistler.runtime.SchemaText.field;
import static dev.whistler.runtime.SchemaText.structText;

import dev.whistler.runtime.maps.MapEntries;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/** An object built by clang that reports the {@code kill} calls of chosen processes. */
final class KillsObject {
  private static final String SECTION = "tracepoint/syscalls/sys_enter_kill";
  private static final int[] RING_BYTES = {
    1 << 12, 1 << 16, 1 << 18, 1 << 19, 1 << 20, 1 << 22, 1 << 24
  };
  private static final String BTF_SECTION = "tp_btf/sys_enter";
  private static final String BTF_ATTACH =
      "{'kind':'tracing','mode':'tp_btf','target':'sys_enter'}";
  private static final String UNKNOWN_EVENT = "no_such_event";

  private KillsObject() {}

  /**
   * @param attach the schema's attach member, in single quotes
   * @param section section of the program
   */
  static byte[] build(int ringBytes, String section, String attach) {
    String name = name(ringBytes, section, attach);
    return PrebuiltObjects.find(name)
        .orElseGet(
            () -> {
              Assumptions.assumeTrue(
                  Clang.isInstalled(),
                  Clang.PATH + " is not installed and " + name + " not built before");
              return compile(ringBytes, section, attach);
            });
  }

  /** The name under which an object is kept. */
  static String name(int ringBytes, String section, String attach) {
    return "kills-%d-%08x".formatted(ringBytes, (section + attach).hashCode());
  }

  private static byte[] compile(int ringBytes, String section, String attach) {
    try {
      Path directory = Files.createTempDirectory("kills");
      try {
        return build(directory, ringBytes, section, attach);
      } finally {
        try (var files = Files.list(directory)) {
          files.forEach(file -> file.toFile().delete());
        }
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] build(int ringBytes) {
    return build(ringBytes, SECTION, attach("sys_enter_kill"));
  }

  /** A file with it. */
  static Path write(Path directory, int ringBytes) throws IOException {
    return Files.write(directory.resolve("kills-" + ringBytes + ".o"), build(ringBytes));
  }

  /** The program on a tracepoint of another name, which no kernel has. */
  static byte[] buildForUnknownEvent(int ringBytes) {
    return build(ringBytes, SECTION, attach(UNKNOWN_EVENT));
  }

  /** The program on the BTF tracepoint of all system calls. */
  static byte[] buildForBtfTracepoint(int ringBytes) {
    return build(ringBytes, BTF_SECTION, BTF_ATTACH);
  }

  private static String attach(String event) {
    return "{'kind':'tracepoint','category':'syscalls','event':'" + event + "'}";
  }

  /** Builds what the tests ask for into a directory, see {@link PrebuiltObjects}. */
  static void buildAll(Path directory) throws IOException {
    for (int ringBytes : RING_BYTES) {
      for (UpdateTest.Kind kind : UpdateTest.Kind.values()) {
        if (!kind.ofPackets()) {
          PrebuiltObjects.keep(
              directory,
              name(ringBytes, kind.section(), kind.attach()),
              build(ringBytes, kind.section(), kind.attach()));
        }
      }
      PrebuiltObjects.keep(
          directory, name(ringBytes, BTF_SECTION, BTF_ATTACH), buildForBtfTracepoint(ringBytes));
      PrebuiltObjects.keep(
          directory,
          name(ringBytes, SECTION, attach(UNKNOWN_EVENT)),
          buildForUnknownEvent(ringBytes));
    }
  }

  private static byte[] build(Path directory, int ringBytes, String section, String attach)
      throws IOException {
    Path source = directory.resolve("kills.c");
    Path object = directory.resolve("kills.o");
    Path schema = directory.resolve("schema.json");
    try (InputStream in =
        Objects.requireNonNull(KillsObject.class.getResourceAsStream("kills.bpf.c"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(source, text.replace(SECTION, section));
    }
    Files.writeString(schema, schema(ringBytes, section, attach));
    boolean everyCall = section.endsWith("/sys_enter");
    Clang.run(
        Clang.PATH,
        "-target",
        "bpf",
        "-mcpu=v3",
        "-g",
        "-O2",
        "-c",
        "-DRING_BYTES=" + ringBytes,
        everyCall ? "-DEVERY_CALL" : "-DONE_CALL",
        source.toString(),
        "-o",
        object.toString());
    Clang.run(
        "/usr/bin/llvm-objcopy-19",
        "--add-section",
        ".whistler.schema=" + schema,
        object.toString());
    return Files.readAllBytes(object);
  }

  private static String schema(int ringBytes, String section, String attach) {
    String note =
        structText(
            "note",
            40,
            field("ts", 0, "u64", 8, "'kind':'ktime'"),
            field("number", 8, "u64", 8),
            field("pid", 16, "u32", 4, "'kind':'pid'"),
            field("comm", 20, "u8", 16, "'count':16", "'kind':'string'"));
    return """
    {'version':1,'compiler':'clang','arch':'x86-64','programs':[{'name':'on-kill',\
    'symbol':'on_kill','type':'tracepoint','section':'%s','canonicalSection':'%s',\
    'attach':%s,'license':'GPL','sleepable':false}],\
    'maps':[{'name':'notes','symbol':'notes','type':'ringbuf','maxEntries':%d,\
    'records':[{'struct':'note','size':40}]},\
    {'name':'wanted','symbol':'wanted','type':'hash','keySize':4,'valueSize':8,\
    'maxEntries':64,'key':'u32','value':'u64'}],\
    'structs':[%s],'stats':{'map':'stats','rings':['notes']},'knobs':[],'constants':[],\
    'requires':{},'digest':'00'}\
    """
        .formatted(section, section, attach, ringBytes, note)
        .replace('\'', '"');
  }

  /** Entries that choose a process. */
  static List<MapEntries> wanted(long pid) {
    return WantedProcesses.of(List.of(pid));
  }
}
