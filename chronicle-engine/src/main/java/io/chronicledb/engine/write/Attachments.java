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

  static final Attachments NONE = new Attachments(new ExemplarRows(0), List.of(), 0);

  private static final Logger log = LoggerFactory.getLogger(Attachments.class);

  private final ExemplarRows exemplars;
  private final ByteWriter encoded;
  private final List<MetadataChange> metadata;
  private final long knownSequence;
  /** What of the metadata is news still. */
  private List<MetadataChange> changes = List.of();

  private long exemplarSequence;
  private long metadataSequence;

  /**
   * @param exemplars by id of the registry; the head keeps them
   * @param metadata what of it was news when somebody looked
   * @param knownSequence of the record of the log that may have brought what else the batch said
   */
  Attachments(ExemplarRows exemplars, List<MetadataChange> metadata, long knownSequence) {
    this.exemplars = exemplars;
    this.metadata = metadata;
    this.knownSequence = knownSequence;
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
    long last = Math.max(sequence, knownSequence);
    if (!exemplars.isEmpty()) {
      exemplarSequence =
          wal.appendExemplars(exemplars.series(), exemplars.size(), encoded, registry);
      last = exemplarSequence;
    }
    if (!metadata.isEmpty()) {
      changes = news(metadata, known);
      if (changes.isEmpty()) {
        last = Math.max(last, known.lastSequence());
      } else {
        metadataSequence = wal.appendMetadata(changes);
        last = metadataSequence;
      }
    }
    return last;
  }

  /** What of the metadata changes something, and finds room. */
  static List<MetadataChange> news(List<MetadataChange> metadata, MetadataStore known) {
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
