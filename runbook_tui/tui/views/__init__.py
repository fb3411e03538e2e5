"""What is shown, as rows of text and tone; pure, knows neither Textual nor rich."""
