package dev.whistler.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A thread that sends numbered packets to itself over the loopback interface of the namespace in
 * which it was made. It takes each window of packets in again before it sends the next: the kernel
 * drops none for want of room, and one that a program lets fall is missed.
 */
final class PacketSender implements Producer {
  /** First word of the payload. */
  static final int MAGIC = 0x57484953;

  private static final int WINDOW = 64;
  private static final int PAYLOAD_BYTES = 16;
  private static final long LIMIT_SECONDS = 60;

  private final DatagramChannel channel;
  private final int id;
  private long number;
  private CompletableFuture<Void> sending = CompletableFuture.completedFuture(null);

  /**
   * @param id second word of the payload; the number of the packet follows in eight bytes
   */
  PacketSender(int id) {
    this.id = id;
    try {
      channel = DatagramChannel.open(StandardProtocolFamily.INET);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
      channel.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
      channel.connect(channel.getLocalAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void begin(int packets) {
    sending = new CompletableFuture<>();
    CompletableFuture<Void> end = sending;
    Thread.ofPlatform()
        .daemon()
        .name("sender-" + id)
        .start(
            () -> {
              try {
                send(packets);
                end.complete(null);
              } catch (IOException e) {
                end.completeExceptionally(e);
              }
            });
  }

  private void send(int packets) throws IOException {
    ByteBuffer out = ByteBuffer.allocateDirect(PAYLOAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer in = ByteBuffer.allocateDirect(PAYLOAD_BYTES);
    for (int sent = 0; sent < packets; ) {
      int window = Math.min(WINDOW, packets - sent);
      for (int i = 0; i < window; i++) {
        channel.write(out.clear().putInt(MAGIC).putInt(id).putLong(number++).flip());
      }
      for (int i = 0; i < window; i++) {
        channel.read(in.clear());
      }
      sent += window;
    }
  }

  @Override
  public void await() {
    try {
      sending.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("a packet was sent and did not come", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
