package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Project;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The rows of a scan, projected, by time and then by tags. Gathers all of them with its first batch. */
final class ScanRows {

  private static final int PIECE_MIN = 16;
  private static final int PIECES_MAX = 64;

  /** More rows than a slice of time is to have. */
  static final class TooManyRows extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyRows() {
      super(null, null, false, false);
    }
  }

  private final ExecutionContext context;
  private final Project project;
  private final TimeRange within;
  private final long rowsMax;
  private final AtomicLong gathered = new AtomicLong();

  /**
   * @param project over a scan, or filters upon one
   * @param rowsMax ends in {@link TooManyRows} beyond it
   */
  ScanRows(ExecutionContext context, Project project, TimeRange within, long rowsMax) {
    this.context = context;
    this.project = project;
    this.within = within;
    this.rowsMax = rowsMax;
  }

  /** Pieces of so many entities, whatever the number of threads. */
  static int pieceSize(int entities) {
    return Math.max(PIECE_MIN, (entities + PIECES_MAX - 1) / PIECES_MAX);
  }

  /** All rows; null where there are none. */
  @Nullable
  RowBatch rows() {
    TableNode input = project.input();
    Entities entities = context.entities(ScanReader.scanOf(input), true);
    int size = pieceSize(entities.count());
    int pieces = (entities.count() + size - 1) / size;
    List<RowBatch> all = new ArrayList<>();
    Morsels.<List<RowBatch>>run(
        context,
        pieces,
        () -> {
          var reader = new ScanReader(context, input, entities, within);
          var projection = new Projection(project.values(), context);
          return piece -> gather(
              reader, projection, piece * size, Math.min(entities.count(), (piece + 1) * size));
        },
        all::addAll);
    if (gathered.get() > rowsMax) {
      throw new TooManyRows();
    }
    return all.isEmpty() ? null : inOrder(all);
  }

  private List<RowBatch> gather(ScanReader reader, Projection projection, int from, int to) {
    var batches = new ArrayList<RowBatch>();
    for (int entity = from; entity < to; entity++) {
      reader.start(entity);
      for (RowBatch rows = reader.next(); rows != null; rows = reader.next()) {
        RowBatch projected = projection.apply(rows, 1);
        projected.set(projected.columnCount() - 1, Arrays.copyOf(rows.times(0), rows.rows));
        if (gathered.addAndGet(rows.rows) > rowsMax) {
          return List.of();
        }
        context.hold(projected.bytes());
        batches.add(projected);
      }
    }
    return batches;
  }

  private RowBatch inOrder(List<RowBatch> batches) {
    var headers = new ArrayList<>(project.columns());
    headers.add(TableExecutor.TIME);
    long copied =
        batches.size() == 1 ? 0 : batches.stream().mapToLong(RowBatch::bytes).sum();
    context.hold(copied);
    RowBatch all = RowBatch.concat(headers, batches);
    int[] order = TimeOrder.of(all.times(project.names().size()), all.rows);
    if (order != null) {
      context.hold(copied);
      all = all.take(order, all.rows);
      context.release(copied);
    }
    context.release(copied);
    var rows = new RowBatch(project.names().size());
    rows.rows = all.rows;
    for (int i = 0; i < rows.columnCount(); i++) {
      rows.share(i, all, i);
    }
    return rows;
  }
}
