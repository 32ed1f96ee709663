/** Columns of primitives: the unit of work of codecs, cursors and query operators. */
@NullMarked
package io.chronicledb.engine.column;

import org.jspecify.annotations.NullMarked;
