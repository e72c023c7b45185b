package dev.whistler.tier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.tier.Violation.Kind;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Objects written by hand that try to leave the tier {@code observe}, and such as stay in it. */
class TierCheckTest {
  private static final int HASH = 1;
  private static final int PROG_ARRAY = 3;
  private static final int SOCKMAP = 15;
  private static final int RINGBUF = 27;
  private static final int ARENA = 33;

  // enum bpf_func_id
  private static final int MAP_LOOKUP = 1;
  private static final int MAP_UPDATE = 2;
  private static final int TAIL_CALL = 12;
  private static final int SKB_LOAD_BYTES = 26;
  private static final int PROBE_WRITE_USER = 36;
  private static final int SEND_SIGNAL = 109;
  private static final int PROBE_READ_KERNEL = 113;
  private static final int RING_RESERVE = 131;
  private static final int RING_SUBMIT = 132;
  private static final int TIMER_SET_CALLBACK = 170;
  private static final int LOOP = 181;
  private static final int FOR_EACH = 164;

  private static List<Kind> kinds(byte[] object, Tier tier) {
    return TierCheck.check(object, tier).stream().map(Violation::kind).distinct().toList();
  }

  private static DynamicTest refused(String name, Kind kind, SampleObject object) {
    byte[] bytes = object.write();
    return DynamicTest.dynamicTest(
        name,
        () -> {
          assertThat(kinds(bytes, Tier.OBSERVE)).as(name).contains(kind);
          assertThat(TierCheck.check(bytes, Tier.UNRESTRICTED)).isEmpty();
        });
  }

  private static DynamicTest allowed(String name, SampleObject object) {
    byte[] bytes = object.write();
    return DynamicTest.dynamicTest(
        name, () -> assertThat(TierCheck.check(bytes, Tier.OBSERVE)).as(name).isEmpty());
  }

  /** An XDP program with the packet in r2, its end in r3, and the context in r6. */
  private static SampleObject xdp() {
    return new SampleObject()
        .map("hits", HASH)
        .function("p", "xdp")
        .move(6, 1)
        .load(4, 2, 1, 0)
        .load(4, 3, 1, 4);
  }

  /** A look-up in {@code hits} whose result, in r0, is not null. */
  private static SampleObject lookup(SampleObject object) {
    return object
        .storeNumber(8, 10, -8, 0)
        .move(2, 10)
        .add(2, -8)
        .address(1, "hits")
        .helper(MAP_LOOKUP)
        .raw(0x55, 0, 0, 2, 0)
        .exit(2);
  }

  private static SampleObject storing(UnaryOperator<SampleObject> address) {
    return address.apply(xdp()).storeNumber(1, 2, 0, 1).exit(2);
  }

