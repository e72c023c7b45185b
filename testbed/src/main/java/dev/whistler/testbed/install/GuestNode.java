package dev.whistler.testbed.install;

import dev.whistler.testbed.cluster.ClusterException;
import dev.whistler.testbed.guest.GuestException;
import dev.whistler.testbed.guest.GuestKernels.GuestKernel;
import dev.whistler.testbed.guest.GuestMachine;
import dev.whistler.testbed.image.Component;
import dev.whistler.testbed.image.JavaCommand;
import dev.whistler.testbed.process.ChildProcess;
import dev.whistler.testbed.workload.Forks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node that is a machine of its own with a kernel of its own. Its agent has the token that the
 * API server has bound to this node, and of all capabilities only BPF and PERFMON, as in a pod.
 */
public final class GuestNode implements AutoCloseable {

  /** A name that every API server's certificate has; in the guest it stands for this machine. */
  static final String API_SERVER = "kubernetes.default.svc";

  // Generous: two emulated processors on a machine that does other things as well.
  private static final Duration BOOT_LIMIT = Duration.ofMinutes(5);
  private static final Duration READY_LIMIT = Duration.ofMinutes(10);
  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(3);
  private static final int MEMORY_MIB = 768;
  private static final int HTTP_PORT = 9464;

  /**
   * What an emulated processor makes necessary: only cheap compilation, a class cache that is
   * mapped where it was dumped for (moving it takes ten seconds), and no complaints of being slow.
   */
  private static final String EMULATED =
      """
      export JAVA_TOOL_OPTIONS='-XX:TieredStopAtLevel=1 -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0'
      export QUARKUS_VERTX_WARNING_EXCEPTION_TIME=60S QUARKUS_VERTX_MAX_EVENT_LOOP_EXECUTE_TIME=60S\
      """;

  private final Plan plan;
  private @Nullable GuestMachine machine;

  /**
   * What stays when the machine goes.
   *
   * @param name of the node
   * @param namespace of operator and agents
   * @param kubeconfig content of the agent's kubeconfig
   * @param rootDisk image with the agent, shared
   * @param dataDisk image of this node's own disk
   * @param console where the console goes on
   */
  record Plan(
      String name,
      String namespace,
      String kubeconfig,
      Path rootDisk,
      Path dataDisk,
      Path console) {}

  GuestNode(Plan plan) {
    this.plan = plan;
  }

  /** Switches it on with that kernel; {@link #awaitBooted} and {@link #awaitReady} wait. */
  public void start(GuestKernel kernel) {
    if (machine != null) {
      throw new IllegalStateException(plan.name() + " is on already.");
    }
    try {
      machine =
          GuestMachine.start(
              new GuestMachine.Hardware(
                  kernel,
                  plan.rootDisk(),
                  plan.dataDisk(),
                  MEMORY_MIB,
                  Map.of("kubeconfig", plan.kubeconfig()),
                  agentScript()),
              plan.console());
    } catch (GuestException e) {
      throw failure(e);
    }
  }

  /** What the kubelet and the container run-time do in other nodes: environment and rights. */
  private String agentScript() {
    return """
    # Debian's default of 3 lets nobody without SYS_ADMIN attach to a tracepoint.
    echo 2 >/proc/sys/kernel/perf_event_paranoid
    chmod 700 /root%s
    export KUBECONFIG=/run/kubeconfig
    export WHISTLER_NODE_NAME=%s WHISTLER_NAMESPACE=%s WHISTLER_DIRECTORY=%s
    export QUARKUS_HTTP_HOST=127.0.0.1 QUARKUS_HTTP_PORT=%d
    %s
    exec chroot /root %s --no-new-privs --inh-caps=-all --bounding-set=-all,+bpf,+perfmon \
      %s >/dev/ttyS0 2>&1
    """
        .formatted(
            GuestMachine.DATA,
            plan.name(),
            plan.namespace(),
            GuestMachine.DATA,
            HTTP_PORT,
            EMULATED,
            AgentDisk.SETPRIV,
            String.join(" ", JavaCommand.entrypoint(Component.AGENT)));
  }

  /** Name of the node. */
  public String name() {
    return plan.name();
  }

  /** What its kernel calls itself. */
  public String release() {
    return machine().kernel().release();
  }

  /** Waits until its kernel and its shell are up. */
  public GuestNode awaitBooted() {
    try {
      var _ = machine().awaitBooted(BOOT_LIMIT);
      return this;
    } catch (GuestException e) {
      throw failure(e);
    }
  }

  /** Waits until its agent is ready. */
  public GuestNode awaitReady() {
    try {
      poll("timeout 10 wget -q -O /dev/null http://127.0.0.1:%d/health/ready".formatted(HTTP_PORT));
    } catch (ClusterException e) {
      throw new ClusterException(
          "The agent of %s is not ready: %s The end of its console:%n%s"
              .formatted(plan.name(), e.getMessage(), consoleTail(40)),
          e);
    }
    return this;
  }

  /** Once a second and in the guest: each look costs an emulated processor some work. */
  private void poll(String condition) {
    var _ =
        run(
            "for i in $(seq %d); do %s && exit 0; sleep 1; done; exit 1"
                .formatted(READY_LIMIT.toSeconds(), condition),
            READY_LIMIT);
  }

  /** The kernel's word on the agent's process, its capabilities among it (proc(5), status). */
  public String agentStatus() {
    return run("cat /proc/$(pidof java)/status");
  }

  /** The agent's page of metrics. */
  public String metrics() {
    return run("timeout 10 wget -q -O - http://127.0.0.1:%d/metrics".formatted(HTTP_PORT));
  }

  /** Forks children in the guest; their truth comes over its serial line. */
  public Forks forks(int count) {
    Instant begin = Instant.now();
    String printed = run("sh -c '%s' forks %d".formatted(Forks.SCRIPT, count));
    return Forks.of(printed, begin, Instant.now());
  }

  /**
   * Waits for lines of a file sink that contain a text.
   *
   * @param count how many there are to be at least
   */
  public List<String> awaitSinkLines(String sink, String text, int count) {
    String file = "/root%s/files/%s/%s".formatted(GuestMachine.DATA, sink, sink);
    poll("[ \"$(grep -cF '%s' %s 2>/dev/null)\" -ge %d ]".formatted(text, file, count));
    return run("grep -F '%s' %s".formatted(text, file)).lines().toList();
  }

  /** What a shell script in the guest prints; the root disk is at {@code /root}. */
  public String run(String script) {
    return run(script, COMMAND_LIMIT);
  }

  private String run(String script, Duration limit) {
    try {
      return machine().run(script, limit);
    } catch (GuestException e) {
      throw failure(e);
    }
  }

  /** The end of its console, for messages. */
  public String consoleTail(int lines) {
    return ChildProcess.tail(plan.console(), lines);
  }

  /** Takes its power away. */
  public void kill() {
    try {
      machine().kill();
    } catch (GuestException e) {
      throw failure(e);
    } finally {
      machine = null;
    }
  }

  /** Powers it off; the node stays known to the cluster. */
  public void stop() {
    try {
      machine().close();
    } catch (GuestException e) {
      throw failure(e);
    } finally {
      machine = null;
    }
  }

  private GuestMachine machine() {
    GuestMachine on = machine;
    if (on == null) {
      throw new IllegalStateException(plan.name() + " is off.");
    }
    return on;
  }

  private static ClusterException failure(GuestException e) {
    return new ClusterException(String.valueOf(e.getMessage()), e);
  }

  @Override
  public void close() {
    if (machine != null) {
      stop();
    }
  }
}
