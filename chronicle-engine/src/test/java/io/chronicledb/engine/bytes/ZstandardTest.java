package io.chronicledb.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.error.BadDataException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ZstandardTest {

  private static final byte[] CONTENT =
      "to be or not to be, to be or not to be".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] FRAME = Zstandard.compress(CONTENT, 0, CONTENT.length, 3);

  @Test
  void readsWhatItWrites() {
    assertThat(Zstandard.isAvailable()).isTrue();
    var into = new byte[CONTENT.length + 5];
    assertThat(Zstandard.uncompressInto(FRAME, 0, FRAME.length, into)).isEqualTo(CONTENT.length);
    assertThat(Arrays.copyOf(into, CONTENT.length)).isEqualTo(CONTENT);
  }

  @Test
  void refusesWhatDoesNotFit() {
    var into = new byte[CONTENT.length - 1];
    assertThatThrownBy(() -> Zstandard.uncompressInto(FRAME, 0, FRAME.length, into))
        .isInstanceOf(BadDataException.class);
  }

  @Test
  void refusesDamage() {
    for (int length = 1; length < FRAME.length; length++) {
      int cut = length;
      assertThatThrownBy(() -> Zstandard.uncompressInto(FRAME, 0, cut, new byte[100]))
          .isInstanceOf(BadDataException.class);
    }
    assertThatThrownBy(() -> Zstandard.uncompressInto(CONTENT, 0, CONTENT.length, new byte[100]))
        .isInstanceOf(BadDataException.class);
  }
}
