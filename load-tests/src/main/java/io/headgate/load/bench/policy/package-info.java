/** What matching costs, by how much a policy says. */
@NullMarked
package io.headgate.load.bench.policy;

import org.jspecify.annotations.NullMarked;
