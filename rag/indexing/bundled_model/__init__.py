"""The embedding model that comes with the installation: unpacked once into an ordinary model folder."""
