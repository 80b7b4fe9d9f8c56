/** Networks as data: a graph of operations with static shapes, and the executor that runs it on one thread. */
package io.evolo.tasks.nn;
