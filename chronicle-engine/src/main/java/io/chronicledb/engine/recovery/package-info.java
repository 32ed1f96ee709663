/** Opening: what storage has, and what only the log has, come together again. */
@NullMarked
package io.chronicledb.engine.recovery;

import org.jspecify.annotations.NullMarked;
