package dev.whistler.compiler.kernel;

import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.Shape.InRecord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parsed format of a tracepoint (section 13.3).
 *
 * @param event {@code category/event}
 * @param fields in order of the file, {@code common_*} included
 * @param unusable what is wrong with the other fields that the file names, by name: the rest of a
 *     sentence that begins with the field, for instance {@code is an array of two dimensions}
 */
public record TracepointFormat(
    String event, List<Field<InRecord>> fields, Map<String, String> unusable) {
  public TracepointFormat {
    fields = List.copyOf(fields);
    unusable = Collections.unmodifiableMap(new LinkedHashMap<>(unusable));
  }

  /** Without the fields that are not named. */
  TracepointFormat only(Set<String> names) {
    Map<String, String> odd = new LinkedHashMap<>(unusable);
    odd.keySet().retainAll(names);
    return new TracepointFormat(
        event, fields.stream().filter(field -> names.contains(field.name())).toList(), odd);
  }

  /** The field of that name. */
  public Optional<Field<InRecord>> field(String name) {
    for (Field<InRecord> field : fields) {
      if (field.name().equals(name)) {
        return Optional.of(field);
      }
    }
    return Optional.empty();
  }
}
