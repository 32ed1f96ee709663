package io.chronicledb.engine.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that consists of literals, {@code .*} and {@code .+}, groups and alternatives, as most that people write do. It is
 * tried on a value by looking for the literals, which takes a fraction of what running the expression does.
 *
 * @param alternatives of which one must match the whole value
 */
record WildcardPattern(List<Alternative> alternatives) {

  private static final int ALTERNATIVES_MAX = 64;
  private static final String META = "\\.+*?()|[]{}^$";
  private static final String QUANTIFIERS = "*+?{";

  /**
   * Literals with anything in between.
   *
   * @param literals one more than gaps; empty where nothing is
   * @param gaps whether a gap takes at least one character
   */
  record Alternative(List<String> literals, List<Boolean> gaps) {

    static final Alternative EMPTY = new Alternative(List.of(""), List.of());

    private static Alternative of(String literal) {
      return new Alternative(List.of(literal), List.of());
    }

    private static Alternative gap(boolean filled) {
      return new Alternative(List.of("", ""), List.of(filled));
    }

    /** This and then another; null where two gaps that take at least one character each meet, since those count code points. */
    private @Nullable Alternative then(Alternative next) {
      var literals = new ArrayList<>(this.literals);
      var gaps = new ArrayList<>(this.gaps);
      int last = literals.size() - 1;
      String joint = literals.get(last) + next.literals.get(0);
      int taken = 0;
      if (joint.isEmpty() && !gaps.isEmpty() && !next.gaps.isEmpty()) {
        boolean filled = gaps.get(last - 1);
        if (filled && next.gaps.get(0)) {
          return null;
        }
        gaps.set(last - 1, filled || next.gaps.get(0));
        literals.set(last, next.literals.get(1));
        taken = 1;
      } else {
        literals.set(last, joint);
      }
      gaps.addAll(next.gaps.subList(taken, next.gaps.size()));
      literals.addAll(next.literals.subList(taken + 1, next.literals.size()));
      return new Alternative(literals, gaps);
    }

    boolean isLiteral() {
      return gaps.isEmpty();
    }

    boolean matches(String value) {
      String first = literals.get(0);
      if (gaps.isEmpty()) {
        return value.equals(first);
      }
      String last = literals.get(gaps.size());
      if (!value.startsWith(first) || !value.endsWith(last)) {
        return false;
      }
      int at = first.length();
      // Each literal as far in front as it goes leaves the most for the others.
      for (int i = 1; i < gaps.size(); i++) {
        int found = value.indexOf(literals.get(i), at + (gaps.get(i - 1) ? 1 : 0));
        if (found < 0) {
          return false;
        }
        at = found + literals.get(i).length();
      }
      return at + (gaps.get(gaps.size() - 1) ? 1 : 0) <= value.length() - last.length();
    }
  }

  boolean matches(String value) {
    for (Alternative alternative : alternatives) {
      if (alternative.matches(value)) {
        return true;
      }
    }
    return false;
  }

  /** The pattern as one of these; null where it is more than that, or no pattern at all. */
  static @Nullable WildcardPattern of(String pattern) {
    var parser = new Parser(pattern);
    List<Alternative> alternatives = parser.alternatives(0);
    return alternatives == null || parser.at < pattern.length()
        ? null
        : new WildcardPattern(alternatives);
  }

  /** Reads from {@link #at} on; null means that the pattern is more than this class can do. */
  private static final class Parser {

    private static final int DEPTH_MAX = 16;

    private final String pattern;
    private int at;

    Parser(String pattern) {
      this.pattern = pattern;
    }

    private boolean ahead(char c) {
      return at < pattern.length() && pattern.charAt(at) == c;
    }

    @Nullable
    List<Alternative> alternatives(int depth) {
      var all = new ArrayList<Alternative>();
      while (true) {
        List<Alternative> sequence = sequence(depth);
        if (sequence == null || all.size() + sequence.size() > ALTERNATIVES_MAX) {
          return null;
        }
        all.addAll(sequence);
        if (!ahead('|')) {
          return all;
        }
        at++;
      }
    }

    private @Nullable List<Alternative> sequence(int depth) {
      List<Alternative> result = List.of(Alternative.EMPTY);
      while (at < pattern.length() && !ahead('|') && !ahead(')')) {
        List<Alternative> part = part(depth);
        if (part == null || (long) result.size() * part.size() > ALTERNATIVES_MAX) {
          return null;
        }
        var joined = new ArrayList<Alternative>();
        for (Alternative before : result) {
          for (Alternative after : part) {
            Alternative both = before.then(after);
            if (both == null) {
              return null;
            }
            joined.add(both);
          }
        }
        result = joined;
      }
      return result;
    }

    private @Nullable List<Alternative> part(int depth) {
      List<Alternative> part;
      if (ahead('(')) {
        part = group(depth);
      } else if (ahead('.')) {
        part = gap();
      } else {
        String literal = literal();
        part = literal == null ? null : List.of(Alternative.of(literal));
      }
      boolean quantified = at < pattern.length() && QUANTIFIERS.indexOf(pattern.charAt(at)) >= 0;
      return quantified ? null : part;
    }

    private @Nullable List<Alternative> group(int depth) {
      at++;
      if (ahead('?')) {
        if (!pattern.startsWith("?:", at)) {
          return null; // Flags, or a name.
        }
        at += 2;
      }
      List<Alternative> group = depth == DEPTH_MAX ? null : alternatives(depth + 1);
      if (group == null || !ahead(')')) {
        return null;
      }
      at++;
      return group;
    }

    private @Nullable List<Alternative> gap() {
      at++;
      if (!ahead('*') && !ahead('+')) {
        return null;
      }
      return List.of(Alternative.gap(pattern.charAt(at++) == '+'));
    }

    /** Characters that stand for themselves; a quantifier after them means the last one only, which is not for this class. */
    private @Nullable String literal() {
      var literal = new StringBuilder();
      while (at < pattern.length()) {
        char c = pattern.charAt(at);
        if (c == '\\' && at + 1 < pattern.length() && isPunctuation(pattern.charAt(at + 1))) {
          literal.append(pattern.charAt(at + 1));
          at += 2;
        } else if (META.indexOf(c) >= 0) {
          break;
        } else {
          literal.append(c);
          at++;
        }
      }
      return literal.length() == 0 ? null : literal.toString();
    }
  }

  /** Escaped, these stand for themselves; an escaped letter is a class or an assertion. */
  static boolean isPunctuation(char c) {
    return c < 128 && !Character.isLetterOrDigit(c) && c > ' ';
  }

  /** What every value that a pattern matches begins with; empty where that cannot be told easily. */
  static String prefix(String pattern) {
    if (pattern.indexOf('|') >= 0) {
      return "";
    }
    int end = 0;
    while (end < pattern.length() && META.indexOf(pattern.charAt(end)) < 0) {
      end++;
    }
    if (end < pattern.length() && end > 0 && QUANTIFIERS.indexOf(pattern.charAt(end)) >= 0) {
      end = pattern.offsetByCodePoints(end, -1); // The last one may come never.
    }
    return pattern.substring(0, end);
  }
}
