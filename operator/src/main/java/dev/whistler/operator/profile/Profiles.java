package dev.whistler.operator.profile;

import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelProfileSpec;
import dev.whistler.crds.MalformedContentException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The profiles that the cluster holds, each checked and parsed when it is first asked for. Safe for
 * use by several threads.
 */
public final class Profiles {
  /** How long a name is not asked for after its content was refused. */
  static final Duration QUARANTINE = Duration.ofMinutes(1);

  private final Map<String, KernelProfileSpec> stored = new ConcurrentHashMap<>();
  private final Map<String, KernelKnowledge> checked = new ConcurrentHashMap<>();
  private final Map<String, Instant> refused = new ConcurrentHashMap<>();

  /** A profile was written. */
  public void put(String name, KernelProfileSpec spec) {
    if (!spec.equals(stored.put(name, spec))) {
      checked.remove(name);
    }
  }

  /** A profile was deleted. */
  public void remove(String name) {
    stored.remove(name);
    checked.remove(name);
  }

  /** What is known of the kernel with a profile of that name. */
  public KernelKnowledge knowledge(String name) {
    KernelProfileSpec spec = stored.get(name);
    return spec == null
        ? new KernelKnowledge.Awaited()
        : checked.computeIfAbsent(name, key -> check(key, spec));
  }

  /**
   * A profile that is not what its name says was refused. Its name may be wanted again after a
   * while: whoever spoiled it must neither keep out the right one for ever nor keep us busy.
   */
  public void refuse(String name, Instant now) {
    refused.values().removeIf(since -> since.plus(QUARANTINE).isBefore(now));
    refused.put(name, now);
  }

  /** Names that nodes announce and the cluster lacks, sorted; at most {@code limit}. */
  public SortedSet<String> wanted(Collection<String> announced, int limit, Instant now) {
    SortedSet<String> wanted = new TreeSet<>();
    announced.stream()
        .filter(name -> !stored.containsKey(name))
        .filter(name -> !isQuarantined(name, now))
        .sorted()
        .distinct()
        .limit(limit)
        .forEach(wanted::add);
    return wanted;
  }

  private boolean isQuarantined(String name, Instant now) {
    Instant since = refused.get(name);
    return since != null && since.plus(QUARANTINE).isAfter(now);
  }

  private static KernelKnowledge check(String name, KernelProfileSpec spec) {
    try {
      KernelProfileContent content = KernelProfileContent.read(spec);
      if (!content.digest().name().equals(name)) {
        return new KernelKnowledge.Malformed(
            "KernelProfile " + name + " is not named after its digest; delete it.");
      }
      Optional<Architecture> architecture = Architecture.named(content.architecture());
      if (architecture.isEmpty()) {
        return new KernelKnowledge.Malformed(
            "KernelProfile " + name + " is of an architecture that this operator does not know.");
      }
      return new KernelKnowledge.Known(
          new SuppliedKernel(
              architecture.get(),
              content.formats(),
              null,
              null,
              content.features().isEmpty() ? null : content.features()));
    } catch (MalformedContentException e) {
      return new KernelKnowledge.Malformed(
          "KernelProfile " + name + " is refused, delete it: " + e.getMessage());
    }
  }
}
