package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.PlanNode.Scan;
import io.chronicledb.engine.query.plan.PlanNode.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Windows over stored series. Whoever pulls gets them one by one, made by its own thread; whoever takes them {@linkplain #forEach all} lets
 * several threads make them, a few series at a time. Either way they come in the order of the series, and so does what is told of them.
 */
final class ScanWindows implements SeriesOperator {

  /** Values of a piece at least, about: enough to be worth handing over to another thread. */
  private static final int PIECE_VALUES_MIN = 1 << 11;

  /** Values of a piece at most, about: a thread that has to wait for its turn keeps no other one from working for a while. */
  private static final int PIECE_VALUES_MAX = 1 << 14;

  /** Series of a piece at most, so that one of few instants does not become endless. */
  private static final int PIECE_SERIES_MAX = 512;

  /** Pieces for each thread, where that is not against the limits: they end at about the same time. */
  private static final int PIECES_PER_THREAD = 8;

  private final ExecutionContext context;
  private final Grid grid;
  private final ShownSamples shown;
  private final Window window;
  private final Scan scan;
  private final List<double[]> parameters;
  private final long[] orders;
  /** Makes all that are pulled; null as long as none was. */
  private @Nullable WindowOperator pulled;

  /** What a piece comes to. */
  private record Piece(List<SeriesBatch> batches, List<String> annotations) {}

  ScanWindows(
      ExecutionContext context,
      Grid grid,
      ShownSamples shown,
      Window window,
      Scan scan,
      List<double[]> parameters) {
    this.context = context;
    this.grid = grid;
    this.shown = shown;
    this.window = window;
    this.scan = scan;
    this.parameters = parameters;
    this.orders = context.select(scan.matchers());
  }

  private SlidingSamples.OfScan samples() {
    return new SlidingSamples.OfScan(context, scan, window.function().seesStaleMarkers(), orders);
  }

  @Override
  public @Nullable SeriesBatch next() {
    WindowOperator operator = pulled;
    if (operator == null) {
      operator = new WindowOperator(
          context, context.annotations(), grid, shown, window, samples(), parameters);
      pulled = operator;
    }
    return operator.next();
  }

  @Override
  public void forEach(Consumer<SeriesBatch> consumer) {
    int size = pieceSeries();
    int pieces = (orders.length + size - 1) / size;
    if (pulled != null || pieces <= 1 || context.countsShown()) {
      SeriesOperator.super.forEach(consumer);
      return;
    }
    Morsels.<Piece>run(context, pieces, () -> worker(size), piece -> {
      context.annotations().addAll(piece.annotations());
      piece.batches().forEach(consumer);
    });
  }

  private int pieceSeries() {
    int least = PIECE_VALUES_MIN / grid.count();
    int most = PIECE_VALUES_MAX / grid.count();
    int even = orders.length / (PIECES_PER_THREAD * context.threads().count());
    return Math.max(1, Math.min(PIECE_SERIES_MAX, Math.max(least, Math.min(most, even))));
  }

  private Morsels.Worker<Piece> worker(int size) {
    var annotations = new Annotations();
    SlidingSamples.OfScan samples = samples();
    var operator =
        new WindowOperator(context, annotations, grid, shown, window, samples, parameters);
    return piece -> {
      samples.goTo(piece * size, (piece + 1) * size);
      var batches = new ArrayList<SeriesBatch>(size);
      for (SeriesBatch batch = operator.next(); batch != null; batch = operator.next()) {
        batches.add(batch);
      }
      return new Piece(batches, annotations.take());
    };
  }
}
