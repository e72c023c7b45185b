package dev.whistler.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers why it took no more, which {@link PrintStream} does not tell. */
final class StandardOutput extends OutputStream {
  private static final Path LINK = Path.of("/proc/self/fd/1");

  private final FileOutputStream target = new FileOutputStream(FileDescriptor.out);
  private @Nullable IOException failure;

  private StandardOutput() {}

  /** Takes the place of {@link System#out}. */
  static StandardOutput install() {
    StandardOutput output = new StandardOutput();
    System.setOut(new PrintStream(new BufferedOutputStream(output), false, System.out.charset()));
    return output;
  }

  /**
   * Whether it goes to another program. Such an output fails when nobody reads it any more, as
   * behind {@code | head}, which is no fault.
   */
  static boolean isPipe() {
    try {
      String link = Files.readSymbolicLink(LINK).toString();
      return link.startsWith("pipe:") || link.startsWith("socket:");
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      target.write(bytes, offset, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /** Writes what is left, and returns the exit code of a command that wrote to it. */
  int finish(int exitCode) {
    System.out.flush();
    if (failure == null || isPipe()) {
      return exitCode;
    }
    System.err.println("whistler: standard output: " + failure.getMessage());
    return exitCode == 0 ? CommandFailure.MACHINE : exitCode;
  }
}
