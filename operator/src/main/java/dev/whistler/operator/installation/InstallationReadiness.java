package dev.whistler.operator.installation;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready when this replica leads or stands by; says what is in the way when another installation
 * holds the cluster.
 */
@Readiness
final class InstallationReadiness implements HealthCheck {
  private static final String NAME = "only installation";

  private final OnlyInstallation installation;

  InstallationReadiness(OnlyInstallation installation) {
    this.installation = installation;
  }

  @Override
  public HealthCheckResponse call() {
    return installation.takesPart()
        ? HealthCheckResponse.up(NAME)
        : HealthCheckResponse.named(NAME)
            .down()
            .withData("obstacle", installation.obstacle())
            .build();
  }
}
