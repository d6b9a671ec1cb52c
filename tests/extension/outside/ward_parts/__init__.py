"""Parts for Keepstone from outside: one file each."""
