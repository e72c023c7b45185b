package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads payloads: whatever of them is not understood is said, and nothing is made up. */
final class PayloadReader {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_NUMBER = 64;
  private static final int MAX_NAME = 512;

  private static final Pattern FEATURE = Pattern.compile(RevisionPayload.FEATURE);
  private static final int MAX_FEATURE = 64;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(RevisionPayload.MAX_BYTES)
                          .maxNumberLength(MAX_NUMBER)
                          .maxNameLength(MAX_NAME)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .annotationIntrospector(new NothingIsIgnored())
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  private PayloadReader() {}

  /** In resources fields of a newer version are left out; in a payload that would change it. */
  private static final class NothingIsIgnored extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public JsonIgnoreProperties.Value findPropertyIgnoralByName(
        MapperConfig<?> config, Annotated annotated) {
      return JsonIgnoreProperties.Value.empty();
    }
  }

  /**
   * Reads.
   *
   * @param known what the reader understands: what else is required is said before anything that
   *     only its writer can explain
   * @throws TamperedContentException if no operator writes such bytes; the message is a part of a
   *     sentence without text of theirs
   * @throws UnknownContentException if a newer operator may have written them
   */
  static RevisionPayload read(byte[] bytes, Set<String> known)
      throws TamperedContentException, UnknownContentException {
    if (bytes.length > RevisionPayload.MAX_BYTES) {
      throw new TamperedContentException("its payload is too large");
    }
    try {
      JsonNode tree = JSON.readTree(bytes);
      if (tree == null || !tree.isObject() || hasNull(tree)) {
        throw new TamperedContentException("its payload is no object, or has a null in it");
      }
      Optional<String> unknown = unknownRequirement(tree.path("requires"), known);
      try {
        return checked(JSON.treeToValue(tree, RevisionPayload.class));
      } catch (UnrecognizedPropertyException e) {
        throw new UnknownContentException(unknown.orElseGet(() -> fieldOf(e)));
      } catch (IOException | TamperedContentException e) {
        if (unknown.isPresent()) {
          throw new UnknownContentException(unknown.get());
        }
        throw e;
      }
    } catch (IOException e) {
      throw new TamperedContentException("its payload is not JSON of a revision");
    }
  }

  private static RevisionPayload checked(RevisionPayload payload) throws TamperedContentException {
    Optional<String> defect =
        Constraints.defect(payload)
            .or(
                () ->
                    Optional.ofNullable(payload.nodeSelector())
                        .flatMap(Selector::defect)
                        .map(none -> "its nodeSelector is none"));
    if (defect.isPresent()) {
      throw new TamperedContentException("in its payload " + defect.get());
    }
    return payload;
  }

  private static boolean hasNull(JsonNode tree) {
    if (tree.isNull()) {
      return true;
    }
    for (JsonNode child : tree) {
      if (hasNull(child)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> unknownRequirement(JsonNode requires, Set<String> known) {
    for (JsonNode name : requires) {
      if (name.isTextual() && isFeature(name.textValue()) && !known.contains(name.textValue())) {
        return Optional.of(name.textValue());
      }
    }
    return Optional.empty();
  }

  private static boolean isFeature(String name) {
    return name.length() <= MAX_FEATURE && FEATURE.matcher(name).matches();
  }

  private static String fieldOf(UnrecognizedPropertyException e) {
    String name = e.getPropertyName();
    return name.matches("[A-Za-z]{1,64}") ? "the field " + name : "one of its fields";
  }
}
