package io.chronicledb.engine.backend;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What no root names any more but a reader may still use, in the order in which it left the roots. A pin protects the root at which it
 * was taken and the one before, so what a generation named last waits for the pins up to the generation after it. Not thread-safe.
 *
 * @param <T> how the backend calls what it gives up
 */
public final class RetiredBlocks<T> {

  private record Entry<T>(long lastGeneration, List<T> items) {}

  private final ArrayDeque<Entry<T>> entries = new ArrayDeque<>();

  /** @param lastGeneration the newest root that names the items; not below that of the entry before */
  public void add(long lastGeneration, List<T> items) {
    if (!items.isEmpty()) {
      entries.addLast(new Entry<>(lastGeneration, List.copyOf(items)));
    }
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Whether something is there that the open pins allow to give up. */
  public boolean hasReleasable(long oldestPin) {
    return !entries.isEmpty() && entries.getFirst().lastGeneration + 1 < oldestPin;
  }

  /**
   * Takes out what nobody can be using.
   *
   * @param oldestPin from {@link Pins#oldest()}
   * @param oldestReader the lowest generation that a reader outside of this process has open, {@link Long#MAX_VALUE} for none
   */
  public List<T> takeReleasable(long oldestPin, long oldestReader) {
    var released = new ArrayList<T>();
    while (hasReleasable(oldestPin) && entries.getFirst().lastGeneration < oldestReader) {
      released.addAll(entries.removeFirst().items);
    }
    return released;
  }
}
