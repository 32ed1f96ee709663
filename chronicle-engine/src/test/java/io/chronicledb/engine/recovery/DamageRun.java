package io.chronicledb.engine.recovery;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.DatabaseFiles;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.block.Block;
import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.SampleCursor;
import io.chronicledb.engine.codec.ChunkDecoder;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.wal.SyncMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Damages the files of a {@link Specimen} and judges what the database says then: either the right answer, or an error that is typed and
 * names the place, or, where the log is damaged, a report of exactly the sequences that are missing. Never another value, and never more
 * unreadable than what was damaged.
 */
public final class DamageRun {

  private static final int PAGE = 4096;
  private static final int VIOLATIONS_MAX = 10;
  private static final long SLICE = Specimen.HOUR / 2;
  private static final long NO_MARK = -1;

  private final long seed;
  private final Random random;
  private final Specimen specimen;
  private final Points whole;
  private final List<String> violations = new ArrayList<>();
  private final ChronicleOptions options =
      TestDatabase.options(SyncMode.INTERVAL, 64 << 10, 0).withBufferPoints(500);
  private final byte[] file;
  private final AtomicLong mutations = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong repairs = new AtomicLong();
  private final AtomicLong completeRepairs = new AtomicLong();

  public DamageRun(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.specimen = new Specimen(seed);
    this.whole = specimen.state(sequence -> true);
    this.file = specimen.disk.bytes(TestDatabase.PATH);
    var sound = specimen.disk.copy(1);
    examine(sound, "no damage", new boolean[0], NO_MARK);
    if (!violations.isEmpty()) {
      throw new AssertionError("the specimen is not sound: " + violations);
    }
  }

  public List<String> violations() {
    return violations;
  }

  public long mutations() {
    return mutations.get();
  }

  /** How many of the mutations kept the database from opening. */
  public long refused() {
    return refused.get();
  }

  Specimen specimen() {
    return specimen;
  }

