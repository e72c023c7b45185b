package dev.whistler.e2e.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.testbed.cluster.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What service accounts asked the API server for, as it wrote it down itself. */
final class AuditLog {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> READS = Set.of("get", "list", "watch");

  /**
   * A request that was answered.
   *
   * @param user name of the account, as in {@code system:serviceaccount:NAMESPACE:NAME}
   * @param agent what the client called itself; ours have the name of their process
   * @param verb as in rules of roles
   * @param group API group; empty for the core's
   * @param resource with the subresource, as in {@code whistlerprograms/status}
   * @param name of the object; empty for collections, and for what is created
   * @param code of HTTP
   */
  record Request(
      String user,
      String agent,
      String verb,
      String group,
      String resource,
      String namespace,
      String name,
      int code) {
    boolean isRead() {
      return READS.contains(verb);
    }
  }

  private final Path file;

  private AuditLog(Path file) {
    this.file = file;
  }

  /** That of a cluster; skips where there is none. */
  static AuditLog of(TestCluster cluster) {
    assumeTrue(cluster.auditLog().isPresent(), "this cluster's API server is not ours to ask");
    return new AuditLog(cluster.auditLog().orElseThrow());
  }

  /** All that was answered until now, in its order. */
  List<Request> requests() {
    try (Stream<String> lines = Files.lines(file)) {
      List<Request> requests = new ArrayList<>();
      // The last line may be half written.
      lines.filter(line -> line.endsWith("}")).forEach(line -> requests.add(request(line)));
      return requests;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Request request(String line) {
    try {
      JsonNode event = JSON.readTree(line);
      JsonNode object = event.path("objectRef");
      String subresource = object.path("subresource").asText("");
      return new Request(
          event.path("user").path("username").asText(""),
          event.path("userAgent").asText(""),
          event.path("verb").asText(""),
          object.path("apiGroup").asText(""),
          object.path("resource").asText("") + (subresource.isEmpty() ? "" : "/" + subresource),
          object.path("namespace").asText(""),
          object.path("name").asText(""),
          event.path("responseStatus").path("code").asInt());
    } catch (IOException e) {
      throw new UncheckedIOException("Not an audit event: " + line, e);
    }
  }
}
