package io.chronicledb.engine.recovery;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was asked of a database, what it promised, and so what a reader may find after a crash. It outlives the database. Batches and
 * deletions are kept in the order in which they were asked for, one at a time, which is the order of the log.
 *
 * <p>A crash leaves, of what is not settled yet, a first part of what was acknowledged, at least what was durable, and of what was refused or
 * under way each thing as a whole or not at all. Which of these it was shows in the points and in the number of records that storage and
 * log have together; every other outcome is a broken promise.
 */
final class Ledger {

  /** More open questions than this cannot be told apart. */
  private static final int UNCERTAIN_MAX = 14;

  private final List<Entry> entries;
  private Points settled;
  private long settledRecords;

  Ledger() {
    this(new ArrayList<>(), new Points(), 0);
  }

  private Ledger(List<Entry> entries, Points settled, long settledRecords) {
    this.entries = entries;
    this.settled = settled;
    this.settledRecords = settledRecords;
  }

  /** A batch or a deletion, and what was promised of it. */
  static final class Entry {
    private final String what;
    private final Points written;
    private final Set<String> deletedSeries;
    private final TimeRange deleted;
    private boolean acknowledged;
    private boolean durable;
    /** Refused, and yet perhaps to be seen. */
    private boolean inDoubt;

    private Entry(String what, Points written, Set<String> deletedSeries, TimeRange deleted) {
      this.what = what;
      this.written = written;
      this.deletedSeries = deletedSeries;
      this.deleted = deleted;
    }

    private Entry(Entry other) {
      this(other.what, other.written, other.deletedSeries, other.deleted);
      acknowledged = other.acknowledged;
      durable = other.durable;
      inDoubt = other.inDoubt;
    }

    private void applyTo(TreeMap<String, TreeMap<Long, Long>> points) {
      if (written != null) {
        written
            .bySeries()
            .forEach((name, samples) ->
                points.computeIfAbsent(name, n -> new TreeMap<>()).putAll(samples));
        return;
      }
      points.forEach((name, samples) -> {
        if (deletedSeries == null || deletedSeries.contains(Contents.series(name))) {
          samples.subMap(deleted.start(), deleted.end()).clear();
        }
      });
      points.values().removeIf(TreeMap::isEmpty);
    }

    void acknowledge(boolean isDurable) {
      acknowledged = true;
      durable |= isDurable;
    }

    @Override
    public String toString() {
      return what
          + (acknowledged ? ", acknowledged" : ", not acknowledged")
          + (durable ? ", durable" : "");
    }
  }

  /** Before exemplars or metadata are written: a record of its own, as {@link Contents} shows it. */
  synchronized Entry attach(String what, Points attached) {
    var entry = new Entry(what + " " + attached.bySeries().keySet(), attached, null, null);
    entries.add(entry);
    return entry;
  }

  /** Before a batch is written. */
  synchronized Entry write(Points points) {
    var entry = new Entry("batch of " + points.count(), points, null, null);
    entries.add(entry);
    return entry;
  }

  /** Before a deletion; null for every series. */
  synchronized Entry delete(Set<String> series, TimeRange range) {
    String what = "deletion of " + (series == null ? "every series" : series) + " in " + range;
    var entry = new Entry(what, null, series, range);
    entries.add(entry);
    return entry;
  }

  /** All that is acknowledged so far is safe from a power cut. */
  synchronized void acknowledgedIsDurable() {
    entries.stream().filter(entry -> entry.acknowledged).forEach(entry -> entry.durable = true);
  }

  /** The log was read again: what was refused after it was written may be there now. */
  synchronized void reopened() {
    entries.stream().filter(entry -> !entry.acknowledged).forEach(entry -> entry.inDoubt = true);
  }

  synchronized Ledger copy() {
    var copies = new ArrayList<Entry>();
    entries.forEach(entry -> copies.add(new Entry(entry)));
    return new Ledger(copies, settled, settledRecords);
  }

