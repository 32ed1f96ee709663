package io.chronicledb.app.it;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How to say in Prometheus 2.42 what an expression means in version 3. */
final class OlderPromQl {

  /** The name that version 3 gave to a function. */
  static final String SMOOTHING = "double_exponential_smoothing";

  private static final String GROUPING = "(?: (?:by|without) \\([^)]*\\))";
  private static final Pattern DEVIATION =
      Pattern.compile("\\b(?:stddev|stdvar)(" + GROUPING + "?) ?\\(");
  private static final Pattern GROUPING_BEHIND = Pattern.compile(GROUPING);

  private OlderPromQl() {}

  static String of(String expression) {
    return deviations(expression).replace(SMOOTHING, "holt_winters");
  }

  /** The deviation of one element that is NaN or infinite is NaN in version 3 and was 0: made so by a sum. */
  private static String deviations(String expression) {
    Matcher deviation = DEVIATION.matcher(expression);
    if (!deviation.find()) {
      return expression;
    }
    int close = closing(expression, deviation.end());
    String argument = deviations(expression.substring(deviation.end(), close));
    Matcher behind = GROUPING_BEHIND.matcher(expression).region(close + 1, expression.length());
    boolean isBehind = deviation.group(1).isEmpty() && behind.lookingAt();
    String grouping = isBehind ? behind.group() : deviation.group(1);
    String function = expression.substring(deviation.start(), deviation.start() + 6);
    return expression.substring(0, deviation.start())
        + "(%1$s%2$s (%3$s) + 0 * sum%2$s (%3$s))".formatted(function, grouping, argument)
        + deviations(expression.substring(isBehind ? behind.end() : close + 1));
  }

  /** Where the parenthesis closes that opens in front of an index. */
  private static int closing(String expression, int index) {
    int open = 1;
    int at = index;
    while (open > 0) {
      char c = expression.charAt(at++);
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    return at - 1;
  }
}