  @TestFactory
  Stream<DynamicTest> storesBeyondWhatIsOwn() {
    return Stream.of(
        refused("to a packet", Kind.STORE, storing(o -> o)),
        refused("to a packet at an offset", Kind.STORE, storing(o -> o.add(2, 14))),
        refused("to a packet below its start", Kind.STORE, storing(o -> o.add(2, -14))),
        refused("to a packet by register", Kind.STORE, xdp().store(8, 2, 0, 3).exit(2)),
        refused("to the metadata", Kind.STORE, xdp().load(4, 2, 6, 8).store(4, 2, 0, 3).exit(2)),
        refused("through a copy", Kind.STORE, storing(o -> o.move(4, 2).move(2, 4))),
        refused(
            "through a stack slot",
            Kind.STORE,
            storing(o -> o.store(8, 10, -16, 2).set(2, 0).load(8, 2, 10, -16))),
        refused(
            "through a slot addressed otherwise",
            Kind.STORE,
            storing(o -> o.move(4, 10).add(4, -8).store(8, 4, -8, 2).load(8, 2, 10, -16))),
        refused(
            "through two halves of a slot",
            Kind.STORE,
            storing(o -> o.store(4, 10, -16, 2).store(4, 10, -12, 2).load(8, 2, 10, -16))),
        refused(
            "through a join with the stack",
            Kind.STORE,
            storing(o -> o.raw(0x15, 3, 0, 1, 0).move(2, 10).add(2, -8))),
        refused(
            "through a join with a map value",
            Kind.STORE,
            lookup(xdp())
                .load(4, 2, 6, 0)
                .raw(0x15, 7, 0, 1, 0)
                .move(2, 0)
                .store(1, 2, 0, 3)
                .exit(2)),
        refused("through 32-bit arithmetic", Kind.STORE, storing(o -> o.raw(0xbc, 2, 2, 0, 0))),
        refused("through a mask", Kind.STORE, storing(o -> o.raw(0x57, 2, 0, 0, -8))),
        refused("through exclusive or", Kind.STORE, storing(o -> o.raw(0xaf, 2, 3, 0, 0))),
        refused("through a sum", Kind.STORE, storing(o -> o.raw(0x0f, 3, 2, 0, 0).move(2, 3))),
        refused(
            "through the stack plus a packet's address",
            Kind.STORE,
            storing(o -> o.raw(0x1f, 2, 10, 0, 0).move(4, 10).raw(0x0f, 4, 2, 0, 0).move(2, 4))),
        refused(
            "through null plus a packet's address",
            Kind.STORE,
            storing(o -> o.set(4, 0).raw(0x0f, 4, 2, 0, 0).move(2, 4))),
        refused(
            "through a number",
            Kind.STORE,
            storing(o -> o.raw(0x18, 2, 0, 0, 64).raw(0, 0, 0, 0, 1))),
        refused(
            "through a map value that holds an address",
            Kind.STORE,
            lookup(xdp())
                .load(4, 2, 6, 0)
                .store(8, 0, 0, 2)
                .load(8, 2, 0, 0)
                .store(1, 2, 0, 3)
                .exit(2)),
        refused("through an argument", Kind.STORE, callee(4, 2)),
        refused(
            "through the frame of a caller",
            Kind.STORE,
            xdp()
                .store(8, 10, -16, 2)
                .move(1, 10)
                .call("f")
                .exit(2)
                .function("f", ".text")
                .load(8, 2, 1, -16)
                .storeNumber(1, 2, 0, 1)
                .exit(0)),
        refused(
            "through what a function returns",
            Kind.STORE,
            xdp()
                .move(1, 2)
                .call("f")
                .storeNumber(1, 0, 0, 1)
                .exit(2)
                .function("f", ".text")
                .move(0, 1)
                .exit()),
        refused("in the body of a loop helper", Kind.STORE, loop(2)),
        refused(
            "through what a loop's body left in the frame",
            Kind.STORE,
            xdp()
                .store(8, 10, -8, 10)
                .store(8, 10, -16, 2)
                .set(1, 4)
                .address(2, "body")
                .move(3, 10)
                .set(4, 0)
                .helper(LOOP)
                .load(8, 2, 10, -8)
                .storeNumber(1, 2, -32, 1)
                .exit(2)
                .function("body", ".text")
                .load(8, 3, 2, -16)
                .store(8, 2, -8, 3)
                .exit(0)),
        refused(
            "in a timer's function",
            Kind.HELPER,
            lookup(xdp())
                .move(1, 0)
                .address(2, "later")
                .helper(TIMER_SET_CALLBACK)
                .exit(2)
                .function("later", ".text")
                .set(1, 9)
                .helper(SEND_SIGNAL)
                .exit(0)),
        refused(
            "in the body of a map walk",
            Kind.STORE,
            xdp()
                .address(1, "hits")
                .address(2, "body")
                .move(3, 2)
                .load(4, 3, 6, 0)
                .set(4, 0)
                .helper(FOR_EACH)
                .exit(2)
                .function("body", ".text")
                .storeNumber(1, 4, 0, 1)
                .exit(0)),
        refused(
            "to the key of a map walk",
            Kind.STORE,
            xdp()
                .address(1, "hits")
                .address(2, "body")
                .set(3, 0)
                .set(4, 0)
                .helper(FOR_EACH)
                .exit(2)
                .function("body", ".text")
                .storeNumber(1, 2, 0, 1)
                .exit(0)),
        refused("to the context", Kind.STORE, xdp().storeNumber(4, 6, 0, 1).exit(2)),
        refused(
            "to a socket buffer's mark",
            Kind.STORE,
            new SampleObject().function("p", "tc").storeNumber(4, 1, 8, 1).exit(0)),
        refused(
            "to an object of the kernel", Kind.STORE, fentry().storeNumber(4, 2, 16, 0).exit(0)),
        refused(
            "to an object behind one",
            Kind.STORE,
            fentry().load(8, 3, 2, 64).storeNumber(4, 3, 16, 0).exit(0)),
        refused("atomic, to a packet", Kind.STORE, xdp().raw(0xdb, 2, 3, 0, 0).exit(2)),
        refused("atomic with result", Kind.STORE, xdp().raw(0xdb, 2, 3, 0, 1).exit(2)),
        refused("atomic exchange", Kind.STORE, xdp().raw(0xdb, 2, 3, 0, 0xe1).exit(2)),
        refused("store-release", Kind.STORE, xdp().raw(0xdb, 2, 3, 0, 0x110).exit(2)),
        refused(
            "through what an exchange with the stack gives",
            Kind.STORE,
            xdp()
                .store(8, 10, -8, 2)
                .set(3, 0)
                .raw(0xdb, 10, 3, -8, 0xe1)
                .storeNumber(1, 3, 0, 1)
                .exit(2)),
        refused(
            "through a descriptor of whoever loads it",
            Kind.STORE,
            xdp().raw(0x18, 2, 2, 0, 3).raw(0, 0, 0, 0, 0).storeNumber(1, 2, 0, 1).exit(2)),
        refused(
            "through another address space",
            Kind.STORE,
            xdp().raw(0xbf, 2, 10, 1, 1).storeNumber(1, 2, 0, 1).exit(2)),
        refused(
            "through null or a map value plus a slot that the loader chooses",
            Kind.STORE,
            lookup(xdp())
                .load(4, 2, 6, 0)
                .store(8, 10, -16, 2)
                .patchNext()
                .load(8, 3, 10, -24)
                .raw(0x15, 7, 0, 1, 0)
                .set(0, 0)
                .raw(0x0f, 0, 3, 0, 0)
                .storeNumber(1, 0, 0, 1)
                .exit(2)),
        refused(
            "through a spilled map value that one path replaces",
            Kind.STORE,
            lookup(fentry().map("hits", HASH).move(7, 2))
                .store(8, 10, -16, 0)
                .store(8, 10, -24, 0)
                .move(1, 10)
                .add(1, -16)
                .raw(0x15, 7, 0, 1, 0)
                .add(1, -8)
                .store(8, 1, 0, 7)
                .load(8, 1, 10, -16)
                .storeNumber(1, 1, 0, 1)
                .exit(2)),
        refused(
            "through a place that the loader chooses",
            Kind.STORE,
            xdp().patchNext().load(8, 2, 6, 16).storeNumber(1, 2, 0, 1).exit(2)));
  }

