package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.Millis;
import io.chronicledb.app.wire.UrlParameters;
import io.chronicledb.boot.autoconfigure.ChronicleProperties;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.DatabaseStatistics;
import io.chronicledb.engine.model.SeriesStatistics;
import io.chronicledb.engine.model.TimeRange;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** What the storage holds, and how it is changed by hand. */
@RestController
public final class TsdbController {

  private static final int LIMIT = 10;
  private static final int LIMIT_MAX = 10_000;
  private static final String MATCH = "match[]";

  private static final DateTimeFormatter SNAPSHOT_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final ChronicleDatabase database;
  private final BodyMemory memory;
  private final Path file;

  TsdbController(ChronicleDatabase database, BodyMemory memory, ChronicleProperties properties) {
    this.database = database;
    this.memory = memory;
    this.file = Path.of(properties.path());
  }

  /** The head, which here is the whole database: its index has all series, and its chunks are the blocks of the file. */
  @GetMapping("/api/v1/status/tsdb")
  void status(HttpServletRequest request, HttpServletResponse response) throws IOException {
    int limit = limit(new Parameters(UrlParameters.parse(request.getQueryString())));
    SeriesStatistics series = database.seriesStatistics(limit);
    DatabaseStatistics statistics = database.statistics();
    TimeRange range = database.timeRange();
    boolean empty = range.isEmpty();
    var head = new LinkedHashMap<String, Object>();
    head.put("numSeries", series.series());
    head.put("numLabelPairs", series.tagPairs());
    head.put("chunkCount", statistics.blocks());
    // As in Prometheus, where nothing has been stored yet.
    head.put("minTime", empty ? Long.MAX_VALUE : Millis.of(range.start()));
    head.put("maxTime", empty ? Long.MIN_VALUE : Millis.of(range.end() - 1));
    var data = new LinkedHashMap<String, Object>();
    data.put("headStats", head);
    data.put("seriesCountByMetricName", counts(series.seriesByMetric()));
    data.put("labelValueCountByLabelName", counts(series.valuesByTag()));
    data.put("memoryInBytesByLabelName", counts(series.bytesByTag()));
    data.put("seriesCountByLabelValuePair", counts(series.seriesByPair()));
    ApiResponse.data(response, data);
  }

  private static int limit(Parameters parameters) {
    Integer limit;
    try {
      limit = parameters.whole("limit");
    } catch (ApiException e) {
      limit = 0;
    }
    if (limit == null) {
      return LIMIT;
    } else if (limit < 1) {
      throw new ApiException("limit must be a positive number");
    } else if (limit > LIMIT_MAX) {
      throw new ApiException("limit must not exceed " + LIMIT_MAX);
    }
    return limit;
  }

  private static List<Map<String, Object>> counts(List<SeriesStatistics.Count> counts) {
    return counts.stream()
        .map(count -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("name", count.name());
          entry.put("value", count.count());
          return entry;
        })
        .toList();
  }

  @RequestMapping(
      path = "/api/v1/admin/tsdb/delete_series",
      method = {RequestMethod.POST, RequestMethod.PUT})
  void deleteSeries(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = Parameters.of(request, memory);
    List<String> selectors = parameters.texts(MATCH);
    if (selectors.isEmpty()) {
      throw new ApiException("no match[] parameter provided");
    }
    TimeRange range = parameters.range();
    ApiException.inParameter(MATCH, () -> {
      database.delete(selectors, range);
      return selectors;
    });
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
  }

  @RequestMapping(
      path = "/api/v1/admin/tsdb/clean_tombstones",
      method = {RequestMethod.POST, RequestMethod.PUT})
  void cleanTombstones(HttpServletResponse response) {
    database.applyDeletions();
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
  }

  /** A data file under {@code snapshots}, beside the one that is in use. */
  @RequestMapping(
      path = "/api/v1/admin/tsdb/snapshot",
      method = {RequestMethod.POST, RequestMethod.PUT})
  void snapshot(HttpServletRequest request, HttpServletResponse response) throws IOException {
    boolean skipHead = Parameters.of(request, memory).flag("skip_head");
    String name = SNAPSHOT_TIME.format(Instant.now())
        + "-"
        + String.format("%016x", ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));
    Path target = file.resolveSibling("snapshots").resolve(name).resolve(file.getFileName());
    database.snapshot(target, !skipHead);
    ApiResponse.data(response, Map.of("name", name));
  }
}
