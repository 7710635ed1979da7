"""Genarium: every classic autoencoder, VAE and GAN under one protocol."""
