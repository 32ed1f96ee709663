package io.chronicledb.engine.maintenance.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.write.PointBatch;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What wins where a merge takes one block of a flush, and leaves another. */
class CompactionOrderTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long WINDOW = 300 * SECOND;

  @Test
  void aBlockThatIsRewrittenStaysOlderThanAMergeThatStartsWithAnotherOfItsFlush() {
    try (var database = ChronicleDatabase.open(
        new MemoryDisk(),
        TestDatabase.PATH,
        TestDatabase.options(SyncMode.RELAXED).withPartition(Duration.ofNanos(WINDOW)))) {
      // One flush, two blocks: a small one, and one that is too large for the merge below.
      var random = new Random(1);
      var batch = new PointBatch();
      batch.series("m", Tags.of("s", "both"));
      batch.add(0, 1).add(SECOND, 1).add(WINDOW + 5 * SECOND, 1);
      batch.series("m", Tags.of("s", "late"));
      for (int i = 0; i < 1_000; i++) {
        batch.add(WINDOW + i * SECOND / 10, random.nextDouble());
      }
      database.write(batch);
      database.flush();
      // The small one is rewritten, and so comes after the large one.
      database.delete("m{s=\"both\"}", new TimeRange(0, SECOND));
      database.flush();
      TestDatabase.applyDeletions(database);
      // It is merged with younger ones, which have newer values for the time of the large one.
      for (int i = 0; i < CompactionPolicy.FANOUT; i++) {
        database.write("m", Tags.of("s", "both"), WINDOW + 5 * SECOND, 2 + i);
        database.flush();
      }
      TestDatabase.mergePiledUp(database);
      Points before = Points.of(database);

      // Now the large one is rewritten.
      database.delete("m{s=\"late\"}", new TimeRange(WINDOW, WINDOW + SECOND));
      database.flush();
      TestDatabase.applyDeletions(database);
      String both = "{__name__=\"m\", s=\"both\"}";
      assertThat(before.samples(both).keySet()).containsExactly(SECOND, WINDOW + 5 * SECOND);
      assertThat(Points.of(database).samples(both)).isEqualTo(before.samples(both));
      assertThat(database.verify().damages()).isEmpty();
    }
  }
}
