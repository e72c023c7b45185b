package dev.whistler.crds;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link KernelProfile} says, in canonical form: two kernels that look alike have the same
 * bytes and so the same name, whichever agent computed them.
 *
 * <p>The bytes are one JSON object without white space, {@code
 * {"version":1,"arch":…,"formats":{…},"features":[…]}}, its formats and features sorted. Format
 * texts are kept without the {@code ID:} line (it changes per boot) and without {@code print fmt};
 * events that somebody created at run time are left out.
 *
 * @param architecture {@code x86-64} or {@code arm64}
 * @param formats canonical text of a format file by {@code category/event}
 * @param features such as {@code helper:xdp:51}, {@code map:27}, {@code prog:26}, {@code isa:4};
 *     empty means not known
 */
public record KernelProfileContent(
    String architecture, NavigableMap<String, String> formats, NavigableSet<String> features) {

  /** Most bytes of the canonical form; a kernel of today has about 1.2 MB. */
  public static final int MAX_BYTES = 16 << 20;

  /** Most bytes of its gzip; a kernel of today needs about 50 kB. */
  public static final int MAX_GZIP_BYTES = 768 * 1024;

  static final int MAX_BASE64 = (MAX_GZIP_BYTES + 2) / 3 * 4;

  private static final int VERSION = 1;
  private static final int MAX_FORMATS = 20_000;
  private static final int MAX_FORMAT_CHARACTERS = 64 * 1024;
  private static final int MAX_FEATURES = 20_000;
  private static final int MAX_NAME_CHARACTERS = 256;

  /** Groups whose events are made by users of the node and come and go. */
  private static final Set<String> DYNAMIC_GROUPS =
      Set.of("kprobes", "uprobes", "fprobes", "synthetic", "eprobes", "probe", "user_events");

  /** What such groups begin with where their tool numbers or names them itself. */
  private static final List<String> DYNAMIC_PREFIXES = List.of("user_events_", "ebpf_", "probe_");

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(MAX_BYTES)
                  .maxNestingDepth(3)
                  .maxStringLength(MAX_FORMAT_CHARACTERS)
                  .maxNameLength(MAX_NAME_CHARACTERS)
                  .build())
          .build();

  public KernelProfileContent {
    formats = Collections.unmodifiableNavigableMap(new TreeMap<>(formats));
    features = Collections.unmodifiableNavigableSet(new TreeSet<>(features));
  }

  /**
   * From what a node reads.
   *
   * @param architecture {@code x86-64} or {@code arm64}
   * @param formats text of each format file as read, by {@code category/event}
   * @param features what probes found; empty when nothing was probed
   */
  public static KernelProfileContent of(
      String architecture, Map<String, String> formats, Set<String> features) {
    NavigableMap<String, String> canonical = new TreeMap<>();
    formats.forEach(
        (event, text) -> {
          if (!isMadeAtRunTime(event)) {
            canonical.put(event, canonicalFormat(text));
          }
        });
    return new KernelProfileContent(architecture, canonical, new TreeSet<>(features));
  }

  /**
   * Whether an event's group is one of those whose events tools make; probes in other groups cannot
   * be told by their names.
   *
   * @param event {@code category/event}
   */
  public static boolean isMadeAtRunTime(String event) {
    String group = event.substring(0, Math.max(0, event.indexOf('/')));
    return DYNAMIC_GROUPS.contains(group) || DYNAMIC_PREFIXES.stream().anyMatch(group::startsWith);
  }

  /** The text without its {@code ID:} line and without what follows from {@code print fmt}. */
  static String canonicalFormat(String text) {
    int end = text.startsWith("print fmt:") ? 0 : text.indexOf("\nprint fmt:");
    String fields = end < 0 ? text : text.substring(0, end);
    return fields
        .lines()
        .filter(line -> !line.startsWith("ID:"))
        .collect(Collectors.joining("\n"))
        .strip();
  }

  /** The canonical bytes. */
  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 20);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("version", VERSION);
      json.writeStringField("arch", architecture);
      json.writeObjectFieldStart("formats");
      for (Map.Entry<String, String> format : formats.entrySet()) {
        json.writeStringField(format.getKey(), format.getValue());
      }
      json.writeEndObject();
      json.writeArrayFieldStart("features");
      for (String feature : features) {
        json.writeString(feature);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  /** The digest of the canonical bytes; its {@link Digest#name()} names the profile. */
  public Digest digest() {
    return Digest.of(bytes());
  }

  /**
   * The profile's spec.
   *
   * @throws MalformedContentException if this kernel is too large for an object
   */
  public KernelProfileSpec toSpec() throws MalformedContentException {
    byte[] bytes = bytes();
    byte[] gzip = Gzip.compress(bytes);
    if (bytes.length > MAX_BYTES || gzip.length > MAX_GZIP_BYTES) {
      throw new MalformedContentException(
          "The kernel's tracepoint formats need "
              + gzip.length
              + " bytes compressed, more than the "
              + MAX_GZIP_BYTES
              + " that an object holds.");
    }
    return new KernelProfileSpec(
        architecture, Digest.of(bytes).hex(), Base64.getEncoder().encodeToString(gzip));
  }

  /**
   * Reads and checks a profile that somebody wrote.
   *
   * @throws MalformedContentException if the content is not canonical, too large, or not what the
   *     digest and architecture say
   */
  public static KernelProfileContent read(KernelProfileSpec spec) throws MalformedContentException {
    if (spec.content().length() > MAX_BASE64) {
      throw new MalformedContentException(
          "The content is longer than " + MAX_BASE64 + " characters.");
    }
    byte[] gzip;
    try {
      gzip = Base64.getDecoder().decode(spec.content());
    } catch (IllegalArgumentException e) {
      throw new MalformedContentException("The content is not base64: " + e.getMessage() + ".");
    }
    byte[] bytes = Gzip.decompress(gzip, MAX_BYTES);
    if (!Digest.of(bytes).hex().equals(spec.digest())) {
      throw new MalformedContentException("The content does not have the digest that is stated.");
    }
    KernelProfileContent content = parse(bytes);
    if (!content.architecture.equals(spec.architecture())) {
      throw new MalformedContentException(
          "The content is of architecture "
              + content.architecture
              + ", not "
              + spec.architecture()
              + " as stated.");
    }
    if (!Arrays.equals(content.bytes(), bytes)) {
      throw new MalformedContentException("The content is not in canonical form.");
    }
    return content;
  }

  private static KernelProfileContent parse(byte[] bytes) throws MalformedContentException {
    try (JsonParser json = JSON.createParser(bytes)) {
      expect(json.nextToken(), JsonToken.START_OBJECT);
      expectField(json, "version");
      expect(json.nextToken(), JsonToken.VALUE_NUMBER_INT);
      if (json.getIntValue() != VERSION) {
        throw new MalformedContentException(
            "The content has version "
                + json.getIntValue()
                + "; this operator reads version "
                + VERSION
                + ".");
      }
      expectField(json, "arch");
      expect(json.nextToken(), JsonToken.VALUE_STRING);
      String architecture = json.getText();
      expectField(json, "formats");
      NavigableMap<String, String> formats = parseFormats(json);
      expectField(json, "features");
      NavigableSet<String> features = parseFeatures(json);
      expect(json.nextToken(), JsonToken.END_OBJECT);
      return new KernelProfileContent(architecture, formats, features);
    } catch (IOException e) {
      throw new MalformedContentException("The content is not the JSON it should be.");
    }
  }

  private static NavigableMap<String, String> parseFormats(JsonParser json)
      throws IOException, MalformedContentException {
    expect(json.nextToken(), JsonToken.START_OBJECT);
    NavigableMap<String, String> formats = new TreeMap<>();
    for (String event = json.nextFieldName(); event != null; event = json.nextFieldName()) {
      expect(json.nextToken(), JsonToken.VALUE_STRING);
      formats.put(event, json.getText());
      if (formats.size() > MAX_FORMATS) {
        throw new MalformedContentException("There are more than " + MAX_FORMATS + " formats.");
      }
    }
    expect(json.currentToken(), JsonToken.END_OBJECT);
    return formats;
  }

  private static NavigableSet<String> parseFeatures(JsonParser json)
      throws IOException, MalformedContentException {
    expect(json.nextToken(), JsonToken.START_ARRAY);
    NavigableSet<String> features = new TreeSet<>();
    while (json.nextToken() == JsonToken.VALUE_STRING) {
      features.add(json.getText());
      if (features.size() > MAX_FEATURES) {
        throw new MalformedContentException("There are more than " + MAX_FEATURES + " features.");
      }
    }
    expect(json.currentToken(), JsonToken.END_ARRAY);
    return features;
  }

  private static void expectField(JsonParser json, String name)
      throws IOException, MalformedContentException {
    if (!name.equals(json.nextFieldName())) {
      throw new MalformedContentException("The content lacks \"" + name + "\" at its place.");
    }
  }

  private static void expect(@Nullable JsonToken found, JsonToken wanted)
      throws MalformedContentException {
    if (found != wanted) {
      throw new MalformedContentException(
          "The content has " + found + " where " + wanted + " belongs.");
    }
  }
}
