package dev.whistler.compiler.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every message has a text and a source that makes the compiler say it: an example of the
 * catalogue, a golden diagnostic, or an entry of {@code golden/messages.txt}, which says of the
 * others why no small source does.
 */
class MessagesTest {
  private static final String NO_SOURCE = "No source: ";

  /** Sources that nobody would want to read. */
  private static final Map<String, String> LONG =
      Map.of(
          "character-not-text", "\"\0\"",
          "source-too-long", " ".repeat(1 << 20) + "0",
          "string-too-long", "\"" + "a".repeat(16_385) + "\"",
          "too-many-forms", "0 ".repeat(10_001),
          "too-many-tokens", "(" + "0 ".repeat(500_001) + ")");

  private static final Pattern PLACE = Pattern.compile("\\{[a-z][^{}]*}");

  @Test
  void textsStandInTheOrderOfTheConstants() {
    assertThat(Templates.all().keySet())
        .containsExactlyElementsOf(Stream.of(Message.values()).map(Message::key).toList());
    assertThat(Message.values())
        .isSortedAccordingTo(Comparator.comparing(Message::code).thenComparing(Message::key));
  }

  /** A place that is misspelt, as {@code {Name}}, would be said as it stands. */
  @Test
  void everyBraceBeginsAPlace() {
    for (Template template : Templates.all().values()) {
      String said = template.text() + " " + template.hint();
      assertThat(PLACE.matcher(said).replaceAll("").replace("~{ ", "")).doesNotContain("{", "}");
    }
  }

  @Test
  void nounsAgreeWithTheirNumber() {
    assertThat(Message.OPERANDS_EXACTLY.with("load", 1, 3).text())
        .isEqualTo("load takes 1 operand, not 3");
    assertThat(Message.OPERANDS_EXACTLY.with("load", 2, 3).text())
        .isEqualTo("load takes 2 operands, not 3");
  }

  @Test
  void argumentsAreQuotedAsTheyAre() {
    Sentence sentence = Message.MAP_UNKNOWN.with("$1{map}\\", null);
    assertThat(sentence.text()).isEqualTo("unknown map $1{map}\\");
    assertThat(sentence.hint()).isNull();
  }

  @Test
  void aMissingArgumentIsADefect() {
    assertThatThrownBy(() -> Message.MAP_UNKNOWN.with("m"))
        .hasMessageContaining("MAP_UNKNOWN takes the arguments [map, hint], not 1");
    assertThatThrownBy(() -> Message.MAP_UNKNOWN.with(null, "hint"))
        .hasMessageContaining("MAP_UNKNOWN");
  }

  /**
   * No diagnostic is what two messages could say equally well, so that it is known which it was.
   */
  @Test
  void everyMessageIsShownByASource() throws IOException, URISyntaxException {
    Set<Message> missing = EnumSet.allOf(Message.class);
    for (String text : examples()) {
      new Example(text).diagnostics().forEach(d -> missing.remove(messageOf(d)));
    }
    assertThat(missing.stream().map(Message::key))
        .containsExactlyInAnyOrderElementsOf(entries().keySet());
  }

  @TestFactory
  Stream<DynamicTest> sourcesShowTheirMessage() {
    return entries().entrySet().stream()
        .filter(entry -> !entry.getValue().startsWith(NO_SOURCE))
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(), () -> shows(entry.getKey(), entry.getValue())));
  }

  private static void shows(String key, String text) {
    List<Diagnostic> diagnostics = new Example(text).diagnostics();
    assertThat(diagnostics.stream().map(MessagesTest::messageOf).map(Message::key))
        .as(diagnostics.toString())
        .contains(key);
  }

  /** The sources that the catalogue and the golden diagnostics hold. */
  private static List<String> examples() throws IOException, URISyntaxException {
    List<String> texts = new ArrayList<>();
    Catalogue.entries().values().forEach(entry -> entry.example().ifPresent(texts::add));
    Path folder = Path.of(MessagesTest.class.getResource("/golden/diagnostics").toURI());
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".w")).toList()) {
        texts.add(Files.readString(file));
      }
    }
    return texts;
  }

  /** {@code ## KEY}, then a source or why there is none. */
  private static Map<String, String> entries() {
    Map<String, String> entries = new LinkedHashMap<>(LONG);
    for (String entry : resource("/golden/messages.txt").split("(?m)^## ")) {
      if (!entry.isBlank()) {
        int end = entry.indexOf('\n');
        assertThat(entries.put(entry.substring(0, end), entry.substring(end + 1).strip()))
            .as(entry)
            .isNull();
      }
    }
    return entries;
  }

  private static String resource(String name) {
    try (InputStream in = MessagesTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- which message it was

  /** The message with most of the characters of a diagnostic that no argument gave. */
  private static Message messageOf(Diagnostic diagnostic) {
    Map<Integer, List<Message>> fitting =
        Stream.of(Message.values())
            .filter(message -> message.code() == diagnostic.code() && fits(message, diagnostic))
            .collect(Collectors.groupingBy(message -> fixedCharacters(message, diagnostic)));
    List<Message> best = fitting.get(Collections.max(fitting.keySet()));
    assertThat(best).as(diagnostic.toString()).hasSize(1);
    return best.getFirst();
  }

  private static boolean fits(Message message, Diagnostic diagnostic) {
    Template template = message.template();
    String hint = diagnostic.hint();
    return pattern(template.text()).matcher(diagnostic.message()).matches()
        && (hint == null
            ? template.hint() == null || PLACE.matcher(template.hint()).find()
            : template.hint() != null && pattern(template.hint()).matcher(hint).matches());
  }

  private static Pattern pattern(String template) {
    return Pattern.compile(
        Stream.of(PLACE.split(template, -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }

  /** Without a hint, one more if the message never has one. */
  private static int fixedCharacters(Message message, Diagnostic diagnostic) {
    Template template = message.template();
    int inHint =
        diagnostic.hint() != null
            ? fixedCharacters(template.hint())
            : template.hint() == null ? 1 : 0;
    return fixedCharacters(template.text()) + inHint;
  }

  private static int fixedCharacters(@Nullable String template) {
    return template == null ? 0 : PLACE.matcher(template).replaceAll("").length();
  }
}
