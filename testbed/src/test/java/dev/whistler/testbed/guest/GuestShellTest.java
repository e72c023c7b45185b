package dev.whistler.testbed.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The words on the serial line, with a shell of this machine at its other end. */
final class GuestShellTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** As the guest's first process starts it: scripts write to 3. */
  private static final String SERVE =
      "exec 3>&1; echo '%s' >&3; exec sh >/dev/null 2>&1".formatted(GuestShell.READY);

  @TempDir private Path directory;
  private ServerSocketChannel server;
  private Process guest;
  private GuestShell shell;

  @BeforeEach
  void boot() throws Exception {
    Path socket = directory.resolve("shell");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    guest = new ProcessBuilder("sh", "-c", SERVE).start();
    shell = GuestShell.connect(socket, guest, LIMIT);
    SocketChannel line = server.accept();
    copy(guest.getInputStream(), Channels.newOutputStream(line));
    copy(Channels.newInputStream(line), guest.getOutputStream());
    shell.awaitReady(LIMIT);
  }

  private static void copy(InputStream from, OutputStream to) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              byte[] buffer = new byte[4096];
              try {
                for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                  to.write(buffer, 0, n);
                  to.flush();
                }
              } catch (IOException closed) {
                // The test has ended.
              }
            });
  }

  @AfterEach
  void switchOff() throws Exception {
    shell.close();
    guest.destroyForcibly();
    server.close();
  }

  @Test
  void aScriptsOutputIsWhatItPrintedOnBothOutputs() throws Exception {
    assertThat(shell.run("echo größer\necho error >&2", LIMIT)).isEqualTo("größer\nerror\n");
    assertThat(shell.run("true", LIMIT)).isEmpty();
    assertThat(shell.run("seq 50000", LIMIT)).hasLineCount(50_000).endsWith("50000\n");
  }

  @Test
  void aFailureTellsTheScriptTheStatusAndTheOutput() {
    assertThatThrownBy(() -> shell.run("echo oh; exit 3", LIMIT))
        .isInstanceOf(GuestException.class)
        .hasMessage("in the guest, 'echo oh; exit 3' failed with 3: oh");
  }

  @Test
  void whatDoesNotEndIsNotWaitedForForEver() {
    assertThatThrownBy(() -> shell.run("sleep 20", Duration.ofMillis(200)))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("did not answer");
  }

  @Test
  void aGuestThatIsGoneIsSaidToBe() throws Exception {
    guest.destroyForcibly().waitFor();
    server.close();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 2; i++) {
                var _ = shell.run("echo you there", Duration.ofSeconds(2));
              }
            })
        .isInstanceOfAny(GuestException.class, IOException.class);
  }

  @Test
  void outputIsDecodedAsUtf8AcrossReads() throws Exception {
    String printed = shell.run("for i in $(seq 3000); do printf 'ü'; done", LIMIT);
    assertThat(printed.getBytes(StandardCharsets.UTF_8)).hasSize(6_000);
  }
}
