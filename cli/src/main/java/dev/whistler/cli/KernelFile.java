package dev.whistler.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A kernel as a file: one gzipped JSON object with {@code version} (1), {@code arch}, {@code
 * release}, {@code formats}, and the optional {@code btf} and {@code features}.
 *
 * @param arch {@code x86-64} or {@code arm64}
 * @param release for messages only
 * @param formats {@code category/event} to the text of its format file, as the kernel prints it
 * @param btf the kernel's BTF, or null
 * @param features sorted features such as {@code helper:xdp:51}, or null when not recorded
 */
public record KernelFile(
    String arch,
    String release,
    SortedMap<String, String> formats,
    byte @Nullable [] btf,
    @Nullable List<String> features) {
  /** Largest file that is read. */
  static final int FILE_LIMIT = 64 << 20;

  /** Largest content after decompression: 64 MiB of BTF as base64, and the rest. */
  private static final long CONTENT_LIMIT = 160L << 20;

  /** Bytes of BTF (section 22). */
  private static final int BTF_LIMIT = 64 << 20;

  /** Characters of all formats; Linux 6.18 has some 4 million. */
  private static final int FORMATS_LIMIT = 32 << 20;

  /** Events, and features; Linux 6.18 has some 2,500, and fewer than 10,000. */
  private static final int ENTRIES_LIMIT = 50_000;

  /** Characters of names, features and the release. */
  private static final int NAME_LIMIT = 1_024;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(FORMATS_LIMIT)
                  .maxNameLength(NAME_LIMIT)
                  .maxNestingDepth(4)
                  .maxDocumentLength(CONTENT_LIMIT)
                  .build())
          .build();

  public KernelFile {
    formats = Collections.unmodifiableSortedMap(new TreeMap<>(formats));
    features = features == null ? null : List.copyOf(features);
  }

  /**
   * Reads a kernel file.
   *
   * @throws IOException with a sentence, if the bytes are not a kernel file
   */
  public static KernelFile parse(byte[] bytes) throws IOException {
    try (WholeFile in = new WholeFile(bytes);
        JsonParser json = JSON.createParser(in)) {
      KernelFile kernel = parse(json);
      if (json.nextToken() != null) {
        throw new IOException("something stands behind its end");
      }
      in.checkEnd();
      return kernel;
    }
  }

  /** A gzip file of one part, whose check sum and length are right and behind which nothing is. */
  private static final class WholeFile extends GZIPInputStream {
    /** CRC and length. */
    private static final int TRAILER = 8;

    WholeFile(byte[] bytes) throws IOException {
      super(new ByteArrayInputStream(bytes), Math.max(bytes.length, 1));
    }

    /** To be called when the content was read; reading the end is what checks the trailer. */
    void checkEnd() throws IOException {
      // The file is in the inflater's buffer as a whole, so what it left is the rest of the file.
      if (read() >= 0 || inf.getRemaining() > TRAILER) {
        throw new IOException("something stands behind its end");
      }
    }
  }

  /** Takes decoded BTF up to its limit, without ever holding much more than it. */
  private static final class BoundedBytes extends OutputStream {
    private byte[] bytes = new byte[1 << 16];
    private int length;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int start, int count) throws IOException {
      if (count > BTF_LIMIT - length) {
        throw new IOException("its types are larger than " + BTF_LIMIT + " bytes");
      }
      if (count > bytes.length - length) {
        int wanted = Math.max(length + count, (int) Math.min(BTF_LIMIT, 2L * bytes.length));
        bytes = Arrays.copyOf(bytes, wanted);
      }
      System.arraycopy(from, start, bytes, length, count);
      length += count;
    }

    byte[] toBytes() {
      return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
  }

  private static KernelFile parse(JsonParser json) throws IOException {
    String arch = null;
    String release = "";
    byte[] btf = null;
    List<String> features = null;
    long characters = 0;
    SortedMap<String, String> formats = new TreeMap<>();
    expect(json, json.nextToken(), JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "version" -> {
          if (json.getIntValue() != 1) {
            throw new IOException(
                "kernel file version " + json.getIntValue() + " is not known; only 1 is");
          }
        }
        case "arch" -> arch = name(json);
        case "release" -> release = name(json);
        case "btf" -> {
          expect(json, value, JsonToken.VALUE_STRING);
          BoundedBytes decoded = new BoundedBytes();
          try {
            json.readBinaryValue(decoded);
          } catch (IllegalArgumentException e) {
            throw new IOException("its types are no base64", e);
          }
          btf = decoded.toBytes();
        }
        case "formats" -> {
          expect(json, value, JsonToken.START_OBJECT);
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String event = json.currentName();
            expect(json, json.nextToken(), JsonToken.VALUE_STRING);
            characters += json.getTextLength();
            if (characters > FORMATS_LIMIT || formats.size() == ENTRIES_LIMIT) {
              throw new IOException("it holds more formats than any kernel has");
            }
            formats.put(event, json.getText());
          }
        }
        case "features" -> {
          expect(json, value, JsonToken.START_ARRAY);
          features = new ArrayList<>();
          while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json, json.currentToken(), JsonToken.VALUE_STRING);
            if (features.size() == ENTRIES_LIMIT) {
              throw new IOException("it holds more features than any kernel has");
            }
            features.add(name(json));
          }
        }
        default -> json.skipChildren();
      }
    }
    if (arch == null) {
      throw new IOException("a kernel file needs the member \"arch\"");
    }
    return new KernelFile(arch, release, formats, btf, features);
  }

  private static String name(JsonParser json) throws IOException {
    expect(json, json.currentToken(), JsonToken.VALUE_STRING);
    if (json.getTextLength() > NAME_LIMIT) {
      throw new IOException("it holds a name of " + json.getTextLength() + " characters");
    }
    return json.getText();
  }

  private static void expect(JsonParser json, @Nullable JsonToken found, JsonToken expected)
      throws IOException {
    if (found != expected) {
      throw new IOException(
          "expected %s at line %d, found %s"
              .formatted(expected, json.currentLocation().getLineNr(), found));
    }
  }

  /** The bytes of this kernel as a file; equal kernels give equal bytes. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(new GZIPOutputStream(out), JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberField("version", 1);
      json.writeStringField("arch", arch);
      json.writeStringField("release", release);
      json.writeObjectFieldStart("formats");
      for (var format : formats.entrySet()) {
        json.writeStringField(format.getKey(), format.getValue());
      }
      json.writeEndObject();
      if (btf != null) {
        json.writeStringField("btf", Base64.getEncoder().encodeToString(btf));
      }
      if (features != null) {
        json.writeArrayFieldStart("features");
        for (String feature : features) {
          json.writeString(feature);
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return out.toByteArray();
  }
}
