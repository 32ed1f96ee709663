package io.chronicledb.engine.wal;

import static io.chronicledb.engine.wal.LogFixture.offsets;
import static io.chronicledb.engine.wal.LogFixture.options;
import static io.chronicledb.engine.wal.LogFixture.replay;
import static io.chronicledb.engine.wal.LogFixture.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.reliability.Trials;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.LogFixture.Log;
import io.chronicledb.engine.wal.LogFixture.Replayed;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Logs that are cut at every length, and logs of which every bit is flipped. {@code -Dseed} repeats a run. */
class LogDamageTest {

  /** So many lengths, in logs of 4 KiB. */
  private static final int LENGTHS = Integer.getInteger("damage.log.lengths", 64 << 10);

  /** So many bytes of which every bit is flipped. */
  private static final int BYTES = Integer.getInteger("damage.log.bytes", 8 << 10);

  private static final int LOG_BYTES = 4096;

  /** A log of batches of many sizes, of which the last says that those up to {@code marked} are durable. */
  private record Sample(byte[] bytes, TreeMap<Long, String> written, long marked) {

    static Sample of(long seed) {
      var random = new Random(seed);
      var disk = new FaultyDisk(1);
      var log = new Log(disk, options());
      log.random.setSeed(seed);
      int pointsMax = 1 + random.nextInt(20);
      long marked = 0;
      long synced = 0;
      while (disk.bytes(segment(1)).length < LOG_BYTES) {
        long sequence = random.nextInt(4) == 0
            ? log.writeAttachment()
            : log.write(1 + random.nextInt(pointsMax));
        marked = synced;
        if (random.nextInt(6) == 0) {
          log.wal.sync();
          synced = sequence;
        }
      }
      disk.kill();
      return new Sample(disk.bytes(segment(1)), log.written, marked);
    }

    FaultyDisk with(byte[] damaged) {
      var disk = new FaultyDisk(1);
      disk.replace(segment(1), damaged);
      return disk;
    }
  }

  @Test
  void aCutAtAnyLengthLeavesTheWholeRecordsBeforeIt() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("C1.log").seed(seed);
    Trials.run(LENGTHS / LOG_BYTES, number -> {
      Sample sample = Sample.of(seed + number);
      List<Integer> offsets = offsets(sample.bytes);
      var random = new Random(seed + number);
      for (int length = LOG_BYTES; length > 0; length--) {
        // What follows a cut: nothing, zeros of a preallocated file, or garbage.
        byte[] damaged = Arrays.copyOf(sample.bytes, length + length % 3 * random.nextInt(40));
        Arrays.fill(damaged, length, damaged.length, (byte) 0);
        if (length % 3 == 2) {
          for (int i = length; i < damaged.length; i++) {
            damaged[i] = (byte) random.nextInt();
          }
        }
        // Now and then garbage is what stood there.
        int differs = Arrays.mismatch(sample.bytes, damaged);
        int sound = differs < 0 ? damaged.length : differs;
        int whole = 0;
        while (whole + 1 < offsets.size() && offsets.get(whole + 1) <= sound) {
          whole++;
        }
        if (sound < WalFormat.SEGMENT_HEADER_BYTES && damaged.length > sound) {
          continue; // A header that is damaged, not missing; see WalReplayTest.
        }
        Replayed replayed = replay(sample.with(damaged));
        Map<Long, String> expected = sample.written.headMap(whole + 1L);
        if (!replayed.found().read.equals(expected)) {
          assertThat(replayed.found().read)
              .as("-Dseed=%d, cut at %d", seed + number, length)
              .isEqualTo(expected);
        }
        assertThat(replayed.replay().lost()).as("cut at %d", length).isEmpty();
      }
    });
    evidence.figure("lengths", LENGTHS).passed();
  }

  @Test
  void anyFlippedBitIsReportedOrEndsTheLog() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("C2.log").seed(seed);
    Trials.run(BYTES / LOG_BYTES, number -> {
      Sample sample = Sample.of(seed + number);
      List<Integer> offsets = offsets(sample.bytes);
      int record = 1;
      for (int bit = WalFormat.SEGMENT_HEADER_BYTES * 8; bit < LOG_BYTES * 8; bit++) {
        while (offsets.get(record) <= bit >> 3) {
          record++;
        }
        byte[] damaged = sample.bytes.clone();
        damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
        Replayed replayed = replay(sample.with(damaged));
        boolean reported = !replayed.replay().lost().isEmpty();
        boolean marked = record <= sample.marked;
        int records = reported ? sample.written.size() - 1 : record - 1;
        if (reported != marked
            || reported && !replayed.lost(record)
            || replayed.found().order.size() != records
            || !sample.written.entrySet().containsAll(replayed.found().read.entrySet())) {
          throw new AssertionError(
              "-Dseed=" + (seed + number) + ", bit " + bit + " of record " + record
                  + (marked ? ", which was durable" : ", which was not durable") + ": "
                  + replayed.replay() + ", read " + replayed.found().order);
        }
      }
    });
    evidence
        .figure(
            "bits flipped", (LOG_BYTES - WalFormat.SEGMENT_HEADER_BYTES) * 8L * (BYTES / LOG_BYTES))
        .passed();
  }
}
