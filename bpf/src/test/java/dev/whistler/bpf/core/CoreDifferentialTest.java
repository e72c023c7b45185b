package dev.whistler.bpf.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.object.CodeLinker;
import dev.whistler.bpf.object.FunctionImage;
import dev.whistler.bpf.object.ObjectImage;
import dev.whistler.bpf.sys.BpfException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same object, fitted to the same kernel by libbpf and by us: the code must be the same. */
class CoreDifferentialTest {
  private static final String PRELUDE =
      """
      typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32;
      typedef unsigned long long u64; typedef signed char s8; typedef short s16; typedef int s32;
      typedef long long s64;
      #define CORE __attribute__((preserve_access_index))
      #define PROGRAM(name) __attribute__((section("socket"), used)) u64 name(char *p)
      #define ASK(name, what) PROGRAM(name) { return what; }
      #define OFFSET(s, f) __builtin_preserve_field_info(((s *)0)->f, 0)
      #define SIZE(s, f) __builtin_preserve_field_info(((s *)0)->f, 1)
      #define EXISTS(s, f) __builtin_preserve_field_info(((s *)0)->f, 2)
      #define SIGNED(s, f) __builtin_preserve_field_info(((s *)0)->f, 3)
      #define LEFT(s, f) __builtin_preserve_field_info(((s *)0)->f, 4)
      #define RIGHT(s, f) __builtin_preserve_field_info(((s *)0)->f, 5)
      #define TYPE_EXISTS(t) __builtin_preserve_type_info(*(t *)0, 0)
      #define TYPE_SIZE(t) __builtin_preserve_type_info(*(t *)0, 1)
      #define TYPE_MATCHES(t) __builtin_preserve_type_info(*(t *)0, 2)
      #define LOCAL_ID(t) __builtin_btf_type_id(*(t *)0, 0)
      #define KERNEL_ID(t) __builtin_btf_type_id(*(t *)0, 1)
      #define VALUE_EXISTS(e, v) __builtin_preserve_enum_value(*(e *)v, 0)
      #define VALUE(e, v) __builtin_preserve_enum_value(*(e *)v, 1)
      #define ALL(n, s, f) ASK(n##_offset, OFFSET(s, f)) ASK(n##_size, SIZE(s, f)) \\
        ASK(n##_exists, EXISTS(s, f)) ASK(n##_signed, SIGNED(s, f)) \\
        ASK(n##_left, LEFT(s, f)) ASK(n##_right, RIGHT(s, f))
      #define LOAD(n, s, f) PROGRAM(n##_load) { return ((s *)p)->f; }
      #define STORE(n, s, f) PROGRAM(n##_store) { ((s *)p)->f = p[0]; return 0; }
      #define TYPE(n, t) ASK(n##_type, TYPE_EXISTS(t)) ASK(n##_bytes, TYPE_SIZE(t)) \\
        ASK(n##_match, TYPE_MATCHES(t)) ASK(n##_local, LOCAL_ID(t)) ASK(n##_kernel, KERNEL_ID(t))
      """;

  private static final String LICENSE =
      "char _license[] __attribute__((section(\"license\"), used)) = \"GPL\";\n";

  private static Arguments pair(String name, String kernel, String program) {
    return Arguments.of(name, kernel, program);
  }

