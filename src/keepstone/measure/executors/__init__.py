"""Where artefacts are made: in this process, in several."""
