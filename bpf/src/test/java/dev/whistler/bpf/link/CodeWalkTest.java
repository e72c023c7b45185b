package dev.whistler.bpf.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.link.UserSymbol.Boundary;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeWalkTest {
  @ParameterizedTest
  @CsvSource({
    // push rbp; mov rbp, rsp; ret
    "554889e5c3, 1, START",
    "554889e5c3, 2, INSIDE",
    "554889e5c3, 4, START",
    // jmp +2; data that looks like the begin of a movabs; mov eax, 1; ret
    "eb02 48b8 b801000000 c3 9090909090, 4, START",
    "eb02 48b8 b801000000 c3 9090909090, 5, INSIDE",
    "eb02 48b8 b801000000 c3 9090909090, 2, START",
    "eb02 48b8 b801000000 c3 9090909090, 3, UNKNOWN",
    // the same behind a far jump, a conditional one, a return
    "e902000000 48b8 b801000000 c3 9090909090, 8, INSIDE",
    "7403 c3 48b8 b801000000 c3 90909090909090, 6, INSIDE",
    "7403 c3 48b8 b801000000 c3 90909090909090, 5, START",
    // call over a text: its end is code, the text nobody knows
    "e804000000 48b86869 5e c3 90909090, 9, START",
    "e804000000 48b86869 5e c3 90909090, 7, UNKNOWN",
    // a call elsewhere returns
    "e800100000 b801000000 c3, 6, INSIDE",
    // jmp rax; then data
    "ffe0 48b8 b801000000 c3 9090909090, 5, UNKNOWN",
    // je past the lock prefix; lock cmpxchg: both begin an instruction
    "7401 f00fb10b c3, 3, INSIDE",
    // undecodable
    "06 90 90, 2, UNKNOWN",
    // behind the end
    "90 90, 2, UNKNOWN",
  })
  void aPlaceInCode(String hex, int wanted, Boundary boundary) {
    byte[] code = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThat(CodeWalk.boundary(code, wanted)).isEqualTo(boundary);
  }

  @Test
  void anyBytesHaveAnAnswer() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(60)];
      random.nextBytes(bytes);
      assertThat(CodeWalk.boundary(bytes, random.nextInt(bytes.length))).isNotNull();
    }
  }
}
