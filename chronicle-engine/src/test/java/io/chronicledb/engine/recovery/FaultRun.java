package io.chronicledb.engine.recovery;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.storage.FaultyDisk;
import io.chronicledb.engine.storage.FaultyDisk.Call;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.storage.FaultyDisk.Keep;
import io.chronicledb.engine.wal.SyncMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A fixed piece of work, done again and again with a fault at another call of the disk. The fault may refuse what was asked for, by a {@link
 * ChronicleException}; it may not take what was acknowledged, show what was refused, or end reading. Afterwards the machine loses power, and
 * the {@link Ledger} judges what is left.
 */
public final class FaultRun {

  /** What is done. */
  public enum Work {
    WRITE_AND_FLUSH(0, work -> {
      work.write(5);
      work.write(3);
      work.awaitDurable();
      work.flush();
      work.write(4);
    }),
    DELETE_AND_COMPACT(8, work -> {
      work.delete();
      work.flush();
      work.dropBefore();
      work.write(3);
      work.compact();
    }),
    RECOVER(-6, work -> {}),
    ROTATE(2, work -> {
      work.fillSegment();
      work.write(2);
      work.fillSegment();
      work.flush();
      work.fillSegment();
      work.flush();
    }),
    MERGE(30, work -> {
      TestDatabase.mergePiledUp(work.database());
      TestDatabase.settle(work.database());
      TestDatabase.settle(work.database());
    }),
    CLOSE_AND_OPEN(4, work -> {
      work.write(2);
      work.close();
      work.open();
      if (work.database() != null) {
        work.write(2);
      }
    }),
    ANYTHING(3, work -> {
      for (int i = 0; i < 12; i++) {
        work.step();
      }
    });

    private final int steps;
    private final Consumer<Workload> script;

    /** @param steps how much happened before: flushes where it is positive, random steps without an end where it is negative */
    Work(int steps, Consumer<Workload> script) {
      this.steps = steps;
      this.script = script;
    }
  }

  private final Work work;
  private final long seed;
  private final SyncMode mode;
  private final FaultyDisk start;
  private final Ledger ledger = new Ledger();
  private final List<Call> calls = new ArrayList<>();

  public FaultRun(Work work, SyncMode mode, long seed) {
    this.work = work;
    this.seed = seed;
    this.mode = mode;
    this.start = new FaultyDisk(seed);
    TestDatabase.quietly(() -> {
      prepare();
      var disk = start.fork(seed);
      Thread worker = Thread.currentThread();
      disk.probe((point, done) -> {
        if (Thread.currentThread() == worker && point.startsWith("before ")) {
          calls.add(Call.valueOf(point.substring(point.lastIndexOf(' ') + 1)));
        }
      });
      var trial = new Workload(seed, mode, disk, ledger.copy());
      run(trial);
      disk.probe(null);
      trial.abandon();
    });
  }

  private void prepare() {
    if (work.steps == 0) {
      return;
    }
    var before = new Workload(seed + 1, mode, start, ledger);
    before.open();
    for (int i = 0; i < Math.abs(work.steps); i++) {
      before.write(4);
      if (work.steps > 0) {
        before.flush();
      }
    }
    if (work.steps < 0) {
      before.awaitDurable();
      before.delete();
      before.write(3);
      if (mode == SyncMode.RELAXED) {
        before.awaitDurable(); // Else the log would not have them.
      }
      start.kill(); // The process ends with points and a deletion in the log alone.
      before.abandon();
    } else {
      before.close();
    }
  }

  private void run(Workload trial) {
    if (trial.open()) {
      work.script.accept(trial);
    }
    if (trial.database() != null) {
      trial.close();
    }
  }

  /** How many calls the work makes. */
  public int calls() {
    return calls.size();
  }

  public boolean concerns(int call, Fault fault) {
    return fault.concerns(calls.get(call - 1));
  }

  /** What is wrong after a fault at a call, counted from 1; null where nothing is. */
  public String fail(int call, Fault fault, boolean lasting) {
    var disk = start.fork(seed);
    var trial = new Workload(seed, mode, disk, ledger.copy());
    String which = work + ", " + mode + ", " + fault + (lasting ? " from call " : " at call ")
        + call + " (" + calls.get(call - 1) + "), -Dseed=" + seed + ": ";
    if (lasting) {
      disk.failCallsFrom(call, fault);
    } else {
      disk.failCall(call, fault);
    }
    try {
      if (trial.open()) {
        try {
          work.script.accept(trial);
        } catch (ChronicleException e) {
          // A refusal.
        }
      }
      disk.heal();
      String wrong = afterHealing(trial);
      if (wrong != null) {
        return which + wrong;
      }
      if (trial.database() != null) {
        trial.close();
      }
      disk.losePower(Keep.values()[call % Keep.values().length]);
      try (ChronicleDatabase database = new Workload(1, mode, disk, ledger).openOrThrow()) {
        if (!database.verify().isSound()) {
          return which + "verify finds " + database.verify().damages();
        }
        if (!database.recovery().isComplete()) {
          return which + "recovery reports damage: " + database.recovery();
        }
        wrong = trial.ledger.settle(database, true);
        return wrong == null ? null : which + wrong;
      }
    } catch (RuntimeException | Error e) {
      var text = new StringBuilder();
      for (StackTraceElement frame : e.getStackTrace()) {
        text.append("\n  ").append(frame);
      }
      return which + e + text;
    } finally {
      disk.kill();
      trial.abandon();
    }
  }

  /** The disk works again and the process still runs: reads are right, and a write works or is refused for good. */
  private static String afterHealing(Workload trial) {
    if (trial.database() == null) {
      return null;
    }
    String wrong = trial.ledger.compare(trial.database());
    if (wrong != null) {
      return "while the database is open: " + wrong;
    }
    trial.write(2);
    trial.flush();
    wrong = trial.ledger.compare(trial.database());
    return wrong == null ? null : "after the disk works again: " + wrong;
  }
}
