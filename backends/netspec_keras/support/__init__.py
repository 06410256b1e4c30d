"""What Keras lacks, as layers and functions that an exported file carries along."""
