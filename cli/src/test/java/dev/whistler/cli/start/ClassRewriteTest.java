package dev.whistler.cli.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClassRewriteTest {
  /** A switch that goes on after a guard, and one that throws on null. */
  public static final class Sample implements Function<Object, String> {
    @Override
    public String apply(@Nullable Object value) {
      return switch (value) {
        case null -> "null";
        case String text when text.isEmpty() -> "empty";
        case CharSequence text -> "text " + text.length() + second(text);
        case Integer number -> "number " + number;
        default -> "other";
      };
    }

    private static String second(Object value) {
      return switch (value) {
        case StringBuilder b -> " built";
        case Object o -> "";
      };
    }
  }

  @TempDir Path directory;

  @Test
  void aSwitchOverTypesAnswersAsBeforeWithoutMakingAClass() throws Exception {
    byte[] rewritten = new ClassRewrite(Map.of()).rewrite(bytes(Sample.class));

    assertThat(dynamicOwners(rewritten)).doesNotContain("java/lang/runtime/SwitchBootstraps");
    Function<Object, String> before = new Sample();
    Function<Object, String> after = sample(rewritten);
    List<@Nullable Object> values = new ArrayList<>(List.of("", "ab", 7, 1.5));
    values.add(new StringBuilder("xyz"));
    values.add(null);
    for (Object value : values) {
      assertThat(after.apply(value)).isEqualTo(before.apply(value));
    }
  }

  @Test
  void aClassWithoutStackMapsGetsThemAndOthersStay() throws Exception {
    byte[] old = bytes(CommandLine.class);
    byte[] same = bytes(ClassRewriteTest.class);

    assertThat(ClassFile.of().parse(old).majorVersion()).isLessThan(ClassFile.JAVA_7_VERSION);
    byte[] rewritten = new ClassRewrite(Map.of()).rewrite(old);

    assertThat(ClassFile.of().parse(rewritten).majorVersion()).isEqualTo(ClassFile.JAVA_7_VERSION);
    assertThat(ClassFile.of().verify(rewritten)).isEmpty();
    assertThat(new ClassRewrite(Map.of()).rewrite(same)).isSameAs(same);
  }

  @Test
  void copiesEveryJarOfADirectory() throws IOException {
    Path from = Files.createDirectories(directory.resolve("from"));
    String entry = Sample.class.getName().replace('.', '/') + ".class";
    for (String name : List.of("cli-1.jar", "other-1.jar")) {
      try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(from.resolve(name)))) {
        out.putNextEntry(new JarEntry(entry));
        out.write(bytes(Sample.class));
        out.closeEntry();
      }
    }
    Path to = directory.resolve("to");

    ClassPathRewrite.copy(from, to);

    assertThat(to.resolve("other-1.jar")).hasSameBinaryContentAs(from.resolve("other-1.jar"));
    try (JarFile jar = new JarFile(to.resolve("cli-1.jar").toFile())) {
      byte[] rewritten = jar.getInputStream(jar.getJarEntry(entry)).readAllBytes();
      assertThat(dynamicOwners(rewritten)).doesNotContain("java/lang/runtime/SwitchBootstraps");
    }
  }

  private static byte[] bytes(Class<?> of) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            of.getResourceAsStream("/" + of.getName().replace('.', '/') + ".class"))) {
      return in.readAllBytes();
    }
  }

  /** Whose bootstrap methods the class calls. */
  private static List<String> dynamicOwners(byte[] bytes) {
    return ClassFile.of().parse(bytes).methods().stream()
        .flatMap(method -> method.code().stream())
        .flatMap(CodeModel::elementStream)
        .filter(InvokeDynamicInstruction.class::isInstance)
        .map(InvokeDynamicInstruction.class::cast)
        .map(dynamic -> dynamic.invokedynamic().bootstrap().bootstrapMethod())
        .map(method -> method.reference().owner().asInternalName())
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static Function<Object, String> sample(byte[] bytes) throws Exception {
    ClassLoader loader =
        new ClassLoader(ClassRewriteTest.class.getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.equals(Sample.class.getName())
                ? defineClass(name, bytes, 0, bytes.length)
                : super.loadClass(name, resolve);
          }
        };
    return (Function<Object, String>)
        loader.loadClass(Sample.class.getName()).getDeclaredConstructor().newInstance();
  }
}
