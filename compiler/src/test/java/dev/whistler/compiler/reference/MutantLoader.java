package dev.whistler.compiler.reference;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.proof.Examiner;
import dev.whistler.compiler.proof.PassExaminer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;

/**
 * Loads the code generator anew with one class compiled from a mutant's source. Front end, typed
 * trees and interpreter are those of the parent.
 */
final class MutantLoader extends ClassLoader {
  private static final Pattern OWN =
      Pattern.compile(
          "dev\\.whistler\\.compiler\\.((flow|ir|pass|emit|object)\\..*"
              + "|reference\\.WhistlerCodeGenerator|proof\\.(?!Examiner$).*)");

  /** The whole compiler, but for the interface by which it is asked. */
  private static final Pattern WHOLE =
      Pattern.compile("dev\\.whistler\\.compiler\\.(?!reference\\.SourceCompiler$).*");

  private final Map<String, byte[]> mutated;
  private final Pattern own;

  private MutantLoader(Map<String, byte[]> mutated, Pattern own) {
    super(MutantLoader.class.getClassLoader());
    this.mutated = mutated;
    this.own = own;
    // The check of the IR between passes is part of what finds defects.
    setDefaultAssertionStatus(true);
  }

  /** The code generator with the defect. */
  static CodeGenerator load(Mutant mutant) throws IOException, ReflectiveOperationException {
    return (CodeGenerator) load(mutant, OWN, WhistlerCodeGenerator.class);
  }

  /** Proofs about passes with the defect. */
  static Examiner loadExaminer(Mutant mutant) throws IOException, ReflectiveOperationException {
    return (Examiner) load(mutant, OWN, PassExaminer.class);
  }

  /** The whole compiler with the defect. */
  static SourceCompiler loadCompiler(Mutant mutant)
      throws IOException, ReflectiveOperationException {
    return (SourceCompiler) load(mutant, WHOLE, WhistlerSourceCompiler.class);
  }

  private static Object load(Mutant mutant, Pattern own, Class<?> type)
      throws IOException, ReflectiveOperationException {
    return new MutantLoader(compile(mutant), own)
        .loadClass(type.getName())
        .getDeclaredConstructor()
        .newInstance();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!own.matcher(name).matches()) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      byte[] bytes = mutated.containsKey(name) ? mutated.get(name) : original(name);
      return defineClass(name, bytes, 0, bytes.length);
    }
  }

  private byte[] original(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private static Map<String, byte[]> compile(Mutant mutant) throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    String text = mutant.source();
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///" + mutant.file()), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    Map<String, ByteArrayOutputStream> classes = new HashMap<>();
    StringWriter messages = new StringWriter();
    try (JavaFileManager files =
        new InMemory(javac.getStandardFileManager(null, null, null), classes)) {
      boolean compiled =
          javac
              .getTask(
                  messages,
                  files,
                  null,
                  List.of("-proc:none", "-nowarn", "-implicit:none", "-cp", classPath()),
                  null,
                  List.of(source))
              .call();
      if (!compiled) {
        throw new IllegalStateException(mutant + " does not compile: " + messages);
      }
    }
    Map<String, byte[]> result = new HashMap<>();
    classes.forEach((name, bytes) -> result.put(name, bytes.toByteArray()));
    return result;
  }

  private static String classPath() {
    return place(Compiler.class) + ":" + place(NullMarked.class);
  }

  private static Path place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Keeps classes in memory. */
  private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes;

    InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
      super(files);
      this.classes = classes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(
          URI.create("memory:///" + className.replace('.', '/') + ".class"), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          classes.put(className, bytes);
          return bytes;
        }
      };
    }
  }
}
