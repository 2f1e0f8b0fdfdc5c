"""Pages as images: set from text, worn as devices do, and read by Tesseract."""
