@NullMarked
package io.headgate.policy.source;

import org.jspecify.annotations.NullMarked;
