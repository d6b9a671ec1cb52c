"""Keepstone measures whether an AI system is safe and secure, and what each half costs the other."""
