package dev.whistler.operator.cluster;

import dev.whistler.crds.Selector;
import dev.whistler.operator.Examples;
import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.installation.Contact;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.profile.Profiles;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What is known of a cluster with one node, and of one that is gone; tells what is asked of it. */
public final class ClusterOfOne extends ClusterWatch {
  private final Consumer<String> asked;

  /**
   * @param asked gets the name of each question before it is answered, and may throw
   */
  public ClusterOfOne(OperatorConfig config, OperatorMetrics metrics, Consumer<String> asked) {
    super(null, config, new Contact(System::nanoTime, Duration.ofSeconds(10)), metrics);
    this.asked = asked;
  }

  @Override
  public boolean isComplete() {
    asked.accept("isComplete");
    return true;
  }

  @Override
  public Collection<ClusterNode> nodes() {
    asked.accept("nodes");
    return List.of(Examples.node("a", "p1"));
  }

  @Override
  public List<ClusterNode> selected(Selector selector) {
    return List.copyOf(nodes());
  }

  @Override
  public Profiles profiles() {
    asked.accept("profiles");
    return super.profiles();
  }

  @Override
  public Set<String> leasesWithoutNode() {
    asked.accept("leasesWithoutNode");
    return Set.of("gone");
  }

  @Override
  public Set<String> reportsWithoutNode() {
    asked.accept("reportsWithoutNode");
    return Set.of();
  }

  @Override
  public Set<String> forgottenProfiles() {
    asked.accept("forgottenProfiles");
    return Set.of();
  }

  @Override
  public Set<String> forgottenTypes() {
    asked.accept("forgottenTypes");
    return Set.of("forgotten");
  }
}