  private synchronized void violate(String what) {
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add("-Dseed=" + seed + ", " + what);
    }
  }

  /** Any damage, chosen at random. */
  public void mutate() {
    byte[] damaged = file.clone();
    switch (random.nextInt(12)) {
      case 0 -> examineFile(damaged, flip(damaged, 1));
      case 1 -> examineFile(damaged, flip(damaged, 2));
      case 2 -> examineFile(damaged, zeroPage(damaged));
      case 3 -> examineFile(damaged, swapBlocks(damaged));
      case 4 -> examineFile(damaged, duplicateBlock(damaged));
      case 5 -> examineFile(damaged, staleBlock(damaged));
      case 6 -> examineFile(damaged, flipRoot(damaged));
      case 7 -> cutFile(random.nextInt(file.length));
      case 8 -> examineFile(damaged, overwrite(damaged));
      default -> damageLog();
    }
  }

  /** Any damage of the data file but a cut, chosen at random, and a repair of what is left. */
  public void mutateAndRepair() {
    byte[] damaged = file.clone();
    String what = switch (random.nextInt(8)) {
      case 0 -> flip(damaged, 1);
      case 1 -> flip(damaged, 2);
      case 2 -> zeroPage(damaged);
      case 3 -> swapBlocks(damaged);
      case 4 -> duplicateBlock(damaged);
      case 5 -> staleBlock(damaged);
      case 6 -> flipRoot(damaged) + " and " + flip(damaged, 1);
      default -> overwrite(damaged);
    };
    TestDatabase.quietly(() -> repair(damaged, what));
  }

  public long repairs() {
    return repairs.get();
  }

  /** Repairs that reported no loss. */
  public long completeRepairs() {
    return completeRepairs.get();
  }

  private void repair(byte[] damaged, String what) {
    repairs.incrementAndGet();
    boolean[] touched = touched(damaged);
    FaultyDisk disk = specimen.disk.copy(1);
    disk.replace(TestDatabase.PATH, damaged);
    Path target = TestDatabase.PATH.resolveSibling("repaired.db");
    RepairReport report;
    try {
      report = Repair.run(
          disk,
          TestDatabase.PATH,
          DatabaseFiles.of(TestDatabase.PATH).dataLock(),
          TestDatabase.walDirectory(),
          target,
          (step, done, total) -> {});
    } catch (ChronicleException e) {
      refused.incrementAndGet();
      if (e.code() != ErrorCode.CORRUPTION && e.code() != ErrorCode.UNSUPPORTED) {
        violate(what + ", repair: " + e);
      }
      return;
    } catch (RuntimeException | Error e) {
      violate(
          what + ", repair: not a typed error: " + e + " " + Arrays.toString(e.getStackTrace()));
      return;
    }
    if (!Arrays.equals(disk.bytes(TestDatabase.PATH), damaged)) {
      violate(what + ": the repair changed the damaged file");
    }
    if (report.isComplete()) {
      completeRepairs.incrementAndGet();
    }
    disk.replace(TestDatabase.PATH, disk.bytes(target));
    ChronicleDatabase database = null;
    try {
      database = ChronicleDatabase.open(disk, TestDatabase.PATH, options);
      if (!database.verify().isSound()) {
        violate(
            what + ": verify of the repaired file finds " + database.verify().damages());
      }
      judgeRepaired(database, report, what, touched);
    } catch (ChronicleException | AssertionError e) {
      violate(what + ", opening the repaired file: " + e);
    } finally {
      disk.kill();
      TestDatabase.abandon(database);
    }
  }

  private void judgeRepaired(
      ChronicleDatabase database, RepairReport report, String what, boolean[] touched) {
    Points found = Points.of(database);
    // A repair keeps what is whole, and drops a damaged block of exemplars or metadata.
    boolean metadataWhole = true;
    for (int i = 0; i < touched.length; i++) {
      metadataWhole &= !touched[i] || specimen.blocks.get(i).kind() != BlockKind.METADATA;
    }
    String wrong = specimen.judgeAttached(database, metadataWhole);
    if (wrong != null) {
      violate(what + ", after the repair: " + wrong + "; " + report);
    }
    if (report.isComplete() && database.recovery().isComplete() && !found.equals(whole)) {
      violate(what + ": the repair reports no loss, but there is " + found + " instead of " + whole
          + "; " + report);
    }
    found
        .bySeries()
        .forEach((name, samples) -> samples.forEach((time, bits) -> {
          if (!specimen.wasWritten(name, time, bits)) {
            violate(what + ": nobody wrote " + name + "@" + time + ", which the repaired file has");
          }
        }));
    boolean onlyData = true;
    for (int i = 0; i < touched.length; i++) {
      BlockKind kind = specimen.blocks.get(i).kind();
      onlyData &= !touched[i]
          || kind == BlockKind.DATA
          || kind == BlockKind.EXEMPLARS
          || kind == BlockKind.METADATA;
    }
    if (!onlyData) {
      return; // Without their names or their deletions, points are dropped or back, and reported.
    }
    for (long start = 0; start < 10 * Specimen.HOUR; start += SLICE) {
      var slice = new TimeRange(start, start + SLICE);
      boolean damaged = false;
      for (int i = 0; i < touched.length; i++) {
        StoredBlock block = specimen.blocks.get(i);
        damaged |= touched[i] && slice.overlapsClosed(block.minTime(), block.maxTime());
      }
      if (!damaged && !found.within(slice).equals(whole.within(slice))) {
        violate(what + ": the repair lost points of sound blocks within " + slice + "; " + report);
      }
    }
  }

  private boolean[] touched(byte[] damaged) {
    var touched = new boolean[specimen.blocks.size()];
    for (int i = 0; i < touched.length; i++) {
      int start = (int) Specimen.start(specimen.blocks.get(i));
      int end = (int) Specimen.end(specimen.blocks.get(i));
      touched[i] = end > damaged.length || !Arrays.equals(file, start, end, damaged, start, end);
    }
    return touched;
  }

  /** A live byte of the file: a block or its header, a root, the file's header. */
  private int liveByte() {
    int block = random.nextInt(specimen.blocks.size() + 2);
    if (block >= specimen.blocks.size()) {
      return random.nextInt(3) * PAGE + random.nextInt(40);
    }
    StoredBlock chosen = specimen.blocks.get(block);
    long start = Specimen.start(chosen);
    return (int) (start + random.nextInt((int) (Specimen.end(chosen) - start)));
  }

  private String flip(byte[] bytes, int count) {
    var text = new StringBuilder("flipped bits");
    for (int i = 0; i < count; i++) {
      int bit = liveByte() * 8 + random.nextInt(8);
      bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
      text.append(' ').append(bit);
    }
    return text.toString();
  }

  private String flipRoot(byte[] bytes) {
    int at = PAGE + random.nextInt(2) * PAGE + random.nextInt(28);
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    return "flipped a bit of the root slot at " + at;
  }

  private String zeroPage(byte[] bytes) {
    int page = random.nextInt(bytes.length / PAGE);
    Arrays.fill(bytes, page * PAGE, (page + 1) * PAGE, (byte) 0);
    return "zeroed page " + page;
  }

  private String overwrite(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    var garbage = new byte[1 + random.nextInt(600)];
    random.nextBytes(garbage);
    System.arraycopy(garbage, 0, bytes, at, Math.min(garbage.length, bytes.length - at));
    return garbage.length + " bytes of garbage at " + at;
  }

  private StoredBlock anyBlock() {
    return specimen.blocks.get(random.nextInt(specimen.blocks.size()));
  }

  private String swapBlocks(byte[] bytes) {
    StoredBlock a = anyBlock();
    StoredBlock b = anyBlock();
    copy(file, a, bytes, b);
    copy(file, b, bytes, a);
    return "swapped blocks " + a.id() + " and " + b.id();
  }

  private String duplicateBlock(byte[] bytes) {
    StoredBlock a = anyBlock();
    StoredBlock b = anyBlock();
    copy(file, a, bytes, b);
    return "block " + a.id() + " in the place of block " + b.id();
  }

  /** As far as the pages of the place reach, so that its neighbours stay. */
  private static void copy(byte[] from, StoredBlock block, byte[] to, StoredBlock place) {
    long pages = (Specimen.end(place) - Specimen.start(place) + PAGE - 1) / PAGE;
    long room = Math.min(to.length - Specimen.start(place), pages * PAGE);
    System.arraycopy(from, (int) Specimen.start(block), to, (int) Specimen.start(place), (int)
        Math.min(room, Specimen.end(block) - Specimen.start(block)));
  }

  private String staleBlock(byte[] bytes) {
    StoredBlock block = anyBlock();
    int start = (int) Specimen.start(block);
    int end = (int) Math.min(Specimen.end(block), specimen.older.length);
    if (start < end) {
      System.arraycopy(specimen.older, start, bytes, start, end - start);
    }
    return "the older bytes in the place of block " + block.id();
  }

  /** Cuts the data file. */
  public void cutFile(int length) {
    examineFile(Arrays.copyOf(file, length), "the file cut at " + length);
  }

  /** A disk with the data file alone, for {@link #cutBackend}. */
  FaultyDisk fileAlone() {
    var disk = new FaultyDisk(1);
    disk.replace(TestDatabase.PATH, file);
    return disk;
  }

  /** Cuts the data file further and looks at it alone: what its root names is sound or reported. */
  void cutBackend(FaultyDisk disk, int length) {
    disk.cut(TestDatabase.PATH, length);
    mutations.incrementAndGet();
    try {
      DataFileBackend backend = Specimen.backend(disk);
      for (StoredBlock block : backend.root().blocks()) {
        boolean whole = Specimen.end(block) <= length;
        try {
          backend.check(block);
          if (!whole) {
            violate("the file cut at " + length + ": block " + block.id() + " is whole");
          }
        } catch (CorruptionException e) {
          if (whole || !String.valueOf(e.getMessage()).contains("block " + block.id())) {
            violate("the file cut at " + length + ": " + e);
          }
        }
      }
    } catch (ChronicleException e) {
      refused.incrementAndGet();
      if (e.code() != ErrorCode.CORRUPTION
          || !String.valueOf(e.getMessage()).contains(TestDatabase.PATH.toString())) {
        violate("the file cut at " + length + ": " + e);
      }
    } finally {
      disk.kill();
    }
  }

  int fileLength() {
    return file.length;
  }

  byte[] file() {
    return file;
  }

  /** Looks at a data file instead of the sound one. */
  void examineFile(byte[] damaged, String what) {
    FaultyDisk copy = specimen.disk.copy(1);
    copy.replace(TestDatabase.PATH, damaged);
    mutations.incrementAndGet();
    examine(copy, what, touched(damaged), NO_MARK);
  }

  private void damageLog() {
    List<Path> segments = specimen.segments();
    Path segment = segments.get(random.nextInt(segments.size()));
    byte[] bytes = specimen.disk.bytes(segment);
    int at = random.nextInt(bytes.length);
    String what;
    switch (random.nextInt(5)) {
      case 0 -> {
        bytes = Arrays.copyOf(bytes, at);
        what = "cut at " + at;
      }
      case 1 -> {
        int length = Math.min(bytes.length - at, 1 + random.nextInt(512));
        Arrays.fill(bytes, at, at + length, (byte) 0);
        what = length + " zeros at " + at;
      }
      case 2 -> {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(5000));
        if (random.nextBoolean()) {
          for (int i = bytes.length; i < longer.length; i++) {
            longer[i] = (byte) random.nextInt();
          }
        }
        bytes = longer;
        what = "a tail of garbage or zeros";
      }
      case 3 -> {
        int bit = random.nextInt(bytes.length * 8);
        int other = random.nextInt(bytes.length * 8);
        bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        bytes[other >> 3] ^= (byte) (1 << (other & 7));
        what = "flipped bits " + bit + " and " + other;
      }
      default -> {
        int bit = random.nextInt(bytes.length * 8);
        bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        what = "flipped bit " + bit;
      }
    }
    examineLog(segment, bytes, what);
  }

  void examineLog(Path segment, byte[] damaged, String what) {
    FaultyDisk copy = specimen.disk.copy(1);
    copy.replace(segment, damaged);
    mutations.incrementAndGet();
    examine(
        copy,
        segment.getFileName() + " with " + what,
        new boolean[0],
        specimen.highestMark(segment, damaged));
  }

  /**
   * Opens damaged files and judges.
   *
   * @param mark where the log is damaged, the sequence up to which what is left of it says that it was durable
   */
  private void examine(FaultyDisk disk, String what, boolean[] touched, long mark) {
    TestDatabase.quietly(() -> {
      ChronicleDatabase database = null;
      try {
        database = ChronicleDatabase.open(disk, TestDatabase.PATH, options);
        judge(database, what, touched, mark);
      } catch (ChronicleException e) {
        refused.incrementAndGet();
        boolean typed = e.code() == ErrorCode.CORRUPTION || e.code() == ErrorCode.UNSUPPORTED;
        if (!typed || !String.valueOf(e.getMessage()).contains("/test/chronicle")) {
          violate(what + ": " + e);
        }
      } catch (RuntimeException | Error e) {
        violate(what + ": not a typed error: " + e + " " + Arrays.toString(e.getStackTrace()));
      } finally {
        disk.kill();
        TestDatabase.abandon(database);
      }
    });
  }

  private void judge(ChronicleDatabase database, String what, boolean[] touched, long mark) {
    RecoveryReport recovery = database.recovery();
    long last = recovery.checkpoint() + recovery.replayedBatches();
    judgeAttached(database, what, touched);
    Points found;
    try {
      found = Points.of(database);
    } catch (CorruptionException e) {
      if (!String.valueOf(e.getMessage()).contains("block ")) {
        violate(what + ": the error names no block: " + e);
      }
      judgeSlices(database, what, touched);
      if (database.verify().isSound()) {
        violate(what + ": a read finds damage, verify does not");
      }
      return;
    }
    if (recovery.isComplete()) {
      boolean tail = mark != NO_MARK && last >= mark;
      Points expected = tail ? specimen.state(sequence -> sequence <= last) : whole;
      if (!found.equals(expected)) {
        violate(what + ": found " + found + " instead of " + expected + ", and " + recovery);
      }
      return;
    }
    if (mark == NO_MARK) {
      violate(what + ": damage of the data file loses points of the log: " + recovery);
    }
    if (recovery.unattributedPoints() == 0) {
      long end = recovery.lost().stream().mapToLong(range -> range.last()).max().orElse(0);
      long read = recovery.checkpoint()
          + recovery.replayedBatches()
          + recovery.lost().stream()
              .mapToLong(
                  range -> range.last() - Math.max(range.first(), recovery.checkpoint() + 1) + 1)
              .sum();
      Points expected = specimen.state(sequence -> sequence <= Math.max(read, end)
          && recovery.lost().stream()
              .noneMatch(range -> range.first() <= sequence
                  && sequence <= range.last()
                  && sequence > recovery.checkpoint()));
      if (!found.equals(expected)) {
        violate(what + ": found " + found + " instead of " + expected + ", and " + recovery);
      }
    }
    found
        .bySeries()
        .forEach((name, samples) -> samples.forEach((time, bits) -> {
          if (!specimen.wasWritten(name, time, bits)) {
            violate(what + ": nobody wrote " + name + "@" + time);
          }
        }));
  }

  /** No exemplar that nobody wrote, and an error only where a block of exemplars is damaged. */
  private void judgeAttached(ChronicleDatabase database, String what, boolean[] touched) {
    try {
      String wrong = specimen.judgeAttached(database, false);
      if (wrong != null) {
        violate(what + ": " + wrong);
      }
    } catch (CorruptionException e) {
      boolean damaged = false;
      for (int i = 0; i < touched.length; i++) {
        damaged |= touched[i] && specimen.blocks.get(i).kind() == BlockKind.EXEMPLARS;
      }
      if (!damaged || !String.valueOf(e.getMessage()).contains("block ")) {
        violate(what + ": exemplars: " + e);
      }
    }
  }

  /** What was not damaged must be readable, whatever else is. */
  private void judgeSlices(ChronicleDatabase database, String what, boolean[] touched) {
    for (long start = 0; start < 10 * Specimen.HOUR; start += SLICE) {
      var slice = new TimeRange(start, start + SLICE);
      boolean damaged = false;
      for (int i = 0; i < touched.length; i++) {
        StoredBlock block = specimen.blocks.get(i);
        damaged |= touched[i] && slice.overlapsClosed(block.minTime(), block.maxTime());
      }
      try {
        Points found = Points.of(database, slice);
        if (!found.equals(whole.within(slice))) {
          violate(what + ": wrong points within " + slice);
        }
      } catch (CorruptionException e) {
        if (!damaged) {
          violate(what + ": points within " + slice + " stand in sound blocks: " + e);
        }
      }
    }
  }

  /**
   * Flips every bit of a block in place: its check must name it, and reading its samples must give the same ones or an error.
   *
   * @return the number of bits
   */
  public long flipEveryBitOf(StoredBlock block) {
    FaultyDisk disk = specimen.disk.copy(1);
    DataFileBackend backend = Specimen.backend(disk);
    String samples = block.kind() == BlockKind.DATA ? samples(backend, block) : "";
    StoredBlock other = specimen.blocks.get(block == specimen.blocks.get(0) ? 1 : 0);
    long start = Specimen.start(block);
    long bits = (Specimen.end(block) - start) * 8;
    for (long bit = 0; bit < bits; bit++) {
      long at = start + (bit >> 3);
      int mask = 1 << (bit & 7);
      disk.flip(TestDatabase.PATH, at, mask);
      String what = "bit " + (at * 8 + (bit & 7)) + " of block " + block.id();
      try {
        backend.check(block);
        violate(what + ": not noticed");
      } catch (CorruptionException e) {
        if (!String.valueOf(e.getMessage()).contains(TestDatabase.PATH + ", block " + block.id())) {
          violate(what + ": the error does not name the block: " + e);
        }
      } catch (ChronicleException e) {
        if (e.code() != ErrorCode.UNSUPPORTED) {
          violate(what + ": " + e);
        }
      }
      if (block.kind() == BlockKind.DATA) {
        try {
          if (!samples(backend, block).equals(samples)) {
            violate(what + ": reads other samples");
          }
        } catch (ChronicleException e) {
          if (e.code() != ErrorCode.CORRUPTION && e.code() != ErrorCode.UNSUPPORTED) {
            violate(what + ": " + e);
          }
        } catch (RuntimeException e) {
          violate(what + ": not a typed error: " + e + " " + Arrays.toString(e.getStackTrace()));
        }
      }
      if (bit % 256 == 0) {
        backend.check(other);
      }
      disk.flip(TestDatabase.PATH, at, mask);
      mutations.incrementAndGet();
    }
    backend.check(block);
    backend.close();
    return bits;
  }

  private static String samples(DataFileBackend backend, StoredBlock stored) {
    Block block = Block.open(
        (offset, length) -> backend.read(stored, offset, length), "block " + stored.id());
    var digest = new StringBuilder();
    RunCursor series = block.scan(new ChunkDecoder());
    while (series.next()) {
      SampleCursor cursor = series.samples(TimeRange.ALL);
      long hash = 0;
      while (cursor.next()) {
        for (int i = cursor.start(); i < cursor.end(); i++) {
          hash = hash * 31 + cursor.timestamps()[i];
          hash = hash * 31 + Double.doubleToRawLongBits(cursor.values()[i]);
        }
      }
      digest.append(series.order()).append('=').append(hash).append(' ');
    }
    return digest.toString();
  }
}
