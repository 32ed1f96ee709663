/** Chronicle as a service of its own. */
@NullMarked
package io.chronicledb.app;

import org.jspecify.annotations.NullMarked;
