/** The arithmetic of queries: kernels over slices of columns, without any knowledge of plans or storage. */
@NullMarked
package io.chronicledb.engine.query.function;

import org.jspecify.annotations.NullMarked;
