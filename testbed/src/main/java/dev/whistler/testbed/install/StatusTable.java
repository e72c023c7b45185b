package dev.whistler.testbed.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What {@code kubectl get} prints: the API server itself fills the columns of the CRD. */
public final class StatusTable {

  private static final String AS_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
  private static final int LIMIT_SECONDS = 10;

  private StatusTable() {}

  /** The table of all WhistlerPrograms, as lines with aligned columns. */
  public static String of(KubernetesClient client) {
    String url = client.getMasterUrl() + "apis/whistler.dev/v1alpha1/whistlerprograms";
    var http = client.getHttpClient();
    try {
      String body =
          http.sendAsync(
                  http.newHttpRequestBuilder().uri(url).header("Accept", AS_TABLE).build(),
                  String.class)
              .get(LIMIT_SECONDS, TimeUnit.SECONDS)
              .body();
      return render(new ObjectMapper().readTree(body));
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("The API server gave no table of programs.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted.", e);
    }
  }

  /** Columns of priority 0, which are those that are shown without {@code -o wide}. */
  static String render(JsonNode table) {
    List<List<String>> rows = new ArrayList<>();
    List<Integer> shown = new ArrayList<>();
    List<String> header = new ArrayList<>();
    JsonNode columns = table.get("columnDefinitions");
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).path("priority").asInt() == 0) {
        shown.add(i);
        header.add(columns.get(i).get("name").asText().toUpperCase(Locale.ROOT));
      }
    }
    rows.add(header);
    for (JsonNode row : table.path("rows")) {
      JsonNode cells = row.get("cells");
      rows.add(shown.stream().map(i -> cells.get(i).asText()).toList());
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
        line.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 3));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
