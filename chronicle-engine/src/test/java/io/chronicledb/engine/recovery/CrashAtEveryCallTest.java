package io.chronicledb.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.storage.FaultyDisk.Keep;
import io.chronicledb.engine.wal.SyncMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A crash, and a fault, at each call that a workload makes: open new, write, flush, write, close, open again, the same once more. */
class CrashAtEveryCallTest {

  @ParameterizedTest
  @EnumSource(SyncMode.class)
  void keepsItsPromiseWhereverTheProcessIsKilled(SyncMode mode) {
    crashEverywhere(mode, false, Keep.ALL);
  }

  @ParameterizedTest
  @EnumSource(
      value = Keep.class,
      names = {"NONE", "PREFIX", "SECTORS"})
  void keepsItsPromiseWhereverThePowerFailsInSyncMode(Keep keep) {
    crashEverywhere(SyncMode.SYNC, true, keep);
  }

  @ParameterizedTest
  @EnumSource(
      value = SyncMode.class,
      names = {"INTERVAL", "RELAXED"})
  void keepsItsPromiseWhereverThePowerFailsInTheOtherModes(SyncMode mode) {
    crashEverywhere(mode, true, Keep.SECTORS);
  }

  private static void crashEverywhere(SyncMode mode, boolean powerLoss, Keep keep) {
    long seed = TestDatabase.seed();
    long calls = CrashRun.callsOfWorkload(mode, seed);
    assertThat(calls).isGreaterThan(50);
    for (long call = 1; call <= calls; call++) {
      assertThat(CrashRun.crashAt(call, mode, powerLoss, keep, seed))
          .as("-Dseed=%d, call %d of %d", seed, call, calls)
          .isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(SyncMode.class)
  void losesNothingAndInventsNothingWhicheverCallFails(SyncMode mode) {
    long seed = TestDatabase.seed();
    long calls = CrashRun.callsOfWorkload(mode, seed);
    for (long call = 1; call <= calls; call++) {
      check(call, Fault.IO_ERROR, false, mode, seed);
      check(call, Fault.SHORT_WRITE, false, mode, seed);
      check(call, Fault.NO_SPACE, true, mode, seed);
    }
  }

  private static void check(long call, Fault fault, boolean lasting, SyncMode mode, long seed) {
    assertThat(CrashRun.failAt(call, fault, lasting, mode, seed))
        .as("-Dseed=%d, %s %s at call %d", seed, fault, lasting ? "from then on" : "once", call)
        .isEmpty();
  }
}
