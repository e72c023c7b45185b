package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * Where the source of a program is, when it does not stand in the resource.
 *
 * @param configMapKeyRef a key of a labelled ConfigMap in the operator's namespace
 */
@ResourceValue
public record SourceReference(
    @Required
        @JsonPropertyDescription(
            "A key under data of a ConfigMap in the operator's namespace that has the label "
                + Group.SOURCE_LABEL
                + ", with any value. Its text is bounded as source is. Whoever may edit that"
                + " ConfigMap loads programs into the kernels of the selected nodes.")
        ConfigMapKey configMapKeyRef) {

  /**
   * A key of a ConfigMap.
   *
   * @param name the ConfigMap
   * @param key the key
   */
  @ResourceValue
  public record ConfigMapKey(
      @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the ConfigMap.")
          String name,
      @Required
          @Size(min = 1, max = 253)
          @Pattern("^[-._a-zA-Z0-9]+$")
          @JsonPropertyDescription("Key of the ConfigMap.")
          String key) {}
}
