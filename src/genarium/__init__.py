"""Genarium: every classic autoencoder, VAE and GAN under one protocol."""

import os

# Threads that wait for one another by sleeping, not by spinning: on a shared machine, training on all cores was twice
# as fast so. It must be said before torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
