package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.ClientConnection;
import io.chronicledb.app.wire.Millis;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.QueryEngine;
import io.chronicledb.engine.query.QueryOptions;
import io.chronicledb.engine.query.SeriesSamples;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The newest samples of chosen series as a page that another Prometheus scrapes. */
@RestController
public final class FederationController {

  private static final String MATCH = "match[]";

  /** What a sample takes until it is sent, besides its labels. */
  private static final int SAMPLE_BYTES = 48;

  private final ChronicleDatabase database;
  private final BodyMemory memory;

  FederationController(ChronicleDatabase database, BodyMemory memory) {
    this.database = database;
    this.memory = memory;
  }

  /** The newest sample of a series. */
  private record Newest(String metric, Tags labels, long millis, double value) {}

  @GetMapping("/federate")
  void federate(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = Parameters.of(request, memory);
    List<String> texts = parameters.texts(MATCH);
    List<List<TagMatcher>> selectors =
        texts.stream().map(text -> ApiException.selector(MATCH, text)).toList();
    QueryEngine engine = database.queryEngine();
    long now = System.currentTimeMillis();
    var range = Millis.closed(now - engine.limits().lookback().toMillis(), now);
    var id = new AtomicLong();
    QueryOptions options = QueryOptions.defaults().withIdTo(id::set);
    try (var watch = ClientConnection.of(request).watch(() -> engine.cancel(id.get()));
        SeriesSamples samples = watch.during(
            () -> engine.samples(String.join(" or ", texts), selectors, range, options))) {
      List<Newest> newest = watch.during(() -> newest(samples));
      ExpositionText text = ExpositionText.to(response, request.getHeader("Accept"));
      for (Newest sample : newest) {
        text.sample(sample.metric(), sample.labels(), sample.millis(), sample.value());
      }
      text.end();
    }
  }

  /** By metric and then by labels. A series whose newest sample is a stale marker has ended; the text format has no native histograms. */
  private static List<Newest> newest(SeriesSamples samples) {
    var newest = new ArrayList<Newest>();
    while (samples.nextSeries()) {
      String metric = samples.labels().get(Tags.METRIC);
      long timestamp = 0;
      double value = StaleMarker.value();
      while (samples.next()) {
        int last = samples.end() - 1;
        timestamp = samples.timestamps()[last];
        value = samples.areHistograms() ? StaleMarker.value() : samples.values()[last];
      }
      if (metric != null && !StaleMarker.is(value)) {
        samples.hold(SAMPLE_BYTES);
        newest.add(new Newest(metric, samples.labels(), Millis.of(timestamp), value));
      }
    }
    newest.sort(Comparator.comparing(Newest::metric, Tags.ORDER));
    return newest;
  }
}