  private static SampleObject callee(int argument, int from) {
    return xdp()
        .move(argument, from)
        .call("f")
        .exit(2)
        .function("f", ".text")
        .storeNumber(1, argument, 0, 1)
        .exit(0);
  }

  private static SampleObject loop(int context) {
    return xdp()
        .move(3, context)
        .set(1, 4)
        .address(2, "body")
        .set(4, 0)
        .helper(LOOP)
        .exit(2)
        .function("body", ".text")
        .storeNumber(1, 2, 0, 1)
        .exit(0);
  }

  /** A program of fentry with the first argument of the function in r2. */
  private static SampleObject fentry() {
    return new SampleObject().function("p", "fentry/f").load(8, 2, 1, 0);
  }

  @TestFactory
  Stream<DynamicTest> calls() {
    return Stream.of(
        refused("a signal", Kind.HELPER, fentry().set(1, 9).helper(SEND_SIGNAL).exit(0)),
        refused("user memory", Kind.HELPER, fentry().helper(PROBE_WRITE_USER).exit(0)),
        refused("a helper of the future", Kind.HELPER, fentry().helper(999).exit(0)),
        refused("a helper of a negative number", Kind.HELPER, fentry().helper(-1).exit(0)),
        refused(
            "a tail call",
            Kind.HELPER,
            xdp().map("next", PROG_ARRAY).move(1, 6).address(2, "next").helper(TAIL_CALL).exit(2)),
        refused(
            "a function of the kernel",
            Kind.KERNEL_FUNCTION,
            fentry().raw(0x85, 0, 2, 0, 7).exit(0)),
        refused(
            "a helper that writes to a packet",
            Kind.STORE,
            xdp().move(1, 2).set(2, 8).set(3, 0).helper(PROBE_READ_KERNEL).exit(2)),
        refused(
            "a helper that writes to the context",
            Kind.STORE,
            new SampleObject()
                .function("p", "tc")
                .move(3, 1)
                .set(2, 0)
                .set(4, 8)
                .helper(SKB_LOAD_BYTES)
                .exit(0)),
        refused(
            "a socket put into a map",
            Kind.HELPER,
            xdp().map("sockets", SOCKMAP).address(1, "sockets").helper(MAP_UPDATE).exit(2)),
        refused(
            "an arena",
            Kind.HELPER,
            xdp().map("arena", ARENA).address(1, "arena").helper(MAP_LOOKUP).exit(2)),
        refused(
            "a map of whoever loads it",
            Kind.HELPER,
            xdp().raw(0x18, 1, 1, 0, 3).raw(0, 0, 0, 0, 0).helper(MAP_UPDATE).exit(2)),
        refused(
            "a callback that cannot be told",
            Kind.HELPER,
            xdp().set(1, 4).move(2, 6).set(3, 0).set(4, 0).helper(LOOP).exit(2)));
  }

