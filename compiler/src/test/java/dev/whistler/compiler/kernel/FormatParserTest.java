package dev.whistler.compiler.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.compiler.kernel.TracepointFormat.Field;
import dev.whistler.compiler.kernel.TracepointFormat.Shape;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        .contains(new Field("parent_comm", Shape.DATA_LOC, "__data_loc char[]", 8, 4, false, 4));
    assertThat(format.field("parent_pid"))
        .contains(new Field("parent_pid", Shape.SCALAR, "pid_t", 12, 4, true, 4));
    assertThat(format.field("child_comm"))
        .contains(new Field("child_comm", Shape.REL_LOC, "__rel_loc char[]", 16, 4, false, 4));
    assertThat(format.field("argv"))
        .contains(new Field("argv", Shape.SCALAR, "const char *const *", 24, 8, false, 8));
    assertThat(format.field("args"))
        .contains(new Field("args", Shape.ARRAY, "unsigned long", 32, 48, false, 8));
    assertThat(format.field("comm"))
        .contains(new Field("comm", Shape.ARRAY, "char", 80, 16, true, 1));
    assertThat(format.field("buf")).contains(new Field("buf", Shape.ARRAY, "u32", 96, 0, false, 1));
    assertThat(format.field("pair"))
        .contains(new Field("pair", Shape.ARRAY, "struct odd", 96, 12, false, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no fields here",
        "field:int a;\toffset:0;",
        "field:int a;\toffset:99999999999;\tsize:4;\tsigned:1;",
        "field:int a;\toffset:32767;\tsize:4;\tsigned:1;",
        "field:int a;\toffset:-1;\tsize:4;\tsigned:1;",
        "field:int a;\toffset:0;\tsize:x;\tsigned:1;",
        "field:int;\toffset:0;\tsize:4;\tsigned:1;",
        "field:int 9a;\toffset:0;\tsize:4;\tsigned:1;",
        "field:a];\toffset:0;\tsize:4;\tsigned:1;",
        "field:__data_loc char[] a;\toffset:0;\tsize:8;\tsigned:1;",
        "field:int a;\toffset:0;\tsize:4;\tsigned:1;\nfield:int a;\toffset:0;\tsize:4;\tsigned:1;"
      })
  void refusesWhatNoKernelWrites(String text) {
    assertThatThrownBy(() -> FormatParser.parse("a/b", text))
        .isInstanceOf(MalformedKernelException.class)
        .hasMessageStartingWith("the format of \"a/b\" ");
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
