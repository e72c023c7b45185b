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
  private final @Nullable TypeSource types;
  private final @Nullable Set<String> features;

  private final Map<String, TracepointFormat> parsedFormats = new ConcurrentHashMap<>();

  /** Types that are all there. */
  private static final class WholeTypes implements TypeSource {
    private final byte[] btf;
    private final byte @Nullable [] split;
    private @Nullable ParsedTypes parsed;

    WholeTypes(byte[] btf, byte @Nullable [] split) {
      this.btf = btf;
      this.split = split;
    }

    @Override
    public synchronized ParsedTypes types() {
      ParsedTypes known = parsed;
      if (known == null) {
        known = ParsedTypes.parse(btf, split);
        parsed = known;
      }
      return known;
    }

    @Override
    public ParsedTypes withFunctions() {
      return types();
    }
  }

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
    this(architecture, formats, btf == null ? null : new WholeTypes(btf, splitBtf), features);
  }

  /**
   * A description by somebody who keeps types in his own way.
   *
   * @param formats as above
   * @param types the kernel's types, or null
   * @param features as above
   */
  public SuppliedKernel(
      Architecture architecture,
      Map<String, String> formats,
      @Nullable TypeSource types,
      @Nullable Set<String> features) {
    this.architecture = architecture;
    this.formats = Collections.unmodifiableMap(formats);
    this.types = types;
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
    return types != null;
  }

  private Optional<TypeSource> types() {
    return Optional.ofNullable(types);
  }

  @Override
  public List<KernelStruct> structs(String cName) {
    return types().map(source -> source.types().structs(cName)).orElse(List.of());
  }

  @Override
  public Iterable<String> structNames() {
    return types().map(source -> source.types().index().structNames()).orElse(List.of());
  }

  @Override
  public Optional<KernelFunction> function(String cName) {
    return types()
        .flatMap(
            source ->
                source.types().function(cName).or(() -> source.withFunctions().function(cName)));
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
    Optional<BtfTypes> known = types().map(source -> source.types().index());
    if (known.isEmpty() || !known.get().hasTracepoints()) {
      return Answer.UNKNOWN;
    }
    boolean present =
        known.get().hasTracepoint(event)
            || formats.keySet().stream().anyMatch(name -> name.endsWith("/" + event));
    return present ? Answer.PRESENT : Answer.ABSENT;
  }

  private static Answer function(Optional<TypeSource> types, String name) {
    if (types.isEmpty()) {
      return Answer.UNKNOWN;
    }
    if (types.get().types().index().hasFunction(name)) {
      return Answer.PRESENT;
    }
    BtfTypes all = types.get().withFunctions().index();
    if (!all.hasFunctions()) {
      return Answer.UNKNOWN;
    }
    return all.hasFunction(name) ? Answer.PRESENT : Answer.ABSENT;
  }

  @Override
  public Iterable<String> targetNames(Target kind) {
    return switch (kind) {
      case TRACEPOINT -> tracepointNames();
      case RAW_TRACEPOINT ->
          types().map(source -> source.types().index().tracepointNames()).orElse(List.of());
      case FUNCTION ->
          types().map(source -> source.withFunctions().index().functionNames()).orElse(List.of());
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
