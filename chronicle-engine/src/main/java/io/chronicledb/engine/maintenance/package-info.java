/** Work in the background: one bounded loop per job, none of which blocks writers or readers. */
@NullMarked
package io.chronicledb.engine.maintenance;

import org.jspecify.annotations.NullMarked;
