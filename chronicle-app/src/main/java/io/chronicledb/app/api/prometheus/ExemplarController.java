package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.JsonWriter;
import io.chronicledb.app.wire.Millis;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.error.InvalidQueryException;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.SeriesExemplars;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** Exemplars of the series that an expression selects. */
@RestController
public final class ExemplarController {

  private final ChronicleDatabase database;
  private final BodyMemory memory;

  ExemplarController(ChronicleDatabase database, BodyMemory memory) {
    this.database = database;
    this.memory = memory;
  }

  @RequestMapping(
      path = "/api/v1/query_exemplars",
      method = {RequestMethod.GET, RequestMethod.POST})
  void exemplars(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = Parameters.of(request, memory);
    long start = parameters.millis("start", Millis.MIN);
    long end = parameters.millis("end", Millis.MAX);
    if (end < start) {
      throw new ApiException("end timestamp must not be before start timestamp");
    }
    write(select(parameters, Millis.closed(start, end)), response);
  }

  private List<SeriesExemplars> select(Parameters parameters, TimeRange range) {
    try {
      return database
          .queryEngine()
          .exemplars(parameters.text("query"), range, parameters.queryOptions());
    } catch (InvalidQueryException e) {
      if (e.code() == ErrorCode.UNSUPPORTED) {
        throw e;
      }
      throw new ApiException(String.valueOf(e.getMessage())); // Not named here, as it is elsewhere.
    }
  }

  private static void write(List<SeriesExemplars> found, HttpServletResponse response)
      throws IOException {
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    var json = new JsonWriter(response.getOutputStream());
    json.beginObject().name("status").string("success").name("data").beginArray();
    for (SeriesExemplars series : found) {
      json.beginObject().name("seriesLabels");
      labels(series.labels(), json);
      json.name("exemplars").beginArray();
      for (Exemplar exemplar : series.exemplars()) {
        json.beginObject().name("labels");
        labels(exemplar.labels(), json);
        json.name("value").numberAsString(exemplar.value());
        json.name("timestamp").seconds(Millis.of(exemplar.timestamp()));
        json.endObject();
      }
      json.endArray().endObject();
    }
    json.endArray().endObject().flush();
  }

  private static void labels(Tags labels, JsonWriter json) throws IOException {
    json.beginObject();
    for (int i = 0; i < labels.size(); i++) {
      json.name(labels.name(i)).string(labels.value(i));
    }
    json.endObject();
  }
}
