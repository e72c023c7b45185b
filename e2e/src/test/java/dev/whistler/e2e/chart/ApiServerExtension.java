package dev.whistler.e2e.chart;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.TemporaryDirectory;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands out one cluster with our custom resources, and neither operator nor agents, to the tests of
 * what the API server itself refuses.
 */
final class ApiServerExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(ApiServerExtension.class);

  private record Started(TestCluster cluster, TemporaryDirectory logs, Installation installation)
      implements AutoCloseable {
    static Started start() {
      Repository repository = Repository.find();
      TestCluster cluster = TestCluster.start(repository, Progress.timed(System.err));
      try {
        TemporaryDirectory logs = TemporaryDirectory.create("whistler-chart-");
        return new Started(cluster, logs, Installation.on(cluster, repository, logs.path()));
      } catch (RuntimeException e) {
        cluster.close();
        throw e;
      }
    }

    @Override
    public void close() {
      installation.close();
      logs.close();
      cluster.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestCluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(Started.class, key -> Started.start(), Started.class)
        .cluster();
  }
}
