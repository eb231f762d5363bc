@NullMarked
package io.headgate.load.demo;

import org.jspecify.annotations.NullMarked;
