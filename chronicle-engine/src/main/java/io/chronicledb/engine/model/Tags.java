package io.chronicledb.engine.model;

import io.chronicledb.engine.error.BadDataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of tags: name to value, sorted by the UTF-8 bytes of the name. A tag with an empty value is the same as no tag,
 * as in Prometheus, and is dropped. Names are unique.
 */
public final class Tags implements Comparable<Tags> {

  /**
   * The reserved name under which a metric's name appears where metric and tags are handled alike (matchers, results of
   * PromQL).
   */
  public static final String METRIC = "__name__";

  /** The order of tag names everywhere: by code point, which is the order of their UTF-8 bytes. */
  public static final Comparator<String> ORDER = Tags::compareCodePoints;

  private static final Tags EMPTY = new Tags(new String[0]);

  /** Names at even and values at odd places. */
  private final String[] pairs;

  private int hash;
  /** The canonical bytes, made when they are first asked for: senders write the same tags again and again. */
  private volatile byte @Nullable [] canonical;

  private Tags(String[] pairs) {
    this.pairs = pairs;
  }

  /** The part of a {@linkplain SeriesKey series' canonical bytes} that follows the metric. Not to be changed. */
  byte[] canonical() {
    byte[] bytes = canonical;
    if (bytes == null) {
      bytes = SeriesKey.encodeTags(this);
      canonical = bytes;
    }
    return bytes;
  }

  public static Tags empty() {
    return EMPTY;
  }

  /** Tags from alternating names and values. */
  public static Tags of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "names and values must alternate; got " + namesAndValues.length + " strings");
    }
    var builder = new Builder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      builder.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return builder.build();
  }

  public static Tags of(Map<String, String> tags) {
    var builder = new Builder();
    tags.forEach(builder::add);
    return builder.build();
  }

  public static Builder builder() {
    return new Builder();
  }

  public int size() {
    return pairs.length / 2;
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  public String name(int index) {
    return pairs[2 * index];
  }

  public String value(int index) {
    return pairs[2 * index + 1];
  }

  /** The value of a tag, or null where it is absent. */
  public @Nullable String get(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return null;
  }

  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < pairs.length; i += 2) {
      action.accept(pairs[i], pairs[i + 1]);
    }
  }

  /** These tags with one set to another value; an empty value removes it. */
  public Tags with(String name, String value) {
    var builder = new Builder();
    forEach((n, v) -> {
      if (!n.equals(name)) {
        builder.add(n, v);
      }
    });
    return builder.add(name, value).build();
  }

  public Tags without(String name) {
    return get(name) == null ? this : with(name, "");
  }

  /** Only the tags whose name is in {@code names}. */
  public Tags retain(List<String> names) {
    return filter(names, true);
  }

  /** Only the tags whose name is not in {@code names}. */
  public Tags remove(List<String> names) {
    return filter(names, false);
  }

  private Tags filter(List<String> names, boolean keep) {
    var kept = new ArrayList<String>(pairs.length);
    for (int i = 0; i < pairs.length; i += 2) {
      if (names.contains(pairs[i]) == keep) {
        kept.add(pairs[i]);
        kept.add(pairs[i + 1]);
      }
    }
    return kept.size() == pairs.length ? this : new Tags(kept.toArray(String[]::new));
  }

  @Override
  public int compareTo(Tags other) {
    int shorter = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < shorter; i++) {
      int order = compareCodePoints(pairs[i], other.pairs[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(pairs.length, other.pairs.length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tags tags && Arrays.equals(pairs, tags.pairs);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = Arrays.hashCode(pairs);
      hash = h;
    }
    return h;
  }

  /** As in PromQL without the metric: <code>{host="a", region="eu"}</code>. */
  @Override
  public String toString() {
    var text = new StringBuilder("{");
    for (int i = 0; i < pairs.length; i += 2) {
      text.append(i == 0 ? "" : ", ")
          .append(pairs[i])
          .append("=\"")
          .append(escape(pairs[i + 1]))
          .append('"');
    }
    return text.append('}').toString();
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static int compareCodePoints(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // UTF-16 puts surrogates (code points from U+10000) below U+E000..U+FFFF; UTF-8 does not.
        boolean xHigh = Character.isSurrogate(x);
        boolean yHigh = Character.isSurrogate(y);
        return xHigh == yHigh ? Character.compare(x, y) : xHigh ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Collects tags in any order. Not thread-safe. */
  public static final class Builder {

    private final TreeMap<String, String> tags = new TreeMap<>(ORDER);

    private Builder() {}

    /** @throws BadDataException for an empty name or a name that was added before */
    public Builder add(String name, String value) {
      if (name.isEmpty()) {
        throw new BadDataException("a tag name must not be empty");
      }
      if (!value.isEmpty() && tags.put(name, value) != null) {
        throw new BadDataException("tag \"" + name + "\" is given twice");
      }
      return this;
    }

    public Tags build() {
      if (tags.isEmpty()) {
        return EMPTY;
      }
      var pairs = new String[tags.size() * 2];
      int i = 0;
      for (var tag : tags.entrySet()) {
        pairs[i++] = tag.getKey();
        pairs[i++] = tag.getValue();
      }
      return new Tags(pairs);
    }
  }
}
