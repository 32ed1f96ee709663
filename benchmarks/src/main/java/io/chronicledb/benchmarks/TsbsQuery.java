package io.chronicledb.benchmarks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** The queries of TSBS' devops cpu-only, as the comparison with other databases asks them over {@link DataSets#CPU}. */
enum TsbsQuery {
  /** The maximum of a metric of a host by minute, over one hour. */
  SINGLE_GROUPBY_1_1_1("single-groupby-1-1-1", Kind.MAX, 1, 1, 1, "1m"),
  SINGLE_GROUPBY_1_1_12("single-groupby-1-1-12", Kind.MAX, 1, 1, 12, "1m"),
  SINGLE_GROUPBY_1_8_1("single-groupby-1-8-1", Kind.MAX, 1, 8, 1, "1m"),
  SINGLE_GROUPBY_5_1_1("single-groupby-5-1-1", Kind.MAX, 5, 1, 1, "1m"),
  SINGLE_GROUPBY_5_1_12("single-groupby-5-1-12", Kind.MAX, 5, 1, 12, "1m"),
  SINGLE_GROUPBY_5_8_1("single-groupby-5-8-1", Kind.MAX, 5, 8, 1, "1m"),
  CPU_MAX_ALL_1("cpu-max-all-1", Kind.MAX, 10, 1, 8, "1h"),
  CPU_MAX_ALL_8("cpu-max-all-8", Kind.MAX, 10, 8, 8, "1h"),
  /** The mean of metrics by hour and host, over twelve hours. */
  DOUBLE_GROUPBY_1("double-groupby-1", Kind.MEAN, 1, 0, 12, "1h"),
  DOUBLE_GROUPBY_5("double-groupby-5", Kind.MEAN, 5, 0, 12, "1h"),
  DOUBLE_GROUPBY_ALL("double-groupby-all", Kind.MEAN, 10, 0, 12, "1h"),
  /** All metrics where one of them is high, of one host or of all. */
  HIGH_CPU_1("high-cpu-1", Kind.HIGH, 1, 1, 12, "1m"),
  HIGH_CPU_ALL("high-cpu-all", Kind.HIGH, 1, 0, 12, "1m"),
  LASTPOINT("lastpoint", Kind.LAST, 10, 0, 0, "1m"),
  /** The last five minutes before a time, without a lower bound. */
  GROUPBY_ORDERBY_LIMIT("groupby-orderby-limit", Kind.NEWEST, 1, 0, 0, "1m");

  private enum Kind {
    MAX,
    MEAN,
    HIGH,
    LAST,
    NEWEST
  }

  private static final long HOUR_MILLIS = 3_600_000;
  private static final long SEED = 42;

  final String label;
  private final Kind kind;
  private final List<String> fields;
  private final int hosts;
  private final int hours;
  private final String bucket;

  TsbsQuery(String label, Kind kind, int fields, int hosts, int hours, String bucket) {
    this.label = label;
    this.kind = kind;
    this.fields = List.of(Arrays.copyOf(DataSets.FIELDS, fields));
    this.hosts = hosts;
    this.hours = hours;
    this.bucket = bucket;
  }

  static TsbsQuery of(String label) {
    return Arrays.stream(values())
        .filter(query -> query.label.equals(label))
        .findFirst()
        .orElseThrow();
  }

  /** So many statements over other hosts and windows each; always the same ones. */
  List<String> statements(int count, int hostCount, long startMillis, long endMillis) {
    var random = new Random(SEED + label.hashCode());
    var statements = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      statements.add(statement(random, hostCount, startMillis, endMillis));
    }
    return statements;
  }

  private String statement(Random random, int hostCount, long startMillis, long endMillis) {
    if (kind == Kind.LAST) {
      return "SELECT " + items("last") + " FROM cpu GROUP BY hostname";
    }
    long step = bucket.equals("1h") ? HOUR_MILLIS : 60_000;
    if (kind == Kind.NEWEST) {
      long end =
          startMillis + step * (1 + random.nextInt((int) ((endMillis - startMillis) / step)));
      return "SELECT max(usage_user) FROM cpu WHERE time < '" + Instant.ofEpochMilli(end)
          + "' GROUP BY time(1m) ORDER BY time DESC LIMIT 5";
    }
    long window =
        Math.min(hours * HOUR_MILLIS, Math.max(step, (endMillis - startMillis) / 2 / step * step));
    long places = (endMillis - startMillis - window) / step + 1;
    long start = startMillis + step * random.nextInt((int) places);
    String where =
        " FROM cpu WHERE " + hosts(random, hostCount) + "time >= '" + Instant.ofEpochMilli(start)
            + "' AND time < '" + Instant.ofEpochMilli(start + window) + "'";
    return switch (kind) {
      case MAX -> "SELECT " + items("max") + where + " GROUP BY time(" + bucket + ")";
      case MEAN -> "SELECT " + items("mean") + where + " GROUP BY time(" + bucket + "), hostname";
      default -> "SELECT *" + where + " AND usage_user > 90";
    };
  }

  private String items(String function) {
    return fields.stream()
        .map(field -> function + "(" + field + ")")
        .collect(Collectors.joining(", "));
  }

  private String hosts(Random random, int hostCount) {
    if (hosts == 0) {
      return "";
    }
    var all = new ArrayList<String>();
    for (int i = 0; i < hostCount; i++) {
      all.add("'host_" + i + "'");
    }
    Collections.shuffle(all, random);
    return "hostname IN (" + String.join(", ", all.subList(0, Math.min(hosts, hostCount)))
        + ") AND ";
  }
}
