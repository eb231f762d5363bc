/** What every store promises, as tests: published, so that a store outside this project can run them too. */
@NullMarked
package io.headgate.limiter.testkit;

import org.jspecify.annotations.NullMarked;