  /** What a reader must see while the process lives, with nothing that was refused. */
  synchronized Points visible() {
    return outcome(entries, entry -> entry.acknowledged);
  }

  /** What is wrong with what a reader sees while the process lives; null where nothing is. */
  synchronized String compare(ChronicleDatabase database) {
    Points found = Contents.of(database);
    if (found.equals(visible())) {
      return null;
    }
    // Dropping old points may fail after it has hidden them.
    var doubtful = entries.stream()
        .filter(entry -> !entry.acknowledged)
        .filter(entry -> entry.inDoubt || entry.written == null && entry.deletedSeries == null)
        .toList();
    for (int choice = 1; choice < 1 << doubtful.size(); choice++) {
      int chosen = choice;
      Choice happened = entry -> entry.acknowledged
          || doubtful.contains(entry) && (chosen >> doubtful.indexOf(entry) & 1) == 1;
      if (found.equals(outcome(entries, happened))) {
        return null;
      }
    }
    return describe(found, -1, entries.size());
  }

  private interface Choice {
    boolean happened(Entry entry);
  }

  private Points outcome(List<Entry> of, Choice choice) {
    var points = new TreeMap<String, TreeMap<Long, Long>>();
    settled.bySeries().forEach((name, samples) -> points.put(name, new TreeMap<>(samples)));
    for (Entry entry : of) {
      if (choice.happened(entry)) {
        entry.applyTo(points);
      }
    }
    return Points.of(points);
  }

  /**
   * Compares what was found after a crash with what may be, and settles on it.
   *
   * @param acknowledgedMayBeLost what was acknowledged and not durable
   * @return what is wrong; null where a promise was kept
   */
  synchronized String settle(ChronicleDatabase database, boolean acknowledgedMayBeLost) {
    Points found = Contents.of(database);
    long records = database.recovery().checkpoint() + database.recovery().replayedBatches();
    var acknowledged = entries.stream().filter(entry -> entry.acknowledged).toList();
    int least = acknowledged.size();
    while (acknowledgedMayBeLost && least > 0 && !acknowledged.get(least - 1).durable) {
      least--;
    }
    for (int kept = acknowledged.size(); kept >= least; kept--) {
      // What was refused behind something that is lost would leave a hole.
      List<Entry> before = kept == acknowledged.size()
          ? entries
          : entries.subList(0, entries.indexOf(acknowledged.get(kept)));
      var uncertain = before.stream().filter(entry -> !entry.acknowledged).toList();
      if (uncertain.size() > UNCERTAIN_MAX) {
        return uncertain.size() + " batches and deletions are in doubt, too many to judge";
      }
      int choices = 1 << uncertain.size();
      for (int choice = 0; choice < choices; choice++) {
        if (settledRecords + kept + Integer.bitCount(choice) != records) {
          continue;
        }
        int chosen = choice;
        Points candidate = outcome(
            before, entry -> entry.acknowledged || (chosen >> uncertain.indexOf(entry) & 1) == 1);
        if (candidate.equals(found)) {
          settled = candidate;
          settledRecords = records;
          entries.clear();
          return null;
        }
      }
    }
    return describe(found, records, least);
  }

  private String describe(Points found, long records, int least) {
    Points expected = visible();
    var differences = new ArrayList<String>();
    found
        .bySeries()
        .forEach((name, samples) -> samples.forEach((time, bits) -> {
          if (!bits.equals(expected.bits(name, time))) {
            differences.add(
                (expected.bits(name, time) == null ? "more: " : "other: ") + name + "@" + time);
          }
        }));
    expected
        .bySeries()
        .forEach((name, samples) -> samples.keySet().forEach(time -> {
          if (found.bits(name, time) == null) {
            differences.add("missing: " + name + "@" + time);
          }
        }));
    return "found " + found + " and " + records + " records; settled were " + settled + " and "
        + settledRecords + ", since then " + entries + ", of which " + least
        + " acknowledged had to stay; to all that was acknowledged: " + differences.size()
        + " differences, " + differences.subList(0, Math.min(6, differences.size()));
  }
}
