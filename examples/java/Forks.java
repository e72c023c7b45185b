/// The program of examples/forks.lisp from Java, with nothing but the library `bpf`:
///
///     ./whistler compile examples/forks.lisp -o forks.o
///     java --enable-native-access=ALL-UNNAMED -cp bpf/target/classes examples/java/Forks.java forks.o

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.codec.Codecs;
import dev.whistler.bpf.link.Tracepoint;
import dev.whistler.bpf.map.TypedMap;
import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.bpf.tracefs.Tracefs;

/// The struct `life` of the source, field by field.
record Life(long born, long livedMs, long pid, long parent, byte[] comm) {}

void main(String[] arguments) throws Exception {
  var object = BpfObject.open(Files.readAllBytes(Path.of(arguments[0])));
  var life = object.codec("life", Life.class);
  try (var loaded = object.load();
      var tracefs = Tracefs.open();
      var born = Tracepoint.attach(loaded.program("born"), tracefs, "sched", "sched_process_fork");
      var gone = Tracepoint.attach(loaded.program("gone"), tracefs, "sched", "sched_process_exit");
      var reader = RingBufferReader.open(loaded.map("lives"))) {
    new ProcessBuilder("sh", "-c", "sleep 0.05; true | true").start();
    var deadline = Instant.now().plusSeconds(2);
    while (Instant.now().isBefore(deadline)) {
      reader.poll(
          record -> {
            var ended = life.fromBytes(record.bytes());
            var name = new String(ended.comm(), StandardCharsets.UTF_8).split("\0")[0];
            IO.println(name + " lived " + ended.livedMs() + " ms, child of " + ended.parent());
          },
          Duration.ofMillis(100));
    }
    var forks = TypedMap.perCpu(loaded.map("forks"), Codecs.U32, Codecs.U64);
    IO.println("forks on each CPU: " + forks.lookup(0L));
  }
}
