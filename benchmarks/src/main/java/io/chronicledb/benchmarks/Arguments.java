package io.chronicledb.benchmarks;

import java.util.HashMap;
import java.util.Map;

/** The options of a {@code main}: {@code --name value} each, and {@code --quick} for a run of seconds. */
final class Arguments {

  private final Map<String, String> values = new HashMap<>();
  private final boolean quick;

  Arguments(String[] args) {
    boolean isQuick = false;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--quick")) {
        isQuick = true;
      } else if (args[i].startsWith("--") && i + 1 < args.length) {
        values.put(args[i].substring(2), args[++i]);
      } else {
        throw new IllegalArgumentException("--name value expected, not " + args[i]);
      }
    }
    this.quick = isQuick;
  }

  boolean isQuick() {
    return quick;
  }

  String text(String name, String otherwise) {
    String value = values.remove(name);
    return value == null ? otherwise : value;
  }

  /** A number, which may have underscores. */
  long number(String name, long otherwise, long otherwiseQuick) {
    String value = values.remove(name);
    if (value == null) {
      return quick ? otherwiseQuick : otherwise;
    }
    return Long.parseLong(value.replace("_", ""));
  }

  /** Call once all options are read: what is left over is a typing error. */
  void rejectOthers() {
    if (!values.isEmpty()) {
      throw new IllegalArgumentException("unknown options " + values.keySet());
    }
  }
}
