package dev.whistler.testbed.simulator;

import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.KernelProfileRequest;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.simulator.SimulatedNode.Failure;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * N nodes with agents, from their joining the cluster to {@link #close}. They do what revisions
 * say, renew their Leases, upload profiles that are wanted, and fail, reboot or lie when told to.
 * One process, at most 64 connections and two watches for all; a node costs a few kilobytes. Safe
 * for use by several threads.
 */
public final class Simulator implements AutoCloseable {
  /** Label of all simulated Nodes: one digit, the same for a tenth of them. */
  public static final String TENTH = "whistler.dev/simulated-tenth";

  private static final int TENTHS = 10;
  private static final int PROFILE_BYTES = 20;
  private static final Duration JOIN_LIMIT = Duration.ofMinutes(10);

  private final KubernetesClient admin;
  private final Agents agents;
  private final Map<String, SimulatedAgent> nodes = new LinkedHashMap<>();
  private final Map<String, SyntheticKernel> kernels = new ConcurrentHashMap<>();
  private final List<SharedIndexInformer<?>> watches = new ArrayList<>();

  private Simulator(KubernetesClient admin, String namespace, SimulatorOptions options) {
    this.admin = admin;
    this.agents = new Agents(admin, namespace, options);
    List<SyntheticKernel> kinds =
        IntStream.range(0, options.kernels())
            .mapToObj(number -> SyntheticKernel.numbered(number, options.events()))
            .toList();
    kinds.forEach(kernel -> kernels.put(kernel.profile(), kernel));
    for (int i = 0; i < options.nodes(); i++) {
      String name = "simulated-%05d".formatted(i);
      Map<String, String> labels =
          Map.of("kubernetes.io/hostname", name, TENTH, String.valueOf(i % TENTHS));
      nodes.put(
          name,
          new SimulatedAgent(
              agents, name, new SimulatedNode(name, labels, kinds.get(i % kinds.size()))));
    }
  }

  /**
   * Lets all nodes join; returns when each has said what it is.
   *
   * @param admin a client with administrator rights: it makes Nodes, and tokens for their agents
   * @param namespace of the chart
   * @throws IllegalStateException with the API server's answer, if a node cannot join
   */
  public static Simulator start(
      KubernetesClient admin, String namespace, SimulatorOptions options, Progress progress) {
    Simulator simulator = new Simulator(admin, namespace, options);
    try {
      simulator.watch();
      simulator.join(progress);
      return simulator;
    } catch (RuntimeException e) {
      simulator.close();
      throw e;
    }
  }

  private void watch() {
    watches.add(
        watch(
            admin.resources(WhistlerRevision.class).runnableInformer(0),
            revision -> concerns(revision, () -> agents.keep(revision)),
            revision -> concerns(revision, () -> agents.forget(revision))));
    watches.add(
        watch(
            admin.resources(KernelProfileRequest.class).runnableInformer(0),
            request -> {
              agents.want(request.getSpec().profiles());
              nodes.values().forEach(SimulatedAgent::uploadIfWanted);
            },
            request -> agents.want(List.of())));
  }

  private void concerns(WhistlerRevision revision, Runnable how) {
    how.run();
    List<String> program = List.of(Agents.uid(revision));
    nodes.values().forEach(agent -> agent.changed(program));
  }

  private static <T extends HasMetadata> SharedIndexInformer<T> watch(
      SharedIndexInformer<T> informer, Consumer<T> written, Consumer<T> deleted) {
    informer
        .exceptionHandler((started, failure) -> true)
        .addEventHandler(
            new ResourceEventHandler<>() {
              @Override
              public void onAdd(T resource) {
                written.accept(resource);
              }

              @Override
              public void onUpdate(T before, T resource) {
                written.accept(resource);
              }

              @Override
              public void onDelete(T resource, boolean stateUnknown) {
                deleted.accept(resource);
              }
            });
    var _ = informer.start();
    return informer;
  }

  private void join(Progress progress) {
    long begun = System.nanoTime();
    try (ExecutorService joining = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      nodes.values().forEach(agent -> all.add(joining.submit(agent::join)));
      for (Future<?> one : all) {
        one.get(JOIN_LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("A simulated node cannot join: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while nodes joined.", e);
    }
    progress.say(
        "%d simulated nodes joined in %d s"
            .formatted(nodes.size(), TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)));
    problems().stream().findFirst().ifPresent(it -> progress.say("the first refusal: " + it));
  }

  /** Names of all nodes, in order. */
  public List<String> names() {
    return List.copyOf(nodes.keySet());
  }

  /** From now on a program fails on a node, whatever revision; the reason need not be true. */
  public void fail(String node, String program, String reason, String message) {
    of(node).change(it -> it.fail(program, new Failure(reason, message)));
  }

  /** A program that failed on a node runs there again. */
  public void heal(String node, String program) {
    of(node).change(it -> it.heal(program));
  }

  /** Nodes start anew with another kernel, all at once. */
  public void reboot(Collection<String> names, SyntheticKernel kernel) {
    kernels.put(kernel.profile(), kernel);
    names.forEach(name -> of(name).reboot(kernel));
  }

  /** Nodes are taken out of the cluster, and their agents end; they stay in {@link #names}. */
  public void leave(Collection<String> names) {
    names.forEach(name -> of(name).leave());
  }

  /**
   * A node says one after the other that it has kernels which nobody has.
   *
   * @param pause after each, so that the operator may act on it
   * @return what it said
   */
  public List<String> flood(String node, int times, Duration pause) throws InterruptedException {
    List<String> said = new ArrayList<>();
    byte[] bytes = new byte[PROFILE_BYTES];
    for (int i = 0; i < times; i++) {
      ThreadLocalRandom.current().nextBytes(bytes);
      said.add(HexFormat.of().formatHex(bytes));
      of(node).claim(said.getLast());
      Thread.sleep(pause);
    }
    return said;
  }

  /** Names of all profiles that agents were asked for until now. */
  public Set<String> askedFor() {
    return agents.askedFor();
  }

  /** A node that lied says the truth again. */
  public void confess(String node) {
    of(node).change(it -> {});
  }

  private SimulatedAgent of(String node) {
    return Objects.requireNonNull(nodes.get(node), node);
  }

  /** How many requests of agents had which outcome until now, such as {@code PUT leases 200}. */
  public Map<String, Long> requests() {
    return agents.requests().counts();
  }

  /** The first answers that no agent should get; empty if all went well. */
  public List<String> problems() {
    return agents.problems();
  }

  /** Ends all agents and removes their Nodes; what belongs to a Node goes with it. */
  @Override
  public void close() {
    watches.forEach(SharedIndexInformer::close);
    agents.stop();
    // A tenth at a time: an API server answers once all of a collection are gone.
    for (int tenth = 0; tenth < TENTHS; tenth++) {
      String some =
          "/api/v1/nodes?labelSelector=%s%%3D%d".formatted(TENTH.replace("/", "%2F"), tenth);
      var _ = agents.requests().sendAsAdministrator("DELETE", "nodes", some, null);
    }
    agents.close();
    kernels
        .keySet()
        .forEach(profile -> admin.resources(KernelProfile.class).withName(profile).delete());
  }
}
