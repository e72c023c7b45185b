package dev.whistler.testbed.install;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one of our processes has of its own.
 *
 * @param settings system properties
 * @param wrapper a command that becomes the process that is given to it as its last arguments, such
 *     as {@code nsenter}; empty for none
 * @param jvm options of its JVM, which win
 */
public record ProcessOptions(Map<String, String> settings, List<String> wrapper, List<String> jvm) {

  /** Nothing of its own. */
  public static final ProcessOptions NONE = new ProcessOptions(Map.of(), List.of(), List.of());

  public ProcessOptions {
    settings = Map.copyOf(settings);
    wrapper = List.copyOf(wrapper);
    jvm = List.copyOf(jvm);
  }

  /** With the JVM's usual options. */
  public ProcessOptions(Map<String, String> settings, List<String> wrapper) {
    this(settings, wrapper, List.of());
  }

  /** The same with more settings, which win. */
  public ProcessOptions with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(more);
    return new ProcessOptions(all, wrapper, jvm);
  }

  /** The same with options of its JVM. */
  public ProcessOptions withJvm(List<String> options) {
    return new ProcessOptions(settings, wrapper, options);
  }
}
