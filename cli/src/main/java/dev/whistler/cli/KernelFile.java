package dev.whistler.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
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

  /** Largest content after decompression: 64 MiB of BTF as base64 and as much for the formats. */
  private static final long CONTENT_LIMIT = 160L << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(100 << 20)
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
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes));
        JsonParser json = JSON.createParser(in)) {
      return parse(json);
    }
  }

  private static KernelFile parse(JsonParser json) throws IOException {
    String arch = null;
    String release = "";
    byte[] btf = null;
    List<String> features = null;
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
        case "arch" -> arch = json.getText();
        case "release" -> release = json.getText();
        case "btf" -> btf = Base64.getDecoder().decode(json.getText());
        case "formats" -> {
          expect(json, value, JsonToken.START_OBJECT);
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String event = json.currentName();
            expect(json, json.nextToken(), JsonToken.VALUE_STRING);
            formats.put(event, json.getText());
          }
        }
        case "features" -> {
          expect(json, value, JsonToken.START_ARRAY);
          features = new ArrayList<>();
          while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json, json.currentToken(), JsonToken.VALUE_STRING);
            features.add(json.getText());
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
