package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.JsonWriter;
import io.chronicledb.app.wire.Millis;
import io.chronicledb.app.wire.NumberText;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.PromQlResult;
import io.chronicledb.engine.query.PromQlResult.Matrix;
import io.chronicledb.engine.query.PromQlResult.Scalar;
import io.chronicledb.engine.query.PromQlResult.Text;
import io.chronicledb.engine.query.PromQlResult.Vector;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/** Writes the envelope of every answer, and in it results piece by piece. Belongs to one response. */
final class ApiResponse {

  private static final String TRUNCATED = "results truncated due to limit";
  /** How PromQL marks a hint that is no warning. */
  private static final String INFO = "PromQL info:";

  private final JsonWriter json;

  private ApiResponse(HttpServletResponse response) throws IOException {
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    json = new JsonWriter(response.getOutputStream());
  }

  /**
   * @param stats what {@link JsonWriter#value} takes; null where nobody asked
   * @param limit series at most; zero for all
   */
  static void result(
      HttpServletResponse response, PromQlResult result, @Nullable Object stats, int limit)
      throws IOException {
    new ApiResponse(response).writeResult(result, stats, limit);
  }

  /** @param limit values at most; zero for all. Of {@code values} there is one more where some are left out. */
  static void strings(HttpServletResponse response, List<String> values, int limit)
      throws IOException {
    var api = new ApiResponse(response);
    api.begin();
    api.json.beginArray();
    int count = limited(values.size(), limit);
    for (String value : values.subList(0, count)) {
      api.json.string(value);
    }
    api.json.endArray();
    api.end(List.of(), count < values.size());
  }

  /** As {@link #strings} with label sets. */
  static void labelSets(HttpServletResponse response, List<Tags> values, int limit)
      throws IOException {
    var api = new ApiResponse(response);
    api.begin();
    api.json.beginArray();
    int count = limited(values.size(), limit);
    for (Tags labels : values.subList(0, count)) {
      api.labels(labels);
    }
    api.json.endArray();
    api.end(List.of(), count < values.size());
  }

  /** @param data null, or what {@link JsonWriter#value} takes */
  static void data(HttpServletResponse response, @Nullable Object data) throws IOException {
    var api = new ApiResponse(response);
    api.begin();
    api.json.value(data);
    api.end(List.of(), false);
  }

  static void error(HttpServletResponse response, int status, String errorType, String message)
      throws IOException {
    response.setStatus(status);
    var api = new ApiResponse(response);
    api.json.beginObject().name("status").string("error").name("errorType").string(errorType);
    api.json.name("error").string(message).endObject().flush();
  }

  private void writeResult(PromQlResult result, @Nullable Object stats, int limit)
      throws IOException {
    begin();
    json.beginObject().name("resultType");
    boolean truncated = false;
    // Java 17 has no type switch.
    if (result instanceof Scalar scalar) {
      json.string("scalar").name("result").beginArray();
      json.seconds(Millis.of(scalar.timestamp()))
          .string(NumberText.plain(scalar.value()))
          .endArray();
    } else if (result instanceof Text text) {
      json.string("string").name("result").beginArray();
      json.seconds(Millis.of(text.timestamp())).string(text.value()).endArray();
    } else if (result instanceof Vector vector) {
      json.string("vector").name("result");
      truncated = vector(vector, limit);
    } else if (result instanceof Matrix matrix) {
      json.string("matrix").name("result");
      truncated = matrix(matrix, limit);
    }
    if (stats != null) {
      json.name("stats").value(stats);
    }
    json.endObject();
    end(result.warnings(), truncated);
  }

  private boolean vector(Vector vector, int limit) throws IOException {
    int count = limited(vector.elements().size(), limit);
    json.beginArray();
    for (Vector.Element element : vector.elements().subList(0, count)) {
      json.beginObject().name("metric");
      labels(element.labels());
      NativeHistogram histogram = element.histogram();
      json.name(histogram == null ? "value" : "histogram")
          .beginArray()
          .seconds(Millis.of(vector.timestamp()));
      if (histogram == null) {
        json.numberAsString(element.value());
      } else {
        HistogramJson.write(histogram, json);
      }
      json.endArray().endObject();
    }
    json.endArray();
    return count < vector.elements().size();
  }

  private boolean matrix(Matrix matrix, int limit) throws IOException {
    int count = limited(matrix.series().size(), limit);
    json.beginArray();
    for (Matrix.SamplesOfSeries series : matrix.series().subList(0, count)) {
      json.beginObject().name("metric");
      labels(series.labels());
      if (series.timestamps().length > 0) {
        values(series);
      }
      if (series.histograms().length > 0) {
        histograms(series);
      }
      json.endObject();
    }
    json.endArray();
    return count < matrix.series().size();
  }

  private void histograms(Matrix.SamplesOfSeries series) throws IOException {
    json.name("histograms").beginArray();
    long[] timestamps = series.histogramTimestamps();
    for (int i = 0; i < timestamps.length; i++) {
      long millis = Millis.of(timestamps[i]);
      if (i + 1 == timestamps.length || Millis.of(timestamps[i + 1]) != millis) {
        json.beginArray().seconds(millis);
        HistogramJson.write(series.histograms()[i], json);
        json.endArray();
      }
    }
    json.endArray();
  }

  private void values(Matrix.SamplesOfSeries series) throws IOException {
    json.name("values").beginArray();
    long[] timestamps = series.timestamps();
    double[] values = series.values();
    for (int i = 0; i < timestamps.length; i++) {
      long millis = Millis.of(timestamps[i]);
      // Samples closer together than this API can tell apart: the last one counts.
      if (i + 1 == timestamps.length || Millis.of(timestamps[i + 1]) != millis) {
        json.beginArray().seconds(millis).numberAsString(values[i]).endArray();
      }
    }
    json.endArray();
  }

  private void labels(Tags labels) throws IOException {
    json.beginObject();
    for (int i = 0; i < labels.size(); i++) {
      json.name(labels.name(i)).string(labels.value(i));
    }
    json.endObject();
  }

  private void begin() throws IOException {
    json.beginObject().name("status").string("success").name("data");
  }

  private void end(List<String> notes, boolean truncated) throws IOException {
    var warnings = new ArrayList<String>();
    var infos = new ArrayList<String>();
    for (String note : notes) {
      (note.startsWith(INFO) ? infos : warnings).add(note);
    }
    if (truncated) {
      warnings.add(TRUNCATED);
    }
    notes("warnings", warnings);
    notes("infos", infos);
    json.endObject().flush();
  }

  private void notes(String name, List<String> notes) throws IOException {
    if (!notes.isEmpty()) {
      json.name(name).beginArray();
      for (String note : notes) {
        json.string(note);
      }
      json.endArray();
    }
  }

  private static int limited(int size, int limit) {
    return limit == 0 ? size : Math.min(size, limit);
  }
}
