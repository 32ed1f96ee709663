/** The one memory budget and how it is shared. */
@NullMarked
package io.chronicledb.engine.memory;

import org.jspecify.annotations.NullMarked;
