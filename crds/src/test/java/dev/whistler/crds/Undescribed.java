package dev.whistler.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;

/** Finds fields of a CRD without a description: {@code kubectl explain} would be silent there. */
final class Undescribed {
  private Undescribed() {}

  static List<String> fields(String yaml) {
    CustomResourceDefinition crd = Serialization.unmarshal(yaml, CustomResourceDefinition.class);
    List<String> found = new ArrayList<>();
    JSONSchemaProps root = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    root.getProperties().forEach((name, part) -> collect(part, name, found));
    return found;
  }

  private static void collect(JSONSchemaProps schema, String path, List<String> found) {
    if (schema.getProperties() != null) {
      schema
          .getProperties()
          .forEach(
              (name, child) -> {
                String childPath = path + "." + name;
                if (child.getDescription() == null) {
                  found.add(childPath);
                }
                collect(child, childPath, found);
              });
    }
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      collect(schema.getItems().getSchema(), path + "[]", found);
    }
  }
}
