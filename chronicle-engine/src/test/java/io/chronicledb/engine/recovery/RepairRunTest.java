package io.chronicledb.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.reliability.Trials;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Repairs the damaged files of {@link DamageRun}. {@code -Dseed} repeats a run. */
class RepairRunTest {

  private static final long FILES = Long.getLong("repair.files", 1_000);

  @Test
  void aRepairKeepsEveryHealthyBlockAndTouchesNothingElse() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("C3").seed(seed);
    var repaired = new AtomicLong();
    var complete = new AtomicLong();
    long specimens = Math.max(2, FILES / 250);
    Trials.run(specimens, number -> {
      var run = new DamageRun(seed + number);
      while (run.repairs() < FILES / specimens) {
        run.mutateAndRepair();
      }
      assertThat(run.violations()).isEmpty();
      repaired.addAndGet(run.repairs() - run.refused());
      complete.addAndGet(run.completeRepairs());
    });
    evidence
        .figure("damaged files", FILES)
        .figure("repaired", repaired.get())
        .figure("without a loss", complete.get())
        .passed();
  }
}
