package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.type.StructLayout;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of a struct at macro time (section 9.5).
 *
 * @param layout the struct
 * @param components by field name; what is missing is 0
 */
record StructRecord(StructLayout layout, Map<String, Datum> components) implements Datum {
  StructRecord {
    components = Map.copyOf(components);
  }

  @Override
  public @Nullable SourceRange range() {
    return null;
  }
}
