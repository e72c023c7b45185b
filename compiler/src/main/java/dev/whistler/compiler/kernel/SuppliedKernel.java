package dev.whistler.compiler.kernel;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A kernel description made of what a node supplied: format texts, BTF, a feature list. Parses what
 * is asked for, once; safe for use by several threads. Questions about malformed parts throw {@link
 * MalformedKernelException}.
 */
public final class SuppliedKernel implements KernelDescription {
  private final Architecture architecture;
  private final Map<String, String> formats;
  private final byte @Nullable [] btf;
  private final byte @Nullable [] splitBtf;
  private final @Nullable Set<String> features;

  private final Map<String, TracepointFormat> parsedFormats = new ConcurrentHashMap<>();

  /** Only names that the kernel has: a source must not fill the caches with others. */
  private final Map<String, List<KernelStruct>> structs = new ConcurrentHashMap<>();

  private final Map<String, KernelFunction> functions = new ConcurrentHashMap<>();
  private final Object typesLock = new Object();
  private volatile @Nullable Types types;

  /** Parsed kernel types. */
  private record Types(BtfTypes index, BtfLayouts layouts) {}

  /**
   * A description.
   *
   * @param formats format text by {@code category/event}, as the kernel spells them; asked for
   *     single events, so it may read them when asked; not to be changed afterwards
   * @param btf the kernel's BTF, or null; not to be changed afterwards
   * @param splitBtf BTF on top of {@code btf}, or null
   * @param features names like {@code helper:xdp:51}, or null if not known
   */
  public SuppliedKernel(
      Architecture architecture,
      Map<String, String> formats,
      byte @Nullable [] btf,
      byte @Nullable [] splitBtf,
      @Nullable Set<String> features) {
    this.architecture = architecture;
    this.formats = Collections.unmodifiableMap(formats);
    this.btf = btf;
    this.splitBtf = splitBtf;
    this.features = features == null ? null : Set.copyOf(features);
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public Optional<TracepointFormat> tracepoint(String category, String event) {
    String name = category + "/" + event;
    String text = formats.get(name);
    return text == null
        ? Optional.empty()
        : Optional.of(parsedFormats.computeIfAbsent(name, key -> FormatParser.parse(key, text)));
  }

  @Override
  public List<String> tracepointNames() {
    return formats.keySet().stream().sorted().toList();
  }

  @Override
  public boolean hasTypes() {
    return btf != null;
  }

  private Optional<Types> types() {
    byte[] bytes = btf;
    if (bytes == null) {
      return Optional.empty();
    }
    Types known = types;
    if (known == null) {
      synchronized (typesLock) {
        known = types;
        if (known == null) {
          BtfTypes index = BtfTypes.parse(bytes, splitBtf);
          known = new Types(index, new BtfLayouts(index));
          types = known;
        }
      }
    }
    return Optional.of(known);
  }

  @Override
  public List<KernelStruct> structs(String cName) {
    List<KernelStruct> known = structs.get(cName);
    if (known == null) {
      known = types().map(found -> found.layouts().structs(cName)).orElse(List.of());
      if (!known.isEmpty()) {
        structs.put(cName, known);
      }
    }
    return known;
  }

  @Override
  public Iterable<String> structNames() {
    return types().map(known -> known.index().structNames()).orElse(List.of());
  }

  @Override
  public Optional<KernelFunction> function(String cName) {
    KernelFunction known = functions.get(cName);
    if (known == null) {
      known = types().flatMap(found -> found.layouts().function(cName)).orElse(null);
      if (known != null) {
        functions.put(cName, known);
      }
    }
    return Optional.ofNullable(known);
  }

  @Override
  public Answer target(Target kind, String name) {
    return switch (kind) {
      case TRACEPOINT ->
          formats.containsKey(name)
              ? Answer.PRESENT
              : formats.isEmpty() ? Answer.UNKNOWN : Answer.ABSENT;
      case RAW_TRACEPOINT -> rawTracepoint(name);
      case FUNCTION -> function(types(), name);
    };
  }

  /**
   * Every tracepoint of the kernel itself has a type, also those without a format; those of modules
   * have only a format.
   */
  private Answer rawTracepoint(String event) {
    Optional<Types> known = types();
    if (known.isEmpty() || !known.get().index().hasTracepoints()) {
      return Answer.UNKNOWN;
    }
    boolean present =
        known.get().index().hasTracepoint(event)
            || formats.keySet().stream().anyMatch(name -> name.endsWith("/" + event));
    return present ? Answer.PRESENT : Answer.ABSENT;
  }

  private static Answer function(Optional<Types> known, String name) {
    if (known.isEmpty() || !known.get().index().hasFunctions()) {
      return Answer.UNKNOWN;
    }
    return known.get().index().hasFunction(name) ? Answer.PRESENT : Answer.ABSENT;
  }

  @Override
  public Iterable<String> targetNames(Target kind) {
    return switch (kind) {
      case TRACEPOINT -> tracepointNames();
      case RAW_TRACEPOINT ->
          types().map(known -> known.index().tracepointNames()).orElse(List.of());
      case FUNCTION -> types().map(known -> known.index().functionNames()).orElse(List.of());
    };
  }

  @Override
  public Answer feature(String name) {
    Set<String> known = features;
    if (known == null) {
      return Answer.UNKNOWN;
    }
    return known.contains(name) ? Answer.PRESENT : Answer.ABSENT;
  }
}
