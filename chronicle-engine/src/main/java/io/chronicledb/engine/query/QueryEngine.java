package io.chronicledb.engine.query;

import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.column.LongColumn;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.model.Timestamp;
import io.chronicledb.engine.query.QueryAdmission.Ticket;
import io.chronicledb.engine.query.exec.ExecutionContext;
import io.chronicledb.engine.query.exec.Measurements;
import io.chronicledb.engine.query.exec.QueryMemory;
import io.chronicledb.engine.query.exec.SeriesBatch;
import io.chronicledb.engine.query.exec.SeriesExecutor;
import io.chronicledb.engine.query.exec.TableExecutor;
import io.chronicledb.engine.query.function.RangeSamples;
import io.chronicledb.engine.query.optimize.Rewrites;
import io.chronicledb.engine.query.plan.Grid;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.promql.PromQlPlan;
import io.chronicledb.engine.query.promql.PromQlPlanner;
import io.chronicledb.engine.query.promql.SelectorsOf;
import io.chronicledb.engine.query.sql.SqlParameters;
import io.chronicledb.engine.query.sql.SqlPlan;
import io.chronicledb.engine.query.sql.SqlStatement;
import io.chronicledb.engine.read.ReadView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers queries: text in, typed results out. Each runs on its caller's thread over one {@link ReadView}, within the limits. Thread-safe.
 *
 * <p>Errors are {@link io.chronicledb.engine.error.ChronicleException}s: {@code invalid_query} with a position, {@code unsupported}, {@code
 * bad_data}, and one for each limit.
 */
public final class QueryEngine implements AutoCloseable {

  private static final long IDLE_SECONDS = 10;
  /** What a series that waits to be read is taken to need, and what each of its labels. */
  private static final int SERIES_BYTES = 64;

  private static final int LABEL_BYTES = 96;

  private final QueryPlanner planner;
  private final Supplier<ReadView> views;
  private final Deletions deletions;
  private final QueryLimits limits;
  private final InstantSource clock;
  private final LongSupplier monotonicNanos;
  private final QueryMemory memory;
  private final long memoryBytes;
  private final QueryAdmission admission;
  /** Helps queries; none waits for it. */
  private final ThreadPoolExecutor helpers;

  private final int threads = Runtime.getRuntime().availableProcessors();

