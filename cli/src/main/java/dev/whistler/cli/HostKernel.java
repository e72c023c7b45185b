package dev.whistler.cli;

import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.feature.FeatureList;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.UnsupportedException;
import dev.whistler.bpf.tracefs.Tracefs;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.crds.KernelProfileContent;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The kernel that runs this process. */
final class HostKernel {
  private final Tracefs tracefs;

  private HostKernel(Tracefs tracefs) {
    this.tracefs = tracefs;
  }

  /** Opens it; the tracing directory stays open as long as the process. */
  static HostKernel open() {
    try {
      return new HostKernel(Tracefs.open());
    } catch (UnsupportedException e) {
      throw CommandFailure.machine(
          e.getMessage() + "; or run as root, or name a kernel file with --kernel");
    }
  }

  /** What {@code uname -r} says. */
  String release() {
    return System.getProperty("os.version", "unknown");
  }

  static Architecture architecture() {
    return switch (System.getProperty("os.arch", "")) {
      case "aarch64" -> Architecture.ARM64;
      default -> Architecture.X86_64;
    };
  }

  /** What records call this machine. */
  static String nodeName() {
    try {
      return java.net.InetAddress.getLocalHost().getHostName();
    } catch (java.net.UnknownHostException e) {
      return "localhost";
    }
  }

  /** Format texts by {@code category/event}; a text is read when it is asked for. */
  Map<String, String> formats() {
    return new Formats(tracefs);
  }

  /** The formats by which another machine knows this kernel: without events that tools made. */
  SortedMap<String, String> kernelFormats() {
    SortedMap<String, String> formats = tracefs.kernelFormats();
    formats.keySet().removeIf(KernelProfileContent::isMadeAtRunTime);
    return formats;
  }

  /** The kernel's types, or null where it has none: programs that need them then say so. */
  byte @Nullable [] btf() {
    return KernelBtf.isPresent() ? KernelBtf.bytes() : null;
  }

  /** What this kernel offers, found by trying: some thousands of programs are loaded and let go. */
  List<String> features() {
    try {
      return List.copyOf(FeatureList.probe());
    } catch (UnsupportedException e) {
      throw CommandFailure.machine(String.valueOf(e.getMessage()));
    }
  }

  /** A view of the tracing directory as a map. */
  private static final class Formats extends AbstractMap<String, String> {
    private final Tracefs tracefs;
    private @Nullable Set<Entry<String, String>> entries;

    Formats(Tracefs tracefs) {
      this.tracefs = tracefs;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
      return get(key) != null;
    }

    @Override
    public @Nullable String get(@Nullable Object key) {
      if (!(key instanceof String name) || name.indexOf('/') < 0) {
        return null;
      }
      int slash = name.indexOf('/');
      try {
        return tracefs.format(name.substring(0, slash), name.substring(slash + 1)).orElse(null);
      } catch (BpfException e) {
        throw CommandFailure.machine("cannot read the format of " + name + ": " + e.getMessage());
      }
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
      if (entries == null) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Tracefs.Event event : tracefs.events()) {
          Optional<String> text = tracefs.format(event.category(), event.name());
          text.ifPresent(t -> all.put(event.toString(), t));
        }
        entries = all.entrySet();
      }
      Set<Entry<String, String>> found = entries;
      return new AbstractSet<>() {
        @Override
        public Iterator<Entry<String, String>> iterator() {
          return found.iterator();
        }

        @Override
        public int size() {
          return found.size();
        }
      };
    }
  }
}
