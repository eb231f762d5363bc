/** What the demo, the load tests and the benches share. */
@NullMarked
package io.headgate.load;

import org.jspecify.annotations.NullMarked;
