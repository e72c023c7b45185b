package dev.whistler.compiler.kernel;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
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
  private final Map<String, KernelStruct> structs = new ConcurrentHashMap<>();
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
  public Optional<KernelStruct> struct(String cName) {
    return types().flatMap(known -> kept(structs, cName, known.layouts()::struct));
  }

  @Override
  public List<String> structNames() {
    return types().map(known -> known.index().structNames()).orElse(List.of());
  }

  @Override
  public Optional<KernelFunction> function(String cName) {
    return types().flatMap(known -> kept(functions, cName, known.layouts()::function));
  }

  /**
   * Answers from what is kept, or keeps the answer. Names that the kernel does not have are as many
   * as sources can make up, so they are looked up anew each time.
   */
  private static <T> Optional<T> kept(
      Map<String, T> answers, String name, Function<String, Optional<T>> question) {
    T known = answers.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<T> found = question.apply(name);
    found.ifPresent(value -> answers.putIfAbsent(name, value));
    return found;
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
