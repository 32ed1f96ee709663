package io.chronicledb.engine.backend.datafile;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;

/** The payload of an index block. A block's location is its {@link BlockPlace}. */
final class RootCodec {

  private static final int ENTRY_BYTES_MIN = 15;

  /** Far beyond any file, and within what a {@link BlockPlace} can hold. */
  private static final long PAGES_MAX = 1L << 46;

  private RootCodec() {}

  /** A root and the id that the next new block will get. */
  record Index(Root root, long nextBlockId) {}

  static ByteWriter encode(Root root, long nextBlockId) {
    var out = new ByteWriter(64 + 48 * root.blocks().size());
    out.writeUnsignedVarint(root.generation());
    out.writeUnsignedVarint(root.checkpoint());
    out.writeUnsignedVarint(nextBlockId);
    out.writeUnsignedVarint(root.blocks().size());
    long previousId = 0;
    for (StoredBlock block : root.blocks()) {
      BlockPlace place = BlockPlace.of(block);
      out.writeUnsignedVarint(block.id() - previousId);
      out.writeByte(block.kind().id());
      out.writeUnsignedVarint(place.offset() / Layout.PAGE);
      out.writeUnsignedVarint(place.replaced());
      out.writeUnsignedVarint(block.length());
      out.writeUnsignedVarint(block.generation());
      out.writeUnsignedVarint(block.firstSequence());
      out.writeUnsignedVarint(block.lastSequence() - block.firstSequence());
      out.writeVarint(block.window().start());
      out.writeUnsignedVarint(block.window().end() - block.window().start());
      out.writeVarint(block.minTime());
      out.writeUnsignedVarint(block.maxTime() - block.minTime());
      out.writeUnsignedVarint(block.firstOrder());
      out.writeUnsignedVarint(block.lastOrder() - block.firstOrder());
      out.writeUnsignedVarint(block.count());
      previousId = block.id();
    }
    return out;
  }

  static Index decode(ByteReader in) {
    long generation = in.readUnsignedVarint();
    long checkpoint = in.readUnsignedVarint();
    long nextBlockId = in.readUnsignedVarint();
    int count = in.readCount(ENTRY_BYTES_MIN);
    var blocks = new ArrayList<StoredBlock>(count);
    long id = 0;
    for (int i = 0; i < count; i++) {
      id += in.readUnsignedVarint();
      BlockKind kind = BlockKind.of(in.readByte());
      long page = in.readUnsignedVarint();
      long replaced = in.readUnsignedVarint();
      long length = in.readUnsignedVarint();
      if (page < 0
          || page > PAGES_MAX
          || replaced < 0
          || replaced > Layout.REPLACED_MAX
          || length < 0
          || length > Integer.MAX_VALUE) {
        throw new CorruptionException("index entry of block " + id + " lies outside of any file");
      }
      long location = new BlockPlace(page * Layout.PAGE, (int) replaced).location();
      long blockGeneration = in.readUnsignedVarint();
      long firstSequence = in.readUnsignedVarint();
      long lastSequence = firstSequence + in.readUnsignedVarint();
      long windowStart = in.readVarint();
      long windowEnd = windowStart + in.readUnsignedVarint();
      long minTime = in.readVarint();
      long maxTime = minTime + in.readUnsignedVarint();
      long firstOrder = in.readUnsignedVarint();
      long lastOrder = firstOrder + in.readUnsignedVarint();
      if (windowEnd < windowStart) {
        throw new CorruptionException(
            "index entry of block " + id + " has a window that ends before it starts");
      }
      blocks.add(new StoredBlock(
          id,
          kind,
          location,
          (int) length,
          blockGeneration,
          firstSequence,
          lastSequence,
          new TimeRange(windowStart, windowEnd),
          minTime,
          maxTime,
          firstOrder,
          lastOrder,
          in.readUnsignedVarint()));
    }
    return new Index(new Root(generation, checkpoint, blocks), nextBlockId);
  }
}
