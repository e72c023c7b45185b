package dev.whistler.testbed.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UplinkTest {

  @ParameterizedTest
  @CsvSource({
    "0,198.18.0.1,198.18.0.2",
    "64,198.18.1.1,198.18.1.2",
    "16383,198.18.255.253,198.18.255.254",
    "16384,198.19.0.1,198.19.0.2",
    "32767,198.19.255.253,198.19.255.254"
  })
  void networksOfFourAddressesFillTheRange(int network, String outside, String inside) {
    Uplink uplink = new Uplink("wh0", network);
    assertThat(uplink.outside()).isEqualTo(outside);
    assertThat(uplink.inside()).isEqualTo(inside);
  }
}
