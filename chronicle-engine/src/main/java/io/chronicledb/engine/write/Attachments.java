package io.chronicledb.engine.write;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.index.SeriesRegistry;
import io.chronicledb.engine.metadata.MetadataChange;
import io.chronicledb.engine.metadata.MetadataStore;
import io.chronicledb.engine.wal.WalExemplars;
import io.chronicledb.engine.wal.WriteAheadLog;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a batch carries besides its points, on its way through a group commit: each kind is a record of its own, behind that of the points. */
final class Attachments {

  static final Attachments NONE = new Attachments(new ExemplarRows(0), List.of());

  private static final Logger log = LoggerFactory.getLogger(Attachments.class);

  private final ExemplarRows exemplars;
  private final ByteWriter encoded;
  private final List<MetadataChange> metadata;
  /** What of the metadata is news. */
  private List<MetadataChange> changes = List.of();

  private long exemplarSequence;
  private long metadataSequence;

  /** @param exemplars by id of the registry; the head keeps them */
  Attachments(ExemplarRows exemplars, List<MetadataChange> metadata) {
    this.exemplars = exemplars;
    this.metadata = metadata;
    this.encoded = new ByteWriter(16 + 24 * exemplars.size() + exemplars.labelSize());
    WalExemplars.encode(exemplars, encoded);
  }

  /**
   * Appends the records to the log; called by the leader.
   *
   * @param sequence of the points' record; 0 where there is none
   * @return the sequence of the last record of the batch
   */
  long log(long sequence, WriteAheadLog wal, SeriesRegistry registry, MetadataStore known) {
    long last = sequence;
    if (!exemplars.isEmpty()) {
      exemplarSequence =
          wal.appendExemplars(exemplars.series(), exemplars.size(), encoded, registry);
      last = exemplarSequence;
    }
    if (!metadata.isEmpty()) {
      changes = news(known);
      if (!changes.isEmpty()) {
        metadataSequence = wal.appendMetadata(changes);
        last = metadataSequence;
      }
      // What was known already may be in the log only since a moment ago.
      last = Math.max(last, known.lastSequence());
    }
    return last;
  }

  private List<MetadataChange> news(MetadataStore known) {
    var news = new ArrayList<MetadataChange>();
    for (MetadataChange change : metadata) {
      if (!known.isNew(change)) {
        continue;
      }
      if (known.hasRoomFor(change)) {
        news.add(change);
      } else {
        log.debug("no room for {}", change);
      }
    }
    return news;
  }

  /** Makes visible what was logged. */
  void enter(Head head) {
    if (!exemplars.isEmpty()) {
      head.addExemplars(exemplarSequence, exemplars);
    }
    if (!changes.isEmpty()) {
      head.addMetadata(metadataSequence, changes);
    }
  }
}
