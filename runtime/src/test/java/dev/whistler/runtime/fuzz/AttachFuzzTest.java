package dev.whistler.runtime.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.whistler.bpf.link.UserSymbol;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.schema.Attach;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.ProgramSchema;
import dev.whistler.runtime.schema.SchemaException;
import dev.whistler.runtime.schema.SchemaReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Arbitrary bytes as what a program attaches to: the member of a schema, and the name of a function
 * with version and place. Any other exception than the ones that say what is wrong is a finding.
 */
class AttachFuzzTest {
  private static final Path LIBRARY = Path.of("/lib/x86_64-linux-gnu/libc.so.6");

  private static final String SCHEMA =
      """
      {"version":1,"compiler":"fuzz","arch":"x86-64","programs":[{"name":"p","symbol":"p",\
      "type":"kprobe","section":"uprobe","canonicalSection":"uprobe","attach":%s,\
      "license":"GPL","sleepable":false}],"maps":[],"structs":[],"knobs":[],"constants":[],\
      "requires":{},"digest":"00"}\
      """;

  @FuzzTest(maxDuration = "5m")
  void attachMember(byte[] input) {
    String member = new String(input, StandardCharsets.UTF_8);
    try {
      ObjectSchema schema =
          SchemaReader.read(SCHEMA.formatted(member).getBytes(StandardCharsets.UTF_8));
      for (ProgramSchema program : schema.programs()) {
        if (program.attach() instanceof Attach.Uprobe(var _, var _, long offset, var _)
            && offset < 0) {
          throw new AssertionError("a place before the function: " + offset);
        }
      }
    } catch (SchemaException refused) {
      // What is wrong is said.
    }
  }

  /** NAME[@VERSION] or [@@VERSION], looked for in a library that has versions. */
  @FuzzTest(maxDuration = "5m")
  void functionName(byte[] input) {
    try {
      long offset = UserSymbol.offset(LIBRARY, new String(input, StandardCharsets.UTF_8));
      if (UserSymbol.boundary(LIBRARY, offset) == UserSymbol.Boundary.INSIDE) {
        throw new AssertionError("a function begins inside of an instruction");
      }
    } catch (BpfException refused) {
      // What is wrong is said.
    }
  }
}
