/** Particles on a GPU: CUDA C of this project's own, compiled at run time, reached through java.lang.foreign. */
package io.evolo.meta.cuda;
