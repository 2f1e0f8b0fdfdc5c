"""What the model is asked: system and user prompts, demonstrations."""
