package io.chronicledb.engine.storage;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The locks that one process holds: a file has one owner, or any number of sharers. Thread-safe. */
public final class HeldLocks {

  private static final int EXCLUSIVE = -1;

  /** Number of sharers, or {@link #EXCLUSIVE}. Guarded by this. */
  private final Map<Path, Integer> held = new HashMap<>();

  /** The sole right to a path; null where anybody holds it. */
  public synchronized @Nullable DiskLock tryExclusive(Path path) {
    return held.putIfAbsent(path, EXCLUSIVE) == null ? release(path) : null;
  }

  /** A share of a path; null where somebody has it alone. */
  public synchronized @Nullable DiskLock tryShared(Path path) {
    int sharers = held.getOrDefault(path, 0);
    if (sharers == EXCLUSIVE) {
      return null;
    }
    held.put(path, sharers + 1);
    return release(path);
  }

  private DiskLock release(Path path) {
    var released = new boolean[1];
    return () -> {
      synchronized (this) {
        if (!released[0]) {
          released[0] = true; // Afterwards the path may be another holder's.
          held.computeIfPresent(path, (key, count) -> count <= 1 ? null : count - 1);
        }
      }
    };
  }
}
