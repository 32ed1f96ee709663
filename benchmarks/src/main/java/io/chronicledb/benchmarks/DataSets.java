package io.chronicledb.benchmarks;

import io.chronicledb.engine.model.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The data of the comparison with other databases, number by number: TSBS' devops cpu-only, and four kinds of floating-point series. A data
 * set is a list of {@link Source}s, which all step through time together.
 */
enum DataSets {
  /** A host has ten metrics, integers of a random walk between 0 and 100, every 10 s. */
  CPU(100, 10_000),
  /** Three decimals: a slow wave with noise of 2 %, every 15 s. */
  GAUGE3(500, 15_000),
  /** A counter with uneven steps, whose scrapes are some milliseconds off. */
  COUNTER(500, 15_000),
  /** One number for ever. */
  CONSTANT(500, 15_000),
  /** Doubles uniform in [0, 1): nothing to compress but the unused bits. */
  RANDOM(500, 15_000);

  /** The first timestamp, in milliseconds: 2026-01-01. */
  static final long START_MILLIS = 1_767_225_600_000L;

  private static final long SEED = 123;
  static final String[] FIELDS = {
    "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait",
    "usage_irq", "usage_softirq", "usage_steal", "usage_guest", "usage_guest_nice"
  };
  private static final String[][] REGIONS = {
    {"us-east-1", "us-east-1a", "us-east-1b", "us-east-1c", "us-east-1e"},
    {"us-west-1", "us-west-1a", "us-west-1b"},
    {"us-west-2", "us-west-2a", "us-west-2b", "us-west-2c"},
    {"eu-west-1", "eu-west-1a", "eu-west-1b", "eu-west-1c"},
    {"eu-central-1", "eu-central-1a", "eu-central-1b"},
    {"ap-southeast-1", "ap-southeast-1a", "ap-southeast-1b"},
    {"ap-southeast-2", "ap-southeast-2a", "ap-southeast-2b"},
    {"ap-northeast-1", "ap-northeast-1a", "ap-northeast-1c"},
    {"sa-east-1", "sa-east-1a", "sa-east-1b", "sa-east-1c"}
  };

  /** Hosts, or series where each has but one. */
  final int sources;

  final int intervalMillis;

  DataSets(int sources, int intervalMillis) {
    this.sources = sources;
    this.intervalMillis = intervalMillis;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Samples of each series in so many hours. */
  int steps(double hours) {
    return (int) (hours * 3_600_000 / intervalMillis);
  }

  /** The first {@code count} sources, at their start. */
  List<Source> open(int count) {
    var opened = new ArrayList<Source>();
    for (int id = 0; id < count; id++) {
      var random = new SplittableRandom(SEED * 1_000_003L + id * 7919L + label().hashCode());
      opened.add(this == CPU ? new Host(id, random) : new Single(this, id, random));
    }
    return opened;
  }

  /** Some series that are scraped together. */
  abstract static class Source {
    final String[] metrics;
    final double[] values;
    final SplittableRandom random;
    Tags tags = Tags.empty();
    long millis;

    Source(String[] metrics, SplittableRandom random) {
      this.metrics = metrics;
      this.values = new double[metrics.length];
      this.random = random;
    }

    /** Takes the next sample of each series, {@code nominalMillis} being the time at which it is due. */
    abstract void step(long nominalMillis, int step);

    long nanos() {
      return millis * 1_000_000;
    }
  }

  private static final class Host extends Source {
    private final double[] state = new double[FIELDS.length];

    Host(int id, SplittableRandom random) {
      super(metrics(), random);
      for (int i = 0; i < state.length; i++) {
        state[i] = random.nextDouble() * 100;
      }
      String[] region = REGIONS[random.nextInt(REGIONS.length)];
      tags = Tags.builder()
          .add("hostname", "host_" + id)
          .add("region", region[0])
          .add("datacenter", region[1 + random.nextInt(region.length - 1)])
          .add("rack", "" + random.nextInt(100))
          .add("os", pick("Ubuntu16.10", "Ubuntu16.04LTS", "Ubuntu15.10"))
          .add("arch", pick("x64", "x86"))
          .add("team", pick("SF", "NYC", "LON", "CHI"))
          .add("service", "" + random.nextInt(20))
          .add("service_version", "" + random.nextInt(2))
          .add("service_environment", pick("production", "staging", "test"))
          .build();
    }

    private static String[] metrics() {
      var metrics = new String[FIELDS.length];
      for (int i = 0; i < metrics.length; i++) {
        metrics[i] = "cpu_" + FIELDS[i];
      }
      return metrics;
    }

    private String pick(String... choices) {
      return choices[random.nextInt(choices.length)];
    }

    @Override
    void step(long nominalMillis, int step) {
      millis = nominalMillis;
      for (int i = 0; i < values.length; i++) {
        values[i] = (long) state[i];
        state[i] = Math.max(0, Math.min(100, state[i] + random.nextGaussian()));
      }
    }
  }

  /** One series. */
  static final class Single extends Source {
    private final DataSets kind;
    final double level;
    private final double swing;
    /** The standard deviation of a gauge's noise. */
    final double noise;

    private double total;

    Single(DataSets kind, int id, SplittableRandom random) {
      super(new String[] {"bench_" + kind.label()}, random);
      this.kind = kind;
      tags = Tags.of("instance", "inst-" + id + ":9100", "job", "job" + id % 7);
      level = 10 + random.nextDouble() * 500;
      swing = level * 0.2 * random.nextDouble();
      noise = level * 0.02;
      total = random.nextInt(1_000_000);
    }

    @Override
    void step(long nominalMillis, int step) {
      millis = nominalMillis;
      switch (kind) {
        case GAUGE3 -> {
          double value = level + swing * Math.sin(step / 400.0) + noise * random.nextGaussian();
          values[0] = Math.round(value * 1000) / 1000.0;
        }
        case COUNTER -> {
          // Mostly within 4 ms of its time, now and then late by up to 80 ms.
          millis += Math.round(random.nextGaussian() * 2);
          millis += random.nextInt(50) == 0 ? random.nextInt(80) : 0;
          total += random.nextInt(10) < 2 ? 0 : random.nextInt((int) level);
          values[0] = total;
        }
        case CONSTANT -> values[0] = Math.round(level * 10) / 10.0;
        case RANDOM -> values[0] = random.nextDouble();
        case CPU -> throw new IllegalStateException("a host has ten series");
      }
    }
  }
}