  @TestFactory
  Stream<DynamicTest> whatProgramsReturn() {
    return Stream.of(
        refused("another constant", Kind.RETURN, xdp().exit(1)),
        refused("a number", Kind.RETURN, xdp().helper(7).exit()),
        refused("one of two", Kind.RETURN, xdp().set(0, 2).raw(0x15, 3, 0, 1, 0).set(0, 1).exit()),
        refused(
            "what a helper overwrote",
            Kind.RETURN,
            xdp()
                .storeNumber(8, 10, -8, 2)
                .move(1, 10)
                .add(1, -16)
                .load(4, 2, 6, 12)
                .set(3, 0)
                .helper(PROBE_READ_KERNEL)
                .load(8, 0, 10, -8)
                .exit()),
        refused(
            "what a function returns",
            Kind.RETURN,
            xdp().call("f").exit().function("f", ".text").helper(7).exit()),
        refused("what the loader puts there", Kind.RETURN, xdp().patchNext().set(0, 2).exit()),
        refused("the result of a changed function", Kind.RETURN, program("fmod_ret/f", 1)),
        refused("a denial of LSM", Kind.RETURN, program("lsm/file_open", -1)),
        refused("a denial of LSM in a cgroup", Kind.RETURN, program("lsm_cgroup/socket_bind", 0)),
        refused("a dropped packet", Kind.RETURN, program("cgroup_skb/egress", 0)),
        refused("a cut packet", Kind.RETURN, program("socket", 0)),
        refused("a drop of netfilter", Kind.RETURN, program("netfilter", 0)),
        refused(
            "nothing, after a packet load",
            Kind.INSTRUCTION,
            new SampleObject()
                .function("p", "cgroup/skb")
                .move(6, 1)
                .raw(0x20, 0, 0, 0, 0)
                .exit(1)),
        refused("a dissector", Kind.SECTION, program("flow_dissector", 0)),
        refused("a part of the kernel", Kind.SECTION, program("struct_ops/x", 0)),
        refused("a function of another program", Kind.SECTION, program("freplace/f", 0)),
        refused("a length of messages", Kind.SECTION, program("sk_skb/stream_parser", 1)),
        refused("system calls", Kind.SECTION, program("syscall", 0)),
        refused("a section that nobody knows", Kind.SECTION, program("firewall", 0)));
  }

  private static SampleObject program(String section, int result) {
    return new SampleObject().function("p", section).exit(result);
  }

  @TestFactory
  Stream<DynamicTest> whatAnObserverMayDo() {
    return Stream.of(
        allowed("let packets pass", xdp().exit(2)),
        allowed("let them pass as a 32-bit constant", xdp().raw(0xb4, 0, 0, 0, 2).exit()),
        allowed("allow in a control group", program("lsm_cgroup/socket_bind", 1)),
        allowed("keep all of a packet", program("socket", -1)),
        allowed("return what it likes where it does not matter", program("kprobe/f", 7)),
        allowed("store to the stack", xdp().store(8, 10, -8, 2).storeNumber(1, 10, -9, 1).exit(2)),
        allowed("store to a map value", lookup(xdp()).store(8, 0, 0, 6).exit(2)),
        allowed("count in a map value", lookup(xdp()).set(1, 1).raw(0xdb, 0, 1, 0, 0).exit(2)),
        allowed(
            "count by a packet's length",
            lookup(xdp())
                .load(4, 2, 6, 0)
                .load(4, 3, 6, 4)
                .raw(0x1f, 3, 2, 0, 0)
                .raw(0x57, 3, 0, 0, 7)
                .raw(0x0f, 0, 3, 0, 0)
                .storeNumber(1, 0, 0, 1)
                .exit(2)),
        allowed(
            "store to a variable", xdp().address(1, "variable").storeNumber(4, 1, 8, 1).exit(2)),
        allowed(
            "fill a record",
            xdp()
                .map("ring", RINGBUF)
                .address(1, "ring")
                .set(2, 8)
                .set(3, 0)
                .helper(RING_RESERVE)
                .raw(0x55, 0, 0, 2, 0)
                .exit(2)
                .storeNumber(8, 0, 0, 1)
                .move(1, 0)
                .set(2, 0)
                .helper(RING_SUBMIT)
                .exit(2)),
        allowed("give its frame to a function", callee(1, 10)),
        allowed("give its frame to a loop", loop(10)),
        allowed(
            "spill an address beside an array with a variable index",
            lookup(xdp())
                .store(8, 10, -16, 0)
                .helper(7)
                .raw(0x57, 0, 0, 0, 31)
                .move(1, 10)
                .add(1, -64)
                .raw(0x0f, 1, 0, 0, 0)
                .storeNumber(1, 1, 0, 1)
                .load(8, 1, 10, -16)
                .storeNumber(1, 1, 0, 1)
                .exit(2)));
  }