  /**
   * @param views makes a view of the present state
   * @param memoryBytes what the database may use
   * @param clock tells {@code now()}
   * @param monotonicNanos a clock like {@link System#nanoTime()}, for time limits
   */
  public QueryEngine(
      QueryPlanner planner,
      Supplier<ReadView> views,
      Deletions deletions,
      QueryLimits limits,
      long memoryBytes,
      InstantSource clock,
      LongSupplier monotonicNanos) {
    this.planner = planner;
    this.views = views;
    this.deletions = deletions;
    this.limits = limits;
    this.clock = clock;
    this.monotonicNanos = monotonicNanos;
    this.memoryBytes = limits.memoryBytes() == 0 ? memoryBytes / 4 : limits.memoryBytes();
    this.memory = new QueryMemory(Math.max(this.memoryBytes, memoryBytes / 2));
    this.admission = new QueryAdmission(limits, clock, monotonicNanos);
    this.helpers = new ThreadPoolExecutor(
        0, threads, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
          var thread = new Thread(work, "chronicle-query");
          thread.setDaemon(true);
          return thread;
        });
  }

  public QueryLimits limits() {
    return limits;
  }

  /** Runs an SQL statement. */
  public Table sql(String text, QueryOptions options, @Nullable Object... parameters) {
    return prepare(text).run(SqlParameters.of(parameters), options);
  }

  /** Reads an SQL statement, to be run often. */
  public PreparedSql prepare(String text) {
    return new PreparedSql(this, text, planner.parseSql(text));
  }

  /** Starts a statement. The caller closes what it gets. */
  SqlRows start(
      String text, SqlStatement statement, SqlParameters parameters, QueryOptions options) {
    Instant now = clock.instant();
    Ticket ticket = admission.admit("sql", text, timeout(options), options.idTo());
    ReadView view = null;
    ExecutionContext context = null;
    try {
      view = views.get();
      boolean analyze = statement instanceof SqlStatement.Explain explain && explain.analyze();
      Measurements measurements = analyze ? new Measurements() : null;
      context = context(view, Grid.instant(0), options, measurements);
      ticket.running(context);
      SqlPlan plan =
          planner.sql(statement, parameters, new StoredSchema(context), Timestamp.of(now));
      ReadView opened = view;
      ExecutionContext running = context;
      Runnable release = () -> {
        running.close();
        opened.close();
        ticket.close();
      };
      if (plan instanceof SqlPlan.Query query) {
        TableNode root = rewritten(query.root(), options);
        return new SqlRows(
            root.columns(),
            plan.warnings(),
            new TableExecutor(context).run(root),
            context,
            release);
      }
      Table table = plan instanceof SqlPlan.Explain explain
          ? explain(explain, context, measurements, options)
          : delete((SqlPlan.Delete) plan, context);
      return new SqlRows(table.headers(), plan.warnings(), oneTable(table), context, release);
    } catch (RuntimeException | Error e) {
      if (context != null) {
        context.close();
      }
      if (view != null) {
        view.close();
      }
      ticket.close();
      throw e;
    }
  }

  private static TableExecutor.Rows oneTable(Table table) {
    var rest = new ArrayDeque<Table>();
    if (table.rowCount() > 0) {
      rest.add(table);
    }
    return rest::poll;
  }

  private static TableNode rewritten(TableNode root, QueryOptions options) {
    return options.rewritten() ? Rewrites.apply(root) : root;
  }

  private static Table explain(
      SqlPlan.Explain explain,
      ExecutionContext context,
      @Nullable Measurements measurements,
      QueryOptions options) {
    TableNode root = rewritten(explain.query().root(), options);
    if (measurements != null) {
      TableExecutor.Rows rows = new TableExecutor(context).run(root);
      while (rows.next() != null) {
        context.checkResult(0);
      }
    }
    return Explanation.of(root, measurements, List.of());
  }

  private Table delete(SqlPlan.Delete delete, ExecutionContext context) {
    var series = new HashSet<Long>();
    for (List<TagMatcher> matchers : delete.selectors()) {
      for (long order : context.select(matchers)) {
        series.add(order);
      }
    }
    delete.selectors().forEach(matchers -> deletions.delete(matchers, delete.range()));
    var column = new LongColumn(1);
    column.add(series.size());
    return new Table(List.of(Table.Column.longs("series", column)), List.of());
  }

  /** The queries that run or wait for their turn, the oldest first. */
  public List<RunningQuery> running() {
    return admission.running();
  }

  /**
   * Ends a query; its caller gets {@code query_canceled}.
   *
   * @param id of {@link #running()}
   * @return false where there is no such query any more
   */
  public boolean cancel(long id) {
    return admission.cancel(id);
  }

  /** Bytes that the running queries hold together. */
  public long heldBytes() {
    return memory.bytes();
  }

  /** Cancels what runs, and lets the helping threads end. */
  @Override
  public void close() {
    admission.cancelAll();
    helpers.shutdown();
  }

  /** Evaluates a PromQL expression at one instant, nanoseconds. */
  public PromQlResult promql(String text, long time, QueryOptions options) {
    var watch = new StopWatch(monotonicNanos);
    try (Ticket ticket = admission.admit("promql", text, timeout(options), options.idTo())) {
      Grid grid = Grid.instant(time);
      return measured(watch, ticket, text, grid, options, this::instant);
    }
  }

  /** What a plan evaluates to, in no particular order. */
  private interface Evaluation {
    PromQlResult of(PromQlPlan plan, SeriesExecutor executor, ExecutionContext context);
  }

  /** Plans and evaluates a query that has its turn. */
  private PromQlResult measured(
      StopWatch watch,
      Ticket ticket,
      String text,
      Grid grid,
      QueryOptions options,
      Evaluation evaluation) {
    long queued = watch.lap();
    PromQlPlan plan = planner.promql(text, grid, lookback(options));
    long prepared = watch.lap();
    try (ReadView view = views.get();
        ExecutionContext context = context(view, grid, options, null)) {
      ticket.running(context);
      Consumer<PromQlStatistics> statisticsTo = options.statisticsTo();
      if (statisticsTo != null) {
        context.countShown();
      }
      PromQlResult result = evaluation.of(plan, new SeriesExecutor(context), context);
      long evaluated = watch.lap();
      if (result instanceof PromQlResult.Matrix matrix) {
        result = matrix.sorted();
      }
      long[] shown = context.shown();
      if (statisticsTo != null && shown != null) {
        statisticsTo.accept(new PromQlStatistics(
            queued,
            prepared,
            evaluated,
            watch.lap(),
            grid.timestamps(),
            shown,
            context.heldBytesMax()));
      }
      return result;
    }
  }

  private PromQlResult instant(PromQlPlan plan, SeriesExecutor executor, ExecutionContext context) {
    long time = context.grid().start();
    if (plan instanceof PromQlPlan.Text constant) {
      return new PromQlResult.Text(time, constant.value(), List.of());
    }
    if (plan instanceof PromQlPlan.Scalar scalar) {
      double value = executor.scalar(scalar.root())[0];
      return new PromQlResult.Scalar(time, value, context.warnings());
    }
    if (plan instanceof PromQlPlan.Samples samples) {
      return matrix(samples, executor, context);
    }
    var root = ((PromQlPlan.Series) plan).root();
    var elements = new ArrayList<PromQlResult.Vector.Element>();
    for (SeriesBatch batch : executor.series(root)) {
      elements.add(
          new PromQlResult.Vector.Element(batch.labels(), batch.values()[0], batch.histogram(0)));
    }
    return new PromQlResult.Vector(time, elements, context.warnings());
  }

  private static PromQlResult matrix(
      PromQlPlan.Samples plan, SeriesExecutor executor, ExecutionContext context) {
    var series = new ArrayList<PromQlResult.Matrix.SamplesOfSeries>();
    PromQlPlan.Bounded bounded = plan.bounded();
    executor.samples(plan.samples(), (labels, timestamps, values, histogramTimes, histograms) -> {
      if (bounded == null) {
        series.add(new PromQlResult.Matrix.SamplesOfSeries(
            labels, timestamps, values, histogramTimes, histograms));
        return;
      }
      if (histograms.length > 0) {
        throw new ChronicleException(
            ErrorCode.UNSUPPORTED,
            "anchored and smoothed selectors do not take native histograms, which " + labels
                + " has");
      }
      var range =
          RangeSamples.of(timestamps, values, bounded.start(), bounded.end(), bounded.smoothed());
      if (range != null) {
        series.add(
            new PromQlResult.Matrix.SamplesOfSeries(labels, range.timestamps(), range.values()));
      }
    });
    return new PromQlResult.Matrix(series, context.warnings());
  }

  /**
   * Evaluates a PromQL expression at {@code start}, {@code start + step} and so on up to {@code end}, nanoseconds.
   *
   * @throws BadDataException for a step that is not positive, an end before the start, too many instants, or an expression whose type has
   *     no values over time
   */
  public PromQlResult promql(String text, long start, long end, long step, QueryOptions options) {
    var watch = new StopWatch(monotonicNanos);
    try (Ticket ticket = admission.admit("promql", text, timeout(options), options.idTo())) {
      return measured(watch, ticket, text, grid(start, end, step), options, this::range);
    }
  }

  private PromQlResult range(PromQlPlan plan, SeriesExecutor executor, ExecutionContext context) {
    if (plan instanceof PromQlPlan.Samples || plan instanceof PromQlPlan.Text) {
      throw new BadDataException("invalid expression type \""
          + (plan instanceof PromQlPlan.Text ? "string" : "range vector")
          + "\" for range query, must be Scalar or instant Vector");
    }
    long[] timestamps = context.grid().timestamps();
    if (plan instanceof PromQlPlan.Scalar scalar) {
      double[] values = executor.scalar(scalar.root());
      return new PromQlResult.Matrix(
          List.of(new PromQlResult.Matrix.SamplesOfSeries(Tags.empty(), timestamps, values)),
          context.warnings());
    }
    var series = new ArrayList<PromQlResult.Matrix.SamplesOfSeries>();
    for (SeriesBatch batch : executor.series(((PromQlPlan.Series) plan).root())) {
      series.add(batch.samples(timestamps, PromQlResult.Matrix.SamplesOfSeries::new));
    }
    return new PromQlResult.Matrix(series, context.warnings());
  }

  private Grid grid(long start, long end, long step) {
    if (end < start) {
      throw new BadDataException("end timestamp must not be before start time");
    }
    if (step <= 0) {
      throw new BadDataException(
          "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    // As unsigned, since the distance between the ends of time does not fit a long.
    long steps = Long.divideUnsigned(end - start, step);
    if (steps < 0 || steps > limits.pointsPerSeriesMax()) {
      throw new BadDataException(
          "exceeded maximum resolution of " + String.format("%,d", limits.pointsPerSeriesMax())
              + " points per timeseries. Try decreasing the query resolution (?step=XX)");
    }
    return new Grid(start, step, (int) steps + 1, end);
  }

  /**
   * The series that any of the selectors matches, as PromQL's {@code match[]}; sorted by labels.
   *
   * @param selectors none means every series
   * @param range only series with samples in it
   * @param limit how many at most; 0 for all
   */
  public List<Tags> series(List<String> selectors, TimeRange range, int limit) {
    try (ReadView view = views.get()) {
      var labels = new TreeSet<Tags>();
      for (long order : orders(view, selectors, range)) {
        labels.add(view.tags(order));
      }
      return labels.stream().limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
    }
  }

  /** Names of labels of the series that any of the selectors matches, sorted; arguments as for {@link #series}. */
  public List<String> labelNames(List<String> selectors, TimeRange range, int limit) {
    try (ReadView view = views.get()) {
      var names = new TreeSet<>(Tags.ORDER);
      if (selectors.isEmpty() && range.equals(TimeRange.ALL)) {
        names.addAll(view.tagNames());
      } else {
        for (long order : orders(view, selectors, range)) {
          view.tags(order).forEach((name, value) -> names.add(name));
        }
      }
      return names.stream().limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
    }
  }

  /** Values of a label over the series that any of the selectors matches, sorted; arguments as for {@link #series}. */
  public List<String> labelValues(
      String label, List<String> selectors, TimeRange range, int limit) {
    try (ReadView view = views.get()) {
      var values = new TreeSet<>(Tags.ORDER);
      if (selectors.isEmpty() && range.equals(TimeRange.ALL)) {
        values.addAll(view.tagValues(label));
      } else {
        for (long order : orders(view, selectors, range)) {
          String value = view.tags(order).get(label);
          if (value != null) {
            values.add(value);
          }
        }
      }
      return values.stream().limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
    }
  }

  /**
   * Starts reading stored samples as they are.
   *
   * @param text how it shows among the running queries
   * @param selectors the series that any of them matches; an empty one matches all
   * @return sorted by labels; the caller closes it
   */
  public SeriesSamples samples(
      String text, List<List<TagMatcher>> selectors, TimeRange range, QueryOptions options) {
    Ticket ticket = admission.admit("promql", text, timeout(options), options.idTo());
    ReadView view = null;
    ExecutionContext context = null;
    try {
      view = views.get();
      context = context(view, Grid.instant(0), options, null);
      ticket.running(context);
      var series = new ArrayList<SeriesSamples.Entry>();
      for (long order : orders(context, selectors)) {
        Tags labels = view.tags(order);
        context.keep(SERIES_BYTES + (long) LABEL_BYTES * labels.size());
        series.add(new SeriesSamples.Entry(labels, order));
      }
      series.sort(Comparator.comparing(SeriesSamples.Entry::labels));
      ReadView opened = view;
      ExecutionContext running = context;
      return new SeriesSamples(series, view.cursor(range), context, () -> {
        running.close();
        opened.close();
        ticket.close();
      });
    } catch (RuntimeException | Error e) {
      if (context != null) {
        context.close();
      }
      if (view != null) {
        view.close();
      }
      ticket.close();
      throw e;
    }
  }

  /**
   * The exemplars of all series that any selector of a PromQL expression matches, sorted by labels. Offsets and ranges in it are of no meaning
   * here.
   *
   * @param range only exemplars within it
   * @return series that have some
   */
  public List<SeriesExemplars> exemplars(String text, TimeRange range, QueryOptions options) {
    List<List<TagMatcher>> selectors = SelectorsOf.text(text);
    try (Ticket ticket = admission.admit("promql", text, timeout(options), options.idTo());
        ReadView view = views.get();
        ExecutionContext context = context(view, Grid.instant(0), options, null)) {
      ticket.running(context);
      var orders = new HashSet<Long>();
      for (List<TagMatcher> matchers : selectors) {
        for (long order : context.select(matchers)) {
          orders.add(order);
        }
      }
      ExemplarRows rows = view.exemplars(
          orders.stream().mapToLong(Long::longValue).toArray(), range, context::keep);
      return SeriesExemplars.of(rows, orders, view);
    }
  }

  /**
   * What senders told about metrics, sorted by metric. The newest counts, whether or not the metric has series.
   *
   * @param metric only this one; null for all
   */
  public Map<String, MetricMetadata> metadata(@Nullable String metric) {
    try (ReadView view = views.get()) {
      if (metric == null) {
        return view.metadata().metrics();
      }
      MetricMetadata known = view.metadata().metric(metric);
      return known == null ? Map.of() : Map.of(metric, known);
    }
  }

  private static long[] orders(ExecutionContext context, List<List<TagMatcher>> selectors) {
    long[] all = {};
    for (List<TagMatcher> matchers : selectors) {
      long[] found = context.select(matchers);
      int known = all.length;
      all = Arrays.copyOf(all, known + found.length);
      System.arraycopy(found, 0, all, known, found.length);
    }
    return selectors.size() == 1 ? all : Arrays.stream(all).sorted().distinct().toArray();
  }

  private long[] orders(ReadView view, List<String> selectors, TimeRange range) {
    ExecutionContext context = context(view, Grid.instant(0), QueryOptions.defaults(), null);
    if (selectors.isEmpty()) {
      return view.present(context.select(List.of()), range);
    }
    List<List<TagMatcher>> parsed =
        selectors.stream().map(PromQlPlanner::matchers).toList();
    return view.present(orders(context, parsed), range);
  }

  private long lookback(QueryOptions options) {
    Duration lookback = options.lookback();
    return (lookback == null ? limits.lookback() : lookback).toNanos();
  }

  private Duration timeout(QueryOptions options) {
    Duration asked = options.timeout();
    return asked == null || asked.compareTo(limits.timeout()) > 0 ? limits.timeout() : asked;
  }

  private ExecutionContext context(
      ReadView view, Grid grid, QueryOptions options, @Nullable Measurements measurements) {
    return new ExecutionContext(
        view,
        grid,
        new ExecutionContext.Limits(
            timeout(options), limits.samplesMax(), limits.resultMax(), memoryBytes),
        memory,
        new ExecutionContext.Threads(helpers, threads),
        monotonicNanos,
        measurements);
  }
}
