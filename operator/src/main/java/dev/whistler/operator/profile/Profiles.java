package dev.whistler.operator.profile;

import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.compiler.kernel.TypeSource;
import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelProfileSpec;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.operator.cache.SharedValues;
import dev.whistler.operator.cache.WeighedCache;
import dev.whistler.operator.model.DescribedKernel;
import dev.whistler.operator.model.SelectedKernel;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The profiles and types that the cluster holds. A kernel's description is checked and parsed when
 * it is asked for, and again when it had to make room for others; kernels share the texts in which
 * they agree. Safe for use by several threads.
 */
public final class Profiles {
  private static final long MAX_BYTES = 64 << 20;

  /** Of what the API server holds and this process keeps of it: some thousand kernels of today. */
  static final long MAX_STORED_CHARACTERS = 64 << 20;

  /** Of a map's entry and its texts' headers. */
  private static final long ENTRY_BYTES = 128;

  private final Map<String, KernelProfileSpec> stored = new ConcurrentHashMap<>();
  private final WeighedCache<String, Checked> checked;
  private final UploadBudget budget;
  private final StoredTypes types;

  /** Each text once, as long as some kernel has it. */
  private final SharedValues<String> texts = new SharedValues<>();

  private final Quarantine refused;

  /**
   * What became of a profile.
   *
   * @param spec what was checked
   * @param bytes that it takes, about, had it no text in common with others
   */
  private record Checked(KernelProfileSpec spec, KernelKnowledge knowledge, long bytes) {}

  /** Remembers some forty kernels of today, or as many more as their texts agree. */
  public Profiles() {
    this(MAX_BYTES, System::nanoTime);
  }

  /**
   * @param maxBytes of all that is parsed
   * @param clock nanoseconds from any beginning, as {@link System#nanoTime}
   */
  Profiles(long maxBytes, LongSupplier clock) {
    budget = new UploadBudget(UploadBudget.PROFILES, clock);
    types = new StoredTypes(clock);
    refused = new Quarantine(clock);
    checked = new WeighedCache<>(maxBytes, Checked::bytes);
  }

  /** A profile was written. */
  public void put(String name, KernelProfileSpec spec) {
    stored.put(name, spec);
  }

  /** A profile was deleted. */
  public void remove(String name) {
    stored.remove(name);
    checked.remove(name);
  }

  /** How many there are. */
  public int count() {
    return stored.size();
  }

  /** The types of kernels. */
  public StoredTypes types() {
    return types;
  }

  /**
   * The name by which a kernel's description is known here. While there is no room for its types it
   * is described without them, so that programs which need none run.
   */
  public String nameOf(SelectedKernel kernel) {
    return new DescribedKernel(kernel.profile(), kernel.types().filter(types::willHold)).name();
  }

  /**
   * What is known of a kernel.
   *
   * @param name of its description, see {@link #nameOf}; that of a profile stands for a kernel
   *     without types
   */
  public KernelKnowledge knowledge(String name) {
    DescribedKernel kernel = DescribedKernel.named(name);
    KernelProfileSpec spec = stored.get(kernel.profile());
    Optional<TypeSource> source = kernel.types().flatMap(types::source);
    if (spec == null || (kernel.types().isPresent() && source.isEmpty())) {
      return new KernelKnowledge.Awaited();
    }
    return checked
        .get(name)
        .filter(known -> known.spec().equals(spec))
        .orElseGet(
            () -> {
              Checked now = check(kernel.profile(), spec, source.orElse(null));
              checked.put(name, now);
              return now;
            })
        .knowledge();
  }

  /** Bytes of what is remembered, about. */
  long bytes() {
    return checked.bytes();
  }

  /** A profile is deleted because it is not what its name says; see {@link Quarantine}. */
  public void refuse(String name) {
    refused.begin(name);
  }

  /**
   * Names that nodes announce, the cluster lacks and these nodes may still upload, sorted; at most
   * {@code limit}, and none while there are too many already. Called by one thread.
   *
   * @param announced names of nodes by the name of the profile that each announces
   */
  public SortedSet<String> wanted(Map<String, ? extends Collection<String>> announced, int limit) {
    SortedMap<String, Collection<String>> missing = new TreeMap<>();
    announced.forEach(
        (name, nodes) -> {
          if (!stored.containsKey(name) && !refused.holds(name)) {
            missing.put(name, nodes);
          }
        });
    Set<String> granted = budget.granted(missing);
    return isFull()
        ? new TreeSet<>()
        : missing.keySet().stream()
            .filter(granted::contains)
            .limit(limit)
            .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether there are so many that no more are asked for. */
  public boolean isFull() {
    return stored.values().stream().mapToLong(spec -> spec.content().length()).sum()
        >= MAX_STORED_CHARACTERS;
  }

  /** Names of all that there are. */
  public Set<String> names() {
    return Set.copyOf(stored.keySet());
  }

  private Checked check(String name, KernelProfileSpec spec, @Nullable TypeSource source) {
    try {
      KernelProfileContent content = KernelProfileContent.read(spec);
      if (!content.digest().name().equals(name)) {
        return malformed(
            spec, "KernelProfile " + name + " is not named after its digest; delete it.");
      }
      Optional<Architecture> architecture = Architecture.named(content.architecture());
      if (architecture.isEmpty()) {
        return malformed(
            spec,
            "KernelProfile " + name + " is of an architecture that this operator does not know.");
      }
      return new Checked(
          spec,
          new KernelKnowledge.Known(
              new SuppliedKernel(
                  architecture.get(),
                  shared(content.formats()),
                  source,
                  content.features().isEmpty() ? null : content.features())),
          bytes(content));
    } catch (MalformedContentException e) {
      return malformed(spec, "KernelProfile " + name + " is refused, delete it: " + e.getMessage());
    }
  }

  private static Checked malformed(KernelProfileSpec spec, String message) {
    return new Checked(spec, new KernelKnowledge.Malformed(message), message.length());
  }

  private static long bytes(KernelProfileContent content) {
    return content.formats().entrySet().stream()
            .mapToLong(it -> ENTRY_BYTES + it.getKey().length() + it.getValue().length())
            .sum()
        + content.features().stream().mapToLong(it -> ENTRY_BYTES + it.length()).sum();
  }

  private Map<String, String> shared(Map<String, String> formats) {
    Map<String, String> shared = new TreeMap<>();
    formats.forEach((event, text) -> shared.put(texts.shared(event), texts.shared(text)));
    return shared;
  }
}
