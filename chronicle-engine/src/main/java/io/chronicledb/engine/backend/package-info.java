/**
 * Where blocks live. A backend stores immutable blocks and one {@link io.chronicledb.engine.backend.Root}, which names the blocks that
 * count and is replaced as a whole: a block that no root names does not exist.
 */
@NullMarked
package io.chronicledb.engine.backend;

import org.jspecify.annotations.NullMarked;
