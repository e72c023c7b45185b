package dev.whistler.testbed.bench.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the operator's benchmark reads and expects, without a cluster. */
final class MetricsTextTest {
  private static final String TEXT =
      """
      # HELP apiserver_request_total Counter of requests.
      # TYPE apiserver_request_total counter
      apiserver_request_total{code="200",group="coordination.k8s.io",resource="leases",subresource="",verb="PUT"} 40
      apiserver_request_total{code="409",group="coordination.k8s.io",resource="leases",subresource="",verb="PUT"} 2
      apiserver_request_total{code="200",group="whistler.dev",resource="whistlernodes",subresource="status",verb="PUT"} 7
      apiserver_request_total{code="200",group="",resource="nodes",subresource="status",verb="PATCH"} 9
      apiserver_request_total{code="200",group="",resource="nodes",subresource="",verb="LIST"} 1
      apiserver_storage_size_bytes{storage_cluster_id="etcd-0"} 2.5e+07
      go_threads 12 1700000000
      jobs_largest{queue="a b"} +Inf
      ratio NaN
      """;

  @Test
  void requestsAreToldByWhatTheyAskFor() {
    MetricsText text = MetricsText.parse(TEXT);
    assertThat(text.requests())
        .isEqualTo(
            Map.of(
                "PUT leases", 40.0,
                "PUT leases 409", 2.0,
                "PUT whistlernodes/status", 7.0,
                "PATCH nodes/status", 9.0,
                "LIST nodes", 1.0));
    assertThat(text.sum("apiserver_storage_size_bytes")).isEqualTo(2.5e7);
    assertThat(text.sum("go_threads")).isEqualTo(12);
    assertThat(text.sum("jobs_largest")).isInfinite();
    assertThat(text.sum("ratio")).isNaN();
  }

  @Test
  void writesAreThoseOfOperatorAndAgents() {
    Map<String, Double> requests = MetricsText.parse(TEXT).requests();
    assertThat(ApiLoad.writes(requests))
        .containsOnlyKeys("PUT leases", "PUT leases 409", "PUT whistlernodes/status");
    assertThat(new ApiLoad(0, requests, 0).since(new ApiLoad(0, Map.of("PUT leases", 30.0), 0)))
        .containsEntry("PUT leases", 10.0)
        .containsEntry("LIST nodes", 1.0);
  }

  @Test
  void answerSetsFollowFromLayouts() {
    assertThat(IntStream.range(0, 4).map(kind -> ProgramCorpus.answerSets(kind, 12)))
        .containsExactly(1, 4, 2, 8);
    assertThat(IntStream.range(0, 4).map(kind -> ProgramCorpus.answerSets(kind, 1)))
        .containsExactly(1, 1, 1, 1);
    assertThat(ProgramCorpus.source(1, 0)).isNotEqualTo(ProgramCorpus.source(1, 1));
  }

  @Test
  void optionsThatAreNotItsOwnAreLeft() {
    List<String> rest = new ArrayList<>();
    OperatorEffort effort =
        OperatorEffort.parse(List.of("--short", "--nodes", "7", "-o", "file"), rest);
    assertThat(effort)
        .isEqualTo(OperatorEffort.parse(List.of("--nodes", "7", "--short"), new ArrayList<>()));
    assertThat(effort.nodes()).isEqualTo(7);
    assertThat(effort.kernels()).isEqualTo(OperatorEffort.SHORT.kernels());
    assertThat(rest).containsExactly("--short", "-o", "file");
    assertThatThrownBy(() -> OperatorEffort.parse(List.of("--nodes"), new ArrayList<>()))
        .hasMessage("--nodes takes a number from 1 on.");
    assertThatThrownBy(() -> OperatorEffort.parse(List.of("--nodes", "0"), new ArrayList<>()))
        .hasMessage("--nodes takes a number from 1 on.");
  }
}
