package dev.whistler.operator.installation;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while another installation holds the cluster, and says which. */
@Readiness
final class InstallationReadiness implements HealthCheck {
  private static final String NAME = "only installation";

  private final OnlyInstallation installation;

  InstallationReadiness(OnlyInstallation installation) {
    this.installation = installation;
  }

  @Override
  public HealthCheckResponse call() {
    return installation.isHeld()
        ? HealthCheckResponse.up(NAME)
        : HealthCheckResponse.named(NAME)
            .down()
            .withData("obstacle", installation.obstacle())
            .build();
  }
}
