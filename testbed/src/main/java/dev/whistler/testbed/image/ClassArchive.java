package dev.whistler.testbed.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.zip.CRC32;

/**
 * The JVM's cache of loaded and linked classes. Start-up falls to a third with it.
 *
 * <p>Dumped from a list of classes, it differs from dump to dump in one thing: soft references in
 * its heap note the milliseconds of the machine's clock. They are set to zero, which is what a
 * reference has that was not used for long, and the checksums are made anew. Which words these are
 * is not guessed: they differ between two dumps, and in both lie in the time that the dump took.
 */
final class ClassArchive {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int MAGIC = 0xf00baba2;
  private static final int HEADER_CHECKSUM = 4;
  private static final int HEADER_SIZE = 12;
  private static final int CHECKED_HEADER = 16;

  /** Distances from a region's checksum, in {@code CDSFileMapRegion} of JDK 25. */
  private static final int REGION_OFFSET = 24;

  private static final int REGION_USED = 40;

  private ClassArchive() {}

  /**
   * One dump.
   *
   * @param bytes the archive
   * @param before {@code CLOCK_MONOTONIC} in ms before the dump
   * @param after the same after it
   */
  record Dump(ByteBuffer bytes, long before, long after) {
    boolean isDuring(long millis) {
      return before <= millis && millis <= after;
    }
  }

  /** Adds the class cache to the image. */
  static void addTo(ImageRoot root) {
    ClassList classes = ClassList.trained().withOurs(root.jars());
    Dump first = dump(root, classes);
    Dump second = dump(root, classes);
    root.add(ImageRoot.CLASS_CACHE, canonical(first, second));
  }

  private static Dump dump(ImageRoot root, ClassList classes) {
    String list = ImageRoot.APPLICATION + "/classes.list";
    String archive = ImageRoot.APPLICATION + "/classes.new";
    try {
      Files.write(root.path(list), classes.text().getBytes(StandardCharsets.UTF_8));
      long before = clock();
      String log =
          HostTool.run(
              LIMIT,
              root.folder(),
              InsideImage.command(root, JavaCommand.dump("/" + list, "/" + archive)));
      long after = clock();
      if (!Files.exists(root.path(archive))) {
        throw new ImageException("The JVM made no class cache: " + log.strip());
      }
      return new Dump(
          ByteBuffer.wrap(Files.readAllBytes(root.path(archive))).order(ByteOrder.nativeOrder()),
          before,
          after);
    } catch (IOException e) {
      throw new ImageException("The class cache cannot be read: " + e.getMessage(), e);
    } finally {
      deleteQuietly(root, list);
      deleteQuietly(root, archive);
    }
  }

  private static void deleteQuietly(ImageRoot root, String inside) {
    try {
      Files.deleteIfExists(root.path(inside));
    } catch (IOException e) {
      throw new ImageException("Cannot remove " + inside + ": " + e.getMessage(), e);
    }
  }

  private static long clock() {
    return System.nanoTime() / 1_000_000;
  }

  /**
   * The bytes that both dumps have in common once clock values are out.
   *
   * @throws ImageException when they differ in anything else, or the format is not the known one
   */
  static byte[] canonical(Dump one, Dump other) {
    ByteBuffer a = one.bytes();
    ByteBuffer b = other.bytes();
    int header = a.getInt(HEADER_SIZE);
    require(a.getInt(0) == MAGIC, "its magic number is another one");
    require(a.capacity() == b.capacity(), "two dumps differ in size");
    require(
        checksum(a, CHECKED_HEADER, header) == a.getInt(HEADER_CHECKSUM),
        "the header's checksum is another one");
    int region = -1;
    for (int at = CHECKED_HEADER; at + Integer.BYTES <= header; at += Integer.BYTES) {
      if (a.getInt(at) != b.getInt(at)) {
        require(region < 0, "two dumps differ in more than one region");
        region = at;
      }
    }
    if (region >= 0) {
      zeroClocks(one, other, region);
      a.putInt(HEADER_CHECKSUM, checksum(a, CHECKED_HEADER, header));
    }
    return a.array();
  }

  private static void zeroClocks(Dump one, Dump other, int region) {
    ByteBuffer a = one.bytes();
    int from = Math.toIntExact(a.getLong(region + REGION_OFFSET));
    int to = from + Math.toIntExact(a.getLong(region + REGION_USED));
    require(checksum(a, from, to) == a.getInt(region), "a region's checksum is another one");
    for (int at = from; at + Long.BYTES <= to; at += Long.BYTES) {
      long mine = a.getLong(at);
      long theirs = other.bytes().getLong(at);
      if (mine != theirs) {
        require(
            one.isDuring(mine) && other.isDuring(theirs),
            "two dumps differ in more than clock values");
        a.putLong(at, 0);
      }
    }
    a.putInt(region, checksum(a, from, to));
  }

  private static int checksum(ByteBuffer bytes, int from, int to) {
    CRC32 crc = new CRC32();
    crc.update(bytes.slice(from, to - from));
    return (int) crc.getValue();
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new ImageException(
          "The class cache of this JDK cannot be made reproducible: "
              + what
              + "; build with --no-class-cache, or with the JDK that the documentation names.");
    }
  }
}
