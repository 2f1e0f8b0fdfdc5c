"""Why a pipeline decides as it does: attributions, edits that flip it, shortcuts."""
