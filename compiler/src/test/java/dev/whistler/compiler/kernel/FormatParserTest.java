package dev.whistler.compiler.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormatParserTest {
  /** Linux 6.18, shortened. */
  private static final String FORK =
      """
      name: sched_process_fork
      ID: 322
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

      \tfield:__data_loc char[] parent_comm;\toffset:8;\tsize:4;\tsigned:0;
      \tfield:pid_t parent_pid;\toffset:12;\tsize:4;\tsigned:1;
      \tfield:__rel_loc char[] child_comm;\toffset:16;\tsize:4;\tsigned:0;
      \tfield:const char *const * argv;\toffset:24;\tsize:8;\tsigned:0;
      \tfield:unsigned long args[6];\toffset:32;\tsize:48;\tsigned:0;
      \tfield:char comm[TASK_COMM_LEN];\toffset:80;\tsize:16;\tsigned:1;
      \tfield:u32 buf[];\toffset:96;\tsize:0;\tsigned:0;
      \tfield:struct odd pair;\toffset:96;\tsize:12;\tsigned:0;

      print fmt: "field:int trap;\toffset:0;\tsize:4;\tsigned:1;"
      """;

  @Test
  void readsEveryShape() {
    TracepointFormat format = FormatParser.parse("sched/sched_process_fork", FORK);

    assertThat(format.fields()).hasSize(10);
    assertThat(format.field("parent_comm"))
        .contains(
            new Field<>("parent_comm", 8, new Shape.Location(false, false), "__data_loc char[]"));
    assertThat(format.field("parent_pid"))
        .contains(new Field<>("parent_pid", 12, new Shape.Scalar(ScalarType.I32), "pid_t"));
    assertThat(format.field("child_comm"))
        .contains(
            new Field<>("child_comm", 16, new Shape.Location(true, false), "__rel_loc char[]"));
    assertThat(format.field("argv"))
        .contains(new Field<>("argv", 24, new Shape.Scalar(ScalarType.U64), "const char *const *"));
    assertThat(format.field("args"))
        .contains(array("args", 32, ScalarType.U64, 6, "unsigned long"));
    assertThat(format.field("comm")).contains(array("comm", 80, ScalarType.I8, 16, "char"));
    assertThat(format.field("buf")).contains(array("buf", 96, ScalarType.U32, 0, "u32"));
    assertThat(format.field("pair")).contains(array("pair", 96, ScalarType.U8, 12, "struct odd"));
  }

  private static Field<Shape.InRecord> array(
      String name, int offset, ScalarType element, int count, String cType) {
    return new Field<>(name, offset, new Shape.Array(new Shape.Scalar(element), count), cType);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no fields here", "field:int 9a;\toffset:0;\tsize:4;\tsigned:1;"})
  void refusesATextWithoutFields(String text) {
    assertThatThrownBy(() -> FormatParser.parse("a/b", text))
        .isInstanceOf(MalformedKernelException.class)
        .hasMessageStartingWith("the format of \"a/b\" has no fields");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int odd;\toffset:16 | has no offset and size",
        "int odd;\toffset:99999999999;\tsize:4;\tsigned:1; | has no number behind offset:",
        "int odd;\toffset:32767;\tsize:4;\tsigned:1; | lies behind 32767 bytes",
        "int odd;\toffset:-1;\tsize:4;\tsigned:1; | has no number behind offset:",
        "int odd;\toffset:0;\tsize:x;\tsigned:1; | has no number behind size:",
        "odd;\toffset:0;\tsize:4;\tsigned:1; | has no type",
        "__data_loc char[] odd;\toffset:0;\tsize:8;\tsigned:1; | has a location word of 8 bytes",
        "u8 odd[2][3];\toffset:8;\tsize:6;\tsigned:0; | is an array of 2 dimensions",
        "u8[2] odd[3];\toffset:8;\tsize:6;\tsigned:0; | has a type that is not known",
        "void (*odd)(struct x *, int);\toffset:8;\tsize:8;\tsigned:0; | is a pointer to a function",
        "u32 odd[3];\toffset:8;\tsize:16;\tsigned:0; | has 16 bytes, which are not 3 equal"
            + " elements",
        "u32 odd[N];\toffset:8;\tsize:6;\tsigned:0; | has 6 bytes, which are no whole number of"
            + " u32",
      })
  void anOddLineMakesOnlyItsFieldUnusable(String line, String why) {
    String good = "field:int good;\toffset:24;\tsize:4;\tsigned:1;\n";
    TracepointFormat format =
        FormatParser.parse("a/b", good + "field:" + line.translateEscapes() + "\n");

    assertThat(format.fields()).extracting(Field::name).containsExactly("good");
    assertThat(format.unusable()).containsExactly(Map.entry("odd", why));
  }

  @Test
  void aNameTwiceIsUnusableBothTimes() {
    String field = "field:int %s;\toffset:%d;\tsize:4;\tsigned:1;\n";
    TracepointFormat format =
        FormatParser.parse(
            "a/b", field.formatted("a", 8) + field.formatted("b", 12) + field.formatted("a", 16));

    assertThat(format.fields()).extracting(Field::name).containsExactly("b");
    assertThat(format.unusable()).containsExactly(Map.entry("a", "is named twice"));
  }

  /** A bound that is no decimal number says nothing; the declared type does (section 13.3). */
  @ParameterizedTest
  @CsvSource({
    "u32 words[NR_WORDS], 16, 4",
    "u32 words[0x4], 16, 4",
    "u32 words[2 + 2], 16, 4",
    "u16 words[sizeof(tab[0])], 4, 2",
    "unsigned long words[N], 32, 8",
    "const __u8 words[ETH_ALEN], 6, 1",
    "struct x words[N], 32, 1",
    "struct x words[2], 32, 16",
    "char[8] words, 8, 1",
    "u16[4] words, 8, 2",
  })
  void elementsHaveTheSizeOfTheirType(String declaration, int size, int element) {
    String text = "field:" + declaration + ";\toffset:8;\tsize:" + size + ";\tsigned:0;";

    assertThat(FormatParser.parse("a/b", text).field("words"))
        .hasValueSatisfying(
            field -> {
              assertThat(field.shape())
                  .isEqualTo(new Shape.Array(Shape.Element.of(element, false), size / element));
              assertThat(field.size()).isEqualTo(size);
            });
  }

  /** Arguments of system calls as Linux 6.12 prints them, all 8 bytes and without a sign. */
  @ParameterizedTest
  @CsvSource({
    "int, 4, true",
    "const int, 4, true",
    "unsigned int, 4, false",
    "unsigned, 4, false",
    "long, 8, false",
    "unsigned long, 8, false",
    "size_t, 8, false",
    "loff_t, 8, false",
    "pid_t, 4, true",
    "uid_t, 4, false",
    "umode_t, 2, false",
    "const clockid_t, 4, true",
    "key_serial_t, 4, true",
    "rwf_t, 4, true",
    "__s32, 4, true",
    "const enum landlock_rule_type, 4, false",
    "const char *, 8, false",
    "cap_user_header_t, 8, false",
  })
  void anArgumentOfASystemCallHasItsCType(String type, int size, boolean signed) {
    String text = "field:" + type + " a;\toffset:16;\tsize:8;\tsigned:0;";

    assertThat(FormatParser.parse("syscalls/sys_enter_x", text).field("a"))
        .hasValueSatisfying(
            field -> {
              assertThat(field.shape())
                  .isEqualTo(new Shape.Scalar(ScalarType.of(size, signed), ScalarType.U64));
              assertThat(field.size()).isEqualTo(8);
            });
  }

  @Test
  void isBounded() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      many.append("field:int a").append(i).append(";\toffset:0;\tsize:4;\tsigned:1;\n");
    }
    assertThatThrownBy(() -> FormatParser.parse("a/b", many.toString()))
        .isInstanceOf(MalformedKernelException.class)
        .hasMessageContaining("longer than");
    assertThatThrownBy(() -> FormatParser.parse("a/b", many.substring(0, 60_000)))
        .isInstanceOf(MalformedKernelException.class)
        .hasMessageContaining("more than 256 fields");
  }

  @Test
  void damagedTextsNeverCrash() {
    Random random = new Random(3);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder(FORK);
      for (int i = 0; i < 3; i++) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(0x250));
          case 1 -> text.deleteCharAt(at);
          default -> text.setLength(Math.max(10, at));
        }
      }
      try {
        FormatParser.parse("a/b", text.toString());
      } catch (MalformedKernelException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }
}
