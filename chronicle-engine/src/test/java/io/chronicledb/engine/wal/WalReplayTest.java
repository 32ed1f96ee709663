package io.chronicledb.engine.wal;

import static io.chronicledb.engine.wal.LogFixture.offsets;
import static io.chronicledb.engine.wal.LogFixture.options;
import static io.chronicledb.engine.wal.LogFixture.replay;
import static io.chronicledb.engine.wal.LogFixture.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.LogFixture.Collector;
import io.chronicledb.engine.wal.LogFixture.Log;
import io.chronicledb.engine.wal.LogFixture.Replayed;
import io.chronicledb.engine.wal.WalReplay.LostRange;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalReplayTest {

  private final FaultyDisk disk = new FaultyDisk(1);

  /** Writes batches 1 to {@code count}; those up to {@code synced} are durable, and the ones after say so. */
  private TreeMap<Long, String> writeAndKill(int count, int synced, int points) {
    var log = new Log(disk, options());
    for (int i = 1; i <= count; i++) {
      log.write(points);
      if (i == synced) {
        log.wal.sync();
      }
    }
    disk.kill();
    return log.written;
  }

  @Test
  void replaysEveryWholeRecordWhereverTheTailIsCut() {
    var written = writeAndKill(60, 0, 6);
    byte[] bytes = disk.bytes(segment(1));
    List<Integer> offsets = offsets(bytes);
    for (int length = bytes.length; length >= Math.max(0, bytes.length - 4096); length--) {
      var cut = new FaultyDisk();
      cut.replace(segment(1), Arrays.copyOf(bytes, length));
      Replayed replayed = replay(cut);
      int whole = 0;
      while (whole < 60 && offsets.get(whole + 1) <= length) {
        whole++;
      }
      assertThat(replayed.found().read)
          .as("cut at %d", length)
          .isEqualTo(written.headMap(whole + 1L));
      assertThat(replayed.replay().lost()).isEmpty();
      if (length >= WalFormat.SEGMENT_HEADER_BYTES) {
        assertThat(replayed.replay().tornBytes()).isEqualTo(length - offsets.get(whole));
      }
      // What was cut stays cut, and the log goes on behind it.
      assertThat(replay(cut).found().read).isEqualTo(replayed.found().read);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 26, 27, 44, 512, 4096, 300_000})
  void tailsOfZerosAndOfGarbageEndTheLogAndTakeNothingWithThem(int length) {
    var written = writeAndKill(20, 5, 4);
    byte[] bytes = disk.bytes(segment(1));
    long seed = TestDatabase.seed();
    for (boolean zero : new boolean[] {true, false}) {
      var tail = new byte[length];
      if (!zero) {
        new Random(seed).nextBytes(tail);
      }
      byte[] all = Arrays.copyOf(bytes, bytes.length + length);
      System.arraycopy(tail, 0, all, bytes.length, length);
      FaultyDisk copy = disk.copy(1);
      copy.replace(segment(1), all);
      Replayed replayed = replay(copy);
      assertThat(replayed.found().read).as("-Dseed=%d", seed).isEqualTo(written);
      assertThat(replayed.replay().lost()).isEmpty();
      assertThat(replayed.replay().tornBytes()).isEqualTo(length);
      assertThat(copy.bytes(segment(1))).hasSize(bytes.length);
    }
  }

  @Test
  void anyFlippedBitIsALostRangeWhereTheRecordWasDurableAndATornTailWhereItWasNot() {
    int durable = 6;
    var written = writeAndKill(10, durable, 3);
    byte[] bytes = disk.bytes(segment(1));
    List<Integer> offsets = offsets(bytes);
    for (int bit = WalFormat.SEGMENT_HEADER_BYTES * 8; bit < bytes.length * 8; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
      int record = 1;
      while (offsets.get(record) <= bit >> 3) {
        record++;
      }
      var copy = new FaultyDisk();
      copy.replace(segment(1), damaged);
      Replayed replayed = replay(copy);
      var expected = new TreeMap<>(written);
      if (record <= durable) {
        expected.remove((long) record);
        assertThat(replayed.replay().lost())
            .as("bit %d, record %d", bit, record)
            .hasSize(1);
        assertThat(replayed.lost(record)).isTrue();
        assertThat(replayed.replay().lost().get(0))
            .extracting(LostRange::first, LostRange::last)
            .containsExactly((long) record, (long) record);
        assertThat(replayed.replay().lost().get(0).place()).contains("0000000001.wal at offset");
        assertThat(replayed.found().order).hasSize(9);
      } else {
        expected.tailMap((long) record).clear();
        assertThat(replayed.replay().lost())
            .as("bit %d, record %d", bit, record)
            .isEmpty();
        assertThat(replayed.replay().tornBytes()).isPositive();
      }
      assertThat(expected).containsAllEntriesOf(replayed.found().read);
      if (replayed.found().unattributed == 0) {
        assertThat(replayed.found().read).isEqualTo(expected);
      }
    }
  }

  @Test
  void findsTheMarkThatProvesDamageAlsoFarBehindIt() {
    var written = writeAndKill(12, 9, 3); // Only the records 10 to 12 carry the mark 9.
    byte[] bytes = disk.bytes(segment(1));
    bytes[offsets(bytes).get(2) + 40] ^= 4;
    disk.replace(segment(1), bytes);
    Replayed replayed = replay(disk);
    assertThat(replayed.replay().lost())
        .extracting(LostRange::first, LostRange::last)
        .containsExactly(tuple(3L, 3L));
    assertThat(replayed.found().order)
        .containsExactly(1L, 2L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
    assertThat(written).containsAllEntriesOf(replayed.found().read);
  }

  @Test
  void aStretchOfDamagedRecordsIsOneLostRange() {
    writeAndKill(12, 9, 3);
    byte[] bytes = disk.bytes(segment(1));
    List<Integer> offsets = offsets(bytes);
    Arrays.fill(bytes, offsets.get(3) + 3, offsets.get(6) - 2, (byte) 0); // Records 4 to 6.
    disk.replace(segment(1), bytes);
    Replayed replayed = replay(disk);
    assertThat(replayed.replay().lost())
        .extracting(LostRange::first, LostRange::last)
        .containsExactly(tuple(4L, 6L));
    assertThat(replayed.found().order).containsExactly(1L, 2L, 3L, 7L, 8L, 9L, 10L, 11L, 12L);
  }

  @Test
  void damageAtTheEndOfAFinishedSegmentIsReportedAndTheNextSegmentIsRead() {
    writeAndKill(5, 5, 3);
    replay(disk); // Starts and ends segment 2.
    try (var log = new Log(disk, options())) {
      log.write(2); // 6, in segment 3.
    }
    byte[] bytes = disk.bytes(segment(1));
    disk.replace(segment(1), Arrays.copyOf(bytes, bytes.length - 1));
    Replayed replayed = replay(disk);
    assertThat(replayed.found().order).containsExactly(1L, 2L, 3L, 4L, 6L);
    assertThat(replayed.lost(5)).isTrue();
    assertThat(replayed.replay().lost()).hasSize(1);
    // The same again: nothing was made worse by reading.
    assertThat(replay(disk).found().order).containsExactly(1L, 2L, 3L, 4L, 6L);
  }

  @Test
  void recordsBehindATornOneNeverComeBackThoughTheirBytesStayed() {
    writeAndKill(8, 0, 3);
    byte[] bytes = disk.bytes(segment(1));
    List<Integer> offsets = offsets(bytes);
    byte[] torn = bytes.clone();
    torn[offsets.get(4) + 30] ^= 1; // Record 5; 6 to 8 are whole.
    disk.replace(segment(1), torn);
    TreeMap<Long, String> second;
    try (var log = new Log(disk, options())) {
      log.random.setSeed(99);
      log.write(2);
      log.write(2);
      second = log.written;
    }
    assertThat(second).containsOnlyKeys(5L, 6L);
    disk.replace(segment(1), torn); // As if the cut had not been made.
    Replayed replayed = replay(disk);
    assertThat(replayed.found().order).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(replayed.found().read).containsAllEntriesOf(second);
    assertThat(replayed.replay().lost()).isEmpty();
  }

  @Test
  void aMissingSegmentIsALostRange() {
    try (var log = new Log(disk, options(WalOptions.SEGMENT_BYTES_MIN, 100))) {
      while (!disk.exists(segment(4))) {
        log.write(100);
      }
    }
    Replayed whole = replay(disk);
    long last = whole.found().order.get(whole.found().order.size() - 1);
    FaultyDisk middle = disk.copy(1);
    remove(middle, 2);
    Replayed replayed = replay(middle);
    assertThat(replayed.replay().lost()).hasSize(1);
    assertThat(replayed.found().read).containsKeys(1L, last);
    for (long sequence = 1; sequence <= last; sequence++) {
      assertThat(replayed.lost(sequence)).isEqualTo(!replayed.found().order.contains(sequence));
    }
    FaultyDisk first = disk.copy(1);
    remove(first, 1);
    replayed = replay(first);
    assertThat(replayed.lost(1)).isTrue();
    assertThat(replayed.found().order).contains(last);
    // Storage has what the first segment held: then nothing is lost.
    long firstOfSecond = replayed.found().order.get(0);
    assertThat(replay(first, LogFixture.DATABASE, firstOfSecond - 1).replay().lost())
        .isEmpty();
  }

  private static void remove(FaultyDisk disk, long segment) {
    try {
      disk.delete(segment(segment));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everySegmentCarriesTheKeysOfItsSeries() {
    try (var log = new Log(disk, options(WalOptions.SEGMENT_BYTES_MIN, 100))) {
      while (!disk.exists(segment(4))) {
        log.write(100);
      }
    }
    for (int segment = 1; segment < 4; segment++) {
      FaultyDisk copy = disk.copy(1);
      for (int other = 1; other < segment; other++) {
        remove(copy, other);
      }
      assertThat(replay(copy).found().unattributed).isZero();
    }
  }

  @Test
  void readingTwiceGivesTheSame() {
    writeAndKill(30, 10, 5);
    Replayed first = replay(disk);
    Replayed second = replay(disk);
    assertThat(second.found().read).isEqualTo(first.found().read);
    assertThat(second.replay().lastSequence()).isEqualTo(first.replay().lastSequence());
  }

  @Test
  void anUnknownRecordTypeRefusesToOpen() {
    writeAndKill(3, 0, 2);
    byte[] bytes = disk.bytes(segment(1));
    int at = offsets(bytes).get(1);
    int length = offsets(bytes).get(2) - at - WalFormat.RECORD_HEADER_BYTES;
    bytes[at + WalFormat.TYPE_OFFSET] = 77;
    int crc =
        WalFormat.crc(new Crc32c(), WalFormat.fileId(LogFixture.DATABASE, 1), bytes, at, length);
    for (int i = 0; i < 4; i++) {
      bytes[at + WalFormat.CRC_OFFSET + i] = (byte) (crc >>> 8 * i);
    }
    disk.replace(segment(1), bytes);
    assertThatThrownBy(() -> replay(disk))
        .isInstanceOfSatisfying(
            ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
        .hasMessageContaining("record type 77")
        .hasMessageContaining("newer version");
  }

  @Test
  void refusesTheLogOfAnotherDatabaseAndARenamedSegment() {
    writeAndKill(3, 0, 2);
    assertThatThrownBy(() -> replay(disk, new UUID(3, 4), 0))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("belongs to database " + LogFixture.DATABASE);
    byte[] bytes = disk.bytes(segment(1));
    disk.replace(segment(7), bytes);
    assertThatThrownBy(() -> replay(disk))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("its file has been renamed");
  }

  @Test
  void anyFlippedBitOfASegmentsHeaderCostsNoRecord() {
    writeAndKill(3, 0, 2);
    Replayed whole = replay(disk.copy(1));
    byte[] bytes = disk.bytes(segment(1));
    for (int bit = 0; bit < WalFormat.SEGMENT_HEADER_BYTES * 8; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
      FaultyDisk copy = disk.copy(1);
      copy.replace(segment(1), damaged);
      Replayed replayed = replay(copy);
      assertThat(replayed.found().read).as("bit %d", bit).isEqualTo(whole.found().read);
      assertThat(replayed.replay().lost()).as("bit %d", bit).isEmpty();
    }
  }

  /** Four finished segments and a fifth, as a killed process left them. */
  private void fillFiveSegments() {
    var log = new Log(disk, options(WalOptions.SEGMENT_BYTES_MIN, 100));
    while (!disk.exists(segment(5))) {
      log.write(100);
    }
    log.write(10);
    log.write(10);
    log.wal.sync();
    disk.kill();
  }

  private static void damage(FaultyDisk disk, long segment, int from, int to) {
    byte[] bytes = disk.bytes(segment(segment));
    Arrays.fill(bytes, from, Math.min(bytes.length, to), (byte) 0x5A);
    disk.replace(segment(segment), bytes);
  }

  private static void assertLostOrRead(Replayed replayed, Replayed whole) {
    for (long sequence : whole.found().order) {
      boolean read = replayed.found().order.contains(sequence);
      assertThat(replayed.lost(sequence)).as("sequence %d", sequence).isEqualTo(!read);
    }
    assertThat(whole.found().read).containsAllEntriesOf(replayed.found().read);
    assertThat(replayed.replay().lastSequence())
        .isGreaterThanOrEqualTo(whole.replay().lastSequence());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 4, 5})
  void aDamagedHeaderCostsOnlyTheRecordsThatAreDamagedWithIt(long segment) {
    fillFiveSegments();
    Replayed whole = replay(disk.copy(1));
    assertThat(whole.found().order).hasSizeGreaterThan(20);

    FaultyDisk header = disk.copy(1);
    damage(header, segment, 0, WalFormat.SEGMENT_HEADER_BYTES);
    Replayed replayed = replay(header);
    assertThat(replayed.found().read).isEqualTo(whole.found().read);
    assertThat(replayed.replay().lost()).isEmpty();

    FaultyDisk firstRecord = disk.copy(1);
    damage(firstRecord, segment, 0, WalFormat.SEGMENT_HEADER_BYTES + 40);
    replayed = replay(firstRecord);
    assertLostOrRead(replayed, whole);
    // That record named the series of those behind it.
    assertThat(replayed.found().order).hasSize(whole.found().order.size() - 1);

    FaultyDisk all = disk.copy(1);
    damage(all, segment, 0, Integer.MAX_VALUE);
    replayed = replay(all);
    assertThat(replayed.replay().lost()).hasSize(1);
    assertThat(replayed.replay().lost().get(0).place())
        .contains(segment(segment).toString());
    if (segment < 5) {
      assertLostOrRead(replayed, whole);
    }
    // The next opening finds the same, and goes on behind it.
    Replayed again = replay(all);
    assertThat(again.found().order).isEqualTo(replayed.found().order);
    assertThat(again.found().read).isEqualTo(replayed.found().read);
    assertThat(again.replay().lastSequence()).isEqualTo(replayed.replay().lastSequence());
    try (var wal = WriteAheadLog.open(all, LogFixture.DIRECTORY, LogFixture.options())) {
      wal.replay(LogFixture.DATABASE, 0, new Collector());
      wal.release(Long.MAX_VALUE);
    }
  }

  @Test
  void damagedHeadersOneBehindTheOtherCostNoRecord() {
    fillFiveSegments();
    Replayed whole = replay(disk.copy(1));
    for (int segment = 1; segment <= 5; segment++) {
      damage(disk, segment, 3, 20);
    }
    Replayed replayed = replay(disk);
    assertThat(replayed.found().read).isEqualTo(whole.found().read);
    assertThat(replayed.replay().lost()).isEmpty();
  }

  @Test
  void releaseKeepsWhatStorageDoesNotHaveAndTheConfiguredNumber() {
    try (var log = new Log(disk, options(WalOptions.SEGMENT_BYTES_MIN, 2))) {
      while (!disk.exists(segment(6))) {
        log.write(100);
      }
      log.wal.release(0);
      assertThat(TestDatabase.segments(disk)).hasSize(6);
      long last = log.written.lastKey();
      log.wal.release(last / 5); // About one segment's worth.
      assertThat(disk.exists(segment(6))).isTrue();
      int left = TestDatabase.segments(disk).size();
      assertThat(left).isBetween(5, 6);
      log.wal.release(last);
      assertThat(TestDatabase.segments(disk)).containsExactly(segment(4), segment(5), segment(6));
    }
    assertThat(replay(disk, LogFixture.DATABASE, Long.MAX_VALUE - 1).replay().lost())
        .isEmpty();
  }

  @Test
  void aBatchThatDoesNotFitARecordIsRefusedAndTheLogGoesOn() {
    try (var log = new Log(disk, options(1L << 30, 3))) {
      log.write(3);
      var huge = new ByteWriter(WalFormat.PAYLOAD_BYTES_MAX + 1);
      huge.writeZeros(WalFormat.PAYLOAD_BYTES_MAX + 1);
      assertThatThrownBy(() ->
              log.wal.append(new int[] {99}, 1, false, huge, (id, out) -> out.writeString("k")))
          .isInstanceOf(BadDataException.class);
      log.write(3);
      assertThat(log.written).containsOnlyKeys(1L, 2L);
    }
    assertThat(replay(disk).found().order).containsExactly(1L, 2L);
  }

  @Test
  void nothingIsReplayedThatStorageHasWhateverTheSegmentLooksLike() {
    writeAndKill(5, 5, 3);
    replay(disk);
    var found = new Collector();
    try (var wal = WriteAheadLog.open(disk, LogFixture.DIRECTORY, options())) {
      WalReplay replay = wal.replay(LogFixture.DATABASE, 5, found);
      assertThat(replay.lastSequence()).isEqualTo(5);
      assertThat(replay.lost()).isEmpty();
    }
  }
}
