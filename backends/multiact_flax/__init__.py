"""multiact for Flax: the layers. Its arrays are JAX's, which ``multiact_jax`` serves."""
