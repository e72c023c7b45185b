package dev.whistler.compiler.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.compiler.declaration.Declarations;
import dev.whistler.compiler.declaration.Language;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.StructLayout;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Declarations are compiled by their own toolchains; they decode records of random structs that the
 * kernel wrote to the values that it was told, and encode these to the same bytes.
 */
class DeclarationsTest {
  private static final int STRUCTS = Integer.getInteger("whistler.declarations.structs", 100);

  private static final Pattern NUMBER = Pattern.compile("(?<!\\w)-?\\d+(?!\\w)");

  private static final RandomStructs RANDOM = new RandomStructs(11);
  private static final List<StructLayout> LAYOUTS = RANDOM.structs(STRUCTS);
  private static final List<List<BigInteger>> VALUES =
      LAYOUTS.stream().map(RANDOM::values).toList();
  private static final String SCHEMA = schema(LAYOUTS);

  /** Lines of a struct's number and the record in hex. */
  private static List<String> records = List.of();

  @TempDir Path directory;

  /** Without root, what the kernel would write. */
  @BeforeAll
  static void kernelWritesTheRecords() {
    List<byte[]> expected = new ArrayList<>();
    for (int i = 0; i < STRUCTS; i++) {
      expected.add(RandomStructs.bytes(LAYOUTS.get(i), VALUES.get(i)));
    }
    List<byte[]> written =
        "root".equals(System.getProperty("user.name"))
            ? KernelRecords.write(LAYOUTS, VALUES)
            : expected;
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < STRUCTS; i++) {
      assertThat(written.get(i)).as("struct " + i).isEqualTo(expected.get(i));
      lines.add(i + " " + HexFormat.of().formatHex(written.get(i)));
    }
    records = List.copyOf(lines);
  }

  private static String schema(List<StructLayout> structs) {
    TypedUnit unit =
        new TypedUnit(
            structs, List.of(), List.of(), List.of(), null, List.of(), List.of(), List.of(),
            List.of(), Map.of(), Map.of(), List.of());
    return SchemaWriter.write(unit, "test", "x86-64", List.of(), "");
  }

  private static String declarations(Language language) {
    return Declarations.write(language, SCHEMA, "records");
  }

  @Test
  void cCompilerAgreesWithTheLayout() throws Exception {
    assumeTrue(present("clang-19"), "no clang-19");
    Files.writeString(directory.resolve("records.h"), declarations(Language.C));
    Files.writeString(directory.resolve("a.c"), "#include \"records.h\"\nint x;\n");

    assertThat(run("clang-19", "-std=c11", "-Wall", "-Werror", "-fsyntax-only", "a.c")).isEmpty();
    if (present("gcc")) {
      assertThat(run("gcc", "-std=c11", "-Wall", "-Werror", "-fsyntax-only", "a.c")).isEmpty();
    }
  }

  @Test
  void javaRoundTrip() throws Exception {
    Path source = directory.resolve("Records.java");
    Files.writeString(source, declarations(Language.JAVA));
    assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, source.toString()))
        .isZero();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, null)) {
      for (String line : records) {
        String[] parts = line.split(" ");
        Class<?> type = loader.loadClass("Records$S" + parts[0] + "Rec");
        byte[] bytes = HexFormat.of().parseHex(parts[1]);
        Object record = type.getMethod("decode", byte[].class, int.class).invoke(null, bytes, 0);
        assertThat(numbers(record.toString())).isEqualTo(VALUES.get(Integer.parseInt(parts[0])));
        assertThat(type.getMethod("encode").invoke(record)).isEqualTo(bytes);
      }
    }
  }

  @Test
  void pythonRoundTrip() throws Exception {
    assumeTrue(present("python3"), "no python3");
    Files.writeString(directory.resolve("records.py"), declarations(Language.PYTHON));
    Files.writeString(
        directory.resolve("main.py"),
        """
        import records
        for line in open("in"):
            n, text = line.split()
            cls = getattr(records, f"S{n}Rec")
            r = cls.decode(b"\\0" + bytes.fromhex(text), 1)
            assert cls.decode(r.encode()) == r
            print(n, r.encode().hex(), r)
        """);
    assertRoundTrip("python3", "main.py");
  }

  @Test
  void rustRoundTrip() throws Exception {
    assumeTrue(present("rustc"), "no rustc");
    StringBuilder main = new StringBuilder("#[allow(dead_code)]\nmod records;\n");
    main.append(
        "fn hex(b: &[u8]) -> String { b.iter().map(|x| format!(\"{:02x}\", x)).collect() }");
    main.append(
        """

        fn main() {
            for line in std::fs::read_to_string("in").unwrap().lines() {
                let (n, text) = line.split_once(' ').unwrap();
                let b: Vec<u8> = (0..text.len() / 2)
                    .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect();
                let out = match n {
        """);
    for (int i = 0; i < STRUCTS; i++) {
      main.append(
          ("\"%d\" => { let r = records::S%dRec::decode(&b, 0).unwrap();"
                  + " format!(\"{} {:?}\", hex(&r.encode()), r) }\n")
              .formatted(i, i));
    }
    main.append("_ => panic!(),\n};\nprintln!(\"{} {}\", n, out);\n}\n}\n");
    Files.writeString(directory.resolve("records.rs"), declarations(Language.RUST));
    Files.writeString(directory.resolve("main.rs"), main);
    assertThat(run("rustc", "--edition", "2021", "-D", "warnings", "main.rs")).isEmpty();
    assertRoundTrip("./main");
  }

  @Test
  void goRoundTrip() throws Exception {
    assumeTrue(present("go"), "no go");
    StringBuilder main =
        new StringBuilder(
            """
            package main
            import ("bufio"; "encoding/hex"; "fmt"; "os"; "strings"; "m/records")
            func main() {
              f, _ := os.Open("in")
              s := bufio.NewScanner(f)
              s.Buffer(nil, 1 << 22)
              for s.Scan() {
                p := strings.Fields(s.Text())
                b, _ := hex.DecodeString(p[1])
                var out string
                switch p[0] {
            """);
    for (int i = 0; i < STRUCTS; i++) {
      main.append(
          "case \""
              + i
              + "\": r, err := records.DecodeS"
              + i
              + "Rec(b, 0); if err != nil { panic(err) };"
              + " out = hex.EncodeToString(r.Encode()) + fmt.Sprintf(\" %v\", r)\n");
    }
    main.append("}\nfmt.Println(p[0], out)\n}\n}\n");
    Files.createDirectory(directory.resolve("records"));
    Files.writeString(directory.resolve("records/records.go"), declarations(Language.GO));
    Files.writeString(directory.resolve("go.mod"), "module m\n\ngo 1.21\n");
    Files.writeString(directory.resolve("main.go"), main);
    assertThat(run("go", "build", "-o", "main", ".")).isEmpty();
    assertRoundTrip("./main");
  }

  @Test
  void refusesWhatIsNoSchema() {
    assertThatThrownBy(() -> Declarations.write(Language.C, "{\"structs\":[{]}", "x"))
        .isInstanceOf(MalformedObjectException.class);
    assertThatThrownBy(
            () ->
                Declarations.write(
                    Language.C,
                    "{\"structs\":[{\"name\":\"a\",\"cname\":\"a; evil\",\"size\":1,\"align\":1,"
                        + "\"fields\":[]}]}",
                    "x"))
        .isInstanceOf(MalformedObjectException.class);
  }

  private void assertRoundTrip(String... command) throws Exception {
    Files.write(directory.resolve("in"), records);
    List<String> lines = run(command).lines().toList();
    assertThat(lines).hasSameSizeAs(records);
    for (int i = 0; i < lines.size(); i++) {
      String encoded = records.get(i);
      assertThat(lines.get(i)).startsWith(encoded + " ");
      assertThat(numbers(lines.get(i).substring(encoded.length()))).isEqualTo(VALUES.get(i));
    }
  }

  /** The numbers in the text of a record, which are its values in order. */
  private static List<BigInteger> numbers(String record) {
    return NUMBER.matcher(record).results().map(r -> new BigInteger(r.group())).toList();
  }

  private boolean present(String tool) {
    for (String path : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(path, tool))) {
        return true;
      }
    }
    return false;
  }

  private String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
