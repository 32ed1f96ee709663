package io.chronicledb.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RetiredBlocksTest {

  private static final long NONE = Long.MAX_VALUE;

  @Test
  void waitsForPinsOfTheLastGenerationAndTheOneAfter() {
    var retired = new RetiredBlocks<String>();
    retired.add(3, List.of("a", "b"));
    retired.add(4, List.of("c"));
    retired.add(5, List.of());
    assertThat(retired.takeReleasable(4, NONE)).isEmpty();
    assertThat(retired.takeReleasable(5, NONE)).containsExactly("a", "b");
    assertThat(retired.hasReleasable(5)).isFalse();
    assertThat(retired.hasReleasable(6)).isTrue();
    assertThat(retired.takeReleasable(NONE, NONE)).containsExactly("c");
    assertThat(retired.isEmpty()).isTrue();
  }

  @Test
  void waitsForReadersOfTheLastGeneration() {
    var retired = new RetiredBlocks<String>();
    retired.add(3, List.of("a"));
    assertThat(retired.takeReleasable(NONE, 3)).isEmpty();
    assertThat(retired.takeReleasable(NONE, 4)).containsExactly("a");
  }

  @Test
  void pinsKnowTheirOldest() {
    var pins = new Pins(7);
    assertThat(pins.oldest()).isEqualTo(NONE);
    StorageBackend.Pin first = pins.pin();
    pins.advance(8);
    StorageBackend.Pin second = pins.pin();
    StorageBackend.Pin third = pins.pin();
    assertThat(pins.oldest()).isEqualTo(7);
    first.close();
    first.close();
    assertThat(pins.oldest()).isEqualTo(8);
    pins.advance(9);
    second.close();
    assertThat(pins.oldest()).isEqualTo(8);
    third.close();
    assertThat(pins.oldest()).isEqualTo(NONE);
  }
}
