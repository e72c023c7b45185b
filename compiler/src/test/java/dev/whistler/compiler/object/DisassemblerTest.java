package dev.whistler.compiler.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Objects of other compilers: what is shown, and what is said where something cannot be. */
class DisassemblerTest {
  private static final int HEADER = 64;

  /** An object with the instructions in a section "xdp" and no symbols at all. */
  private static byte[] object(String code) {
    String[] bytes = code.strip().split(" ");
    byte[] names = "\0xdp\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
    int sections = (HEADER + bytes.length + names.length + 7) & ~7;
    ByteBuffer elf = ByteBuffer.allocate(sections + 3 * 64).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1);
    elf.putShort(16, (short) 1).putShort(18, (short) 247).putLong(40, sections);
    elf.putShort(58, (short) 64).putShort(60, (short) 3).putShort(62, (short) 2);
    for (int i = 0; i < bytes.length; i++) {
      elf.put(HEADER + i, (byte) Integer.parseInt(bytes[i], 16));
    }
    elf.put(HEADER + bytes.length, names);
    int text = sections + 64;
    elf.putInt(text, 1).putInt(text + 4, 1).putLong(text + 8, 6);
    elf.putLong(text + 24, HEADER).putLong(text + 32, bytes.length);
    int table = sections + 128;
    elf.putInt(table, 5).putInt(table + 4, 3);
    elf.putLong(table + 24, HEADER + bytes.length).putLong(table + 32, names.length);
    return elf.array();
  }

  private static String shown(String instruction) {
    String text = Disassembler.disassemble(object(instruction));
    return text.substring(text.indexOf("0:  ") + 4).split("\n")[0];
  }

  @Test
  void codeWithoutSymbolsIsShown() {
    assertThat(Disassembler.disassemble(object("b7 00 00 00 02 00 00 00 95 00 00 00 00 00 00 00")))
        .isEqualTo("(no symbol, byte 0) (xdp, 2 instructions)\n    0:  r0 = 2\n    1:  exit\n");
  }

  @Test
  void bigEndianIsCalledWhatItIs() {
    byte[] object = object("95 00 00 00 00 00 00 00");
    object[5] = 2;
    object[18] = 0;
    object[19] = (byte) 247;
    assertThatThrownBy(() -> Disassembler.disassemble(object))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining("big-endian BPF")
        .hasMessageContaining("bpfel");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "20 00 00 00 0c 00 00 00|r0 = *(u32 *)skb[12]",
        "28 00 00 00 0c 00 00 00|r0 = *(u16 *)skb[12]",
        "30 00 00 00 17 00 00 00|r0 = *(u8 *)skb[23]",
        "40 10 00 00 02 00 00 00|r0 = *(u32 *)skb[r1 + 2]",
        "48 60 00 00 00 00 00 00|r0 = *(u16 *)skb[r6 + 0]",
        "50 70 00 00 01 00 00 00|r0 = *(u8 *)skb[r7 + 1]",
        "38 00 00 00 00 00 00 00|unknown opcode 0x38",
        "e5 00 03 00 00 00 00 00|may_goto +3 <4>",
        "bf 21 01 00 01 00 00 00|r1 = addr_space_cast(r2, 0, 1)",
        "bf 21 08 00 00 00 00 00|r1 = (s8)r2",
        "85 10 00 00 09 00 00 00|call pc+9 <10>",
        "85 10 00 00 fe ff ff ff|call pc-2 <-1>",
        "85 20 00 00 07 00 00 00|call kernel-function#7",
        "8d 01 00 00 00 00 00 00|callx r1",
        "db 21 08 00 00 01 00 00|r1 = load_acquire((u64 *)(r2 + 8))",
        "db 21 08 00 10 01 00 00|store_release((u64 *)(r1 + 8), r2)",
        "b7 10 00 00 02 00 00 00|r0 = 2  ; not 0 although unused: source 1",
        "95 00 00 00 05 00 00 00|exit  ; not 0 although unused: immediate 5",
        "0f 21 07 00 00 00 00 00|r1 += r2  ; not 0 although unused: offset 7",
        "87 01 00 00 03 00 00 00|r1 = -r1  ; not 0 although unused: immediate 3",
        "05 01 02 00 00 00 00 00|goto +2 <3>  ; not 0 although unused: target 1",
        "61 21 04 00 09 00 00 00|r1 = *(u32 *)(r2 + 4)  ; not 0 although unused: immediate 9",
        "62 21 04 00 09 00 00 00|*(u32 *)(r1 + 4) = 9  ; not 0 although unused: source 2",
        "37 01 01 00 03 00 00 00|r1 s/= 3"
      })
  void whatIsReadIsShownAsTheKernelWould(String instruction, String text) {
    assertThat(shown(instruction)).isEqualTo(text);
  }
}
