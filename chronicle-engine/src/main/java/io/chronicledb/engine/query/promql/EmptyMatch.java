package io.chronicledb.engine.query.promql;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.chronicledb.engine.index.ValueMatcher;
import io.chronicledb.engine.model.TagMatcher;

/**
 * Decides whether a matcher accepts the empty value, and with it every series that lacks the tag. Regular expressions are not
 * judged here otherwise: one that is malformed or too large counts as selective, and is refused by whoever evaluates it.
 */
final class EmptyMatch {

  private EmptyMatch() {}

  static boolean accepts(TagMatcher matcher) {
    return switch (matcher.op()) {
      case EQUAL -> matcher.value().isEmpty();
      case NOT_EQUAL -> !matcher.value().isEmpty();
      case REGEX -> matchesEmpty(matcher.value(), false);
      case NOT_REGEX -> !matchesEmpty(matcher.value(), true);
    };
  }

  private static boolean matchesEmpty(String regex, boolean otherwise) {
    if (regex.isEmpty()) {
      return true;
    }
    if (regex.length() > ValueMatcher.PATTERN_LENGTH_MAX) {
      return otherwise;
    }
    try {
      return Pattern.compile(withoutCounts(regex), Pattern.DOTALL).matches("");
    } catch (PatternSyntaxException e) {
      return otherwise;
    }
  }

  /**
   * An expression without counted repeats that accepts the empty string if and only if {@code regex} does. Repeats are what makes
   * compiled expressions large, and for this question a count is either zero or one.
   */
  private static String withoutCounts(String regex) {
    var result = new StringBuilder(regex.length());
    boolean inClass = false;
    int i = 0;
    while (i < regex.length()) {
      char c = regex.charAt(i);
      int next = i + 1;
      if (c == '\\') {
        next = endOfEscape(regex, i);
      } else if (c == '[') {
        // A bracket that comes first is an ordinary character of the class.
        if (!inClass) {
          next += regex.startsWith("^", next) ? 1 : 0;
          next += regex.startsWith("]", next) ? 1 : 0;
        }
        inClass = true;
      } else if (c == ']') {
        inClass = false;
      } else if (c == '{' && !inClass) {
        int end = regex.indexOf('}', i);
        if (end > 0 && regex.substring(i, end + 1).matches("\\{[0-9]+(,[0-9]*)?}")) {
          i = end + 1;
          i += regex.startsWith("?", i) ? 1 : 0;
          if (regex.substring(next, end).matches("0+(,.*)?")) {
            result.append('?');
          }
          continue;
        }
      }
      result.append(regex, i, next);
      i = next;
    }
    return result.toString();
  }

  private static int endOfEscape(String regex, int start) {
    if (regex.startsWith("\\Q", start)) {
      int end = regex.indexOf("\\E", start);
      return end < 0 ? regex.length() : end + 2;
    }
    int next = Math.min(regex.length(), start + 2);
    if (next < regex.length()
        && regex.charAt(next) == '{'
        && "pPx".indexOf(regex.charAt(next - 1)) >= 0) {
      int end = regex.indexOf('}', next);
      return end < 0 ? regex.length() : end + 1;
    }
    return next;
  }
}
