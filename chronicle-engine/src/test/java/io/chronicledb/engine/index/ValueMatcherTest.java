package io.chronicledb.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.TagMatcher;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ValueMatcherTest {

  private static final String[] PARTS = {
    "a",
    "b",
    "ab",
    "é",
    "😀",
    "\\.",
    ".*",
    ".+",
    ".",
    "a*",
    "b?",
    "[ab]",
    "a{2}",
    "|",
    "(",
    "(?:",
    ")",
    "(a|b)",
    "(?:ab|.*b)",
    "\\d",
    "😀?"
  };
  private static final String[] LETTERS = {"a", "b", "é", "😀", ".", "1", "\n"};

  private static ValueMatcher regex(String pattern) {
    return ValueMatcher.of(new TagMatcher("n", TagMatcher.Op.REGEX, pattern));
  }

  private static String some(Random random, String[] of, int max) {
    var text = new StringBuilder();
    for (int i = random.nextInt(max + 1); i > 0; i--) {
      text.append(of[random.nextInt(of.length)]);
    }
    return text.toString();
  }

  @Test
  void patternsMatchTheWholeValueHoweverTheyAreTried() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      String pattern = some(random, PARTS, 6);
      Pattern expected;
      try {
        expected = Pattern.compile(pattern, Pattern.DOTALL);
      } catch (IllegalArgumentException e) {
        continue;
      }
      ValueMatcher matcher;
      try {
        matcher = regex(pattern);
      } catch (BadDataException e) {
        continue; // RE2 has no repeated repeats.
      }
      for (int i = 0; i < 10; i++) {
        String value = some(random, LETTERS, 5);
        assertThat(matcher.matches(value))
            .as("-Dseed=%d, round %d: '%s' on '%s'", seed, round, pattern, value)
            .isEqualTo(expected.matcher(value).matches());
      }
    }
  }

  @Test
  void listsOfLiteralsAreSets() {
    assertThat(regex("a|b\\.c").only()).containsExactlyInAnyOrder("a", "b.c");
    assertThat(regex("(?:x-(1|2))-y").only()).containsExactlyInAnyOrder("x-1-y", "x-2-y");
    assertThat(regex("").only()).containsExactly("");
    assertThat(regex(".*").allBut()).isEmpty();
    assertThat(regex(".+").allBut()).containsExactly("");
    assertThat(regex("a.*").only()).isNull();
  }

  @Test
  void hostilePatternsAreRefusedOrDoneInTime() {
    assertThatThrownBy(() -> regex("((x{1000}){1000}){1000}")).isInstanceOf(BadDataException.class);
    assertThatThrownBy(() -> regex("a.*|".repeat(1000))).isInstanceOf(BadDataException.class);
    assertThatThrownBy(() -> regex("(".repeat(900))).isInstanceOf(BadDataException.class);
    assertThat(regex("(.*a){16}").matches("a".repeat(32))).isTrue();
    assertThat(regex("(a|b)".repeat(200)).matches("a".repeat(200))).isTrue();
    assertThat(regex(".*a".repeat(300) + ".*").matches("a".repeat(4000))).isTrue();
    assertThat(regex("(?:" + ".*a".repeat(300) + ")").matches("a".repeat(299))).isFalse();
  }
}
