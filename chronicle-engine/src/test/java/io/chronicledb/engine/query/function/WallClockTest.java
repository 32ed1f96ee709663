package io.chronicledb.engine.query.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes of clocks that follow each other as no zone had them yet. */
class WallClockTest {

  private static final long MINUTE = 60_000_000_000L;
  private static final long DAY = 24 * 60 * MINUTE;

  /** Pairs of minutes after 1970-01-01T00:00Z and of minutes by which clocks are then set forward. */
  private static ZoneRules rules(int... changes) {
    var transitions = new ArrayList<ZoneOffsetTransition>();
    int offset = 0;
    for (int i = 0; i < changes.length; i += 2) {
      transitions.add(ZoneOffsetTransition.of(
          LocalDateTime.of(1970, 1, 1, 0, 0).plus(Duration.ofMinutes(changes[i] + offset)),
          offset(offset),
          offset(offset + changes[i + 1])));
      offset += changes[i + 1];
    }
    return ZoneRules.of(ZoneOffset.UTC, ZoneOffset.UTC, List.of(), transitions, List.of());
  }

  private static ZoneOffset offset(int minutes) {
    return ZoneOffset.ofTotalSeconds(60 * minutes);
  }

  private static List<String> pieces(long widthNanos, int... changes) {
    var clock = WallClock.of(rules(changes), widthNanos);
    var pieces = new ArrayList<String>();
    for (int i = 1; i < clock.pieces(); i++) {
      long start = clock.start(i) / MINUTE;
      assertThat(clock.pieceAt(clock.start(i))).isEqualTo(i);
      assertThat(clock.pieceAt(clock.start(i) - 1)).isEqualTo(i - 1);
      pieces.add(
          clock.stands(i)
              ? start + " stands"
              : start + " runs at " + clock.offset(i) / MINUTE
                  + (clock.skipped(i) == -1 ? ", cut" : ", skips " + clock.skipped(i) / MINUTE));
    }
    return pieces;
  }

  @Test
  void skipsWhereClocksAreSetForward() {
    assertThat(pieces(DAY, 100, 60)).containsExactly("100 runs at 60, skips 60");
  }

  @Test
  void standsWhereClocksAreSetBack() {
    assertThat(pieces(61 * MINUTE, 100, -60))
        .containsExactly("100 stands", "160 runs at -60, skips 0");
    assertThat(pieces(60 * MINUTE, 100, -60)).containsExactly("100 runs at -60, cut");
  }

  @Test
  void standsOnWhereClocksAreSetBackTwice() {
    assertThat(pieces(DAY, 100, -60, 130, -60))
        .containsExactly("100 stands", "220 runs at -120, skips 0");
    assertThat(pieces(DAY, 100, -60, 160, -60))
        .containsExactly("100 stands", "160 stands", "220 runs at -120, skips 0");
    assertThat(pieces(DAY, 100, -60, 161, -60))
        .containsExactly(
            "100 stands", "160 runs at -60, skips 0", "161 stands", "221 runs at -120, skips 0");
  }

  @Test
  void goesOnEarlierWhereClocksAreSetForwardMeanwhile() {
    assertThat(pieces(DAY, 100, -60, 130, 20))
        .containsExactly("100 stands", "140 runs at -40, skips 0");
    assertThat(pieces(DAY, 100, -60, 130, 40))
        .containsExactly("100 stands", "130 runs at -20, skips 10");
  }

  @Test
  void isCutAlsoWhereItStands() {
    assertThat(pieces(60 * MINUTE, 100, -30, 110, -60))
        .containsExactly("100 stands", "110 runs at -90, cut");
  }
}
