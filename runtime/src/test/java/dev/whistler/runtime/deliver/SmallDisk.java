package dev.whistler.runtime.deliver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A file system of few bytes, mounted where only a process of ours sees it; gone with that. */
final class SmallDisk implements AutoCloseable {
  private final Process holder;

  private SmallDisk(Process holder) {
    this.holder = holder;
  }

  static SmallDisk of(int bytes) throws IOException {
    Process holder =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=%d tmpfs /mnt && echo mounted && read end".formatted(bytes))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String answer =
        new BufferedReader(
                new InputStreamReader(holder.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    if (!"mounted".equals(answer)) {
      throw new IOException("no file system could be mounted; this needs root");
    }
    return new SmallDisk(holder);
  }

  Path path() {
    return Path.of("/proc/" + holder.pid() + "/root/mnt");
  }

  @Override
  public void close() throws IOException {
    holder.getOutputStream().close();
    holder.destroy();
  }
}
