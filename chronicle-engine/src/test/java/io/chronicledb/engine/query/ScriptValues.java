package io.chronicledb.engine.query;

import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.histogram.BucketLayout;
import io.chronicledb.engine.histogram.CounterResetHint;
import io.chronicledb.engine.histogram.HistogramNotation;
import io.chronicledb.engine.histogram.NativeHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The notation of samples in {@link QueryScript}: doubles and native histograms, one after the other. */
final class ScriptValues {

  /** A NaN of another pattern than any that a script can name. */
  private static final long GAP = 0x7ff8dead00000000L;

  private static final Pattern NUMBERS = Pattern.compile("([^x]+?)([+-][^+x-]+)?x(\\d+)");
  private static final Pattern HISTOGRAMS =
      Pattern.compile("(\\{\\{.*?\\}\\})(?:([+-])(\\{\\{.*\\}\\}))?(?:x(\\d+))?");

  private ScriptValues() {}

  static boolean isGap(Object value) {
    return value instanceof Double number && Double.doubleToRawLongBits(number) == GAP;
  }

  static Object gap() {
    return Double.longBitsToDouble(GAP);
  }

  /** Words between blanks; a histogram is one word, whatever is in it. */
  static List<String> words(String text) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    int depth = 0;
    for (char c : text.strip().toCharArray()) {
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (depth == 0 && Character.isWhitespace(c)) {
        if (!word.isEmpty()) {
          words.add(word.toString());
        }
        word.setLength(0);
      } else {
        word.append(c);
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  /** The samples that a text stands for, each a Double or a NativeHistogram. */
  static List<Object> parse(String text) {
    var values = new ArrayList<Object>();
    for (String word : words(text)) {
      Matcher histograms = HISTOGRAMS.matcher(word);
      Matcher repeated = NUMBERS.matcher(word);
      if (histograms.matches()) {
        addHistograms(histograms, values);
      } else if (repeated.matches() && !word.startsWith("0x")) {
        double first = number(repeated.group(1));
        double step = repeated.group(2) == null ? 0 : number(repeated.group(2));
        int times = Integer.parseInt(repeated.group(3));
        int count = repeated.group(2) == null ? times : times + 1;
        for (int i = 0; i < count; i++) {
          values.add(isGap(first) ? first : first + i * step);
        }
      } else {
        values.add(number(word));
      }
    }
    return values;
  }

  private static void addHistograms(Matcher text, List<Object> values) {
    NativeHistogram first = HistogramNotation.parse(text.group(1));
    NativeHistogram step = text.group(3) == null ? null : HistogramNotation.parse(text.group(3));
    int times = text.group(4) == null ? 1 : Integer.parseInt(text.group(4));
    int count = step == null ? times : times + 1;
    NativeHistogram value = first;
    for (int i = 0; i < count; i++) {
      values.add(value);
      if (step != null) {
        value = (text.group(2).equals("+") ? value.plus(step) : value.minus(step))
            .histogram()
            .withHint(first.hint());
      }
    }
  }

  static double number(String word) {
    return switch (word) {
      case "_" -> Double.longBitsToDouble(GAP);
      case "stale" -> StaleMarker.value();
      case "Inf", "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(word);
    };
  }

  /** Whether two samples are the same, within a billionth; histograms with their hints, where one is expected. */
  static boolean same(Object actual, Object expected) {
    if (actual instanceof NativeHistogram a && expected instanceof NativeHistogram b) {
      return same(a.compact(0), b.compact(0));
    }
    if (!(actual instanceof Double a && expected instanceof Double b)) {
      return false;
    }
    return isGap(b) || isGap(a) ? isGap(b) == isGap(a) : near(a, b);
  }

  private static boolean same(NativeHistogram a, NativeHistogram b) {
    BucketLayout layout = a.layout();
    if (!layout.equals(b.layout())
        || b.hint() != CounterResetHint.UNKNOWN && a.hint() != b.hint()
        || !near(a.count(), b.count())
        || !near(a.sum(), b.sum())
        || !near(a.zeroCount(), b.zeroCount())) {
      return false;
    }
    for (int i = 0; i < layout.negativeCount(); i++) {
      if (!near(a.negative(i), b.negative(i))) {
        return false;
      }
    }
    for (int i = 0; i < layout.positiveCount(); i++) {
      if (!near(a.positive(i), b.positive(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean near(double actual, double expected) {
    if (Double.isNaN(expected) || Double.isInfinite(expected)) {
      return Double.compare(actual, expected) == 0;
    }
    return Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
  }
}
