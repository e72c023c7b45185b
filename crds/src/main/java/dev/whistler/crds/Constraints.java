package dev.whistler.crds;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks values that reach us without the API server's schema by the same annotations from which
 * that schema is generated.
 */
final class Constraints {
  private static final Map<String, java.util.regex.Pattern> PATTERNS = new ConcurrentHashMap<>();

  private Constraints() {}

  /** The first constraint that a value breaks, as a part of a sentence without text of its own. */
  static Optional<String> defect(Record value) {
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      AnnotatedElement rules = component.getAccessor();
      @Nullable Object part = read(component, value);
      Optional<String> defect =
          part == null
              ? missing(rules).map(complaint -> component.getName() + " " + complaint)
              : defect(component.getName(), part, rules, component.getAnnotatedType());
      if (defect.isPresent()) {
        return defect;
      }
    }
    return Optional.empty();
  }

  private static @Nullable Object read(RecordComponent component, Record value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the parts of a public record can be read", e);
    }
  }

  private static Optional<String> missing(AnnotatedElement rules) {
    return rules.isAnnotationPresent(Required.class) ? Optional.of("is missing") : Optional.empty();
  }

  private static Optional<String> defect(
      String name, Object value, AnnotatedElement rules, AnnotatedType type) {
    // Sizes first: a pattern is only tried on what is short.
    Optional<String> own = outOfSize(value, rules).or(() -> outOfForm(value, rules));
    if (own.isPresent()) {
      return Optional.of(name + " " + own.get());
    }
    return switch (value) {
      case Record inner -> defect(inner).map(complaint -> name + "." + complaint);
      case List<?> elements -> firstDefect(name, elements, type);
      case Map<?, ?> entries -> firstDefect(name, entries.values(), type);
      default -> Optional.empty();
    };
  }

  private static Optional<String> firstDefect(
      String name, Collection<?> elements, AnnotatedType type) {
    AnnotatedType[] parameters =
        ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments();
    AnnotatedType element = parameters[parameters.length - 1];
    return elements.stream()
        .flatMap(each -> defect(name + "[]", each, element, element).stream())
        .findFirst();
  }

  private static Optional<String> outOfSize(Object value, AnnotatedElement rules) {
    @Nullable Size size = rules.getAnnotation(Size.class);
    if (size != null) {
      long length =
          switch (value) {
            case String text -> text.codePointCount(0, text.length());
            case Collection<?> elements -> elements.size();
            case Map<?, ?> entries -> entries.size();
            default -> size.min();
          };
      if (length < size.min() || length > size.max()) {
        return Optional.of("has another size than it may");
      }
    }
    if (value instanceof Number number) {
      @Nullable Min min = rules.getAnnotation(Min.class);
      @Nullable Max max = rules.getAnnotation(Max.class);
      if ((min != null && number.doubleValue() < min.value())
          || (max != null && number.doubleValue() > max.value())) {
        return Optional.of("is out of range");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> outOfForm(Object value, AnnotatedElement rules) {
    @Nullable Pattern pattern = rules.getAnnotation(Pattern.class);
    return pattern != null
            && value instanceof String text
            && !PATTERNS
                .computeIfAbsent(pattern.value(), java.util.regex.Pattern::compile)
                .matcher(text)
                .find()
        ? Optional.of("has another form than it may")
        : Optional.empty();
  }
}
