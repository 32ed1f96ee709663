package io.chronicledb.app.api.remoteread;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.model.Tags;

/** A stream of chunks came upon native histograms, for which it has no chunks. */
final class HistogramsException extends ChronicleException {

  private static final long serialVersionUID = 1L;

  HistogramsException(Tags labels) {
    super(
        ErrorCode.UNSUPPORTED,
        "some samples of " + labels
            + " are native histograms, which STREAMED_XOR_CHUNKS does not send; accept SAMPLES");
  }
}
