package io.chronicledb.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.reliability.Trials;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Crashes of the process and of the machine on the simulated disk. {@code -Dseed} repeats a run. */
class CrashTest {

  /** How many crashes in all. */
  private static final long POINTS = Long.getLong("crash.points", 5_000);

  /** How often there must be a crash at each named moment. */
  private static final int HITS = Integer.getInteger("crash.hits", 3);

  /** How many crashes with two more in their recovery. */
  private static final long CHAINS = Long.getLong("crash.chains", 100);

  private static final int NAMED_POINTS_MIN = 40;
  private static final int STEPS = 40;
  private static final int CRASHES_PER_LIFE = 5;

  private static void expectKept(CrashRun.Result result) {
    assertThat(result.violations()).as("broken promises").isEmpty();
  }

  @Test
  void keepsItsPromiseWhereverItCrashes() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("P1").seed(seed);
    var crashes = new AtomicLong();
    var lives = new AtomicLong();
    Map<String, Integer> points = new TreeMap<>();
    Trials.runWhile(() -> crashes.get() < POINTS, Long.MAX_VALUE, number -> {
      CrashRun.Result result = number % 2 == 0
          ? CrashRun.fork(seed + number, STEPS, 5, Long.MAX_VALUE, Set.of())
          : CrashRun.live(seed + number, CRASHES_PER_LIFE, Set.of());
      expectKept(result);
      crashes.addAndGet(result.crashes());
      lives.incrementAndGet();
      synchronized (points) {
        result.failpoints().forEach((name, hits) -> points.merge(name, hits, Integer::sum));
      }
    });
    evidence.figure("crash points", crashes.get()).figure("lives", lives.get()).passed();
  }

  @Test
  void keepsItsPromiseAtEveryNamedMoment() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("D2").seed(seed);
    Map<String, Integer> hits = new TreeMap<>();
    var lives = new AtomicLong();
    Trials.runWhile(() -> lives.get() < 12 || lacking(hits), 100L * HITS, number -> {
      CrashRun.Result result = CrashRun.fork(seed + number, STEPS, 40, Long.MAX_VALUE, Set.of());
      expectKept(result);
      lives.incrementAndGet();
      synchronized (hits) {
        result.failpoints().forEach((name, count) -> hits.merge(name, count, Integer::sum));
      }
    });
    assertThat(hits).hasSizeGreaterThanOrEqualTo(NAMED_POINTS_MIN);
    assertThat(hits)
        .as("crashes at each named moment")
        .allSatisfy((name, count) -> assertThat(count).as(name).isGreaterThanOrEqualTo(HITS));
    evidence
        .figure("named failpoints", hits.size())
        .figure(
            "crashes at the rarest",
            hits.values().stream().mapToInt(i -> i).min().orElse(0))
        .figure("crashes", hits.values().stream().mapToLong(i -> i).sum())
        .note("failpoints", String.join("; ", hits.keySet()))
        .passed();
  }

  private static boolean lacking(Map<String, Integer> hits) {
    synchronized (hits) {
      return hits.values().stream().anyMatch(count -> count < HITS);
    }
  }

  @Test
  void keepsItsPromiseWhenRecoveryCrashesAndTheRecoveryFromThatToo() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("D3").seed(seed);
    var crashes = new AtomicLong();
    Trials.run(CHAINS, number -> {
      CrashRun.Result result = CrashRun.crashInRecovery(seed + number, 3, Set.of());
      expectKept(result);
      crashes.addAndGet(result.crashes());
    });
    evidence
        .figure("chains of depth 3", CHAINS)
        .figure("crashes", crashes.get())
        .passed();
  }
}
