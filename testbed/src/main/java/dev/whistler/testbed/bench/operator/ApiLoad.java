package dev.whistler.testbed.bench.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an API server did until a moment.
 *
 * @param nanos the moment
 * @param requests by what they ask for, see {@link MetricsText#requests}
 * @param storedBytes size of etcd's database
 */
public record ApiLoad(long nanos, Map<String, Double> requests, double storedBytes) {
  private static final Set<String> WRITES =
      Set.of("POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION");

  /** What Kubernetes' own controllers write about nodes without a kubelet, and the tests make. */
  private static final Set<String> OF_OTHERS =
      Set.of("nodes", "nodes/status", "serviceaccounts/token", "endpoints", "endpointslices");

  /** Asks the API server. */
  public static ApiLoad now(KubernetesClient client) {
    MetricsText text = MetricsText.parse(client.raw("/metrics"));
    return new ApiLoad(
        System.nanoTime(), text.requests(), text.sum("apiserver_storage_size_bytes"));
  }

  /** Requests since an earlier moment. */
  public Map<String, Double> since(ApiLoad before) {
    Map<String, Double> more = new TreeMap<>();
    requests.forEach(
        (what, count) -> {
          double difference = count - before.requests.getOrDefault(what, 0.0);
          if (difference > 0) {
            more.put(what, difference);
          }
        });
    return more;
  }

  /** Of these requests those that write something of operator or agents. */
  public static Map<String, Double> writes(Map<String, Double> requests) {
    Map<String, Double> writes = new TreeMap<>(requests);
    writes
        .keySet()
        .removeIf(
            what -> {
              String[] words = what.split(" ");
              return !WRITES.contains(words[0]) || words.length < 2 || OF_OTHERS.contains(words[1]);
            });
    return writes;
  }

  /** How many in all. */
  public static double total(Map<String, Double> requests) {
    return requests.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
