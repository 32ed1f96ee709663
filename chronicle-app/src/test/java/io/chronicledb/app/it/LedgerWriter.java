package io.chronicledb.app.it;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One client: writes batches of line protocol to its own series and keeps the ledger. Some batches come late, some twice; one without an answer
 * is given up or comes again after the restart, as clients do.
 */
final class LedgerWriter {

  private static final int POINTS_PER_SERIES_MAX = 120;
  private static final int SERIES_PER_BATCH_MAX = 5;

  private final String name;
  private final Http server;
  private final PointLedger ledger;
  private final SplittableRandom random;
  private final List<PointLedger.Series> series = new ArrayList<>();
  private final List<Integer> next = new ArrayList<>();
  private final Deque<Batch> later = new ArrayDeque<>();
  private volatile boolean stopped;

  LedgerWriter(String name, Http server, PointLedger ledger, SplittableRandom random) {
    this.name = name;
    this.server = server;
    this.ledger = ledger;
    this.random = random;
  }

  /** A series that the server has not seen yet. */
  void addSeries() {
    series.add(ledger.series(name + "s" + series.size()));
    next.add(0);
  }

  void stop() {
    stopped = true;
  }

  /** Writes until the server is gone or {@link #stop()}. */
  void run() throws InterruptedException {
    stopped = false;
    while (!stopped) {
      Batch batch = choose();
      try {
        send(batch);
      } catch (IOException e) {
        // Killed before it answered; whether the batch is stored is open.
        if (random.nextBoolean()) {
          later.add(batch);
        }
        return;
      }
    }
  }

  private Batch choose() {
    if (!later.isEmpty() && random.nextInt(6) == 0) {
      return later.remove();
    }
    Batch batch = compose();
    if (random.nextInt(10) == 0) {
      later.add(batch);
      batch = compose();
    }
    return batch;
  }

  private Batch compose() {
    var runs = new ArrayList<Run>();
    for (int count = random.nextInt(1, SERIES_PER_BATCH_MAX + 1); count > 0; count--) {
      int index = random.nextInt(series.size());
      int first = next.get(index);
      int end = first + random.nextInt(1, POINTS_PER_SERIES_MAX + 1);
      next.set(index, end);
      runs.add(new Run(series.get(index), first, end));
    }
    return new Batch(runs);
  }

  private void send(Batch batch) throws IOException, InterruptedException {
    batch.runs.forEach(Run::attempt);
    HttpResponse<String> response = server.post("/write", "text/plain", batch.lines());
    switch (response.statusCode()) {
      case 204 -> {
        batch.runs.forEach(Run::acknowledge);
        if (random.nextInt(20) == 0) {
          later.add(batch); // As if the answer had been lost.
        }
      }
      case 429, 503 -> later.add(batch);
      default ->
        throw new AssertionError(
            "a write was answered with " + response.statusCode() + ": " + response.body());
    }
  }

  private record Batch(List<Run> runs) {

    String lines() {
      var lines = new StringBuilder();
      for (Run run : runs) {
        for (int number = run.first; number < run.end; number++) {
          lines
              .append("ledger,series=")
              .append(run.series.name())
              .append(" value=")
              .append(run.series.value(number))
              .append(' ')
              .append(run.series.timestamp(number))
              .append('\n');
        }
      }
      return lines.toString();
    }
  }

  private record Run(PointLedger.Series series, int first, int end) {

    void attempt() {
      for (int number = first; number < end; number++) {
        series.attempt(number);
      }
    }

    void acknowledge() {
      for (int number = first; number < end; number++) {
        series.acknowledge(number);
      }
    }
  }
}
