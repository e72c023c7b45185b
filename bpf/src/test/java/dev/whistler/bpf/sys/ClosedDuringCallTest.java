package dev.whistler.bpf.sys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.Asm;
import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.link.Iterator;
import dev.whistler.bpf.link.NetworkNamespace;
import dev.whistler.bpf.link.SocketMap;
import dev.whistler.bpf.link.Tracepoint;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapFlags;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.map.UpdateMode;
import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.TestRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a call names is closed by another thread after the number was read and before the system
 * call is made: the number must stay that of the object until the call has ended.
 */
@Isolated("faults hit the whole process")
class ClosedDuringCallTest {
  private static final byte[] ZERO = new byte[4];

  @TempDir Path directory;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Closed during the call. */
  private final List<Fd> named = new ArrayList<>();

  /** The calls that name a descriptor to the kernel, each with what it needs. */
  enum Kind {
    LOOK_UP,
    UPDATE,
    TAKE,
    DELETE,
    WALK_BATCH,
    WALK_KEYS,
    UPDATE_BATCH,
    DELETE_BATCH,
    CONTAINS,
    FREEZE,
    MAP_MEMORY,
    MAP_INFORMATION,
    INNER_MAP,
    PUT_MAP,
    PUT_PROGRAM,
    LOAD_PROGRAM,
    RUN_PROGRAM,
    PROGRAM_INFORMATION,
    PROGRAM_MAPS,
    PIN_MAP,
    PIN_PROGRAM,
    PIN_LINK,
    RAW_TRACEPOINT,
    LINK_ON_NAMESPACE,
    UPDATE_LINK,
    DETACH_LINK,
    LINK_INFORMATION,
    QUERY_MAP,
    ITERATOR_OVER_MAP,
    DUPLICATE,
    WATCH,
    LOCK,
    READ
  }

  @ParameterizedTest
  @EnumSource
  void theNumberStaysThatOfTheObject(Kind kind) throws Exception {
    Call call = prepared(kind);
    List<Integer> numbers = named.stream().map(fd -> fd.call(number -> number)).toList();
    List<Path> links = numbers.stream().map(n -> Path.of("/proc/self/fd/" + n)).toList();
    List<Object> keys = new ArrayList<>();
    for (Path link : links) {
      keys.add(Files.readSymbolicLink(link));
    }
    Thread caller = Thread.currentThread();
    AtomicInteger calls = new AtomicInteger();
    List<Object> during = new ArrayList<>();
    try (AutoCloseable _ =
        Faults.install(
            action -> {
              boolean own = Thread.currentThread() == caller && !action.startsWith("open ");
              if (own && calls.getAndIncrement() == 0) {
                closeElsewhere();
                links.forEach(link -> during.add(target(link)));
              }
              return 0;
            })) {
      call.run();
    } catch (IllegalStateException closed) {
      // Of the second system call of one that makes several.
      assertThat(calls.get()).as("system calls before the refusal").isPositive();
    }
    assertThat(during).as("what the numbers stood for during the call").isEqualTo(keys);
    assertThat(named).noneMatch(Fd::isOpen);
  }

  private void closeElsewhere() {
    try {
      CompletableFuture.runAsync(() -> named.forEach(Fd::close)).get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      return "nothing";
    }
  }

  private interface Call {
    void run() throws Exception;
  }

