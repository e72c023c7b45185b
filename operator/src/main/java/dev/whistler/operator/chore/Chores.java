package dev.whistler.operator.chore;

import dev.whistler.operator.installation.Holder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * {@code java -cp quarkus-run.jar dev.whistler.operator.chore.Chores CHORE}: does one chore and
 * ends. Its environment: {@code WHISTLER_NAMESPACE} and {@code WHISTLER_RELEASE}, namespace and
 * name of the release; {@code WHISTLER_TIME_LIMIT}, in seconds.
 */
public final class Chores {
  private static final int DONE = 0;
  private static final int NOT_AS_WANTED = 1;
  private static final int WRONG_USAGE = 2;
  private static final int CLUSTER_CANNOT = 3;

  private static final String USAGE =
      "Usage: Chores upgrade-definitions | uninstall | check; see WHISTLER_NAMESPACE and"
          + " WHISTLER_TIME_LIMIT (seconds)";

  private Chores() {}

  /** Exit codes: 0 done, 1 not as it should be, 2 wrong usage, 3 the API server refuses. */
  public static void main(String[] arguments) {
    String chore = arguments.length == 1 ? arguments[0] : "";
    System.exit(run(chore, System.getenv(), System.out));
  }

  private static int run(String chore, Map<String, String> environment, PrintStream out) {
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      Deadline deadline = Deadline.in(limit(environment));
      return switch (chore) {
        case "upgrade-definitions" -> {
          new DefinitionUpgrade(client, out).run(deadline);
          yield DONE;
        }
        case "uninstall" -> {
          String installation =
              Holder.installation(
                  namespace(environment), environment.getOrDefault("WHISTLER_RELEASE", "whistler"));
          new ProgramRemoval(client, out).run(installation, deadline);
          yield DONE;
        }
        case "check" -> {
          yield new InstallationCheck(client, namespace(environment), out).run(deadline)
              ? DONE
              : NOT_AS_WANTED;
        }
        default -> {
          out.println(USAGE);
          yield WRONG_USAGE;
        }
      };
    } catch (KubernetesClientException e) {
      out.println(e.getMessage());
      return CLUSTER_CANNOT;
    } catch (NumberFormatException e) {
      out.println(USAGE);
      return WRONG_USAGE;
    }
  }

  private static String namespace(Map<String, String> environment) {
    return environment.getOrDefault("WHISTLER_NAMESPACE", "whistler-system");
  }

  private static Duration limit(Map<String, String> environment) {
    return Duration.ofSeconds(
        Optional.ofNullable(environment.get("WHISTLER_TIME_LIMIT"))
            .map(Long::parseLong)
            .orElse(60L));
  }
}
