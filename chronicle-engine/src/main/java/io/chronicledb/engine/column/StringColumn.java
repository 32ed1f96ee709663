package io.chronicledb.engine.column;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A growing column of strings; null is NULL. Not thread-safe. */
public final class StringColumn {

  private final List<@Nullable String> values = new ArrayList<>();

  public int size() {
    return values.size();
  }

  public @Nullable String get(int index) {
    return values.get(index);
  }

  public void add(@Nullable String value) {
    values.add(value);
  }
}