  private Call prepared(Kind kind) {
    return switch (kind) {
      case LOOK_UP -> {
        BpfMap map = map(MapType.HASH);
        yield () -> map.lookup(ZERO);
      }
      case UPDATE -> {
        BpfMap map = map(MapType.HASH);
        yield () -> map.update(ZERO, ZERO);
      }
      case TAKE -> {
        BpfMap map = map(MapType.HASH);
        yield () -> map.take(ZERO);
      }
      case DELETE -> {
        BpfMap map = map(MapType.HASH);
        yield () -> map.delete(ZERO);
      }
      case WALK_BATCH -> map(MapType.HASH)::count;
      case WALK_KEYS -> map(MapType.LRU_HASH)::count;
      case UPDATE_BATCH -> {
        BpfMap map = map(MapType.HASH);
        yield () -> map.updateAll(List.of(ZERO), List.of(ZERO), UpdateMode.ANY);
      }
      case DELETE_BATCH -> {
        BpfMap map = map(MapType.HASH);
        yield () -> map.deleteAll(List.of(ZERO));
      }
      case CONTAINS -> {
        BpfMap map = named(BpfMap.create(MapSpec.of("m", MapType.BLOOM_FILTER, 0, 4, 1)));
        yield () -> map.contains(ZERO);
      }
      case FREEZE -> map(MapType.ARRAY)::freeze;
      case MAP_MEMORY -> {
        BpfMap map =
            named(
                BpfMap.create(
                    MapSpec.of("m", MapType.ARRAY, 4, 8, 1).withFlags(MapFlags.MMAPABLE)));
        yield () -> opened.add(map.map(true));
      }
      case MAP_INFORMATION -> {
        Fd fd = map(MapType.ARRAY).fd();
        yield () -> ObjectCalls.info(ObjectCalls.Kind.MAP, fd);
      }
      case INNER_MAP -> {
        MapSpec outer =
            MapSpec.of("o", MapType.ARRAY_OF_MAPS, 4, 4, 1).withInner(map(MapType.ARRAY));
        yield () -> opened.add(BpfMap.create(outer));
      }
      case PUT_MAP -> {
        BpfMap inner = map(MapType.ARRAY);
        BpfMap outer =
            named(BpfMap.create(MapSpec.of("o", MapType.ARRAY_OF_MAPS, 4, 4, 1).withInner(inner)));
        yield () -> outer.update(ZERO, inner.fd());
      }
      case PUT_PROGRAM -> {
        BpfMap array = map(MapType.PROG_ARRAY);
        BpfProgram program = program(ProgramType.XDP, null);
        yield () -> array.update(ZERO, program.fd());
      }
      case LOAD_PROGRAM -> {
        byte[] code = new Asm().map(1).move(0, 0).exit();
        ProgramSpec spec =
            ProgramSpec.of("p", ProgramType.XDP, code, "GPL")
                .withDescriptors(Map.of(0, map(MapType.ARRAY).fd()));
        yield () -> opened.add(BpfProgram.load(spec));
      }
      case RUN_PROGRAM -> {
        BpfProgram program = program(ProgramType.XDP, null);
        yield () -> program.testRun(TestRun.packet(new byte[14]));
      }
      case PROGRAM_INFORMATION -> program(ProgramType.XDP, null)::info;
      case PROGRAM_MAPS -> program(ProgramType.XDP, null)::mapIds;
      case PIN_MAP -> {
        BpfMap map = map(MapType.ARRAY);
        PinDirectory pins = pins();
        yield () -> pins.pin(map, "it");
      }
      case PIN_PROGRAM -> {
        BpfProgram program = program(ProgramType.XDP, null);
        PinDirectory pins = pins();
        yield () -> pins.pin(program, "it");
      }
      case PIN_LINK -> {
        BpfLink link = link();
        PinDirectory pins = pins();
        yield () -> pins.pin(link, "it");
      }
      case RAW_TRACEPOINT -> {
        BpfProgram program = program(ProgramType.RAW_TRACEPOINT, null);
        yield () -> opened.add(Tracepoint.attachRaw(program, "sched_process_fork"));
      }
      case LINK_ON_NAMESPACE -> {
        BpfProgram program = program(ProgramType.SK_LOOKUP, AttachType.SK_LOOKUP);
        yield () ->
            opened.add(
                NetworkNamespace.attach(program, NetworkNamespace.CURRENT, AttachType.SK_LOOKUP));
      }
      case UPDATE_LINK -> {
        BpfLink link = link();
        BpfProgram next = program(ProgramType.SK_LOOKUP, AttachType.SK_LOOKUP);
        yield () -> link.update(next);
      }
      case DETACH_LINK -> link()::detach;
      case LINK_INFORMATION -> link()::info;
      case QUERY_MAP -> {
        BpfMap map = map(MapType.SOCKMAP);
        yield () -> SocketMap.programs(map, AttachType.SK_MSG_VERDICT);
      }
      case ITERATOR_OVER_MAP -> {
        BpfMap map = map(MapType.ARRAY);
        BpfProgram program = program(ProgramType.XDP, null);
        // No iterator: the kernel looks at the program before it refuses.
        yield () -> {
          try {
            Iterator.attach(program, map).close();
          } catch (SystemCallException refused) {
            assertThat(refused.errno()).isEqualTo(Errno.EINVAL);
          }
        };
      }
      case DUPLICATE -> {
        Fd fd = map(MapType.ARRAY).fd();
        yield () -> opened.add(fd.duplicate());
      }
      case WATCH -> {
        EventFd event = opened(new EventFd());
        named.add(event.fd());
        Epoll epoll = opened(new Epoll(1));
        yield () -> epoll.add(event.fd(), 1);
      }
      case LOCK -> {
        Fd fd = opened(OpenFile.directory(directory));
        named.add(fd);
        yield () -> Directories.lock(fd);
      }
      case READ -> {
        Fd fd = opened(OpenFile.readable(Path.of("/proc/self/stat")));
        named.add(fd);
        yield () -> OpenFile.readAll(fd, 1);
      }
    };
  }

  private BpfMap map(MapType type) {
    return named(BpfMap.create(MapSpec.of("m", type, 4, 4, 1)));
  }

  private BpfProgram program(ProgramType type, @Nullable AttachType at) {
    ProgramSpec spec = ProgramSpec.of("p", type, new Asm().move(0, 1).exit(), "GPL");
    BpfProgram program = opened(BpfProgram.load(spec.withAttachType(at)));
    named.add(program.fd());
    return program;
  }

  private BpfLink link() {
    BpfProgram first = program(ProgramType.SK_LOOKUP, AttachType.SK_LOOKUP);
    named.clear();
    BpfLink link =
        opened(NetworkNamespace.attach(first, NetworkNamespace.CURRENT, AttachType.SK_LOOKUP));
    named.add(link.fd());
    return link;
  }

  private PinDirectory pins() {
    return opened(PinDirectory.privateToProcess());
  }

  private BpfMap named(BpfMap map) {
    named.add(map.fd());
    return opened(map);
  }

  private <T extends AutoCloseable> T opened(T object) {
    opened.push(object);
    return object;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable object : opened) {
      object.close();
    }
  }
}
