package dev.whistler.compiler.emit;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.table.Sections;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.SlotType;
import dev.whistler.compiler.type.StaticType;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Short names for building typed trees by hand. */
public final class Tree {
  private Tree() {}

  public static final Origin HERE = new Origin(new SourceRange("test.w", 1, 1, 1, 2), List.of());

  public static Expr number(long value) {
    return new Expr.Constant(value, ScalarType.U64, HERE);
  }

  public static Local local(String name) {
    return new Local(name, null, ScalarType.U64, HERE);
  }

  public static Local local(String name, StaticType type) {
    return new Local(name, type instanceof ScalarType s ? s : null, type, HERE);
  }

  public static Expr read(Local local) {
    return new Expr.Read(local, HERE);
  }

  public static Expr assign(Local local, Expr value) {
    return new Expr.Assign(local, value, HERE);
  }

  public static Expr let(Local local, Expr init, Expr... body) {
    return new Expr.Let(local, init, sequence(body), HERE);
  }

  public static Expr sequence(Expr... forms) {
    return forms.length == 1 ? forms[0] : new Expr.Sequence(List.of(forms), HERE);
  }

  public static Expr when(Expr test, Expr then) {
    return choose(test, then, number(0));
  }

  public static Expr choose(Expr test, Expr then, Expr otherwise) {
    return new Expr.If(test, then, otherwise, then.type(), HERE);
  }

  public static Expr ret(Expr value) {
    return new Expr.Return(value, HERE);
  }

  public static Expr binary(Operator operator, Expr left, Expr right) {
    return new Expr.Binary(operator, left, right, ScalarType.U64, HERE);
  }

  public static Expr add(Expr left, Expr right) {
    return new Expr.Binary(
        Operator.ADD,
        left,
        right,
        left.type() instanceof PointerType ? left.type() : ScalarType.U64,
        HERE);
  }

  public static Expr compare(Relation relation, Expr left, Expr right) {
    return new Expr.Compare(relation, left, right, HERE);
  }

  public static Expr convert(ScalarType type, Expr operand) {
    return new Expr.Convert(type, operand, HERE);
  }

  public static Expr load(ScalarType type, Expr pointer, long displacement) {
    return new Expr.Load(type, pointer, displacement, type, HERE);
  }

  public static Expr store(ScalarType type, Expr pointer, long displacement, Expr value) {
    return new Expr.Store(type, pointer, displacement, value, HERE);
  }

  public static Expr block(int size) {
    return new Expr.StackBlock(new PointerType(Region.STACK, null, size, false), HERE);
  }

  public static Expr repeat(Local index, long count, Expr body) {
    return new Expr.Repeat(index, count, body, HERE);
  }

  public static Expr.Slot value(Expr value, int size) {
    return new Expr.Slot.ByValue(value, size);
  }

  public static MapDefinition map(String name, MapType type, int key, int value, long entries) {
    return new MapDefinition(
        name,
        name,
        type,
        new SlotType(key, null, null),
        new SlotType(value, null, null),
        entries,
        0,
        List.of(),
        null,
        List.of(),
        false,
        HERE);
  }

  public static Expr lookup(MapDefinition map, Expr key) {
    return new Expr.MapLookup(
        map,
        value(key, map.key().size()),
        new PointerType(Region.MAP_VALUE, null, map.value().size(), true),
        HERE);
  }

  public static Expr update(MapDefinition map, Expr key, Expr value) {
    return new Expr.MapUpdate(
        map, value(key, map.key().size()), value(value, map.value().size()), number(0), HERE);
  }

  public static Expr call(String helper, StaticType type, Expr... arguments) {
    return new Expr.Call(
        Helpers.named(helper).orElseThrow(),
        java.util.Arrays.<Expr>stream(arguments)
            .<Expr.Argument>map(Expr.Argument.Value::new)
            .toList(),
        type,
        HERE);
  }

  /** Binds {@code d} to the packet's data if it has {@code length} bytes, else returns 2. */
  public static Expr packet(Local data, int length, Expr body) {
    PointerType packet = new PointerType(Region.PACKET, null, -1, false);
    Local end = local("e", packet);
    return let(
        data,
        new Expr.ContextLoad(ScalarType.U32, 0, packet, HERE),
        let(
            end,
            new Expr.ContextLoad(ScalarType.U32, 4, packet, HERE),
            when(
                compare(Relation.GREATER, add(read(data), number(length)), read(end)),
                ret(number(2))),
            body));
  }

  public static Local packetLocal() {
    return local("d", new PointerType(Region.PACKET, null, -1, false));
  }

  public static TypedUnit unit(List<MapDefinition> maps, Expr... bodies) {
    return unit(maps, OptionalLong.empty(), bodies);
  }

  public static TypedUnit unit(List<MapDefinition> maps, OptionalLong pass, Expr... bodies) {
    List<TypedProgram> programs = new java.util.ArrayList<>();
    for (Expr body : bodies) {
      String name = "p" + programs.size();
      programs.add(
          new TypedProgram(
              name, name, Sections.resolve("xdp").orElseThrow(), "GPL", false, body, pass, HERE));
    }
    return new TypedUnit(
        List.of(), List.of(), List.of(), maps, null, List.of(), programs, List.of(), List.of(),
        Map.of(), Map.of(), List.of());
  }

  static @Nullable Object nothing() {
    return null;
  }
}
