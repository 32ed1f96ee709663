/**
 * Which series there are and how they are found: the {@linkplain io.chronicledb.engine.index.SeriesRegistry registry} maps the canonical
 * bytes of a series to its id, the tag index maps tags to the ids of the series that carry them.
 *
 * <p>The series dictionary in storage, version 1: each flush adds one block with the series that are new since the last one.
 *
 * <pre>
 * │ magic "CHRSER" │ version u16 = 1 │ first id uvarint │ count uvarint │ ( key length uvarint │ key )* │
 * </pre>
 *
 * The key at place <i>n</i> belongs to the id <i>first id + n</i>; blocks follow one another without gaps.
 */
@NullMarked
package io.chronicledb.engine.index;

import org.jspecify.annotations.NullMarked;
