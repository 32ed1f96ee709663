/**
 * Which series there are and how they are found: the {@linkplain io.chronicledb.engine.index.SeriesRegistry registry} maps the canonical
 * bytes of a series to its id, the tag index maps tags to the ids of the series that carry them.
 *
 * <p>What a series costs, drawn from the top: a slot of a hash table (hash and id), a cell of a page of ids (where the key is, and the
 * metric), the key's bytes in a page. For each tag value one entry of a hash table by name (hash and postings): one that a single series
 * carries is the id itself, the bytes of a value are read from the key of a series that carries it.
 *
 * <p>The series dictionary in storage, version 3: each flush adds one block with the series that are new since the last one.
 *
 * <pre>
 * │ magic "CHRSER" │ version u16 = 3 │ packing u8: 0 none, 1 Snappy of all that follows │
 * │ first id uvarint │ end id − first id uvarint │ series count uvarint │
 * │ ( gap uvarint │ metric id − the one before, varint │ key length uvarint │ key )* │
 * </pre>
 *
 * Ids ascend; a gap is what lies between an id and the lowest that could come, which is <i>first id</i> at the start and then one above
 * the id before. A metric id is the id of the first series that the metric had, whether that one is still there or not; the first
 * difference is from 0. Blocks follow one another without gaps between <i>end id</i> and <i>first id</i>; series that were collected are
 * missing between the two. Versions 1 and 2 were in use before the first release and are refused.
 */
@NullMarked
package io.chronicledb.engine.index;

import org.jspecify.annotations.NullMarked;
