package dev.whistler.agent.serve;

import dev.whistler.agent.Agent;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** Ready once the agent knows its kernel and has seen the revisions. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
final class Readiness implements HealthCheck {

  private final Agent agent;

  Readiness(Agent agent) {
    this.agent = agent;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.builder().name("agent").status(agent.ready()).build();
  }
}
