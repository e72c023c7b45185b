package dev.whistler.bpf.link;

/** A program attached somewhere; closing it takes the program away. */
public interface Attachment extends AutoCloseable {
  @Override
  void close();
}
