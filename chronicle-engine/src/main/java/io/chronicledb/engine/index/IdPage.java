package io.chronicledb.engine.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the registry knows of 4096 successive ids: where each one's key is, and its metric's id.
 *
 * <pre>cells = ( │ position of the key i32, 0 where no series lives │ metric id i32 │ )*</pre>
 *
 * A page of which few series live has cells for those only, and their numbers beside them. The page that is being filled is never
 * such a one. One thread writes; a cell that was 0 is filled at most once, everything else happens to a copy.
 */
final class IdPage {

  static final int BITS = 12;
  static final int IDS = 1 << BITS;
  private static final int LOW = IDS - 1;
  /** Below, a cell costs more in a full page than in a sparse one together with what the search costs. */
  private static final int SPARSE_MAX = IDS / 4;

  private static final int OBJECT_BYTES = 32;
  private static final int ARRAY_BYTES = 16;

  private final int[] cells;
  /** Low bits of the ids that have cells, ascending; null where all have. */
  private final char @Nullable [] present;

  /** Known to the writing thread only. */
  private int live;

  IdPage() {
    this(new int[2 * IDS], null, 0);
  }

  private IdPage(int[] cells, char @Nullable [] present, int live) {
    this.cells = cells;
    this.present = present;
    this.live = live;
  }

  private int cell(int id) {
    int low = id & LOW;
    if (present == null) {
      return 2 * low;
    }
    return 2 * Arrays.binarySearch(present, (char) low);
  }

  /** Where the key of a series is; 0 where the series does not live. */
  int position(int id) {
    int cell = cell(id);
    return cell < 0 ? 0 : cells[cell];
  }

  /** Of a series that lives. */
  int metricId(int id) {
    return cells[cell(id) + 1];
  }

  /** Fills the cell of a new series. */
  void add(int id, int position, int metricId) {
    int cell = cell(id);
    cells[cell + 1] = metricId;
    cells[cell] = position;
    live++;
  }

  /** Sets another position of a living series; on a copy that no reader has yet. */
  void move(int id, int position) {
    cells[cell(id)] = position;
  }

  /** Takes out a living series; on a copy that no reader has yet. */
  void remove(int id) {
    cells[cell(id)] = 0;
    live--;
  }

  IdPage copy() {
    return new IdPage(cells.clone(), present, live);
  }

  /** The first id from {@code id} on in this page that lives; negative where none does. */
  int nextLive(int id) {
    int base = id & ~LOW;
    if (present == null) {
      for (int low = id & LOW; low < IDS; low++) {
        if (cells[2 * low] != 0) {
          return base + low;
        }
      }
      return -1;
    }
    int at = Arrays.binarySearch(present, (char) (id & LOW));
    for (int i = at < 0 ? -at - 1 : at; i < present.length; i++) {
      if (cells[2 * i] != 0) {
        return base + present[i];
      }
    }
    return -1;
  }

  /** The same in the form that fits the number of living series; null where none lives. */
  @Nullable
  IdPage trimmed() {
    if (live == 0) {
      return null;
    }
    if (live > SPARSE_MAX || live * 2 == cells.length) {
      return this;
    }
    var kept = new int[2 * live];
    var lows = new char[live];
    int count = 0;
    for (int cell = 0; cell < cells.length; cell += 2) {
      if (cells[cell] != 0) {
        kept[2 * count] = cells[cell];
        kept[2 * count + 1] = cells[cell + 1];
        lows[count++] = present == null ? (char) (cell / 2) : present[cell / 2];
      }
    }
    return new IdPage(kept, lows, live);
  }

  long bytes() {
    return OBJECT_BYTES
        + ARRAY_BYTES
        + 4L * cells.length
        + (present == null ? 0 : ARRAY_BYTES + 2L * present.length);
  }
}
