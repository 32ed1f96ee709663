package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.app.wire.JsonWriter;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.model.MetricMetadata;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What is known of metrics. Prometheus lists what each of its targets says of a metric; here the newest counts, so there is one entry
 * for each, and {@code limit_per_metric} is checked and leaves nothing out.
 */
@RestController
public final class MetadataController {

  private static final int UNLIMITED = -1;

  private final ChronicleDatabase database;
  private final BodyMemory memory;

  MetadataController(ChronicleDatabase database, BodyMemory memory) {
    this.database = database;
    this.memory = memory;
  }

  @GetMapping("/api/v1/metadata")
  void metadata(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = Parameters.of(request, memory);
    int limit = number(parameters, "limit");
    number(parameters, "limit_per_metric");
    String metric = parameters.text("metric");
    Map<String, MetricMetadata> known =
        database.queryEngine().metadata(metric.isEmpty() ? null : metric);
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    var json = new JsonWriter(response.getOutputStream());
    json.beginObject().name("status").string("success").name("data").beginObject();
    int count = 0;
    for (Map.Entry<String, MetricMetadata> entry : known.entrySet()) {
      if (limit >= 0 && count++ >= limit) {
        break; // As in Prometheus, a limit of zero lists nothing.
      }
      MetricMetadata metadata = entry.getValue();
      json.name(entry.getKey()).beginArray().beginObject();
      json.name("type").string(metadata.type().wireName());
      json.name("unit").string(metadata.unit());
      json.name("help").string(metadata.help());
      json.endObject().endArray();
    }
    json.endObject().endObject().flush();
  }

  /** Negative for no limit. */
  private static int number(Parameters parameters, String name) {
    String text = parameters.text(name);
    if (text.isEmpty()) {
      return UNLIMITED;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new ApiException(name + " must be a number");
    }
  }
}
