package io.chronicledb.engine.error;

import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The known name that somebody probably meant: at most two typing errors away, ignoring case. */
public final class NearestName {

  private static final int ERRORS_MAX = 2;

  private NearestName() {}

  /** {@code  (did you mean "rate"?)} with a leading space; empty where no name is near. */
  public static String hint(String name, Stream<String> known) {
    String nearest = of(name, known);
    return nearest == null ? "" : " (did you mean \"" + nearest + "\"?)";
  }

  /** The nearest of {@code known}, the first of them at the same distance; null where none is near. */
  public static @Nullable String of(String name, Stream<String> known) {
    String wanted = name.toLowerCase(Locale.ROOT);
    // In a very short name errors leave nothing of it.
    int allowed = Math.min(ERRORS_MAX, Math.max(0, wanted.length() - 2));
    String nearest = null;
    int nearestErrors = allowed + 1;
    for (String candidate : (Iterable<String>) known::iterator) {
      // The difference in length is a lower bound, and keeps the work small for a name of many
      // kilobytes.
      if (Math.abs(candidate.length() - wanted.length()) <= Math.min(nearestErrors, allowed)) {
        String lower = candidate.toLowerCase(Locale.ROOT);
        int errors = errors(wanted, lower);
        // Of equally near names the one that begins alike: typing errors are rarely in front.
        if (errors < nearestErrors
            || (errors == nearestErrors
                && nearest != null
                && commonPrefix(wanted, lower) > commonPrefix(wanted, nearest))) {
          nearest = candidate;
          nearestErrors = errors;
        }
      }
    }
    return nearest;
  }

  private static int commonPrefix(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
  }

  /** Letters to insert, drop, change or swap with their neighbour (optimal string alignment). */
  private static int errors(String a, String b) {
    int[] beforePrevious = new int[b.length() + 1];
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(changed, Math.min(previous[j], current[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, beforePrevious[j - 2] + 1);
        }
        current[j] = least;
      }
      int[] reused = beforePrevious;
      beforePrevious = previous;
      previous = current;
      current = reused;
    }
    return previous[b.length()];
  }
}
