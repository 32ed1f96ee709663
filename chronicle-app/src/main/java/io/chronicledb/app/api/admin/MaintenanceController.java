package io.chronicledb.app.api.admin;

import io.chronicledb.app.wire.UrlParameters;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.DatabaseStatistics;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Maintenance that otherwise happens by itself. Each call returns when it is done. */
@RestController
public final class MaintenanceController {

  private final ChronicleDatabase database;

  MaintenanceController(ChronicleDatabase database) {
    this.database = database;
  }

  /**
   * What there is afterwards.
   *
   * @param points points in storage; repeats over blocks are counted
   * @param blocks data blocks in storage
   * @param storageBytes bytes of the data file
   * @param walBytes bytes of the log
   */
  record Stored(long points, int blocks, long storageBytes, long walBytes) {}

  /** Writes everything that is in memory to the data file. */
  @PostMapping(path = "/admin/api/flush", produces = MediaType.APPLICATION_JSON_VALUE)
  Stored flush(HttpServletRequest request) {
    takesNoParameters(request);
    database.flush();
    return stored();
  }

  /** Flushes, applies deletions and merges the blocks of each day. */
  @PostMapping(path = "/admin/api/compact", produces = MediaType.APPLICATION_JSON_VALUE)
  Stored compact(HttpServletRequest request) {
    takesNoParameters(request);
    database.compact();
    return stored();
  }

  private static void takesNoParameters(HttpServletRequest request) {
    UrlParameters.parse(request.getQueryString()).allowOnly(Set.of());
  }

  private Stored stored() {
    DatabaseStatistics statistics = database.statistics();
    return new Stored(
        statistics.storedSamples(),
        statistics.blocks(),
        statistics.storageBytes(),
        statistics.walBytes());
  }
}
