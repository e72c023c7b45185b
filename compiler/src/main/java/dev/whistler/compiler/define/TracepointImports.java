package dev.whistler.compiler.define;

import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.Shape.InRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code deftracepoint} imported, by event and by source name of the field (section 13). */
public final class TracepointImports {
  private final Map<String, Event> events = new LinkedHashMap<>();

  /** An imported event: its fields, and the optional ones that the kernel lacks. */
  public static final class Event {
    private final String name;
    private final Map<String, Field<InRecord>> fields = new LinkedHashMap<>();
    private final List<String> absent = new ArrayList<>();
    private final Map<String, String> unusable = new LinkedHashMap<>();
    private boolean exists = true;

    Event(String name) {
      this.name = name;
    }

    /** {@code category/event} as the kernel spells it. */
    public String name() {
      return name;
    }

    /** Fields by source name, with hyphens. */
    public Map<String, Field<InRecord>> fields() {
      return fields;
    }

    /** Source names of optional fields that the kernel lacks. */
    public List<String> absent() {
      return absent;
    }

    /** Why fields cannot be read, by source name: {@code is an array of two dimensions}. */
    public Map<String, String> unusable() {
      return unusable;
    }

    /** False for an optional import of an event that the kernel lacks. */
    public boolean exists() {
      return exists;
    }

    public void markAbsent() {
      exists = false;
    }
  }

  Event event(String name) {
    return events.computeIfAbsent(name, Event::new);
  }

  public Optional<Event> find(String name) {
    return Optional.ofNullable(events.get(name));
  }

  public Iterable<Event> all() {
    return events.values();
  }

  /** The kernel's spelling of an event or field: lower case, underscores. */
  public static String kernelName(String source) {
    return source.replace('-', '_');
  }

  public static String sourceName(String kernel) {
    return kernel.replace('_', '-');
  }
}
