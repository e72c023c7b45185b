package dev.whistler.runtime.encode;

import static dev.whistler.runtime.SchemaText.field;
import static dev.whistler.runtime.SchemaText.struct;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.schema.ScalarType;
import dev.whistler.runtime.schema.StructSchema;
import dev.whistler.runtime.schema.ValueType;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueEncoderTest {
  private static final StructSchema NOTE =
      struct(
          32,
          field("who", 0, "u32", 4, "'kind':'ipv4'"),
          field("my-port", 4, "u16", 2),
          field("title", 6, "u8", 8, "'count':8", "'kind':'string'"),
          field("ns", 14, "u16", 6, "'count':3"),
          field("ip6", 20, "u8", 4, "'count':4"),
          field("err", 24, "i32", 4, "'kind':'errno'"),
          field("proto", 28, "u8", 1, "'kind':'enum'", "'labels':[{'value':6,'label':'TCP'}]"));

  private static String encode(ValueType type, String json) throws Exception {
    byte[] bytes =
        new ValueEncoder(new WallClock(System::nanoTime))
            .encode(type, new ObjectMapper().readTree(json.replace('\'', '"')), "value");
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void fieldsByTheirKinds() throws Exception {
    String json =
        "{'who':'10.0.0.7','my_port':80,'title':'hi','ns':[1,2],'ip6':'01ff','err':'ENOENT','proto':'TCP'}";
    assertThat(encode(NOTE, json))
        .isEqualTo(
            "0a0000075000"
                + "6869000000000000"
                + "010002000000"
                + "01ff0000"
                + "feffffff"
                + "06000000");
  }

  @Test
  void missingMembersAreZero() throws Exception {
    assertThat(encode(NOTE, "{}")).isEqualTo("00".repeat(32));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "u8 | 255 | ff",
        "i8 | -128 | 80",
        "u16 | '0x1234' | 3412",
        "u64 | '18446744073709551615' | ffffffffffffffff",
        "u64 | 18446744073709551615 | ffffffffffffffff",
        "i32 | '-1' | ffffffff",
        "u8 | true | 01"
      },
      quoteCharacter = '`')
  void scalars(String type, String json, String bytes) throws Exception {
    assertThat(encode(ScalarType.named(type).orElseThrow(), json)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'who':'10.0.0.256'} | value.who is no IPv4 address such as 10.0.0.7: '10.0.0.256'.",
        "{'my-port':65536} | value.my-port is 65536; a u16 lies between 0 and 65535.",
        "{'my-port':-1} | value.my-port is -1; a u16 lies between 0 and 65535.",
        "{'my-port':1.5} | value.my-port is no whole number; give a u16 as a number or as text.",
        "{'title':'123456789'} | value.title has 9 bytes; at most 8 fit.",
        "{'ns':[1,2,3,4]} | value.ns has 4 elements; at most 3 fit.",
        "{'ns':[1,'x']} | value.ns[1] is no whole number; give a u16 as a number or as text.",
        "{'ip6':'0'} | value.ip6 is not hexadecimal text of whole bytes: '0'.",
        "{'proto':'UDP'} | value.proto is 'UDP'; its labels are TCP.",
        "{'port':1} | value has a member 'port' that is no field of s; its fields are who, my_port,"
            + " title, ns, ip6, err, proto.",
        "7 | value is a s: give an object with its fields.",
      })
  void errorsNameThePath(String json, String message) {
    assertThatThrownBy(() -> encode(NOTE, json))
        .isInstanceOf(EncodeException.class)
        .hasMessage(message);
  }

  @Test
  void valuesOfUnknownTypeAreHexadecimal() throws Exception {
    assertThat(encode(new ValueType.Bytes(3), "'0102'")).isEqualTo("010200");
    assertThatThrownBy(() -> encode(new ValueType.Bytes(1), "'0102'"))
        .hasMessage("value has 2 bytes; at most 1 fit.");
  }
}
