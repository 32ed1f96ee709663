package io.chronicledb.engine.query.function;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.chronicledb.engine.model.Tags;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How {@code label_replace} and {@code label_join} set one label from others. */
public sealed interface LabelRewrite {

  /** The label that is set. */
  String target();

  /** The labels of a series afterwards; an empty value removes the target. Null where it leaves the series alone. */
  @Nullable
  Tags apply(Tags labels);

  /**
   * Sets the target to a template where a pattern matches all of the source.
   *
   * @param template {@code $1}, <code>${1}</code> and <code>${name}</code> stand for groups of the pattern, {@code $$} for a dollar sign
   */
  record Replace(String target, String template, String source, Pattern pattern)
      implements LabelRewrite {

    @Override
    public @Nullable Tags apply(Tags labels) {
      String value = labels.get(source);
      Matcher matcher = pattern.matcher(value == null ? "" : value);
      return matcher.matches() ? labels.with(target, expand(matcher)) : null;
    }

    private String expand(Matcher matcher) {
      var text = new StringBuilder();
      int at = 0;
      while (at < template.length()) {
        char c = template.charAt(at++);
        if (c != '$') {
          text.append(c);
        } else if (at < template.length() && template.charAt(at) == '$') {
          text.append('$');
          at++;
        } else {
          boolean braces = at < template.length() && template.charAt(at) == '{';
          int start = braces ? at + 1 : at;
          int end = start;
          while (end < template.length() && isNameCharacter(template.charAt(end))) {
            end++;
          }
          boolean closed = !braces || (end < template.length() && template.charAt(end) == '}');
          if (end == start || !closed) {
            text.append('$'); // No name: the dollar sign is one.
            continue;
          }
          text.append(group(matcher, template.substring(start, end)));
          at = braces ? end + 1 : end;
        }
      }
      return text.toString();
    }

    private static boolean isNameCharacter(char c) {
      return c == '_' || Character.isLetterOrDigit(c);
    }

    /** Groups that there are not, and those that took no part, are empty. */
    private static String group(Matcher matcher, String name) {
      @Nullable String value = null;
      if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
        int index = name.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(name);
        value = index <= matcher.groupCount() ? matcher.group(index) : null;
      } else if (matcher.pattern().namedGroups().containsKey(name)) {
        value = matcher.group(name);
      }
      return value == null ? "" : value;
    }
  }

  /** Sets the target to the values of other labels, with a separator between them. */
  record Join(String target, String separator, List<String> sources) implements LabelRewrite {

    public Join {
      sources = List.copyOf(sources);
    }

    @Override
    public Tags apply(Tags labels) {
      var text = new StringBuilder();
      for (int i = 0; i < sources.size(); i++) {
        String value = labels.get(sources.get(i));
        text.append(i == 0 ? "" : separator).append(value == null ? "" : value);
      }
      return labels.with(target, text.toString());
    }
  }
}
