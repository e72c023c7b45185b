package dev.whistler.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionSpec;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Renders what docs/api.md says of each kind from its CRD and from its example. */
final class ApiDocument {
  /** A whole object of each kind that people write. */
  private static final Map<String, Path> EXAMPLES =
      Map.of("WhistlerProgram", Path.of("..", "examples", "forks.yaml"));

  private static final String ROW = "| %s | %s | %s | %s |%n";

  private ApiDocument() {}

  /** The part of the document about kinds. */
  static String kinds() throws IOException {
    Map<String, String> crds = CrdYaml.generate();
    StringBuilder text = new StringBuilder();
    for (var kind : CrdYaml.KINDS) {
      CustomResourceDefinition crd =
          crds.values().stream()
              .map(yaml -> Serialization.unmarshal(yaml, CustomResourceDefinition.class))
              .filter(one -> one.getSpec().getNames().getKind().equals(kind.getSimpleName()))
              .findFirst()
              .orElseThrow();
      append(crd.getSpec(), text);
    }
    return text.toString().stripTrailing();
  }

  private static void append(CustomResourceDefinitionSpec crd, StringBuilder text)
      throws IOException {
    String kind = crd.getNames().getKind();
    CustomResourceDefinitionVersion version = crd.getVersions().getFirst();
    JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
    text.append("\n## ").append(kind).append("\n\n");
    text.append(root.getDescription()).append("\n\n");
    text.append("`apiVersion: ").append(crd.getGroup()).append('/').append(version.getName());
    text.append("`, `kubectl get ").append(crd.getNames().getPlural()).append("` (");
    text.append(crd.getNames().getShortNames().stream().map(ApiDocument::code).collect(comma()));
    text.append("); columns ");
    text.append(
        version.getAdditionalPrinterColumns().stream()
            .map(column -> column.getName())
            .collect(comma()));
    text.append(".\n");
    appendRules(root, text);
    Path example = EXAMPLES.get(kind);
    if (example != null) {
      text.append("\n```yaml\n").append(Files.readString(example).strip()).append("\n```\n");
    }
    for (String part : List.of("spec", "status")) {
      JSONSchemaProps schema = root.getProperties().get(part);
      if (schema != null && schema.getProperties() != null) {
        appendRules(schema, text);
        text.append("\n| ").append(part).append(" | type | rules | |\n|---|---|---|---|\n");
        rows(schema, "", text);
      }
    }
  }

  private static void appendRules(JSONSchemaProps schema, StringBuilder text) {
    List<String> rules = rules(schema);
    if (!rules.isEmpty()) {
      text.append("\n");
      rules.forEach(rule -> text.append("- ").append(rule).append(".\n"));
    }
  }

  private static void rows(JSONSchemaProps object, String path, StringBuilder text) {
    object
        .getProperties()
        .forEach(
            (name, field) -> {
              String own = path + name;
              List<String> notes = new ArrayList<>();
              if (object.getRequired() != null && object.getRequired().contains(name)) {
                notes.add("required");
              }
              notes.addAll(notes(field));
              text.append(
                  ROW.formatted(
                      code(own),
                      type(field),
                      String.join("; ", notes),
                      cell(field.getDescription())));
              JSONSchemaProps inner = item(field);
              String below = own + (inner == field ? "." : "[].");
              if (inner.getProperties() != null) {
                rows(inner, below, text);
              }
            });
  }

  private static JSONSchemaProps item(JSONSchemaProps field) {
    return field.getItems() == null ? field : field.getItems().getSchema();
  }

  private static String type(JSONSchemaProps field) {
    if (field.getItems() != null) {
      return "list of " + type(item(field));
    }
    if (field.getAdditionalProperties() != null) {
      return "map to " + type(field.getAdditionalProperties().getSchema());
    }
    if (field.getXKubernetesIntOrString() != null && field.getXKubernetesIntOrString()) {
      return "integer or string";
    }
    return field.getType() == null ? "any" : field.getType();
  }

  /** What a value must fulfil, of a field and of the elements of a list or map. */
  private static List<String> notes(JSONSchemaProps field) {
    List<String> notes = new ArrayList<>();
    if (field.getDefault() != null) {
      notes.add("default " + code(field.getDefault().asText()));
    }
    range("characters", field.getMinLength(), field.getMaxLength(), notes);
    range("entries", field.getMinItems(), field.getMaxItems(), notes);
    range("entries", field.getMinProperties(), field.getMaxProperties(), notes);
    range("", whole(field.getMinimum()), whole(field.getMaximum()), notes);
    if (field.getEnum() != null && !field.getEnum().isEmpty()) {
      notes.add(field.getEnum().stream().map(value -> code(value.asText())).collect(comma()));
    }
    if (field.getPattern() != null) {
      notes.add(code(field.getPattern()));
    }
    notes.addAll(rules(field));
    JSONSchemaProps inner =
        field.getAdditionalProperties() == null
            ? item(field)
            : field.getAdditionalProperties().getSchema();
    if (inner != field) {
      List<String> each = notes(inner);
      if (!each.isEmpty()) {
        notes.add("each: " + String.join("; ", each));
      }
    }
    return notes;
  }

  private static List<String> rules(JSONSchemaProps schema) {
    return schema.getXKubernetesValidations() == null
        ? List.of()
        : schema.getXKubernetesValidations().stream()
            .map(ValidationRule::getMessage)
            .map(ApiDocument::cell)
            .toList();
  }

  private static @Nullable Long whole(@Nullable Double number) {
    return number == null ? null : number.longValue();
  }

  private static void range(
      String unit, @Nullable Long least, @Nullable Long most, List<String> notes) {
    String of = unit.isEmpty() ? "" : " " + unit;
    if (least != null && most != null) {
      notes.add(least.equals(most) ? least + of : least + " to " + most + of);
    } else if (least != null) {
      notes.add("at least " + least + of);
    } else if (most != null) {
      notes.add("at most " + most + of);
    }
  }

  private static String code(String text) {
    return "`" + cell(text) + "`";
  }

  /** Text that a cell of a table can hold. */
  private static String cell(@Nullable String text) {
    return text == null ? "" : text.replace("|", "\\|").replace("\n", " ");
  }

  private static java.util.stream.Collector<CharSequence, ?, String> comma() {
    return Collectors.joining(", ");
  }
}
