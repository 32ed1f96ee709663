package io.chronicledb.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.reliability.Trials;
import io.chronicledb.engine.storage.FaultyDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Bits that flip, pages that are lost, files that are cut off. {@code -Dseed} repeats a run. */
class DamageTest {

  /** So many bytes of blocks have every bit flipped. */
  private static final long BYTES = Long.getLong("damage.bytes", 24 << 10);

  /** So many lengths at which data files are cut. */
  private static final long LENGTHS = Long.getLong("damage.lengths", 64 << 10);

  /** So many damages of any kind. */
  private static final long MUTATIONS = Long.getLong("damage.mutations", 2_000);

  /** A whole database is opened for one of so many lengths; the file alone for each. */
  private static final int WHOLE_EVERY = 32;

  private static void expectRight(DamageRun run) {
    assertThat(run.violations()).isEmpty();
  }

  @Test
  void everyFlippedBitOfABlockIsNamedAndCostsOnlyThatBlock() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("C2.blocks").seed(seed);
    var bits = new AtomicLong();
    var blocks = new AtomicLong();
    Trials.runWhile(() -> bits.get() < BYTES * 8, Long.MAX_VALUE, number -> {
      var run = new DamageRun(seed + number);
      for (StoredBlock block : run.specimen().blocks) {
        if (bits.get() < BYTES * 8) {
          bits.addAndGet(run.flipEveryBitOf(block));
          blocks.incrementAndGet();
        }
        expectRight(run);
      }
    });
    evidence.figure("bits flipped", bits.get()).figure("blocks", blocks.get()).passed();
  }

  @Test
  void everyFlippedBitOfHeaderRootsAndIndexesIsHarmlessOrATypedError() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("C2.roots").seed(seed);
    var run = new DamageRun(seed);
    byte[] file = run.file();
    List<int[]> places = places(file);
    assertThat(places).hasSizeGreaterThanOrEqualTo(7);
    var bits = new AtomicLong();
    for (int[] place : places) {
      Trials.run(place[1] * 8L, bit -> {
        byte[] damaged = file.clone();
        damaged[(int) (place[0] + (bit >> 3))] ^= (byte) (1 << (bit & 7));
        run.examineFile(damaged, "flipped bit " + (place[0] * 8L + bit));
        bits.incrementAndGet();
      });
    }
    expectRight(run);
    evidence
        .figure("bits flipped", bits.get())
        .figure("refused to open", run.refused())
        .passed();
  }

  /** The file's header, the root slots, and index blocks with their footers: offset and length. */
  private static List<int[]> places(byte[] file) {
    var places = new ArrayList<int[]>();
    places.add(new int[] {0, 36});
    places.add(new int[] {4096, 28});
    places.add(new int[] {8192, 28});
    String text = new String(file, StandardCharsets.ISO_8859_1);
    for (int at = text.indexOf("CHRB"); at >= 0; at = text.indexOf("CHRB", at + 4)) {
      if (at % 4096 == 0 && file[at + 8] == 3) {
        places.add(new int[] {at, 80}); // The header of the index and its first entries,
      }
    }
    for (int at = text.indexOf("CHRFTR1"); at >= 0; at = text.indexOf("CHRFTR1", at + 7)) {
      places.add(new int[] {at - 40, 40 + 32}); // its last entries and the footer.
    }
    return places;
  }

  @Test
  void aFileThatIsCutAnywhereIsOpenedOnWhatIsWholeOrRefused() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("C1.file").seed(seed);
    var lengths = new AtomicLong();
    var opened = new AtomicLong();
    Trials.runWhile(() -> lengths.get() < LENGTHS, Long.MAX_VALUE, number -> {
      var run = new DamageRun(seed + number);
      int count = (int) Math.min(run.fileLength(), LENGTHS / 2);
      FaultyDisk disk = run.fileAlone();
      for (int i = 0; i < count && lengths.getAndIncrement() < LENGTHS; i++) {
        int length = run.fileLength() - 1 - i;
        if (i % WHOLE_EVERY == 0 || (length + 1) % 4096 < 3) {
          run.cutFile(length);
          opened.incrementAndGet();
        } else {
          run.cutBackend(disk, length);
        }
        expectRight(run);
      }
    });
    evidence
        .figure("lengths", LENGTHS)
        .figure("opened as a database", opened.get())
        .passed();
  }

  @Test
  void damageOfAnyKindIsNeverAWrongAnswer() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("C2.mutations").seed(seed);
    var refused = new AtomicLong();
    long specimens = Math.max(2, MUTATIONS / 500);
    Trials.run(specimens, number -> {
      var run = new DamageRun(seed + number);
      while (run.mutations() < MUTATIONS / specimens) {
        run.mutate();
      }
      expectRight(run);
      refused.addAndGet(run.refused());
    });
    evidence
        .figure("mutations", MUTATIONS)
        .figure("refused to open", refused.get())
        .passed();
  }

  @Test
  void aLogThatIsCutOrGrownAnywhereLosesItsTailAndNothingElse() {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("C1.database").seed(seed);
    var run = new DamageRun(seed);
    List<Path> segments = run.specimen().segments();
    Path last = segments.get(segments.size() - 1);
    byte[] bytes = run.specimen().disk.bytes(last);
    Trials.run(bytes.length / 7, number -> {
      int length = (int) number * 7;
      run.examineLog(last, Arrays.copyOf(bytes, length), "a cut at " + length);
    });
    Trials.run(200, number -> {
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + (int) (number * number));
      if (number % 2 == 0) {
        for (int i = bytes.length; i < longer.length; i++) {
          longer[i] = (byte) ((i * 31 + number) * 17);
        }
      }
      run.examineLog(last, longer, "a tail of " + (longer.length - bytes.length));
    });
    expectRight(run);
    evidence.figure("logs opened", run.mutations()).passed();
  }
}
