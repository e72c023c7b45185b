package dev.whistler.testbed.bench.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.crds.Group;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What is stored of our kinds.
 *
 * @param counts objects by kind
 * @param largest bytes of the largest one by kind, as JSON
 * @param answerSets different pairs of a program's text and answers about a kernel, of artifacts
 */
public record StoredObjects(Map<String, Long> counts, Map<String, Long> largest, long answerSets) {
  private static final int PAGE = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads all of them. */
  public static StoredObjects now(KubernetesClient client) {
    Map<String, Long> counts = new TreeMap<>();
    Map<String, Long> largest = new TreeMap<>();
    Map<String, Boolean> answers = new TreeMap<>();
    for (String kind :
        new String[] {
          "whistlerprograms",
          "whistlerrevisions",
          "whistlerartifacts",
          "whistlernodes",
          "kernelprofiles"
        }) {
      counts.put(kind, 0L);
      each(
          client,
          kind,
          item -> {
            counts.merge(kind, 1L, Long::sum);
            largest.merge(kind, (long) item.toString().length(), Math::max);
            if (kind.equals("whistlerartifacts")) {
              JsonNode spec = item.path("spec");
              answers.put(
                  spec.path("programUid").asText()
                      + spec.path("sourceDigest").asText()
                      + spec.path("answersDigest").asText(),
                  true);
            }
          });
    }
    return new StoredObjects(counts, largest, answers.size());
  }

  private static void each(KubernetesClient client, String kind, Consumer<JsonNode> with) {
    String next = "";
    do {
      String path =
          "/apis/%s/%s/%s?limit=%d%s"
              .formatted(
                  Group.NAME, Group.VERSION, kind, PAGE, next.isEmpty() ? "" : "&continue=" + next);
      JsonNode page;
      try {
        page = JSON.readTree(client.raw(path));
      } catch (IOException e) {
        throw new UncheckedIOException("The list of " + kind + " is no JSON.", e);
      }
      page.path("items").forEach(with);
      next = page.path("metadata").path("continue").asText("");
    } while (!next.isEmpty());
  }
}
