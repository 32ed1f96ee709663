package io.chronicledb.engine.index;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.TagMatcher;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A compiled condition on tag values. Regular expressions have RE2's syntax and linear time, must match the whole value, and {@code .}
 * matches every character, as in Prometheus 3.
 *
 * <p>Patterns come from outside: their length, and the product of their counted repeats, are bounded before they are compiled, since
 * nested repeats such as {@code ((x{1000}){1000}){1000}} make a program that does not fit any heap.
 */
public final class ValueMatcher {

  /** Characters of a pattern at most. */
  public static final int PATTERN_LENGTH_MAX = 1024;
  /** What a front end may put around a caller's pattern, which it has checked. */
  private static final int FRAME_LENGTH_MAX = 32;
  /** The product of all counted repeats of a pattern at most. */
  public static final long REPEATS_MAX = 1000;

  private static final String META = "\\.+*?()|[]{}^$";

  private final Predicate<String> predicate;
  /** The values that the condition names, where it does nothing else; null for a regular expression. */
  private final @Nullable Set<String> literals;
  /** Whether it holds for all but what it describes. */
  private final boolean negated;

  private ValueMatcher(
      Predicate<String> predicate, @Nullable Set<String> literals, boolean negated) {
    this.predicate = predicate;
    this.literals = literals;
    this.negated = negated;
  }

  /** @throws BadDataException for a regular expression that does not compile or passes a limit */
  public static ValueMatcher of(TagMatcher matcher) {
    return switch (matcher.op()) {
      case EQUAL -> literal(Set.of(matcher.value()));
      case NOT_EQUAL -> literal(Set.of(matcher.value())).negate();
      case REGEX -> regex(matcher.value());
      case NOT_REGEX -> regex(matcher.value()).negate();
    };
  }

  private static ValueMatcher literal(Set<String> literals) {
    return new ValueMatcher(literals::contains, literals, false);
  }

  private static ValueMatcher regex(String pattern) {
    Set<String> alternatives = literalAlternatives(pattern);
    if (alternatives != null) {
      return literal(alternatives);
    }
    if (pattern.equals(".*")) {
      return literal(Set.of()).negate();
    }
    if (pattern.equals(".+")) {
      return literal(Set.of("")).negate();
    }
    checkLength(pattern);
    WildcardPattern wildcards = WildcardPattern.of(pattern);
    if (wildcards != null) {
      return wildcards.alternatives().stream().allMatch(WildcardPattern.Alternative::isLiteral)
          ? literal(wildcards.alternatives().stream()
              .map(alternative -> alternative.literals().get(0))
              .collect(Collectors.toUnmodifiableSet()))
          : new ValueMatcher(wildcards::matches, null, false);
    }
    Pattern compiled = compile(pattern);
    String prefix = WildcardPattern.prefix(pattern);
    return new ValueMatcher(
        value -> value.startsWith(prefix) && compiled.matcher(value).matches(), null, false);
  }

  /** The values that a pattern such as {@code a|b\.c} lists; null where it is more than a list. */
  private static @Nullable Set<String> literalAlternatives(String pattern) {
    var alternatives = new HashSet<String>();
    var literal = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '|') {
        alternatives.add(literal.toString());
        literal.setLength(0);
      } else if (c == '\\'
          && i + 1 < pattern.length()
          && WildcardPattern.isPunctuation(pattern.charAt(i + 1))) {
        literal.append(pattern.charAt(++i));
      } else if (META.indexOf(c) >= 0) {
        return null;
      } else {
        literal.append(c);
      }
    }
    alternatives.add(literal.toString());
    return alternatives;
  }

  /**
   * Checks a caller's pattern without using it.
   *
   * @throws BadDataException where it does not compile or passes a limit
   */
  public static void check(String pattern) {
    if (pattern.length() > PATTERN_LENGTH_MAX) {
      throw tooLong(pattern);
    }
    compile(pattern);
  }

  private static BadDataException tooLong(String pattern) {
    return new BadDataException("regular expression of " + pattern.length()
        + " characters is longer than " + PATTERN_LENGTH_MAX);
  }

  /** Compiles a pattern that must match as a whole. */
  private static Pattern compile(String pattern) {
    checkLength(pattern);
    checkRepeats(pattern);
    try {
      return Pattern.compile(pattern, Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw new BadDataException(
          "error parsing regexp: " + e.getDescription() + ": `" + e.getPattern() + "`");
    }
  }

  private static void checkLength(String pattern) {
    if (pattern.length() > PATTERN_LENGTH_MAX + FRAME_LENGTH_MAX) {
      throw tooLong(pattern);
    }
  }

  private static void checkRepeats(String pattern) {
    long product = 1;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        i++;
        if (i < pattern.length() && "xpP".indexOf(pattern.charAt(i)) >= 0) {
          // What follows in braces is a code point or a class, and no count.
          i = i + 1 < pattern.length() && pattern.charAt(i + 1) == '{'
              ? pattern.indexOf('}', i)
              : i;
          i = i < 0 ? pattern.length() : i;
        }
      } else if (c == '{') {
        long number = 0;
        long highest = 0;
        for (int j = i + 1; j < pattern.length() && pattern.charAt(j) != '}'; j++) {
          char digit = pattern.charAt(j);
          number = digit >= '0' && digit <= '9'
              ? Math.min(number * 10 + digit - '0', REPEATS_MAX + 1)
              : 0;
          highest = Math.max(highest, number);
        }
        product *= Math.max(1, highest);
        if (product > REPEATS_MAX) {
          throw new BadDataException("regular expression repeats parts more than " + REPEATS_MAX
              + " times: `" + pattern + "`");
        }
      }
    }
  }

  public boolean matches(String value) {
    return predicate.test(value) != negated;
  }

  /** The only values that match, where they can be listed; else null. */
  @Nullable
  Set<String> only() {
    return negated ? null : literals;
  }

  /** The only values that do not match, where they can be listed; else null. */
  @Nullable
  Set<String> allBut() {
    return negated ? literals : null;
  }

  private ValueMatcher negate() {
    return new ValueMatcher(predicate, literals, !negated);
  }
}