  @TestFactory
  Stream<DynamicTest> objectsThatCannotBeRead() {
    return Stream.of(
        refused("a jump out of the program", Kind.MALFORMED, xdp().raw(0x05, 0, 0, 100, 0).exit(2)),
        refused(
            "a jump before the program", Kind.MALFORMED, xdp().raw(0x05, 0, 0, -100, 0).exit(2)),
        refused("an end without exit", Kind.MALFORMED, xdp().set(0, 2)),
        refused("half a load", Kind.MALFORMED, xdp().raw(0x18, 1, 0, 0, 0)),
        refused("a register too many", Kind.MALFORMED, xdp().raw(0xbf, 1, 13, 0, 0).exit(2)),
        refused("a frame pointer set", Kind.MALFORMED, xdp().move(10, 2).exit(2)),
        refused("an unknown instruction", Kind.MALFORMED, xdp().raw(0xff, 1, 0, 0, 0).exit(2)),
        refused("a call by register", Kind.MALFORMED, xdp().raw(0x8d, 1, 0, 0, 0).exit(2)),
        refused(
            "a relocation that turns a constant into another",
            Kind.MALFORMED,
            xdp().relocate(10, "p").exit(2)),
        refused("a symbol of the kernel", Kind.MALFORMED, xdp().address(1, "outside").exit(2)),
        refused(
            "two relocations of a slot",
            Kind.MALFORMED,
            xdp().relocate(1, "hits").address(1, "variable").exit(2)),
        refused(
            "a function that calls itself",
            Kind.TOO_COMPLEX,
            xdp().call("f").exit(2).function("f", ".text").call("f").exit(0)));
  }

  @Test
  void actorsMayWritePacketsButNoObjectsOfTheKernel() {
    assertThat(kinds(xdp().storeNumber(1, 2, 0, 1).exit(1).write(), Tier.ACT)).isEmpty();
    assertThat(kinds(xdp().storeNumber(4, 6, 0, 1).exit(1).write(), Tier.ACT)).isEmpty();
    assertThat(kinds(fentry().set(1, 9).helper(SEND_SIGNAL).exit(0).write(), Tier.ACT)).isEmpty();
    assertThat(kinds(fentry().storeNumber(4, 2, 0, 1).exit(0).write(), Tier.ACT))
        .containsExactly(Kind.STORE);
    assertThat(kinds(fentry().helper(PROBE_WRITE_USER).exit(0).write(), Tier.ACT))
        .containsExactly(Kind.HELPER);
    assertThat(kinds(program("fmod_ret/f", -1).write(), Tier.ACT)).containsExactly(Kind.RETURN);
    assertThat(kinds(program("struct_ops/f", 0).write(), Tier.ACT)).containsExactly(Kind.SECTION);
  }

  @Test
  void aViolationNamesFunctionInstructionAndTier() {
    List<Violation> found = TierCheck.check(callee(1, 2).write(), Tier.OBSERVE);
    assertThat(found).singleElement().extracting(Violation::function).isEqualTo("f");
    assertThat(found.getFirst().sentence(Tier.OBSERVE))
        .isEqualTo("a store to a packet is not allowed in the tier observe (f, instruction 0)");
  }

  @Test
  void pathsWithoutEndAreCountedAndRefused() {
    SampleObject object = xdp();
    // Each function calls the next one twice with another frame: 2^7 ways, each of 65,000 steps.
    for (int i = 0; i < 7; i++) {
      object.store(8, 10, -8 * (i + 1), 2);
    }
    object.call("f0").exit(2);
    for (int f = 0; f < 6; f++) {
      object.function("f" + f, ".text");
      for (int i = 0; i < 40; i++) {
        object.set(1, 64 * f + i).call("f" + (f + 1));
      }
      object.exit(0);
    }
    object.function("f6", ".text");
    object.exit(0);
    assertThat(kinds(object.write(), Tier.OBSERVE)).containsExactly(Kind.TOO_COMPLEX);
  }
}
