package dev.whistler.compiler.form;

import dev.whistler.compiler.kernel.TracepointFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code deftracepoint} imported, by event and by source name of the field (section 13). */
final class TracepointImports {
  private final Map<String, Event> events = new LinkedHashMap<>();

  /** An imported event: its fields, and the optional ones that the kernel lacks. */
  static final class Event {
    private final String name;
    private final Map<String, TracepointFormat.Field> fields = new LinkedHashMap<>();
    private final List<String> absent = new ArrayList<>();
    private final Map<String, String> unusable = new LinkedHashMap<>();
    private boolean exists = true;

    Event(String name) {
      this.name = name;
    }

    /** {@code category/event} as the kernel spells it. */
    String name() {
      return name;
    }

    /** Fields by source name, with hyphens. */
    Map<String, TracepointFormat.Field> fields() {
      return fields;
    }

    /** Source names of optional fields that the kernel lacks. */
    List<String> absent() {
      return absent;
    }

    /** Why fields cannot be read, by source name: {@code is an array of two dimensions}. */
    Map<String, String> unusable() {
      return unusable;
    }

    /** False for an optional import of an event that the kernel lacks. */
    boolean exists() {
      return exists;
    }

    void markAbsent() {
      exists = false;
    }
  }

  Event event(String name) {
    return events.computeIfAbsent(name, Event::new);
  }

  Optional<Event> find(String name) {
    return Optional.ofNullable(events.get(name));
  }

  Iterable<Event> all() {
    return events.values();
  }

  /** The kernel's spelling of an event or field: lower case, underscores. */
  static String kernelName(String source) {
    return source.replace('-', '_');
  }

  static String sourceName(String kernel) {
    return kernel.replace('_', '-');
  }
}
