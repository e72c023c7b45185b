package dev.whistler.crds;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Generates the CRDs from the types, with what the generator's annotations cannot say. */
final class CrdYaml {
  static final List<Class<? extends HasMetadata>> KINDS =
      List.of(
          WhistlerProgram.class,
          WhistlerRevision.class,
          WhistlerArtifact.class,
          WhistlerNode.class,
          KernelProfile.class,
          KernelProfileRequest.class,
          KernelTypes.class,
          WhistlerSink.class);

  /** Most entries of a map from label keys, knobs or profiles to text. */
  private static final long MAX_PROPERTIES = 256;

  /** Lists that server-side apply merges by key: path below the schema's root, and the key. */
  private static final Map<String, String> MERGED_LISTS =
      Map.of("status.conditions", "type", "status.programs", "uid");

  private CrdYaml() {}

  /** YAML by file name, {@code PLURAL.whistler.dev.yaml}. */
  static Map<String, String> generate() throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (Class<? extends HasMetadata> kind : KINDS) {
      Output output = new Output();
      new CRDGenerator()
          .customResourceClasses(List.of(kind))
          .forCRDVersions("v1")
          .withParallelGenerationEnabled(false)
          .withPostProcessor(new Completion(kind))
          .withOutput(output)
          .generate();
      files.put(output.name.replace("-v1", "") + ".yaml", output.bytes.toString(UTF_8));
    }
    return files;
  }

  /** Adds bounds, list keys, required specs and the declared order of columns. */
  private record Completion(Class<? extends HasMetadata> kind) implements CRDPostProcessor {
    @Override
    public HasMetadata process(HasMetadata crd, String version) {
      for (CustomResourceDefinitionVersion served :
          ((CustomResourceDefinition) crd).getSpec().getVersions()) {
        JSONSchemaProps root = served.getSchema().getOpenAPIV3Schema();
        bound(root, "");
        // The generator has no description of a kind; kubectl explain begins with it.
        root.setDescription(kind.getAnnotation(JsonClassDescription.class).value());
        Map<String, JSONSchemaProps> spec = root.getProperties().get("spec").getProperties();
        // A kind that only has a status, such as WhistlerNode, is created without a spec.
        if (spec != null && !spec.isEmpty()) {
          root.setRequired(List.of("spec"));
        }
        List<String> columns =
            Stream.of(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        served
            .getAdditionalPrinterColumns()
            .sort(Comparator.comparingInt(column -> columns.indexOf(column.getName())));
      }
      return crd;
    }
  }

  private static void bound(JSONSchemaProps schema, String path) {
    if (schema.getAdditionalProperties() != null) {
      schema.setMaxProperties(MAX_PROPERTIES);
    }
    String key = MERGED_LISTS.get(path);
    if (key != null) {
      schema.setXKubernetesListType("map");
      schema.setXKubernetesListMapKeys(List.of(key));
    }
    if (schema.getItems() != null) {
      bound(schema.getItems().getSchema(), path + "[]");
    }
    if (schema.getProperties() != null) {
      schema
          .getProperties()
          .forEach((name, child) -> bound(child, path.isEmpty() ? name : path + "." + name));
    }
  }

  private static final class Output implements CRDGenerator.CRDOutput<ByteArrayOutputStream> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private String name = "";

    @Override
    public ByteArrayOutputStream outputFor(String crdName) {
      name = crdName;
      return bytes;
    }

    @Override
    public URI crdURI(String crdName) {
      return URI.create("file:/" + crdName); // only named in messages
    }

    @Override
    public void close() {
      // Nothing to release: the bytes are read after the generator has closed its output.
    }
  }
}