  /** Name, types of the kernel, program. */
  static Stream<Arguments> written() {
    return Stream.of(
        pair(
            "a field that moved",
            "struct s { long gone; int a; struct { long b; union { int c; char d; }; }; } v;",
            """
            struct s { int a; long b; int c; char d; } CORE;
            ALL(a, struct s, a) ALL(b, struct s, b) ALL(c, struct s, c) ALL(d, struct s, d)
            LOAD(a, struct s, a) LOAD(c, struct s, c) STORE(c, struct s, c) STORE(b, struct s, b)
            """),
        pair(
            "a field of another width: unsigned",
            "struct s { u8 x; u64 a; u16 b; u8 *c; } v;",
            """
            struct s { u32 a; u32 b; char *c; } CORE;
            ALL(a, struct s, a) LOAD(a, struct s, a) STORE(a, struct s, a)
            LOAD(b, struct s, b) STORE(b, struct s, b)
            """),
        pair(
            "a field of another width: signed",
            "struct s { u8 x; s64 a; s16 b; u16 c; } v;",
            """
            struct s { s32 a; s32 b; s32 c; } CORE;
            ALL(a, struct s, a) LOAD(a, struct s, a)
            """),
        pair(
            "a store into a field of another width: signed",
            "struct s { u8 x; s64 a; } v;",
            "struct s { s32 a; } CORE; STORE(a, struct s, a)"),
        pair(
            "a signed field read as an unsigned one",
            "struct s { u8 x; s64 a; } v;",
            "struct s { u32 a; } CORE; LOAD(a, struct s, a)"),
        pair(
            "an unsigned field read as a signed one",
            "struct s { u8 x; u16 a; } v;",
            "struct s { s32 a; } CORE; LOAD(a, struct s, a)"),
        pair(
            "one width, another sign",
            "struct s { u8 x; u32 a; } v;",
            "struct s { s32 a; } CORE; ALL(a, struct s, a) LOAD(a, struct s, a) STORE(a, struct s, a)"),
        pair(
            "an enumeration of another width",
            "enum e { A = 1ull << 40 }; struct s { u8 x; enum e a; } v;",
            "enum e { A = 1 }; struct s { enum e a; } CORE; ALL(a, struct s, a) LOAD(a, struct s, a)"),
        pair(
            "a truth value that became a number",
            "struct s { u8 x; u32 a; } v;",
            "struct s { _Bool a; } CORE; ALL(a, struct s, a) LOAD(a, struct s, a)"),
        pair(
            "a number that became an enumeration",
            "enum e { A }; struct s { enum e a; } v;",
            "struct s { u32 a; } CORE; ASK(e, EXISTS(struct s, a)) LOAD(a, struct s, a)"),
        pair(
            "a number that became a pointer",
            "struct s { void *a; } v;",
            "struct s { u64 a; } CORE; ASK(e, EXISTS(struct s, a)) LOAD(a, struct s, a)"),
        pair(
            "a pointer that became a structure",
            "struct s { struct { int b; } a; } v;",
            "struct s { struct { int b; } *a; } CORE; ASK(e, EXISTS(struct s, a))"),
        pair(
            "a structure that became a union",
            "struct s { union { int b; long c; } a; } v;",
            "struct s { struct { int b; } a; } CORE; ASK(e, EXISTS(struct s, a.b)) LOAD(b, struct s, a.b)"),
        pair(
            "enumerations of other names",
            "enum one { A }; enum two___old { B }; struct s { int x; enum one a; enum two___old b; enum { C } c; } v;",
            """
            enum eins { A1 }; enum two___new { B1 }; enum three { C1 };
            struct s { enum eins a; enum two___new b; enum three c; } CORE;
            ASK(a, EXISTS(struct s, a)) ASK(b, EXISTS(struct s, b)) ASK(c, EXISTS(struct s, c))
            """),
        pair(
            "what is not there",
            "struct s { int a; } v; enum e { A } w;",
            """
            struct s { int gone; int a; } CORE; struct gone { int a; } CORE; enum e { NONE };
            enum gone_e { Z };
            ALL(f, struct s, gone) LOAD(f, struct s, gone) STORE(f, struct s, gone)
            ALL(t, struct gone, a) LOAD(t, struct gone, a) TYPE(t, struct gone)
            ASK(v, VALUE_EXISTS(enum e, NONE)) ASK(w, VALUE(enum e, NONE))
            ASK(x, VALUE_EXISTS(enum gone_e, Z)) ASK(y, VALUE(enum gone_e, Z))
            TYPE(e, enum gone_e)
            """),
        pair(
            "flavours",
            "struct s___v1___old { int x; int a; } v; struct t_x { int a; } u;",
            """
            struct s___v1___new { int a; } CORE; struct s___mine { int a; } CORE;
            struct t_x___a___b { int a; } CORE; struct ___t { int a; } CORE; struct t_x____y { int a; } CORE;
            ASK(a, EXISTS(struct s___v1___new, a)) ASK(b, EXISTS(struct s___mine, a))
            ASK(c, EXISTS(struct t_x___a___b, a)) ASK(d, EXISTS(struct ___t, a))
            ASK(e, EXISTS(struct t_x____y, a)) LOAD(a, struct s___v1___new, a)
            """),
        pair(
            "enumerators with flavours",
            "enum e { A___k = 3, B = -2, C = 0x7fffffff } v;",
            """
            enum e { A___mine = 1, B = 1, C = 2 };
            ASK(a, VALUE(enum e, A___mine)) ASK(b, VALUE(enum e, B)) ASK(c, VALUE(enum e, C))
            """),
        pair(
            "enumerators of 64 bits",
            "enum e { A = 1ull << 40, B = ~0ull } v; enum g { G = -5ll << 40 } w;",
            """
            enum e { A = 1, B = 2 }; enum g { G = 1 };
            ASK(a, VALUE(enum e, A)) ASK(b, VALUE(enum e, B)) ASK(c, VALUE(enum g, G))
            """),
        pair(
            "two kernel types that agree",
            "struct s { int x; int a; } v; struct s___2 { int x; int a; long b; } w;",
            "struct s { int a; } CORE; ALL(a, struct s, a) LOAD(a, struct s, a) ASK(t, TYPE_EXISTS(struct s))"),
        pair(
            "two kernel types that place a field differently",
            "struct s { int x; int a; } v; struct s___2 { int a; } w;",
            "struct s { int a; } CORE; LOAD(a, struct s, a)"),
        pair(
            "two kernel types of different size",
            "struct s { int x; int a; } v; struct s___2 { long a[7]; } w;",
            "struct s { int a; } CORE; ASK(a, TYPE_SIZE(struct s))"),
        pair(
            "two kernel types, each with one of the fields",
            "struct s { int x; int a; } v; struct s___2 { int x; long b; } w;",
            "struct s { int a; long b; } CORE; ASK(a, OFFSET(struct s, a)) ASK(b, OFFSET(struct s, b)) ASK(c, EXISTS(struct s, b))"),
        pair(
            "two kernel enumerations that differ",
            "enum e { A = 1 } v; enum e___2 { A___2 = 2 } w;",
            "enum e { A = 7 }; ASK(a, VALUE(enum e, A))"),
        pair(
            "a structure and a union of one name",
            "struct s { int x; int a; } v; union s___u { int a; } w;",
            "struct s { int a; } CORE; LOAD(a, struct s, a)"),
        pair(
            "arrays",
            "struct s { int x; int a[4]; struct { long x; int b; } c[3]; char m[2][3]; } v;",
            """
            struct s { int a[2]; struct { int b; } c[9]; char m[5][5]; } CORE;
            ASK(a, EXISTS(struct s, a[1])) ASK(b, EXISTS(struct s, c[2].b)) ASK(c, EXISTS(struct s, c[3].b))
            ASK(d, EXISTS(struct s, m[1][2])) ASK(e, EXISTS(struct s, m[1][3])) ASK(f, EXISTS(struct s, m[2][0]))
            ASK(g, OFFSET(struct s, c[1].b)) ASK(h, SIZE(struct s, a)) LOAD(a, struct s, a[1]) LOAD(c, struct s, c[2].b)
            LOAD(m, struct s, m[1][2])
            """),
        pair(
            "an array without length at the end",
            "struct s { int x; int a[0]; } v; struct t { int x; int a[]; } w;",
            """
            struct s { int a[9]; } CORE; struct t { int a[9]; } CORE;
            ASK(a, EXISTS(struct s, a[7])) ASK(b, EXISTS(struct t, a[7])) LOAD(a, struct s, a[3])
            """),
        pair(
            "an array without length in the middle",
            "struct s { int x; int a[0]; int b; } v;",
            "struct s { int a[9]; } CORE; ASK(a, EXISTS(struct s, a[0])) ASK(b, EXISTS(struct s, a[1])) LOAD(a, struct s, a[0])"),
        pair(
            "an array whose elements changed",
            "struct s { int x; short a[4]; } v;",
            "struct s { int a[4]; } CORE; ASK(a, EXISTS(struct s, a[1]))"),
        pair(
            "an index of the whole",
            "struct s { int x; int a; } v;",
            "struct s { int a; } CORE; PROGRAM(f) { return ((struct s *)p)[3].a; } PROGRAM(g) { return __builtin_preserve_field_info(((struct s *)p)[2].a, 0); }"),
        pair(
            "bit-fields",
            "struct s { u32 x : 3; u32 a : 7; s32 b : 5; u64 c : 33; u8 d : 2; u32 e; } v;",
            """
            struct s { u32 a : 3; s32 b : 9; u32 c : 20; u8 d; u32 e : 4; } CORE;
            ALL(a, struct s, a) ALL(b, struct s, b) ALL(c, struct s, c) ALL(d, struct s, d) ALL(e, struct s, e)
            """),
        pair(
            "a bit-field too wide to load",
            "struct s { u32 x : 3; u64 y : 50; u8 z; u64 a : 60; } __attribute__((packed)) v;",
            "struct s { u64 a : 20; } CORE; ASK(a, OFFSET(struct s, a)) ASK(b, SIZE(struct s, a))"),
        pair(
            "what is no number any more",
            "struct s { void *a; struct { int x; } b; float c; } v;",
            "struct s { u64 a; u64 b; u64 c; } CORE; ALL(a, struct s, a) ALL(b, struct s, b) ALL(c, struct s, c)"),
        pair(
            "types of all kinds",
            """
            typedef int (*fn_t)(int, long); typedef struct { int a; } anon_t; typedef int arr_t[4];
            typedef int int_t; typedef enum { X } en_t; typedef void *ptr_t; typedef float float_t; union u { int a; long b; };
            struct all { fn_t a; anon_t b; arr_t c; int_t d; en_t e; ptr_t f; union u g; float_t h; } v;
            """,
            """
            typedef int (*fn_t)(int, long); typedef struct { int a; } anon_t; typedef int arr_t[4];
            typedef int int_t; typedef enum { X } en_t; typedef void *ptr_t; typedef float float_t; union u { int a; };
            TYPE(a, fn_t) TYPE(b, anon_t) TYPE(c, arr_t) TYPE(d, int_t) TYPE(e, en_t) TYPE(f, ptr_t) TYPE(g, union u)
            TYPE(i, float_t)
            """),
        pair(
            "typedefs that stand for something else",
            """
            typedef int (*fn_t)(int, long); typedef struct { int a; } anon_t; typedef long arr_t[5];
            typedef void *int_t; typedef int en_t; struct p { int x; }; typedef struct p *ptr_t;
            struct all { fn_t a; anon_t b; arr_t c; int_t d; en_t e; ptr_t f; } v;
            """,
            """
            typedef int (*fn_t)(int); typedef union { int a; } anon_t; typedef int arr_t[4];
            typedef int int_t; typedef enum { X } en_t; typedef int *ptr_t; union all { int a; };
            TYPE(a, fn_t) TYPE(b, anon_t) TYPE(c, arr_t) TYPE(d, int_t) TYPE(e, en_t) TYPE(f, ptr_t) TYPE(g, union all)
            """),
        pair(
            "structures that match and that do not",
            """
            struct in { int a; long b; }; enum e { A = 1, B = 2, C = 3 };
            struct s { int a; struct in *p; struct in q; enum e e; int arr[3]; int (*f)(struct in *, int); const char *n; u32 u; } v;
            union w { int a; struct in q; } w;
            """,
            """
            struct in { long b; }; struct in___int { int b; }; enum e { C = 9 }; enum e___no { D___no = 1 };
            struct in___alien { int zz; };
            struct s___ok { struct in *p; int a; }; struct s___none {}; struct s___sign { u32 a; };
            struct s___width { long a; }; struct s___lack { int a; int zz; }; struct s___nested { struct in q; };
            struct s___nested2 { struct in___int q; }; struct s___behind { struct in___int *p; };
            struct s___enum { enum e e; }; struct s___enum2 { enum e___no e; }; struct s___arr { int arr[3]; };
            struct s___arr2 { int arr[4]; }; struct s___arr3 { u32 arr[3]; }; struct s___fn { int (*f)(struct in *, int); };
            struct s___fn2 { int (*f)(struct in *); }; struct s___fn3 { long (*f)(struct in *, int); };
            struct s___fn4 { int (*f)(union w *, int); };
            struct s___ptr { int *p; }; struct s___ptr2 { void *n; }; struct s___flat { char *n; }; struct fwd;
            struct s___fwd { struct fwd *p; }; struct s___other { union w *p; }; union s { int a; };
            union w { struct in q; }; union w___2 { int a; int b; int c; };
            struct s___more { int a; int b; int c; int d; int e; int f; int g; int h; int i; int j; };
            ASK(m01, TYPE_MATCHES(struct s___ok)) ASK(m02, TYPE_MATCHES(struct s___none))
            ASK(m03, TYPE_MATCHES(struct s___sign)) ASK(m04, TYPE_MATCHES(struct s___width))
            ASK(m05, TYPE_MATCHES(struct s___lack)) ASK(m06, TYPE_MATCHES(struct s___nested))
            ASK(m07, TYPE_MATCHES(struct s___nested2)) ASK(m08, TYPE_MATCHES(struct s___behind))
            ASK(m09, TYPE_MATCHES(struct s___enum)) ASK(m10, TYPE_MATCHES(struct s___enum2))
            ASK(m11, TYPE_MATCHES(struct s___arr)) ASK(m12, TYPE_MATCHES(struct s___arr2))
            ASK(m13, TYPE_MATCHES(struct s___arr3)) ASK(m14, TYPE_MATCHES(struct s___fn))
            ASK(m15, TYPE_MATCHES(struct s___fn2)) ASK(m16, TYPE_MATCHES(struct s___fn3))
            ASK(m17, TYPE_MATCHES(struct s___fn4)) ASK(m18, TYPE_MATCHES(struct s___ptr))
            ASK(m19, TYPE_MATCHES(struct s___ptr2)) ASK(m20, TYPE_MATCHES(struct s___flat))
            ASK(m21, TYPE_MATCHES(struct s___fwd)) ASK(m22, TYPE_MATCHES(struct s___other))
            ASK(m23, TYPE_MATCHES(union s)) ASK(m24, TYPE_MATCHES(union w)) ASK(m25, TYPE_MATCHES(union w___2))
            ASK(m26, TYPE_MATCHES(struct s___more)) ASK(m27, TYPE_MATCHES(enum e)) ASK(m28, TYPE_MATCHES(enum e___no))
            ASK(m29, TYPE_MATCHES(struct in___alien))
            """),
        pair(
            "two kernel types of which one matches",
            "struct s { int a; } v; struct s___2 { long a; } w;",
            "struct s { int a; }; ASK(a, TYPE_MATCHES(struct s)) ASK(b, TYPE_SIZE(struct s))"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("written")
  void theCodeIsTheSame(String name, String kernel, String program) {
    assertSame(kernel, program);
  }

  static IntStream seeds() {
    return IntStream.range(0, 24);
  }

  /** Structures that chance has changed between the program's compilation and the kernel's. */
  @ParameterizedTest
  @MethodSource("seeds")
  void theCodeIsTheSameForStructuresMadeByChance(int seed) {
    Random random = new Random(seed);
    StringBuilder kernel = new StringBuilder();
    StringBuilder program = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      String structure = "s" + i;
      kernel.append("struct ").append(structure).append(" { int first; ");
      program.append("struct ").append(structure).append(" { ");
      StringBuilder questions = new StringBuilder();
      for (int j = 0; j < 5; j++) {
        String type = TYPES[random.nextInt(TYPES.length)];
        String there = random.nextInt(3) == 0 ? TYPES[random.nextInt(TYPES.length)] : type;
        String field = "f" + j;
        program.append(member(type, field));
        if (random.nextInt(8) != 0) {
          kernel.append(member(there, field));
        }
        String id = structure + field;
        String whole = "struct " + structure;
        questions.append("ASK(%s_e, EXISTS(%s, %s))\n".formatted(id, whole, field));
        // Clang cannot describe every bit-field.
        if (!type.contains(":")) {
          questions.append("ASK(%s_b, SIZE(%s, %s))\n".formatted(id, whole, field));
          questions.append("ASK(%s_o, OFFSET(%s, %s))\n".formatted(id, whole, field));
        }
        if (type.matches("[us]\\d+( :.*)?")) {
          questions.append("ASK(%s_s, SIGNED(%s, %s))\n".formatted(id, whole, field));
        }
        if (!type.contains("[") && !type.contains("{") && !type.contains(":")) {
          questions.append(
              "PROGRAM(%s_l) { return (u64)((%s *)p)->%s; }\n".formatted(id, whole, field));
        }
      }
      kernel.append("} v").append(i).append(";\n");
      program.append("} CORE;\n").append(questions);
      program.append("TYPE(%s, struct %s)\n".formatted(structure, structure));
    }
    assertSame(kernel.toString(), program.toString());
  }

  private static final String[] TYPES = {
    "u8",
    "u16",
    "u32",
    "u64",
    "s8",
    "s16",
    "s32",
    "s64",
    "_Bool",
    "void *",
    "char *",
    "u32 : 5",
    "s32 : 17",
    "u8 [4]",
    "u32 [2]",
    "struct { int x; long y; }",
    "union { char c; u64 d; }",
    "enum { NAMELESS%d }"
  };

  private static int enumerations;

  private static String member(String type, String field) {
    if (type.contains(":")) {
      return type.replace(":", field + " :") + "; ";
    }
    if (type.contains("[")) {
      return type.replace("[", field + "[") + "; ";
    }
    return type.formatted(enumerations++) + " " + field + "; ";
  }

  private static void assertSame(String kernel, String program) {
    Libbpf libbpf = Libbpf.find().orElse(null);
    Assumptions.assumeTrue(libbpf != null, "needs the shared library of libbpf (libbpf1)");
    ElfFile kernelFile = ElfFile.parse(ClangObjects.compile("kernel", PRELUDE + kernel));
    byte[] types = kernelFile.bytes(kernelFile.section(".BTF").orElseThrow());
    byte[] object = ClangObjects.compile("program", PRELUDE + program + LICENSE);
    Optional<Map<String, String>> theirs =
        libbpf.relocate(object, types).map(CoreDifferentialTest::text);
    StringBuilder why = new StringBuilder();
    Optional<Map<String, String>> ours =
        relocate(object, types, why).map(CoreDifferentialTest::text);
    assertThat(ours.isPresent())
        .as("accepted, but: %s\n%s\n%s", why, kernel, program)
        .isEqualTo(theirs.isPresent());
    ours.ifPresent(
        code ->
            theirs
                .orElseThrow()
                .forEach((name, text) -> assertThat(code.get(name)).as(name).isEqualTo(text)));
  }

  private static Optional<Map<String, byte[]>> relocate(
      byte[] object, byte[] types, StringBuilder why) {
    ObjectImage image = ObjectImage.read(ElfFile.parse(object));
    CodeLinker linker = new CodeLinker(image);
    CoreRelocator relocator = new CoreRelocator(image.btf(), Btf.parse(types));
    Map<String, byte[]> programs = new TreeMap<>();
    try {
      for (FunctionImage function : image.functions()) {
        CodeLinker.Linked linked = linker.link(function);
        relocator.apply(linked.code(), linked.coreRelocations());
        programs.put(function.name(), linked.code());
      }
    } catch (BpfException refused) {
      why.append(refused.getMessage());
      return Optional.empty();
    }
    return Optional.of(programs);
  }

  private static Map<String, String> text(Map<String, byte[]> programs) {
    Map<String, String> text = new TreeMap<>();
    programs.forEach(
        (name, code) ->
            text.put(
                name, HexFormat.ofDelimiter(" ").formatHex(code).replaceAll("(.{24})", "$1\n")));
    return text;
  }
}
